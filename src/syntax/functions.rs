//! Functions, their parameters, and `configuration`.

use crate::ast::*;
use crate::commands::Context;
use crate::errors::ErrorId;
use crate::kinds::{TokenFlags, TokenKind};
use crate::parser::{Mode, Parser};
use crate::source::Span;
use crate::statements::error_statement;
use crate::token::{Lexeme, LexemeValue};
use std::rc::Rc;

impl Parser<'_> {
    pub fn parameter_list_rule(&mut self) -> Vec<Parameter> {
        let mut parameters = Vec::new();
        let mut comma: Option<Span> = None;
        loop {
            let Some(parameter) = self.parameter_rule() else {
                if let Some(comma) = comma {
                    self.report_incomplete(Self::after(comma), ErrorId::MissingExpressionAfterToken, &[","]);
                }
                return parameters;
            };
            parameters.push(parameter);
            self.skip_newlines();
            match self.take(TokenKind::Comma) {
                Some(token) => comma = Some(token.span),
                None => return parameters,
            }
        }
    }

    fn parameter_rule(&mut self) -> Option<Parameter> {
        self.with_comma(true, |p| p.in_mode(Mode::Expression, Self::parameter))
    }

    fn parameter(&mut self) -> Option<Parameter> {
        self.skip_newlines();
        let attributes = self.attribute_list_rule(false);
        self.skip_newlines();
        let token = self.next();
        let start = attributes.first().map(AttributeBase::span);
        if !matches!(token.kind, TokenKind::Variable | TokenKind::SplattedVariable) {
            self.unget(token);
            let (first, last) = (start?, attributes.last()?.span());
            // None would mean the end of the list; what was read may still be of use.
            self.report_incomplete(Self::after(last), ErrorId::InvalidFunctionParameter, &[]);
            self.sync_on_error(true, &[TokenKind::RParen]);
            let span = first.to(last);
            let name = Variable { span, path: VariablePath::new("__error__"), splatted: false };
            return Some(Parameter { span, name, attributes, default: None });
        }
        let name = self.variable(token);
        self.skip_newlines();
        let mut default = None;
        if let Some(equals) = self.take(TokenKind::Equals) {
            self.skip_newlines();
            default = self.expression_rule(false);
            if default.is_none() {
                self.report_incomplete(Self::after(equals.span), ErrorId::MissingExpressionAfterToken, &["="]);
            }
        }
        let end = default.as_ref().map_or(name.span, Expr::span);
        Some(Parameter { span: start.unwrap_or(name.span).to(end), name, attributes, default })
    }

    /// Parameters in parentheses behind a name; with where a broken list ends and the closing parenthesis.
    pub fn function_parameters_rule(&mut self) -> (Option<Vec<Parameter>>, Option<Span>, Option<Span>) {
        self.skip_newlines();
        let Some(open) = self.take(TokenKind::LParen) else { return (None, None, None) };
        let parameters = self.parameter_list_rule();
        self.skip_newlines();
        let mut error_end = None;
        let close = self.take(TokenKind::RParen).map(|token| token.span);
        if close.is_none() {
            let end = parameters.last().map_or(open.span, |parameter| parameter.span);
            error_end = Some(end);
            let id = ErrorId::MissingEndParenthesisInFunctionParameterList;
            self.report_incomplete(Self::after(end), id, &[]);
        }
        self.skip_newlines();
        // Empty parentheses declare nothing: a `param` block may follow.
        let parameters = Some(parameters).filter(|parameters| !parameters.is_empty());
        (parameters, error_end, close)
    }

    pub fn function_declaration_rule(&mut self, keyword: Lexeme) -> Statement {
        self.skip_newlines();
        let name = self.next();
        if matches!(
            name.kind,
            TokenKind::Pipe
                | TokenKind::LParen
                | TokenKind::LCurly
                | TokenKind::AtParen
                | TokenKind::AtCurly
                | TokenKind::RCurly
                | TokenKind::RParen
                | TokenKind::EndOfInput
                | TokenKind::Semi
                | TokenKind::Redirection
                | TokenKind::RedirectInStd
                | TokenKind::AndAnd
                | TokenKind::OrOr
                | TokenKind::Ampersand
                | TokenKind::Variable
                | TokenKind::SplattedVariable
                | TokenKind::HereStringExpandable
                | TokenKind::HereStringLiteral
                | TokenKind::StringLiteral
                | TokenKind::StringExpandable
        ) {
            self.unget(name);
            let word = self.text_of(keyword.span);
            self.report_incomplete(Self::after(keyword.span), ErrorId::MissingNameAfterKeyword, &[word]);
            return error_statement(keyword.span, Vec::new());
        }
        self.mark(name.span, |flags| flags.without(TokenFlags::KEYWORD));
        let (parameters, mut error_end, close) = self.function_parameters_rule();
        let open = self.take(TokenKind::LCurly);
        if open.is_none() && error_end.is_none() {
            let end = close.unwrap_or(name.span);
            error_end = Some(end);
            self.report_incomplete(Self::after(end), ErrorId::MissingFunctionBody, &[]);
        }
        let (Some(open), None) = (open, error_end) else {
            let parts = parameters.into_iter().flatten().map(ErrorPart::Parameter).collect();
            return error_statement(keyword.span.to(error_end.unwrap_or(name.span)), parts);
        };
        let kind = match keyword.kind {
            TokenKind::Filter => FunctionKind::Filter,
            TokenKind::Workflow => FunctionKind::Workflow,
            _ => FunctionKind::Function,
        };
        let in_workflow = std::mem::replace(&mut self.in_workflow, kind == FunctionKind::Workflow);
        let body = self.script_block_rule(Some(open.span), kind == FunctionKind::Filter);
        self.in_workflow = in_workflow;
        Statement::Function(Rc::new(FunctionDefinition {
            span: keyword.span.to(body.span),
            kind,
            name_span: name.span,
            name: self.word_value(name),
            parameters,
            body: Rc::new(body),
        }))
    }

    /// A word's value: its text, but for quotes and escapes in it.
    fn word_value(&self, token: Lexeme) -> Rc<str> {
        match token.value {
            LexemeValue::Text(value) if token.kind == TokenKind::Generic => value,
            LexemeValue::Expandable(raw) => raw.value.into(),
            _ => self.rc_text(token.span),
        }
    }

    /// `configuration name { }`: without a store of DSC schemas, PowerShell on Linux reports that at the name and reads
    /// what follows as plain script.
    pub fn configuration_statement_rule(&mut self, keyword: Lexeme) -> Option<Statement> {
        self.skip_newlines();
        let first = self.next();
        let first_span = first.span;
        match first.kind {
            TokenKind::LCurly => {
                self.report(Self::after(keyword.span), ErrorId::MissingConfigurationName, &[]);
                self.script_block_expression_rule(&first);
                return None;
            }
            TokenKind::EndOfInput | TokenKind::Comma => {
                self.unget(first);
                self.report_incomplete(Self::after(first_span), ErrorId::MissingConfigurationName, &[]);
                return None;
            }
            _ => {}
        }
        match self.command_argument(Context::CommandArgument, first) {
            None => {
                let text = self.text_of(first_span);
                self.report(Self::after(first_span), ErrorId::ParameterRequiresArgument, &[text]);
                self.report_incomplete(first_span, ErrorId::MissingConfigurationName, &[]);
            }
            Some(Expr::String(name)) if !is_configuration_name(&name.value) => {
                self.report(name.span, ErrorId::InvalidConfigurationName, &[&name.value]);
            }
            Some(_) => {}
        }
        self.skip_newlines();
        self.report(first_span, ErrorId::ParserError, &[&ErrorId::DscSchemaStoreNotFound.message(&[])]);
        let restore_point = self.restore_point();
        self.resync(restore_point);
        None
    }
}

fn is_configuration_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '/' | '-'))
}

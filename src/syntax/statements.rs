//! Statements: which rule reads one, and the short ones. Loops and conditions are in `loops.rs`, declarations in
//! `functions.rs`, `classes.rs` and `usings.rs`.

use crate::ast::*;
use crate::errors::ErrorId;
use crate::kinds::{TokenFlags, TokenKind};
use crate::parser::Parser;
use crate::source::Span;
use crate::token::{Lexeme, LexemeValue};
use std::rc::Rc;

/// The label in front of a loop.
pub(crate) struct Label {
    pub span: Span,
    pub text: Rc<str>,
}

pub(crate) fn error_statement(span: Span, parts: Vec<ErrorPart>) -> Statement {
    Statement::Error(Box::new(ErrorStatement { span, parts }))
}

impl Parser<'_> {
    pub fn statement_rule(&mut self) -> Option<Statement> {
        self.deeper(Self::statement)
    }

    fn statement(&mut self) -> Option<Statement> {
        let mut restore_point = 0;
        let mut token = self.next();
        let mut attributes = Vec::new();
        if token.kind == TokenKind::Generic && self.text[token.at..].starts_with('[') {
            restore_point = token.at;
            self.resync(restore_point);
            attributes = self.attribute_list_rule(false);
            token = self.next();
            if !attributes.is_empty() {
                token = self.check_statement_attributes(&attributes, token, restore_point);
            }
        }
        let has_attributes = !attributes.is_empty();
        Some(match token.kind {
            TokenKind::If => self.if_statement_rule(token),
            TokenKind::Switch => self.switch_statement_rule(None, token),
            TokenKind::Foreach => self.foreach_statement_rule(None, token),
            TokenKind::For => self.for_statement_rule(None, token),
            TokenKind::While => self.while_statement_rule(None, token),
            TokenKind::Do => self.do_statement_rule(None, token),
            TokenKind::Function | TokenKind::Filter | TokenKind::Workflow => self.function_declaration_rule(token),
            TokenKind::Return => {
                let (span, pipeline) = self.flow_rule(&token);
                Statement::Return(Box::new(Return { span, pipeline }))
            }
            TokenKind::Throw => {
                let (span, pipeline) = self.flow_rule(&token);
                Statement::Throw(Box::new(Throw { span, pipeline }))
            }
            TokenKind::Exit => {
                let (span, pipeline) = self.flow_rule(&token);
                Statement::Exit(Box::new(Exit { span, pipeline }))
            }
            TokenKind::Break => Statement::Break(self.jump_rule(&token)),
            TokenKind::Continue => Statement::Continue(self.jump_rule(&token)),
            TokenKind::Trap => self.trap_statement_rule(token),
            TokenKind::Try => self.try_statement_rule(token),
            TokenKind::Data => self.data_statement_rule(token),
            TokenKind::Parallel | TokenKind::Sequence => self.block_statement_rule(token),
            TokenKind::Configuration => return self.configuration_statement_rule(token),
            TokenKind::From | TokenKind::Define | TokenKind::Var => {
                self.report(token.span, ErrorId::ReservedKeywordNotAllowed, &[token.kind.text()]);
                error_statement(token.span, Vec::new())
            }
            TokenKind::Label => {
                self.skip_newlines();
                return self.labeled_statement_rule(token);
            }
            TokenKind::EndOfInput => {
                if has_attributes {
                    self.resync(restore_point);
                    return self.pipeline_chain_rule();
                }
                self.unget(token);
                return None;
            }
            TokenKind::Else | TokenKind::ElseIf | TokenKind::Catch | TokenKind::Until
                if !self.gathered.errors.is_empty() =>
            {
                // Behind another error these are only its leftovers.
                self.skip_newlines();
                return self.statement_rule();
            }
            TokenKind::Class => self.class_definition_rule(attributes, token),
            TokenKind::Enum => self.enum_definition_rule(attributes, token),
            TokenKind::Using => {
                let statement = self.using_statement_rule(token);
                self.report(statement.span(), ErrorId::UsingMustBeAtStartOfScript, &[]);
                statement
            }
            _ => {
                if has_attributes {
                    self.resync(restore_point);
                } else {
                    self.unget(token);
                }
                return self.pipeline_chain_rule();
            }
        })
    }

    /// What attributes in front of a statement mean depends on the keyword behind them.
    fn check_statement_attributes(
        &mut self,
        attributes: &[AttributeBase],
        token: Lexeme,
        restore_point: usize,
    ) -> Lexeme {
        let constraint = attributes.iter().find_map(|attribute| match attribute {
            AttributeBase::TypeConstraint(constraint) => Some(constraint),
            AttributeBase::Attribute(_) => None,
        });
        if token.kind.has(TokenFlags::STATEMENT_DOESNT_SUPPORT_ATTRIBUTES) {
            if constraint.is_none() {
                if let AttributeBase::Attribute(first) = &attributes[0] {
                    let name = first.type_name.full_name();
                    self.report(first.span, ErrorId::UnexpectedAttribute, &[&name]);
                }
                return token;
            }
        } else if token.kind.has(TokenFlags::KEYWORD) {
            if let Some(constraint) = constraint {
                let name = constraint.type_name.full_name();
                self.report(constraint.span, ErrorId::TypeNotAllowedBeforeStatement, &[&name]);
            }
            return token;
        }
        self.resync(restore_point);
        self.next()
    }

    /// `return`, `throw`, `exit` with what may follow.
    fn flow_rule(&mut self, keyword: &Lexeme) -> (Span, Option<Statement>) {
        let pipeline = self.pipeline_chain_rule();
        let span = pipeline.as_ref().map_or(keyword.span, |pipeline| keyword.span.to(pipeline.span()));
        (span, pipeline)
    }

    fn jump_rule(&mut self, keyword: &Lexeme) -> Box<Jump> {
        let label = self.label_or_key_rule();
        let span = label.as_ref().map_or(keyword.span, |label| keyword.span.to(label.span()));
        Box::new(Jump { span, label })
    }

    /// An identifier without regard to keywords.
    pub fn simple_name_token(&mut self) -> Option<Lexeme> {
        self.want_simple_name = true;
        let kind = self.peek();
        self.want_simple_name = false;
        if kind != TokenKind::Identifier {
            return None;
        }
        let token = self.ungot.take()?;
        self.mark(token.span, |flags| flags.with(TokenFlags::MEMBER_NAME));
        Some(token)
    }

    pub fn simple_name_rule(&mut self) -> Option<StringConstant> {
        let token = self.simple_name_token()?;
        Some(StringConstant { span: token.span, kind: StringKind::BareWord, value: self.rc_text(token.span) })
    }

    /// The label of a jump or the key of a hashtable's entry.
    pub fn label_or_key_rule(&mut self) -> Option<Expr> {
        if let Some(name) = self.simple_name_rule() {
            return Some(Expr::String(name));
        }
        if matches!(self.peek(), TokenKind::NewLine | TokenKind::Semi) {
            return None;
        }
        self.with_comma(true, |p| p.unary_expression_rule(false))
    }

    fn labeled_statement_rule(&mut self, token: Lexeme) -> Option<Statement> {
        let text = match token.value {
            LexemeValue::Text(text) => text,
            _ => self.rc_text(token.span),
        };
        let label = Some(Label { span: token.span, text });
        let keyword = self.next();
        Some(match keyword.kind {
            TokenKind::Switch => self.switch_statement_rule(label, keyword),
            TokenKind::Foreach => self.foreach_statement_rule(label, keyword),
            TokenKind::For => self.for_statement_rule(label, keyword),
            TokenKind::While => self.while_statement_rule(label, keyword),
            TokenKind::Do => self.do_statement_rule(label, keyword),
            _ => {
                self.resync(token.at);
                return self.pipeline_chain_rule();
            }
        })
    }

    fn block_statement_rule(&mut self, keyword: Lexeme) -> Statement {
        let kind = self.rc_text(keyword.span);
        match self.statement_block_rule() {
            Some(body) => Statement::Block(Box::new(BlockStatement {
                span: keyword.span.to(body.span),
                kind_span: keyword.span,
                kind,
                body,
            })),
            None => {
                self.report_incomplete(Self::after(keyword.span), ErrorId::MissingStatementAfterKeyword, &[&kind]);
                error_statement(keyword.span, Vec::new())
            }
        }
    }

    fn trap_statement_rule(&mut self, keyword: Lexeme) -> Statement {
        let restore_point = self.restore_point();
        self.skip_newlines();
        let trap_type = match self.attribute_rule() {
            Some(AttributeBase::TypeConstraint(constraint)) => Some(constraint),
            Some(AttributeBase::Attribute(_)) => {
                // It belongs to what follows; the body is missing.
                self.resync(restore_point);
                None
            }
            None => None,
        };
        match self.statement_block_rule() {
            Some(body) => Statement::Trap(Rc::new(Trap { span: keyword.span.to(body.span), trap_type, body })),
            None => {
                let end = trap_type.as_ref().map_or(keyword.span, |constraint| constraint.span);
                self.report_incomplete(Self::after(end), ErrorId::MissingTrapStatement, &[]);
                let parts =
                    trap_type.into_iter().map(|c| ErrorPart::Attribute(AttributeBase::TypeConstraint(c))).collect();
                error_statement(keyword.span.to(end), parts)
            }
        }
    }

    /// A `catch` with its types and block; `error_end` is set where something is missing.
    fn catch_block_rule(
        &mut self,
        error_end: &mut Option<Span>,
        error_types: &mut Vec<TypeConstraint>,
    ) -> Option<Catch> {
        self.skip_newlines();
        let keyword = self.take(TokenKind::Catch)?;
        let mut types: Vec<TypeConstraint> = Vec::new();
        let mut comma: Option<Span> = None;
        let mut comma_reported = false;
        loop {
            let restore_point = self.restore_point();
            self.skip_newlines();
            match self.attribute_rule() {
                None => {
                    if let Some(comma) = comma {
                        *error_end = Some(comma);
                        comma_reported = true;
                        self.report_incomplete(Self::after(comma), ErrorId::MissingTypeLiteralToken, &[]);
                    }
                    break;
                }
                Some(AttributeBase::Attribute(_)) => {
                    self.resync(restore_point);
                    break;
                }
                Some(AttributeBase::TypeConstraint(constraint)) => types.push(constraint),
            }
            self.skip_newlines();
            match self.take(TokenKind::Comma) {
                Some(token) => comma = Some(token.span),
                None => break,
            }
        }
        let Some(body) = self.statement_block_rule() else {
            if !comma_reported {
                let end = types.last().map_or(keyword.span, |constraint| constraint.span);
                *error_end = Some(end);
                self.report_incomplete(Self::after(end), ErrorId::MissingCatchHandlerBlock, &[]);
            }
            error_types.append(&mut types);
            return None;
        };
        Some(Catch { span: keyword.span.to(body.span), types, body })
    }

    fn try_statement_rule(&mut self, keyword: Lexeme) -> Statement {
        self.skip_newlines();
        let Some(body) = self.statement_block_rule() else {
            self.report_incomplete(Self::after(keyword.span), ErrorId::MissingTryStatementBlock, &[]);
            return error_statement(keyword.span, Vec::new());
        };
        let mut error_end = None;
        let mut error_types = Vec::new();
        let mut catches = Vec::new();
        while let Some(catch) = self.catch_block_rule(&mut error_end, &mut error_types) {
            catches.push(catch);
        }
        self.skip_newlines();
        let mut finally = None;
        if let Some(token) = self.take(TokenKind::Finally) {
            finally = self.statement_block_rule();
            if finally.is_none() {
                error_end = Some(token.span);
                let id = ErrorId::MissingFinallyStatementBlock;
                self.report_incomplete(Self::after(token.span), id, &[token.kind.text()]);
            }
        }
        if catches.is_empty() && finally.is_none() && error_end.is_none() {
            error_end = Some(body.span);
            self.report_incomplete(Self::after(body.span), ErrorId::MissingCatchOrFinally, &[]);
        }
        if let Some(end) = error_end {
            let mut parts = vec![ErrorPart::Block(body)];
            parts.extend(catches.into_iter().map(ErrorPart::Catch));
            parts.extend(error_types.into_iter().map(|c| ErrorPart::Attribute(AttributeBase::TypeConstraint(c))));
            return error_statement(keyword.span.to(end), parts);
        }
        let end = finally.as_ref().map(|block| block.span).or(catches.last().map(|catch| catch.span));
        let span = keyword.span.to(end.unwrap_or(body.span));
        Statement::Try(Box::new(Try { span, body, catches, finally }))
    }

    fn data_statement_rule(&mut self, keyword: Lexeme) -> Statement {
        self.skip_newlines();
        let name = self.simple_name_rule();
        self.skip_newlines();
        let mut error_end: Option<Span> = None;
        let mut commands = Vec::new();
        let mut has_commands = false;
        if let Some(parameter) = self.take(TokenKind::Parameter) {
            has_commands = true;
            if !self.is_specific_parameter(&parameter, "SupportedCommand") {
                error_end = Some(parameter.span);
                let name = self.parameter_name(&parameter);
                self.report(parameter.span, ErrorId::InvalidParameterForDataSectionStatement, &[&name]);
            }
            let mut last = parameter.span;
            loop {
                self.skip_newlines();
                let Some(command) = self.single_command_argument(super::commands::Context::CommandName) else {
                    if error_end.is_none() {
                        let id = ErrorId::MissingValueForSupportedCommandInDataSectionStatement;
                        self.report_incomplete(Self::after(last), id, &[]);
                    }
                    error_end = Some(last);
                    break;
                };
                commands.push(command);
                match self.take(TokenKind::Comma) {
                    Some(comma) => last = comma.span,
                    None => break,
                }
            }
        }
        if error_end.is_none() {
            if let Some(body) = self.statement_block_rule() {
                return Statement::Data(Box::new(Data {
                    span: keyword.span.to(body.span),
                    variable: name.map(|name| name.value),
                    commands_allowed: commands,
                    body,
                }));
            }
            let last_command = if has_commands { commands.last().map(Expr::span) } else { None };
            let end = last_command.or(name.map(|name| name.span)).unwrap_or(keyword.span);
            error_end = Some(end);
            self.report_incomplete(Self::after(end), ErrorId::MissingStatementBlockForDataSection, &[]);
        }
        let end = error_end.unwrap_or(keyword.span);
        error_statement(keyword.span.to(end), commands.into_iter().map(ErrorPart::Expr).collect())
    }

    /// The parameter's name may be shortened.
    pub fn is_specific_parameter(&self, token: &Lexeme, name: &str) -> bool {
        let given = self.parameter_name(token);
        name.get(..given.len()).is_some_and(|start| start.eq_ignore_ascii_case(&given))
    }

    pub fn parameter_name(&self, token: &Lexeme) -> Rc<str> {
        match &token.value {
            LexemeValue::Parameter { name, .. } => name.clone(),
            _ => self.rc_text(token.span),
        }
    }
}

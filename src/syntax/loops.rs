//! Conditions and loops: `if`, `switch`, `foreach`, `for`, `while`, `do`.

use crate::ast::*;
use crate::commands::Context;
use crate::errors::ErrorId;
use crate::kinds::TokenKind;
use crate::parser::Parser;
use crate::source::Span;
use crate::statements::{Label, error_statement};
use crate::token::{Lexeme, LexemeValue};

fn start_of(label: &Option<Label>, keyword: &Lexeme) -> Span {
    label.as_ref().map_or(keyword.span, |label| label.span)
}

impl Parser<'_> {
    pub fn if_statement_rule(&mut self, if_token: Lexeme) -> Statement {
        let mut clauses: Vec<(Statement, StatementBlock)> = Vec::new();
        let mut keyword = if_token.clone();
        let broken = |clauses: Vec<(Statement, StatementBlock)>, condition: Option<Statement>, span| {
            let mut parts = Vec::new();
            for (condition, body) in clauses {
                parts.push(ErrorPart::Statement(condition));
                parts.push(ErrorPart::Block(body));
            }
            parts.extend(condition.map(ErrorPart::Statement));
            error_statement(span, parts)
        };
        let else_clause = loop {
            self.skip_newlines();
            let word = self.text_of(keyword.span);
            let Some(open) = self.take(TokenKind::LParen) else {
                let id = ErrorId::MissingOpenParenthesisInIfStatement;
                self.report_incomplete(Self::after(keyword.span), id, &[word]);
                return broken(clauses, None, if_token.span.to(keyword.span));
            };
            self.skip_newlines();
            let condition = self.pipeline_chain_rule();
            if condition.is_none() {
                self.report_incomplete(Self::after(open.span), ErrorId::IfStatementMissingCondition, &[word]);
            }
            self.skip_newlines();
            let close = self.next();
            if close.kind != TokenKind::RParen {
                let span = close.span;
                self.unget(close);
                if condition.as_ref().is_some_and(|condition| !matches!(condition, Statement::Error(_))) {
                    self.report_incomplete(span, ErrorId::MissingEndParenthesisAfterStatement, &[word]);
                }
                let span = if_token.span.to(self.before(span));
                return broken(clauses, condition, span);
            }
            self.skip_newlines();
            let Some(body) = self.statement_block_rule() else {
                self.report_incomplete(close.span, ErrorId::MissingStatementBlock, &[word]);
                return broken(clauses, condition, if_token.span.to(close.span));
            };
            let condition = condition.unwrap_or_else(|| error_statement(Self::after(open.span), Vec::new()));
            clauses.push((condition, body));
            // Without an `else` the line ends behind the block still count, as in a hashtable.
            let restore_point = self.ungot.as_ref().map_or_else(|| self.restore_point(), |token| token.at);
            self.skip_newlines();
            match self.peek() {
                TokenKind::ElseIf => keyword = self.next(),
                TokenKind::Else => {
                    let keyword = self.next();
                    self.skip_newlines();
                    let Some(block) = self.statement_block_rule() else {
                        let id = ErrorId::MissingStatementBlockAfterElse;
                        self.report_incomplete(Self::after(keyword.span), id, &[]);
                        return broken(clauses, None, if_token.span.to(keyword.span));
                    };
                    break Some(block);
                }
                _ => {
                    self.resync(restore_point);
                    break None;
                }
            }
        };
        let last = clauses.last().map_or(if_token.span, |(_, body)| body.span);
        let end = else_clause.as_ref().map_or(last, |block| block.span);
        Statement::If(Box::new(If { span: if_token.span.to(end), clauses, else_clause }))
    }

    pub fn switch_statement_rule(&mut self, label: Option<Label>, keyword: Lexeme) -> Statement {
        let start = start_of(&label, &keyword);
        let mut error_end = start;
        let mut is_error = false;
        let mut is_incomplete = false;
        self.skip_newlines();
        let mut condition: Option<Statement> = None;
        let mut flags = SwitchFlags::default();
        while let Some(parameter) = self.take(TokenKind::Parameter) {
            error_end = parameter.span;
            if self.is_specific_parameter(&parameter, "regex") {
                flags.regex = true;
                flags.wildcard = false;
            } else if self.is_specific_parameter(&parameter, "wildcard") {
                flags.wildcard = true;
                flags.regex = false;
            } else if self.is_specific_parameter(&parameter, "exact") {
                flags.exact = true;
                flags.regex = false;
                flags.wildcard = false;
            } else if self.is_specific_parameter(&parameter, "casesensitive") {
                flags.case_sensitive = true;
            } else if self.is_specific_parameter(&parameter, "parallel") {
                flags.parallel = true;
            } else if self.is_specific_parameter(&parameter, "file") {
                flags.file = true;
                self.skip_newlines();
                match self.single_command_argument(Context::FileName) {
                    Some(file) => {
                        error_end = file.span();
                        condition = Some(expression_statement(file));
                    }
                    None => {
                        is_error = true;
                        let id = ErrorId::MissingFilenameOption;
                        is_incomplete = self.report_incomplete(Self::after(parameter.span), id, &[]);
                    }
                }
            } else {
                is_error = true;
                let name = self.parameter_name(&parameter);
                self.report(parameter.span, ErrorId::InvalidSwitchFlag, &[&name]);
            }
        }
        let mut condition_in_error = false;
        if let Some(open) = self.take(TokenKind::LParen) {
            error_end = open.span;
            if flags.file {
                is_error = true;
                self.report(open.span, ErrorId::PipelineValueRequired, &[]);
            }
            condition_in_error = true;
            self.skip_newlines();
            condition = self.pipeline_chain_rule();
            match &condition {
                Some(condition) => error_end = condition.span(),
                None => {
                    is_error = true;
                    let id = ErrorId::PipelineValueRequired;
                    is_incomplete = self.report_incomplete(Self::after(open.span), id, &[]);
                }
            }
            self.skip_newlines();
            match self.take(TokenKind::RParen) {
                Some(close) => error_end = close.span,
                None => {
                    if !is_incomplete {
                        is_error = true;
                        let id = ErrorId::MissingEndParenthesisInSwitchStatement;
                        is_incomplete = self.report_incomplete(Self::after(error_end), id, &[]);
                    }
                }
            }
        } else if condition.is_none() && !flags.file {
            is_error = true;
            is_incomplete = self.report_incomplete(Self::after(error_end), ErrorId::PipelineValueRequired, &[]);
        }
        self.skip_newlines();
        let mut clauses: Vec<(Expr, StatementBlock)> = Vec::new();
        let mut leftovers: Vec<ErrorPart> = Vec::new();
        let mut default = None;
        let mut close: Option<Span> = None;
        match self.take(TokenKind::LCurly) {
            None => {
                if !is_incomplete {
                    is_error = true;
                    let id = ErrorId::MissingCurlyBraceInSwitchStatement;
                    self.report_incomplete(Self::after(error_end), id, &[]);
                }
            }
            Some(open) => {
                error_end = open.span;
                self.skip_newlines();
                loop {
                    let default_token = self.take(TokenKind::Default);
                    let is_default = default_token.is_some();
                    let clause_condition = match default_token {
                        Some(token) => Some(Expr::String(StringConstant {
                            span: token.span,
                            kind: StringKind::BareWord,
                            value: self.rc_text(token.span),
                        })),
                        None => self.single_command_argument(Context::SwitchCondition),
                    };
                    let Some(clause_condition) = clause_condition else {
                        is_error = true;
                        let id = ErrorId::MissingSwitchConditionExpression;
                        self.report_incomplete(Self::after(error_end), id, &[]);
                        self.take(TokenKind::RCurly);
                        break;
                    };
                    let condition_span = clause_condition.span();
                    error_end = condition_span;
                    match self.statement_block_rule() {
                        None => {
                            is_error = true;
                            let id = ErrorId::MissingSwitchStatementClause;
                            is_incomplete = self.report_incomplete(Self::after(error_end), id, &[]);
                            leftovers.push(ErrorPart::Expr(clause_condition));
                        }
                        Some(body) => {
                            error_end = body.span;
                            if !is_default {
                                clauses.push((clause_condition, body));
                            } else if let Some(earlier) = default.replace(body) {
                                is_error = true;
                                self.report(condition_span, ErrorId::MultipleSwitchDefaultClauses, &[]);
                                leftovers.push(ErrorPart::Block(earlier));
                            }
                        }
                    }
                    self.skip_newlines_and_semicolons();
                    if let Some(token) = self.take(TokenKind::RCurly) {
                        close = Some(token.span);
                        break;
                    }
                    if self.peek() == TokenKind::EndOfInput {
                        if !is_incomplete {
                            is_error = true;
                            let found = self.peek_span();
                            self.report_incomplete_at(open.span, found, ErrorId::MissingEndCurlyBrace, &[]);
                        }
                        break;
                    }
                }
            }
        }
        let condition = match condition {
            Some(condition) if !is_error => condition,
            condition => {
                let mut parts = Vec::new();
                if condition_in_error || flags.file {
                    parts.extend(condition.map(ErrorPart::Statement));
                }
                for (condition, body) in clauses {
                    parts.push(ErrorPart::Expr(condition));
                    parts.push(ErrorPart::Block(body));
                }
                parts.extend(default.map(ErrorPart::Block));
                parts.extend(leftovers);
                return error_statement(start.to(error_end), parts);
            }
        };
        let span = start.to(close.unwrap_or(error_end));
        let label = label.map(|label| label.text);
        Statement::Switch(Box::new(Switch { span, label, flags, condition, clauses, default }))
    }

    pub fn foreach_statement_rule(&mut self, label: Option<Label>, keyword: Lexeme) -> Statement {
        let start = start_of(&label, &keyword);
        let mut error_end: Option<Span> = None;
        let mut parallel = false;
        let mut throttle = None;
        self.skip_newlines();
        while let Some(parameter) = self.take(TokenKind::Parameter) {
            if self.is_specific_parameter(&parameter, "parallel") {
                parallel = true;
            } else if self.is_specific_parameter(&parameter, "throttlelimit") {
                self.skip_newlines();
                throttle = self.single_command_argument(Context::CommandArgument);
                if throttle.is_none() {
                    self.report_incomplete(Self::after(parameter.span), ErrorId::MissingThrottleLimit, &[]);
                }
            } else {
                error_end = Some(parameter.span);
                let name = self.parameter_name(&parameter);
                self.report(parameter.span, ErrorId::InvalidForeachFlag, &[&name]);
            }
            self.skip_newlines();
        }
        let Some(open) = self.take(TokenKind::LParen) else {
            let id = ErrorId::MissingOpenParenthesisAfterKeyword;
            self.report_incomplete(Self::after(keyword.span), id, &[keyword.kind.text()]);
            return error_statement(start.to(keyword.span), Vec::new());
        };
        self.skip_newlines();
        let token = self.next();
        if !matches!(token.kind, TokenKind::Variable | TokenKind::SplattedVariable) {
            self.unget(token);
            self.report_incomplete(Self::after(open.span), ErrorId::MissingVariableNameAfterForeach, &[]);
            return error_statement(start.to(open.span), Vec::new());
        }
        let variable = self.variable(token);
        self.skip_newlines();
        let mut pipeline = None;
        let mut body = None;
        match self.take(TokenKind::In) {
            None => {
                error_end = Some(variable.span);
                self.report_incomplete(Self::after(variable.span), ErrorId::MissingInInForeach, &[]);
            }
            Some(in_token) => {
                self.skip_newlines();
                pipeline = self.pipeline_chain_rule();
                match &pipeline {
                    None => {
                        error_end = Some(in_token.span);
                        self.report_incomplete(Self::after(in_token.span), ErrorId::MissingForeachExpression, &[]);
                    }
                    Some(condition) => {
                        let end = condition.span();
                        self.skip_newlines();
                        match self.take(TokenKind::RParen) {
                            None => {
                                error_end = Some(end);
                                let id = ErrorId::MissingEndParenthesisAfterForeach;
                                self.report_incomplete(Self::after(end), id, &[]);
                            }
                            Some(close) => {
                                body = self.statement_block_rule();
                                if body.is_none() {
                                    error_end = Some(close.span);
                                    let id = ErrorId::MissingForeachStatement;
                                    self.report_incomplete(Self::after(close.span), id, &[]);
                                }
                            }
                        }
                    }
                }
            }
        }
        match (error_end, pipeline, body) {
            (None, Some(condition), Some(body)) => Statement::ForEach(Box::new(ForEach {
                span: start.to(body.span),
                label: label.map(|label| label.text),
                variable,
                condition,
                parallel,
                throttle,
                body,
            })),
            (end, pipeline, body) => {
                let mut parts = vec![ErrorPart::Expr(Expr::Variable(Box::new(variable)))];
                parts.extend(pipeline.map(ErrorPart::Statement));
                parts.extend(body.map(ErrorPart::Block));
                error_statement(start.to(end.unwrap_or(keyword.span)), parts)
            }
        }
    }

    pub fn for_statement_rule(&mut self, label: Option<Label>, keyword: Lexeme) -> Statement {
        let start = start_of(&label, &keyword);
        self.skip_newlines();
        let Some(open) = self.take(TokenKind::LParen) else {
            let id = ErrorId::MissingOpenParenthesisAfterKeyword;
            self.report_incomplete(Self::after(keyword.span), id, &[keyword.kind.text()]);
            return error_statement(start.to(keyword.span), Vec::new());
        };
        self.skip_newlines();
        let mut end: Option<Span> = None;
        let mut part = |p: &mut Self, last: bool| {
            let pipeline = p.pipeline_chain_rule();
            if let Some(pipeline) = &pipeline {
                end = Some(pipeline.span());
            }
            if !last && let Some(semicolon) = p.take(TokenKind::Semi) {
                end = Some(semicolon.span);
            }
            p.skip_newlines();
            pipeline
        };
        let initializer = part(self, false);
        let condition = part(self, false);
        let iterator = part(self, true);
        let body = match self.take(TokenKind::RParen) {
            None => {
                let at = *end.get_or_insert(open.span);
                let id = ErrorId::MissingEndParenthesisAfterStatement;
                self.report_incomplete(Self::after(at), id, &[keyword.kind.text()]);
                None
            }
            Some(close) => {
                let body = self.statement_block_rule();
                if body.is_none() {
                    end = Some(close.span);
                    let id = ErrorId::MissingLoopStatement;
                    self.report_incomplete(Self::after(close.span), id, &[keyword.kind.text()]);
                }
                body
            }
        };
        let Some(body) = body else {
            let parts = [initializer, condition, iterator].into_iter().flatten().map(ErrorPart::Statement).collect();
            return error_statement(start.to(end.unwrap_or(open.span)), parts);
        };
        let label = label.map(|label| label.text);
        let span = start.to(body.span);
        Statement::For(Box::new(For { span, label, initializer, condition, iterator, body }))
    }

    pub fn while_statement_rule(&mut self, label: Option<Label>, keyword: Lexeme) -> Statement {
        let start = start_of(&label, &keyword);
        self.skip_newlines();
        let Some(open) = self.take(TokenKind::LParen) else {
            let word = self.text_of(keyword.span);
            let id = ErrorId::MissingOpenParenthesisAfterKeyword;
            self.report_incomplete(Self::after(keyword.span), id, &[word]);
            return error_statement(start.to(keyword.span), Vec::new());
        };
        self.skip_newlines();
        let condition = self.pipeline_chain_rule();
        if condition.is_none() {
            let id = ErrorId::MissingExpressionAfterKeyword;
            self.report_incomplete(Self::after(open.span), id, &[keyword.kind.text()]);
        }
        let condition_span = condition.as_ref().map_or(Self::after(open.span), Statement::span);
        self.skip_newlines();
        let Some(close) = self.take(TokenKind::RParen) else {
            if condition.as_ref().is_some_and(|condition| !matches!(condition, Statement::Error(_))) {
                let id = ErrorId::MissingEndParenthesisAfterStatement;
                self.report_incomplete(Self::after(condition_span), id, &[keyword.kind.text()]);
            }
            let parts = condition.into_iter().map(ErrorPart::Statement).collect();
            return error_statement(start.to(condition_span), parts);
        };
        self.skip_newlines();
        let Some(body) = self.statement_block_rule() else {
            let id = ErrorId::MissingLoopStatement;
            self.report_incomplete(Self::after(close.span), id, &[keyword.kind.text()]);
            let parts = condition.into_iter().map(ErrorPart::Statement).collect();
            return error_statement(start.to(close.span), parts);
        };
        let condition = condition.unwrap_or_else(|| error_statement(condition_span, Vec::new()));
        let label = label.map(|label| label.text);
        Statement::While(Box::new(While { span: start.to(body.span), label, condition, body }))
    }

    pub fn do_statement_rule(&mut self, label: Option<Label>, keyword: Lexeme) -> Statement {
        let start = start_of(&label, &keyword);
        let Some(body) = self.statement_block_rule() else {
            self.report_incomplete(Self::after(keyword.span), ErrorId::MissingLoopStatement, &["do"]);
            return error_statement(start.to(keyword.span), Vec::new());
        };
        self.skip_newlines();
        let word = self.next();
        if !matches!(word.kind, TokenKind::While | TokenKind::Until) {
            self.unget(word);
            let end = body.span;
            self.report_incomplete(Self::after(end), ErrorId::MissingWhileOrUntilInDoWhile, &[]);
            return error_statement(start.to(end), vec![ErrorPart::Block(body)]);
        }
        self.skip_newlines();
        let Some(open) = self.take(TokenKind::LParen) else {
            let id = ErrorId::MissingOpenParenthesisAfterKeyword;
            self.report_incomplete(Self::after(word.span), id, &[word.kind.text()]);
            return error_statement(start.to(word.span), vec![ErrorPart::Block(body)]);
        };
        self.skip_newlines();
        let condition = self.pipeline_chain_rule();
        let mut error_end = None;
        if condition.is_none() {
            error_end = Some(open.span);
            let id = ErrorId::MissingExpressionAfterKeyword;
            self.report_incomplete(Self::after(open.span), id, &[word.kind.text()]);
        }
        self.skip_newlines();
        let close = self.take(TokenKind::RParen);
        if close.is_none()
            && let Some(condition) = &condition
        {
            let end = condition.span();
            error_end = Some(end);
            let id = ErrorId::MissingEndParenthesisAfterStatement;
            self.report_incomplete(Self::after(end), id, &[word.kind.text()]);
        }
        match (error_end, close, condition) {
            (None, Some(close), Some(condition)) => {
                let label = label.map(|label| label.text);
                let node = Box::new(DoLoop { span: start.to(close.span), label, body, condition });
                if word.kind == TokenKind::Until { Statement::DoUntil(node) } else { Statement::DoWhile(node) }
            }
            (end, _, condition) => {
                let mut parts = vec![ErrorPart::Block(body)];
                parts.extend(condition.map(ErrorPart::Statement));
                error_statement(start.to(end.unwrap_or(open.span)), parts)
            }
        }
    }

    pub fn variable(&self, token: Lexeme) -> Variable {
        let splatted = token.kind == TokenKind::SplattedVariable;
        let path = match token.value {
            LexemeValue::Variable(path) => (*path).clone(),
            _ => VariablePath::new(self.text_of(token.span)),
        };
        Variable { span: token.span, path, splatted }
    }
}

/// A pipeline of one expression.
pub(crate) fn expression_statement(expression: Expr) -> Statement {
    let span = expression.span();
    let element = CommandExpression { span, expression, redirections: Vec::new() };
    let elements = vec![PipelineElement::Expression(Box::new(element))];
    Statement::Pipeline(Box::new(Pipeline { span, elements, background: false }))
}

//! Assignments, chains (`&&`, `||`), pipelines and redirections.

use crate::ast::*;
use crate::commands::Context;
use crate::errors::ErrorId;
use crate::kinds::{TokenFlags, TokenKind};
use crate::parser::{Mode, Parser};
use crate::source::Span;
use crate::statements::error_statement;
use crate::token::{Lexeme, LexemeValue};

impl Parser<'_> {
    /// An assignment, a chain or a pipeline; none when nothing of the kind starts here.
    pub fn pipeline_chain_rule(&mut self) -> Option<Statement> {
        self.deeper(Self::pipeline_chain)
    }

    fn pipeline_chain(&mut self) -> Option<Statement> {
        let mut start = None;
        if !self.command_follows() {
            let (expression, assignment) = self.in_mode(Mode::Expression, |p| {
                let expression = p.expression_rule(false);
                // Looked for in expression mode, where `=0` is two tokens.
                let assignment = match expression {
                    Some(_) if p.peek().has(TokenFlags::ASSIGNMENT_OPERATOR) => p.ungot.take(),
                    _ => None,
                };
                (expression, assignment)
            });
            match (expression, assignment) {
                (Some(left), Some(operator)) => return Some(self.assignment(left, operator)),
                (expression, _) => start = expression,
            }
        }
        let mut chain: Option<Statement> = None;
        let mut operator: Option<Lexeme> = None;
        let mut links = 0;
        loop {
            links += 1;
            self.chain(links);
            let mut first = None;
            let next = match start.take() {
                Some(expression) => self.pipeline_rule(Some(expression)),
                None => {
                    first = Some((self.peek(), self.peek_span()));
                    self.pipeline_rule(None)
                }
            };
            let Some(mut pipeline) = next else {
                let (Some(chain), Some(operator)) = (chain, operator) else { return None };
                self.report_missing_chain_element(&operator, first);
                let span = chain.span().to(operator.span);
                return Some(error_statement(span, vec![ErrorPart::Statement(chain)]));
            };
            let mut token = self.peek();
            if matches!(token, TokenKind::AndAnd | TokenKind::OrOr) {
                let next_operator = self.next();
                self.skip_newlines();
                chain = Some(chained(chain, operator, pipeline, false));
                let span = next_operator.span;
                operator = Some(next_operator);
                if self.peek() == TokenKind::EndOfInput {
                    self.report_incomplete(Self::after(span), ErrorId::EmptyPipelineChainElement, &[]);
                    return chain;
                }
                continue;
            }
            let mut background = false;
            if token == TokenKind::Ampersand {
                self.skip();
                token = self.peek();
                if matches!(token, TokenKind::AndAnd | TokenKind::OrOr) {
                    let token = self.next();
                    self.report(token.span, ErrorId::BackgroundOperatorInPipelineChain, &[]);
                    let first = chain.as_ref().map_or(pipeline.span, Statement::span);
                    return Some(error_statement(first.to(token.span), Vec::new()));
                }
                background = true;
            }
            if chain.is_none() {
                pipeline.background = background;
            }
            return Some(chained(chain, operator, pipeline, background));
        }
    }

    /// A letter starts a command, never an expression: no need to try.
    fn command_follows(&self) -> bool {
        if self.mode != Mode::Command {
            return false;
        }
        let bytes = self.text.as_bytes();
        let at = match &self.ungot {
            Some(token) => token.at,
            None => {
                let rest = &bytes[self.pos.min(bytes.len())..];
                self.pos + rest.iter().take_while(|b| matches!(b, b' ' | b'\t')).count()
            }
        };
        bytes.get(at).is_some_and(|byte| byte.is_ascii_alphabetic())
    }

    fn assignment(&mut self, left: Expr, operator: Lexeme) -> Statement {
        self.skip_newlines();
        let right = match self.statement_rule() {
            Some(statement) => statement,
            None => {
                let span = Self::after(operator.span);
                self.report_incomplete(span, ErrorId::ExpectedValueExpression, &[operator.kind.text()]);
                error_statement(span, Vec::new())
            }
        };
        let span = left.span().to(right.span());
        let operator_span = operator.span;
        let operator = match operator.kind {
            TokenKind::PlusEquals => AssignmentOperator::Plus,
            TokenKind::MinusEquals => AssignmentOperator::Minus,
            TokenKind::MultiplyEquals => AssignmentOperator::Multiply,
            TokenKind::DivideEquals => AssignmentOperator::Divide,
            TokenKind::RemainderEquals => AssignmentOperator::Remainder,
            TokenKind::QuestionQuestionEquals => AssignmentOperator::QuestionQuestion,
            _ => AssignmentOperator::Equals,
        };
        Statement::Assignment(Box::new(Assignment { span, left, operator, operator_span, right }))
    }

    fn report_missing_chain_element(&mut self, operator: &Lexeme, first: Option<(TokenKind, Span)>) {
        let text = self.text_of(operator.span);
        match first {
            Some((TokenKind::EndOfInput, _)) => {
                self.report_incomplete(Self::after(operator.span), ErrorId::EmptyPipelineChainElement, &[text]);
            }
            // The command's rule has reported it.
            Some((TokenKind::Dot | TokenKind::Ampersand, _)) | None => {}
            Some((_, span)) => {
                self.report(operator.span.to(span), ErrorId::EmptyPipelineChainElement, &[text]);
            }
        }
    }

    fn pipeline_rule(&mut self, start: Option<Expr>) -> Option<Pipeline> {
        let mut elements: Vec<PipelineElement> = Vec::new();
        let mut expression = start;
        let mut pipe: Option<Span> = None;
        loop {
            if expression.is_none() && !self.command_follows() {
                expression = self.in_mode(Mode::Expression, |p| p.expression_rule(false));
            }
            let element = match expression.take() {
                Some(expression) => {
                    if !elements.is_empty() {
                        let span = expression.span();
                        self.report(span, ErrorId::ExpressionsMustBeFirstInPipeline, &[]);
                    }
                    Some(self.command_expression(expression))
                }
                None => self.command_rule().map(|command| PipelineElement::Command(Box::new(command))),
            };
            if let Some(element) = element {
                elements.push(element);
            } else if !elements.is_empty() || self.peek() == TokenKind::Pipe {
                let span = match pipe {
                    Some(pipe) => Self::after(pipe),
                    None => self.peek_span(),
                };
                self.report_incomplete(span, ErrorId::EmptyPipeElement, &[]);
            }
            let mut token = self.peek();
            if token == TokenKind::NewLine {
                let end = self.peek_span().end;
                if self.pipe_follows(end) {
                    self.skip_newlines();
                    token = self.peek();
                }
            }
            match token {
                TokenKind::Semi
                | TokenKind::NewLine
                | TokenKind::RParen
                | TokenKind::RCurly
                | TokenKind::EndOfInput
                | TokenKind::AndAnd
                | TokenKind::OrOr
                | TokenKind::Ampersand => break,
                TokenKind::Pipe => {
                    let span = self.next().span;
                    pipe = Some(span);
                    self.skip_newlines();
                    if self.peek() == TokenKind::EndOfInput {
                        self.report_incomplete(Self::after(span), ErrorId::EmptyPipeElement, &[]);
                        break;
                    }
                }
                _ => {
                    // Left for what follows.
                    let span = self.peek_span();
                    let text = self.text_of(span);
                    self.report(span, ErrorId::UnexpectedToken, &[text]);
                    break;
                }
            }
        }
        let span = elements.first()?.span().to(elements.last()?.span());
        Some(Pipeline { span, elements, background: false })
    }

    fn command_expression(&mut self, expression: Expr) -> PipelineElement {
        let mut redirections = Vec::new();
        let mut span = expression.span();
        while matches!(self.peek(), TokenKind::Redirection | TokenKind::RedirectInStd) {
            let token = self.next();
            if let Some(end) = self.redirection_rule(token, &mut redirections) {
                span = span.to(end);
            }
        }
        PipelineElement::Expression(Box::new(CommandExpression { span, expression, redirections }))
    }

    /// Reads a redirection's target; gives the whole span, none for `<`.
    pub fn redirection_rule(&mut self, token: Lexeme, redirections: &mut Vec<Redirection>) -> Option<Span> {
        let text = self.text_of(token.span);
        let redirection = match token.value {
            LexemeValue::Merging { from, to } => {
                if to != RedirectionStream::Output || from == to {
                    self.report(token.span, ErrorId::RedirectionNotSupported, &[text]);
                }
                let to = RedirectionStream::Output;
                Redirection::Merging(MergingRedirection { span: token.span, from, to })
            }
            value => {
                let location = self.single_command_argument(Context::FileName).unwrap_or_else(|| {
                    self.report(Self::after(token.span), ErrorId::MissingFileSpecification, &[]);
                    Expr::Error(Box::new(ErrorExpression { span: token.span, parts: Vec::new() }))
                });
                let span = token.span.to(location.span());
                let LexemeValue::FileRedirection { from, append } = value else {
                    self.report(token.span, ErrorId::RedirectionNotSupported, &[text]);
                    return Some(span);
                };
                Redirection::File(Box::new(FileRedirection { span, from, location, append }))
            }
        };
        let span = redirection.span();
        let from = stream_of(&redirection);
        if redirections.iter().any(|earlier| stream_of(earlier) == from) {
            self.report(span, ErrorId::StreamAlreadyRedirected, &[stream_name(from)]);
        } else {
            redirections.push(redirection);
        }
        Some(span)
    }
}

fn chained(chain: Option<Statement>, operator: Option<Lexeme>, pipeline: Pipeline, background: bool) -> Statement {
    let (Some(left), Some(operator)) = (chain, operator) else { return Statement::Pipeline(Box::new(pipeline)) };
    Statement::PipelineChain(Box::new(PipelineChain {
        span: left.span().to(pipeline.span),
        left,
        and: operator.kind == TokenKind::AndAnd,
        operator_span: operator.span,
        right: Box::new(pipeline),
        background,
    }))
}

fn stream_of(redirection: &Redirection) -> RedirectionStream {
    match redirection {
        Redirection::File(node) => node.from,
        Redirection::Merging(node) => node.from,
    }
}

/// As the message about a second redirection of the same stream has it.
fn stream_name(stream: RedirectionStream) -> &'static str {
    match stream {
        RedirectionStream::All => "* stream",
        RedirectionStream::Output => "output stream",
        RedirectionStream::Error => "error stream",
        RedirectionStream::Warning => "warning stream",
        RedirectionStream::Verbose => "verbose stream",
        RedirectionStream::Debug => "debug stream",
        RedirectionStream::Information => "information stream",
    }
}

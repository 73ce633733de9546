//! Commands: names, arguments, parameters.

use crate::ast::*;
use crate::errors::ErrorId;
use crate::kinds::{TokenFlags, TokenKind};
use crate::parser::{Mode, Parser};
use crate::source::Span;
use crate::token::{Lexeme, LexemeValue};

/// What an argument is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Context {
    CommandName,
    CommandNameAfterInvocationOperator,
    FileName,
    CommandArgument,
    SwitchCondition,
}

impl Context {
    fn is_command_name(self) -> bool {
        matches!(self, Context::CommandName | Context::CommandNameAfterInvocationOperator)
    }
}

const VERBATIM: &str = "--%";

impl Parser<'_> {
    /// One argument without commas; none before a comma or the end.
    pub fn single_command_argument(&mut self, context: Context) -> Option<Expr> {
        if matches!(self.peek(), TokenKind::Comma | TokenKind::EndOfInput) {
            return None;
        }
        self.in_mode(Mode::Command, |p| {
            let token = p.next();
            p.command_argument(context, token)
        })
    }

    /// An argument that starts with a token; in a command it may be a list with commas.
    pub fn command_argument(&mut self, context: Context, mut token: Lexeme) -> Option<Expr> {
        let mut list: Vec<Expr> = Vec::new();
        let mut comma: Option<Span> = None;
        let last = loop {
            let mut verbatim = false;
            let argument = match token.kind {
                TokenKind::Pipe
                | TokenKind::RCurly
                | TokenKind::RParen
                | TokenKind::EndOfInput
                | TokenKind::NewLine
                | TokenKind::Semi
                | TokenKind::Redirection
                | TokenKind::RedirectInStd
                | TokenKind::AndAnd
                | TokenKind::OrOr
                | TokenKind::Ampersand
                | TokenKind::MinusMinus
                | TokenKind::Comma => {
                    self.unget(token);
                    let comma = comma?;
                    self.report_incomplete(Self::after(comma), ErrorId::MissingExpression, &[","]);
                    let span = list.first().map_or(comma, |first| first.span().to(comma));
                    let parts = list.into_iter().map(ErrorPart::Expr).collect();
                    return Some(Expr::Error(Box::new(ErrorExpression { span, parts })));
                }
                TokenKind::SplattedVariable
                | TokenKind::Variable
                | TokenKind::Number
                | TokenKind::HereStringExpandable
                | TokenKind::StringExpandable
                | TokenKind::HereStringLiteral
                | TokenKind::StringLiteral
                | TokenKind::LParen
                | TokenKind::DollarParen
                | TokenKind::AtParen
                | TokenKind::AtCurly
                | TokenKind::LCurly => {
                    self.unget(token);
                    self.primary_expression_rule(true)?
                }
                TokenKind::Generic => {
                    if context.is_command_name() {
                        self.mark(token.span, |flags| flags.with(TokenFlags::COMMAND_NAME));
                    }
                    verbatim = self.is_verbatim_mark(&token);
                    self.generic_argument(context, token)
                }
                _ => {
                    let command_name = context.is_command_name();
                    self.mark(token.span, |flags| {
                        let flags = flags.without(TokenFlags::KEYWORD);
                        if command_name { flags.with(TokenFlags::COMMAND_NAME) } else { flags }
                    });
                    if !command_name {
                        self.mark_as_argument(token.span);
                    }
                    self.bare_word(token.span)
                }
            };
            if context != Context::CommandArgument || verbatim {
                break argument;
            }
            match self.take(TokenKind::Comma) {
                None => break argument,
                Some(token) => comma = Some(token.span),
            }
            list.push(argument);
            self.skip_newlines();
            token = self.next();
        };
        if list.is_empty() {
            return Some(last);
        }
        list.push(last);
        let span = list[0].span().to(list[list.len() - 1].span());
        Some(Expr::ArrayLiteral(Box::new(ArrayLiteral { span, elements: list })))
    }

    /// A word as an argument: an expandable string when there are variables in it and it is no plain command name.
    fn generic_argument(&mut self, context: Context, token: Lexeme) -> Expr {
        match token.value {
            LexemeValue::Expandable(raw) if context != Context::CommandName => {
                self.expandable_string(token.span, StringKind::BareWord, *raw)
            }
            LexemeValue::Expandable(raw) => {
                Expr::String(StringConstant { span: token.span, kind: StringKind::BareWord, value: raw.value.into() })
            }
            LexemeValue::Text(value) => {
                Expr::String(StringConstant { span: token.span, kind: StringKind::BareWord, value })
            }
            _ => self.bare_word(token.span),
        }
    }

    pub fn bare_word(&self, span: Span) -> Expr {
        Expr::String(StringConstant { span, kind: StringKind::BareWord, value: self.rc_text(span) })
    }

    /// The list of tokens shows keywords and operators that are arguments as plain words.
    fn mark_as_argument(&mut self, span: Span) {
        if let Some(tokens) = &mut self.gathered.tokens
            && let Some(token) = tokens.iter_mut().rev().find(|token| token.span == span)
            && token.kind != TokenKind::Identifier
        {
            token.kind = TokenKind::Generic;
        }
    }

    fn is_verbatim_mark(&self, token: &Lexeme) -> bool {
        token.kind == TokenKind::Generic
            && match &token.value {
                LexemeValue::Text(text) => &**text == VERBATIM,
                LexemeValue::None => self.text_of(token.span) == VERBATIM,
                _ => false,
            }
    }

    /// A command with its arguments and redirections; none when no command starts here.
    pub fn command_rule(&mut self) -> Option<Command> {
        self.in_mode(Mode::Command, Self::command)
    }

    fn command(&mut self) -> Option<Command> {
        let mut elements: Vec<CommandElement> = Vec::new();
        let mut redirections = Vec::new();
        let mut saw_dash_dash = false;
        let first = self.next();
        let first_span = first.span;
        let mut end = first_span;
        let invocation = match first.kind {
            TokenKind::Dot => Invocation::Dot,
            TokenKind::Ampersand => Invocation::Call,
            _ => Invocation::Plain,
        };
        let (mut context, mut token) = match invocation {
            Invocation::Plain => (Context::CommandName, first),
            _ => (Context::CommandNameAfterInvocationOperator, self.next()),
        };
        loop {
            match token.kind {
                TokenKind::Pipe
                | TokenKind::RCurly
                | TokenKind::RParen
                | TokenKind::EndOfInput
                | TokenKind::NewLine
                | TokenKind::Semi
                | TokenKind::AndAnd
                | TokenKind::OrOr
                | TokenKind::Ampersand => {
                    self.unget(token);
                    break;
                }
                TokenKind::MinusMinus => {
                    end = token.span;
                    // The first one ends the parameters; what follows are arguments, further ones included.
                    elements.push(if saw_dash_dash {
                        CommandElement::Expression(self.bare_word(token.span))
                    } else {
                        CommandElement::Parameter(CommandParameter {
                            span: token.span,
                            name: "-".into(),
                            name_span: token.span,
                            argument: None,
                        })
                    });
                    saw_dash_dash = true;
                }
                TokenKind::Comma => {
                    end = token.span;
                    self.report(token.span, ErrorId::MissingArgument, &[]);
                    self.skip_newlines();
                }
                TokenKind::Parameter => {
                    if context.is_command_name() || saw_dash_dash {
                        end = token.span;
                        self.mark(token.span, |flags| flags.with(TokenFlags::COMMAND_NAME));
                        elements.push(CommandElement::Expression(self.bare_word(token.span)));
                    } else {
                        let parameter = self.command_parameter(token);
                        end = parameter.span;
                        elements.push(CommandElement::Parameter(parameter));
                    }
                }
                TokenKind::Redirection | TokenKind::RedirectInStd => {
                    if context.is_command_name() {
                        // A redirection may even be a command's name.
                        end = token.span;
                        elements.push(CommandElement::Expression(self.bare_word(token.span)));
                    } else if let Some(span) = self.redirection_rule(token, &mut redirections) {
                        end = span;
                    }
                }
                TokenKind::InlineScript if context == Context::CommandName => {
                    let done = self.inline_script(token, &mut elements);
                    end = elements.last().map_or(end, CommandElement::span);
                    if !done {
                        break;
                    }
                }
                _ => {
                    let verbatim = self.is_verbatim_mark(&token);
                    if let Some(argument) = self.command_argument(context, token) {
                        end = argument.span();
                        elements.push(CommandElement::Expression(argument));
                    }
                    if verbatim && (self.ungot.is_none() || self.peek() == TokenKind::Parameter) {
                        self.skip();
                        let argument = self.verbatim_argument();
                        end = argument.span;
                        elements.push(CommandElement::Expression(self.bare_word(argument.span)));
                        break;
                    }
                }
            }
            context = Context::CommandArgument;
            token = self.next();
        }
        if elements.is_empty() {
            if invocation != Invocation::Plain {
                let text = self.text_of(first_span);
                self.report(first_span, ErrorId::MissingExpression, &[text]);
            }
            return None;
        }
        Some(Command { span: first_span.to(end), invocation, elements, redirections })
    }

    fn command_parameter(&mut self, token: Lexeme) -> CommandParameter {
        let name_span = token.span;
        let (name, colon) = match token.value {
            LexemeValue::Parameter { name, colon } => (name, colon),
            _ => (self.rc_text(name_span), false),
        };
        let mut span = name_span;
        let mut argument = None;
        if colon && self.peek() != TokenKind::Comma {
            let token = self.next();
            argument = self.command_argument(Context::CommandArgument, token);
            match &argument {
                Some(argument) => span = name_span.to(argument.span()),
                None => {
                    let text = self.text_of(name_span);
                    self.report(Self::after(name_span), ErrorId::ParameterRequiresArgument, &[text]);
                }
            }
        }
        CommandParameter { span, name, name_span, argument }
    }

    /// `inlinescript { }` of workflows. False: its block is missing.
    fn inline_script(&mut self, token: Lexeme, elements: &mut Vec<CommandElement>) -> bool {
        elements.push(CommandElement::Expression(self.bare_word(token.span)));
        self.skip_newlines();
        let Some(open) = self.take(TokenKind::LCurly) else {
            let text = self.text_of(token.span);
            self.report_incomplete(Self::after(token.span), ErrorId::MissingStatementAfterKeyword, &[text]);
            return false;
        };
        let block = self.script_block_expression_rule(&open);
        elements.push(CommandElement::Expression(Expr::ScriptBlock(Box::new(block))));
        true
    }
}

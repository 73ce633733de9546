//! What follows a primary expression: members, calls, indices. And the expressions inside of strings.

use crate::ast::*;
use crate::commands::Context;
use crate::errors::ErrorId;
use crate::expressions::error_expression;
use crate::kinds::{TokenFlags, TokenKind};
use crate::parser::{Mode, Parser};
use crate::source::Span;
use crate::token::{Lexeme, LexemeValue, RawPart, RawString, RawSub, Token};
use crate::type_name::TypeName;

impl Parser<'_> {
    /// An operator directly behind an expression; none in a state of error, when a token was looked at already.
    pub fn next_member_access(&mut self) -> Option<Lexeme> {
        if self.ungot.is_some() { None } else { self.member_access_operator(true) }
    }

    pub fn post_primary_operators(&mut self, mut operator: Option<Lexeme>, mut expression: Expr) -> Expr {
        let mut links = 0;
        while let Some(token) = operator {
            links += 1;
            self.chain(links);
            // A line may end behind the operator.
            self.skip_newlines();
            expression = match token.kind {
                TokenKind::LBracket | TokenKind::QuestionLBracket => self.element_access_rule(expression, token),
                _ => self.member_access_rule(expression, token),
            };
            operator = self.next_member_access();
        }
        expression
    }

    fn element_access_rule(&mut self, target: Expr, open: Lexeme) -> Expr {
        self.skip_newlines();
        let index = self.with_comma(false, |p| p.expression_rule(false)).unwrap_or_else(|| {
            self.report_incomplete(Self::after(open.span), ErrorId::MissingArrayIndexExpression, &[]);
            error_expression(open.span, Vec::new())
        });
        self.skip_newlines();
        let close = self.take(TokenKind::RBracket).map(|token| token.span);
        if close.is_none() && !matches!(index, Expr::Error(_)) {
            self.report_incomplete(Self::after(index.span()), ErrorId::MissingEndSquareBracket, &[]);
        }
        let span = target.span().to(close.unwrap_or(index.span()));
        let null_conditional = open.kind == TokenKind::QuestionLBracket;
        Expr::Index(Box::new(Index { span, target, index, null_conditional }))
    }

    fn member_name_rule(&mut self) -> Option<Expr> {
        if let Some(name) = self.simple_name_rule() {
            return Some(Expr::String(name));
        }
        let kind = self.peek();
        if kind.has(TokenFlags::UNARY_OPERATOR) || kind == TokenKind::LBracket {
            return self.unary_expression_rule(false);
        }
        self.primary_expression_rule(false)
    }

    fn member_access_rule(&mut self, target: Expr, operator: Lexeme) -> Expr {
        let is_static = operator.kind == TokenKind::ColonColon;
        let null_conditional = operator.kind == TokenKind::QuestionDot;
        let member = match self.member_name_rule() {
            None => {
                self.report_incomplete(Self::after(operator.span), ErrorId::MissingPropertyName, &[]);
                let span = target.span().to(operator.span);
                self.single_command_argument(Context::CommandArgument)
                    .unwrap_or_else(|| error_expression(span, Vec::new()))
            }
            Some(member) if self.ungot.is_none() => {
                let resync_point = self.restore_point();
                let (generic_arguments, has_generics) = self.generic_method_arguments_rule(resync_point);
                if let Some(open) = self.next_invoke_open() {
                    let (arguments, end) = self.invocation_arguments(open);
                    return Expr::Invoke(Box::new(InvokeMember {
                        span: target.span().to(end),
                        target,
                        member,
                        is_static,
                        null_conditional,
                        arguments,
                        generic_arguments,
                    }));
                }
                if has_generics {
                    // No call follows: an index after all.
                    self.resync(resync_point);
                }
                member
            }
            Some(member) => member,
        };
        let span = target.span().to(member.span());
        Expr::Member(Box::new(MemberAccess { span, target, member, is_static, null_conditional }))
    }

    fn next_invoke_open(&mut self) -> Option<Lexeme> {
        if self.ungot.is_some() { None } else { self.invoke_member_open() }
    }

    /// `[type, type]` between a method's name and its parentheses; whether its closing bracket was found.
    fn generic_method_arguments_rule(&mut self, resync_point: usize) -> (Vec<TypeName>, bool) {
        if !matches!(self.peek_byte(), b'[' | b' ' | b'\t' | b'<' | b'`') {
            // Nothing that could be a bracket: spare the look-ahead.
            return (Vec::new(), false);
        }
        let bracket = self.next();
        if bracket.kind != TokenKind::LBracket {
            self.resync(resync_point);
            return (Vec::new(), false);
        }
        let old = self.set_mode(Mode::TypeName);
        self.skip_newlines();
        let first = self.next();
        // Only plain names: `[[type]]` would be ambiguous with an index.
        let found = first.kind == TokenKind::Identifier;
        let mut arguments = Vec::new();
        let mut closed = false;
        if found {
            let close;
            (arguments, close) = self.generic_type_arguments_rule(first);
            closed = close.kind == TokenKind::RBracket;
            if !closed {
                let span = self.before(close.span);
                self.unget(close);
                self.report_incomplete(span, ErrorId::EndSquareBracketExpectedAtEndOfType, &[]);
            }
        }
        self.set_mode(old);
        if !found && resync_point > 0 {
            self.resync(resync_point);
        }
        (arguments, closed)
    }

    /// Arguments of a call, or the one script block of `$x.where{ }`; and where they end.
    fn invocation_arguments(&mut self, open: Lexeme) -> (Vec<Expr>, Span) {
        if open.kind == TokenKind::LParen {
            return self.invoke_param_paren_list_rule(open.span);
        }
        self.skip_newlines();
        let block = self.script_block_expression_rule(&open);
        let span = block.span;
        (vec![Expr::ScriptBlock(Box::new(block))], span)
    }

    pub fn invoke_param_paren_list_rule(&mut self, open: Span) -> (Vec<Expr>, Span) {
        self.with_comma(true, |p| {
            let mut arguments: Vec<Expr> = Vec::new();
            let mut comma: Option<Span> = None;
            let mut reported = false;
            loop {
                p.skip_newlines();
                let Some(argument) = p.expression_rule(false) else {
                    if let Some(comma) = comma {
                        p.report_incomplete(Self::after(comma), ErrorId::MissingExpressionAfterToken, &[","]);
                        reported = true;
                    }
                    break;
                };
                arguments.push(argument);
                p.skip_newlines();
                comma = p.take(TokenKind::Comma).map(|token| token.span);
                if comma.is_none() {
                    break;
                }
            }
            p.skip_newlines();
            let close = p.take(TokenKind::RParen).map(|token| token.span);
            let last = arguments.last().map(Expr::span);
            if close.is_none() && !reported {
                let span = Self::after(last.unwrap_or(open));
                p.report_incomplete(span, ErrorId::MissingEndParenthesisInMethodCall, &[]);
            }
            let end = close.or(comma).or(last).unwrap_or(open);
            (arguments, end)
        })
    }

    // ---- expandable strings ----

    pub fn expandable_string_rule(&mut self, token: Lexeme, kind: StringKind) -> Expr {
        match token.value {
            LexemeValue::Expandable(raw) => self.expandable_string(token.span, kind, *raw),
            LexemeValue::Text(value) => Expr::String(StringConstant { span: token.span, kind, value }),
            _ => Expr::String(StringConstant { span: token.span, kind, value: "".into() }),
        }
    }

    /// Parses the sub-expressions of a string that the scanner has only delimited.
    pub fn expandable_string(&mut self, span: Span, kind: StringKind, raw: RawString) -> Expr {
        let mut parts = Vec::with_capacity(raw.parts.len());
        let mut nested = Vec::new();
        for part in raw.parts {
            match part {
                RawPart::Literal(text) => parts.push(StringPart::Literal(text.into())),
                RawPart::Variable(token) => {
                    if self.gathered.tokens.is_some() {
                        nested.push(token.to_token());
                    }
                    parts.push(StringPart::Expr(self.variable_or_using_in_string(token)));
                }
                RawPart::Sub(sub) => {
                    let expression = self.deeper(|p| p.sub_expression_in_string(&sub, &mut nested));
                    parts.push(StringPart::Expr(expression.unwrap_or_else(|| error_expression(sub.span, Vec::new()))));
                }
            }
        }
        if let Some(tokens) = &mut self.gathered.tokens
            && let Some(token) = tokens.iter_mut().rev().find(|token| token.span == span)
        {
            token.nested = nested;
        }
        Expr::Expandable(Box::new(ExpandableString { span, kind, value: raw.value.into(), parts }))
    }

    fn variable_or_using_in_string(&mut self, token: Lexeme) -> Expr {
        let ungot = self.ungot.take();
        let expression = self.variable_or_using(token, false);
        self.ungot = ungot;
        expression
    }

    /// A parser of its own reads the text between the parentheses; errors, comments and depth go along.
    fn sub_expression_in_string(&mut self, sub: &RawSub, nested: &mut Vec<Token>) -> Option<Expr> {
        let (text, offsets): (&str, Option<Vec<u32>>) = match &sub.unquoted {
            Some((text, offsets)) => (text, Some(offsets.clone())),
            None => {
                let offsets = self.map.and_then(|map| map.get(sub.start..=sub.end)).map(<[u32]>::to_vec);
                (&self.text[sub.start..sub.end], offsets)
            }
        };
        let mut gathered = std::mem::take(&mut self.gathered);
        let tokens = gathered.tokens.take();
        gathered.tokens = tokens.is_some().then(Vec::new);
        let base = self.absolute(sub.start);
        let mut inner = Parser::over(self.source, self.options, text, base, offsets.as_deref(), gathered);
        inner.nested = true;
        inner.mode = self.mode;
        inner.disable_comma = self.disable_comma;
        inner.in_workflow = self.in_workflow;
        let expression = inner.primary_expression_rule(true);
        self.gathered = inner.gathered;
        nested.extend(self.gathered.tokens.take().into_iter().flatten());
        self.gathered.tokens = tokens;
        expression
    }
}

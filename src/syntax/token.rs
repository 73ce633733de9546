//! Tokens: what the scanner hands to the parser, and the list that `[Parser]::ParseInput` gives on request.

use crate::ast::{RedirectionStream, VariablePath};
use crate::kinds::{TokenFlags, TokenKind};
use crate::number::Number;
use crate::source::Span;
use std::rc::Rc;

/// One token as the parser sees it.
#[derive(Clone, Debug)]
pub(crate) struct Lexeme {
    pub kind: TokenKind,
    /// Marks of this token only; what holds for its kind is in `kind.traits()`.
    pub flags: TokenFlags,
    /// Where it starts in the text at hand: `span.start`, but for text inside of a string's `$( )`.
    pub at: usize,
    pub span: Span,
    pub value: LexemeValue,
}

#[derive(Clone, Debug)]
pub(crate) enum LexemeValue {
    None,
    Number(Number),
    /// A string's or word's value where it differs from the token's text.
    Text(Rc<str>),
    Expandable(Box<RawString>),
    Variable(Rc<VariablePath>),
    Parameter {
        name: Rc<str>,
        colon: bool,
    },
    FileRedirection {
        from: RedirectionStream,
        append: bool,
    },
    Merging {
        from: RedirectionStream,
        to: RedirectionStream,
    },
}

/// An expandable string whose sub-expressions are found but not parsed.
#[derive(Clone, Debug, Default)]
pub(crate) struct RawString {
    pub value: String,
    pub parts: Vec<RawPart>,
}

#[derive(Clone, Debug)]
pub(crate) enum RawPart {
    Literal(String),
    Variable(Lexeme),
    Sub(RawSub),
}

/// `$( )` inside of a string.
#[derive(Clone, Debug)]
pub(crate) struct RawSub {
    pub span: Span,
    /// Range in the text at hand.
    pub start: usize,
    pub end: usize,
    /// The text to parse where doubled quotes made it differ from the source, and the offset of each of its bytes.
    pub unquoted: Option<(String, Vec<u32>)>,
    pub in_error: bool,
}

/// A token of the list that a parse gives on request.
#[derive(Clone, Debug)]
pub struct Token {
    pub kind: TokenKind,
    /// The kind's traits and the token's own marks.
    pub flags: TokenFlags,
    pub span: Span,
    pub value: TokenValue,
    /// Tokens inside of an expandable string.
    pub nested: Vec<Token>,
}

/// What a token carries beside its text.
#[derive(Clone, Debug)]
pub enum TokenValue {
    None,
    Number(Number),
    Text(Rc<str>),
    Variable(Rc<VariablePath>),
    Parameter { name: Rc<str>, colon: bool },
    FileRedirection { from: RedirectionStream, append: bool },
    Merging { from: RedirectionStream, to: RedirectionStream },
}

impl Lexeme {
    pub fn to_token(&self) -> Token {
        let mut nested = Vec::new();
        let value = match &self.value {
            LexemeValue::None => TokenValue::None,
            LexemeValue::Number(number) => TokenValue::Number(number.clone()),
            LexemeValue::Text(text) => TokenValue::Text(text.clone()),
            LexemeValue::Expandable(raw) => {
                nested.extend(raw.parts.iter().filter_map(RawPart::to_token));
                TokenValue::Text(raw.value.as_str().into())
            }
            LexemeValue::Variable(path) => TokenValue::Variable(path.clone()),
            LexemeValue::Parameter { name, colon } => TokenValue::Parameter { name: name.clone(), colon: *colon },
            LexemeValue::FileRedirection { from, append } => {
                TokenValue::FileRedirection { from: *from, append: *append }
            }
            LexemeValue::Merging { from, to } => TokenValue::Merging { from: *from, to: *to },
        };
        let flags = self.kind.traits().with(self.flags);
        Token { kind: self.kind, flags, span: self.span, value, nested }
    }
}

impl RawPart {
    fn to_token(&self) -> Option<Token> {
        match self {
            RawPart::Literal(_) => None,
            RawPart::Variable(lexeme) => Some(lexeme.to_token()),
            RawPart::Sub(sub) => Some(Token {
                kind: TokenKind::StringLiteral,
                flags: TokenKind::StringLiteral.traits(),
                span: sub.span,
                value: TokenValue::None,
                nested: Vec::new(),
            }),
        }
    }
}

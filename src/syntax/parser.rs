//! The parser's state and its tools: look-ahead of one token, modes, resynchronisation, error reports. The rules are in
//! the files beside it, each a block of methods. It follows PowerShell's own parser production by production, so that
//! errors, their positions and what is saved of broken text agree.

use crate::ast::ScriptBlockAst;
use crate::chars;
use crate::errors::{ErrorId, ParseError};
use crate::kinds::{TokenFlags, TokenKind};
use crate::known_types::Resolver;
use crate::options::Options;
use crate::source::{Source, Span};
use crate::token::{Lexeme, Token};
use crate::{semantics, symbols};
use std::rc::Rc;

/// How words are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Command,
    Expression,
    TypeName,
    /// Heads of classes and methods.
    Signature,
}

/// Deeper nesting is an error (PowerShell's own bound is its stack). One bracket counts several times.
const MAX_DEPTH: u32 = 6_000;

/// So is a longer chain of operators or members: it makes a tree as deep.
const MAX_CHAIN: usize = 20_000;

/// What a parse gathers, shared with the parsers of sub-expressions inside of strings.
#[derive(Default)]
pub(crate) struct Gathered {
    pub errors: Vec<ParseError>,
    pub comments: Vec<Span>,
    pub requires: Vec<Span>,
    pub tokens: Option<Vec<Token>>,
    pub signature: Option<Span>,
    /// There are classes, enums or `using module`s, whose names have to be resolved.
    pub has_symbols: bool,
    depth: u32,
    too_deep: bool,
}

pub(crate) struct Parser<'t> {
    pub source: &'t Rc<Source>,
    /// The text at hand: the whole source or, inside of a string, one `$( )`.
    pub text: &'t str,
    pub pos: usize,
    /// How often the end of the text was read; PowerShell's offset goes on there, and so does the end token's place.
    pub past_end: usize,
    pub token_start: usize,
    /// Offset of `text` in the source.
    pub base: u32,
    /// Source offsets of the bytes of `text` where it is no plain slice of the source.
    pub map: Option<&'t [u32]>,
    pub nested: bool,
    pub mode: Mode,
    pub ungot: Option<Lexeme>,
    pub disable_comma: bool,
    pub allow_signed_numbers: bool,
    pub end_number_on_ternary: bool,
    pub want_simple_name: bool,
    pub in_workflow: bool,
    pub options: &'t Options<'t>,
    pub gathered: Gathered,
}

impl<'t> Parser<'t> {
    pub fn new(source: &'t Rc<Source>, options: &'t Options<'t>) -> Self {
        let gathered = Gathered { tokens: options.save_tokens.then(Vec::new), ..Gathered::default() };
        Self::over(source, options, &source.text, 0, None, gathered)
    }

    /// A parser over a part of the source; `gathered` goes with it.
    pub fn over(
        source: &'t Rc<Source>,
        options: &'t Options<'t>,
        text: &'t str,
        base: u32,
        map: Option<&'t [u32]>,
        gathered: Gathered,
    ) -> Self {
        Parser {
            source,
            text,
            pos: 0,
            past_end: 0,
            token_start: 0,
            base,
            map,
            nested: false,
            mode: Mode::Command,
            ungot: None,
            disable_comma: false,
            allow_signed_numbers: false,
            end_number_on_ternary: false,
            want_simple_name: false,
            in_workflow: false,
            options,
            gathered,
        }
    }

    pub fn script(&mut self) -> ScriptBlockAst {
        let mut ast = self.script_block_rule(None, false);
        if self.gathered.too_deep {
            return self.empty_script();
        }
        let types = Resolver::new(&ast.usings);
        ast.requires = self.script_requirements(&types);
        if self.gathered.has_symbols {
            symbols::check(self, &ast, &types);
        }
        semantics::check(self, &ast, &types);
        ast
    }

    // ---- positions ----

    /// The source offset of an offset in the text at hand; one behind the end is allowed.
    pub fn absolute(&self, at: usize) -> u32 {
        match self.map {
            None => self.base + at as u32,
            Some(map) => match map.get(at) {
                Some(offset) => *offset,
                None => map.last().copied().unwrap_or(self.base) + (at + 1 - map.len()) as u32,
            },
        }
    }

    /// The inverse of [`Parser::absolute`].
    pub fn local(&self, offset: u32) -> usize {
        match self.map {
            None => offset.saturating_sub(self.base) as usize,
            Some(map) => map.partition_point(|o| *o < offset),
        }
    }

    pub fn span_of(&self, start: usize, end: usize) -> Span {
        Span::new(self.absolute(start), self.absolute(end))
    }

    /// One UTF-16 unit before a span's start.
    pub fn before(&self, span: Span) -> Span {
        let mut offset = (span.start as usize).saturating_sub(1);
        while offset > 0 && !self.source.text.is_char_boundary(offset.min(self.source.text.len())) {
            offset -= 1;
        }
        Span::new(offset as u32, offset as u32)
    }

    pub fn after(span: Span) -> Span {
        Span::new(span.end, span.end)
    }

    pub fn text_of(&self, span: Span) -> &'t str {
        self.source.slice(span)
    }

    pub fn rc_text(&self, span: Span) -> Rc<str> {
        self.source.slice(span).into()
    }

    // ---- tokens ----

    pub fn next(&mut self) -> Lexeme {
        match self.ungot.take() {
            Some(token) => token,
            None => self.scan(),
        }
    }

    pub fn peek_token(&mut self) -> &Lexeme {
        let token = match self.ungot.take() {
            Some(token) => token,
            None => self.scan(),
        };
        self.ungot.insert(token)
    }

    pub fn peek(&mut self) -> TokenKind {
        self.peek_token().kind
    }

    pub fn peek_span(&mut self) -> Span {
        self.peek_token().span
    }

    /// Drops the token that was peeked at.
    pub fn skip(&mut self) {
        self.ungot = None;
    }

    pub fn unget(&mut self, token: Lexeme) {
        self.ungot = Some(token);
    }

    /// Takes the next token if it is of the kind.
    pub fn take(&mut self, kind: TokenKind) -> Option<Lexeme> {
        if self.peek() == kind { self.ungot.take() } else { None }
    }

    pub fn skip_newlines(&mut self) {
        if self.ungot.as_ref().is_none_or(|token| token.kind == TokenKind::NewLine) {
            self.ungot = None;
            self.scan_newlines(false);
        }
    }

    pub fn skip_newlines_and_semicolons(&mut self) {
        if self.ungot.as_ref().is_none_or(|token| matches!(token.kind, TokenKind::NewLine | TokenKind::Semi)) {
            self.ungot = None;
            self.scan_newlines(true);
        }
    }

    pub fn set_mode(&mut self, mode: Mode) -> Mode {
        if mode != self.mode
            && let Some(token) = &self.ungot
            && !token.kind.has(TokenFlags::PARSE_MODE_INVARIANT)
        {
            let at = token.at;
            self.resync(at);
        }
        std::mem::replace(&mut self.mode, mode)
    }

    /// Runs a rule in a mode and goes back to the mode before.
    pub fn in_mode<R>(&mut self, mode: Mode, rule: impl FnOnce(&mut Self) -> R) -> R {
        let old = self.set_mode(mode);
        let result = rule(self);
        self.set_mode(old);
        result
    }

    /// Runs a rule with the comma as an operator or not.
    pub fn with_comma<R>(&mut self, disabled: bool, rule: impl FnOnce(&mut Self) -> R) -> R {
        let old = std::mem::replace(&mut self.disable_comma, disabled);
        let result = rule(self);
        self.disable_comma = old;
        result
    }

    /// Where reading can be taken up again.
    pub fn restore_point(&self) -> usize {
        self.pos + self.past_end
    }

    /// Goes back to an offset of the text at hand.
    pub fn resync(&mut self, at: usize) {
        self.ungot = None;
        self.pos = at.min(self.text.len());
        self.past_end = (at - self.pos).min(1);
        let start = self.absolute(at);
        let gathered = &mut self.gathered;
        while gathered.comments.pop_if(|span| span.end > start).is_some() {}
        while gathered.requires.pop_if(|span| span.end > start).is_some() {}
        if let Some(tokens) = &mut gathered.tokens {
            let behind = |token: &mut Token| token.span.end > start || token.kind == TokenKind::EndOfInput;
            while tokens.pop_if(behind).is_some() {}
        }
    }

    /// Skips to one of the kinds, over balanced brackets.
    pub fn sync_on_error(&mut self, consume_closing: bool, kinds: &[TokenKind]) {
        let wanted = |kind| kinds.contains(&kind);
        let (mut parens, mut curlies, mut brackets) =
            (wanted(TokenKind::RParen) as i32, wanted(TokenKind::RCurly) as i32, wanted(TokenKind::RBracket) as i32);
        loop {
            let token = self.next();
            let closed = match token.kind {
                TokenKind::LParen => {
                    parens += 1;
                    false
                }
                TokenKind::RParen => {
                    parens -= 1;
                    parens == 0
                }
                TokenKind::LCurly => {
                    curlies += 1;
                    false
                }
                TokenKind::RCurly => {
                    curlies -= 1;
                    curlies == 0
                }
                TokenKind::LBracket => {
                    brackets += 1;
                    false
                }
                TokenKind::RBracket => {
                    brackets -= 1;
                    brackets == 0
                }
                TokenKind::EndOfInput => {
                    self.unget(token);
                    return;
                }
                _ => false,
            };
            if closed && wanted(token.kind) {
                if !consume_closing {
                    self.unget(token);
                }
                return;
            }
            if wanted(token.kind) && parens == 0 && curlies == 0 && brackets == 0 {
                return;
            }
        }
    }

    /// Adds marks to a token of the list that is given on request.
    pub fn mark(&mut self, span: Span, change: impl FnOnce(TokenFlags) -> TokenFlags) {
        if let Some(tokens) = &mut self.gathered.tokens
            && let Some(token) = tokens.iter_mut().rev().find(|token| token.span == span)
        {
            token.flags = change(token.flags);
        }
    }

    // ---- nesting ----

    /// Runs a rule one level deeper. Too deep: one error, and all further text counts as its end.
    pub fn deeper<R>(&mut self, rule: impl FnOnce(&mut Self) -> R) -> R {
        self.gathered.depth += 1;
        if self.gathered.depth > MAX_DEPTH || self.gathered.too_deep {
            self.give_up();
        }
        let result = rule(self);
        self.gathered.depth -= 1;
        result
    }

    /// Another link of a chain such as `1 + 1 + 1` or `$a.b.c`.
    pub fn chain(&mut self, links: usize) {
        if links > MAX_CHAIN {
            self.give_up();
        }
    }

    /// So many open parentheses that the rules would give up on them: spares looking for their ends level by
    /// level.
    pub fn nesting(&mut self, levels: u32) -> bool {
        let too_deep = levels > MAX_DEPTH;
        if too_deep {
            self.give_up();
        }
        too_deep
    }

    fn give_up(&mut self) {
        if !self.gathered.too_deep {
            let here = self.span_of(self.token_start, self.pos);
            self.gathered.errors.clear();
            self.report(here, ErrorId::ScriptTooComplicated, &[]);
            self.gathered.too_deep = true;
        }
        self.ungot = None;
        self.pos = self.text.len();
    }

    // ---- errors ----

    pub fn report(&mut self, span: Span, id: ErrorId, args: &[&str]) {
        self.save_error(span, id, false, args);
    }

    /// Reports an error that more input could mend if it stands at the end of the text.
    pub fn report_incomplete(&mut self, span: Span, id: ErrorId, args: &[&str]) -> bool {
        self.report_incomplete_at(span, span, id, args)
    }

    /// The same, where the error was found at another place than it is shown.
    pub fn report_incomplete_at(&mut self, span: Span, found: Span, id: ErrorId, args: &[&str]) -> bool {
        let incomplete = self.only_blanks_behind(found.end);
        self.save_error(span, id, incomplete, args);
        incomplete
    }

    fn save_error(&mut self, span: Span, id: ErrorId, incomplete_input: bool, args: &[&str]) {
        let errors = &mut self.gathered.errors;
        if self.gathered.too_deep || errors.iter().any(|error| error.id == id.name() && error.span == span) {
            return;
        }
        errors.push(ParseError { id: id.name(), message: id.message(args), span, incomplete_input });
    }

    /// Nothing but blanks and comments follow on the line, and then the text ends. Inside of a string's `$( )` the
    /// offset of the whole source is held against the inner text, as PowerShell does.
    fn only_blanks_behind(&self, offset: u32) -> bool {
        let mut at = offset as usize;
        while !self.text.is_char_boundary(at.min(self.text.len())) {
            at += 1;
        }
        while let Some(rest) = self.text.get(at..)
            && let Some(c) = rest.chars().next()
        {
            at += if c == '#' {
                rest.find(['\r', '\n']).unwrap_or(rest.len())
            } else if rest.starts_with("<#") {
                rest.find("#>").map_or(rest.len(), |i| i + 2)
            } else if chars::is_whitespace(c) {
                c.len_utf8()
            } else {
                return false;
            };
        }
        true
    }
}

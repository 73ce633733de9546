//! Scanning of strings: literal and expandable ones, here-strings, escapes, and the `$( )` inside of them, which is
//! only delimited here and parsed when the parser takes the string.

use crate::chars;
use crate::errors::ErrorId;
use crate::kinds::{TokenFlags, TokenKind};
use crate::parser::{Mode, Parser};
use crate::source::Span;
use crate::token::{Lexeme, LexemeValue, RawPart, RawString, RawSub};

/// Lone surrogates live above U+10F800 in our strings (see `PsString` of the object room).
const SURROGATES: u32 = 0x10_F800;

/// A string under construction.
#[derive(Default)]
pub(crate) struct StringBuilder {
    pub value: String,
    literal: String,
    parts: Vec<RawPart>,
}

impl StringBuilder {
    pub fn push(&mut self, c: char) {
        push_unit(&mut self.value, c);
        push_unit(&mut self.literal, c);
    }

    pub fn push_str(&mut self, text: &str) {
        self.value.push_str(text);
        self.literal.push_str(text);
    }

    fn push_part(&mut self, text: &str, part: RawPart) {
        self.value.push_str(text);
        if !self.literal.is_empty() {
            self.parts.push(RawPart::Literal(std::mem::take(&mut self.literal)));
        }
        self.parts.push(part);
    }

    /// Cuts what was added since both lengths were taken (a here-string's last line end).
    fn truncate(&mut self, by: usize) {
        self.value.truncate(self.value.len() - by);
        self.literal.truncate(self.literal.len().saturating_sub(by));
    }

    pub fn is_expandable(&self) -> bool {
        !self.parts.is_empty()
    }

    pub fn finish(mut self) -> LexemeValue {
        if !self.is_expandable() {
            return LexemeValue::Text(self.value.into());
        }
        if !self.literal.is_empty() {
            self.parts.push(RawPart::Literal(self.literal));
        }
        LexemeValue::Expandable(Box::new(RawString { value: self.value, parts: self.parts }))
    }
}

/// Adds a character; the second half of a surrogate pair joins the first.
fn push_unit(text: &mut String, c: char) {
    if (SURROGATES + 0x400..SURROGATES + 0x800).contains(&(c as u32))
        && let Some(high) = text.chars().next_back()
        && (SURROGATES..SURROGATES + 0x400).contains(&(high as u32))
    {
        text.pop();
        let code = 0x10000 + ((high as u32 - SURROGATES) << 10) + (c as u32 - SURROGATES - 0x400);
        text.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
    } else {
        text.push(c);
    }
}

impl Parser<'_> {
    // ---- escapes ----

    /// What a backtick and a character stand for, added to `out`.
    pub fn escape(&mut self, c: char, out: &mut String) {
        let c = self.escaped(c);
        push_unit(out, c);
    }

    fn escaped(&mut self, c: char) -> char {
        match c {
            '0' => '\0',
            'a' => '\u{7}',
            'b' => '\u{8}',
            'e' => '\u{1B}',
            'f' => '\u{C}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => self.unicode_escape().unwrap_or('\u{FFFF}'),
            'v' => '\u{B}',
            _ => c,
        }
    }

    /// `{hex}` behind a backtick and `u`.
    fn unicode_escape(&mut self) -> Option<char> {
        let escape_start = self.pos - 2;
        let report_escape = |p: &mut Self| {
            let span = Span::new(p.base + escape_start as u32, p.base + p.pos as u32);
            p.report(span, ErrorId::InvalidUnicodeEscapeSequence, &[]);
        };
        if !self.accept(b'{') {
            report_escape(self);
            return None;
        }
        let start = self.pos;
        let mut digits = 0;
        while digits < 6 && self.peek_byte().is_ascii_hexdigit() {
            self.pos += 1;
            digits += 1;
        }
        if self.accept(b'}') {
            if digits == 0 {
                report_escape(self);
                return None;
            }
        } else {
            let id = if self.peek_byte().is_ascii_hexdigit() {
                ErrorId::TooManyDigitsInUnicodeEscapeSequence
            } else if digits < 6 {
                ErrorId::InvalidUnicodeEscapeSequence
            } else {
                ErrorId::MissingUnicodeEscapeSequenceTerminator
            };
            self.report_char(self.pos, id);
            return None;
        }
        let code = u32::from_str_radix(&self.text[start..start + digits], 16).ok()?;
        if code > 0x10_FFFF {
            let span = Span::new(self.base + start as u32, self.base + self.pos as u32 - 1);
            self.report(span, ErrorId::InvalidUnicodeEscapeSequenceValue, &[]);
            return None;
        }
        char::from_u32(code).or_else(|| char::from_u32(SURROGATES + code - 0xD800))
    }

    // ---- single quotes ----

    /// The text up to the closing quote, doubled quotes made single. The opening quote is read. False: no closing one.
    pub fn single_quoted(&mut self, out: &mut String) -> bool {
        let quote = self.pos - self.char_len_before();
        loop {
            let rest = &self.text[self.pos..];
            let Some(at) = rest.find(chars::is_single_quote) else {
                out.push_str(rest);
                self.pos = self.text.len();
                self.report_unfinished(quote, ErrorId::TerminatorExpectedAtEndOfString, &["'"]);
                return false;
            };
            out.push_str(&rest[..at]);
            self.pos += at;
            self.next_char();
            let c = self.peek_char();
            if !chars::is_single_quote(c) {
                return true;
            }
            out.push(c);
            self.next_char();
        }
    }

    fn char_len_before(&self) -> usize {
        self.text[..self.pos].chars().next_back().map_or(0, char::len_utf8)
    }

    pub fn scan_string_literal(&mut self) -> Lexeme {
        let mut value = String::new();
        let closed = self.single_quoted(&mut value);
        self.string_token(TokenKind::StringLiteral, LexemeValue::Text(value.into()), closed)
    }

    fn string_token(&mut self, kind: TokenKind, value: LexemeValue, whole: bool) -> Lexeme {
        let in_error = |part: &RawPart| matches!(part, RawPart::Sub(sub) if sub.in_error);
        let broken = !whole || matches!(&value, LexemeValue::Expandable(raw) if raw.parts.iter().any(in_error));
        let flags = if broken { TokenFlags::TOKEN_IN_ERROR } else { TokenFlags::NONE };
        let token = Lexeme { kind, flags, at: self.token_start, span: self.current_span(), value };
        self.save(token)
    }

    // ---- double quotes ----

    /// The text up to the closing quote. The opening quote is read. False: no closing one.
    pub fn double_quoted(&mut self, out: &mut StringBuilder) -> bool {
        let quote = self.pos - self.char_len_before();
        loop {
            let rest = &self.text[self.pos..];
            let Some(at) = rest.find(|c| matches!(c, '"' | '$' | '`') || chars::is_double_quote(c)) else {
                out.push_str(rest);
                self.pos = self.text.len();
                self.report_unfinished(quote, ErrorId::TerminatorExpectedAtEndOfString, &["\""]);
                return false;
            };
            out.push_str(&rest[..at]);
            self.pos += at;
            match self.next_char() {
                Some('$') => self.dollar_in_string(out, false),
                Some('`') => self.backtick_in_string(out),
                _ => {
                    let c = self.peek_char();
                    if !chars::is_double_quote(c) {
                        return true;
                    }
                    out.push(c);
                    self.next_char();
                }
            }
        }
    }

    /// The backtick is read.
    fn backtick_in_string(&mut self, out: &mut StringBuilder) {
        match self.peek_char() {
            '\0' => out.push('`'),
            c => {
                self.next_char();
                let c = self.escaped(c);
                out.push(c);
            }
        }
    }

    pub fn backtick_in_word(&mut self, out: &mut StringBuilder) {
        self.backtick_in_string(out);
    }

    /// The `$` is read: a variable, a sub-expression or just the character.
    pub fn dollar_in_string(&mut self, out: &mut StringBuilder, here_string: bool) {
        let dollar = self.pos - 1;
        let c = self.peek_char();
        let token_start = self.token_start;
        let part = if c == '(' {
            self.pos += 1;
            RawPart::Sub(self.delimit_sub_expression(here_string))
        } else if !self.at_end() && (chars::is_variable_start(c) || c == '{') {
            let mode = std::mem::replace(&mut self.mode, Mode::Expression);
            // The list of tokens holds them inside of the string's token.
            let tokens = self.gathered.tokens.take();
            self.token_start = dollar;
            let variable = self.scan_variable(false, true);
            self.gathered.tokens = tokens;
            self.mode = mode;
            RawPart::Variable(variable)
        } else {
            out.push('$');
            return;
        };
        self.token_start = token_start;
        out.push_part(&self.text[dollar..self.pos], part);
    }

    /// Finds the end of a `$(` that is read. Only parentheses count; doubled quotes become single ones, unless the
    /// string is a here-string.
    fn delimit_sub_expression(&mut self, here_string: bool) -> RawSub {
        let start = self.pos - 2;
        let mut skipped: Vec<usize> = Vec::new();
        let mut depth = 1;
        let mut in_error = false;
        let bytes = self.text.as_bytes();
        // The length of a double quote, plain or typographic; 0 for anything else.
        let quote_at = |at: usize| match bytes.get(at..) {
            Some([b'"', ..]) => 1,
            Some([0xE2, 0x80, 0x9C..=0x9E, ..]) => 3,
            _ => 0,
        };
        let mut at = self.pos;
        while depth > 0 {
            let Some(byte) = bytes.get(at) else {
                self.pos = bytes.len();
                self.report_unfinished(start, ErrorId::IncompleteDollarSubexpressionReference, &[]);
                in_error = true;
                break;
            };
            let own = match byte {
                b'`' => 1,
                _ => quote_at(at),
            };
            if own > 0 {
                let next = quote_at(at + own);
                if next > 0 && !here_string {
                    skipped.push(at);
                    at += next;
                }
                at += own;
                continue;
            }
            match byte {
                b'(' => {
                    depth += 1;
                    if self.nesting(depth) {
                        at = bytes.len();
                        continue;
                    }
                }
                b')' => depth -= 1,
                _ => {}
            }
            at += 1;
        }
        self.pos = at.min(bytes.len());
        let unquoted = (!skipped.is_empty()).then(|| self.without(start, self.pos, &skipped));
        RawSub { span: self.span_of(start, self.pos), start, end: self.pos, unquoted, in_error }
    }

    /// A part of the text without some of its characters, and the source offset of each byte left (and of the end).
    fn without(&self, start: usize, end: usize, skipped: &[usize]) -> (String, Vec<u32>) {
        let mut text = String::with_capacity(end - start);
        let mut offsets = Vec::with_capacity(end - start + 1);
        let mut skipped = skipped.iter().peekable();
        let mut pending = None;
        for (i, c) in self.text[start..end].char_indices() {
            let at = start + i;
            if skipped.peek() == Some(&&at) {
                skipped.next();
                pending = Some(at);
                continue;
            }
            // A quote that was doubled starts where its pair starts.
            offsets.push(self.absolute(pending.take().unwrap_or(at)));
            offsets.extend((1..c.len_utf8()).map(|k| self.absolute(at + k)));
            text.push(c);
        }
        offsets.push(self.absolute(end));
        (text, offsets)
    }

    pub fn scan_string_expandable(&mut self) -> Lexeme {
        let mut out = StringBuilder::default();
        let closed = self.double_quoted(&mut out);
        self.string_token(TokenKind::StringExpandable, out.finish(), closed)
    }

    // ---- here-strings ----

    /// The header `@'` is read: blanks and a line end must follow.
    fn after_here_string_header(&mut self, quote: char) -> bool {
        let header = self.pos - 1 - self.char_len_before();
        self.skip_whitespace();
        match self.next_char() {
            Some('\r') => {
                self.normalize_crlf('\r');
                true
            }
            Some('\n') => true,
            None => {
                let footer = [quote, '@'].iter().collect::<String>();
                self.report_unfinished(header, ErrorId::TerminatorExpectedAtEndOfString, &[&footer]);
                false
            }
            Some(c) => {
                self.pos -= c.len_utf8();
                self.report_char(self.pos, ErrorId::UnexpectedCharactersAfterHereStringHeader);
                // Look for the footer on this line; without one, go on behind the line.
                while let Some(c) = self.next_char() {
                    if c == quote && self.accept(b'@') {
                        break;
                    }
                    if matches!(c, '\r' | '\n') {
                        self.pos -= 1;
                        break;
                    }
                }
                false
            }
        }
    }

    /// At the start of a line: the footer, or false with blanks taken. A footer behind blanks is remembered.
    fn here_string_footer(
        &mut self,
        is_quote: fn(char) -> bool,
        out: &mut StringBuilder,
        false_footer: &mut Option<usize>,
    ) -> bool {
        let mut start = self.pos;
        let c = self.peek_char();
        if is_quote(c) && self.text.as_bytes().get(start + c.len_utf8()) == Some(&b'@') {
            self.pos += c.len_utf8() + 1;
            return true;
        }
        self.skip_whitespace();
        out.push_str(&self.text[start..self.pos]);
        start = self.pos;
        let c = self.peek_char();
        if is_quote(c) && self.text.as_bytes().get(start + c.len_utf8()) == Some(&b'@') {
            self.pos += c.len_utf8() + 1;
            out.push_str(&self.text[start..self.pos]);
            false_footer.get_or_insert(start);
        }
        false
    }

    fn here_string(&mut self, is_quote: fn(char) -> bool, quote: char, kind: TokenKind) -> Lexeme {
        let header = self.pos - 1 - self.char_len_before();
        let expandable = quote == '"';
        let mut out = StringBuilder::default();
        if !self.after_here_string_header(quote) {
            return self.string_token(kind, LexemeValue::Text("".into()), false);
        }
        let mut false_footer = None;
        let mut closed = self.here_string_footer(is_quote, &mut out, &mut false_footer);
        while !closed {
            match self.next_char() {
                Some(c @ ('\r' | '\n')) => {
                    let start = self.pos - 1;
                    self.normalize_crlf(c);
                    let len = self.pos - start;
                    out.push_str(&self.text[start..self.pos]);
                    closed = self.here_string_footer(is_quote, &mut out, &mut false_footer);
                    if closed {
                        out.truncate(len);
                    }
                }
                Some('$') if expandable => self.dollar_in_string(&mut out, true),
                Some('`') if expandable => self.backtick_in_string(&mut out),
                Some(_) => {
                    let start = self.pos - self.char_len_before();
                    let rest = &self.text[self.pos..];
                    self.pos += rest.find(['\r', '\n', '$', '`']).unwrap_or(rest.len());
                    out.push_str(&self.text[start..self.pos]);
                }
                None => {
                    match false_footer {
                        Some(at) => self.report_unfinished(at, ErrorId::WhitespaceBeforeHereStringFooter, &[]),
                        None => {
                            let footer = [quote, '@'].iter().collect::<String>();
                            let id = ErrorId::TerminatorExpectedAtEndOfString;
                            self.report_unfinished(header, id, &[&footer]);
                        }
                    }
                    break;
                }
            }
        }
        self.string_token(kind, out.finish(), closed)
    }

    pub fn scan_here_string_literal(&mut self) -> Lexeme {
        self.here_string(chars::is_single_quote, '\'', TokenKind::HereStringLiteral)
    }

    pub fn scan_here_string_expandable(&mut self) -> Lexeme {
        self.here_string(chars::is_double_quote, '"', TokenKind::HereStringExpandable)
    }

    // ---- verbatim arguments ----

    /// What follows `--%`: the rest of the line up to a `|` or `&&` outside of quotes.
    pub fn verbatim_argument(&mut self) -> Lexeme {
        self.skip_whitespace();
        self.token_start = self.pos;
        let mut in_quotes = false;
        while !self.at_end() {
            let c = self.peek_char();
            let stop =
                matches!(c, '\r' | '\n') || (!in_quotes && (c == '|' || self.text[self.pos..].starts_with("&&")));
            if stop {
                break;
            }
            if chars::is_double_quote(c) {
                in_quotes = !in_quotes;
            }
            self.pos += c.len_utf8();
        }
        self.token(TokenKind::Generic)
    }
}

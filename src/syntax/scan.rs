//! The scanner: one token at a time, as the parser's mode asks for it. Strings, words and numbers are in the files
//! beside it.

use crate::ast::RedirectionStream;
use crate::chars;
use crate::errors::ErrorId;
use crate::kinds::{TokenFlags, TokenKind};
use crate::parser::{Mode, Parser};
use crate::source::Span;
use crate::token::{Lexeme, LexemeValue};

impl Parser<'_> {
    // ---- characters ----

    /// The character at hand; NUL at the end of the text.
    #[inline]
    pub fn peek_char(&self) -> char {
        match self.text.as_bytes().get(self.pos) {
            None => '\0',
            Some(byte) if byte.is_ascii() => *byte as char,
            Some(_) => self.wide_char(),
        }
    }

    #[cold]
    fn wide_char(&self) -> char {
        self.text.get(self.pos..).and_then(|rest| rest.chars().next()).unwrap_or('\0')
    }

    #[inline]
    pub fn peek_byte(&self) -> u8 {
        self.text.as_bytes().get(self.pos).copied().unwrap_or(0)
    }

    #[inline]
    pub fn next_char(&mut self) -> Option<char> {
        if self.at_end() {
            return None;
        }
        let c = self.peek_char();
        self.pos += c.len_utf8();
        Some(c)
    }

    pub fn at_end(&self) -> bool {
        self.pos >= self.text.len()
    }

    pub fn in_command_mode(&self) -> bool {
        self.mode == Mode::Command
    }

    pub fn in_expression_mode(&self) -> bool {
        self.mode == Mode::Expression
    }

    /// The next character ends a word of command mode.
    pub fn at_token_end(&self) -> bool {
        self.at_end() || chars::ends_token(self.peek_char())
    }

    pub fn skip_whitespace(&mut self) {
        while !self.at_end() && chars::is_whitespace(self.peek_char()) {
            self.pos += self.peek_char().len_utf8();
        }
    }

    /// Takes the `\n` of a `\r\n` whose `\r` was read.
    pub fn normalize_crlf(&mut self, c: char) {
        if c == '\r' && self.peek_byte() == b'\n' {
            self.pos += 1;
        }
    }

    // ---- making tokens ----

    pub fn current_span(&self) -> Span {
        self.span_of(self.token_start, self.pos)
    }

    pub fn token(&mut self, kind: TokenKind) -> Lexeme {
        self.token_with(kind, LexemeValue::None)
    }

    pub fn token_with(&mut self, kind: TokenKind, value: LexemeValue) -> Lexeme {
        let token = Lexeme { kind, flags: TokenFlags::NONE, at: self.token_start, span: self.current_span(), value };
        self.save(token)
    }

    pub fn save(&mut self, token: Lexeme) -> Lexeme {
        if let Some(tokens) = &mut self.gathered.tokens {
            tokens.push(token.to_token());
        }
        token
    }

    /// Saves a token that the parser never sees: new lines, comments.
    fn save_trivia(&mut self, kind: TokenKind) {
        if self.gathered.tokens.is_some() {
            self.token(kind);
        }
    }

    /// An error at one character.
    pub fn report_char(&mut self, at: usize, id: ErrorId) {
        let start = self.base + at as u32;
        self.report(Span::new(start, start + 1), id, &[]);
    }

    /// An error from an offset to where reading stands, mended by more input if that is the end.
    pub fn report_unfinished(&mut self, start: usize, id: ErrorId, args: &[&str]) {
        let span = Span::new(self.base + start as u32, self.base + self.pos as u32);
        self.report_incomplete(span, id, args);
    }

    // ---- comments and line ends ----

    pub fn scan_newlines(&mut self, skip_semicolons: bool) {
        loop {
            let start = self.pos;
            match self.peek_byte() {
                b' ' | b'\t' => self.pos += 1,
                b'\r' | b'\n' => self.scan_newline(),
                b';' if skip_semicolons => {
                    self.token_start = self.pos;
                    self.pos += 1;
                    self.save_trivia(TokenKind::Semi);
                }
                b'#' => {
                    self.token_start = self.pos;
                    self.pos += 1;
                    self.scan_line_comment();
                }
                b'<' if self.text.as_bytes().get(start + 1) == Some(&b'#') => {
                    self.token_start = start;
                    self.pos += 2;
                    self.scan_block_comment();
                }
                b'`' => {
                    self.pos += 1;
                    match self.peek_char() {
                        c @ ('\r' | '\n') => {
                            self.pos += 1;
                            self.normalize_crlf(c);
                            self.token_start = start;
                            self.save_trivia(TokenKind::LineContinuation);
                        }
                        c if c.is_whitespace() => {
                            self.pos += c.len_utf8();
                            self.skip_whitespace();
                        }
                        _ => {
                            self.pos = start;
                            return;
                        }
                    }
                }
                _ if !self.at_end() && chars::is_whitespace(self.peek_char()) => self.skip_whitespace(),
                _ => return,
            }
        }
    }

    fn scan_newline(&mut self) {
        self.token_start = self.pos;
        let c = self.peek_char();
        self.pos += 1;
        self.normalize_crlf(c);
        self.save_trivia(TokenKind::NewLine);
    }

    /// The `#` is read already.
    fn scan_line_comment(&mut self) {
        let rest = &self.text.as_bytes()[self.pos..];
        let len = rest.iter().position(|b| matches!(b, b'\r' | b'\n')).unwrap_or(rest.len());
        let start = self.pos;
        self.pos += len;
        let span = self.current_span();
        self.gathered.comments.push(span);
        self.save_trivia(TokenKind::Comment);
        let comment = &self.text[start..self.pos];
        if is_like_signature(comment) {
            self.gathered.signature = Some(span);
        } else if !self.nested && comment.get(..8).is_some_and(|word| word.eq_ignore_ascii_case("requires")) {
            self.gathered.requires.push(span);
        }
    }

    /// The `<#` is read already.
    pub fn scan_block_comment(&mut self) {
        let start = self.pos - 2;
        match self.text[self.pos..].find("#>") {
            Some(at) => self.pos += at + 2,
            None => {
                self.pos = self.text.len();
                self.report_unfinished(start, ErrorId::MissingTerminatorMultiLineComment, &[]);
            }
        }
        let span = self.current_span();
        self.gathered.comments.push(span);
        self.save_trivia(TokenKind::Comment);
    }

    /// Nothing but blanks, comments and single line ends stand between an offset and a `|`.
    pub fn pipe_follows(&self, offset: u32) -> bool {
        let mut at = self.local(offset);
        let mut last_was_newline = true;
        while let Some(rest) = self.text.get(at..)
            && let Some(c) = rest.chars().next()
        {
            if matches!(c, '\r' | '\n') {
                if last_was_newline {
                    // A blank line ends the pipeline.
                    return false;
                }
                last_was_newline = true;
                at += if rest.starts_with("\r\n") { 2 } else { 1 };
            } else if chars::is_whitespace(c) {
                at += c.len_utf8();
            } else if c == '#' {
                last_was_newline = false;
                at += rest.find(['\r', '\n']).unwrap_or(rest.len());
            } else if rest.starts_with("<#") {
                last_was_newline = false;
                at += rest.find("#>").map_or(rest.len(), |i| i + 2);
            } else {
                return c == '|';
            }
        }
        false
    }

    // ---- the next token ----

    pub fn scan(&mut self) -> Lexeme {
        loop {
            self.token_start = self.pos;
            let Some(c) = self.next_char() else {
                return self.end_of_input();
            };
            let kind = match c {
                ' ' | '\t' => continue,
                'a'..='z' | 'A'..='Z' | '_' => return self.scan_identifier(),
                '$' => {
                    if self.peek_byte() != b'(' {
                        return self.scan_variable(false, false);
                    }
                    self.pos += 1;
                    TokenKind::DollarParen
                }
                '\n' => TokenKind::NewLine,
                '\r' => {
                    self.normalize_crlf(c);
                    TokenKind::NewLine
                }
                '(' => TokenKind::LParen,
                ')' => TokenKind::RParen,
                '{' => TokenKind::LCurly,
                '}' => TokenKind::RCurly,
                ']' => TokenKind::RBracket,
                ',' => TokenKind::Comma,
                ';' => TokenKind::Semi,
                '[' => {
                    if self.in_command_mode() && !self.at_token_end() {
                        return self.scan_generic(None);
                    }
                    TokenKind::LBracket
                }
                '\'' => return self.scan_string_literal(),
                '"' => return self.scan_string_expandable(),
                '@' => return self.scan_at(),
                '#' => {
                    self.scan_line_comment();
                    continue;
                }
                '`' => match self.scan_backtick() {
                    Some(token) => return token,
                    None => continue,
                },
                '=' => return self.operator_or_word(TokenKind::Equals),
                '+' => return self.scan_plus(),
                '-' => return self.scan_minus(),
                '*' => return self.scan_star(),
                '/' => return self.maybe_assignment(TokenKind::Divide, TokenKind::DivideEquals),
                '%' => return self.maybe_assignment(TokenKind::Rem, TokenKind::RemainderEquals),
                '<' => {
                    if self.peek_byte() == b'#' {
                        self.pos += 1;
                        self.scan_block_comment();
                        continue;
                    }
                    TokenKind::RedirectInStd
                }
                '>' => {
                    let append = self.accept(b'>');
                    return self.file_redirection(RedirectionStream::Output, append, false);
                }
                '.' => return self.scan_dot(),
                '1'..='6' if self.peek_byte() == b'>' => return self.scan_redirection(c),
                '0'..='9' => return self.scan_number(),
                '&' => {
                    if self.accept(b'&') {
                        TokenKind::AndAnd
                    } else {
                        TokenKind::Ampersand
                    }
                }
                '|' => {
                    if self.accept(b'|') {
                        TokenKind::OrOr
                    } else {
                        TokenKind::Pipe
                    }
                }
                '!' => return self.scan_exclaim(),
                ':' => return self.scan_colon(),
                '?' if self.in_expression_mode() => {
                    if !self.accept(b'?') {
                        TokenKind::QuestionMark
                    } else if self.accept(b'=') {
                        TokenKind::QuestionQuestionEquals
                    } else {
                        TokenKind::QuestionQuestion
                    }
                }
                _ if chars::is_whitespace(c) => {
                    self.skip_whitespace();
                    continue;
                }
                _ if chars::is_single_quote(c) => return self.scan_string_literal(),
                _ if chars::is_double_quote(c) => return self.scan_string_expandable(),
                _ if chars::is_dash(c) => return self.scan_minus(),
                _ if chars::is_letter(c) => return self.scan_identifier(),
                _ => return self.scan_generic(None),
            };
            return self.token(kind);
        }
    }

    fn end_of_input(&mut self) -> Lexeme {
        self.past_end += 1;
        let at = self.pos + self.past_end;
        let end = self.base + at as u32;
        let (flags, span) = (TokenFlags::NONE, Span::new(end, end));
        self.save(Lexeme { kind: TokenKind::EndOfInput, flags, at, span, value: LexemeValue::None })
    }

    /// Takes a byte if it comes next.
    pub fn accept(&mut self, byte: u8) -> bool {
        let found = self.peek_byte() == byte && !self.at_end();
        self.pos += found as usize;
        found
    }

    /// An operator, unless command mode goes on with a word.
    fn operator_or_word(&mut self, kind: TokenKind) -> Lexeme {
        if self.in_command_mode() && !self.at_token_end() { self.scan_generic(None) } else { self.token(kind) }
    }

    fn maybe_assignment(&mut self, plain: TokenKind, assignment: TokenKind) -> Lexeme {
        let kind = if self.accept(b'=') { assignment } else { plain };
        self.operator_or_word(kind)
    }

    /// `@` may start a hashtable, an array, a here-string or a splatted variable.
    fn scan_at(&mut self) -> Lexeme {
        let c = self.peek_char();
        match c {
            '{' => {
                self.pos += 1;
                self.token(TokenKind::AtCurly)
            }
            '(' => {
                self.pos += 1;
                self.token(TokenKind::AtParen)
            }
            _ if chars::is_single_quote(c) => {
                self.pos += c.len_utf8();
                self.scan_here_string_literal()
            }
            _ if chars::is_double_quote(c) => {
                self.pos += c.len_utf8();
                self.scan_here_string_expandable()
            }
            _ if !self.at_end() && chars::is_variable_start(c) => self.scan_variable(true, false),
            _ => {
                self.report_char(self.pos - 1, ErrorId::UnrecognizedToken);
                self.token(TokenKind::Unknown)
            }
        }
    }

    /// A backtick continues the line, or escapes the first character of a word.
    fn scan_backtick(&mut self) -> Option<Lexeme> {
        let Some(c) = self.next_char() else {
            let end = self.base + self.pos as u32 + 1;
            self.report_incomplete(Span::new(end, end), ErrorId::IncompleteString, &[]);
            return None;
        };
        if matches!(c, '\r' | '\n') {
            self.normalize_crlf(c);
            self.save_trivia(TokenKind::LineContinuation);
            return None;
        }
        if c.is_whitespace() {
            self.skip_whitespace();
            return None;
        }
        let mut value = String::new();
        self.escape(c, &mut value);
        Some(self.scan_generic(Some(value)))
    }

    fn scan_plus(&mut self) -> Lexeme {
        if self.accept(b'+') {
            return self.operator_or_word(TokenKind::PlusPlus);
        }
        if self.accept(b'=') {
            return self.operator_or_word(TokenKind::PlusEquals);
        }
        if self.allow_signed_numbers && matches!(self.peek_byte(), b'0'..=b'9' | b'.') {
            return self.scan_number();
        }
        self.operator_or_word(TokenKind::Plus)
    }

    fn scan_minus(&mut self) -> Lexeme {
        let c = self.peek_char();
        if chars::is_dash(c) && !self.at_end() {
            self.pos += c.len_utf8();
            return self.operator_or_word(TokenKind::MinusMinus);
        }
        if self.accept(b'=') {
            return self.operator_or_word(TokenKind::MinusEquals);
        }
        if chars::is_letter(c) || c == '_' || c == '?' {
            return self.scan_parameter();
        }
        if self.allow_signed_numbers && matches!(c, '0'..='9' | '.') {
            return self.scan_number();
        }
        self.operator_or_word(TokenKind::Minus)
    }

    fn scan_star(&mut self) -> Lexeme {
        if self.accept(b'>') {
            if self.accept(b'>') {
                return self.file_redirection(RedirectionStream::All, true, false);
            }
            if self.text[self.pos..].starts_with("&1") {
                self.pos += 2;
                return self.merging(RedirectionStream::All, RedirectionStream::Output);
            }
            return self.file_redirection(RedirectionStream::All, false, false);
        }
        self.maybe_assignment(TokenKind::Multiply, TokenKind::MultiplyEquals)
    }

    /// `2>`, `3>>`, `2>&1`; the digit is read.
    fn scan_redirection(&mut self, digit: char) -> Lexeme {
        let from = stream(digit);
        self.pos += 1;
        if self.accept(b'>') {
            return self.file_redirection(from, true, true);
        }
        let rest = &self.text[self.pos..];
        if rest.starts_with("&1") || rest.starts_with("&2") {
            let to = stream(rest.as_bytes()[1] as char);
            self.pos += 2;
            return self.merging(from, to);
        }
        self.file_redirection(from, false, true)
    }

    fn file_redirection(&mut self, from: RedirectionStream, append: bool, explicit: bool) -> Lexeme {
        if explicit && self.in_expression_mode() {
            // `1>2` in an expression is the number 1 and then a redirection.
            self.pos = self.token_start + 1;
            let digit = i32::from(self.text.as_bytes()[self.token_start] - b'0');
            return self.token_with(TokenKind::Number, LexemeValue::Number(crate::Number::Int32(digit)));
        }
        self.token_with(TokenKind::Redirection, LexemeValue::FileRedirection { from, append })
    }

    fn merging(&mut self, from: RedirectionStream, to: RedirectionStream) -> Lexeme {
        self.token_with(TokenKind::Redirection, LexemeValue::Merging { from, to })
    }

    fn scan_dot(&mut self) -> Lexeme {
        let c = self.peek_char();
        if c == '.' {
            self.pos += 1;
            if self.in_command_mode() && !self.at_token_end() {
                return self.scan_generic(None);
            }
            return self.token(TokenKind::DotDot);
        }
        if c.is_ascii_digit() {
            return self.scan_number();
        }
        // `.$command`, `."command"` and `.'command'` run a command in this scope.
        if self.in_command_mode() && !self.at_token_end() && !matches!(c, '$' | '"' | '\'') {
            return self.scan_generic(None);
        }
        self.token(TokenKind::Dot)
    }

    fn scan_exclaim(&mut self) -> Lexeme {
        let c = self.peek_char();
        if self.in_command_mode() {
            if !self.at_token_end() {
                return self.scan_generic(None);
            }
        } else if self.in_expression_mode() {
            if !self.at_end() && chars::is_identifier_start(c) {
                return self.scan_generic(None);
            }
            if (c.is_ascii_digit() || c == '.') && !self.number_follows() {
                return self.scan_generic(None);
            }
        }
        self.token(TokenKind::Exclaim)
    }

    fn scan_colon(&mut self) -> Lexeme {
        if self.accept(b':') {
            if self.in_command_mode() && !self.want_simple_name && !self.at_token_end() {
                return self.scan_generic(None);
            }
            return self.token(TokenKind::ColonColon);
        }
        if self.in_command_mode() { self.scan_label() } else { self.token(TokenKind::Colon) }
    }

    // ---- tokens that the parser asks for by name ----

    /// `.`, `::`, `[`, `?.` or `?[` directly behind an expression; only block comments may stand between.
    pub fn member_access_operator(&mut self, allow_bracket: bool) -> Option<Lexeme> {
        while self.peek_byte() == b'<' && self.text.as_bytes().get(self.pos + 1) == Some(&b'#') {
            self.token_start = self.pos;
            self.pos += 2;
            self.scan_block_comment();
        }
        let start = self.pos;
        let bytes = self.text.as_bytes();
        let second = bytes.get(start + 1).copied().unwrap_or(0);
        let (len, kind) = match (bytes.get(start)?, second) {
            (b'.', b'.') => return None,
            (b'.', _) => (1, TokenKind::Dot),
            (b':', b':') => (2, TokenKind::ColonColon),
            (b'[', _) if allow_bracket => (1, TokenKind::LBracket),
            (b'?', b'.') => (2, TokenKind::QuestionDot),
            (b'?', b'[') if allow_bracket => (2, TokenKind::QuestionLBracket),
            _ => return None,
        };
        self.token_start = start;
        self.pos = start + len;
        if self.in_command_mode() && matches!(kind, TokenKind::Dot | TokenKind::ColonColon) {
            let c = self.peek_char();
            if chars::is_whitespace(c) || matches!(c, '\0' | '\r' | '\n') {
                self.pos = start;
                return None;
            }
        }
        Some(self.token(kind))
    }

    /// `(` or `{` directly behind a member's name.
    pub fn invoke_member_open(&mut self) -> Option<Lexeme> {
        let kind = match self.peek_byte() {
            b'(' => TokenKind::LParen,
            b'{' => TokenKind::LCurly,
            _ => return None,
        };
        self.token_start = self.pos;
        self.pos += 1;
        Some(self.token(kind))
    }

    /// `[` where an attribute or type constraint may stand, behind blanks and comments.
    pub fn left_bracket(&mut self) -> Option<Lexeme> {
        let resync_point = self.pos;
        let mut resync_if_member_access = false;
        loop {
            self.token_start = self.pos;
            match self.peek_byte() {
                b'[' => {
                    self.pos += 1;
                    return Some(self.token(TokenKind::LBracket));
                }
                b'#' => {
                    resync_if_member_access = true;
                    self.pos += 1;
                    self.scan_line_comment();
                }
                b'<' if self.text.as_bytes().get(self.pos + 1) == Some(&b'#') => {
                    resync_if_member_access = false;
                    self.pos += 2;
                    self.scan_block_comment();
                }
                b'.' | b':' => {
                    // Blanks before a member access matter: read them again.
                    if resync_if_member_access {
                        self.resync(resync_point);
                    }
                    return None;
                }
                _ if !self.at_end() && chars::is_whitespace(self.peek_char()) => {
                    resync_if_member_access = true;
                    self.skip_whitespace();
                }
                _ => return None,
            }
        }
    }
}

/// The stream that a digit in front of `>` names.
fn stream(digit: char) -> RedirectionStream {
    match digit {
        '2' => RedirectionStream::Error,
        '3' => RedirectionStream::Warning,
        '4' => RedirectionStream::Verbose,
        '5' => RedirectionStream::Debug,
        '6' => RedirectionStream::Information,
        _ => RedirectionStream::Output,
    }
}

/// The comment looks like the head of a signature block, real or forged: its edit distance is small. Code behind it is
/// an error, as readers stop at a signature.
fn is_like_signature(comment: &str) -> bool {
    const HEAD: &str = "sig#beginsignatureblock\n";
    let mut text: Vec<char> = comment.chars().filter(|c| !chars::is_whitespace(*c)).collect();
    text.push('\n');
    if !(14..=34).contains(&text.len()) {
        return false;
    }
    for c in &mut text {
        *c = c.to_ascii_lowercase();
    }
    let mut row: Vec<usize> = (0..=HEAD.len()).collect();
    for (i, c) in text.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, h) in HEAD.chars().enumerate() {
            let cost = if *c == h { diagonal } else { 1 + diagonal.min(row[j]).min(row[j + 1]) };
            diagonal = std::mem::replace(&mut row[j + 1], cost);
        }
    }
    row[HEAD.len()] < 10
}

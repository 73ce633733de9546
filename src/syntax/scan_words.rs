//! Scanning of words: identifiers and keywords, generic words of command mode, parameters, variables, labels, names of
//! types.

use crate::ast::{VariablePath, VariableScope};
use crate::chars;
use crate::errors::ErrorId;
use crate::kinds::{TokenKind, dash_operator, keyword};
use crate::parser::{Mode, Parser};
use crate::scan_strings::StringBuilder;
use crate::source::Span;
use crate::token::{Lexeme, LexemeValue};
use std::rc::Rc;

impl Parser<'_> {
    /// A letter is read: a keyword, an identifier, or the start of a generic word.
    pub fn scan_identifier(&mut self) -> Lexeme {
        while let Some(&byte) = self.text.as_bytes().get(self.pos) {
            if byte.is_ascii_alphanumeric() || byte == b'_' {
                self.pos += 1;
            } else if !byte.is_ascii() && chars::is_identifier_follow(self.peek_char()) {
                self.pos += self.peek_char().len_utf8();
            } else {
                break;
            }
        }
        match self.mode {
            Mode::TypeName => return self.scan_type_name(),
            Mode::Expression => return self.token(TokenKind::Identifier),
            _ => {}
        }
        if self.want_simple_name {
            return self.token(TokenKind::Identifier);
        }
        if self.in_command_mode() && !self.at_token_end() {
            return self.scan_generic(None);
        }
        match keyword(&self.text.as_bytes()[self.token_start..self.pos]) {
            Some(kind) if kind != TokenKind::InlineScript || self.in_workflow => self.token(kind),
            _ => self.token(TokenKind::Identifier),
        }
    }

    fn scan_type_name(&mut self) -> Lexeme {
        loop {
            let c = self.peek_char();
            let part = matches!(c, '.' | '`' | '_' | '+' | '#' | '\\') || chars::is_letter_or_digit(c);
            if self.at_end() || !part {
                break;
            }
            self.pos += c.len_utf8();
        }
        let token = self.token(TokenKind::Identifier);
        self.mark(token.span, |flags| flags.with(crate::kinds::TokenFlags::TYPE_NAME));
        token
    }

    /// The assembly behind the comma of a type name, `mscorlib, Version=4.0.0.0`.
    pub fn assembly_name(&mut self) -> String {
        let mut name = String::new();
        self.assembly_token(&mut name);
        while self.peek_byte() == b',' {
            self.token_start = self.pos;
            self.pos += 1;
            self.token(TokenKind::Comma);
            name.push_str(", ");
            self.assembly_token(&mut name);
            if self.peek_byte() == b'=' {
                self.token_start = self.pos;
                self.pos += 1;
                self.token(TokenKind::Equals);
                name.push('=');
                self.assembly_token(&mut name);
            }
        }
        name
    }

    fn assembly_token(&mut self, out: &mut String) {
        self.skip_whitespace();
        self.token_start = self.pos;
        while !self.at_end() && !chars::ends_assembly_token(self.peek_char()) {
            self.pos += self.peek_char().len_utf8();
        }
        out.push_str(&self.text[self.token_start..self.pos]);
        let token = self.token(TokenKind::Identifier);
        self.mark(token.span, |flags| flags.with(crate::kinds::TokenFlags::TYPE_NAME));
        self.skip_whitespace();
    }

    /// A word of command mode: a command's name or argument. What is read of it so far counts as it stands, unless
    /// `value` says what it means.
    pub fn scan_generic(&mut self, value: Option<String>) -> Lexeme {
        let mut out = StringBuilder::default();
        let mut plain = value.is_none();
        match value {
            Some(value) => out.push_str(&value),
            None => {
                self.skip_plain_word();
                out.push_str(&self.text[self.token_start..self.pos]);
            }
        }
        while !self.at_token_end() {
            let c = self.peek_char();
            self.pos += c.len_utf8();
            match c {
                '`' => {
                    plain = false;
                    self.backtick_in_word(&mut out);
                }
                '$' => self.dollar_in_string(&mut out, false),
                _ if chars::is_single_quote(c) => {
                    plain = false;
                    let mut text = String::new();
                    self.single_quoted(&mut text);
                    out.push_str(&text);
                }
                _ if chars::is_double_quote(c) => {
                    plain = false;
                    self.double_quoted(&mut out);
                }
                _ => out.push(c),
            }
        }
        if plain && !out.is_expandable() {
            return self.token(TokenKind::Generic);
        }
        self.token_with(TokenKind::Generic, out.finish())
    }

    fn skip_plain_word(&mut self) {
        let bytes = self.text.as_bytes();
        while let Some(&byte) = bytes.get(self.pos)
            && byte.is_ascii()
            && !matches!(byte, b'`' | b'$' | b'\'' | b'"')
            && !chars::ends_token(byte as char)
        {
            self.pos += 1;
        }
    }

    /// A dash is read: a parameter, or in expression mode an operator.
    pub fn scan_parameter(&mut self) -> Lexeme {
        let name_start = self.pos;
        let mut colon = false;
        let mut name_end;
        loop {
            name_end = self.pos;
            let c = self.peek_char();
            if self.at_end() || chars::is_whitespace(c) {
                break;
            }
            match c {
                '{' | '}' | '(' | ')' | ';' | ',' | '|' | '&' | '.' | '[' | '\r' | '\n' | '\0' => break,
                ':' => {
                    colon = true;
                    if self.in_command_mode() {
                        self.pos += 1;
                    }
                    break;
                }
                'a'..='z' | 'A'..='Z' => self.pos += 1,
                _ if chars::is_single_quote(c) || chars::is_double_quote(c) => {
                    if self.in_command_mode() {
                        // Quotes are no part of a parameter: this is an argument.
                        return self.scan_generic(None);
                    }
                    break;
                }
                _ if self.in_command_mode() => self.pos += c.len_utf8(),
                _ => break,
            }
        }
        let name = &self.text[name_start..name_end];
        if self.in_expression_mode()
            && let Some(kind) = dash_operator(name.as_bytes())
        {
            return self.token(kind);
        }
        if name.is_empty() {
            return self.token(TokenKind::Minus);
        }
        let name = name.into();
        self.token_with(TokenKind::Parameter, LexemeValue::Parameter { name, colon })
    }

    /// A `$` or `@` is read.
    pub fn scan_variable(&mut self, splatted: bool, in_string: bool) -> Lexeme {
        let c = self.peek_char();
        if c == '{' && !self.at_end() {
            return self.scan_braced_variable(in_string);
        }
        if self.at_end() || !chars::is_variable_start(c) {
            return self.scan_generic(None);
        }
        let name_start = self.pos;
        self.pos += c.len_utf8();
        if matches!(c, '$' | '?' | '^') {
            // These are whole names.
            if self.in_command_mode() && !self.at_token_end() {
                return self.generic_from_start();
            }
        } else if !self.skip_variable_name() {
            return self.generic_from_start();
        }
        let name = &self.text[name_start..self.pos];
        let path = VariablePath::new(name);
        if path.name.is_empty() {
            let id = if path.scope == VariableScope::Drive {
                ErrorId::InvalidVariableReferenceWithDrive
            } else {
                ErrorId::InvalidVariableReference
            };
            self.report_raw(self.token_start, self.pos, id);
        }
        let kind = if splatted { TokenKind::SplattedVariable } else { TokenKind::Variable };
        self.token_with(kind, LexemeValue::Variable(Rc::new(path)))
    }

    /// An error over a range of the text at hand, without regard to quotes that were taken out before it.
    fn report_raw(&mut self, start: usize, end: usize, id: ErrorId) {
        self.report(Span::new(self.base + start as u32, self.base + end as u32), id, &[]);
    }

    fn generic_from_start(&mut self) -> Lexeme {
        self.pos = self.token_start;
        self.scan_generic(Some(String::new()))
    }

    /// The rest of a variable's name. False: in command mode the word goes on and is generic.
    fn skip_variable_name(&mut self) -> bool {
        loop {
            let c = self.peek_char();
            match c {
                'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | '?' => self.pos += 1,
                ':' => {
                    if self.text.as_bytes().get(self.pos + 1) == Some(&b':') {
                        // `$a::b` is a static member.
                        return true;
                    }
                    self.pos += 1;
                }
                '.' | '[' | '=' => return true,
                _ if self.at_token_end() => return true,
                _ if chars::is_letter_or_digit(c) => self.pos += c.len_utf8(),
                _ => return !self.in_command_mode(),
            }
        }
    }

    fn scan_braced_variable(&mut self, in_string: bool) -> Lexeme {
        let error_start = self.pos;
        self.pos += 1;
        let mut name = String::new();
        let closed = loop {
            let Some(c) = self.next_char() else { break false };
            match c {
                '}' => break true,
                '`' => {
                    let Some(escaped) = self.next_char() else { break false };
                    self.escape(escaped, &mut name);
                    continue;
                }
                '{' => self.report_char(self.pos, ErrorId::OpenBraceNeedsToBeBackTickedInVariableName),
                _ if in_string && chars::is_double_quote(c) => {
                    if self.at_end() {
                        break false;
                    }
                    let next = self.peek_char();
                    if chars::is_double_quote(next) {
                        self.next_char();
                        name.push(next);
                        continue;
                    }
                }
                _ => {}
            }
            name.push(c);
        };
        if !closed {
            self.report_unfinished(error_start, ErrorId::IncompleteDollarVariableReference, &[]);
        }
        if name.is_empty() {
            if closed {
                self.report_char(self.pos - 1, ErrorId::EmptyVariableReference);
            }
            name.push_str(":Error:");
        }
        // A `.` or `[` behind it is an operator; anything else goes on as a generic word.
        if self.in_command_mode() && !self.at_token_end() && !matches!(self.peek_char(), '.' | '[') {
            return self.generic_from_start();
        }
        let path = VariablePath::new(&name);
        if path.name.is_empty() {
            self.report_raw(self.token_start, self.pos, ErrorId::InvalidBracedVariableReference);
        }
        self.token_with(TokenKind::Variable, LexemeValue::Variable(Rc::new(path)))
    }

    /// A `:` is read in command mode: `:label` or a generic word.
    pub fn scan_label(&mut self) -> Lexeme {
        let c = self.peek_char();
        if self.at_end() || !chars::is_identifier_start(c) {
            return self.scan_generic(None);
        }
        let start = self.pos;
        while !self.at_end() && chars::is_identifier_follow(self.peek_char()) {
            self.pos += self.peek_char().len_utf8();
        }
        if self.in_command_mode() && !self.at_token_end() {
            return self.scan_generic(None);
        }
        let label = self.text[start..self.pos].into();
        self.token_with(TokenKind::Label, LexemeValue::Text(label))
    }
}

impl VariablePath {
    /// Splits `scope:name` and `drive:name` as System.Management.Automation.VariablePath does. The path is not empty.
    pub fn new(path: &str) -> Self {
        let user_path: Rc<str> = path.into();
        let Some((prefix, rest)) = path.split_once(':') else {
            return VariablePath { name: user_path.clone(), user_path, scope: VariableScope::Unscoped };
        };
        let scope = match prefix.to_ascii_lowercase().as_str() {
            "global" => VariableScope::Global,
            "local" => VariableScope::Local,
            "script" => VariableScope::Script,
            "private" => VariableScope::Private,
            "variable" => VariableScope::Variable,
            // A colon in front names no drive, but the name still starts behind it.
            "" => VariableScope::Unscoped,
            _ => VariableScope::Drive,
        };
        VariablePath { name: rest.into(), user_path, scope }
    }

    /// `env` of `$env:PATH`; `None` for variables.
    pub fn drive(&self) -> Option<&str> {
        match self.scope {
            VariableScope::Drive => self.user_path.split_once(':').map(|(drive, _)| drive),
            _ => None,
        }
    }

    /// It names a variable, not an item of another drive.
    pub fn is_variable(&self) -> bool {
        self.scope != VariableScope::Drive
    }
}

//! Scanning of numbers. Plain decimal integers are read here; whatever has a point, an exponent, a prefix, a suffix or
//! a multiplier is recognised by the `number` rules of grammar/powershell.pest.

use crate::chars;
use crate::errors::ErrorId;
use crate::grammar::{self, NumberContext};
use crate::kinds::TokenKind;
use crate::number::Number;
use crate::parser::{Mode, Parser};
use crate::token::{Lexeme, LexemeValue};

impl Parser<'_> {
    /// The first character (a digit, a point or a sign) is read.
    pub fn scan_number(&mut self) -> Lexeme {
        if let Some(number) = self.plain_integer() {
            return self.token_with(TokenKind::Number, LexemeValue::Number(number));
        }
        let Some((len, parts)) = grammar::number(self.number_candidate(self.token_start), self.number_context()) else {
            // `7z.exe` and the like: a word.
            self.pos = self.token_start;
            return self.scan_generic(Some(String::new()));
        };
        self.pos = self.token_start + len;
        let number = match parts.value() {
            Some(number) => number,
            None if !self.in_expression_mode() => {
                self.pos = self.token_start;
                return self.scan_generic(Some(String::new()));
            }
            None => {
                let text = self.text[self.token_start..self.pos].to_owned();
                let span = self.current_span();
                self.report(span, ErrorId::BadNumericConstant, &[&text]);
                Number::Int32(0)
            }
        };
        self.token_with(TokenKind::Number, LexemeValue::Number(number))
    }

    /// Up to nine digits and then a character that ends a number.
    fn plain_integer(&mut self) -> Option<Number> {
        let bytes = &self.text.as_bytes()[self.token_start..];
        let digits = bytes.iter().take(10).take_while(|b| b.is_ascii_digit()).count();
        if digits == 0 || digits == 10 {
            return None;
        }
        let ends = match bytes.get(digits) {
            None => true,
            Some(b'.') | Some(0x80..) => false,
            Some(byte) => {
                let c = *byte as char;
                chars::ends_token(c) || (self.in_expression_mode() && chars::ends_number(c, self.end_number_on_ternary))
            }
        };
        if !ends {
            return None;
        }
        self.pos = self.token_start + digits;
        let value = bytes[..digits].iter().fold(0, |value, digit| value * 10 + i32::from(digit - b'0'));
        Some(Number::Int32(value))
    }

    /// Behind a `!`: a number, not a word such as `!7z`.
    pub fn number_follows(&self) -> bool {
        grammar::number(self.number_candidate(self.pos), self.number_context()).is_some()
    }

    fn number_context(&self) -> NumberContext {
        match (self.mode == Mode::Expression, self.end_number_on_ternary) {
            (true, true) => NumberContext::Ternary,
            (true, false) => NumberContext::Expression,
            (false, _) => NumberContext::Command,
        }
    }

    /// The characters that may belong to a number, and one more that shows whether it ends.
    fn number_candidate(&self, start: usize) -> &str {
        let rest = &self.text[start..];
        let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '+') || chars::is_dash(c);
        let end = rest.find(|c| !part(c)).unwrap_or(rest.len());
        let next = rest[end..].chars().next().map_or(0, char::len_utf8);
        &rest[..end + next]
    }
}

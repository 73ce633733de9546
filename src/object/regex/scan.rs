//! The low level of the pattern parser: positions, escapes, classes and options, with .NET's error messages.
use super::ast::Options;
use super::charset::{Category, CharSet, category, is_word};
use crate::string::{PsString, char_from_unit};
use std::collections::BTreeSet;

/// Why a pattern is wrong: `Invalid pattern 'x' at offset n. reason`.
#[derive(Debug)]
pub struct ParseError(pub String);

pub type Scan<T> = Result<T, ParseError>;

/// What an escape outside of a class stands for.
pub enum Escape {
    Unit(u16),
    Set(CharSet),
    Anchor(char),
    Backreference(u32),
}

pub struct Scanner<'a> {
    text: &'a str,
    units: Vec<u16>,
    pub pos: usize,
    pub options: Options,
    pub options_stack: Vec<Options>,
    pub next_group: u32,
    pub numbers: BTreeSet<u32>,
    pub names: Vec<(String, u32)>,
    pub ignore_next_paren: bool,
}

impl<'a> Scanner<'a> {
    pub fn new(text: &'a str, options: Options) -> Scanner<'a> {
        Scanner {
            text,
            units: PsString::new(text).to_units(),
            pos: 0,
            options,
            options_stack: Vec::new(),
            next_group: 1,
            numbers: BTreeSet::from([0]),
            names: Vec::new(),
            ignore_next_paren: false,
        }
    }

    pub fn error<T>(&self, reason: impl AsRef<str>) -> Scan<T> {
        Err(ParseError(format!("Invalid pattern '{}' at offset {}. {}", self.text, self.pos, reason.as_ref())))
    }

    pub fn at_end(&self) -> bool {
        self.pos >= self.units.len()
    }
    pub fn len(&self) -> usize {
        self.units.len()
    }
    pub fn unit(&self, at: usize) -> u16 {
        self.units.get(at).copied().unwrap_or(0)
    }
    /// The character `ahead` places on; NUL behind the end.
    pub fn peek(&self, ahead: usize) -> char {
        self.units.get(self.pos + ahead).map_or('\0', |u| char_from_unit(*u))
    }
    pub fn next(&mut self) -> char {
        let c = self.peek(0);
        self.pos += 1;
        c
    }
    pub fn has(&self, option: Options) -> bool {
        self.options.has(option)
    }

    /// White space and `#` comments in extended mode; `(?#...)` always.
    pub fn blank(&mut self) -> Scan<()> {
        loop {
            if self.has(Options::IGNORE_WHITESPACE) {
                while !self.at_end() && self.peek(0).is_whitespace() {
                    self.pos += 1;
                }
                if !self.at_end() && self.peek(0) == '#' {
                    while !self.at_end() && self.peek(0) != '\n' {
                        self.pos += 1;
                    }
                    continue;
                }
            }
            if self.pos + 2 < self.len() && self.peek(0) == '(' && self.peek(1) == '?' && self.peek(2) == '#' {
                while !self.at_end() && self.peek(0) != ')' {
                    self.pos += 1;
                }
                if self.at_end() {
                    return self.error("Unterminated (?#...) comment.");
                }
                self.pos += 1;
                continue;
            }
            return Ok(());
        }
    }

    /// True at `* + ?` and at a well-formed `{n}`, `{n,}`, `{n,m}`.
    pub fn at_quantifier(&self) -> bool {
        match self.peek(0) {
            '*' | '+' | '?' => !self.at_end(),
            '{' => {
                let digits = |from: usize| (from..self.len()).take_while(|at| is_digit(self.unit(*at))).count();
                let first = digits(self.pos + 1);
                let mut at = self.pos + 1 + first;
                if first == 0 {
                    return false;
                }
                if self.unit(at) == u16::from(b',') {
                    at += 1;
                    at += digits(at);
                }
                self.unit(at) == u16::from(b'}')
            }
            _ => false,
        }
    }

    pub fn decimal(&mut self) -> Scan<u32> {
        let mut n: u32 = 0;
        while !self.at_end() && is_digit(self.unit(self.pos)) {
            let digit = u32::from(self.unit(self.pos) - u16::from(b'0'));
            n = match n.checked_mul(10).and_then(|n| n.checked_add(digit)).filter(|n| *n <= i32::MAX as u32) {
                Some(n) => n,
                None => return self.error("Capture group numbers must be less than or equal to Int32.MaxValue."),
            };
            self.pos += 1;
        }
        Ok(n)
    }

    pub fn name(&mut self) -> String {
        let start = self.pos;
        while !self.at_end() && is_word(self.unit(self.pos)) {
            self.pos += 1;
        }
        PsString::from_units(&self.units[start..self.pos]).as_str().to_owned()
    }

    pub fn named(&self, name: &str) -> Option<u32> {
        self.names.iter().find(|(known, _)| known == name).map(|(_, n)| *n)
    }

    /// `imnsx-imnsx`
    pub fn scan_options(&mut self) {
        let mut on = true;
        while !self.at_end() {
            let option = match self.peek(0) {
                '-' => {
                    on = false;
                    Options::NONE
                }
                '+' => {
                    on = true;
                    Options::NONE
                }
                'i' | 'I' => Options::IGNORE_CASE,
                'm' | 'M' => Options::MULTILINE,
                'n' | 'N' => Options::EXPLICIT_CAPTURE,
                's' | 'S' => Options::SINGLELINE,
                'x' | 'X' => Options::IGNORE_WHITESPACE,
                _ => return,
            };
            self.options = self.options.with(option, on);
            self.pos += 1;
        }
    }

    /// What follows a backslash outside of a class. `only_scan`: the groups are not known yet.
    pub fn backslash(&mut self, only_scan: bool) -> Scan<Escape> {
        let c = self.peek(0);
        match c {
            'b' | 'B' | 'A' | 'G' | 'Z' | 'z' => {
                self.pos += 1;
                Ok(Escape::Anchor(c))
            }
            'w' | 'W' | 's' | 'S' | 'd' | 'D' => {
                self.pos += 1;
                let mut set = CharSet::default();
                set.add_category(shorthand(c), c.is_ascii_uppercase());
                Ok(Escape::Set(set))
            }
            'p' | 'P' => {
                self.pos += 1;
                let mut set = CharSet::default();
                self.property(&mut set, c == 'P')?;
                Ok(Escape::Set(set))
            }
            _ => self.reference_or_char(only_scan),
        }
    }

    fn reference_or_char(&mut self, only_scan: bool) -> Scan<Escape> {
        let start = self.pos;
        let mut c = self.peek(0);
        let mut close = None;
        let closer = |c: char| if c == '\'' { '\'' } else { '>' };
        if c == 'k' {
            if self.pos + 1 < self.len() {
                self.pos += 1;
                c = self.next();
                if matches!(c, '<' | '\'') {
                    close = Some(closer(c));
                }
            }
            if close.is_none() || self.at_end() {
                return self.error("Malformed \\k<...> named back reference.");
            }
            c = self.peek(0);
        } else if matches!(c, '<' | '\'') && self.pos + 1 < self.len() {
            close = Some(closer(c));
            self.pos += 1;
            c = self.peek(0);
        }
        match close {
            Some(close) if c.is_ascii_digit() => {
                let number = self.decimal()?;
                if !self.at_end() && self.next() == close {
                    return self.numbered(number, only_scan);
                }
            }
            None if matches!(c, '1'..='9') => {
                let number = self.decimal()?;
                if only_scan || self.numbers.contains(&number) {
                    return Ok(Escape::Backreference(number));
                }
                if number <= 9 {
                    return self.error(format!("Reference to undefined group number {number}."));
                }
            }
            Some(close) if is_word(self.unit(self.pos)) => {
                let name = self.name();
                if !self.at_end() && self.next() == close {
                    return match self.named(&name) {
                        Some(number) => Ok(Escape::Backreference(number)),
                        None if only_scan => Ok(Escape::Backreference(0)),
                        None => self.error(format!("Reference to undefined group name '{name}'.")),
                    };
                }
            }
            _ => {}
        }
        // No reference: the code of a character.
        self.pos = start;
        self.char_escape().map(Escape::Unit)
    }

    fn numbered(&self, number: u32, only_scan: bool) -> Scan<Escape> {
        if only_scan || self.numbers.contains(&number) {
            Ok(Escape::Backreference(number))
        } else {
            self.error(format!("Reference to undefined group number {number}."))
        }
    }

    /// A character written by its code.
    fn char_escape(&mut self) -> Scan<u16> {
        let unit = self.unit(self.pos);
        let c = self.next();
        Ok(match c {
            '0'..='7' => {
                self.pos -= 1;
                let mut value = 0u16;
                for _ in 0..3 {
                    match self.peek(0).to_digit(8).filter(|_| !self.at_end()) {
                        Some(digit) => value = value * 8 + digit as u16,
                        None => break,
                    }
                    self.pos += 1;
                }
                value & 0xFF
            }
            'x' => self.hex(2)?,
            'u' => self.hex(4)?,
            'a' => 7,
            'b' => 8,
            'e' => 0x1B,
            'f' => 0x0C,
            'n' => 0x0A,
            'r' => 0x0D,
            't' => 0x09,
            'v' => 0x0B,
            'c' => {
                if self.at_end() {
                    return self.error("Missing control character.");
                }
                match self.next().to_ascii_uppercase() {
                    c @ '@'..='_' => c as u16 - 64,
                    _ => return self.error("Unrecognized control character."),
                }
            }
            _ if is_word(unit) => return self.error(format!("Unrecognized escape sequence \\{c}.")),
            _ => unit,
        })
    }

    fn hex(&mut self, count: usize) -> Scan<u16> {
        let mut value = 0u16;
        let mut left = count;
        if self.pos + count <= self.len() {
            while left > 0 {
                let Some(digit) = self.peek(0).to_digit(16) else { break };
                value = value << 4 | digit as u16;
                self.pos += 1;
                left -= 1;
            }
        }
        if left > 0 { self.error("Insufficient or invalid hexadecimal digits.") } else { Ok(value) }
    }

    /// `{Name}` behind `\p`
    fn property(&mut self, set: &mut CharSet, negated: bool) -> Scan<()> {
        if self.pos + 2 >= self.len() {
            return self.error("Incomplete \\p{X} character escape.");
        }
        if self.next() != '{' {
            return self.error("Malformed \\p{X} character escape.");
        }
        let start = self.pos;
        while !self.at_end() && (is_word(self.unit(self.pos)) || self.peek(0) == '-') {
            self.pos += 1;
        }
        let name = PsString::from_units(&self.units[start..self.pos]);
        if self.at_end() || self.next() != '}' {
            return self.error("Incomplete \\p{X} character escape.");
        }
        // Without regard to case the letters with case are one class.
        let cased = self.has(Options::IGNORE_CASE) && matches!(&*name, "Lu" | "Ll" | "Lt");
        match category(if cased { super::charset::CASED } else { &name }) {
            Some(ranges) => {
                set.add_category(Category::Ranges(ranges), negated);
                Ok(())
            }
            None => self.error(format!("Unknown property '{name}'.")),
        }
    }

    /// A class; the opening bracket is behind us.
    pub fn class(&mut self, ignore_case: bool, only_scan: bool) -> Scan<CharSet> {
        let mut set = CharSet::default();
        let mut range_from: Option<u16> = None;
        let (mut first, mut closed) = (true, false);
        if !self.at_end() && self.peek(0) == '^' {
            self.pos += 1;
            set.negate();
        }
        while !self.at_end() {
            let was_first = std::mem::take(&mut first);
            let mut unit = self.unit(self.pos);
            let mut escaped = false;
            self.pos += 1;
            match char_from_unit(unit) {
                ']' if !was_first => {
                    closed = true;
                    break;
                }
                '\\' if !self.at_end() => {
                    let c = self.next();
                    match c {
                        'd' | 'D' | 's' | 'S' | 'w' | 'W' | 'p' | 'P' => {
                            if range_from.is_some() && !only_scan {
                                return self.error(format!("Cannot include class \\{c} in character range."));
                            }
                            if matches!(c, 'p' | 'P') {
                                self.property(&mut set, c == 'P')?;
                            } else {
                                set.add_category(shorthand(c), c.is_ascii_uppercase());
                            }
                            continue;
                        }
                        '-' => {
                            let dash = u16::from(b'-');
                            match range_from.take() {
                                Some(from) if from > dash && !only_scan => {
                                    return self.error("[x-y] range in reverse order.");
                                }
                                Some(from) => set.add(from, dash),
                                None => set.add(dash, dash),
                            }
                            continue;
                        }
                        _ => {
                            self.pos -= 1;
                            unit = self.char_escape()?;
                            escaped = true;
                        }
                    }
                }
                // `[:name:]` is skipped and means nothing.
                '[' if self.peek(0) == ':' && range_from.is_none() => {
                    let save = self.pos;
                    self.pos += 1;
                    self.name();
                    if self.peek(0) != ':' || self.peek(1) != ']' {
                        self.pos = save;
                    }
                }
                _ => {}
            }
            let bracket = unit == u16::from(b'[') && !escaped && !was_first;
            if let Some(from) = range_from.take() {
                if bracket {
                    // Not a range but a subtraction after a dash.
                    set.add(from, from);
                    self.subtraction(&mut set, ignore_case, only_scan)?;
                } else if from > unit && !only_scan {
                    return self.error("[x-y] range in reverse order.");
                } else {
                    set.add(from, unit);
                }
            } else if self.pos + 1 < self.len() && self.peek(0) == '-' && self.peek(1) != ']' {
                range_from = Some(unit);
                self.pos += 1;
            } else if unit == u16::from(b'-') && !escaped && !was_first && self.peek(0) == '[' {
                self.pos += 1;
                self.subtraction(&mut set, ignore_case, only_scan)?;
            } else {
                set.add(unit, unit);
            }
        }
        if !closed {
            return self.error("Unterminated [] set.");
        }
        if ignore_case {
            set.add_case();
        }
        Ok(set.finish())
    }

    fn subtraction(&mut self, set: &mut CharSet, ignore_case: bool, only_scan: bool) -> Scan<()> {
        let inner = self.class(ignore_case, only_scan)?;
        set.subtract(inner);
        if !self.at_end() && self.peek(0) != ']' {
            return self.error("A subtraction must be the last element in a character class.");
        }
        Ok(())
    }
}

fn is_digit(unit: u16) -> bool {
    (u16::from(b'0')..=u16::from(b'9')).contains(&unit)
}

fn shorthand(c: char) -> Category {
    match c.to_ascii_lowercase() {
        'w' => Category::Word,
        'd' => Category::Digit,
        _ => Category::Space,
    }
}

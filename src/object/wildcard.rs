//! Wildcard patterns (`-like`, names and paths of cmdlets): `*`, `?`, `[a-z]`, and the backtick that takes the next
//! character as it is. Patterns are compiled once and match UTF-16 units.
use crate::string::{PsString, char_from_unit, fold};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

#[derive(Debug)]
enum Token {
    /// `*`
    Many,
    /// `?`
    One,
    Unit(u16),
    /// Ranges of `[...]`.
    Set(Vec<(u16, u16)>),
}

/// A compiled pattern.
#[derive(Debug)]
pub struct WildcardPattern {
    tokens: Vec<Token>,
    case_sensitive: bool,
}

/// An unfinished or reversed `[...]`.
#[derive(Debug)]
pub struct InvalidPattern;

fn upper(unit: u16) -> u16 {
    if unit < 128 { (unit as u8).to_ascii_uppercase().into() } else { fold(char_from_unit(unit)) as u32 as u16 }
}
fn lower(unit: u16) -> u16 {
    let c = char_from_unit(unit);
    c.to_lowercase().next().unwrap_or(c) as u32 as u16
}

impl WildcardPattern {
    pub fn new(pattern: &str, case_sensitive: bool) -> Result<WildcardPattern, InvalidPattern> {
        let mut tokens = Vec::new();
        // Members of an open bracket; a dash that may make a range is told from an escaped one.
        let mut set: Option<Vec<(u16, bool)>> = None;
        let mut escaped = false;
        let units = PsString::new(pattern).to_units();
        for unit in &units {
            let c = char_from_unit(*unit);
            match &mut set {
                Some(members) if c == ']' && !members.is_empty() && !escaped => {
                    tokens.push(Token::Set(ranges(members)?));
                    set = None;
                }
                Some(members) => {
                    if c != '`' || escaped {
                        members.push((*unit, c == '-' && !escaped));
                    }
                }
                None => match c {
                    '*' if !escaped => tokens.push(Token::Many),
                    '?' if !escaped => tokens.push(Token::One),
                    '[' if !escaped => set = Some(Vec::new()),
                    '`' if !escaped => {}
                    _ => tokens.push(Token::Unit(if case_sensitive { *unit } else { upper(*unit) })),
                },
            }
            escaped = c == '`' && !escaped;
        }
        if set.is_some() {
            return Err(InvalidPattern);
        }
        // A backtick at the end stands for itself.
        if escaped && units.len() > 1 {
            tokens.push(Token::Unit(u16::from(b'`')));
        }
        Ok(WildcardPattern { tokens, case_sensitive })
    }

    pub fn is_match(&self, text: &str) -> bool {
        if text.is_ascii() {
            return self.matches(text.len(), |at| u16::from(text.as_bytes()[at]));
        }
        let units = PsString::new(text).to_units();
        self.matches(units.len(), |at| units[at])
    }

    /// Greedy matching that goes back to the last `*` only.
    fn matches(&self, len: usize, unit: impl Fn(usize) -> u16) -> bool {
        let (mut token, mut at) = (0, 0);
        let mut last_many = None;
        loop {
            let fits = match self.tokens.get(token) {
                Some(Token::Many) => {
                    token += 1;
                    if token == self.tokens.len() {
                        return true;
                    }
                    last_many = Some((token, at));
                    continue;
                }
                None if at == len => return true,
                Some(other) if at < len => self.one(other, unit(at)),
                _ => false,
            };
            if fits {
                token += 1;
                at += 1;
                continue;
            }
            match last_many {
                Some((after, start)) if start < len => {
                    last_many = Some((after, start + 1));
                    (token, at) = (after, start + 1);
                }
                _ => return false,
            }
        }
    }

    fn one(&self, token: &Token, unit: u16) -> bool {
        match token {
            Token::One => true,
            Token::Unit(want) => *want == unit || (!self.case_sensitive && *want == upper(unit)),
            Token::Set(ranges) => {
                let inside = |u: u16| ranges.iter().any(|(low, high)| (*low..=*high).contains(&u));
                inside(unit) || (!self.case_sensitive && (inside(upper(unit)) || inside(lower(unit))))
            }
            Token::Many => false,
        }
    }
}

fn ranges(members: &[(u16, bool)]) -> Result<Vec<(u16, u16)>, InvalidPattern> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some((low, _)) = members.get(at) {
        match (members.get(at + 1), members.get(at + 2)) {
            (Some((_, true)), Some((high, _))) => {
                if low > high {
                    return Err(InvalidPattern);
                }
                out.push((*low, *high));
                at += 3;
            }
            _ => {
                out.push((*low, *low));
                at += 1;
            }
        }
    }
    Ok(out)
}

/// How many compiled patterns are kept.
const KEPT: usize = 256;

/// The compiled pattern, from the cache when it was used before.
pub fn compiled(pattern: &str, case_sensitive: bool) -> Result<Rc<WildcardPattern>, InvalidPattern> {
    type Cache = HashMap<(String, bool), Rc<WildcardPattern>>;
    thread_local! {
        static CACHE: RefCell<Cache> = RefCell::new(HashMap::new());
    }
    CACHE.with_borrow_mut(|cache| {
        let key = (pattern.to_owned(), case_sensitive);
        if let Some(known) = cache.get(&key) {
            return Ok(known.clone());
        }
        let made = Rc::new(WildcardPattern::new(pattern, case_sensitive)?);
        if cache.len() >= KEPT {
            cache.clear();
        }
        cache.insert(key, made.clone());
        Ok(made)
    })
}

/// `text -like pattern` without regard to case; an invalid pattern matches nothing.
pub fn is_match(pattern: &str, text: &str) -> bool {
    compiled(pattern, false).is_ok_and(|p| p.is_match(text))
}

/// The characters that mean something in a pattern.
fn is_wildcard(c: char) -> bool {
    matches!(c, '*' | '?' | '[' | ']')
}

/// `[WildcardPattern]::ContainsWildcardCharacters`
pub fn contains_wildcards(pattern: &str) -> bool {
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match c {
            '`' => drop(chars.next()),
            _ if is_wildcard(c) => return true,
            _ => {}
        }
    }
    false
}

/// `[WildcardPattern]::Escape`
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_wildcard(c) {
            out.push('`');
        }
        out.push(c);
    }
    out
}

/// `[WildcardPattern]::Unescape`: drops the backticks in front of wildcard characters.
pub fn unescape(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        if c == '`' {
            match chars.next() {
                Some(next) if is_wildcard(next) => out.push(next),
                Some(next) => out.extend(['`', next]),
                None => out.push('`'),
            }
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, text, want) in [
            ("a*c", "ABC", true),
            ("*", "", true),
            ("?", "", false),
            ("a*b*c", "axxbyybzc", true),
            ("a*b*c", "axxbyybz", false),
            ("[a-c]x", "Bx", true),
            ("[!a]x", "!x", true),
            ("`*", "*", true),
            ("`*", "x", false),
            ("[]a]", "]", true),
            ("??", "😀", true),
            ("*.txt", "a.TXT", true),
            ("É*", "éa", true),
            ("a`", "a`", true),
        ] {
            assert_eq!(is_match(pattern, text), want, "{pattern} {text}");
        }
        assert!(WildcardPattern::new("[a", false).is_err());
        assert!(WildcardPattern::new("[]", false).is_err());
        assert!(WildcardPattern::new("[c-a]", false).is_err());
        assert_eq!(escape("a[b]*"), "a`[b`]`*");
        assert_eq!(unescape("a`[b`x"), "a[b`x");
        assert!(!contains_wildcards("a`*b"));
    }
}

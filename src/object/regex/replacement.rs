//! Replacement patterns: `$1`, `${name}`, `$$`, `$&`, `` $` ``, `$'`, `$+`, `$_`.
use super::{Match, Regex, Subject};

enum Part {
    Text(String),
    Group(usize),
    /// `$&`
    Whole,
    /// `` $` ``
    Before,
    /// `$'`
    After,
    /// `$+`
    Last,
    /// `$_`
    Input,
}

/// A replacement pattern, read once.
pub struct Replacement(Vec<Part>);

impl Replacement {
    /// Reads the pattern; what names no group of the expression stays as it is.
    pub fn new(text: &str, regex: &Regex) -> Replacement {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            plain.push_str(&rest[..at]);
            let (part, length) = Self::special(&rest[at..], regex);
            match part {
                Some(part) => {
                    if !plain.is_empty() {
                        parts.push(Part::Text(std::mem::take(&mut plain)));
                    }
                    parts.push(part);
                }
                // `$$` and a dollar that means nothing.
                None => plain.push('$'),
            }
            rest = &rest[at + length..];
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        Replacement(parts)
    }

    /// The part that begins with the dollar, and its length in bytes.
    fn special(text: &str, regex: &Regex) -> (Option<Part>, usize) {
        let after = &text[1..];
        let braced = after.strip_prefix('{').and_then(|inner| Some((inner.split_once('}')?.0, inner)));
        if let Some((name, _)) = braced {
            let known = if name.bytes().all(|b| b.is_ascii_digit()) {
                name.parse::<u32>().ok().and_then(|n| regex.group_slot(&n.to_string()))
            } else {
                None
            };
            return match known.or_else(|| regex.group_slot(name)) {
                Some(slot) => (Some(Part::Group(slot)), name.len() + 3),
                None => (None, 1),
            };
        }
        match after.chars().next() {
            Some('$') => (None, 2),
            Some('&') => (Some(Part::Whole), 2),
            Some('`') => (Some(Part::Before), 2),
            Some('\'') => (Some(Part::After), 2),
            Some('+') => (Some(Part::Last), 2),
            Some('_') => (Some(Part::Input), 2),
            Some(c) if c.is_ascii_digit() => {
                let digits = after.bytes().take_while(u8::is_ascii_digit).count();
                let slot = after[..digits]
                    .parse::<u32>()
                    .ok()
                    .and_then(|n| regex.groups().iter().position(|(number, _)| *number == n));
                match slot {
                    Some(slot) => (Some(Part::Group(slot)), digits + 1),
                    None => (None, 1),
                }
            }
            _ => (None, 1),
        }
    }

    /// Appends what the pattern makes of a match.
    pub fn expand(&self, m: &Match, subject: &Subject, out: &mut String) {
        let (start, end) = m.span();
        for part in &self.0 {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Group(slot) => {
                    if let Some((s, e)) = m.group(*slot) {
                        out.push_str(&subject.slice(s, e));
                    }
                }
                Part::Whole => out.push_str(&subject.slice(start, end)),
                Part::Before => out.push_str(&subject.slice(0, start)),
                Part::After => out.push_str(&subject.slice(end, subject.len())),
                Part::Last => {
                    let last = m.groups.len().saturating_sub(1);
                    if let Some((s, e)) = m.group(last) {
                        out.push_str(&subject.slice(s, e));
                    }
                }
                Part::Input => out.push_str(&subject.text),
            }
        }
    }
}

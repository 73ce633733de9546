//! Regular expressions as .NET has them: syntax, group numbering, options, messages, and matching from right to left.
//! An engine of its own, because what scripts see of .NET's exists in no crate: every capture of a repeated group,
//! balancing groups, RightToLeft, positions in UTF-16 units; and patterns compile in a microsecond or two, which is
//! what `-match` in a loop needs. Unicode's tables come from the regex-syntax crate.
//!
//! `scan` and `parse` read a pattern into the tree of `ast`, `program` turns it into instructions, `exec` runs them.
mod ast;
mod charset;
mod exec;
mod parse;
mod program;
mod replacement;
mod scan;
mod values;

pub use ast::Options;
pub use exec::Captures;
pub use replacement::Replacement;
pub use values::{CaptureValue, GroupValue, MatchValue};

use crate::error::{ErrorCategory, ErrorRecord, Flow};
use crate::member::NetObject;
use crate::string::PsString;
use crate::types::{self, TypeRef};
use crate::value::Value;
use program::Program;
use std::any::Any;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// `System.Text.RegularExpressions.Regex`
#[derive(Clone)]
pub struct Regex {
    pub pattern: PsString,
    pub options: Options,
    program: Rc<Program>,
}

/// A pattern that is no regular expression: `Invalid pattern 'x' at offset n. reason`.
#[derive(Debug)]
pub struct InvalidRegex(pub String);

/// .NET's type of the exception.
pub const PARSE_EXCEPTION: &str = "System.Text.RegularExpressions.RegexParseException";

impl From<InvalidRegex> for Flow {
    /// The exception as operators let it through.
    fn from(e: InvalidRegex) -> Flow {
        ErrorRecord::new(PARSE_EXCEPTION, e.0, PARSE_EXCEPTION, ErrorCategory::OperationStopped).into()
    }
}

/// How many compiled patterns are kept.
const KEPT: usize = 256;

impl Regex {
    pub fn new(pattern: &PsString, options: Options) -> Result<Regex, InvalidRegex> {
        let parsed = parse::parse(pattern, options).map_err(|e| InvalidRegex(e.0))?;
        let program = Rc::new(program::compile(parsed, options));
        Ok(Regex { pattern: pattern.clone(), options, program })
    }

    /// The compiled pattern, from the cache when it was used before.
    pub fn cached(pattern: &PsString, options: Options) -> Result<Regex, InvalidRegex> {
        thread_local! {
            static LAST: RefCell<Option<Regex>> = const { RefCell::new(None) };
            static CACHE: RefCell<HashMap<(String, Options), Regex>> = RefCell::new(HashMap::new());
        }
        let last = LAST.with_borrow(|last| {
            last.as_ref()
                .filter(|r| r.options == options && (r.pattern.ptr_eq(pattern) || r.pattern == *pattern))
                .cloned()
        });
        if let Some(regex) = last {
            return Ok(regex);
        }
        let regex = CACHE.with_borrow_mut(|cache| {
            let key = (pattern.as_str().to_owned(), options);
            if let Some(known) = cache.get(&key) {
                return Ok(known.clone());
            }
            let made = Regex::new(pattern, options)?;
            if cache.len() >= KEPT {
                cache.clear();
            }
            cache.insert(key, made.clone());
            Ok(made)
        })?;
        LAST.set(Some(regex.clone()));
        Ok(regex)
    }

    pub fn into_value(self) -> Value {
        Value::object(self)
    }

    /// Numbers and names of all groups in the order of their numbers; unnamed ones are named by their numbers.
    pub fn groups(&self) -> &[(u32, String)] {
        &self.program.groups
    }
    /// The place of a group by its name or number.
    pub fn group_slot(&self, name: &str) -> Option<usize> {
        self.groups().iter().position(|(_, n)| n == name)
    }
    pub fn right_to_left(&self) -> bool {
        self.program.right_to_left
    }

    pub fn is_match(&self, subject: &Subject) -> bool {
        self.find(subject, None).is_some()
    }

    /// The first match, or the one after `previous`.
    pub fn find(&self, subject: &Subject, previous: Option<&Match>) -> Option<Match> {
        let start = match previous {
            None if self.right_to_left() => subject.len(),
            None => 0,
            Some(last) => {
                let (start, end) = last.span();
                let at = if self.right_to_left() { start } else { end };
                // An empty match moves on by one, so that it is not found again.
                match (start == end, self.right_to_left()) {
                    (true, true) => at.checked_sub(1)?,
                    (true, false) if at >= subject.len() => return None,
                    (true, false) => at + 1,
                    _ => at,
                }
            }
        };
        self.find_at(subject, start)
    }

    /// The first match from a position in UTF-16 units on; `\G` holds there.
    pub fn find_at(&self, subject: &Subject, start: usize) -> Option<Match> {
        let groups = match &subject.units {
            None => exec::find(&self.program, subject.text.as_bytes(), start, start)?,
            Some(units) => exec::find(&self.program, units, start, start)?,
        };
        Some(Match { groups })
    }

    /// All matches in the order they are found.
    pub fn matches<'a>(&'a self, subject: &'a Subject) -> impl Iterator<Item = Match> + 'a {
        let mut next = self.find(subject, None);
        std::iter::from_fn(move || {
            let found = next.take()?;
            next = self.find(subject, Some(&found));
            Some(found)
        })
    }

    /// Replaces up to `count` matches by what the function makes of each.
    pub fn replace_with<E>(
        &self,
        subject: &Subject,
        count: usize,
        mut make: impl FnMut(&Match, &mut String) -> Result<(), E>,
    ) -> Result<PsString, E> {
        let mut found: Vec<(Match, String)> = Vec::new();
        for m in self.matches(subject).take(count) {
            let mut text = String::new();
            make(&m, &mut text)?;
            found.push((m, text));
        }
        if found.is_empty() {
            return Ok(subject.text.clone());
        }
        if self.right_to_left() {
            found.reverse();
        }
        let mut out = String::with_capacity(subject.text.as_str().len());
        let mut at = 0;
        for (m, text) in &found {
            let (start, end) = m.span();
            out.push_str(&subject.slice(at, start));
            out.push_str(text);
            at = end;
        }
        out.push_str(&subject.slice(at, subject.len()));
        Ok(out.into())
    }

    /// `Regex.Replace(input, replacement, count)`
    pub fn replace(&self, subject: &Subject, replacement: &Replacement, count: usize) -> PsString {
        let result: Result<_, std::convert::Infallible> = self.replace_with(subject, count, |m, out| {
            replacement.expand(m, subject, out);
            Ok(())
        });
        match result {
            Ok(text) => text,
            Err(never) => match never {},
        }
    }

    /// `Regex.Split(input, count)`: the texts between the matches, with those of the groups; 0 splits at all matches.
    pub fn split(&self, subject: &Subject, count: usize) -> Vec<PsString> {
        if count == 1 {
            return vec![subject.text.clone()];
        }
        let limit = if count == 0 { usize::MAX } else { count - 1 };
        let matches: Vec<_> = self.matches(subject).take(limit).collect();
        let mut out = Vec::new();
        if self.right_to_left() {
            let mut end = subject.len();
            for m in &matches {
                let (from, to) = m.span();
                out.push(subject.text_of(to, end));
                end = from;
                out.extend(self.captured(subject, m));
            }
            out.push(subject.text_of(0, end));
            out.reverse();
            return out;
        }
        let mut at = 0;
        for m in &matches {
            let (from, to) = m.span();
            out.push(subject.text_of(at, from));
            at = to;
            out.extend(self.captured(subject, m));
        }
        out.push(subject.text_of(at, subject.len()));
        out
    }
}

impl Regex {
    /// What the groups of a match add to a split. .NET asks by place whether a group took part, but takes the text by
    /// number: they differ where numbers are left out.
    fn captured<'a>(&'a self, subject: &'a Subject, found: &'a Match) -> impl Iterator<Item = PsString> + 'a {
        (1..found.groups.len()).filter(|place| found.group(*place).is_some()).map(|place| {
            let slot = self.groups().iter().position(|(number, _)| *number as usize == place);
            slot.and_then(|s| found.group(s)).map_or_else(PsString::default, |(s, e)| subject.text_of(s, e))
        })
    }
}

impl NetObject for Regex {
    fn type_ref(&self) -> TypeRef {
        &types::REGEX
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn text(&self) -> Option<PsString> {
        Some(self.pattern.clone())
    }
}

/// A text to match against, with its UTF-16 units when it is not ASCII.
#[derive(Clone)]
pub struct Subject {
    pub text: PsString,
    units: Option<Rc<[u16]>>,
}

impl Subject {
    pub fn new(text: &PsString) -> Subject {
        let units = (!text.is_ascii()).then(|| text.to_units().into());
        Subject { text: text.clone(), units }
    }
    /// Length in UTF-16 units.
    pub fn len(&self) -> usize {
        self.units.as_ref().map_or(self.text.as_str().len(), |u| u.len())
    }
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The text between two positions; they must lie inside.
    pub fn text_of(&self, start: usize, end: usize) -> PsString {
        if start == 0 && end == self.len() {
            return self.text.clone();
        }
        match &self.units {
            None => PsString::new(self.text.as_str().get(start..end).unwrap_or("")),
            Some(units) => PsString::from_units(units.get(start..end).unwrap_or(&[])),
        }
    }
    fn slice(&self, start: usize, end: usize) -> std::borrow::Cow<'_, str> {
        match &self.units {
            None => self.text.as_str().get(start..end).unwrap_or("").into(),
            Some(_) => self.text_of(start, end).as_str().to_owned().into(),
        }
    }
}

/// One match: what every group captured, in slot order.
#[derive(Clone, Debug)]
pub struct Match {
    pub groups: Vec<Captures>,
}

impl Match {
    /// Start and end of the whole match.
    pub fn span(&self) -> (usize, usize) {
        self.group(0).unwrap_or((0, 0))
    }
    /// Start and end of the last capture of a group, if it took part.
    pub fn group(&self, slot: usize) -> Option<(usize, usize)> {
        self.groups.get(slot)?.last().map(|(s, e)| (*s as usize, *e as usize))
    }
}

#[cfg(test)]
mod tests;

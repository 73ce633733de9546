//! `PsString`: the text value of scripts, shared without copying. Text is kept as UTF-8 and counted in UTF-16 units as
//! .NET does. A lone surrogate (a value scripts make: `"😀"[0]`) is kept as one of the 2,048 private-use characters
//! from U+10F800 on, so that the text stays valid UTF-8 for every Rust function; [`PsString::to_output`] turns it into
//! U+FFFD, which is what .NET writes at its borders.
use compact_str::CompactString;
use std::cell::{Cell, OnceCell};
use std::fmt;
use std::rc::Rc;

/// First character that stands for a lone surrogate (U+D800 + n is kept as U+10F800 + n).
const LONE: u32 = 0x10_F800;
/// UTF-16 units between two entries of the index.
const STEP: usize = 64;

#[derive(Clone, Copy, PartialEq)]
enum Ascii {
    Unknown,
    Yes,
    No,
}

struct Text {
    text: CompactString,
    ascii: Cell<Ascii>,
    index: OnceCell<Box<Index>>,
}

/// Where the UTF-16 units of a text that is not ASCII stand.
struct Index {
    /// Length in UTF-16 units.
    length: usize,
    /// For every STEP-th unit the character that holds it: byte offset and units before it.
    starts: Vec<(u32, u32)>,
}

/// An immutable text, cheap to clone.
#[derive(Clone)]
pub struct PsString(Rc<Text>);

/// UTF-16 units of one stored character.
fn units(c: char) -> usize {
    if (c as u32) < 0x1_0000 || c as u32 >= LONE { 1 } else { 2 }
}

/// Encodes one stored character as UTF-16, a kept lone surrogate as itself.
fn encode(c: char, out: &mut Vec<u16>) {
    if c as u32 >= LONE {
        out.push((0xD800 + (c as u32 - LONE)) as u16);
    } else {
        let mut buffer = [0; 2];
        out.extend_from_slice(c.encode_utf16(&mut buffer));
    }
}

/// The stored character for one UTF-16 unit.
pub fn char_from_unit(unit: u16) -> char {
    char::from_u32(u32::from(unit)).or_else(|| char::from_u32(LONE + (u32::from(unit) - 0xD800))).unwrap_or('\u{FFFD}')
}

impl PsString {
    pub fn new(text: impl Into<CompactString>) -> Self {
        PsString(Rc::new(Text { text: text.into(), ascii: Cell::new(Ascii::Unknown), index: OnceCell::new() }))
    }

    /// Text of UTF-16 units; lone surrogates are kept.
    pub fn from_units(units: &[u16]) -> Self {
        let mut text = CompactString::with_capacity(units.len());
        for c in char::decode_utf16(units.iter().copied()) {
            match c {
                Ok(c) => text.push(c),
                Err(e) => text.push(char_from_unit(e.unpaired_surrogate())),
            }
        }
        PsString::new(text)
    }

    pub fn as_str(&self) -> &str {
        &self.0.text
    }

    pub fn is_ascii(&self) -> bool {
        match self.0.ascii.get() {
            Ascii::Yes => true,
            Ascii::No => false,
            Ascii::Unknown => {
                let ascii = self.0.text.is_ascii();
                self.0.ascii.set(if ascii { Ascii::Yes } else { Ascii::No });
                ascii
            }
        }
    }

    fn index(&self) -> &Index {
        self.0.index.get_or_init(|| {
            let (mut count, mut starts) = (0usize, Vec::new());
            for (at, c) in self.0.text.char_indices() {
                if starts.len() * STEP < count + units(c) {
                    starts.push((at as u32, count as u32));
                }
                count += units(c);
            }
            Box::new(Index { length: count, starts })
        })
    }

    /// Length in UTF-16 units, as .NET counts.
    pub fn len(&self) -> usize {
        if self.is_ascii() { self.0.text.len() } else { self.index().length }
    }

    pub fn is_empty(&self) -> bool {
        self.0.text.is_empty()
    }

    /// All UTF-16 units.
    pub fn to_units(&self) -> Vec<u16> {
        let mut out = Vec::with_capacity(self.0.text.len());
        for c in self.0.text.chars() {
            encode(c, &mut out);
        }
        out
    }

    /// The unit at `at`, if there is one.
    pub fn unit(&self, at: usize) -> Option<u16> {
        if self.is_ascii() {
            return self.0.text.as_bytes().get(at).map(|b| u16::from(*b));
        }
        if at >= self.len() {
            return None;
        }
        let (mut count, rest) = self.walk(at);
        let mut buffer = Vec::with_capacity(2);
        for c in self.0.text[rest..].chars() {
            let n = units(c);
            if at < count + n {
                encode(c, &mut buffer);
                return buffer.get(at - count).copied();
            }
            count += n;
        }
        None
    }

    /// The indexed character start at or before unit `at`: (units before it, byte offset).
    fn walk(&self, at: usize) -> (usize, usize) {
        self.index().starts.get(at / STEP).map_or((0, 0), |(offset, count)| (*count as usize, *offset as usize))
    }

    /// UTF-16 position of a byte offset (which must be a character boundary; otherwise the length).
    pub fn unit_of_byte(&self, byte: usize) -> usize {
        if self.is_ascii() { byte } else { self.0.text.get(..byte).map_or(self.len(), |t| t.chars().map(units).sum()) }
    }

    /// Byte offset of a UTF-16 position; a position inside a pair or behind the end gives none.
    pub fn byte_of_unit(&self, unit: usize) -> Option<usize> {
        if self.is_ascii() {
            return (unit <= self.0.text.len()).then_some(unit);
        }
        let (mut count, from) = self.walk(unit);
        for (at, c) in self.0.text[from..].char_indices() {
            if count >= unit {
                return (count == unit).then_some(from + at);
            }
            count += units(c);
        }
        (count == unit).then_some(self.0.text.len())
    }

    /// The text of `count` units from `start`, if both lie inside.
    pub fn substring(&self, start: usize, count: usize) -> Option<PsString> {
        let end = start.checked_add(count)?;
        if end > self.len() {
            return None;
        }
        if self.is_ascii() {
            return Some(PsString::new(&self.0.text[start..end]));
        }
        match (self.byte_of_unit(start), self.byte_of_unit(end)) {
            (Some(a), Some(b)) => Some(PsString::new(&self.0.text[a..b])),
            _ => Some(PsString::from_units(&self.to_units()[start..end])),
        }
    }

    /// `self` with `other` behind it; appends in place when nobody else holds the text.
    pub fn append(mut self, other: &str) -> PsString {
        let joins = !self.is_ascii() && other.chars().next().is_some_and(|c| c as u32 >= LONE);
        if joins {
            let mut all = self.to_units();
            all.extend(PsString::new(other).to_units());
            return PsString::from_units(&all);
        }
        if let Some(text) = Rc::get_mut(&mut self.0) {
            text.text.push_str(other);
            text.ascii.set(Ascii::Unknown);
            text.index.take();
            return self;
        }
        let mut text = CompactString::with_capacity(self.0.text.len() + other.len());
        text.push_str(&self.0.text);
        text.push_str(other);
        PsString::new(text)
    }

    /// What leaves the program: lone surrogates become U+FFFD.
    pub fn to_output(&self) -> std::borrow::Cow<'_, str> {
        if self.is_ascii() || !self.0.text.chars().any(|c| c as u32 >= LONE) {
            return std::borrow::Cow::Borrowed(self.as_str());
        }
        std::borrow::Cow::Owned(self.0.text.chars().map(|c| if c as u32 >= LONE { '\u{FFFD}' } else { c }).collect())
    }

    pub fn ptr_eq(&self, other: &PsString) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl std::ops::Deref for PsString {
    type Target = str;
    fn deref(&self) -> &str {
        self.as_str()
    }
}
impl Default for PsString {
    fn default() -> Self {
        PsString::new("")
    }
}
impl From<&str> for PsString {
    fn from(text: &str) -> Self {
        PsString::new(text)
    }
}
impl From<String> for PsString {
    fn from(text: String) -> Self {
        PsString::new(text)
    }
}
impl From<CompactString> for PsString {
    fn from(text: CompactString) -> Self {
        PsString::new(text)
    }
}
impl PartialEq for PsString {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}
impl Eq for PsString {}
impl fmt::Display for PsString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
impl fmt::Debug for PsString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

/// Ordinal comparison that ignores case as .NET's OrdinalIgnoreCase does (simple upper-casing, character by character).
pub fn eq_ignore_case(a: &str, b: &str) -> bool {
    if a.len() == b.len() && a.eq_ignore_ascii_case(b) {
        return true;
    }
    if a.is_ascii() && b.is_ascii() {
        return false;
    }
    a.chars().map(fold).eq(b.chars().map(fold))
}

/// Simple upper case of one character (one to one, as .NET's invariant upper-casing).
pub fn fold(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_uppercase();
    }
    // U+0131 and U+017F stay themselves in .NET's invariant casing tables.
    if c == '\u{131}' || c == '\u{17F}' {
        return c;
    }
    let mut upper = c.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(u), None) => u,
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_as_dotnet() {
        let s = PsString::new("a😀b");
        assert_eq!(s.len(), 4);
        assert_eq!(s.unit(1), Some(0xD83D));
        let half = s.substring(1, 1).unwrap();
        assert_eq!(half.len(), 1);
        assert_eq!(half.to_output(), "\u{FFFD}");
        assert_eq!(half.append(&s.substring(2, 1).unwrap()).as_str(), "😀");
    }

    #[test]
    fn index_of_long_text() {
        let text: String = (0..500).map(|n| if n % 3 == 0 { '😀' } else { 'ä' }).collect();
        let s = PsString::new(&*text);
        let units = s.to_units();
        assert_eq!(units.len(), s.len());
        for (at, unit) in units.iter().enumerate() {
            assert_eq!(s.unit(at), Some(*unit), "at {at}");
        }
    }
}

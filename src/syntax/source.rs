//! A piece of source text with the tables that turn byte offsets into lines, columns and UTF-16 offsets, and the
//! decoding of script files. Everything else in this crate speaks in byte offsets (`Span`).

use std::cell::OnceCell;
use std::rc::Rc;

/// A half-open range of byte offsets into a [`Source`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    pub start: u32,
    pub end: u32,
}

impl Span {
    pub const fn new(start: u32, end: u32) -> Self {
        Span { start, end }
    }

    /// The smallest span that covers both (like `ExtentOf` in PowerShell's parser: first start, last end).
    pub const fn to(self, last: Span) -> Self {
        Span { start: self.start, end: last.end }
    }

    pub const fn len(self) -> u32 {
        self.end - self.start
    }

    pub const fn is_empty(self) -> bool {
        self.start == self.end
    }

    pub const fn contains(self, offset: u32) -> bool {
        self.start <= offset && offset < self.end
    }
}

/// A position as PowerShell shows it: line and column count from 1, columns in UTF-16 units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    pub line: u32,
    pub column: u32,
}

/// One script text: a file, a command line, an argument of `Invoke-Expression`.
#[derive(Debug)]
pub struct Source {
    /// The full path of the script, when it has one.
    pub file: Option<Rc<str>>,
    pub text: Rc<str>,
    lines: OnceCell<Box<[u32]>>,
    utf16: OnceCell<Utf16Table>,
}

impl Source {
    pub fn new(file: Option<Rc<str>>, text: impl Into<Rc<str>>) -> Rc<Self> {
        Rc::new(Source { file, text: text.into(), lines: OnceCell::new(), utf16: OnceCell::new() })
    }

    /// The text of a span; empty when the span does not fit the text.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or("")
    }

    pub fn whole(&self) -> Span {
        Span::new(0, self.text.len() as u32)
    }

    /// Byte offsets at which lines start; the first is 0. A line ends with `\n`, `\r\n` or a lone `\r`.
    pub fn line_starts(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let bytes = self.text.as_bytes();
            let mut starts = vec![0];
            for (i, b) in bytes.iter().enumerate() {
                if *b == b'\n' || (*b == b'\r' && bytes.get(i + 1) != Some(&b'\n')) {
                    starts.push(i as u32 + 1);
                }
            }
            starts.into_boxed_slice()
        })
    }

    /// The line number (from 1) that holds the byte offset.
    pub fn line_of(&self, offset: u32) -> u32 {
        self.line_starts().partition_point(|start| *start <= offset) as u32
    }

    pub fn position(&self, offset: u32) -> Position {
        let line = self.line_of(offset);
        let start = self.line_starts()[line as usize - 1];
        Position { line, column: self.utf16_offset(offset) - self.utf16_offset(start) + 1 }
    }

    /// The text of a line (from 1) without its line end.
    pub fn line_text(&self, line: u32) -> &str {
        let starts = self.line_starts();
        let Some(start) = (line as usize).checked_sub(1).and_then(|i| starts.get(i)) else { return "" };
        let end = starts.get(line as usize).copied().unwrap_or(self.text.len() as u32);
        self.slice(Span::new(*start, end)).trim_end_matches(['\r', '\n'])
    }

    /// UTF-16 units before a byte offset; offsets behind the end keep their distance to it.
    pub fn utf16_offset(&self, offset: u32) -> u32 {
        let len = self.text.len() as u32;
        let table = self.utf16_table();
        if offset > len { table.to_utf16(&self.text, len) + (offset - len) } else { table.to_utf16(&self.text, offset) }
    }

    /// The byte offset of a UTF-16 offset (the inverse of [`Source::utf16_offset`]).
    pub fn byte_offset(&self, utf16: u32) -> u32 {
        self.utf16_table().to_bytes(&self.text, utf16)
    }

    fn utf16_table(&self) -> &Utf16Table {
        self.utf16.get_or_init(|| Utf16Table::new(&self.text))
    }
}

/// UTF-16 offsets at every 256th byte; empty for ASCII texts, where both counts agree.
#[derive(Debug)]
struct Utf16Table {
    marks: Vec<u32>,
}

const MARK: usize = 256;

impl Utf16Table {
    fn new(text: &str) -> Self {
        let mut marks = Vec::new();
        if !text.is_ascii() {
            let mut units = 0;
            for (i, b) in text.bytes().enumerate() {
                if i % MARK == 0 {
                    marks.push(units);
                }
                units += units_of(b);
            }
        }
        Utf16Table { marks }
    }

    fn to_utf16(&self, text: &str, offset: u32) -> u32 {
        let offset = offset as usize;
        let Some(mark) = self.marks.get(offset / MARK).or(self.marks.last()) else { return offset as u32 };
        let from = (offset / MARK).min(self.marks.len() - 1) * MARK;
        mark + text.as_bytes()[from..offset.min(text.len())].iter().map(|b| units_of(*b)).sum::<u32>()
    }

    fn to_bytes(&self, text: &str, utf16: u32) -> u32 {
        if self.marks.is_empty() {
            return utf16;
        }
        let block = self.marks.partition_point(|m| *m <= utf16).saturating_sub(1);
        let mut units = self.marks[block];
        let mut at = block * MARK;
        let bytes = text.as_bytes();
        while at < bytes.len() && (units < utf16 || !text.is_char_boundary(at)) {
            units += units_of(bytes[at]);
            at += 1;
        }
        while !text.is_char_boundary(at) {
            at += 1;
        }
        at as u32
    }
}

/// UTF-16 units that a UTF-8 byte starts: continuation bytes none, four-byte sequences two.
const fn units_of(byte: u8) -> u32 {
    match byte {
        0x80..=0xBF => 0,
        0xF0.. => 2,
        _ => 1,
    }
}

/// Decodes a script file as PowerShell 7 does: a byte order mark decides (UTF-8, UTF-16, UTF-32), without one the text
/// is UTF-8 and each invalid sequence becomes U+FFFD. The mark itself is not part of the text.
pub fn decode(bytes: &[u8]) -> String {
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        [0xFF, 0xFE, 0, 0, rest @ ..] => utf32(rest, u32::from_le_bytes),
        [0, 0, 0xFE, 0xFF, rest @ ..] => utf32(rest, u32::from_be_bytes),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

fn utf16(bytes: &[u8], read: fn([u8; 2]) -> u16) -> String {
    let (units, rest) = bytes.as_chunks::<2>();
    let text = char::decode_utf16(units.iter().map(|pair| read(*pair)));
    let mut text: String = text.map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    if !rest.is_empty() {
        text.push(char::REPLACEMENT_CHARACTER);
    }
    text
}

fn utf32(bytes: &[u8], read: fn([u8; 4]) -> u32) -> String {
    let (units, _) = bytes.as_chunks::<4>();
    units.iter().map(|unit| char::from_u32(read(*unit)).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_count_utf16_units() {
        let source = Source::new(None, "a\u{E9}\u{1F600}b\r\nc\u{1F600}d");
        let end = source.text.len() as u32;
        assert_eq!(source.utf16_offset(end), 11);
        assert_eq!(source.utf16_offset(end + 1), 12);
        for (byte, c) in source.text.char_indices() {
            let utf16 = source.utf16_offset(byte as u32);
            assert_eq!(source.byte_offset(utf16), byte as u32, "{c:?}");
        }
        let c = source.text.find('c').map_or(0, |at| at as u32);
        assert_eq!(source.position(c), Position { line: 2, column: 1 });
        assert_eq!(source.line_text(2), "c\u{1F600}d");
    }

    #[test]
    fn byte_order_marks_decide() {
        assert_eq!(decode(b"\xEF\xBB\xBFa\xC3\xA9"), "a\u{E9}");
        assert_eq!(decode(b"\xFF\xFEa\0\xE9\0"), "a\u{E9}");
        assert_eq!(decode(b"\xFE\xFF\0a\0\xE9"), "a\u{E9}");
        assert_eq!(decode(b"a\xE9"), "a\u{FFFD}");
    }
}

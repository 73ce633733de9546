//! How much room a text takes on the screen, by PowerShell's own count: one cell per UTF-16 unit, two for East Asian
//! wide characters, none for escape sequences. (Not the Unicode tables: widths have to agree with the original.)
use std::borrow::Cow;

pub const ESC: char = '\u{1b}';

/// Cells of one character; a character outside the basic plane counts as its two units.
pub fn char_width(c: char) -> usize {
    let n = c as u32;
    if n < 0x1100 {
        return 1;
    }
    let wide = matches!(n,
        0x1100..=0x115f | 0x2329 | 0x232a | 0x2e80..=0x303e | 0x3040..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff
        | 0xfe10..=0xfe19 | 0xfe30..=0xfe6f | 0xff00..=0xff60 | 0xffe0..=0xffe6)
        // Lone surrogates are kept as the last private-use characters (see PsString) and are one unit.
        || (0x1_0000..0x10_F800).contains(&n);
    1 + usize::from(wide)
}

/// Length in bytes of the escape sequence at the start of `text`, if one that the formatter knows stands there:
/// graphics (`ESC[…m`), private modes (`ESC[?…h/l`) and hyperlinks.
pub fn escape_len(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    if bytes.first() != Some(&0x1b) {
        return None;
    }
    match bytes.get(1)? {
        b'[' if bytes.get(2) == Some(&b'?') => {
            let digits = bytes[3..].iter().take_while(|b| b.is_ascii_digit()).count();
            (digits > 0 && matches!(bytes.get(3 + digits), Some(b'h' | b'l'))).then_some(4 + digits)
        }
        b'[' => {
            // `\d*(;\d+)*m`
            let mut at = 2 + bytes[2..].iter().take_while(|b| b.is_ascii_digit()).count();
            while bytes.get(at) == Some(&b';') {
                let digits = bytes[at + 1..].iter().take_while(|b| b.is_ascii_digit()).count();
                if digits == 0 {
                    return None;
                }
                at += 1 + digits;
            }
            (bytes.get(at) == Some(&b'm')).then_some(at + 1)
        }
        b']' if text[2..].starts_with("8;;") => {
            let rest = &text[5..];
            let end = rest.find("\u{1b}\\")?;
            (!rest[..end].contains('\n')).then_some(5 + end + 2)
        }
        _ => None,
    }
}

/// The text without escape sequences.
pub fn strip(text: &str) -> Cow<'_, str> {
    if !text.contains(ESC) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for piece in Pieces(text) {
        if let Piece::Char(c) = piece {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// Cells of a text.
pub fn width(text: &str) -> usize {
    if !text.contains(ESC) {
        if text.is_ascii() {
            return text.len();
        }
        return text.chars().map(char_width).sum();
    }
    Pieces(text).map(|p| if let Piece::Char(c) = p { char_width(c) } else { 0 }).sum()
}

pub enum Piece<'a> {
    Char(char),
    Escape(&'a str),
}

/// A text as characters and escape sequences.
pub struct Pieces<'a>(pub &'a str);

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;
    fn next(&mut self) -> Option<Piece<'a>> {
        if let Some(len) = escape_len(self.0) {
            let (head, tail) = self.0.split_at(len);
            self.0 = tail;
            return Some(Piece::Escape(head));
        }
        let c = self.0.chars().next()?;
        self.0 = &self.0[c.len_utf8()..];
        Some(Piece::Char(c))
    }
}

/// Appends the head of `text` that fits into `cells`, then `tail` (an ellipsis). Escape sequences are kept and closed
/// with `reset`.
pub fn push_head(out: &mut String, text: &str, cells: usize, tail: &str, reset: &str) {
    let (mut used, mut escapes) = (0, false);
    for piece in Pieces(text) {
        match piece {
            Piece::Escape(s) => {
                out.push_str(s);
                escapes = true;
            }
            Piece::Char(c) => {
                let w = char_width(c);
                if used + w > cells {
                    break;
                }
                used += w;
                out.push(c);
                if used == cells {
                    break;
                }
            }
        }
    }
    close(out, escapes, tail, reset);
}

/// Appends `head` (an ellipsis) and the tail of `text` that fits into `cells`.
pub fn push_tail(out: &mut String, text: &str, cells: usize, head: &str, reset: &str) {
    let plain = strip(text);
    let (mut used, mut keep) = (0, 0);
    for c in plain.chars().rev() {
        let w = char_width(c);
        if used + w > cells {
            break;
        }
        used += w;
        keep += 1;
    }
    let mut skip = plain.chars().count() - keep;
    let (mut first, mut escapes) = (true, false);
    for piece in Pieces(text) {
        match piece {
            Piece::Escape(s) => {
                out.push_str(s);
                escapes = true;
            }
            Piece::Char(_) if skip > 0 => skip -= 1,
            Piece::Char(c) => {
                if first {
                    out.push_str(head);
                    first = false;
                }
                out.push(c);
            }
        }
    }
    close(out, escapes, "", reset);
}

fn close(out: &mut String, escapes: bool, tail: &str, reset: &str) {
    if escapes && !reset.is_empty() {
        if out.ends_with(reset) {
            out.insert_str(out.len() - reset.len(), tail);
        } else {
            out.push_str(tail);
            out.push_str(reset);
        }
    } else {
        out.push_str(tail);
    }
}

/// Appends blanks.
pub fn pad(out: &mut String, count: usize) {
    const BLANKS: &str = "                                                                ";
    let mut left = count;
    while left > 0 {
        let n = left.min(BLANKS.len());
        out.push_str(&BLANKS[..n]);
        left -= n;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths() {
        assert_eq!(width("東京オフィス"), 12);
        assert_eq!(width("Tōkyō"), 5);
        assert_eq!(width("😀"), 2);
        assert_eq!(width("\u{1b}[31mred\u{1b}[0m"), 3);
        assert_eq!(strip("\u{1b}[31;1mred\u{1b}[0m\u{1b}]8;;http://x\u{1b}\\link"), "redlink");
    }

    #[test]
    fn truncation_keeps_escapes() {
        let mut out = String::new();
        push_head(&mut out, "\u{1b}[31mabcdef\u{1b}[0m", 3, "…", "\u{1b}[0m");
        assert_eq!(out, "\u{1b}[31mabc…\u{1b}[0m");
        out.clear();
        push_tail(&mut out, "abcdef", 2, "…", "");
        assert_eq!(out, "…ef");
    }
}

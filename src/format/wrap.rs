//! Breaking a text into lines: at its own line ends, and at words where it is wider than its field.
use crate::cells::{self, ESC, Piece, Pieces, char_width};

/// Splits at `\n`; `\r` vanishes. Colours open at a line's end are closed there and opened again on the next.
pub fn split_lines(text: &str, reset: &str) -> Vec<String> {
    if !text.contains(ESC) {
        return text.split('\n').map(|l| l.replace('\r', "")).collect();
    }
    if !text.contains('\n') {
        return vec![text.replace('\r', "")];
    }
    let (mut lines, mut line, mut open) = (Vec::new(), String::new(), String::new());
    for piece in Pieces(text) {
        match piece {
            Piece::Escape(s) => {
                line.push_str(s);
                track(&mut open, s, reset);
            }
            Piece::Char('\n') => {
                end(&mut line, &open, reset);
                lines.push(std::mem::replace(&mut line, open.clone()));
            }
            Piece::Char('\r') => {}
            Piece::Char(c) => line.push(c),
        }
    }
    if !open.is_empty() && line.len() == open.len() {
        line.clear();
    } else {
        end(&mut line, &open, reset);
    }
    lines.push(line);
    lines
}

/// `open` is the escape sequences in force.
fn track(open: &mut String, escape: &str, reset: &str) {
    if escape == reset {
        open.clear();
    } else {
        open.push_str(escape);
    }
}

fn end(line: &mut String, open: &str, reset: &str) {
    if !open.is_empty() && !line.ends_with(reset) {
        line.push_str(reset);
    }
}

/// The lines of a text in a field: `first` cells for the first line, `rest` for the others. A text without line ends
/// that fits comes back as one line.
pub fn lines(text: &str, first: usize, rest: usize, reset: &str) -> Vec<String> {
    let mut out = Vec::new();
    if text.is_empty() {
        out.push(String::new());
        return out;
    }
    for line in split_lines(text, reset) {
        if cells::width(&line) <= first {
            out.push(line);
        } else {
            wrap_line(&line, first, rest, reset, &mut out);
        }
    }
    out
}

/// A word with the delimiter behind it: blank and tab stay, a soft hyphen shows only at a line's end, a hard hyphen or
/// no-break blank ends a word and vanishes.
struct Word {
    text: String,
    delimiter: Option<char>,
    /// A reset was put behind the word: the delimiter goes before it.
    closed: bool,
}

fn words(line: &str, reset: &str) -> Vec<Word> {
    let (mut out, mut word, mut open) = (Vec::new(), String::new(), String::new());
    for piece in Pieces(line) {
        match piece {
            Piece::Escape(s) => {
                word.push_str(s);
                track(&mut open, s, reset);
            }
            Piece::Char(c @ (' ' | '\t' | '\u{AD}' | '\u{2011}' | '\u{A0}')) => {
                let closed = !open.is_empty() && !word.ends_with(reset);
                if closed {
                    word.push_str(reset);
                }
                let delimiter = matches!(c, ' ' | '\t' | '\u{AD}').then_some(c);
                out.push(Word { text: std::mem::replace(&mut word, open.clone()), delimiter, closed });
            }
            Piece::Char(c) => word.push(c),
        }
    }
    if !open.is_empty() && word.len() == open.len() {
        word.clear();
    } else {
        end(&mut word, &open, reset);
    }
    out.push(Word { text: word, delimiter: None, closed: false });
    out
}

fn wrap_line(line: &str, first: usize, rest: usize, reset: &str, out: &mut Vec<String>) {
    let (mut width, mut left, mut is_first) = (first, first, true);
    let mut current = String::new();
    for word in words(line, reset) {
        let mut text = word.text;
        let suffix = match word.delimiter {
            Some('\u{AD}') => (cells::width(&text) + 1 == left).then_some('-'),
            other => other,
        };
        if let Some(c) = suffix {
            let at = if word.closed { text.len() - reset.len() } else { text.len() };
            text.insert(at, c);
        }
        let needed = cells::width(&text);
        if width == 0 {
            if is_first {
                is_first = false;
                width = rest;
            }
            if width == 0 {
                break;
            }
            left = width;
        }
        let mut next_line = |current: &mut String, width: &mut usize| {
            out.push(std::mem::take(current));
            if is_first {
                is_first = false;
                *width = rest;
            }
        };
        if needed > width {
            // Longer than a whole line: by characters.
            let mut open = String::new();
            for piece in Pieces(&text) {
                match piece {
                    Piece::Escape(s) => {
                        current.push_str(s);
                        open.push_str(s);
                    }
                    Piece::Char(c) => {
                        let (c, w) = if char_width(c) > width { ('?', 1) } else { (c, char_width(c)) };
                        if w > left {
                            end(&mut current, &open, reset);
                            next_line(&mut current, &mut width);
                            current.push_str(&open);
                            left = width;
                        }
                        current.push(c);
                        left = left.saturating_sub(w);
                    }
                }
            }
        } else {
            if needed > left {
                next_line(&mut current, &mut width);
                left = width;
            }
            current.push_str(&text);
            left = left.saturating_sub(needed);
        }
    }
    out.push(current);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wraps_at_words() {
        let text = "Allows federation with the listed partners";
        assert_eq!(lines(text, 36, 36, ""), ["Allows federation with the listed ", "partners"]);
        assert_eq!(lines("abcdefgh", 3, 3, ""), ["abc", "def", "gh"]);
        assert_eq!(lines("\nleading", 10, 10, ""), ["", "leading"]);
        assert_eq!(lines("a\r\nb", 10, 10, ""), ["a", "b"]);
    }
}

//! Culture-sensitive comparison of texts (`String.Compare`, `-lt`, Sort-Object): ICU's root order in its three levels
//! (letters, accents, case). Ordinal rules are elsewhere; this is what "current culture" means.
use crate::value::Value;
use std::cmp::Ordering;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Punctuation and symbols in the order of the root collation, before digits and letters.
const SYMBOLS: &str = "_‾-‐‑‒–—,;:!¡?¿.…·'‘’‚‹›\"“”„«»()[]{}§¶@*/\\&#%‰†‡•`´˜^¨°©®+±÷×<=>|¦~¬¤¢$£¥€";

/// The first level of a character: class and place in it; none for characters that count for nothing.
fn primary(c: char) -> Option<(u8, u32)> {
    if is_combining_mark(c)
        || (c.is_control() && !c.is_whitespace())
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{AD}' | '\u{FEFF}')
    {
        return None;
    }
    if c.is_whitespace() {
        return Some((1, u32::from(c)));
    }
    if let Some(digit) = c.to_digit(10) {
        return Some((3, digit));
    }
    if c.is_alphabetic() {
        let lower = c.to_lowercase().next().unwrap_or(c);
        return Some((4, u32::from(lower)));
    }
    match SYMBOLS.chars().position(|s| s == c) {
        Some(at) => Some((2, at as u32)),
        None => Some((2, 0x1000 + u32::from(c))),
    }
}

/// Letters that count as several: ligatures and the sharp s.
fn expanded(text: &str) -> impl Iterator<Item = char> {
    text.nfd().flat_map(|c| {
        let pair = match c {
            'ß' => ['s', 's'],
            'æ' => ['a', 'e'],
            'Æ' => ['A', 'E'],
            'œ' => ['o', 'e'],
            'Œ' => ['O', 'E'],
            'ø' => ['o', '\u{338}'],
            'Ø' => ['O', '\u{338}'],
            other => [other, '\0'],
        };
        pair.into_iter().filter(|c| *c != '\0')
    })
}

/// Compares as .NET's current culture does; lower case stands before upper case when only case differs.
pub fn compare(a: &str, b: &str, case_sensitive: bool) -> Ordering {
    if a.is_ascii() && b.is_ascii() {
        return compare_ascii(a, b, case_sensitive);
    }
    expanded(a)
        .filter_map(primary)
        .cmp(expanded(b).filter_map(primary))
        .then_with(|| marks(a).cmp(marks(b)))
        .then_with(|| if case_sensitive { cases(a).cmp(cases(b)) } else { Ordering::Equal })
}

fn marks(text: &str) -> impl Iterator<Item = char> {
    // A letter without accent stands before the same letter with one.
    expanded(text)
        .filter(|c| primary(*c).is_some() || is_combining_mark(*c))
        .map(|c| if is_combining_mark(c) { c } else { '\0' })
}
fn cases(text: &str) -> impl Iterator<Item = bool> {
    expanded(text).filter(|c| primary(*c).is_some()).map(char::is_uppercase)
}

/// First-level weights of the ASCII characters; 0 counts for nothing.
static ASCII: [u8; 128] = {
    let order = b"\t\n\x0B\x0C\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789";
    let mut weights = [0; 128];
    let mut at = 0;
    while at < order.len() {
        weights[order[at] as usize] = at as u8 + 1;
        at += 1;
    }
    let mut letter = 0;
    while letter < 26 {
        let weight = order.len() as u8 + 1 + letter;
        weights[(b'a' + letter) as usize] = weight;
        weights[(b'A' + letter) as usize] = weight;
        letter += 1;
    }
    weights
};

fn compare_ascii(a: &str, b: &str, case_sensitive: bool) -> Ordering {
    let weights = |text: &'static [u8; 128], c: u8| text[usize::from(c & 0x7F)];
    let (mut x, mut y) =
        (a.bytes().filter(|c| weights(&ASCII, *c) != 0), b.bytes().filter(|c| weights(&ASCII, *c) != 0));
    let mut case = Ordering::Equal;
    loop {
        match (x.next(), y.next()) {
            (None, None) => return if case_sensitive { case } else { Ordering::Equal },
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(p), Some(q)) => match weights(&ASCII, p).cmp(&weights(&ASCII, q)) {
                Ordering::Equal if case == Ordering::Equal => {
                    case = p.is_ascii_uppercase().cmp(&q.is_ascii_uppercase());
                }
                Ordering::Equal => {}
                other => return other,
            },
        }
    }
}

/// `IComparable.CompareTo` of two values of one type; none when they cannot be compared.
pub fn natural_order(a: &Value, b: &Value) -> Option<Ordering> {
    use Value::*;
    Some(match (a.base(), b.base()) {
        (x, y) if x.is_null() || y.is_null() => y.is_null().cmp(&x.is_null()),
        (String(x), String(y)) => compare(x, y, true),
        (Int(x), Int(y)) => x.cmp(y),
        (Bool(x), Bool(y)) => x.cmp(y),
        (Char(x), Char(y)) => x.cmp(y),
        (SByte(x), SByte(y)) => x.cmp(y),
        (Byte(x), Byte(y)) => x.cmp(y),
        (Short(x), Short(y)) => x.cmp(y),
        (UShort(x), UShort(y)) => x.cmp(y),
        (UInt(x), UInt(y)) => x.cmp(y),
        (Long(x), Long(y)) => x.cmp(y),
        (ULong(x), ULong(y)) => x.cmp(y),
        (Decimal(x), Decimal(y)) => x.cmp(y),
        // NaN stands before every number.
        (Double(x), Double(y)) => real(*x, *y),
        (Single(x), Single(y)) => real(f64::from(*x), f64::from(*y)),
        (DateTime(x), DateTime(y)) => (x << 2).cmp(&(y << 2)),
        (TimeSpan(x), TimeSpan(y)) => x.cmp(y),
        (Object(x), y) => return x.data().compare(y),
        _ => return None,
    })
}
fn real(x: f64, y: f64) -> Ordering {
    x.partial_cmp(&y).unwrap_or_else(|| y.is_nan().cmp(&x.is_nan()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_as_icu() {
        let sorted = ["", " ", "_a", "-a", "1", "10", "2", "a", "A", "ä", "Ab", "b", "B", "é", "z"];
        for pair in sorted.windows(2) {
            assert_eq!(compare(pair[0], pair[1], true), Ordering::Less, "{pair:?}");
        }
        assert_eq!(compare("ABC", "abc", false), Ordering::Equal);
        assert_eq!(compare("straße", "STRASSE", false), Ordering::Equal);
    }
}

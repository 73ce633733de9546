//! `TimeSpan.Parse` and `ParseExact`.
use crate::culture::Culture;
use crate::net_error::{NetError, format_error, overflow};
use crate::time::{DAY, HOUR, MINUTE, SECOND};
use crate::time_format::{bad_format, quoted, repeats};

fn bad(text: &str) -> NetError {
    format_error(format!("String '{text}' was not recognized as a valid TimeSpan."))
}
fn out_of_range(text: &str) -> NetError {
    overflow(format!(
        "The TimeSpan string '{text}' could not be parsed because at least one of the numeric components is out of \
         range or contains too many digits."
    ))
}

/// Days, hours, minutes, seconds and the digits behind the second's point.
#[derive(Default)]
struct Parts<'a> {
    days: i64,
    hours: i64,
    minutes: i64,
    seconds: i64,
    fraction: &'a str,
}

impl Parts<'_> {
    fn ticks(&self, negative: bool) -> Option<i64> {
        let in_range = self.days <= 10_675_199 && self.hours < 24 && self.minutes < 60 && self.seconds < 60;
        if !in_range {
            return None;
        }
        // More than seven digits are cut, the eighth rounds.
        let digits: String = self.fraction.chars().chain(std::iter::repeat('0')).take(8).collect();
        let fraction = (digits.parse::<i64>().ok()? + 5) / 10;
        let ticks = i128::from(self.days) * i128::from(DAY)
            + i128::from(self.hours * HOUR + self.minutes * MINUTE + self.seconds * SECOND + fraction);
        i64::try_from(if negative { -ticks } else { ticks }).ok()
    }
}

/// `TimeSpan.Parse(text, culture)`: ticks.
pub fn parse_span(text: &str, culture: &Culture) -> Result<i64, NetError> {
    let mut body = text.trim();
    let negative = body.starts_with('-');
    if negative {
        body = &body[1..];
    }
    let (mut numbers, mut marks) = (Vec::new(), String::new());
    let mut rest = body;
    loop {
        let length = rest.bytes().take_while(u8::is_ascii_digit).count();
        if length == 0 {
            return Err(bad(text));
        }
        numbers.push(&rest[..length]);
        rest = &rest[length..];
        let Some(mark) = rest.chars().next() else { break };
        let point = culture.number.number_decimal;
        if mark == ':' {
            marks.push(':');
        } else if mark == '.' || (!point.is_empty() && rest.starts_with(point)) {
            marks.push('.');
        } else {
            return Err(bad(text));
        }
        rest = &rest[mark.len_utf8()..];
    }
    let n = |at: usize| numbers[at].parse::<i64>().unwrap_or(i64::MAX);
    let mut parts = Parts::default();
    let mut places = match marks.as_str() {
        "" => "d",
        ":" => "hm",
        "::" => "hms",
        ".:" => "dhm",
        "::." => "hmsf",
        ".::" | ":::" => "dhms",
        ".::." | ":::." => "dhmsf",
        _ => return Err(bad(text)),
    }
    .chars();
    for (at, number) in numbers.iter().enumerate() {
        match places.next() {
            Some('d') => parts.days = n(at),
            Some('h') => parts.hours = n(at),
            Some('m') => parts.minutes = n(at),
            Some('s') => parts.seconds = n(at),
            _ => parts.fraction = number,
        }
    }
    if parts.fraction.len() > 7 && parts.fraction.trim_start_matches('0').len() > 7 {
        return Err(out_of_range(text));
    }
    parts.ticks(negative).ok_or_else(|| out_of_range(text))
}

/// `TimeSpan.ParseExact(text, formats, culture)`: the first format that fits.
pub fn parse_span_exact(text: &str, formats: &[&str], culture: &Culture) -> Result<i64, NetError> {
    for format in formats {
        let found = match *format {
            "" => return Err(bad_format()),
            // The standard letters accept what Parse does, as long as it has the letter's shape.
            "c" | "t" | "T" => parse_span(text, crate::culture::invariant()).ok().filter(|_| text.contains(':')),
            "g" | "G" => parse_span(text, culture).ok().filter(|_| text.contains(':')),
            custom => {
                let custom: Vec<char> = custom.chars().collect();
                if custom.len() == 1 {
                    return Err(bad_format());
                }
                exact(text, &custom)?
            }
        };
        if let Some(ticks) = found {
            return Ok(ticks);
        }
    }
    Err(format_error("Input string was not in a correct format."))
}

/// Reads by a custom pattern; an error only when the pattern itself is wrong.
fn exact(text: &str, pattern: &[char]) -> Result<Option<i64>, NetError> {
    let mut rest = text;
    let mut parts = Parts::default();
    let mut at = 0;
    while let Some(c) = pattern.get(at).copied() {
        let count = repeats(pattern, at);
        let (least, most) = match c {
            'd' if count <= 8 => (count.min(if count < 2 { 1 } else { count }), 8),
            'h' | 'm' | 's' if count <= 2 => (count, 2),
            'f' if count <= 7 => (count, count),
            'F' if count <= 7 => (0, count),
            '\'' | '"' => {
                let mut literal = String::new();
                at = quoted(pattern, at, &mut literal)?;
                let Some(next) = rest.strip_prefix(literal.as_str()) else { return Ok(None) };
                rest = next;
                continue;
            }
            '%' if pattern.get(at + 1).is_some_and(|c| *c != '%') => {
                at += 1;
                continue;
            }
            '\\' => {
                let literal = *pattern.get(at + 1).ok_or_else(bad_format)?;
                let Some(next) = rest.strip_prefix(literal) else { return Ok(None) };
                rest = next;
                at += 2;
                continue;
            }
            _ => return Err(bad_format()),
        };
        let length = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
        if length < least {
            return Ok(None);
        }
        let (digits, next) = rest.split_at(length);
        rest = next;
        let n = digits.parse::<i64>().unwrap_or(0);
        match c {
            'd' => parts.days = n,
            'h' => parts.hours = n,
            'm' => parts.minutes = n,
            's' => parts.seconds = n,
            _ => parts.fraction = digits,
        }
        at += count;
    }
    Ok(if rest.is_empty() { parts.ticks(false) } else { None })
}

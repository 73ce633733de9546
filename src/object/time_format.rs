//! Dates and spans as text: the standard letters and custom patterns of .NET's DateTime, DateTimeOffset and TimeSpan.
use crate::culture::{self, Culture, DateFormat};
use crate::net_error::{NetError, format_error};
use crate::scalars::DateTimeOffset;
use crate::time::{self, DAY, HOUR, Kind, MINUTE, SECOND};
use std::borrow::Cow;
use std::fmt::Write;

pub(crate) fn bad_format() -> NetError {
    format_error("Input string was not in a correct format.")
}

/// `DateTime.ToString(format, culture)`
pub fn format_date(value: u64, format: &str, culture: &Culture) -> Result<String, NetError> {
    let mut out = String::new();
    date_into(&mut out, value, format, culture)?;
    Ok(out)
}

pub fn date_into(out: &mut String, value: u64, format: &str, culture: &Culture) -> Result<(), NetError> {
    let mut moment = Moment { ticks: time::ticks(value), zone: Zone::Of(value) };
    let format = if format.is_empty() { "G" } else { format };
    if format.len() > 1 {
        return pattern(out, &moment, format, &culture.date);
    }
    if format == "U" {
        let utc = time::to_utc(value);
        moment = Moment { ticks: time::ticks(utc), zone: Zone::Of(utc) };
    }
    let (pattern_text, fixed) = standard(format, &culture.date, "K").ok_or_else(bad_format)?;
    pattern(out, &moment, &pattern_text, if fixed { &culture::invariant().date } else { &culture.date })
}

/// `DateTimeOffset.ToString(format, culture)`
pub fn format_offset(value: &DateTimeOffset, format: &str, culture: &Culture) -> Result<String, NetError> {
    let mut out = String::new();
    let mut moment = Moment { ticks: value.ticks, zone: Zone::Offset(i64::from(value.offset) * MINUTE) };
    match format {
        "" => {
            let all = format!("{} {} zzz", culture.date.short_date(), culture.date.long_time());
            pattern(&mut out, &moment, &all, &culture.date)?;
        }
        "U" => return Err(bad_format()),
        one if one.chars().count() == 1 => {
            if matches!(one, "r" | "R" | "u") {
                moment.ticks = value.utc_ticks();
            }
            let (text, fixed) = standard(one, &culture.date, "zzz").ok_or_else(bad_format)?;
            pattern(&mut out, &moment, &text, if fixed { &culture::invariant().date } else { &culture.date })?;
        }
        custom => pattern(&mut out, &moment, custom, &culture.date)?,
    }
    Ok(out)
}

/// The pattern behind a standard letter, and whether it is the same in every culture.
pub(crate) fn standard<'a>(letter: &str, f: &'a DateFormat, zone: &str) -> Option<(Cow<'a, str>, bool)> {
    Some(match letter {
        "d" => (f.short_date().into(), false),
        "D" => (f.long_date().into(), false),
        "f" => (format!("{} {}", f.long_date(), f.short_time()).into(), false),
        "F" | "U" => (f.full().into(), false),
        "g" => (format!("{} {}", f.short_date(), f.short_time()).into(), false),
        "G" => (format!("{} {}", f.short_date(), f.long_time()).into(), false),
        "m" | "M" => (f.month_day.into(), false),
        "o" | "O" => (format!("yyyy'-'MM'-'dd'T'HH':'mm':'ss.fffffff{zone}").into(), true),
        "r" | "R" => ("ddd, dd MMM yyyy HH':'mm':'ss 'GMT'".into(), true),
        "s" => ("yyyy'-'MM'-'dd'T'HH':'mm':'ss".into(), true),
        "t" => (f.short_time().into(), false),
        "T" => (f.long_time().into(), false),
        "u" => ("yyyy'-'MM'-'dd HH':'mm':'ss'Z'".into(), true),
        "y" | "Y" => (f.year_month.into(), false),
        _ => return None,
    })
}

enum Zone {
    /// A DateTime's bits: the kind says.
    Of(u64),
    Offset(i64),
}
struct Moment {
    ticks: i64,
    zone: Zone,
}
impl Moment {
    fn offset(&self) -> i64 {
        match self.zone {
            Zone::Offset(offset) => offset,
            Zone::Of(value) if time::kind(value) == Kind::Utc => 0,
            Zone::Of(value) => time::offset_of_local(time::ticks(value)),
        }
    }
}

fn offset_text(out: &mut String, offset: i64, width: usize) {
    let sign = if offset < 0 { '-' } else { '+' };
    let (hours, minutes) = (offset.abs() / HOUR, offset.abs() / MINUTE % 60);
    let _ = match width {
        1 => write!(out, "{sign}{hours}"),
        2 => write!(out, "{sign}{hours:02}"),
        _ => write!(out, "{sign}{hours:02}:{minutes:02}"),
    };
}

/// Takes quoted text (`'…'` or `"…"`, with backslash escapes) that starts at `at`; gives the place behind it.
pub(crate) fn quoted(pattern: &[char], at: usize, out: &mut String) -> Result<usize, NetError> {
    let quote = pattern[at];
    let mut at = at + 1;
    while let Some(c) = pattern.get(at) {
        at += 1;
        match c {
            c if *c == quote => return Ok(at),
            '\\' => {
                out.push(*pattern.get(at).ok_or_else(bad_format)?);
                at += 1;
            }
            other => out.push(*other),
        }
    }
    Err(format_error(format!("Cannot find a matching quote character for the character '{quote}'.")))
}

/// How often the letter at `at` stands in a row.
pub(crate) fn repeats(pattern: &[char], at: usize) -> usize {
    pattern[at..].iter().take_while(|c| **c == pattern[at]).count()
}

/// Whether a month at `at` stands beside a day number, where some languages use the genitive.
fn beside_day(pattern: &[char], at: usize, count: usize) -> bool {
    let before = pattern[..at]
        .iter()
        .rposition(|c| *c == 'd')
        .map(|n| pattern[..=n].iter().rev().take_while(|c| **c == 'd').count());
    let after = pattern[at + count..].iter().position(|c| *c == 'd').map(|n| repeats(pattern, at + count + n));
    before.is_some_and(|n| n <= 2) || after.is_some_and(|n| n <= 2)
}

fn pattern(out: &mut String, moment: &Moment, pattern_text: &str, f: &DateFormat) -> Result<(), NetError> {
    let pattern: Vec<char> = pattern_text.chars().collect();
    let start = out.len();
    let (year, month, day) = time::ymd(moment.ticks);
    let (hour, minute, second, fraction) = time::hms(moment.ticks);
    let mut at = 0;
    while let Some(c) = pattern.get(at).copied() {
        let mut count = repeats(&pattern, at);
        let width = count.min(2);
        let _ = match c {
            'g' => write!(out, "{}", f.era),
            'h' => write!(out, "{:0width$}", (hour + 11) % 12 + 1),
            'H' => write!(out, "{hour:0width$}"),
            'm' => write!(out, "{minute:0width$}"),
            's' => write!(out, "{second:0width$}"),
            'f' | 'F' => {
                fraction_text(out, fraction, count, c == 'F', start).ok_or_else(bad_format)?;
                Ok(())
            }
            't' => {
                let half = if hour < 12 { f.am } else { f.pm };
                out.extend(half.chars().take(if count == 1 { 1 } else { usize::MAX }));
                Ok(())
            }
            'd' => match count {
                1 | 2 => write!(out, "{day:0width$}"),
                3 => write!(out, "{}", f.short_days[time::day_of_week(moment.ticks) as usize]),
                _ => write!(out, "{}", f.days[time::day_of_week(moment.ticks) as usize]),
            },
            'M' if count <= 2 => write!(out, "{month:0width$}"),
            'M' => {
                let names = match (count, beside_day(&pattern, at, count)) {
                    (3, false) => &f.short_months,
                    (3, true) => &f.short_months_genitive,
                    (_, false) => &f.months,
                    (_, true) => &f.months_genitive,
                };
                write!(out, "{}", names[month as usize - 1])
            }
            'y' if count <= 2 => write!(out, "{:0width$}", year % 100),
            'y' => write!(out, "{year:0count$}"),
            'z' => {
                offset_text(out, moment.offset(), count);
                Ok(())
            }
            'K' => {
                count = 1;
                match moment.zone {
                    Zone::Of(value) if time::kind(value) == Kind::Utc => out.push('Z'),
                    Zone::Of(value) if time::kind(value) == Kind::Unspecified => {}
                    _ => offset_text(out, moment.offset(), 3),
                }
                Ok(())
            }
            ':' | '/' => {
                count = 1;
                out.push_str(if c == ':' { f.time_separator } else { f.date_separator });
                Ok(())
            }
            '\'' | '"' => {
                at = quoted(&pattern, at, out)?;
                continue;
            }
            '%' => {
                // The next letter alone is a pattern.
                let next = pattern.get(at + 1).filter(|c| **c != '%').ok_or_else(bad_format)?;
                let single = next.to_string();
                self::pattern(out, moment, &single, f)?;
                count = 2;
                Ok(())
            }
            '\\' => {
                out.push(*pattern.get(at + 1).ok_or_else(bad_format)?);
                count = 2;
                Ok(())
            }
            other => {
                count = 1;
                out.push(other);
                Ok(())
            }
        };
        at += count;
    }
    Ok(())
}

/// The first `count` digits of a second's fraction; `trimmed` leaves out trailing zeros, and a point before nothing.
fn fraction_text(out: &mut String, ticks: i32, count: usize, trimmed: bool, start: usize) -> Option<()> {
    if count > 7 {
        return None;
    }
    let digits = format!("{ticks:07}");
    let digits = &digits[..count];
    if !trimmed {
        out.push_str(digits);
        return Some(());
    }
    let digits = digits.trim_end_matches('0');
    if digits.is_empty() && out.len() > start && out.ends_with('.') {
        out.pop();
    }
    out.push_str(digits);
    Some(())
}

/// `TimeSpan.ToString(format, culture)`
pub fn format_span(ticks: i64, format: &str, culture: &Culture) -> Result<String, NetError> {
    let mut out = String::new();
    span_into(&mut out, ticks, format, culture)?;
    Ok(out)
}

pub fn span_into(out: &mut String, ticks: i64, format: &str, culture: &Culture) -> Result<(), NetError> {
    // The magnitude of the smallest span does not fit its own type.
    let all = ticks.unsigned_abs();
    let days = all / DAY as u64;
    let (hour, minute, second, fraction) = time::hms((all % DAY as u64) as i64);
    let sign = if ticks < 0 { "-" } else { "" };
    let point = culture.number.number_decimal;
    let _ = match format {
        "" | "c" | "t" | "T" => {
            out.push_str(sign);
            if days > 0 {
                let _ = write!(out, "{days}.");
            }
            let _ = write!(out, "{hour:02}:{minute:02}:{second:02}");
            if fraction > 0 { write!(out, ".{fraction:07}") } else { Ok(()) }
        }
        "G" => write!(out, "{sign}{days}:{hour:02}:{minute:02}:{second:02}{point}{fraction:07}"),
        "g" => {
            out.push_str(sign);
            if days > 0 {
                let _ = write!(out, "{days}:");
            }
            let _ = write!(out, "{hour}:{minute:02}:{second:02}");
            let digits = format!("{fraction:07}");
            match digits.trim_end_matches('0') {
                "" => Ok(()),
                digits => write!(out, "{point}{digits}"),
            }
        }
        one if one.chars().count() == 1 => return Err(bad_format()),
        custom => {
            let custom: Vec<char> = custom.chars().collect();
            span_pattern(out, &custom, days, (hour, minute, second, fraction))?;
            Ok(())
        }
    };
    Ok(())
}

fn span_pattern(out: &mut String, pattern: &[char], days: u64, parts: (i32, i32, i32, i32)) -> Result<(), NetError> {
    let (hour, minute, second, fraction) = parts;
    let start = out.len();
    let mut at = 0;
    while let Some(c) = pattern.get(at).copied() {
        let count = repeats(pattern, at);
        let limit = match c {
            'd' => 8,
            'f' | 'F' => 7,
            _ => 2,
        };
        if c.is_ascii_alphabetic() && count > limit {
            return Err(bad_format());
        }
        let _ = match c {
            'd' => write!(out, "{days:0count$}"),
            'h' => write!(out, "{hour:0count$}"),
            'm' => write!(out, "{minute:0count$}"),
            's' => write!(out, "{second:0count$}"),
            'f' | 'F' => {
                fraction_text(out, fraction, count, c == 'F', start).ok_or_else(bad_format)?;
                Ok(())
            }
            '\'' | '"' => {
                at = quoted(pattern, at, out)?;
                continue;
            }
            '%' => {
                let next = pattern.get(at + 1).filter(|c| **c != '%').ok_or_else(bad_format)?;
                span_pattern(out, &[*next], days, parts)?;
                at += 2;
                continue;
            }
            '\\' => {
                out.push(*pattern.get(at + 1).ok_or_else(bad_format)?);
                at += 2;
                continue;
            }
            _ => return Err(bad_format()),
        };
        at += count;
    }
    Ok(())
}

/// The parts of a span for `TimeSpan.new`: none when the sum does not fit.
pub fn span_of_parts(days: i64, hours: i64, minutes: i64, seconds: i64, milliseconds: i64) -> Option<i64> {
    [(days, DAY), (hours, HOUR), (minutes, MINUTE), (seconds, SECOND), (milliseconds, time::MILLISECOND)]
        .into_iter()
        .try_fold(0i128, |sum, (n, unit)| sum.checked_add(i128::from(n) * i128::from(unit)))
        .and_then(|sum| i64::try_from(sum).ok())
}

//! `Get-Date -UFormat`: dates by `date(1)`'s letters, as PowerShell writes them (invariant culture).
use crate::culture;
use crate::net_error::NetError;
use crate::time::{self, SECOND};
use crate::time_format::date_into;
use std::fmt::Write;

/// A date by a UFormat text. A format that ends in a single `%` is the index error of the real one.
pub fn unix_format(value: u64, format: &str) -> Result<String, NetError> {
    let mut out = String::new();
    let ticks = time::ticks(value);
    let (year, _, day) = time::ymd(ticks);
    let (hour, ..) = time::hms(ticks);
    let weekday = time::day_of_week(ticks);
    let (iso_year, iso_week) = time::iso_week(ticks);
    let mut chars = format.strip_prefix('+').unwrap_or(format).chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let letter = chars.next().ok_or_else(|| {
            NetError::new("System.IndexOutOfRangeException", "Index was outside the bounds of the array.")
        })?;
        let pattern = match letter {
            'A' => "dddd",
            'a' => "ddd",
            'B' => "MMMM",
            'b' | 'h' => "MMM",
            'c' => "ddd dd MMM yyyy HH:mm:ss",
            'D' | 'x' => "MM/dd/yy",
            'd' => "dd",
            'F' => "yyyy-MM-dd",
            'H' => "HH",
            'I' => "hh",
            'M' => "mm",
            'm' => "MM",
            'p' => "tt",
            'R' => "HH:mm",
            'r' => "hh:mm:ss tt",
            'S' => "ss",
            'T' | 'X' => "HH:mm:ss",
            'Y' => "yyyy",
            'y' => "yy",
            'Z' => "zz",
            _ => "",
        };
        if !pattern.is_empty() {
            date_into(&mut out, value, pattern, culture::invariant())?;
            continue;
        }
        let _ = match letter {
            'C' => write!(out, "{:02}", year / 100),
            'e' => write!(out, "{day:2}"),
            'G' => write!(out, "{iso_year:04}"),
            'g' => write!(out, "{:02}", iso_year % 100),
            'j' => write!(out, "{:03}", time::day_of_year(ticks)),
            'k' => write!(out, "{hour:2}"),
            'l' => write!(out, "{:2}", (hour + 11) % 12 + 1),
            'n' => writeln!(out),
            's' => write!(out, "{}", (time::ticks(time::to_utc(value)) - time::UNIX_EPOCH).div_euclid(SECOND)),
            't' => write!(out, "\t"),
            'U' | 'W' => write!(out, "{}", time::day_of_year(ticks) / 7),
            'u' => write!(out, "{}", (weekday + 6) % 7 + 1),
            'V' => write!(out, "{iso_week:02}"),
            'w' => write!(out, "{weekday}"),
            other => write!(out, "{other}"),
        };
    }
    Ok(out)
}

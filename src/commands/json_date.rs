//! Dates in JSON texts: `2016-07-04T08:30:00`, with fractions, `Z` or an offset.
use crate::json_read::Dates;
use dialtone_object::Value;
use dialtone_object::time::{self, Kind, MINUTE};

fn value(ticks: i64, kind: Kind) -> Option<Value> {
    time::checked(ticks, kind).map(Value::DateTime)
}

/// The value of a text in the ISO form; none for other texts.
pub fn parse(text: &str, dates: Dates) -> Option<Value> {
    let bytes = text.as_bytes();
    let shape = |at: usize, b: u8| bytes.get(at) == Some(&b);
    if !(shape(4, b'-') && shape(7, b'-') && shape(10, b'T') && shape(13, b':') && shape(16, b':')) {
        return None;
    }
    let number = |from: usize, len: usize| -> Option<i64> {
        let part = text.get(from..from + len)?;
        part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse().ok())?
    };
    let (year, month, day) = (number(0, 4)?, number(5, 2)?, number(8, 2)?);
    let (hour, minute, second) = (number(11, 2)?, number(14, 2)?, number(17, 2)?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let seconds = time::from_hms(hour as i32, minute as i32, second as i32)?;
    let whole = time::from_ymd(year as i32, month as i32, day as i32)? + seconds;
    let mut rest = text.get(19..)?;
    let mut fraction = 0;
    if let Some(after) = rest.strip_prefix('.') {
        let len = after.bytes().take_while(u8::is_ascii_digit).count();
        if len == 0 {
            return None;
        }
        let digits: String = after[..len].chars().chain("0000000".chars()).take(7).collect();
        fraction = digits.parse().ok()?;
        rest = &after[len..];
    }
    let ticks = whole + fraction;
    match rest {
        "" => match dates {
            Dates::Utc => value(ticks, Kind::Utc),
            Dates::Local => value(ticks, Kind::Local),
            _ => value(ticks, Kind::Unspecified),
        },
        "Z" if dates == Dates::Local => local(ticks),
        "Z" => value(ticks, Kind::Utc),
        _ => {
            let sign = match rest.as_bytes().first()? {
                b'+' => 1,
                b'-' => -1,
                _ => return None,
            };
            let digits: String = rest[1..].chars().filter(|c| *c != ':').collect();
            if digits.len() != 4 || !digits.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
            let minutes = digits[..2].parse::<i64>().ok()? * 60 + digits[2..].parse::<i64>().ok()?;
            let utc = ticks - sign * minutes * MINUTE;
            if dates == Dates::Utc { value(utc, Kind::Utc) } else { local(utc) }
        }
    }
}

/// UTC ticks as a local time.
fn local(ticks: i64) -> Option<Value> {
    time::checked(ticks, Kind::Utc).map(|utc| Value::DateTime(time::to_local(utc)))
}

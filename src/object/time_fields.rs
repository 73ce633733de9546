//! What a text says of a date, and the date that makes: shared by `Parse` and `ParseExact`.
use crate::net_error::{NetError, format_error};
use crate::scalars::DateTimeOffset;
use crate::time::{self, Kind, MINUTE, SECOND};

/// `DateTimeStyles`
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct DateStyles(pub u32);
impl DateStyles {
    pub const NONE: DateStyles = DateStyles(0);
    pub const LEADING_WHITE: u32 = 1;
    pub const TRAILING_WHITE: u32 = 2;
    pub const INNER_WHITE: u32 = 4;
    pub const NO_CURRENT_DATE: u32 = 8;
    pub const ADJUST_TO_UNIVERSAL: u32 = 16;
    pub const ASSUME_LOCAL: u32 = 32;
    pub const ASSUME_UNIVERSAL_FLAG: u32 = 64;
    pub const ROUNDTRIP_KIND: u32 = 128;
    pub const ASSUME_UNIVERSAL: DateStyles = DateStyles(64);
    pub(crate) fn has(self, flag: u32) -> bool {
        self.0 & flag != 0
    }
}

/// What has been read so far.
#[derive(Default)]
pub(crate) struct Fields {
    pub year: Option<i32>,
    pub month: Option<i32>,
    pub day: Option<i32>,
    pub time: Option<(i32, i32, i32)>,
    /// Ticks within the second.
    pub fraction: i64,
    pub weekday: Option<i32>,
    /// Ticks from UTC, when the text says.
    pub offset: Option<i64>,
    /// The text said `Z` or `GMT`.
    pub utc: bool,
}

/// Why a text is no date.
pub(crate) enum Failure {
    Bad,
    Weekday,
    Calendar,
    Word(usize),
    /// The offset takes the time out of the calendar.
    Range,
    Format(NetError),
}
impl Failure {
    pub(crate) fn into_error(self, text: &str) -> NetError {
        match self {
            Failure::Bad => format_error(format!("String '{text}' was not recognized as a valid DateTime.")),
            Failure::Weekday => format_error(format!(
                "String '{text}' was not recognized as a valid DateTime because the day of week was incorrect."
            )),
            Failure::Calendar => format_error(format!(
                "The DateTime represented by the string '{text}' is not supported in calendar \
                 'System.Globalization.GregorianCalendar'."
            )),
            Failure::Word(at) => format_error(format!(
                "The string '{text}' was not recognized as a valid DateTime. There is an unknown word starting at \
                 index '{at}'."
            )),
            Failure::Range => format_error(format!("The DateTime represented by the string '{text}' is out of range.")),
            Failure::Format(error) => error,
        }
    }
}

/// A year of two digits lies between 1950 and 2049.
pub(crate) fn four_digits(year: i32) -> i32 {
    match year {
        0..=49 => 2000 + year,
        50..=99 => 1900 + year,
        other => other,
    }
}

fn clock(fields: &Fields, styles: DateStyles) -> Result<i64, Failure> {
    let (mut year, mut month, mut day) = (fields.year, fields.month, fields.day);
    if year.is_none() || month.is_none() || day.is_none() {
        let now = if styles.has(DateStyles::NO_CURRENT_DATE) { 0 } else { time::ticks(time::now()) };
        let today = time::ymd(now);
        if year.is_none() && month.is_none() && day.is_none() {
            (year, month, day) = (Some(today.0), Some(today.1), Some(today.2));
        }
        (year, month, day) = (year.or(Some(today.0)), month.or(Some(1)), day.or(Some(1)));
    }
    let date = time::from_ymd(year.unwrap_or(1), month.unwrap_or(1), day.unwrap_or(1)).ok_or(Failure::Calendar)?;
    let (hour, minute, second) = fields.time.unwrap_or_default();
    let ticks = date + time::from_hms(hour, minute, second).ok_or(Failure::Calendar)? + fields.fraction;
    if fields.weekday.is_some_and(|d| d != time::day_of_week(ticks)) {
        return Err(Failure::Weekday);
    }
    Ok(ticks.min(time::MAX_TICKS))
}

pub(crate) fn finish(fields: &Fields, styles: DateStyles) -> Result<u64, Failure> {
    let ticks = clock(fields, styles)?;
    let adjust = styles.has(DateStyles::ADJUST_TO_UNIVERSAL);
    let Some(offset) = fields.offset else {
        let kind = if styles.has(DateStyles::ASSUME_LOCAL) {
            Kind::Local
        } else if styles.has(DateStyles::ASSUME_UNIVERSAL_FLAG) {
            Kind::Utc
        } else {
            return Ok(time::make(ticks, Kind::Unspecified));
        };
        let value = time::make(ticks, kind);
        return Ok(if adjust { time::to_utc(value) } else { time::to_local(value) });
    };
    if styles.has(DateStyles::ROUNDTRIP_KIND) && fields.utc {
        return Ok(time::make(ticks, Kind::Utc));
    }
    let mut utc = ticks - offset;
    if !(0..=time::MAX_TICKS).contains(&utc) {
        // A bare time with an offset may fall off the first day.
        utc = if utc < 0 && fields.year.is_none() { utc + time::DAY } else { return Err(Failure::Range) };
    }
    let value = time::make(utc, Kind::Utc);
    Ok(if adjust { value } else { time::to_local(value) })
}

pub(crate) fn finish_offset(fields: &Fields, styles: DateStyles) -> Result<DateTimeOffset, Failure> {
    let ticks = clock(fields, styles)?;
    let mut offset = match fields.offset {
        Some(offset) => offset,
        None if styles.has(DateStyles::ASSUME_UNIVERSAL_FLAG) => 0,
        None => time::offset_of_local(ticks),
    };
    let (mut ticks, utc) = (ticks, ticks - offset);
    if !(0..=time::MAX_TICKS).contains(&utc) || offset.abs() > 14 * time::HOUR {
        return Err(Failure::Range);
    }
    if styles.has(DateStyles::ADJUST_TO_UNIVERSAL) {
        (ticks, offset) = (utc, 0);
    }
    Ok(DateTimeOffset { ticks, offset: (offset / MINUTE) as i32 })
}

/// The hour of the day; none when morning or afternoon does not go with it.
pub(crate) fn half_day(hour: i32, afternoon: Option<bool>) -> Option<i32> {
    match afternoon {
        None => Some(hour),
        Some(false) if hour > 12 => None,
        Some(false) => Some(hour % 12),
        Some(true) if hour > 23 => None,
        Some(true) if hour < 12 => Some(hour + 12),
        Some(true) => Some(hour),
    }
}

/// Ticks of the digits behind a second's point, rounded.
pub(crate) fn fraction_ticks(digits: &str) -> Option<i64> {
    if digits.is_empty() {
        return None;
    }
    format!("0.{digits}").parse::<f64>().ok().map(|n| (n * SECOND as f64).round() as i64)
}

/// `+h`, `+hh`, `+hhmm` or `+hh:mm` at a place: ticks, and the place behind.
pub(crate) fn read_offset(text: &[char], at: usize) -> Option<(i64, usize)> {
    let sign = match text.get(at)? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    let run = |from: usize| text[from..].iter().take_while(|c| c.is_ascii_digit()).count();
    let number = |from: usize, to: usize| text[from..to].iter().collect::<String>().parse::<i64>().ok();
    let from = at + 1;
    let (hours, minutes, end) = match run(from) {
        count @ (1 | 2) => {
            let end = from + count;
            if text.get(end) == Some(&':') {
                let count = run(end + 1);
                if count != 2 {
                    return None;
                }
                (number(from, end)?, number(end + 1, end + 3)?, end + 3)
            } else {
                (number(from, end)?, 0, end)
            }
        }
        count @ (3 | 4) => {
            let end = from + count;
            (number(from, end - 2)?, number(end - 2, end)?, end)
        }
        _ => return None,
    };
    (minutes < 60 && hours <= 14).then(|| (sign * (hours * 60 + minutes) * MINUTE, end))
}

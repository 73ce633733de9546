//! Dates and spans as numbers: ticks of 100 ns, the proleptic Gregorian calendar, DateTimeKind, the local time zone.
//! Text is in `time_format` and `time_parse`.
use std::sync::OnceLock;

/// Ticks of one unit.
pub const MICROSECOND: i64 = 10;
pub const MILLISECOND: i64 = 10_000;
pub const SECOND: i64 = 10_000_000;
pub const MINUTE: i64 = 60 * SECOND;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;
/// `DateTime.MaxValue.Ticks`
pub const MAX_TICKS: i64 = 3_155_378_975_999_999_999;
/// Ticks at 1970-01-01 and at 1601-01-01 (FileTime).
pub const UNIX_EPOCH: i64 = 621_355_968_000_000_000;
pub const FILE_EPOCH: i64 = 504_911_232_000_000_000;

/// `DateTimeKind`
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Unspecified,
    Utc,
    Local,
}

const TICKS_MASK: u64 = 0x3FFF_FFFF_FFFF_FFFF;

/// The bits of `Value::DateTime`.
pub const fn make(ticks: i64, kind: Kind) -> u64 {
    (ticks as u64 & TICKS_MASK) | (kind as u64) << 62
}
pub const fn ticks(value: u64) -> i64 {
    (value & TICKS_MASK) as i64
}
pub const fn kind(value: u64) -> Kind {
    match value >> 62 {
        0 => Kind::Unspecified,
        1 => Kind::Utc,
        _ => Kind::Local,
    }
}
/// A checked date; none outside the years 1 to 9999.
pub fn checked(ticks: i64, kind: Kind) -> Option<u64> {
    (0..=MAX_TICKS).contains(&ticks).then(|| make(ticks, kind))
}

pub const fn is_leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}
/// Days of a month; 0 for a month that does not exist.
pub const fn days_in_month(year: i32, month: i32) -> i32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 => 28 + is_leap(year) as i32,
        1..=12 => 31,
        _ => 0,
    }
}

/// Days before each month of a common year.
const MONTHS: [i64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

/// Days from 0001-01-01 to the first of a month.
fn days_before(year: i32, month: i32) -> i64 {
    let y = i64::from(year - 1);
    let leap = month > 2 && is_leap(year);
    let months = MONTHS.get(month as usize - 1).copied().unwrap_or(0) + i64::from(leap);
    y * 365 + y / 4 - y / 100 + y / 400 + months
}

/// Ticks of a day; none when there is no such day.
pub fn from_ymd(year: i32, month: i32, day: i32) -> Option<i64> {
    let valid = (1..=9999).contains(&year) && day >= 1 && day <= days_in_month(year, month);
    valid.then(|| (days_before(year, month) + i64::from(day - 1)) * DAY)
}
/// Ticks of a time of day; none when a part is out of range.
pub fn from_hms(hour: i32, minute: i32, second: i32) -> Option<i64> {
    let valid = (0..24).contains(&hour) && (0..60).contains(&minute) && (0..60).contains(&second);
    valid.then(|| i64::from(hour) * HOUR + i64::from(minute) * MINUTE + i64::from(second) * SECOND)
}

/// Year, month and day of ticks.
pub fn ymd(ticks: i64) -> (i32, i32, i32) {
    let days = ticks / DAY;
    // Close from below, then corrected: at most one step.
    let mut year = (days * 400 / 146_097) as i32 + 1;
    while days_before(year, 1) > days {
        year -= 1;
    }
    while days_before(year + 1, 1) <= days {
        year += 1;
    }
    // No month is longer than 31 days, so this is at most one too early.
    let rest = (days - days_before(year, 1)) as i32;
    let mut month = rest / 31 + 1;
    if month < 12 && days_before(year, month + 1) <= days {
        month += 1;
    }
    (year, month, (days - days_before(year, month)) as i32 + 1)
}
/// Hour, minute, second and ticks within the second.
pub fn hms(ticks: i64) -> (i32, i32, i32, i32) {
    let t = ticks.rem_euclid(DAY);
    ((t / HOUR) as i32, (t / MINUTE % 60) as i32, (t / SECOND % 60) as i32, (t % SECOND) as i32)
}
/// 0 is Sunday.
pub fn day_of_week(ticks: i64) -> i32 {
    ((ticks / DAY + 1) % 7) as i32
}
pub fn day_of_year(ticks: i64) -> i32 {
    let (year, _, _) = ymd(ticks);
    (ticks / DAY - days_before(year, 1)) as i32 + 1
}

/// `AddMonths`: the day is cut to the length of the month. None outside the calendar.
pub fn add_months(ticks: i64, months: i64) -> Option<i64> {
    let (year, month, day) = ymd(ticks);
    let at = i64::from(year) * 12 + i64::from(month - 1) + months;
    let (year, month) = (i32::try_from(at.div_euclid(12)).ok()?, at.rem_euclid(12) as i32 + 1);
    Some(from_ymd(year, month, day.min(days_in_month(year, month)))? + ticks % DAY)
}

/// ISO 8601 year and week.
pub fn iso_week(ticks: i64) -> (i32, i32) {
    let weekday = (day_of_week(ticks) + 6) % 7;
    // The week belongs to the year of its Thursday.
    let thursday = ticks / DAY + i64::from(3 - weekday);
    let (year, _, _) = ymd(thursday.max(0) * DAY);
    (year, ((thursday - days_before(year, 1)) / 7) as i32 + 1)
}

/// The local time zone, read when first asked for (TZ, /etc/localtime).
fn zone() -> &'static jiff::tz::TimeZone {
    static ZONE: OnceLock<jiff::tz::TimeZone> = OnceLock::new();
    ZONE.get_or_init(jiff::tz::TimeZone::system)
}
/// The zone's name (`Europe/Berlin`, `UTC`).
pub fn zone_name() -> &'static str {
    zone().iana_name().unwrap_or("UTC")
}

/// What a zone is at an instant: distance from UTC in ticks, and whether daylight saving holds.
pub fn zone_at(zone: &jiff::tz::TimeZone, utc: i64) -> (i64, bool) {
    match jiff::Timestamp::from_second((utc - UNIX_EPOCH).div_euclid(SECOND)) {
        Ok(at) => {
            let info = zone.to_offset_info(at);
            (i64::from(info.offset().seconds()) * SECOND, info.dst().is_dst())
        }
        Err(_) => (0, false),
    }
}
/// Distance of a zone from UTC for a time on its clocks; a time that is skipped or occurs twice takes standard time.
pub fn zone_at_local(zone: &jiff::tz::TimeZone, local: i64) -> (i64, bool) {
    let (before, before_dst) = zone_at(zone, local - DAY);
    let (after, after_dst) = zone_at(zone, local + DAY);
    let fits = |offset: i64| zone_at(zone, local - offset).0 == offset;
    match (fits(before), fits(after)) {
        _ if before == after => {
            let (at, dst) = zone_at(zone, local - before);
            (at, dst)
        }
        (true, false) => (before, before_dst),
        (false, true) => (after, after_dst),
        _ if before_dst => (after, after_dst),
        _ => (before, before_dst),
    }
}

/// Distance of local time from UTC at an instant (UTC ticks).
pub fn local_offset(utc: i64) -> i64 {
    zone_at(zone(), utc).0
}
/// The same for a time of the local clock.
pub fn offset_of_local(local: i64) -> i64 {
    zone_at_local(zone(), local).0
}
/// `TimeZoneInfo.Local.IsDaylightSavingTime` of a local time.
pub fn is_daylight(local: i64) -> bool {
    zone_at_local(zone(), local).1
}
/// The local zone, for TimeZoneInfo.
pub fn local_zone() -> &'static jiff::tz::TimeZone {
    zone()
}

/// `ToLocalTime`: an unspecified time counts as UTC.
pub fn to_local(value: u64) -> u64 {
    match kind(value) {
        Kind::Local => value,
        _ => {
            let utc = ticks(value);
            make((utc + local_offset(utc)).clamp(0, MAX_TICKS), Kind::Local)
        }
    }
}
/// `ToUniversalTime`: an unspecified time counts as local.
pub fn to_utc(value: u64) -> u64 {
    match kind(value) {
        Kind::Utc => value,
        _ => {
            let local = ticks(value);
            make((local - offset_of_local(local)).clamp(0, MAX_TICKS), Kind::Utc)
        }
    }
}

/// `DateTime.UtcNow`
pub fn utc_now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    make(UNIX_EPOCH + (since.as_nanos() / 100) as i64, Kind::Utc)
}
/// `DateTime.Now`
pub fn now() -> u64 {
    to_local(utc_now())
}

/// `TimeSpan.FromSeconds(n)` and its kin for a double: to the nearest tick.
pub fn span_of(units: f64, unit: i64) -> Option<i64> {
    let ticks = units * unit as f64;
    (!ticks.is_nan() && ticks.abs() <= i64::MAX as f64).then(|| ticks.trunc() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calendar() {
        for (y, m, d) in [(1, 1, 1), (1900, 2, 28), (2000, 2, 29), (2024, 12, 31), (9999, 12, 31)] {
            assert_eq!(ymd(from_ymd(y, m, d).unwrap()), (y, m, d));
        }
        assert_eq!(
            (0..3_652_059).find(|day| {
                let (y, m, d) = ymd(day * DAY);
                from_ymd(y, m, d) != Some(day * DAY)
            }),
            None
        );
        assert_eq!(add_months(from_ymd(2024, 1, 31).unwrap(), 1), from_ymd(2024, 2, 29));
        assert_eq!(iso_week(from_ymd(2023, 1, 1).unwrap()), (2022, 52));
        assert_eq!(day_of_week(from_ymd(2024, 2, 29).unwrap()), 4);
    }
}

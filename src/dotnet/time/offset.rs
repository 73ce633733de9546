//! `System.DateTimeOffset`.
use super::date::{bits, parts, units};
use super::{exact_with, parse_with, try_exact_with, try_with};
use crate::args::Args;
use crate::{fail, overloads};
use dialtone_object::scalars::DateTimeOffset;
use dialtone_object::time::{self, DAY, HOUR, Kind, MICROSECOND, MILLISECOND, MINUTE, SECOND};
use dialtone_object::time_parse::{parse_offset, parse_offset_exact};
use dialtone_object::{Prop, Res, Runtime, TypeTable, Value, enums, types};

type Rt<'a> = &'a mut dyn Runtime;

fn of(v: &Value) -> DateTimeOffset {
    v.get::<DateTimeOffset>().copied().unwrap_or(DateTimeOffset { ticks: 0, offset: 0 })
}
fn distance(o: DateTimeOffset) -> i64 {
    i64::from(o.offset) * MINUTE
}
fn value(o: DateTimeOffset) -> Value {
    Value::object(o)
}
fn int(n: i32) -> Res<Value> {
    Ok(Value::Int(n))
}
fn date(ticks: i64, kind: Kind) -> Res<Value> {
    Ok(Value::DateTime(time::make(ticks, kind)))
}

/// The clock's ticks with an offset (ticks) beside them.
fn make(ticks: i64, offset: i64) -> Res<Value> {
    if offset % MINUTE != 0 {
        return Err(fail::argument_of("Offset must be specified in whole minutes.", "offset"));
    }
    if offset.abs() > 14 * HOUR {
        return Err(fail::out_of_range("Offset must be within plus or minus 14 hours.", "offset"));
    }
    let inside = |t: i64| (0..=time::MAX_TICKS).contains(&t);
    if !inside(ticks) || !inside(ticks - offset) {
        let message = "The UTC time represented when the offset is applied must be between year 0 and 10,000.";
        return Err(fail::out_of_range(message, "offset"));
    }
    Ok(value(DateTimeOffset { ticks, offset: (offset / MINUTE) as i32 }))
}
/// A UTC instant as seen at an offset.
fn at(utc: i64, offset: i64) -> Res<Value> {
    make(utc + offset, offset)
}
fn of_date(v: &Value) -> Res<Value> {
    let bits = bits(v);
    let ticks = time::ticks(bits);
    match time::kind(bits) {
        Kind::Utc => make(ticks, 0),
        _ => make(ticks, time::offset_of_local(ticks)),
    }
}

fn new(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    match (args.at(0).base(), args.len()) {
        (_, 0) => make(0, 0),
        (Value::DateTime(_), 1) => of_date(args.at(0)),
        (Value::DateTime(b), _) => {
            let (ticks, offset) = (time::ticks(*b), args.long(1));
            match time::kind(*b) {
                Kind::Utc if offset != 0 => {
                    Err(fail::argument_of("The UTC Offset for Utc DateTime instances must be 0.", "offset"))
                }
                Kind::Local if offset != time::offset_of_local(ticks) => Err(fail::argument_of(
                    "The UTC Offset of the local dateTime parameter does not match the offset argument.",
                    "offset",
                )),
                _ => make(ticks, offset),
            }
        }
        (Value::Long(ticks), _) => make(*ticks, args.long(1)),
        _ => {
            let (ticks, used) = parts(args)?;
            make(ticks, args.long(used))
        }
    }
}

fn moved(this: &Value, by: Option<i64>, param: &str) -> Res<Value> {
    let o = of(this);
    by.and_then(|by| o.ticks.checked_add(by))
        .filter(|t| (0..=time::MAX_TICKS).contains(t))
        .map(|ticks| value(DateTimeOffset { ticks, offset: o.offset }))
        .ok_or_else(|| {
            fail::out_of_range("The added or subtracted value results in an un-representable DateTime.", param)
        })
}
macro_rules! adders {
    ($($name:ident $unit:expr;)*) => {
        $(fn $name(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
            moved(this, units(args.number(0), $unit), "value")
        })*
    };
}
adders! {
    add_days DAY; add_hours HOUR; add_minutes MINUTE; add_seconds SECOND; add_milliseconds MILLISECOND;
    add_microseconds MICROSECOND;
}
fn add(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    moved(this, Some(args.long(0)), "value")
}
fn months(this: &Value, months: i64, param: &str) -> Res<Value> {
    let ticks = of(this).ticks;
    moved(this, time::add_months(ticks, months).map(|sum| sum - ticks), param)
}
fn add_months(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    months(this, args.long(0), "months")
}
fn add_years(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    months(this, args.long(0) * 12, "years")
}
fn difference(left: &Value, right: &Value) -> Res<Value> {
    match right.base() {
        Value::TimeSpan(by) => moved(left, by.checked_neg(), "value"),
        other => Ok(Value::TimeSpan(of(left).utc_ticks() - of(other).utc_ticks())),
    }
}
fn subtract(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    difference(this, args.at(0))
}
fn op_subtraction(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    difference(args.at(0), args.at(1))
}
fn op_addition(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    moved(args.at(0), Some(args.long(1)), "value")
}
fn order(a: &Value, b: &Value) -> i32 {
    of(a).utc_ticks().cmp(&of(b).utc_ticks()) as i32
}
fn compare_to(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    int(order(this, args.at(0)))
}
fn compare(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    int(order(args.at(0), args.at(1)))
}
fn equals_static(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::Bool(order(args.at(0), args.at(1)) == 0))
}
fn equals_exact(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let (a, b) = (of(this), of(args.at(0)));
    Ok(Value::Bool(a.ticks == b.ticks && a.offset == b.offset))
}
fn to_file_time(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    match of(this).utc_ticks() - time::FILE_EPOCH {
        n if n < 0 => Err(super::unrepresentable("Not a valid Win32 FileTime.")),
        n => Ok(Value::Long(n)),
    }
}
fn to_local(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    let utc = of(this).utc_ticks();
    at(utc, time::local_offset(utc))
}
fn to_offset(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    at(of(this).utc_ticks(), args.long(0))
}
fn to_universal(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    at(of(this).utc_ticks(), 0)
}
fn to_unix_seconds(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    Ok(Value::Long((of(this).utc_ticks() - time::UNIX_EPOCH).div_euclid(SECOND)))
}
fn to_unix_milliseconds(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    Ok(Value::Long((of(this).utc_ticks() - time::UNIX_EPOCH).div_euclid(MILLISECOND)))
}
/// Units since 1970, with the bounds that .NET names.
fn from_unix(n: i64, unit: i64, param: &str) -> Res<Value> {
    let (low, high) = (-time::UNIX_EPOCH / unit, (time::MAX_TICKS - time::UNIX_EPOCH) / unit);
    if !(low..=high).contains(&n) {
        return Err(fail::out_of_range(&format!("Valid values are between {low} and {high}, inclusive."), param));
    }
    make(time::UNIX_EPOCH + n * unit, 0)
}
fn from_unix_seconds(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    from_unix(args.long(0), SECOND, "seconds")
}
fn from_unix_milliseconds(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    from_unix(args.long(0), MILLISECOND, "milliseconds")
}
fn from_file_time(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let ticks = args.long(0).checked_add(time::FILE_EPOCH).filter(|_| args.long(0) >= 0);
    match ticks.filter(|t| *t <= time::MAX_TICKS) {
        Some(utc) => at(utc, time::local_offset(utc)),
        None => Err(fail::out_of_range("Not a valid Win32 FileTime.", "fileTime")),
    }
}
fn parse(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    parse_with(args, "input", |text, culture, styles| parse_offset(text, culture, styles).map(value))
}
fn zero() -> Value {
    value(DateTimeOffset { ticks: 0, offset: 0 })
}
fn try_parse(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    try_with(rt, args, zero(), |given| {
        let (culture, styles) = super::provider(given.get(1..).unwrap_or(&[]));
        parse_offset(&given.text(0), culture, styles).map(value)
    })
}
fn parse_exact(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    exact_with(args, |text, formats, culture, styles| parse_offset_exact(text, formats, culture, styles).map(value))
}
fn try_parse_exact(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    try_exact_with(rt, args, zero(), |text, formats, culture, styles| {
        parse_offset_exact(text, formats, culture, styles).map(value)
    })
}

pub static TABLE: TypeTable = TypeTable {
    ctors: overloads! {
        new => "System.DateTimeOffset new(long ticks, timespan offset)" "System.DateTimeOffset new(datetime dateTime)"
            "System.DateTimeOffset new(datetime dateTime, timespan offset)"
            "System.DateTimeOffset new(int year, int month, int day, int hour, int minute, int second, timespan offset)"
            "System.DateTimeOffset new(int year, int month, int day, int hour, int minute, int second, int millisecond, timespan offset)"
            "System.DateTimeOffset new(int year, int month, int day, int hour, int minute, int second, int millisecond, int microsecond, timespan offset)";
    },
    props: &[
        Prop::get("DateTime", "datetime", |_, v| date(of(v).ticks, Kind::Unspecified)),
        Prop::get("UtcDateTime", "datetime", |_, v| date(of(v).utc_ticks(), Kind::Utc)),
        Prop::get("LocalDateTime", "datetime", |_, v| {
            Ok(Value::DateTime(time::to_local(time::make(of(v).utc_ticks(), Kind::Utc))))
        }),
        Prop::get("Date", "datetime", |_, v| date(of(v).ticks / DAY * DAY, Kind::Unspecified)),
        Prop::get("Day", "int", |_, v| int(time::ymd(of(v).ticks).2)),
        Prop::get("DayOfWeek", "System.DayOfWeek", |_, v| {
            Ok(enums::of("System.DayOfWeek", i64::from(time::day_of_week(of(v).ticks))))
        }),
        Prop::get("DayOfYear", "int", |_, v| int(time::day_of_year(of(v).ticks))),
        Prop::get("Hour", "int", |_, v| int(time::hms(of(v).ticks).0)),
        Prop::get("Millisecond", "int", |_, v| int(time::hms(of(v).ticks).3 / MILLISECOND as i32)),
        Prop::get("Microsecond", "int", |_, v| int(time::hms(of(v).ticks).3 / MICROSECOND as i32 % 1000)),
        Prop::get("Nanosecond", "int", |_, v| int(time::hms(of(v).ticks).3 % MICROSECOND as i32 * 100)),
        Prop::get("Minute", "int", |_, v| int(time::hms(of(v).ticks).1)),
        Prop::get("Month", "int", |_, v| int(time::ymd(of(v).ticks).1)),
        Prop::get("Offset", "timespan", |_, v| Ok(Value::TimeSpan(distance(of(v))))),
        Prop::get("TotalOffsetMinutes", "int", |_, v| int(of(v).offset)),
        Prop::get("Second", "int", |_, v| int(time::hms(of(v).ticks).2)),
        Prop::get("Ticks", "long", |_, v| Ok(Value::Long(of(v).ticks))),
        Prop::get("UtcTicks", "long", |_, v| Ok(Value::Long(of(v).utc_ticks()))),
        Prop::get("TimeOfDay", "timespan", |_, v| Ok(Value::TimeSpan(of(v).ticks % DAY))),
        Prop::get("Year", "int", |_, v| int(time::ymd(of(v).ticks).0)),
    ],
    methods: overloads! {
        add => "System.DateTimeOffset Add(timespan timeSpan)";
        add_days => "System.DateTimeOffset AddDays(double days)";
        add_hours => "System.DateTimeOffset AddHours(double hours)";
        add_microseconds => "System.DateTimeOffset AddMicroseconds(double microseconds)";
        add_milliseconds => "System.DateTimeOffset AddMilliseconds(double milliseconds)";
        add_minutes => "System.DateTimeOffset AddMinutes(double minutes)";
        add_months => "System.DateTimeOffset AddMonths(int months)";
        add_seconds => "System.DateTimeOffset AddSeconds(double seconds)";
        add => "System.DateTimeOffset AddTicks(long ticks)";
        add_years => "System.DateTimeOffset AddYears(int years)";
        compare_to => "int CompareTo(System.DateTimeOffset other)";
        crate::object::equals => "bool Equals(System.Object obj)" "bool Equals(System.DateTimeOffset other)";
        equals_exact => "bool EqualsExact(System.DateTimeOffset other)";
        subtract => "timespan Subtract(System.DateTimeOffset value)" "System.DateTimeOffset Subtract(timespan value)";
        to_file_time => "long ToFileTime()";
        to_local => "System.DateTimeOffset ToLocalTime()";
        to_offset => "System.DateTimeOffset ToOffset(timespan offset)";
        crate::object::to_string_format => "string ToString()" "string ToString(string format)"
            "string ToString(System.IFormatProvider formatProvider)"
            "string ToString(string format, System.IFormatProvider formatProvider)";
        to_universal => "System.DateTimeOffset ToUniversalTime()";
        to_unix_milliseconds => "long ToUnixTimeMilliseconds()";
        to_unix_seconds => "long ToUnixTimeSeconds()";
    },
    static_props: &[
        Prop::get("MaxValue", "System.DateTimeOffset", |_, _| make(time::MAX_TICKS, 0)),
        Prop::get("MinValue", "System.DateTimeOffset", |_, _| Ok(zero())),
        Prop::get("Now", "System.DateTimeOffset", |_, _| of_date(&Value::DateTime(time::now()))),
        Prop::get("UnixEpoch", "System.DateTimeOffset", |_, _| make(time::UNIX_EPOCH, 0)),
        Prop::get("UtcNow", "System.DateTimeOffset", |_, _| of_date(&Value::DateTime(time::utc_now()))),
    ],
    static_methods: overloads! {
        compare => "static int Compare(System.DateTimeOffset first, System.DateTimeOffset second)";
        equals_static => "static bool Equals(System.DateTimeOffset first, System.DateTimeOffset second)";
        from_file_time => "static System.DateTimeOffset FromFileTime(long fileTime)";
        from_unix_milliseconds => "static System.DateTimeOffset FromUnixTimeMilliseconds(long milliseconds)";
        from_unix_seconds => "static System.DateTimeOffset FromUnixTimeSeconds(long seconds)";
        op_addition =>
            "static System.DateTimeOffset op_Addition(System.DateTimeOffset dateTimeOffset, timespan timeSpan)";
        op_subtraction =>
            "static System.DateTimeOffset op_Subtraction(System.DateTimeOffset dateTimeOffset, timespan timeSpan)"
            "static timespan op_Subtraction(System.DateTimeOffset left, System.DateTimeOffset right)";
        parse => "static System.DateTimeOffset Parse(string input)"
            "static System.DateTimeOffset Parse(string input, System.IFormatProvider formatProvider)"
            "static System.DateTimeOffset Parse(string input, System.IFormatProvider formatProvider, System.Globalization.DateTimeStyles styles)";
        parse_exact =>
            "static System.DateTimeOffset ParseExact(string input, string format, System.IFormatProvider formatProvider)"
            "static System.DateTimeOffset ParseExact(string input, string format, System.IFormatProvider formatProvider, System.Globalization.DateTimeStyles styles)"
            "static System.DateTimeOffset ParseExact(string input, string[] formats, System.IFormatProvider formatProvider, System.Globalization.DateTimeStyles styles)";
        try_parse => "static bool TryParse(string input, [ref] System.DateTimeOffset result)"
            "static bool TryParse(string input, System.IFormatProvider formatProvider, System.Globalization.DateTimeStyles styles, [ref] System.DateTimeOffset result)"
            "static bool TryParse(string s, System.IFormatProvider provider, [ref] System.DateTimeOffset result)";
        try_parse_exact =>
            "static bool TryParseExact(string input, string format, System.IFormatProvider formatProvider, System.Globalization.DateTimeStyles styles, [ref] System.DateTimeOffset result)"
            "static bool TryParseExact(string input, string[] formats, System.IFormatProvider formatProvider, System.Globalization.DateTimeStyles styles, [ref] System.DateTimeOffset result)";
    },
    ..TypeTable::of(&types::DATETIME_OFFSET)
};

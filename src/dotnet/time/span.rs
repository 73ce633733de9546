//! `System.TimeSpan`.
use super::{exact_with, parse_with, try_with};
use crate::args::Args;
use crate::{fail, overloads};
use dialtone_object::time::{self, DAY, HOUR, MICROSECOND, MILLISECOND, MINUTE, SECOND};
use dialtone_object::time_parse::{parse_span, parse_span_exact};
use dialtone_object::{Flow, Prop, Res, Runtime, TypeTable, Value, types};

type Rt<'a> = &'a mut dyn Runtime;

fn ticks(v: &Value) -> i64 {
    match v.base() {
        Value::TimeSpan(n) => *n,
        _ => 0,
    }
}
fn too_long() -> Flow {
    fail::overflow("TimeSpan overflowed because the duration is too long.")
}
fn span(ticks: Option<i64>) -> Res<Value> {
    ticks.map(Value::TimeSpan).ok_or_else(too_long)
}
fn int(n: i64) -> Res<Value> {
    Ok(Value::Int(n as i32))
}
fn total(v: &Value, unit: f64) -> Res<Value> {
    Ok(Value::Double(ticks(v) as f64 / unit))
}

/// Whole numbers of units that follow each other: `units` from the first argument on.
fn sum(args: &[Value], units: &[i64]) -> Res<Value> {
    let all = units.iter().enumerate().map(|(at, unit)| i128::from(args.long(at)) * i128::from(*unit));
    span(i64::try_from(all.sum::<i128>()).ok())
}
fn new(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    match args.len() {
        0 => Ok(Value::TimeSpan(0)),
        1 => Ok(Value::TimeSpan(args.long(0))),
        3 => sum(args, &[HOUR, MINUTE, SECOND]),
        _ => sum(args, &[DAY, HOUR, MINUTE, SECOND, MILLISECOND, MICROSECOND]),
    }
}
/// A double number of units, cut to ticks.
fn from_double(n: f64, unit: i64) -> Res<Value> {
    if n.is_nan() {
        return Err(fail::argument_of("TimeSpan does not accept floating point Not-a-Number values.", "value"));
    }
    span(time::span_of(n, unit))
}
macro_rules! makers {
    ($($name:ident $($unit:ident)+;)*) => {
        $(fn $name(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
            const UNITS: &[i64] = &[$($unit),+];
            match args.at(0).base() {
                Value::Double(n) => from_double(*n, UNITS[0]),
                _ => sum(args, UNITS),
            }
        })*
    };
}
makers! {
    from_days DAY HOUR MINUTE SECOND MILLISECOND MICROSECOND;
    from_hours HOUR MINUTE SECOND MILLISECOND MICROSECOND;
    from_minutes MINUTE SECOND MILLISECOND MICROSECOND;
    from_seconds SECOND MILLISECOND MICROSECOND;
    from_milliseconds MILLISECOND MICROSECOND;
    from_microseconds MICROSECOND;
}
fn from_ticks(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::TimeSpan(args.long(0)))
}

fn add(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    span(ticks(this).checked_add(args.long(0)))
}
fn subtract(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    span(ticks(this).checked_sub(args.long(0)))
}
fn negate(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    ticks(this)
        .checked_neg()
        .map(Value::TimeSpan)
        .ok_or_else(|| fail::overflow("Negating the minimum value of a twos complement number is invalid."))
}
fn duration(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    ticks(this).checked_abs().map(Value::TimeSpan).ok_or_else(|| {
        fail::overflow(
            "The duration cannot be returned for TimeSpan.MinValue because the absolute value of TimeSpan.MinValue \
             exceeds the value of TimeSpan.MaxValue.",
        )
    })
}
/// A rounded number of ticks.
fn rounded(n: f64) -> Res<Value> {
    if n.is_nan() {
        return Err(fail::argument("TimeSpan does not accept floating point Not-a-Number values."));
    }
    span((n.abs() < i64::MAX as f64).then(|| n.round_ties_even() as i64))
}
fn multiply(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    rounded(ticks(this) as f64 * args.number(0))
}
fn divide(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    match args.at(0).base() {
        Value::TimeSpan(by) => Ok(Value::Double(ticks(this) as f64 / *by as f64)),
        _ => rounded(ticks(this) as f64 / args.number(0)),
    }
}
fn compare_to(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    match args.at(0).base() {
        Value::Null => int(1),
        Value::TimeSpan(other) => int(ticks(this).cmp(other) as i64),
        _ => Err(fail::argument("Object must be of type TimeSpan.")),
    }
}
fn compare(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    int(ticks(args.at(0)).cmp(&ticks(args.at(1))) as i64)
}
fn equals_static(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::Bool(ticks(args.at(0)) == ticks(args.at(1))))
}
fn parse(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    parse_with(args, "s", |text, culture, _| parse_span(text, culture).map(Value::TimeSpan))
}
fn try_parse(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    try_with(rt, args, Value::TimeSpan(0), |given| {
        let (culture, _) = super::provider(given.get(1..).unwrap_or(&[]));
        parse_span(&given.text(0), culture).map(Value::TimeSpan)
    })
}
/// `TimeSpanStyles.AssumeNegative`
fn signed(ticks: i64, styles: u32) -> Value {
    Value::TimeSpan(if styles & 1 == 1 { ticks.wrapping_neg() } else { ticks })
}
fn parse_exact(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    exact_with(args, |text, formats, culture, styles| {
        parse_span_exact(text, formats, culture).map(|n| signed(n, styles.0))
    })
}
fn try_parse_exact(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    // A format that is none is no error here, as opposed to dates.
    let Some((result, given)) = args.split_last() else { return Ok(Value::Bool(false)) };
    let parsed = parse_exact(rt, &Value::Null, given).ok();
    let ok = parsed.is_some();
    rt.set_property(result, "Value", parsed.unwrap_or(Value::TimeSpan(0)))?;
    Ok(Value::Bool(ok))
}

macro_rules! longs {
    ($($name:literal $ty:literal $n:expr;)*) => {
        &[
            Prop::get("MaxValue", "timespan", |_, _| Ok(Value::TimeSpan(i64::MAX))),
            Prop::get("MinValue", "timespan", |_, _| Ok(Value::TimeSpan(i64::MIN))),
            Prop::get("Zero", "timespan", |_, _| Ok(Value::TimeSpan(0))),
            Prop::get("HoursPerDay", "int", |_, _| Ok(Value::Int(24))),
            $(Prop::get($name, $ty, |_, _| Ok(Value::Long($n))),)*
        ]
    };
}

pub static TABLE: TypeTable = TypeTable {
    ctors: overloads! {
        new => "timespan new(long ticks)" "timespan new(int hours, int minutes, int seconds)"
            "timespan new(int days, int hours, int minutes, int seconds)"
            "timespan new(int days, int hours, int minutes, int seconds, int milliseconds)"
            "timespan new(int days, int hours, int minutes, int seconds, int milliseconds, int microseconds)";
    },
    props: &[
        Prop::get("Ticks", "long", |_, v| Ok(Value::Long(ticks(v)))),
        Prop::get("Days", "int", |_, v| int(ticks(v) / DAY)),
        Prop::get("Hours", "int", |_, v| int(ticks(v) / HOUR % 24)),
        Prop::get("Milliseconds", "int", |_, v| int(ticks(v) / MILLISECOND % 1000)),
        Prop::get("Microseconds", "int", |_, v| int(ticks(v) / MICROSECOND % 1000)),
        Prop::get("Nanoseconds", "int", |_, v| int(ticks(v) % MICROSECOND * 100)),
        Prop::get("Minutes", "int", |_, v| int(ticks(v) / MINUTE % 60)),
        Prop::get("Seconds", "int", |_, v| int(ticks(v) / SECOND % 60)),
        Prop::get("TotalDays", "double", |_, v| total(v, DAY as f64)),
        Prop::get("TotalHours", "double", |_, v| total(v, HOUR as f64)),
        Prop::get("TotalMilliseconds", "double", |_, v| total(v, MILLISECOND as f64)),
        Prop::get("TotalMicroseconds", "double", |_, v| total(v, MICROSECOND as f64)),
        Prop::get("TotalNanoseconds", "double", |_, v| Ok(Value::Double(ticks(v) as f64 * 100.0))),
        Prop::get("TotalMinutes", "double", |_, v| total(v, MINUTE as f64)),
        Prop::get("TotalSeconds", "double", |_, v| total(v, SECOND as f64)),
    ],
    methods: overloads! {
        add => "timespan Add(timespan ts)";
        compare_to => "int CompareTo(System.Object value)" "int CompareTo(timespan value)";
        divide => "timespan Divide(double divisor)" "double Divide(timespan ts)";
        duration => "timespan Duration()";
        crate::object::equals => "bool Equals(System.Object value)" "bool Equals(timespan obj)";
        multiply => "timespan Multiply(double factor)";
        negate => "timespan Negate()";
        subtract => "timespan Subtract(timespan ts)";
        crate::object::to_string_format => "string ToString()" "string ToString(string format)"
            "string ToString(string format, System.IFormatProvider formatProvider)";
    },
    static_props: longs! {
        "MicrosecondsPerDay" "long" 86_400_000_000; "MicrosecondsPerHour" "long" 3_600_000_000;
        "MicrosecondsPerMillisecond" "long" 1000; "MicrosecondsPerMinute" "long" 60_000_000;
        "MicrosecondsPerSecond" "long" 1_000_000; "MillisecondsPerDay" "long" 86_400_000;
        "MillisecondsPerHour" "long" 3_600_000; "MillisecondsPerMinute" "long" 60_000;
        "MillisecondsPerSecond" "long" 1000; "MinutesPerDay" "long" 1440; "MinutesPerHour" "long" 60;
        "NanosecondsPerTick" "long" 100; "SecondsPerDay" "long" 86_400; "SecondsPerHour" "long" 3600;
        "SecondsPerMinute" "long" 60; "TicksPerDay" "long" DAY; "TicksPerHour" "long" HOUR;
        "TicksPerMicrosecond" "long" MICROSECOND; "TicksPerMillisecond" "long" MILLISECOND;
        "TicksPerMinute" "long" MINUTE; "TicksPerSecond" "long" SECOND;
    },
    static_methods: overloads! {
        compare => "static int Compare(timespan t1, timespan t2)";
        equals_static => "static bool Equals(timespan t1, timespan t2)";
        from_days => "static timespan FromDays(double value)" "static timespan FromDays(int days)"
            "static timespan FromDays(int days, int hours = 0, long minutes = 0, long seconds = 0, long milliseconds = 0, long microseconds = 0)";
        from_hours => "static timespan FromHours(int hours)"
            "static timespan FromHours(int hours, long minutes = 0, long seconds = 0, long milliseconds = 0, long microseconds = 0)"
            "static timespan FromHours(double value)";
        from_microseconds => "static timespan FromMicroseconds(long microseconds)"
            "static timespan FromMicroseconds(double value)";
        from_milliseconds => "static timespan FromMilliseconds(long milliseconds)"
            "static timespan FromMilliseconds(long milliseconds, long microseconds)"
            "static timespan FromMilliseconds(double value)";
        from_minutes => "static timespan FromMinutes(long minutes)"
            "static timespan FromMinutes(long minutes, long seconds = 0, long milliseconds = 0, long microseconds = 0)"
            "static timespan FromMinutes(double value)";
        from_seconds => "static timespan FromSeconds(long seconds)"
            "static timespan FromSeconds(long seconds, long milliseconds = 0, long microseconds = 0)"
            "static timespan FromSeconds(double value)";
        from_ticks => "static timespan FromTicks(long value)";
        parse => "static timespan Parse(string s)"
            "static timespan Parse(string input, System.IFormatProvider formatProvider)";
        parse_exact => "static timespan ParseExact(string input, string format, System.IFormatProvider formatProvider)"
            "static timespan ParseExact(string input, string[] formats, System.IFormatProvider formatProvider)"
            "static timespan ParseExact(string input, string format, System.IFormatProvider formatProvider, System.Globalization.TimeSpanStyles styles)"
            "static timespan ParseExact(string input, string[] formats, System.IFormatProvider formatProvider, System.Globalization.TimeSpanStyles styles)";
        try_parse => "static bool TryParse(string s, [ref] timespan result)"
            "static bool TryParse(string input, System.IFormatProvider formatProvider, [ref] timespan result)";
        try_parse_exact =>
            "static bool TryParseExact(string input, string format, System.IFormatProvider formatProvider, [ref] timespan result)"
            "static bool TryParseExact(string input, string[] formats, System.IFormatProvider formatProvider, [ref] timespan result)"
            "static bool TryParseExact(string input, string format, System.IFormatProvider formatProvider, System.Globalization.TimeSpanStyles styles, [ref] timespan result)"
            "static bool TryParseExact(string input, string[] formats, System.IFormatProvider formatProvider, System.Globalization.TimeSpanStyles styles, [ref] timespan result)";
    },
    ..TypeTable::of(&types::TIMESPAN)
};

//! `System.DateTime`.
use super::{exact_with, parse_with, try_exact_with, try_with};
use crate::args::{self, Args};
use crate::{fail, overloads};
use dialtone_object::access::typedata::{BuiltinData, BuiltinMember};
use dialtone_object::culture;
use dialtone_object::time::{self, DAY, HOUR, Kind, MICROSECOND, MILLISECOND, MINUTE, SECOND};
use dialtone_object::time_format::format_date;
use dialtone_object::time_parse::{parse_date, parse_date_exact, patterns};
use dialtone_object::{Prop, PsString, Res, Runtime, TypeTable, Value, enums, types};

type Rt<'a> = &'a mut dyn Runtime;

/// The bits of a DateTime value.
pub fn bits(v: &Value) -> u64 {
    match v.base() {
        Value::DateTime(bits) => *bits,
        _ => 0,
    }
}
fn ticks(v: &Value) -> i64 {
    time::ticks(bits(v))
}
fn kind_of(n: i64) -> Kind {
    match n {
        1 => Kind::Utc,
        2 => Kind::Local,
        _ => Kind::Unspecified,
    }
}
fn int(n: i32) -> Res<Value> {
    Ok(Value::Int(n))
}

/// Ticks of `year, month, day[, hour, minute, second[, millisecond[, microsecond]]]` at the front of arguments, and
/// how many were used.
pub fn parts(args: &[Value]) -> Res<(i64, usize)> {
    let n: Vec<i32> = args.iter().map_while(|a| if let Value::Int(n) = a.base() { Some(*n) } else { None }).collect();
    let at = |i: usize| n.get(i).copied().unwrap_or(0);
    let unit = |n: i32, name: &str| match n {
        0..=999 => Ok(i64::from(n)),
        _ => Err(fail::out_of_range("Valid values are between 0 and 999, inclusive.", name)),
    };
    let day = time::from_ymd(at(0), at(1), at(2)).ok_or_else(|| {
        super::unrepresentable("Year, Month, and Day parameters describe an un-representable DateTime.")
    })?;
    let clock = time::from_hms(at(3), at(4), at(5)).ok_or_else(|| {
        super::unrepresentable("Hour, Minute, and Second parameters describe an un-representable DateTime.")
    })?;
    let fraction = unit(at(6), "millisecond")? * MILLISECOND + unit(at(7), "microsecond")? * MICROSECOND;
    Ok((day + clock + fraction, n.len()))
}

fn new(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let kind = args.last().and_then(enums::number).map_or(Kind::Unspecified, kind_of);
    if args.is_empty() {
        return Ok(Value::DateTime(0));
    }
    if let Value::Long(ticks) = args.at(0).base() {
        return time::checked(*ticks, kind).map(Value::DateTime).ok_or_else(|| {
            fail::out_of_range("Ticks must be between DateTime.MinValue.Ticks and DateTime.MaxValue.Ticks.", "ticks")
        });
    }
    let (ticks, _) = parts(args)?;
    Ok(Value::DateTime(time::make(ticks, kind)))
}

/// The date moved by ticks; `param` is named when it leaves the calendar.
fn moved(this: &Value, by: Option<i64>, param: &str) -> Res<Value> {
    let kind_bits = bits(this) & !time::make(i64::MAX, Kind::Unspecified);
    by.and_then(|by| ticks(this).checked_add(by))
        .and_then(|sum| time::checked(sum, Kind::Unspecified))
        .map(|sum| Value::DateTime(sum | kind_bits))
        .ok_or_else(|| {
            fail::out_of_range("The added or subtracted value results in an un-representable DateTime.", param)
        })
}
/// Ticks of a double number of units: whole units and the rest apart, so that whole ones stay exact.
pub fn units(n: f64, unit: i64) -> Option<i64> {
    let whole = n.trunc();
    if n.is_nan() || whole.abs() > (time::MAX_TICKS / unit + 1) as f64 {
        return None;
    }
    (whole as i64).checked_mul(unit)?.checked_add(((n - whole) * unit as f64) as i64)
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
fn subtract(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    match args.at(0).base() {
        Value::DateTime(other) => Ok(Value::TimeSpan(ticks(this) - time::ticks(*other))),
        other => moved(this, std::slice::from_ref(other).long(0).checked_neg(), "value"),
    }
}
fn months(this: &Value, months: i64, param: &str) -> Res<Value> {
    match time::add_months(ticks(this), months) {
        Some(sum) => moved(this, Some(sum - ticks(this)), param),
        None => moved(this, None, param),
    }
}
fn add_months(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    match args.long(0) {
        n @ -120_000..=120_000 => months(this, n, "months"),
        _ => Err(fail::out_of_range("Months value must be between +/-120000.", "months")),
    }
}
fn add_years(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    match args.long(0) {
        n @ -10_000..=10_000 => months(this, n * 12, "years"),
        _ => Err(fail::out_of_range("Years value must be between +/-10000.", "years")),
    }
}

fn compare_to(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    match args.at(0).base() {
        Value::Null => int(1),
        Value::DateTime(other) => int(ticks(this).cmp(&time::ticks(*other)) as i32),
        _ => Err(fail::argument("Object must be of type DateTime.")),
    }
}
fn compare(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    int(ticks(args.at(0)).cmp(&ticks(args.at(1))) as i32)
}
fn equals_static(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::Bool(dialtone_object::value::equals(args.at(0), args.at(1))))
}
fn get_type_code(_: Rt, _: &Value, _: &[Value]) -> Res<Value> {
    Ok(enums::of("System.TypeCode", 16))
}
fn is_daylight(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    Ok(Value::Bool(time::kind(bits(this)) != Kind::Utc && time::is_daylight(ticks(this))))
}
fn get_formats(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let mut culture = crate::culture::current();
    let mut letters = "dDfFgGmMoOrRstTuUyY".to_owned();
    for arg in args {
        match arg.base() {
            Value::Char(_) => letters = arg_char(arg),
            other => culture = crate::culture::of(other),
        }
    }
    let mut texts = Vec::new();
    for letter in letters.chars() {
        for pattern in patterns(&letter.to_string(), culture) {
            texts.push(PsString::from(format_date(bits(this), &pattern, culture)?));
        }
    }
    Ok(args::strings(texts))
}
fn arg_char(v: &Value) -> String {
    dialtone_object::string::char_from_unit(std::slice::from_ref(v).unit(0)).to_string()
}
fn to_binary(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    let value = bits(this);
    if time::kind(value) != Kind::Local {
        return Ok(Value::Long(value as i64));
    }
    // Local times are kept as UTC under the sign bit.
    let utc = time::ticks(time::to_utc(value));
    Ok(Value::Long((utc as u64 & !(3 << 62) | 1 << 63) as i64))
}
fn from_binary(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let n = args.long(0) as u64;
    Ok(Value::DateTime(if n >> 63 == 1 { time::to_local(time::make(time::ticks(n), Kind::Utc)) } else { n }))
}
fn file_ticks(value: u64) -> Res<Value> {
    match time::ticks(value) - time::FILE_EPOCH {
        n if n < 0 => Err(super::unrepresentable("Not a valid Win32 FileTime.")),
        n => Ok(Value::Long(n)),
    }
}
fn to_file_time(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    file_ticks(time::to_utc(bits(this)))
}
fn to_file_time_utc(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    let value = bits(this);
    file_ticks(if time::kind(value) == Kind::Local { time::to_utc(value) } else { value })
}
fn of_file_time(n: i64) -> Res<u64> {
    let ticks = n.checked_add(time::FILE_EPOCH).filter(|_| n >= 0);
    ticks
        .and_then(|t| time::checked(t, Kind::Utc))
        .ok_or_else(|| fail::out_of_range("Not a valid Win32 FileTime.", "fileTime"))
}
fn from_file_time(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::DateTime(time::to_local(of_file_time(args.long(0))?)))
}
fn from_file_time_utc(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    of_file_time(args.long(0)).map(Value::DateTime)
}
/// Ticks at 1899-12-30, day zero of OLE dates.
const OLE_EPOCH: i64 = 599_264_352_000_000_000;
fn to_ole(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    let mut ticks = ticks(this);
    if ticks == 0 {
        return Ok(Value::Double(0.0));
    }
    if ticks < DAY {
        ticks += OLE_EPOCH;
    }
    let mut millis = (ticks - OLE_EPOCH) / MILLISECOND;
    let day = DAY / MILLISECOND;
    // Before day zero the fraction counts forward from the day.
    if millis < 0 && millis % day != 0 {
        millis -= (day + millis % day) * 2;
    }
    Ok(Value::Double(millis as f64 / day as f64))
}
fn from_ole(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let n = args.number(0);
    if !(n > -657_435.0 && n < 2_958_466.0) {
        return Err(fail::argument("Not a legal OleAut date."));
    }
    let day = DAY / MILLISECOND;
    let mut millis = (n * day as f64 + if n >= 0.0 { 0.5 } else { -0.5 }) as i64;
    if millis < 0 {
        millis -= (millis % day) * 2;
    }
    let ticks = OLE_EPOCH + millis * MILLISECOND;
    time::checked(ticks, Kind::Unspecified)
        .map(Value::DateTime)
        .ok_or_else(|| fail::argument("OleAut date did not convert to a DateTime correctly."))
}
fn to_local(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    Ok(Value::DateTime(time::to_local(bits(this))))
}
fn to_universal(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    Ok(Value::DateTime(time::to_utc(bits(this))))
}
macro_rules! texts {
    ($($name:ident $letter:literal;)*) => {
        $(fn $name(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
            Ok(Value::string(format_date(bits(this), $letter, culture::current())?))
        })*
    };
}
texts! { long_date "D"; long_time "T"; short_date "d"; short_time "t"; }

fn days_in_month(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let (year, month) = (args.int(0), args.int(1));
    if !(1..=12).contains(&month) {
        return Err(fail::out_of_range("Month must be between one and twelve.", "month"));
    }
    valid_year(year)?;
    int(time::days_in_month(year, month))
}
fn valid_year(year: i32) -> Res<()> {
    match year {
        1..=9999 => Ok(()),
        _ => Err(fail::out_of_range("Year must be between 1 and 9999.", "year")),
    }
}
fn is_leap_year(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    valid_year(args.int(0))?;
    Ok(Value::Bool(time::is_leap(args.int(0))))
}
fn specify_kind(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::DateTime(time::make(ticks(args.at(0)), kind_of(args.enum_number(1)))))
}

fn parse(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    parse_with(args, "s", |text, culture, styles| parse_date(text, culture, styles).map(Value::DateTime))
}
fn try_parse(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    try_with(rt, args, Value::DateTime(0), |given| {
        let (culture, styles) = super::provider(given.get(1..).unwrap_or(&[]));
        parse_date(&given.text(0), culture, styles).map(Value::DateTime)
    })
}
fn parse_exact(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    exact_with(args, |text, formats, culture, styles| {
        parse_date_exact(text, formats, culture, styles).map(Value::DateTime)
    })
}
fn try_parse_exact(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    try_exact_with(rt, args, Value::DateTime(0), |text, formats, culture, styles| {
        parse_date_exact(text, formats, culture, styles).map(Value::DateTime)
    })
}

pub static TABLE: TypeTable = TypeTable {
    ctors: overloads! {
        new => "datetime new(long ticks)" "datetime new(long ticks, System.DateTimeKind kind)"
            "datetime new(int year, int month, int day)"
            "datetime new(int year, int month, int day, int hour, int minute, int second)"
            "datetime new(int year, int month, int day, int hour, int minute, int second, System.DateTimeKind kind)"
            "datetime new(int year, int month, int day, int hour, int minute, int second, int millisecond)"
            "datetime new(int year, int month, int day, int hour, int minute, int second, int millisecond, System.DateTimeKind kind)"
            "datetime new(int year, int month, int day, int hour, int minute, int second, int millisecond, int microsecond)"
            "datetime new(int year, int month, int day, int hour, int minute, int second, int millisecond, int microsecond, System.DateTimeKind kind)";
    },
    props: &[
        Prop::get("Date", "datetime", |_, v| Ok(Value::DateTime(bits(v) - (ticks(v) % DAY) as u64))),
        Prop::get("Day", "int", |_, v| int(time::ymd(ticks(v)).2)),
        Prop::get("DayOfWeek", "System.DayOfWeek", |_, v| {
            Ok(enums::of("System.DayOfWeek", i64::from(time::day_of_week(ticks(v)))))
        }),
        Prop::get("DayOfYear", "int", |_, v| int(time::day_of_year(ticks(v)))),
        Prop::get("Hour", "int", |_, v| int(time::hms(ticks(v)).0)),
        Prop::get("Kind", "System.DateTimeKind", |_, v| {
            Ok(enums::of("System.DateTimeKind", time::kind(bits(v)) as i64))
        }),
        Prop::get("Millisecond", "int", |_, v| int(time::hms(ticks(v)).3 / MILLISECOND as i32)),
        Prop::get("Microsecond", "int", |_, v| int(time::hms(ticks(v)).3 / MICROSECOND as i32 % 1000)),
        Prop::get("Nanosecond", "int", |_, v| int(time::hms(ticks(v)).3 % MICROSECOND as i32 * 100)),
        Prop::get("Minute", "int", |_, v| int(time::hms(ticks(v)).1)),
        Prop::get("Month", "int", |_, v| int(time::ymd(ticks(v)).1)),
        Prop::get("Second", "int", |_, v| int(time::hms(ticks(v)).2)),
        Prop::get("Ticks", "long", |_, v| Ok(Value::Long(ticks(v)))),
        Prop::get("TimeOfDay", "timespan", |_, v| Ok(Value::TimeSpan(ticks(v) % DAY))),
        Prop::get("Year", "int", |_, v| int(time::ymd(ticks(v)).0)),
    ],
    methods: overloads! {
        add => "datetime Add(timespan value)";
        add_days => "datetime AddDays(double value)";
        add_hours => "datetime AddHours(double value)";
        add_microseconds => "datetime AddMicroseconds(double value)";
        add_milliseconds => "datetime AddMilliseconds(double value)";
        add_minutes => "datetime AddMinutes(double value)";
        add_months => "datetime AddMonths(int months)";
        add_seconds => "datetime AddSeconds(double value)";
        add => "datetime AddTicks(long value)";
        add_years => "datetime AddYears(int value)";
        compare_to => "int CompareTo(System.Object value)" "int CompareTo(datetime value)";
        crate::object::equals => "bool Equals(System.Object value)" "bool Equals(datetime value)";
        get_formats => "string[] GetDateTimeFormats()" "string[] GetDateTimeFormats(System.IFormatProvider provider)"
            "string[] GetDateTimeFormats(char format)"
            "string[] GetDateTimeFormats(char format, System.IFormatProvider provider)";
        get_type_code => "System.TypeCode GetTypeCode()";
        is_daylight => "bool IsDaylightSavingTime()";
        subtract => "timespan Subtract(datetime value)" "datetime Subtract(timespan value)";
        to_binary => "long ToBinary()";
        to_file_time => "long ToFileTime()";
        to_file_time_utc => "long ToFileTimeUtc()";
        to_local => "datetime ToLocalTime()";
        long_date => "string ToLongDateString()";
        long_time => "string ToLongTimeString()";
        to_ole => "double ToOADate()";
        short_date => "string ToShortDateString()";
        short_time => "string ToShortTimeString()";
        crate::object::to_string_format => "string ToString()" "string ToString(string format)"
            "string ToString(System.IFormatProvider provider)"
            "string ToString(string format, System.IFormatProvider provider)";
        to_universal => "datetime ToUniversalTime()";
    },
    static_props: &[
        Prop::get("MaxValue", "datetime", |_, _| Ok(Value::DateTime(time::MAX_TICKS as u64))),
        Prop::get("MinValue", "datetime", |_, _| Ok(Value::DateTime(0))),
        Prop::get("Now", "datetime", |_, _| Ok(Value::DateTime(time::now()))),
        Prop::get("Today", "datetime", |_, _| {
            let now = time::now();
            Ok(Value::DateTime(now - (time::ticks(now) % DAY) as u64))
        }),
        Prop::get("UnixEpoch", "datetime", |_, _| Ok(Value::DateTime(time::make(time::UNIX_EPOCH, Kind::Utc)))),
        Prop::get("UtcNow", "datetime", |_, _| Ok(Value::DateTime(time::utc_now()))),
    ],
    static_methods: overloads! {
        compare => "static int Compare(datetime t1, datetime t2)";
        days_in_month => "static int DaysInMonth(int year, int month)";
        equals_static => "static bool Equals(datetime t1, datetime t2)";
        from_binary => "static datetime FromBinary(long dateData)";
        from_file_time => "static datetime FromFileTime(long fileTime)";
        from_file_time_utc => "static datetime FromFileTimeUtc(long fileTime)";
        from_ole => "static datetime FromOADate(double d)";
        is_leap_year => "static bool IsLeapYear(int year)";
        parse => "static datetime Parse(string s)" "static datetime Parse(string s, System.IFormatProvider provider)"
            "static datetime Parse(string s, System.IFormatProvider provider, System.Globalization.DateTimeStyles styles)";
        parse_exact => "static datetime ParseExact(string s, string format, System.IFormatProvider provider)"
            "static datetime ParseExact(string s, string format, System.IFormatProvider provider, System.Globalization.DateTimeStyles style)"
            "static datetime ParseExact(string s, string[] formats, System.IFormatProvider provider, System.Globalization.DateTimeStyles style)";
        specify_kind => "static datetime SpecifyKind(datetime value, System.DateTimeKind kind)";
        try_parse => "static bool TryParse(string s, [ref] datetime result)"
            "static bool TryParse(string s, System.IFormatProvider provider, System.Globalization.DateTimeStyles styles, [ref] datetime result)"
            "static bool TryParse(string s, System.IFormatProvider provider, [ref] datetime result)";
        try_parse_exact =>
            "static bool TryParseExact(string s, string format, System.IFormatProvider provider, System.Globalization.DateTimeStyles style, [ref] datetime result)"
            "static bool TryParseExact(string s, string[] formats, System.IFormatProvider provider, System.Globalization.DateTimeStyles style, [ref] datetime result)";
    },
    ..TypeTable::of(&types::DATETIME)
};

/// `DateTime`, which the formatter shows: the parts that the value's DisplayHint asks for.
fn display(rt: Rt, v: &Value) -> Res<Value> {
    let hint = rt.get_property(v, "DisplayHint").map(|hint| rt.to_text(&hint)).unwrap_or_default();
    let date = |letter| format_date(bits(v), letter, culture::current());
    Ok(Value::string(match &*hint {
        "Date" => date("D")?,
        "Time" => date("T")?,
        _ => format!("{} {}", date("D")?, date("T")?),
    }))
}
pub const DATA: BuiltinData = BuiltinData {
    type_name: "System.DateTime",
    members: &[("DateTime", BuiltinMember::Script(DISPLAY_SCRIPT, display))],
    display: &[],
    default_property: "",
};
/// The script as type data tells it.
const DISPLAY_SCRIPT: &str = r#"if ((& { Set-StrictMode -Version 1; $this.DisplayHint }) -ieq  "Date")
                    {
                        "{0}" -f $this.ToLongDateString()
                    }
                    elseif ((& { Set-StrictMode -Version 1; $this.DisplayHint }) -ieq "Time")
                    {
                        "{0}" -f  $this.ToLongTimeString()
                    }
                    else
                    {
                        "{0} {1}" -f $this.ToLongDateString(), $this.ToLongTimeString()
                    }"#;

//! CultureInfo, TextInfo, NumberFormatInfo, DateTimeFormatInfo, RegionInfo.
use crate::args::{self, Args};
use crate::{fail, overloads};
use dialtone_object::culture::{self, CultureRef};
use dialtone_object::{
    Array, NetObject, Prop, PsString, Res, Runtime, TypeInfo, TypeKind, TypeRef, TypeTable, Value, enums, types,
};
use std::any::Any;
use std::rc::Rc;

type Rt<'a> = &'a mut dyn Runtime;

pub static TABLES: &[&TypeTable] = &[&CULTURE, &TEXT, &NUMBER, &DATE];

/// Which part of a culture an object shows.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Culture,
    Text,
    Number,
    Date,
}
pub struct CultureObject {
    pub culture: CultureRef,
    part: Part,
}

macro_rules! part_types {
    ($($id:ident $full:literal $ps:literal;)*) => {
        $(static $id: TypeInfo = TypeInfo::new($full, $ps, TypeKind::Other, Some(&types::OBJECT))
            .with_interfaces(&["System.IFormatProvider", "System.ICloneable"]);)*
    };
}
part_types! {
    CULTURE_TYPE "System.Globalization.CultureInfo" "cultureinfo";
    TEXT_TYPE "System.Globalization.TextInfo" "System.Globalization.TextInfo";
    NUMBER_TYPE "System.Globalization.NumberFormatInfo" "System.Globalization.NumberFormatInfo";
    DATE_TYPE "System.Globalization.DateTimeFormatInfo" "System.Globalization.DateTimeFormatInfo";
}

impl NetObject for CultureObject {
    fn type_ref(&self) -> TypeRef {
        match self.part {
            Part::Culture => &CULTURE_TYPE,
            Part::Text => &TEXT_TYPE,
            Part::Number => &NUMBER_TYPE,
            Part::Date => &DATE_TYPE,
        }
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn text(&self) -> Option<PsString> {
        match self.part {
            Part::Culture => Some(self.culture.name.into()),
            Part::Text => Some(format!("TextInfo - {}", self.culture.name).into()),
            _ => None,
        }
    }
    fn equals(&self, other: &dyn NetObject) -> bool {
        let other = other.as_any().downcast_ref::<CultureObject>();
        other.is_some_and(|o| o.part == self.part && o.culture.name == self.culture.name)
    }
    fn hash_code(&self) -> Option<u64> {
        Some(self.culture.name.bytes().fold(7, |h, b| h * 31 + u64::from(b)))
    }
}

/// A CultureInfo of a culture.
pub fn value(culture: CultureRef) -> Value {
    Value::object(CultureObject { culture, part: Part::Culture })
}
fn part(culture: CultureRef, part: Part) -> Value {
    Value::object(CultureObject { culture, part })
}
pub fn current() -> CultureRef {
    culture::current()
}
/// The culture a format provider argument means; the current one for `$null`.
pub fn of(v: &Value) -> CultureRef {
    v.get::<CultureObject>().map_or_else(culture::current, |c| c.culture)
}
fn not_found(name: &str) -> dialtone_object::Flow {
    fail::other(
        "System.Globalization.CultureNotFoundException",
        format!("Culture is not supported. (Parameter 'name')\n{name} is an invalid culture identifier."),
    )
}
fn named(args: &[Value]) -> Res<CultureRef> {
    match args.at(0).base() {
        Value::Int(lcid) => culture::by_lcid(*lcid as u32).ok_or_else(|| not_found(&lcid.to_string())),
        _ => {
            let name = args.text(0);
            match name.is_empty() {
                true => Ok(culture::invariant()),
                false => culture::find(&name).ok_or_else(|| not_found(&name)),
            }
        }
    }
}
fn new(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    named(args).map(value)
}
fn specific(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let found = named(args)?;
    let country = culture::all().iter().find(|c| found.neutral && !c.neutral && c.two_letter == found.two_letter);
    Ok(value(country.copied().unwrap_or(found)))
}
fn get_cultures(_: Rt, _: &Value, _: &[Value]) -> Res<Value> {
    let items = culture::all().iter().map(|c| value(c)).collect();
    Ok(Value::Array(Rc::new(Array::typed(&CULTURE_TYPE, items))))
}
fn same(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(args.at(0).clone())
}
/// A copy of its own, whose formats a script may change.
fn clone(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    Ok(match this.get::<CultureObject>() {
        Some(c) => part(c.culture.clone().leak(), c.part),
        None => this.clone(),
    })
}
fn get_format(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let culture = of(this);
    Ok(match args.at(0).base() {
        Value::Type(t) if t.full_name == NUMBER_TYPE.full_name => part(culture, Part::Number),
        Value::Type(t) if t.full_name == DATE_TYPE.full_name => part(culture, Part::Date),
        _ => Value::Null,
    })
}
fn text(v: &'static str) -> Res<Value> {
    Ok(Value::str(v))
}
fn int(n: impl Into<i32>) -> Res<Value> {
    Ok(Value::Int(n.into()))
}

static CULTURE: TypeTable = TypeTable {
    cast: Some(|_, v| v.as_str().map(|name| named(&[Value::String(name.clone())]).map(value))),
    ctors: overloads! {
        new => "cultureinfo new(string name)" "cultureinfo new(string name, bool useUserOverride)"
            "cultureinfo new(int culture)" "cultureinfo new(int culture, bool useUserOverride)";
    },
    props: &[
        Prop::get("Parent", "cultureinfo", |_, v| {
            Ok(value(culture::find(of(v).parent).unwrap_or_else(culture::invariant)))
        }),
        Prop::get("LCID", "int", |_, v| int(of(v).lcid as i32)),
        Prop::get("KeyboardLayoutId", "int", |_, v| int(of(v).lcid as i32)),
        Prop::get("Name", "string", |_, v| text(of(v).name)),
        Prop::get("IetfLanguageTag", "string", |_, v| text(of(v).name)),
        Prop::get("DisplayName", "string", |_, v| text(of(v).display_name())),
        Prop::get("NativeName", "string", |_, v| text(of(v).native_name)),
        Prop::get("EnglishName", "string", |_, v| text(of(v).english_name)),
        Prop::get("TwoLetterISOLanguageName", "string", |_, v| text(of(v).two_letter)),
        Prop::get("ThreeLetterISOLanguageName", "string", |_, v| text(of(v).three_letter)),
        Prop::get("ThreeLetterWindowsLanguageName", "string", |_, v| text(of(v).three_letter_windows)),
        Prop::get("TextInfo", "System.Globalization.TextInfo", |_, v| Ok(part(of(v), Part::Text))),
        Prop::get("IsNeutralCulture", "bool", |_, v| Ok(Value::Bool(of(v).neutral))),
        Prop::get("NumberFormat", "System.Globalization.NumberFormatInfo", |_, v| Ok(part(of(v), Part::Number))),
        Prop::get("DateTimeFormat", "System.Globalization.DateTimeFormatInfo", |_, v| Ok(part(of(v), Part::Date))),
        Prop::get("UseUserOverride", "bool", |_, _| Ok(Value::Bool(false))),
        Prop::get("IsReadOnly", "bool", |_, _| Ok(Value::Bool(false))),
    ],
    methods: overloads! {
        clone => "System.Object Clone()";
        crate::object::equals => "bool Equals(System.Object value)";
        get_format => "System.Object GetFormat(type formatType)";
    },
    static_props: &[
        Prop::get_set(
            "CurrentCulture",
            "cultureinfo",
            |_, _| Ok(value(culture::current())),
            |_, _, new| {
                culture::set_current(of(&new));
                Ok(())
            },
        ),
        Prop::get_set("CurrentUICulture", "cultureinfo", |_, _| Ok(value(culture::current())), |_, _, _| Ok(())),
        Prop::get_set("DefaultThreadCurrentCulture", "cultureinfo", |_, _| Ok(Value::Null), |_, _, _| Ok(())),
        Prop::get("InstalledUICulture", "cultureinfo", |_, _| Ok(value(culture::en_us()))),
        Prop::get("InvariantCulture", "cultureinfo", |_, _| Ok(value(culture::invariant()))),
    ],
    static_methods: overloads! {
        specific => "static cultureinfo CreateSpecificCulture(string name)";
        new => "static cultureinfo GetCultureInfo(int culture)" "static cultureinfo GetCultureInfo(string name)";
        get_cultures => "static cultureinfo[] GetCultures(System.Globalization.CultureTypes types)";
        same => "static cultureinfo ReadOnly(cultureinfo ci)";
    },
    ..TypeTable::of(&CULTURE_TYPE)
};

/// Every word with a capital first letter; words all in capitals stay.
fn title_case(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let source = args.text(0);
    let (mut out, mut word) = (String::new(), String::new());
    let flush = |word: &mut String, out: &mut String| {
        let shouted = word.chars().filter(|c| c.is_alphabetic()).count() > 1 && !word.chars().any(char::is_lowercase);
        if shouted {
            out.push_str(word);
        } else {
            let mut chars = word.chars();
            out.extend(chars.next().map(dialtone_object::string::fold));
            out.extend(chars.map(crate::text::lower));
        }
        word.clear();
    };
    for c in source.chars() {
        if c.is_alphanumeric() || (c == '\'' && !word.is_empty()) {
            word.push(c);
        } else {
            flush(&mut word, &mut out);
            out.push(c);
        }
    }
    flush(&mut word, &mut out);
    Ok(Value::string(out))
}
fn to_case(rt: Rt, args: &[Value], name: &str) -> Res<Value> {
    match args.at(0).base() {
        Value::Char(_) => rt.call_method(&Value::Type(&types::CHAR), name, args),
        _ => rt.call_method(args.at(0), name, &[]),
    }
}
fn to_lower(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    to_case(rt, args, "ToLower")
}
fn to_upper(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    to_case(rt, args, "ToUpper")
}
static TEXT: TypeTable = TypeTable {
    props: &[
        Prop::get("ANSICodePage", "int", |_, v| int(of(v).ansi_code_page as i32)),
        Prop::get("OEMCodePage", "int", |_, v| int(of(v).oem_code_page as i32)),
        Prop::get("MacCodePage", "int", |_, v| int(of(v).mac_code_page as i32)),
        Prop::get("EBCDICCodePage", "int", |_, v| int(of(v).ebcdic_code_page as i32)),
        Prop::get("LCID", "int", |_, v| int(of(v).lcid as i32)),
        Prop::get("CultureName", "string", |_, v| text(of(v).name)),
        Prop::get("IsReadOnly", "bool", |_, _| Ok(Value::Bool(false))),
        Prop::get("ListSeparator", "string", |_, v| text(of(v).list_separator)),
        Prop::get("IsRightToLeft", "bool", |_, v| {
            Ok(Value::Bool(matches!(of(v).two_letter, "ar" | "he" | "fa" | "ur")))
        }),
    ],
    methods: overloads! {
        clone => "System.Object Clone()";
        to_lower => "char ToLower(char c)" "string ToLower(string str)";
        title_case => "string ToTitleCase(string str)";
        to_upper => "char ToUpper(char c)" "string ToUpper(string str)";
    },
    ..TypeTable::of(&TEXT_TYPE)
};

fn sizes(list: &[u8]) -> Res<Value> {
    let items = list.iter().map(|n| Value::Int(i32::from(*n))).collect();
    Ok(Value::Array(Rc::new(Array::typed(&types::INT32, items))))
}
static NUMBER: TypeTable = TypeTable {
    props: &[
        Prop::get("CurrencyDecimalDigits", "int", |_, v| int(of(v).number.currency_digits)),
        Prop::get("CurrencyDecimalSeparator", "string", |_, v| text(of(v).number.currency_decimal)),
        Prop::get("IsReadOnly", "bool", |_, v| Ok(Value::Bool(of(v).name.is_empty()))),
        Prop::get("CurrencyGroupSizes", "int[]", |_, v| sizes(of(v).number.currency_sizes)),
        Prop::get("NumberGroupSizes", "int[]", |_, v| sizes(of(v).number.number_sizes)),
        Prop::get("PercentGroupSizes", "int[]", |_, v| sizes(of(v).number.percent_sizes)),
        Prop::get("CurrencyGroupSeparator", "string", |_, v| text(of(v).number.currency_group)),
        Prop::get("CurrencySymbol", "string", |_, v| text(of(v).number.currency_symbol)),
        Prop::get("NaNSymbol", "string", |_, v| text(of(v).number.nan)),
        Prop::get("CurrencyNegativePattern", "int", |_, v| int(of(v).number.currency_negative)),
        Prop::get("NumberNegativePattern", "int", |_, v| int(of(v).number.number_negative)),
        Prop::get("PercentPositivePattern", "int", |_, v| int(of(v).number.percent_positive)),
        Prop::get("PercentNegativePattern", "int", |_, v| int(of(v).number.percent_negative)),
        Prop::get("NegativeInfinitySymbol", "string", |_, v| text(of(v).number.negative_infinity)),
        Prop::get("NegativeSign", "string", |_, v| text(of(v).number.negative_sign)),
        Prop::get("NumberDecimalDigits", "int", |_, v| int(of(v).number.number_digits)),
        Prop::get("NumberDecimalSeparator", "string", |_, v| text(of(v).number.number_decimal)),
        Prop::get("NumberGroupSeparator", "string", |_, v| text(of(v).number.number_group)),
        Prop::get("CurrencyPositivePattern", "int", |_, v| int(of(v).number.currency_positive)),
        Prop::get("PositiveInfinitySymbol", "string", |_, v| text(of(v).number.positive_infinity)),
        Prop::get("PositiveSign", "string", |_, v| text(of(v).number.positive_sign)),
        Prop::get("PercentDecimalDigits", "int", |_, v| int(of(v).number.percent_digits)),
        Prop::get("PercentDecimalSeparator", "string", |_, v| text(of(v).number.percent_decimal)),
        Prop::get("PercentGroupSeparator", "string", |_, v| text(of(v).number.percent_group)),
        Prop::get("PercentSymbol", "string", |_, v| text(of(v).number.percent_symbol)),
        Prop::get("PerMilleSymbol", "string", |_, v| text(of(v).number.per_mille)),
    ],
    methods: overloads! { clone => "System.Object Clone()"; get_format => "System.Object GetFormat(type formatType)"; },
    static_props: &[
        Prop::get("CurrentInfo", "System.Globalization.NumberFormatInfo", |_, _| Ok(part(current(), Part::Number))),
        Prop::get("InvariantInfo", "System.Globalization.NumberFormatInfo", |_, _| {
            Ok(part(culture::invariant(), Part::Number))
        }),
    ],
    ..TypeTable::of(&NUMBER_TYPE)
};

fn list(names: &[&'static str], end: bool) -> Res<Value> {
    // The names of months have a thirteenth, empty one.
    let extra = end.then(PsString::default);
    Ok(args::strings(names.iter().map(|n| PsString::from(*n)).chain(extra)))
}
fn month(args: &[Value], names: &[&'static str; 12]) -> Res<Value> {
    match args.int(0) {
        13 => text(""),
        n => match usize::try_from(n - 1).ok().and_then(|at| names.get(at)) {
            Some(name) => text(name),
            None => Err(fail::out_of_range("Valid values are between 1 and 13, inclusive.", "month")),
        },
    }
}
fn day(args: &[Value], names: &[&'static str; 7]) -> Res<Value> {
    match usize::try_from(args.enum_number(0)).ok().and_then(|at| names.get(at)) {
        Some(name) => text(name),
        None => Err(fail::out_of_range("Valid values are between Sunday and Saturday, inclusive.", "dayofweek")),
    }
}
fn get_month_name(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    month(args, &of(this).date.months)
}
fn get_abbreviated_month_name(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    month(args, &of(this).date.short_months)
}
fn get_day_name(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    day(args, &of(this).date.days)
}
fn get_abbreviated_day_name(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    day(args, &of(this).date.short_days)
}
fn get_shortest_day_name(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    day(args, &of(this).date.shortest_days)
}

static DATE: TypeTable = TypeTable {
    props: &[
        Prop::get("AMDesignator", "string", |_, v| text(of(v).date.am)),
        Prop::get("DateSeparator", "string", |_, v| text(of(v).date.date_separator)),
        Prop::get("FirstDayOfWeek", "System.DayOfWeek", |_, v| {
            Ok(enums::of("System.DayOfWeek", i64::from(of(v).date.first_day)))
        }),
        Prop::get("CalendarWeekRule", "System.Globalization.CalendarWeekRule", |_, v| {
            Ok(enums::of("System.Globalization.CalendarWeekRule", i64::from(of(v).date.week_rule)))
        }),
        Prop::get("FullDateTimePattern", "string", |_, v| Ok(Value::string(of(v).date.full()))),
        Prop::get("LongDatePattern", "string", |_, v| text(of(v).date.long_date())),
        Prop::get("LongTimePattern", "string", |_, v| text(of(v).date.long_time())),
        Prop::get("MonthDayPattern", "string", |_, v| text(of(v).date.month_day)),
        Prop::get("PMDesignator", "string", |_, v| text(of(v).date.pm)),
        Prop::get("RFC1123Pattern", "string", |_, _| text("ddd, dd MMM yyyy HH':'mm':'ss 'GMT'")),
        Prop::get("ShortDatePattern", "string", |_, v| text(of(v).date.short_date())),
        Prop::get("ShortTimePattern", "string", |_, v| text(of(v).date.short_time())),
        Prop::get("SortableDateTimePattern", "string", |_, _| text("yyyy'-'MM'-'dd'T'HH':'mm':'ss")),
        Prop::get("TimeSeparator", "string", |_, v| text(of(v).date.time_separator)),
        Prop::get("UniversalSortableDateTimePattern", "string", |_, _| text("yyyy'-'MM'-'dd HH':'mm':'ss'Z'")),
        Prop::get("YearMonthPattern", "string", |_, v| text(of(v).date.year_month)),
        Prop::get("AbbreviatedDayNames", "string[]", |_, v| list(&of(v).date.short_days, false)),
        Prop::get("ShortestDayNames", "string[]", |_, v| list(&of(v).date.shortest_days, false)),
        Prop::get("DayNames", "string[]", |_, v| list(&of(v).date.days, false)),
        Prop::get("AbbreviatedMonthNames", "string[]", |_, v| list(&of(v).date.short_months, true)),
        Prop::get("MonthNames", "string[]", |_, v| list(&of(v).date.months, true)),
        Prop::get("IsReadOnly", "bool", |_, v| Ok(Value::Bool(of(v).name.is_empty()))),
        Prop::get("NativeCalendarName", "string", |_, v| text(of(v).date.calendar_name)),
        Prop::get("AbbreviatedMonthGenitiveNames", "string[]", |_, v| list(&of(v).date.short_months_genitive, true)),
        Prop::get("MonthGenitiveNames", "string[]", |_, v| list(&of(v).date.months_genitive, true)),
    ],
    methods: overloads! {
        clone => "System.Object Clone()";
        get_abbreviated_day_name => "string GetAbbreviatedDayName(System.DayOfWeek dayofweek)";
        get_abbreviated_month_name => "string GetAbbreviatedMonthName(int month)";
        get_day_name => "string GetDayName(System.DayOfWeek dayofweek)";
        get_format => "System.Object GetFormat(type formatType)";
        get_month_name => "string GetMonthName(int month)";
        get_shortest_day_name => "string GetShortestDayName(System.DayOfWeek dayOfWeek)";
    },
    static_props: &[
        Prop::get("CurrentInfo", "System.Globalization.DateTimeFormatInfo", |_, _| Ok(part(current(), Part::Date))),
        Prop::get("InvariantInfo", "System.Globalization.DateTimeFormatInfo", |_, _| {
            Ok(part(culture::invariant(), Part::Date))
        }),
    ],
    ..TypeTable::of(&DATE_TYPE)
};

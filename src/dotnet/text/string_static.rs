//! `System.String`: static members and constructors.
use super::{Comparison, compare};
use crate::args::{self, Args};
use crate::{fail, overloads};
use dialtone_object::string::char_from_unit;
use dialtone_object::{Overload, PsString, Res, Runtime, Value, enums};

type Rt<'a> = &'a mut dyn Runtime;

pub fn new(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    if let Value::Char(c) = args.at(0).base() {
        let count =
            usize::try_from(args.int(1)).map_err(|_| fail::out_of_range("'count' must be non-negative.", "count"))?;
        return Ok(Value::string(char_from_unit(*c).to_string().repeat(count)));
    }
    let units = args::to_units(args.at(0));
    let part = match args.has(1) {
        false => Some(&units[..]),
        true => usize::try_from(args.int(1)).ok().and_then(|s| units.get(s..s + args.int(2).max(0) as usize)),
    };
    match part {
        Some(part) => Ok(Value::String(PsString::from_units(part))),
        None => Err(fail::out_of_range(
            "Index was out of range. Must be non-negative and less than or equal to the size of the collection.",
            "startIndex",
        )),
    }
}

/// A comparison written as `ignoreCase`, a StringComparison, or a culture with CompareOptions.
fn how(args: &[Value]) -> Comparison {
    for (at, arg) in args.iter().enumerate() {
        match arg.base() {
            Value::Bool(ignore) => return Comparison::ignore_case(*ignore),
            other if args.len() > at => {
                let Some(number) = enums::number(other) else { continue };
                let options = dialtone_object::types::type_of(other).full_name.ends_with("CompareOptions");
                return match number {
                    n if !options => Comparison::of(n),
                    0x1000_0000 => Comparison::OrdinalIgnoreCase,
                    0x4000_0000 => Comparison::Ordinal,
                    n => Comparison::ignore_case(n & 1 != 0),
                };
            }
            _ => {}
        }
    }
    Comparison::Culture
}
fn order(a: &Value, b: &Value, how: Comparison) -> Value {
    let order = match (a.as_str(), b.as_str()) {
        (Some(a), Some(b)) => compare(a, b, how) as i32,
        (a, b) => i32::from(a.is_some()) - i32::from(b.is_some()),
    };
    Value::Int(order)
}
fn part(args: &[Value], text: usize, from: usize, length: i32) -> Value {
    let text = args.text(text);
    let start = (args.int(from).max(0) as usize).min(text.len());
    let count = (length.max(0) as usize).min(text.len() - start);
    Value::String(text.substring(start, count).unwrap_or_default())
}
fn compare_static(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    if let Value::Int(_) = args.at(1).base() {
        let length = args.int(4);
        return Ok(order(&part(args, 0, 1, length), &part(args, 2, 3, length), how(args.get(5..).unwrap_or(&[]))));
    }
    Ok(order(args.at(0), args.at(1), how(args.get(2..).unwrap_or(&[]))))
}
fn compare_ordinal(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    if let Value::Int(_) = args.at(1).base() {
        let length = args.int(4);
        return Ok(order(&part(args, 0, 1, length), &part(args, 2, 3, length), Comparison::Ordinal));
    }
    // The difference of the first units that differ, as .NET gives it.
    let (a, b) = (args.text(0).to_units(), args.text(1).to_units());
    let differ = a.iter().zip(&b).find(|(x, y)| x != y).map(|(x, y)| i32::from(*x) - i32::from(*y));
    Ok(Value::Int(differ.unwrap_or(a.len() as i32 - b.len() as i32)))
}
/// All arguments spread: the elements of the one array given, or the arguments themselves.
fn spread(args: &[Value]) -> Vec<Value> {
    match args {
        [one] if matches!(one.base(), Value::Array(_) | Value::List(_)) => args.list(0),
        _ => args.to_vec(),
    }
}
fn concat(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let mut out = PsString::default();
    for item in spread(args) {
        out = out.append(&crate::object::net_text(rt, &item)?);
    }
    Ok(Value::String(out))
}
fn copy(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(args.at(0).clone())
}
fn equals(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let how = enums::number(args.at(2)).map_or(Comparison::Ordinal, Comparison::of);
    Ok(Value::Bool(match (args.at(0).as_str(), args.at(1).as_str()) {
        (Some(a), Some(b)) => how.equal(a, b),
        _ => dialtone_object::value::equals(args.at(0), args.at(1)),
    }))
}
fn format(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let (culture, rest) = match args.at(0).base() {
        Value::String(_) => (crate::culture::current(), args),
        other => (crate::culture::of(other), args.get(1..).unwrap_or(&[])),
    };
    let values = match rest.get(1..) {
        Some([one]) if matches!(one.base(), Value::Array(_)) => args::items(one),
        Some(values) => values.to_vec(),
        None => Vec::new(),
    };
    crate::object::composite(rt, &rest.text(0), &values, culture).map(Value::String)
}
fn is_null_or_empty(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::Bool(args.text(0).is_empty()))
}
fn is_null_or_white_space(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::Bool(args.text(0).chars().all(char::is_whitespace)))
}
fn join(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let separator = match args.at(0).base() {
        Value::Char(c) => char_from_unit(*c).to_string().into(),
        _ => args.text(0),
    };
    let mut items = match args.at(1).base() {
        Value::Array(_) | Value::List(_) => args.list(1),
        _ => rt.enumerate(args.at(1))?,
    };
    if args.has(3) {
        let (start, count) = (args.int(2), args.int(3));
        let range = usize::try_from(start).ok().and_then(|s| items.get(s..s.checked_add(count.try_into().ok()?)?));
        items = range.map(<[Value]>::to_vec).ok_or_else(|| {
            fail::out_of_range("Specified argument was out of the range of valid values.", "startIndex")
        })?;
    }
    let mut out = String::new();
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push_str(&separator);
        }
        out.push_str(&crate::object::net_text(rt, item)?);
    }
    Ok(Value::string(out))
}
fn intern(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(args.at(0).clone())
}

pub static METHODS: &[Overload] = overloads! {
    compare_static => "static int Compare(string strA, string strB)"
        "static int Compare(string strA, string strB, bool ignoreCase)"
        "static int Compare(string strA, string strB, System.StringComparison comparisonType)"
        "static int Compare(string strA, string strB, cultureinfo culture, System.Globalization.CompareOptions options)"
        "static int Compare(string strA, string strB, bool ignoreCase, cultureinfo culture)"
        "static int Compare(string strA, int indexA, string strB, int indexB, int length)"
        "static int Compare(string strA, int indexA, string strB, int indexB, int length, bool ignoreCase)"
        "static int Compare(string strA, int indexA, string strB, int indexB, int length, bool ignoreCase, cultureinfo culture)"
        "static int Compare(string strA, int indexA, string strB, int indexB, int length, cultureinfo culture, System.Globalization.CompareOptions options)"
        "static int Compare(string strA, int indexA, string strB, int indexB, int length, System.StringComparison comparisonType)";
    compare_ordinal => "static int CompareOrdinal(string strA, string strB)"
        "static int CompareOrdinal(string strA, int indexA, string strB, int indexB, int length)";
    concat => "static string Concat(System.Object arg0)"
        "static string Concat(System.Object arg0, System.Object arg1)"
        "static string Concat(System.Object arg0, System.Object arg1, System.Object arg2)"
        "static string Concat(Params System.Object[] args)"
        "static string Concat(System.Collections.Generic.IEnumerable[string] values)"
        "static string Concat(string str0, string str1)"
        "static string Concat(string str0, string str1, string str2)"
        "static string Concat(string str0, string str1, string str2, string str3)"
        "static string Concat(Params string[] values)";
    copy => "static string Copy(string str)";
    equals => "static bool Equals(string a, string b)"
        "static bool Equals(string a, string b, System.StringComparison comparisonType)"
        "static bool Equals(System.Object objA, System.Object objB)";
    format => "static string Format(string format, System.Object arg0)"
        "static string Format(string format, System.Object arg0, System.Object arg1)"
        "static string Format(string format, System.Object arg0, System.Object arg1, System.Object arg2)"
        "static string Format(string format, Params System.Object[] args)"
        "static string Format(System.IFormatProvider provider, string format, System.Object arg0)"
        "static string Format(System.IFormatProvider provider, string format, System.Object arg0, System.Object arg1)"
        "static string Format(System.IFormatProvider provider, string format, System.Object arg0, System.Object arg1, System.Object arg2)"
        "static string Format(System.IFormatProvider provider, string format, Params System.Object[] args)";
    intern => "static string Intern(string str)";
    intern => "static string IsInterned(string str)";
    is_null_or_empty => "static bool IsNullOrEmpty(string value)";
    is_null_or_white_space => "static bool IsNullOrWhiteSpace(string value)";
    join => "static string Join(char separator, Params string[] value)"
        "static string Join(string separator, Params string[] value)"
        "static string Join(char separator, string[] value, int startIndex, int count)"
        "static string Join(string separator, string[] value, int startIndex, int count)"
        "static string Join(string separator, System.Collections.Generic.IEnumerable[string] values)"
        "static string Join(char separator, Params System.Object[] values)"
        "static string Join(string separator, Params System.Object[] values)";
};

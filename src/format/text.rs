//! A property's value as the text of a cell: current culture, collections in braces up to the enumeration limit.
use compact_str::{CompactString, format_compact};
use dialtone_object::digits::Num;
use dialtone_object::{Dictionary, Res, Runtime, Value, composite, culture, number_format, text};

/// `$FormatEnumerationLimit` when it is not set.
pub const ENUMERATION_LIMIT: i32 = 4;

/// How values are turned into text.
#[derive(Clone, Copy)]
pub struct TextOptions {
    /// Elements of a collection to show; negative for all.
    pub limit: i32,
    /// In tables, numbers with a fraction show a fixed number of decimals.
    pub table: bool,
}

/// The elements of what the formatter shows in braces or one by one: collections, dictionaries too, but not strings.
pub fn elements(rt: &mut dyn Runtime, value: &Value) -> Option<Res<Vec<Value>>> {
    match value.base() {
        Value::Array(a) => Some(Ok(a.to_vec())),
        Value::List(l) => Some(Ok(l.to_vec())),
        Value::Dict(_) => Some(rt.call_method(value, "GetEnumerator", &[]).and_then(|e| rt.enumerate(&e))),
        Value::Object(o) if o.data().is_enumerable() => Some(rt.enumerate(value)),
        _ => None,
    }
}

/// The text of a value in a cell.
pub fn display(rt: &mut dyn Runtime, value: &Value, options: TextOptions) -> CompactString {
    match value {
        Value::Null | Value::Void | Value::Unset => CompactString::default(),
        Value::String(s) => CompactString::from(s.as_str()),
        Value::Int(i) => format_compact!("{i}"),
        Value::Long(i) => format_compact!("{i}"),
        Value::Bool(b) => CompactString::const_new(if *b { "True" } else { "False" }),
        Value::Dict(table) => in_braces(rt, &table.pairs(), options, &mut |rt, (k, v)| entry(rt, k, v)),
        _ => match elements(rt, value) {
            Some(Ok(items)) => in_braces(rt, &items, options, &mut |rt, item| element(rt, item)),
            Some(Err(_)) => CompactString::default(),
            None => scalar(rt, value, options.table),
        },
    }
}

fn in_braces<T>(
    rt: &mut dyn Runtime,
    items: &[T],
    options: TextOptions,
    text: &mut dyn FnMut(&mut dyn Runtime, &T) -> CompactString,
) -> CompactString {
    let mut out = CompactString::const_new("{");
    for (n, item) in items.iter().enumerate() {
        if usize::try_from(options.limit).is_ok_and(|limit| n == limit) {
            out.push('…');
            break;
        }
        if n > 0 {
            out.push_str(", ");
        }
        out.push_str(&text(rt, item));
    }
    out.push('}');
    out
}

/// An entry of a dictionary, by .NET's own texts.
fn entry(rt: &mut dyn Runtime, key: &Value, value: &Value) -> CompactString {
    let mut net = |v: &Value| match v.base() {
        Value::Array(_) | Value::List(_) | Value::Dict(_) => {
            rt.type_names(v).first().map_or_else(CompactString::default, |n| n.as_str().into())
        }
        _ => scalar(rt, v, false),
    };
    format_compact!("[{}, {}]", net(key), net(value))
}

/// An element of a collection: null has a name; a table and an object without a text of its own show the property
/// that names them.
fn element(rt: &mut dyn Runtime, value: &Value) -> CompactString {
    match value {
        Value::Null | Value::Void => CompactString::const_new("$null"),
        Value::Dict(table) => {
            let named = named_entry(table);
            scalar(rt, named.as_ref().unwrap_or(value), false)
        }
        Value::Array(_) | Value::List(_) => rt.to_text(value).as_str().into(),
        _ => scalar(rt, value, false),
    }
}

/// The value under the first key that sounds like a name.
fn named_entry(table: &Dictionary) -> Option<Value> {
    let pairs = table.pairs();
    let by = |fits: &dyn Fn(&str) -> bool| {
        pairs.iter().find(|(k, _)| k.as_str().is_some_and(|k| fits(&k.to_lowercase()))).map(|(_, v)| v.clone())
    };
    ["name", "id", "key"]
        .iter()
        .find_map(|n| by(&|k| k == *n))
        .or_else(|| ["key", "name", "id"].iter().find_map(|n| by(&|k| k.ends_with(n))))
}

/// The text of a value that is no collection, by the current culture.
pub fn scalar(rt: &mut dyn Runtime, value: &Value, table: bool) -> CompactString {
    let mut out = String::new();
    match value.base() {
        Value::Double(d) if table => return fixed(value, *d),
        Value::Single(s) if table => return fixed(value, f64::from(*s)),
        Value::Decimal(_) if table => format_into(&mut out, value, "F"),
        Value::Double(d) => number_format::short_into(&mut out, Num::Double(*d), culture::current()),
        Value::Single(s) => number_format::short_into(&mut out, Num::Single(*s), culture::current()),
        // A script may have given the object a ToString of its own.
        Value::Object(o) if o.members.borrow().is_none() => match o.data().format("", culture::current()) {
            Some(Ok(text)) => return text.as_str().into(),
            _ => return rt.to_text(value).as_str().into(),
        },
        Value::DateTime(_) | Value::TimeSpan(_) => format_into(&mut out, value, ""),
        _ => return rt.to_text(value).as_str().into(),
    }
    out.into()
}

fn format_into(out: &mut String, value: &Value, format: &str) {
    let _ = text::format_value(out, value, format, culture::current());
}

/// `ToString("F")`: three decimals.
fn fixed(value: &Value, d: f64) -> CompactString {
    // The common case without the general algorithm: at most three decimals, exactly.
    let thousands = d * 1000.0;
    let exact = thousands.abs() < 1e15 && thousands.fract() == 0.0 && thousands / 1000.0 == d;
    let number = &culture::current().number;
    let usual = number.number_digits == 3 && number.number_decimal == "." && number.negative_sign == "-";
    if exact && usual && !(d == 0.0 && d.is_sign_negative()) {
        let n = thousands as i64;
        let sign = if n < 0 { "-" } else { "" };
        return format_compact!("{sign}{}.{:03}", (n / 1000).abs(), (n % 1000).abs());
    }
    let mut out = String::new();
    format_into(&mut out, value, "F");
    out.into()
}

/// A value under a format string: composite (`{0:N2}`) or a format of the value's type; none when it does not apply.
pub fn formatted(rt: &mut dyn Runtime, value: &Value, format: &str) -> Option<CompactString> {
    if format.contains("{0") || format.contains('}') {
        let mut fallback = |out: &mut String, v: &Value| {
            out.push_str(&rt.to_text(v));
            Ok(())
        };
        let args = [value.clone()];
        return composite::format(format, &args, culture::current(), &mut fallback).ok().map(Into::into);
    }
    if value.is_null() {
        return Some(CompactString::default());
    }
    let mut out = String::new();
    match text::format_value(&mut out, value, format, culture::current()) {
        Some(Ok(())) => Some(out.into()),
        Some(Err(_)) => None,
        None => Some(scalar(rt, value, false)),
    }
}

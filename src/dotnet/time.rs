//! DateTime, TimeSpan, DateTimeOffset, TimeZoneInfo, Stopwatch: member tables over `object::time`, its formats and its readers.
mod date;
mod offset;
mod span;
mod stopwatch;
mod zone;

use crate::args::Args;
use dialtone_object::access::typedata::BuiltinData;
use dialtone_object::culture::CultureRef;
use dialtone_object::net_error::NetError;
use dialtone_object::time_parse::DateStyles;
use dialtone_object::{Flow, PsString, Res, Runtime, TypeTable, Value, enums};

pub static TABLES: &[&TypeTable] = &[&date::TABLE, &span::TABLE, &offset::TABLE, &stopwatch::TABLE, &zone::ZONE];
pub static DATA: &[BuiltinData] = &[date::DATA];

/// An ArgumentOutOfRangeException without a parameter's name.
fn unrepresentable(message: &str) -> Flow {
    crate::fail::other("System.ArgumentOutOfRangeException", message)
}

/// The provider and styles among the arguments behind a text.
fn provider(args: &[Value]) -> (CultureRef, DateStyles) {
    let (mut culture, mut styles) = (crate::culture::current(), DateStyles::NONE);
    for arg in args {
        match enums::number(arg) {
            Some(n) => styles = DateStyles(n as u32),
            None => culture = crate::culture::of(arg),
        }
    }
    (culture, styles)
}

/// The formats argument of ParseExact: one or several.
fn formats(v: &Value) -> Vec<PsString> {
    match v.base() {
        Value::String(s) => vec![s.clone()],
        other => crate::args::items(other).iter().map(crate::args::text_of).collect(),
    }
}

/// `Parse(s, ...)`
fn parse_with(
    args: &[Value],
    param: &str,
    parse: impl FnOnce(&str, CultureRef, DateStyles) -> Result<Value, NetError>,
) -> Res<Value> {
    if args.at(0).is_null() {
        return Err(crate::fail::argument_null(param));
    }
    let (culture, styles) = provider(args.get(1..).unwrap_or(&[]));
    parse(&args.text(0), culture, styles).map_err(Into::into)
}

/// `TryParse(s, ..., [ref] result)`
fn try_with(
    rt: &mut dyn Runtime,
    args: &[Value],
    zero: Value,
    parse: impl FnOnce(&[Value]) -> Result<Value, NetError>,
) -> Res<Value> {
    let Some((result, given)) = args.split_last() else { return Ok(Value::Bool(false)) };
    let parsed = if given.at(0).is_null() { None } else { parse(given).ok() };
    let ok = parsed.is_some();
    rt.set_property(result, "Value", parsed.unwrap_or(zero))?;
    Ok(Value::Bool(ok))
}

/// `ParseExact(s, format or formats, ...)`
fn exact_with(
    args: &[Value],
    parse: impl FnOnce(&str, &[&str], CultureRef, DateStyles) -> Result<Value, NetError>,
) -> Result<Value, Flow> {
    for (at, name) in ["s", "format"].into_iter().enumerate() {
        if args.at(at).is_null() {
            return Err(crate::fail::argument_null(name));
        }
    }
    let (culture, styles) = provider(args.get(2..).unwrap_or(&[]));
    let formats = formats(args.at(1));
    let formats: Vec<&str> = formats.iter().map(PsString::as_str).collect();
    parse(&args.text(0), &formats, culture, styles).map_err(Into::into)
}

/// `TryParseExact(..., [ref] result)`: a format that is no format throws nevertheless.
fn try_exact_with(
    rt: &mut dyn Runtime,
    args: &[Value],
    zero: Value,
    parse: impl FnOnce(&str, &[&str], CultureRef, DateStyles) -> Result<Value, NetError>,
) -> Res<Value> {
    let Some((result, given)) = args.split_last() else { return Ok(Value::Bool(false)) };
    let parsed = match exact_with(given, parse) {
        Ok(value) => Some(value),
        Err(e) if e.error().is_some_and(|e| e.message().starts_with("Input string was not")) => return Err(e),
        Err(_) => None,
    };
    let ok = parsed.is_some();
    rt.set_property(result, "Value", parsed.unwrap_or(zero))?;
    Ok(Value::Bool(ok))
}

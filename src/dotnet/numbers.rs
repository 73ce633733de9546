//! Numbers: the integer types, Double, Single, Decimal, Boolean, Math, Convert, BigInteger, Random.
mod bits;
mod boolean;
mod convert;
mod integer;
mod math;
mod real;

use crate::args::Args;
use dialtone_object::culture::CultureRef;
use dialtone_object::number::Styles;
use dialtone_object::{Flow, Res, Runtime, TypeTable, Value, enums};

pub static TABLES: &[&TypeTable] = &[
    &integer::SBYTE,
    &integer::BYTE,
    &integer::INT16,
    &integer::UINT16,
    &integer::INT32,
    &integer::UINT32,
    &integer::INT64,
    &integer::UINT64,
    &real::DOUBLE,
    &real::SINGLE,
    &real::DECIMAL,
    &boolean::TABLE,
    &bits::TABLE,
    &math::TABLE,
    &convert::TABLE,
];

/// Style and provider arguments of Parse.
fn style_and_culture(args: &[Value], default: Styles) -> (Styles, CultureRef) {
    let (mut styles, mut culture) = (default, crate::culture::current());
    for arg in args {
        match enums::number(arg) {
            Some(n) => styles = Styles(n as u32),
            None => culture = crate::culture::of(arg),
        }
    }
    (styles, culture)
}

/// `Parse(s, style, provider)` over a parser.
fn parse_with<E: Into<Flow>>(
    args: &[Value],
    default: Styles,
    parse: impl FnOnce(&str, Styles, CultureRef) -> Result<Value, E>,
) -> Res<Value> {
    if args.at(0).is_null() {
        return Err(crate::fail::argument_null("s"));
    }
    let (styles, culture) = style_and_culture(args.get(1..).unwrap_or(&[]), default);
    parse(&args.text(0), styles, culture).map_err(Into::into)
}

/// `TryParse(s, style, provider, [ref] result)`: the last argument takes the value, or the default.
fn try_parse_with<E>(
    rt: &mut dyn Runtime,
    args: &[Value],
    default: Styles,
    zero: Value,
    parse: impl FnOnce(&str, Styles, CultureRef) -> Result<Value, E>,
) -> Res<Value> {
    let Some((result, given)) = args.split_last() else { return Ok(Value::Bool(false)) };
    let (styles, culture) = style_and_culture(given.get(1..).unwrap_or(&[]), default);
    let parsed = if given.at(0).is_null() { None } else { parse(&given.text(0), styles, culture).ok() };
    let ok = parsed.is_some();
    rt.set_property(result, "Value", parsed.unwrap_or(zero))?;
    Ok(Value::Bool(ok))
}

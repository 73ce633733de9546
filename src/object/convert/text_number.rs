//! Strings to numbers: .NET's parser first, then PowerShell's literals (`0x1F`, `1kb`, `2l`), then a real number with
//! thousands separators.
use super::errors;
use super::number::{Num, pack};
use crate::bigint::BigInteger;
use crate::culture;
use crate::error::{Flow, Res};
use crate::net_error::{NetError, format_error, overflow};
use crate::number::{Styles, parse_decimal, parse_double, parse_integer, parse_single, too_large};
use crate::number_literal::scan;
use crate::runtime::Runtime;
use crate::string::PsString;
use crate::types::{TypeKind, TypeRef};
use crate::value::Value;

/// `[int]'text'` and the other number kinds.
pub fn to_number(rt: &mut dyn Runtime, text: &PsString, ty: TypeRef) -> Res<Value> {
    let kind = ty.kind;
    let failure = match dotnet(text, kind) {
        Ok(value) => return Ok(value),
        Err(failure) => failure,
    };
    let literal = || scan(text).as_ref().and_then(Num::of).and_then(|n| n.to_kind(kind).ok());
    let culture = culture::invariant();
    let real = || {
        let n = parse_double(text, Styles::FLOAT_THOUSANDS, culture).ok()?;
        Num::Double(n).to_kind(kind).ok()
    };
    let separated = || parse_decimal(text, Styles::NUMBER, culture).ok().map(Value::decimal);
    let value = match kind {
        TypeKind::Decimal => literal().or_else(separated),
        _ => literal().or_else(real),
    };
    match value {
        Some(value) => Ok(value),
        None => Err(error(rt, text, ty, &failure)),
    }
}

/// `[bigint]'text'`: by the literal rules only.
pub fn to_big(rt: &mut dyn Runtime, text: &PsString, ty: TypeRef) -> Res<Value> {
    if text.trim().is_empty() {
        return Ok(BigInteger::value(0));
    }
    let number = scan(text)
        .as_ref()
        .and_then(Num::of)
        .or_else(|| parse_double(text, Styles::FLOAT_THOUSANDS, culture::invariant()).ok().map(Num::Double));
    match number.map(|n| n.to_big()) {
        Some(Ok(n)) => Ok(BigInteger::value(n)),
        _ => Err(error(rt, text, ty, &format_error("The value could not be parsed."))),
    }
}

fn error(rt: &mut dyn Runtime, text: &PsString, ty: TypeRef, failure: &NetError) -> Flow {
    let id = match ty.kind {
        TypeKind::Single | TypeKind::Double => "InvalidCastFromStringToDoubleOrSingle",
        TypeKind::Decimal => "InvalidCastFromStringToDecimal",
        _ => "InvalidCastFromStringToInteger",
    };
    errors::failed(rt, &Value::String(text.clone()), ty, id, (failure.exception, &failure.message))
}

/// What the type's converter accepts: `Int32.Parse`, `#FF`, `0xFF`, `&hFF`.
fn dotnet(text: &str, kind: TypeKind) -> Result<Value, NetError> {
    let culture = culture::invariant();
    let trimmed = text.trim();
    // No text and white space alone are zero.
    if trimmed.is_empty() {
        return Num::Int(0).to_kind(kind).map_err(|e| overflow(e.0));
    }
    let trim_error = |e: NetError| {
        // The converter trims before it parses, the message shows the whole text.
        if trimmed.len() < text.len() && e.exception == "System.FormatException" { bad(text) } else { e }
    };
    match kind {
        TypeKind::Double => parse_double(trimmed, Styles::FLOAT, culture).map(Value::Double).map_err(trim_error),
        TypeKind::Single => parse_single(trimmed, Styles::FLOAT, culture).map(Value::Single).map_err(trim_error),
        TypeKind::Decimal => match parse_decimal(trimmed, Styles::FLOAT, culture) {
            // A cast drops trailing zeros, as opposed to `[decimal]::Parse`.
            Ok(d) => Ok(Value::decimal(d.normalize())),
            // An exponent that is too large counts as a wrong format.
            Err(_) if trimmed.contains(['e', 'E']) => Err(bad(text)),
            Err(e) => Err(trim_error(e)),
        },
        _ => {
            let lower = trimmed.get(..2).map(str::to_ascii_lowercase);
            let hex = match lower.as_deref() {
                Some("0x" | "&h") => Some(&trimmed[2..]),
                _ => trimmed.strip_prefix('#'),
            };
            match hex {
                Some(digits) => hex_integer(digits, kind),
                None => parse_integer(trimmed, Styles::INTEGER, culture, kind).map_err(trim_error),
            }
        }
    }
}

fn bad(text: &str) -> NetError {
    format_error(format!("The input string '{text}' was not in a correct format."))
}

/// `Convert.ToInt32(text, 16)`: all bits of the type may be used.
fn hex_integer(digits: &str, kind: TypeKind) -> Result<Value, NetError> {
    let (bits, unsigned) = match kind {
        TypeKind::SByte | TypeKind::Byte => (8, TypeKind::Byte),
        TypeKind::Int16 | TypeKind::UInt16 => (16, TypeKind::UInt16),
        TypeKind::Int32 | TypeKind::UInt32 => (32, TypeKind::UInt32),
        _ => (64, TypeKind::UInt64),
    };
    if digits.is_empty() {
        return Num::Int(0).to_kind(kind).map_err(|e| overflow(e.0));
    }
    match digits.bytes().take_while(u8::is_ascii_hexdigit).count() {
        0 => return Err(format_error("Could not find any recognizable digits.")),
        n if n < digits.len() => {
            return Err(format_error("Additional non-parsable characters are at the end of the string."));
        }
        _ => {}
    }
    let n = u128::from_str_radix(digits, 16).ok().filter(|n| *n < 1 << bits).ok_or_else(|| too_large(unsigned))?;
    let signed = matches!(kind, TypeKind::SByte | TypeKind::Int16 | TypeKind::Int32 | TypeKind::Int64);
    let n = n as i128;
    let n = if signed && n >= 1 << (bits - 1) { n - (1 << bits) } else { n };
    pack(n, kind).ok_or_else(|| too_large(unsigned))
}

/// The number an operator takes a string for: a literal, else the text as the other operand's kind.
pub fn operand(rt: &mut dyn Runtime, text: &PsString, fallback: TypeRef) -> Res<Value> {
    if text.trim().is_empty() {
        return Ok(Value::Int(0));
    }
    match scan(text) {
        Some(number) => Ok(number),
        None => to_number(rt, text, fallback),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    fn int(text: &str) -> Option<i32> {
        match dotnet(text, TypeKind::Int32) {
            Ok(Value::Int(n)) => Some(n),
            _ => None,
        }
    }
    #[test]
    fn integers_as_dotnet_parses_them() {
        assert_eq!(int("0xffffffff"), Some(-1));
        assert_eq!(int(" +5 "), Some(5));
        assert_eq!(int("#1f"), Some(31));
        assert_eq!(int("0x"), Some(0));
        assert_eq!(int("1,000"), None);
    }
}

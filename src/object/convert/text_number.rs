//! Strings to numbers: .NET's parser first, then PowerShell's literals (`0x1F`, `1kb`, `2l`), then a real number with
//! thousands separators.
use super::errors;
use super::number::{Num, pack, range_message};
use crate::bigint::BigInteger;
use crate::error::{Flow, Res};
use crate::literal::{parse_decimal, scan_number};
use crate::runtime::Runtime;
use crate::string::PsString;
use crate::types::{TypeKind, TypeRef};
use crate::value::Value;

/// Why .NET's parser did not take a text.
enum Failure {
    Format,
    Range(&'static str),
    Other(&'static str),
}

/// `[int]'text'` and the other number kinds.
pub fn to_number(rt: &mut dyn Runtime, text: &PsString, ty: TypeRef) -> Res<Value> {
    let kind = ty.kind;
    let failure = match dotnet(text, kind) {
        Ok(value) => return Ok(value),
        Err(failure) => failure,
    };
    let literal = || scan_number(text).as_ref().and_then(Num::of).and_then(|n| n.to_kind(kind).ok());
    let real = || parse_real(text).and_then(|n| Num::Double(n).to_kind(kind).ok());
    let separated = || parse_decimal(&without_separators(text)?).map(Value::decimal);
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
    let number = scan_number(text).as_ref().and_then(Num::of).or_else(|| parse_real(text).map(Num::Double));
    match number.map(|n| n.to_big()) {
        Some(Ok(n)) => Ok(BigInteger::value(n)),
        _ => Err(error(rt, text, ty, &Failure::Other("The value could not be parsed."))),
    }
}

fn error(rt: &mut dyn Runtime, text: &PsString, ty: TypeRef, failure: &Failure) -> Flow {
    let id = match ty.kind {
        TypeKind::Single | TypeKind::Double => "InvalidCastFromStringToDoubleOrSingle",
        TypeKind::Decimal => "InvalidCastFromStringToDecimal",
        _ => "InvalidCastFromStringToInteger",
    };
    let value = Value::String(text.clone());
    match failure {
        Failure::Format => {
            let message = format!("The input string '{text}' was not in a correct format.");
            errors::failed(rt, &value, ty, id, ("System.FormatException", &message))
        }
        Failure::Range(message) => errors::failed(rt, &value, ty, id, ("System.OverflowException", message)),
        Failure::Other(message) => errors::failed(rt, &value, ty, id, ("System.FormatException", message)),
    }
}

/// What the type's converter accepts: `Int32.Parse`, `#FF`, `0xFF`, `&hFF`.
fn dotnet(text: &str, kind: TypeKind) -> Result<Value, Failure> {
    if text.is_empty() {
        return Num::Int(0).to_kind(kind).map_err(|_| Failure::Format);
    }
    let trimmed = text.trim();
    match kind {
        // White space alone is zero, not an error.
        _ if trimmed.is_empty() => Num::Int(0).to_kind(kind).map_err(|_| Failure::Format),
        TypeKind::Double => plain_real(trimmed).map(Value::Double).ok_or(Failure::Format),
        TypeKind::Single => plain_real(trimmed).map(|n| Value::Single(n as f32)).ok_or(Failure::Format),
        TypeKind::Decimal => {
            if plain_real(trimmed).is_none() || trimmed.contains(['n', 'N', 'i', 'I']) {
                return Err(Failure::Format);
            }
            match parse_decimal(trimmed) {
                Some(d) => Ok(Value::decimal(d)),
                None if trimmed.contains(['e', 'E']) => Err(Failure::Format),
                None => Err(Failure::Range(range_message(kind))),
            }
        }
        _ => {
            let lower = trimmed.get(..2).map(str::to_ascii_lowercase);
            let hex = match lower.as_deref() {
                Some("0x" | "&h") => Some(&trimmed[2..]),
                _ => trimmed.strip_prefix('#'),
            };
            match hex {
                Some(digits) => hex_integer(digits, kind),
                None => plain_integer(trimmed, kind),
            }
        }
    }
}

fn plain_integer(text: &str, kind: TypeKind) -> Result<Value, Failure> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Failure::Format);
    }
    let range = Failure::Range(range_message(kind));
    match text.parse::<i128>() {
        Ok(n) => pack(n, kind).ok_or(range),
        Err(_) => Err(range),
    }
}

/// `Convert.ToInt32(text, 16)`: all bits of the type may be used.
fn hex_integer(digits: &str, kind: TypeKind) -> Result<Value, Failure> {
    let (bits, unsigned) = match kind {
        TypeKind::SByte => (8, TypeKind::Byte),
        TypeKind::Byte => (8, TypeKind::Byte),
        TypeKind::Int16 | TypeKind::UInt16 => (16, TypeKind::UInt16),
        TypeKind::Int32 | TypeKind::UInt32 => (32, TypeKind::UInt32),
        _ => (64, TypeKind::UInt64),
    };
    if digits.is_empty() {
        return Num::Int(0).to_kind(kind).map_err(|_| Failure::Format);
    }
    let valid = digits.bytes().take_while(u8::is_ascii_hexdigit).count();
    let range = || Failure::Range(range_message(unsigned));
    match valid {
        0 => return Err(Failure::Other("Could not find any recognizable digits.")),
        n if n < digits.len() => {
            return Err(Failure::Other("Additional non-parsable characters are at the end of the string."));
        }
        _ => {}
    }
    let n = u128::from_str_radix(digits, 16).map_err(|_| range())?;
    if n >= 1u128 << bits {
        return Err(range());
    }
    let signed = matches!(kind, TypeKind::SByte | TypeKind::Int16 | TypeKind::Int32 | TypeKind::Int64);
    let n = n as i128;
    let n = if signed && n >= 1i128 << (bits - 1) { n - (1i128 << bits) } else { n };
    pack(n, kind).ok_or_else(range)
}

/// `NumberStyles.Float`: sign, digits, point, exponent; also `NaN` and `Infinity`.
fn plain_real(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if unsigned.eq_ignore_ascii_case("nan") {
        return Some(f64::NAN);
    }
    if unsigned.eq_ignore_ascii_case("infinity") {
        return Some(if text.starts_with('-') { f64::NEG_INFINITY } else { f64::INFINITY });
    }
    if !unsigned.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-')) {
        return None;
    }
    text.parse().ok()
}

/// A real number that may hold thousands separators before its point.
fn parse_real(text: &str) -> Option<f64> {
    plain_real(&without_separators(text)?)
}

fn without_separators(text: &str) -> Option<String> {
    let text = text.trim();
    let point = text.find('.').unwrap_or(text.len());
    if text[point..].contains(',') || text.trim_start_matches(['+', '-']).starts_with(',') {
        return None;
    }
    Some(text.replace(',', ""))
}

/// The number an operator takes a string for: a literal, else the text as the other operand's kind.
pub fn operand(rt: &mut dyn Runtime, text: &PsString, fallback: TypeRef) -> Res<Value> {
    if text.trim().is_empty() {
        return Ok(Value::Int(0));
    }
    match scan_number(text) {
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
        assert_eq!(parse_real("1,000.5"), Some(1000.5));
    }
}

//! The range operator `..`.
use crate::arith::{out_of_memory, raw_error};
use crate::arith_object::type_name;
use crate::convert::{self, number::Num};
use crate::error::Res;
use crate::types::TypeKind;
use crate::value::Value;

/// `left..right`: integers, or characters when both sides are single characters.
pub fn range(left: &Value, right: &Value) -> Res<Value> {
    if let (Some(a), Some(b)) = (range_char(left), range_char(right)) {
        let chars: Vec<u16> = if a <= b { (a..=b).collect() } else { (b..=a).rev().collect() };
        return Ok(Value::array(chars.into_iter().map(Value::Char).collect()));
    }
    let (a, b) = (range_end(left)?, range_end(right)?);
    let length = (i64::from(a) - i64::from(b)).unsigned_abs() + 1;
    if length > 0x7FFF_FFC7 {
        return Err(out_of_memory());
    }
    let mut items = Vec::with_capacity(length as usize);
    if a <= b {
        items.extend((a..=b).map(Value::Int));
    } else {
        items.extend((b..=a).rev().map(Value::Int));
    }
    Ok(Value::array(items))
}

/// A char, or the character of a string of one that is no digit.
fn range_char(value: &Value) -> Option<u16> {
    match value.base() {
        Value::Char(c) => Some(*c),
        Value::String(s) if s.len() == 1 && !s.as_bytes()[0].is_ascii_digit() => s.unit(0),
        _ => None,
    }
}

/// An end of an integer range (`Convert.ToInt32`).
pub fn range_end(value: &Value) -> Res<i32> {
    let base = value.base();
    let number = match base {
        Value::Int(n) => return Ok(*n),
        Value::Null | Value::Void | Value::Unset => return Ok(0),
        Value::Bool(b) => Num::Int((*b).into()),
        Value::Char(c) => Num::Int((*c).into()),
        Value::String(s) => match s.trim().parse::<i128>() {
            Ok(n) => Num::Int(n),
            Err(_) => {
                let message = format!("The input string '{s}' was not in a correct format.");
                return Err(raw_error("System.FormatException", &message));
            }
        },
        _ => match Num::of(base).or_else(|| convert::enum_number(base).map(Num::Int)) {
            Some(Num::Big(_)) | None => {
                let ty = type_name(base);
                let message = format!("Unable to cast object of type '{ty}' to type 'System.IConvertible'.");
                return Err(raw_error("System.InvalidCastException", &message));
            }
            Some(n) => n,
        },
    };
    match number.to_kind(TypeKind::Int32) {
        Ok(Value::Int(n)) => Ok(n),
        Ok(_) => Ok(0),
        Err(e) => Err(raw_error("System.OverflowException", &e.0)),
    }
}

//! Conversion of values to types: the language's `LanguagePrimitives.ConvertTo`.
use crate::error::{ErrorCategory, ErrorRecord, Res};
use crate::runtime::Runtime;
use crate::types::{TypeKind, TypeRef};
use crate::value::Value;

/// Truthiness: `$null`, zero, the empty string and the empty list are false; a list of one is its element.
pub fn to_bool(value: &Value) -> bool {
    match value {
        Value::Unset | Value::Null | Value::Void => false,
        Value::Bool(b) => *b,
        Value::Char(c) => *c != 0,
        Value::SByte(n) => *n != 0,
        Value::Byte(n) => *n != 0,
        Value::Short(n) => *n != 0,
        Value::UShort(n) => *n != 0,
        Value::Int(n) => *n != 0,
        Value::UInt(n) => *n != 0,
        Value::Long(n) => *n != 0,
        Value::ULong(n) => *n != 0,
        Value::Single(n) => *n != 0.0,
        Value::Double(n) => *n != 0.0,
        Value::Decimal(n) => !n.is_zero(),
        Value::String(s) => !s.is_empty(),
        Value::Array(a) => list_to_bool(&a.items.borrow()),
        Value::List(l) => list_to_bool(&l.items.borrow()),
        Value::Wrapped(w) => to_bool(&w.base),
        Value::Object(o) => o.data().truth(),
        _ => true,
    }
}

fn list_to_bool(items: &[Value]) -> bool {
    match items {
        [] => false,
        // An array inside the only element counts by its length, not by its own element.
        [one] => match one.base() {
            Value::Array(a) => !a.is_empty(),
            Value::List(l) => !l.is_empty(),
            other => to_bool(other),
        },
        _ => true,
    }
}

/// `[type]value`
pub fn cast(rt: &mut dyn Runtime, value: &Value, ty: TypeRef) -> Res<Value> {
    match (ty.kind, value) {
        (TypeKind::Object, v) => Ok(v.clone().or_null()),
        (TypeKind::Boolean, v) => Ok(Value::Bool(to_bool(v))),
        (TypeKind::String, v) => Ok(Value::String(rt.to_text(v))),
        (TypeKind::Int32, Value::Int(_)) => Ok(value.clone()),
        _ => Err(ErrorRecord::runtime(
            "ConvertToFinalInvalidCastException",
            format!("Cannot convert the \"{}\" value to type \"{}\".", rt.to_text(value), ty.full_name),
            ErrorCategory::InvalidArgument,
        )
        .into()),
    }
}

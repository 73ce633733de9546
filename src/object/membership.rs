//! `-contains -in` and `-is -as`.
use crate::compare;
use crate::convert;
use crate::error::{ErrorCategory, ErrorRecord, Res};
use crate::runtime::Runtime;
use crate::types;
use crate::value::Value;

/// True when one of the elements equals the value.
pub fn contains(rt: &mut dyn Runtime, list: &Value, value: &Value, case_sensitive: bool) -> Res<bool> {
    for item in rt.enumerate(list)? {
        if compare::equal(rt, &item, value, case_sensitive)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// `value -is type`; `op` is the operator's text for the error.
pub fn is(_rt: &mut dyn Runtime, value: &Value, ty: &Value, op: &str) -> Res<bool> {
    let Value::Type(ty) = ty.base() else {
        return Err(ErrorRecord::runtime(
            "IsOperatorRequiresType",
            format!("The right operand of '{op}' must be a type."),
            ErrorCategory::InvalidOperation,
        )
        .into());
    };
    Ok(!value.is_null() && types::type_of(value).is_subclass_of(ty))
}

/// `value -as type`: the conversion, or `$null`.
pub fn as_type(rt: &mut dyn Runtime, value: &Value, ty: &Value) -> Res<Value> {
    match ty.base() {
        Value::Type(ty) => Ok(convert::cast(rt, value, ty).unwrap_or(Value::Null)),
        _ => Ok(Value::Null),
    }
}

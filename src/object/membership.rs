//! `-contains -in` and `-is -as`.
use crate::arith::is_list;
use crate::compare;
use crate::convert;
use crate::error::{ErrorCategory, ErrorRecord, Flow, Res};
use crate::runtime::Runtime;
use crate::types::{self, TypeKind, TypeRef};
use crate::value::Value;

/// True when one of the elements equals the value; a single value counts as a list of one.
pub fn contains(rt: &mut dyn Runtime, list: &Value, value: &Value, case_sensitive: bool) -> Res<bool> {
    let items = match list.base() {
        Value::Array(a) => a.to_vec(),
        base if is_list(base) => rt.enumerate(base)?,
        _ => return compare::equal(rt, list, value, case_sensitive),
    };
    for item in items {
        if compare::equal(rt, &item, value, case_sensitive)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The right side of `-is` and `-as`: a type, or a name of one.
fn type_operand(rt: &mut dyn Runtime, ty: &Value, op: &str, id: &str) -> Res<TypeRef> {
    match ty.base() {
        Value::Type(ty) => Ok(ty),
        base if base.is_null() => Err(ErrorRecord::runtime(
            id,
            format!("The right operand of '{op}' must be a type."),
            ErrorCategory::InvalidOperation,
        )
        .into()),
        base => {
            let name = rt.to_text(base);
            crate::parse_type_name(&name).ok_or_else(|| match op {
                "-as" => convert::errors::bad_type_name(&name),
                _ => unknown_type(&name),
            })
        }
    }
}

fn unknown_type(name: &str) -> Flow {
    let message = format!("Cannot convert the \"{name}\" value of type \"System.String\" to type \"System.Type\".");
    ErrorRecord::runtime("RuntimeException", message, ErrorCategory::NotSpecified).into()
}

/// `value -is type`; `op` is the operator's text for the error.
pub fn is(rt: &mut dyn Runtime, value: &Value, ty: &Value, op: &str) -> Res<bool> {
    let ty = type_operand(rt, ty, op, "IsOperatorRequiresType")?;
    Ok(is_instance(value, ty))
}

/// True when the value is of the type (a base class, an interface).
pub fn is_instance(value: &Value, ty: TypeRef) -> bool {
    if value.is_null() {
        return false;
    }
    if ty.kind == TypeKind::PSObject {
        return matches!(value, Value::Custom(_) | Value::Wrapped(_));
    }
    let own = types::type_of(value.base());
    // Arrays of a class are arrays of its bases.
    if let (TypeKind::Array, TypeKind::Array, Some(a), Some(b)) = (own.kind, ty.kind, own.elem, ty.elem)
        && own.rank == ty.rank
    {
        return a == b || (!a.is_value_type() && a.is_subclass_of(b));
    }
    own.is_subclass_of(ty)
}

/// `value -as type`: the conversion, or `$null`.
pub fn as_type(rt: &mut dyn Runtime, value: &Value, ty: &Value) -> Res<Value> {
    let ty = type_operand(rt, ty, "-as", "AsOperatorRequiresType")?;
    // Unlike a cast, `-as` writes dates in the current culture.
    if let Value::DateTime(_) = value.base() {
        let text = || crate::text::to_string(value.base()).map(Value::String);
        match (ty.kind, ty.elem.map(|e| e.kind)) {
            (TypeKind::String, _) => return Ok(text().unwrap_or_default()),
            (TypeKind::Array, Some(TypeKind::String)) => {
                return convert::cast(rt, &text().unwrap_or_default(), ty);
            }
            _ => {}
        }
    }
    match convert::cast(rt, value, ty) {
        Err(e) if e.error().is_some() => Ok(Value::Null),
        result => result,
    }
}

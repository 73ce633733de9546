//! Conversions to arrays: element by element; a single value becomes an array of one.
use super::{cast, errors};
use crate::collections::Array;
use crate::error::Res;
use crate::runtime::Runtime;
use crate::types::{TypeKind, TypeRef};
use crate::value::Value;
use std::rc::Rc;

/// The value as an array of the type.
pub fn to_array(rt: &mut dyn Runtime, value: &Value, base: &Value, ty: TypeRef, elem: TypeRef) -> Res<Value> {
    if ty.rank > 1 {
        return Err(errors::no_conversion(rt, value, ty));
    }
    let items = match base {
        Value::Array(a) => a.to_vec(),
        Value::String(s) if elem.kind == TypeKind::Char => {
            return Ok(make(elem, s.to_units().into_iter().map(Value::Char).collect()));
        }
        _ if enumerable(base) => rt.enumerate(base)?,
        _ => return scalar(rt, value, ty, elem),
    };
    elements(rt, items, elem)
}

/// True for collections that convert element by element (not strings, dictionaries and XML).
pub fn enumerable(value: &Value) -> bool {
    match value {
        Value::List(_) => true,
        Value::Object(o) => o.data().is_enumerable() && !o.data().type_ref().full_name.starts_with("System.Xml."),
        _ => false,
    }
}

fn make(elem: TypeRef, items: Vec<Value>) -> Value {
    Value::Array(Rc::new(Array::typed(elem, items)))
}

/// Elements converted one by one; the first that fails gives the error.
pub fn elements(rt: &mut dyn Runtime, items: Vec<Value>, elem: TypeRef) -> Res<Value> {
    if elem.kind == TypeKind::Object {
        return Ok(make(elem, items));
    }
    let mut out = Vec::with_capacity(items.len());
    for item in &items {
        out.push(cast(rt, item, elem)?);
    }
    Ok(make(elem, out))
}

fn scalar(rt: &mut dyn Runtime, value: &Value, ty: TypeRef, elem: TypeRef) -> Res<Value> {
    match cast(rt, value, elem) {
        Ok(item) => Ok(make(elem, vec![item])),
        Err(e) => {
            if errors::no_rule(&e) {
                return Err(errors::no_conversion(rt, value, ty));
            }
            let Some(error) = e.error() else { return Err(e) };
            let (id, message) = ("InvalidCastExceptionScalarToArray", error.message());
            Err(errors::failed(rt, value, ty, id, ("System.Management.Automation.PSInvalidCastException", &message)))
        }
    }
}

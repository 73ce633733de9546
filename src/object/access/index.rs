//! `$x[i]` and `$x[i] = v`.
use super::{errors, type_of};
use crate::collections::{Array, List};
use crate::dict::{DictKind, Dictionary};
use crate::error::Res;
use crate::runtime::Runtime;
use crate::types;
use crate::value::Value;

/// `$x[args]`. One argument that is an array takes a slice; several arguments index a multi-dimensional array, and are
/// a slice of anything else.
#[inline]
pub fn index(rt: &mut dyn Runtime, v: &Value, args: &[Value]) -> Res<Value> {
    match (v, args) {
        (Value::Array(a), [Value::Int(n)]) if a.dims.is_none() => {
            return Ok(wrap(*n, a.len()).and_then(|at| a.get(at)).unwrap_or_default());
        }
        (Value::Dict(d), [Value::String(key)]) if d.types.is_none() => {
            return Ok(d.get_str(key).unwrap_or_default());
        }
        _ => {}
    }
    index_slow(rt, v, args)
}

fn index_slow(rt: &mut dyn Runtime, v: &Value, args: &[Value]) -> Res<Value> {
    let base = v.base();
    if base.is_null() {
        return Err(errors::null_array());
    }
    if let Value::Array(a) = base
        && let Some(dims) = &a.dims
    {
        return index_dims(rt, a, dims, args);
    }
    let single = match args {
        [one] => one,
        several => return slice(rt, base, several),
    };
    match single.base() {
        Value::Array(list) => {
            let list = list.to_vec();
            return slice(rt, base, &list);
        }
        Value::List(list) => {
            let list = list.to_vec();
            return slice(rt, base, &list);
        }
        _ => {}
    }
    // What cannot be a position gives nothing, unless it stands in a slice.
    match (base, single.base()) {
        (Value::Array(_) | Value::List(_) | Value::String(_), Value::String(_))
            if rt.cast(single, &types::INT32).is_err() =>
        {
            Ok(Value::Null)
        }
        (Value::Array(_) | Value::List(_) | Value::String(_) | Value::Dict(_) | Value::Object(_), _) => {
            one(rt, base, single).map(|found| found.unwrap_or_default())
        }
        _ => one(rt, base, single).map(|found| found.unwrap_or(Value::Void)),
    }
}

/// One element; none when there is no such element.
fn one(rt: &mut dyn Runtime, base: &Value, at: &Value) -> Res<Option<Value>> {
    if at.is_null() && !matches!(base, Value::Object(_)) {
        return Err(errors::null_index());
    }
    match base {
        Value::Array(a) => Ok(place(rt, at, a.len())?.and_then(|n| a.get(n))),
        Value::List(l) => Ok(place(rt, at, l.len())?.and_then(|n| l.get(n))),
        Value::String(s) => Ok(place(rt, at, s.len())?.and_then(|n| s.unit(n)).map(Value::Char)),
        Value::Dict(d) => Ok(entry(rt, d, at)),
        Value::Object(o) => match o.data().index(rt, std::slice::from_ref(at)) {
            Some(found) => found.map(Some),
            None => single(base, at),
        },
        _ => single(base, at),
    }
}

/// A thing that has no elements is its own first and last one.
fn single(base: &Value, at: &Value) -> Res<Option<Value>> {
    match at.base() {
        Value::Int(0 | -1) => Ok(Some(base.clone())),
        Value::Int(_) => Ok(None),
        _ => Err(errors::cannot_index(type_of(base))),
    }
}

fn entry(rt: &mut dyn Runtime, d: &Dictionary, key: &Value) -> Option<Value> {
    let key = key.base();
    if let (DictKind::Ordered, Value::Int(n)) = (d.kind, key) {
        return wrap(*n, d.len()).and_then(|n| d.dict.borrow().at(n).map(|(_, v)| v.clone()));
    }
    match d.types {
        Some((key_type, _)) if type_of(key) != key_type => {
            let key = rt.cast(key, key_type).ok()?;
            d.dict.borrow().get(&key).cloned()
        }
        _ => d.dict.borrow().get(key).cloned(),
    }
}

/// The elements at several places. Places that do not exist are left out, keys that do not exist give `$null`.
fn slice(rt: &mut dyn Runtime, base: &Value, places: &[Value]) -> Res<Value> {
    let keyed = matches!(base, Value::Dict(d) if d.types.is_none());
    let mut found = Vec::with_capacity(places.len());
    for at in places {
        match one(rt, base, at)? {
            Some(value) => found.push(value),
            None if keyed => found.push(Value::Null),
            None => {}
        }
    }
    Ok(Value::array(found))
}

/// A position from the start, or from the end when negative.
fn wrap(n: i32, len: usize) -> Option<usize> {
    let at = if n < 0 { i64::from(n) + len as i64 } else { i64::from(n) };
    usize::try_from(at).ok().filter(|at| *at < len)
}

/// The element an index value means; none when it lies outside.
fn place(rt: &mut dyn Runtime, at: &Value, len: usize) -> Res<Option<usize>> {
    match at.base() {
        Value::Int(n) => Ok(wrap(*n, len)),
        Value::Long(n) => Ok(i32::try_from(*n).ok().and_then(|n| wrap(n, len))),
        other => match rt.cast(other, &types::INT32)? {
            Value::Int(n) => Ok(wrap(n, len)),
            _ => Ok(None),
        },
    }
}

/// Flat position in a multi-dimensional array; none when one part lies outside.
fn flat(rt: &mut dyn Runtime, dims: &[usize], args: &[Value]) -> Res<Option<usize>> {
    let spread;
    let parts = match args {
        [one] => match one.base() {
            Value::Array(list) => {
                spread = list.to_vec();
                &spread
            }
            _ => args,
        },
        several => several,
    };
    if parts.len() != dims.len() {
        return Err(errors::needs_dimensions(parts.len(), dims.len()));
    }
    let mut at = 0;
    for (part, len) in parts.iter().zip(dims) {
        match rt.cast(part, &types::INT32)? {
            Value::Int(n) if n >= 0 && (n as usize) < *len => at = at * len + n as usize,
            _ => return Ok(None),
        }
    }
    Ok(Some(at))
}

fn index_dims(rt: &mut dyn Runtime, a: &Array, dims: &[usize], args: &[Value]) -> Res<Value> {
    Ok(flat(rt, dims, args)?.and_then(|at| a.get(at)).unwrap_or_default())
}

/// `$x[args] = new`
pub fn set_index(rt: &mut dyn Runtime, v: &Value, args: &[Value], new: Value) -> Res<()> {
    let base = v.base();
    let new = new.or_null();
    if base.is_null() {
        return Err(errors::null_array());
    }
    if let Value::Array(a) = base
        && let Some(dims) = &a.dims
    {
        let at = flat(rt, dims, args)?.ok_or_else(errors::out_of_bounds)?;
        return put(rt, a, at, new);
    }
    let at = match args {
        [one] => one,
        several => return set_slice(rt, base, several, new),
    };
    if let (Value::Array(_) | Value::List(_), Value::Array(list)) = (base, at.base()) {
        let list = list.to_vec();
        return set_slice(rt, base, &list, new);
    }
    if at.is_null() && !matches!(base, Value::Object(_)) {
        return Err(errors::null_index());
    }
    match base {
        Value::Array(a) => {
            let at = place(rt, at, a.len())?.ok_or_else(errors::out_of_bounds)?;
            put(rt, a, at, new)
        }
        Value::List(l) => set_list(rt, l, at, new),
        Value::Dict(d) => set_entry(rt, d, at, new),
        Value::Object(o) => match o.data().set_index(rt, std::slice::from_ref(at), new) {
            Some(done) => done,
            None => Err(errors::cannot_index(type_of(base))),
        },
        _ => Err(errors::cannot_index(type_of(base))),
    }
}

fn set_slice(rt: &mut dyn Runtime, base: &Value, places: &[Value], new: Value) -> Res<()> {
    match base {
        Value::Object(o) => match o.data().set_index(rt, places, new) {
            Some(done) => done,
            None => Err(errors::cannot_index(type_of(base))),
        },
        _ => {
            let shown: Vec<_> = places.iter().map(|p| rt.to_text(p)).collect();
            let shown: Vec<&str> = shown.iter().map(|s| s.as_str()).collect();
            Err(errors::slice_assignment(&shown.join(",")))
        }
    }
}

/// Puts a converted element into an array.
fn put(rt: &mut dyn Runtime, a: &Array, at: usize, new: Value) -> Res<()> {
    let new = element(rt, a.elem, new)?;
    match a.items.borrow_mut().get_mut(at) {
        Some(slot) => {
            *slot = new;
            Ok(())
        }
        None => Err(errors::out_of_bounds()),
    }
}

/// A value as an element of a typed collection.
pub(crate) fn element(rt: &mut dyn Runtime, elem: types::TypeRef, new: Value) -> Res<Value> {
    match elem.kind {
        types::TypeKind::Object | types::TypeKind::PSObject => Ok(new),
        _ if type_of(&new) == elem && !new.is_null() => Ok(new.into_base()),
        _ => rt.cast(&new, elem),
    }
}

fn set_list(rt: &mut dyn Runtime, l: &List, at: &Value, new: Value) -> Res<()> {
    if l.read_only {
        return Err(errors::bare("System.NotSupportedException", "Collection is read-only."));
    }
    let at = place(rt, at, l.len())?;
    let new = element(rt, l.elem, new)?;
    match at.and_then(|n| l.items.borrow_mut().get_mut(n).map(|slot| *slot = new)) {
        Some(()) => Ok(()),
        None => Err(errors::list_range()),
    }
}

fn set_entry(rt: &mut dyn Runtime, d: &Dictionary, key: &Value, new: Value) -> Res<()> {
    let key = key.base().clone();
    if let (DictKind::Ordered, Value::Int(n)) = (d.kind, &key) {
        let done = usize::try_from(*n).is_ok_and(|n| d.dict.borrow_mut().set_at(n, new));
        return if done { Ok(()) } else { Err(errors::ordered_range()) };
    }
    let (key, new) = match d.types {
        Some((key_type, value_type)) => (element(rt, key_type, key)?, element(rt, value_type, new)?),
        None => (key, new),
    };
    d.put(key, new);
    Ok(())
}

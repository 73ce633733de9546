//! Reading JSON without regard to the case of names: services and clients of the tenant APIs differ in it.

use serde_json::{Map, Value};

/// The member of this name, whatever its case.
pub fn field<'a>(object: &'a Value, name: &str) -> Option<&'a Value> {
    object.as_object()?.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v)
}

/// The member as text; numbers and booleans are written out, null and other kinds give `None`.
pub fn text(object: &Value, name: &str) -> Option<String> {
    match field(object, name)? {
        Value::String(s) => Some(s.clone()),
        Value::Number(n) => Some(n.to_string()),
        Value::Bool(b) => Some(b.to_string()),
        _ => None,
    }
}

/// The member as text, unless it is empty.
pub fn filled(object: &Value, name: &str) -> Option<String> {
    text(object, name).filter(|s| !s.is_empty())
}

/// The member as a truth value; the module's string dictionaries carry `"True"`.
pub fn flag(object: &Value, name: &str) -> Option<bool> {
    match field(object, name)? {
        Value::Bool(b) => Some(*b),
        Value::String(s) => s.parse().ok().or_else(|| s.to_ascii_lowercase().parse().ok()),
        _ => None,
    }
}

/// The member as an integer, also from digits in text.
pub fn integer(object: &Value, name: &str) -> Option<i64> {
    match field(object, name)? {
        Value::Number(n) => n.as_i64(),
        Value::String(s) => s.trim().parse().ok(),
        _ => None,
    }
}

/// The member as a list of texts; a single text is a list of one.
pub fn texts(object: &Value, name: &str) -> Vec<String> {
    match field(object, name) {
        Some(Value::Array(items)) => items.iter().filter_map(|i| i.as_str().map(str::to_owned)).collect(),
        Some(Value::String(s)) if !s.is_empty() => vec![s.clone()],
        _ => Vec::new(),
    }
}

/// The member's elements; an absent or null one has none.
pub fn items<'a>(object: &'a Value, name: &str) -> &'a [Value] {
    field(object, name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// Sets a member under the spelling it already has, or this one.
pub fn set(object: &mut Value, name: &str, value: Value) {
    let Some(map) = object.as_object_mut() else { return };
    match map.iter_mut().find(|(n, _)| n.eq_ignore_ascii_case(name)) {
        Some((_, slot)) => *slot = value,
        None => {
            map.insert(name.to_owned(), value);
        }
    }
}

/// Takes over the members of `changes` that `object` has already, under its own spelling.
pub fn merge_known(object: &mut Value, changes: &Value) {
    let (Some(object), Some(changes)) = (object.as_object_mut(), changes.as_object()) else { return };
    for (name, slot) in object.iter_mut() {
        if let Some((_, value)) = changes.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)) {
            *slot = value.clone();
        }
    }
}

/// Takes over all members of `changes`.
pub fn merge(object: &mut Value, changes: &Value) {
    for (name, value) in changes.as_object().into_iter().flatten() {
        set(object, name, value.clone());
    }
}

/// Only the named members, in the object's order; names may be a comma list. An empty list keeps all.
pub fn select(object: Value, names: &str) -> Value {
    let wanted: Vec<&str> = names.split(',').map(str::trim).filter(|n| !n.is_empty()).collect();
    match object {
        Value::Object(map) if !wanted.is_empty() => {
            let kept = |n: &str| n.starts_with('@') || wanted.iter().any(|w| w.eq_ignore_ascii_case(n));
            Value::Object(map.into_iter().filter(|(n, _)| kept(n)).collect::<Map<_, _>>())
        }
        other => other,
    }
}

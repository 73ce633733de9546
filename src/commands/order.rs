//! The order of objects that Sort-Object, Group-Object, Compare-Object and -Unique share: values compare by the language's
//! rules, what cannot be compared compares by its text; a missing property stands behind all others.
use crate::property::{Property, Source};
use dialtone_engine::Engine;
use dialtone_object::*;
use std::cmp::Ordering;

/// A property's value on an object; none when the object does not have it.
pub type Key = Option<Value>;

/// Compares two values as Sort-Object does (`ObjectCommandComparer`).
pub fn values(en: &mut Engine, a: &Value, b: &Value, case_sensitive: bool) -> Ordering {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => return a.cmp(b),
        (Value::Double(a), Value::Double(b)) if !a.is_nan() && !b.is_nan() => {
            return a.partial_cmp(b).unwrap_or(Ordering::Equal);
        }
        (a, b) if a.is_null() && b.is_null() => return Ordering::Equal,
        // Objects made of properties do not compare; their order stays.
        (Value::Custom(_), Value::Custom(_)) => return Ordering::Equal,
        _ => {}
    }
    if let Ok(order) = compare::compare_values(en, a, b, case_sensitive) {
        return order;
    }
    let (a, b) = (Value::String(en.to_text(a)), Value::String(en.to_text(b)));
    compare::compare_values(en, &a, &b, case_sensitive).unwrap_or(Ordering::Equal)
}

/// Compares two keys; `descending` turns the order of values, not that of missing properties.
pub fn keys(en: &mut Engine, a: &Key, b: &Key, case_sensitive: bool, descending: bool) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => {
            let order = values(en, a, b, case_sensitive);
            if descending { order.reverse() } else { order }
        }
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Greater,
        (Some(_), None) => Ordering::Less,
    }
}

/// The keys of one object. Script blocks that fail hand their errors to `failed`.
pub fn keys_of(
    en: &mut Engine,
    properties: &[Property],
    object: &Value,
    failed: &mut dyn FnMut(&mut Engine, Flow) -> Res<()>,
) -> Res<Vec<Key>> {
    if properties.is_empty() {
        return Ok(vec![Some(object.clone())]);
    }
    let mut all = Vec::with_capacity(properties.len());
    for property in properties {
        let found = property.on(en, object)?;
        if found.is_empty() && matches!(property.source, Source::Pattern(_)) {
            all.push(None);
        }
        for one in found {
            if let Some(flow) = one.error {
                if matches!(property.source, Source::Block(_)) {
                    failed(en, flow)?;
                }
                all.push(None);
            } else {
                all.push(one.exists.then_some(one.value));
            }
        }
    }
    Ok(all)
}

/// Stable merge sort. Unlike the standard library's it bears comparisons that contradict themselves, which values of
/// mixed types do.
pub fn merge_sort<T: Clone>(items: &mut Vec<T>, compare: &mut dyn FnMut(&T, &T) -> Ordering) {
    let count = items.len();
    let mut from = std::mem::take(items);
    let mut to = Vec::with_capacity(count);
    let mut width = 1;
    while width < count {
        let mut start = 0;
        while start < count {
            let middle = (start + width).min(count);
            let end = (start + 2 * width).min(count);
            let (mut a, mut b) = (start, middle);
            while a < middle && b < end {
                if compare(&from[a], &from[b]) == Ordering::Greater {
                    to.push(from[b].clone());
                    b += 1;
                } else {
                    to.push(from[a].clone());
                    a += 1;
                }
            }
            to.extend_from_slice(&from[a..middle]);
            to.extend_from_slice(&from[b..end]);
            start = end;
        }
        std::mem::swap(&mut from, &mut to);
        to.clear();
        width *= 2;
    }
    *items = from;
}

#[cfg(test)]
mod tests {
    use super::merge_sort;

    #[test]
    fn merge_sort_is_stable() {
        let mut items: Vec<(u32, usize)> = (0..100).map(|n| ((n * 7919) % 10, n as usize)).collect();
        merge_sort(&mut items, &mut |a, b| a.0.cmp(&b.0));
        assert!(items.windows(2).all(|w| w[0].0 < w[1].0 || (w[0].0 == w[1].0 && w[0].1 < w[1].1)));
    }
}

//! `[array]::IndexOf`, `[array]::Sort` and the other statics of System.Array.
use super::array::{array, copy_into};
use super::sort;
use crate::args::{self, Args};
use crate::{fail, overloads};
use dialtone_object::{Array, Overload, Res, Runtime, Value, access, types};
use std::rc::Rc;

type Rt<'a> = &'a mut dyn Runtime;

/// The part of an array that `start` and `count` arguments mean.
fn range(len: usize, start: Option<i32>, count: Option<i32>) -> Res<std::ops::Range<usize>> {
    let start = start.map_or(Some(0), |n| usize::try_from(n).ok()).filter(|n| *n <= len);
    let Some(start) = start else {
        return Err(fail::out_of_range(
            "Index was out of range. Must be non-negative and less than or equal to the size of the collection.",
            "startIndex",
        ));
    };
    let count = count.map_or(Some(len - start), |n| usize::try_from(n).ok()).filter(|n| *n <= len - start);
    match count {
        Some(count) => Ok(start..start + count),
        None => Err(fail::out_of_range(
            "Count must be positive and count must refer to a location within the string/array/collection.",
            "count",
        )),
    }
}
fn opt(args: &[Value], at: usize) -> Option<i32> {
    args.has(at).then(|| args.int(at))
}

fn index_of(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let items = array(args.at(0))?.to_vec();
    let part = range(items.len(), opt(args, 2), opt(args, 3))?;
    let found = super::position(&items[part.clone()], args.at(1));
    Ok(Value::Int(found.map_or(-1, |n| (n + part.start) as i32)))
}
fn last_index_of(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let items = array(args.at(0))?.to_vec();
    let end = opt(args, 2).map_or(items.len(), |n| (n.max(-1) + 1) as usize).min(items.len());
    let found = items[..end].iter().rposition(|v| dialtone_object::value::equals(v, args.at(1)));
    Ok(Value::Int(found.map_or(-1, |n| n as i32)))
}
fn reverse(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let a = array(args.at(0))?;
    let part = range(a.len(), opt(args, 1), opt(args, 2))?;
    a.items.borrow_mut()[part].reverse();
    Ok(Value::Void)
}
/// Sort(array), Sort(keys, items), with a range and a comparer behind.
fn sort_static(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let keys = array(args.at(0))?;
    let (mut items, mut numbers, mut comparer) = (None, Vec::new(), Value::Null);
    for arg in args.iter().skip(1) {
        match arg.base() {
            Value::Array(a) => items = Some(a.clone()),
            Value::Int(n) => numbers.push(*n),
            other => comparer = other.clone(),
        }
    }
    let part = range(keys.len(), numbers.first().copied(), numbers.get(1).copied())?;
    let mut sorted = keys.items.borrow()[part.clone()].to_vec();
    let Some(items) = items else {
        sort::sort(rt, &mut sorted, &comparer)?;
        keys.items.borrow_mut()[part].clone_from_slice(&sorted);
        return Ok(Value::Void);
    };
    // Pairs sort by their keys.
    let values: Vec<Value> = items.items.borrow().get(part.clone()).map(<[Value]>::to_vec).unwrap_or_default();
    let mut order: Vec<usize> = (0..sorted.len()).collect();
    for at in 1..order.len() {
        let mut to = at;
        while to > 0
            && sort::order(rt, &comparer, &sorted[order[to - 1]], &sorted[order[to]])? == std::cmp::Ordering::Greater
        {
            order.swap(to - 1, to);
            to -= 1;
        }
    }
    let keys_sorted: Vec<_> = order.iter().map(|n| sorted[*n].clone()).collect();
    let values_sorted: Vec<_> = order.iter().filter_map(|n| values.get(*n).cloned()).collect();
    keys.items.borrow_mut()[part.clone()].clone_from_slice(&keys_sorted);
    if let Some(slots) = items.items.borrow_mut().get_mut(part.start..part.start + values_sorted.len()) {
        slots.clone_from_slice(&values_sorted);
    }
    Ok(Value::Void)
}
fn copy(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let source = array(args.at(0))?.to_vec();
    let (from, target, to, count) = match args.len() {
        3 => (0, args.at(1), 0, args.int(2)),
        _ => (args.int(1), args.at(2), args.int(3), args.int(4)),
    };
    let count = usize::try_from(count).map_err(|_| fail::out_of_range("Non-negative number required.", "length"))?;
    match usize::try_from(from).ok().and_then(|f| source.get(f..f.checked_add(count)?)) {
        Some(part) => copy_into(part, target, to),
        None => Err(fail::argument_of(
            "Source array was not long enough. Check the source index, length, and the array's lower bounds.",
            "sourceArray",
        )),
    }
}
fn clear(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let a = array(args.at(0))?;
    let part = range(a.len(), opt(args, 1), opt(args, 2))?;
    a.items.borrow_mut()[part].fill(access::default_value(a.elem));
    Ok(Value::Void)
}
fn create_instance(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let Value::Type(elem) = args.at(0).base() else { return Err(fail::argument_null("elementType")) };
    let lengths: Vec<Value> = match args.at(1).base() {
        Value::Array(a) => a.to_vec(),
        _ => args[1..].to_vec(),
    };
    let mut dims = Vec::with_capacity(lengths.len());
    for length in lengths {
        let n = std::slice::from_ref(&length).int(0);
        dims.push(usize::try_from(n).map_err(|_| fail::out_of_range("Non-negative number required.", "length"))?);
    }
    Ok(access::filled_array(elem, &dims))
}
fn resize(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let held = rt.get_property(args.at(0), "Value")?;
    let size =
        usize::try_from(args.int(1)).map_err(|_| fail::out_of_range("Non-negative number required.", "newSize"))?;
    let (elem, mut items) = match held.base() {
        Value::Array(a) => (a.elem, a.to_vec()),
        _ => (&types::OBJECT, Vec::new()),
    };
    items.resize(size, access::default_value(elem));
    rt.set_property(args.at(0), "Value", Value::Array(Rc::new(Array::typed(elem, items))))?;
    Ok(Value::Void)
}
fn fill(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let a = array(args.at(0))?;
    let part = range(a.len(), opt(args, 2), opt(args, 3))?;
    let value = if a.elem == &types::OBJECT { args.at(1).clone() } else { rt.cast(args.at(1), a.elem)? };
    a.items.borrow_mut()[part].fill(value);
    Ok(Value::Void)
}
fn binary_search(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let items = array(args.at(0))?.to_vec();
    let comparer = args.iter().skip(2).find(|a| !matches!(a, Value::Int(_))).cloned().unwrap_or_default();
    let (value, part) = match args.at(2) {
        Value::Int(_) if args.len() >= 4 => (args.at(3), range(items.len(), opt(args, 1), opt(args, 2))?),
        _ => (args.at(1), 0..items.len()),
    };
    let found = super::list::search(rt, &items[part.clone()], value, &comparer)?;
    Ok(Value::Int(if found < 0 { found - part.start as i32 } else { found + part.start as i32 }))
}
fn exists(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    for item in array(args.at(0))?.to_vec() {
        if super::test(rt, args.at(1), &item)? {
            return Ok(Value::Bool(true));
        }
    }
    Ok(Value::Bool(false))
}
fn find(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let a = array(args.at(0))?;
    for item in a.to_vec() {
        if super::test(rt, args.at(1), &item)? {
            return Ok(item);
        }
    }
    Ok(access::default_value(a.elem))
}
fn find_index(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    for (at, item) in array(args.at(0))?.to_vec().iter().enumerate() {
        if super::test(rt, args.at(1), item)? {
            return Ok(Value::Int(at as i32));
        }
    }
    Ok(Value::Int(-1))
}
fn find_all(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let a = array(args.at(0))?;
    let mut found = Vec::new();
    for item in a.to_vec() {
        if super::test(rt, args.at(1), &item)? {
            found.push(item);
        }
    }
    Ok(Value::Array(Rc::new(Array::typed(a.elem, found))))
}
fn true_for_all(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    for item in array(args.at(0))?.to_vec() {
        if !super::test(rt, args.at(1), &item)? {
            return Ok(Value::Bool(false));
        }
    }
    Ok(Value::Bool(true))
}
fn for_each(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    for item in args::items(args.at(0)) {
        super::call(rt, args.at(1), &item)?;
    }
    Ok(Value::Void)
}

pub static METHODS: &[Overload] = overloads! {
    binary_search => "static int BinarySearch(array array, System.Object value)"
        "static int BinarySearch(array array, int index, int length, System.Object value)"
        "static int BinarySearch(array array, System.Object value, System.Collections.IComparer comparer)";
    clear => "static void Clear(array array)" "static void Clear(array array, int index, int length)";
    copy => "static void Copy(array sourceArray, array destinationArray, int length)"
        "static void Copy(array sourceArray, int sourceIndex, array destinationArray, int destinationIndex, int length)";
    create_instance => "static array CreateInstance(type elementType, int length)"
        "static array CreateInstance(type elementType, int length1, int length2)"
        "static array CreateInstance(type elementType, int length1, int length2, int length3)"
        "static array CreateInstance(type elementType, Params int[] lengths)";
    exists => "static bool Exists(array array, System.Predicate[T] match)";
    fill => "static void Fill(array array, System.Object value)"
        "static void Fill(array array, System.Object value, int startIndex, int count)";
    find => "static T Find(array array, System.Predicate[T] match)";
    find_all => "static T[] FindAll(array array, System.Predicate[T] match)";
    find_index => "static int FindIndex(array array, System.Predicate[T] match)";
    for_each => "static void ForEach(array array, System.Action[T] action)";
    index_of => "static int IndexOf(array array, System.Object value)"
        "static int IndexOf(array array, System.Object value, int startIndex)"
        "static int IndexOf(array array, System.Object value, int startIndex, int count)";
    last_index_of => "static int LastIndexOf(array array, System.Object value)"
        "static int LastIndexOf(array array, System.Object value, int startIndex)"
        "static int LastIndexOf(array array, System.Object value, int startIndex, int count)";
    resize => "static void Resize([ref] System.Object array, int newSize)";
    reverse => "static void Reverse(array array)" "static void Reverse(array array, int index, int length)";
    sort_static => "static void Sort(array array)"
        "static void Sort(array keys, array items)"
        "static void Sort(array array, int index, int length)"
        "static void Sort(array keys, array items, int index, int length)"
        "static void Sort(array array, System.Collections.IComparer comparer)"
        "static void Sort(array array, System.Comparison[T] comparison)"
        "static void Sort(array keys, array items, System.Collections.IComparer comparer)";
    true_for_all => "static bool TrueForAll(array array, System.Predicate[T] match)";
};

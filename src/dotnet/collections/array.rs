//! `System.Array`: instance members of all arrays.
use super::{array_static, enumerator};
use crate::args::{self, Args};
use crate::{fail, overloads};
use dialtone_object::{Array, Prop, Res, Runtime, TypeTable, Value, access, types};
use std::rc::Rc;

type Rt<'a> = &'a mut dyn Runtime;

pub fn array(v: &Value) -> Res<&Rc<Array>> {
    match v.base() {
        Value::Array(a) => Ok(a),
        _ => Err(fail::argument_null("array")),
    }
}
fn dims(a: &Array) -> Vec<usize> {
    a.dims.as_ref().map_or_else(|| vec![a.len()], |d| d.to_vec())
}
fn dimension(this: &Value, args: &[Value]) -> Res<usize> {
    let dims = dims(array(this)?);
    usize::try_from(args.int(0)).ok().and_then(|n| dims.get(n).copied()).ok_or_else(fail::out_of_bounds)
}
fn clone(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    let a = array(this)?;
    let mut copy = Array::typed(a.elem, a.to_vec());
    copy.dims.clone_from(&a.dims);
    Ok(Value::Array(Rc::new(copy)))
}
/// Puts elements into another array from a position on.
pub fn copy_into(items: &[Value], target: &Value, at: i32) -> Res<Value> {
    let target = array(target)?;
    let at = usize::try_from(at).map_err(|_| fail::out_of_range("Non-negative number required.", "index"))?;
    let mut slots = target.items.borrow_mut();
    let Some(part) = at.checked_add(items.len()).and_then(|end| slots.get_mut(at..end)) else {
        return Err(fail::argument_of(
            "Destination array was not long enough. Check the destination index, length, and the array's lower bounds.",
            "destinationArray",
        ));
    };
    part.clone_from_slice(items);
    Ok(Value::Void)
}
fn copy_to(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    copy_into(&array(this)?.to_vec(), args.at(0), args.int(1))
}
fn get_enumerator(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    Ok(enumerator("System.Array+ArrayEnumerator", array(this)?.to_vec()))
}
fn get_length(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::Int(dimension(this, args)? as i32))
}
fn get_long_length(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::Long(dimension(this, args)? as i64))
}
fn get_lower_bound(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    dimension(this, args).map(|_| Value::Int(0))
}
fn get_upper_bound(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::Int(dimension(this, args)? as i32 - 1))
}
/// The flat position that indices mean.
fn place(a: &Array, indices: &[i64]) -> Res<usize> {
    let dims = dims(a);
    if dims.len() != indices.len() {
        return Err(fail::argument("Array was not the correct rank. (Parameter 'indices')"));
    }
    indices.iter().zip(&dims).try_fold(0, |at, (n, len)| match usize::try_from(*n) {
        Ok(n) if n < *len => Ok(at * len + n),
        _ => Err(fail::out_of_bounds()),
    })
}
fn indices(args: &[Value]) -> Vec<i64> {
    match args {
        [one] if matches!(one.base(), Value::Array(_)) => args::items(one).as_slice().iter().map(number).collect(),
        several => several.iter().map(number).collect(),
    }
}
fn number(v: &Value) -> i64 {
    std::slice::from_ref(v).long(0)
}
fn get_value(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let a = array(this)?;
    Ok(a.get(place(a, &indices(args))?).unwrap_or_default())
}
fn set_value(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let a = array(this)?;
    let at = place(a, &indices(args.get(1..).unwrap_or(&[])))?;
    let new = args.at(0).clone();
    let new = if a.elem == &types::OBJECT { new } else { rt.cast(&new, a.elem)? };
    if let Some(slot) = a.items.borrow_mut().get_mut(at) {
        *slot = new;
    }
    Ok(Value::Void)
}
fn contains(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::Bool(super::position(&array(this)?.items.borrow(), args.at(0)).is_some()))
}
fn index_of(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::Int(super::position(&array(this)?.items.borrow(), args.at(0)).map_or(-1, |n| n as i32)))
}
/// Add, Insert, Remove, RemoveAt through IList.
fn fixed(_: Rt, _: &Value, _: &[Value]) -> Res<Value> {
    Err(fail::not_supported("Collection was of a fixed size."))
}
fn clear(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    let a = array(this)?;
    a.items.borrow_mut().fill(access::default_value(a.elem));
    Ok(Value::Void)
}
fn item(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    access::index(rt, this, args)
}
fn compare_to(_: Rt, _: &Value, _: &[Value]) -> Res<Value> {
    Err(fail::argument("Object is not an array with the same number of elements as the array to compare it to."))
}
fn len(v: &Value) -> i32 {
    array(v).map_or(0, |a| a.len() as i32)
}

pub static TABLE: TypeTable = TypeTable {
    props: &[
        Prop::get("Length", "int", |_, v| Ok(Value::Int(len(v)))),
        Prop::get("LongLength", "long", |_, v| Ok(Value::Long(i64::from(len(v))))),
        Prop::get("Rank", "int", |_, v| Ok(Value::Int(dims(array(v)?).len() as i32))),
        Prop::get("SyncRoot", "System.Object", |_, v| Ok(v.clone())),
        Prop::get("IsReadOnly", "bool", |_, _| Ok(Value::Bool(false))),
        Prop::get("IsFixedSize", "bool", |_, _| Ok(Value::Bool(true))),
        Prop::get("IsSynchronized", "bool", |_, _| Ok(Value::Bool(false))),
        Prop::get("Count", "int", |_, v| Ok(Value::Int(len(v)))),
    ],
    methods: overloads! {
        fixed => "int IList.Add(System.Object value)";
        clear => "void IList.Clear()";
        clone => "System.Object Clone()" "System.Object ICloneable.Clone()";
        compare_to => "int IStructuralComparable.CompareTo(System.Object other, System.Collections.IComparer comparer)";
        contains => "bool IList.Contains(System.Object value)";
        copy_to => "void CopyTo(array array, int index)" "void CopyTo(array array, long index)";
        crate::object::equals => "bool Equals(System.Object obj)";
        get_enumerator => "System.Collections.IEnumerator GetEnumerator()";
        get_length => "int GetLength(int dimension)";
        get_long_length => "long GetLongLength(int dimension)";
        get_lower_bound => "int GetLowerBound(int dimension)";
        get_upper_bound => "int GetUpperBound(int dimension)";
        get_value => "System.Object GetValue(Params int[] indices)"
            "System.Object GetValue(int index)"
            "System.Object GetValue(int index1, int index2)"
            "System.Object GetValue(int index1, int index2, int index3)"
            "System.Object GetValue(long index)";
        index_of => "int IList.IndexOf(System.Object value)";
        fixed => "void IList.Insert(int index, System.Object value)";
        fixed => "void IList.Remove(System.Object value)";
        fixed => "void IList.RemoveAt(int index)";
        set_value => "void SetValue(System.Object value, int index)"
            "void SetValue(System.Object value, int index1, int index2)"
            "void SetValue(System.Object value, int index1, int index2, int index3)"
            "void SetValue(System.Object value, Params int[] indices)"
            "void SetValue(System.Object value, long index)";
        item => "System.Object IList.Item(int index) {get;set;}";
    },
    static_methods: array_static::METHODS,
    ..TypeTable::of(&types::ARRAY)
};

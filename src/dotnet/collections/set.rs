//! `HashSet<T>` and `SortedSet<T>` over the dictionary index.
use super::enumerator;
use crate::args::{self, Args};
use crate::text::StringComparer;
use crate::{fail, overloads};
use dialtone_object::{
    Array, Comparer, Dict, NetObject, Prop, Res, Runtime, TypeInfo, TypeKind, TypeRef, TypeTable, Value, types,
};
use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

type Rt<'a> = &'a mut dyn Runtime;

/// A set: the keys of a dictionary.
pub struct Set {
    ty: TypeRef,
    elem: TypeRef,
    sorted: bool,
    keys: RefCell<Dict>,
}

const INTERFACES: &[&str] = &["System.Collections.ICollection", "System.Collections.IEnumerable"];
static HASH_SET_TYPE: TypeInfo = TypeInfo::new(
    "System.Collections.Generic.HashSet`1",
    "System.Collections.Generic.HashSet",
    TypeKind::Other,
    Some(&types::OBJECT),
)
.with_interfaces(&["System.Collections.IEnumerable"]);
static SORTED_SET_TYPE: TypeInfo = TypeInfo::new(
    "System.Collections.Generic.SortedSet`1",
    "System.Collections.Generic.SortedSet",
    TypeKind::Other,
    Some(&types::OBJECT),
)
.with_interfaces(INTERFACES);

impl Set {
    fn items(&self) -> Vec<Value> {
        let mut items: Vec<Value> = self.keys.borrow().iter().map(|(k, _)| k.clone()).collect();
        if self.sorted {
            items.sort_by(|a, b| dialtone_object::collate::natural_order(a, b).unwrap_or(std::cmp::Ordering::Equal));
        }
        items
    }
    fn put(&self, item: Value) -> bool {
        self.keys.borrow_mut().insert(item, Value::Null).is_none()
    }
    fn has(&self, item: &Value) -> bool {
        self.keys.borrow().contains(item)
    }
}
impl NetObject for Set {
    fn type_ref(&self) -> TypeRef {
        self.ty
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn is_enumerable(&self) -> bool {
        true
    }
    fn enumerate(&self, _rt: &mut dyn Runtime) -> Option<Res<Vec<Value>>> {
        Some(Ok(self.items()))
    }
}

fn me(v: &Value) -> Res<&Set> {
    v.get::<Set>().ok_or_else(|| fail::argument_null("set"))
}
/// The elements of the other collection, as elements of this set.
fn others(rt: Rt, set: &Set, arg: &Value) -> Res<Vec<Value>> {
    if arg.is_null() {
        return Err(fail::argument_null("other"));
    }
    let items = match arg.base() {
        Value::Array(_) | Value::List(_) => args::items(arg),
        _ => rt.enumerate(arg)?,
    };
    items.into_iter().map(|v| super::dictionary::element(rt, set.elem, v)).collect()
}
fn new(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let Value::Type(ty) = this else { return Err(fail::argument_null("type")) };
    let elem = ty.generic.and_then(|(_, a)| a.first().copied()).unwrap_or(&types::OBJECT);
    let ignore = args.iter().any(|a| a.get::<StringComparer>().is_some_and(|c| c.0.ignores_case()));
    let comparer = if ignore { Comparer::IgnoreCase } else { Comparer::Ordinal };
    let sorted = ty.full_name.starts_with(SORTED_SET_TYPE.full_name);
    let set = Set { ty, elem, sorted, keys: RefCell::new(Dict::new(comparer)) };
    for arg in args {
        if !matches!(arg, Value::Int(_)) && arg.get::<StringComparer>().is_none() && !arg.is_null() {
            for item in others(rt, &set, arg)? {
                set.put(item);
            }
        }
    }
    Ok(Value::object(set))
}
fn add(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::Bool(me(this)?.put(args.at(0).base().clone())))
}
fn clear(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    me(this)?.keys.borrow_mut().clear();
    Ok(Value::Void)
}
fn contains(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::Bool(me(this)?.has(args.at(0).base())))
}
fn copy_to(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    super::array::copy_into(&me(this)?.items(), args.at(0), args.int(1))
}
fn remove(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::Bool(me(this)?.keys.borrow_mut().remove(args.at(0).base()).is_some()))
}
fn get_enumerator(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    Ok(enumerator("System.Collections.Generic.HashSet`1+Enumerator", me(this)?.items()))
}
fn union_with(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let set = me(this)?;
    for item in others(rt, set, args.at(0))? {
        set.put(item);
    }
    Ok(Value::Void)
}
fn except_with(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let set = me(this)?;
    for item in others(rt, set, args.at(0))? {
        set.keys.borrow_mut().remove(&item);
    }
    Ok(Value::Void)
}
/// The other collection as a set that compares as this one.
fn other_set(rt: Rt, set: &Set, arg: &Value) -> Res<Set> {
    let made =
        Set { ty: set.ty, elem: set.elem, sorted: false, keys: RefCell::new(Dict::new(set.keys.borrow().comparer())) };
    for item in others(rt, set, arg)? {
        made.put(item);
    }
    Ok(made)
}
fn intersect_with(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let set = me(this)?;
    let other = other_set(rt, set, args.at(0))?;
    for item in set.items() {
        if !other.has(&item) {
            set.keys.borrow_mut().remove(&item);
        }
    }
    Ok(Value::Void)
}
fn symmetric_except_with(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let set = me(this)?;
    for item in other_set(rt, set, args.at(0))?.items() {
        if set.keys.borrow_mut().remove(&item).is_none() {
            set.put(item);
        }
    }
    Ok(Value::Void)
}
/// Elements of this set that the other has, and the sizes of both.
fn relation(rt: Rt, this: &Value, args: &[Value]) -> Res<(usize, usize, usize)> {
    let set = me(this)?;
    let other = other_set(rt, set, args.at(0))?;
    let shared = set.items().iter().filter(|i| other.has(i)).count();
    let (own, others) = (set.keys.borrow().len(), other.keys.borrow().len());
    Ok((shared, own, others))
}
fn is_subset_of(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    relation(rt, this, args).map(|(shared, own, _)| Value::Bool(shared == own))
}
fn is_superset_of(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    relation(rt, this, args).map(|(shared, _, other)| Value::Bool(shared == other))
}
fn is_proper_subset_of(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    relation(rt, this, args).map(|(shared, own, other)| Value::Bool(shared == own && own < other))
}
fn is_proper_superset_of(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    relation(rt, this, args).map(|(shared, own, other)| Value::Bool(shared == other && other < own))
}
fn overlaps(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    relation(rt, this, args).map(|(shared, ..)| Value::Bool(shared > 0))
}
fn set_equals(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    relation(rt, this, args).map(|(shared, own, other)| Value::Bool(shared == own && own == other))
}
fn remove_where(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let set = me(this)?;
    let mut removed = 0;
    for item in set.items() {
        if super::test(rt, args.at(0), &item)? {
            set.keys.borrow_mut().remove(&item);
            removed += 1;
        }
    }
    Ok(Value::Int(removed))
}
fn to_array(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    let set = me(this)?;
    Ok(Value::Array(Rc::new(Array::typed(set.elem, set.items()))))
}
fn nothing(_: Rt, _: &Value, _: &[Value]) -> Res<Value> {
    Ok(Value::Void)
}
fn try_get_value(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let set = me(this)?;
    let same = |v: &Value| sort_equal(set, v, args.at(0));
    let found = set.items().into_iter().find(same);
    let any = found.is_some();
    rt.set_property(args.at(1), "Value", found.unwrap_or_default())?;
    Ok(Value::Bool(any))
}
fn sort_equal(set: &Set, a: &Value, b: &Value) -> bool {
    match (a.as_str(), b.as_str()) {
        (Some(a), Some(b)) if set.keys.borrow().comparer() == Comparer::IgnoreCase => {
            dialtone_object::string::eq_ignore_case(a, b)
        }
        _ => dialtone_object::value::equals(a, b),
    }
}

macro_rules! set {
    ($id:ident, $ty:expr, [$($prop:expr),*], $($ctor:literal)+) => {
        pub static $id: TypeTable = TypeTable {
            ctors: overloads! { new => $($ctor)+; },
            props: &[Prop::get("Count", "int", |_, v| Ok(Value::Int(me(v)?.keys.borrow().len() as i32))), $($prop),*],
            methods: overloads! {
                add => "bool Add(T item)";
                clear => "void Clear()";
                contains => "bool Contains(T item)";
                copy_to => "void CopyTo(array array)" "void CopyTo(array array, int arrayIndex)";
                except_with => "void ExceptWith(System.Collections.Generic.IEnumerable[T] other)";
                get_enumerator => "System.Collections.Generic.IEnumerator[T] GetEnumerator()";
                intersect_with => "void IntersectWith(System.Collections.Generic.IEnumerable[T] other)";
                is_proper_subset_of => "bool IsProperSubsetOf(System.Collections.Generic.IEnumerable[T] other)";
                is_proper_superset_of => "bool IsProperSupersetOf(System.Collections.Generic.IEnumerable[T] other)";
                is_subset_of => "bool IsSubsetOf(System.Collections.Generic.IEnumerable[T] other)";
                is_superset_of => "bool IsSupersetOf(System.Collections.Generic.IEnumerable[T] other)";
                overlaps => "bool Overlaps(System.Collections.Generic.IEnumerable[T] other)";
                remove => "bool Remove(T item)";
                remove_where => "int RemoveWhere(System.Predicate[T] match)";
                set_equals => "bool SetEquals(System.Collections.Generic.IEnumerable[T] other)";
                symmetric_except_with => "void SymmetricExceptWith(System.Collections.Generic.IEnumerable[T] other)";
                to_array => "T[] ToArray()";
                nothing => "void TrimExcess()";
                try_get_value => "bool TryGetValue(T equalValue, [ref] T actualValue)";
                union_with => "void UnionWith(System.Collections.Generic.IEnumerable[T] other)";
            },
            ..TypeTable::of($ty)
        };
    };
}
set!(HASH_SET, &HASH_SET_TYPE, [],
    "System.Collections.Generic.HashSet[T] new()"
    "System.Collections.Generic.HashSet[T] new(System.Collections.IEqualityComparer comparer)"
    "System.Collections.Generic.HashSet[T] new(int capacity)"
    "System.Collections.Generic.HashSet[T] new(System.Collections.Generic.IEnumerable[T] collection)"
    "System.Collections.Generic.HashSet[T] new(System.Collections.Generic.IEnumerable[T] collection, System.Collections.IEqualityComparer comparer)");
set!(SORTED_SET, &SORTED_SET_TYPE, [
        Prop::get("Min", "T", |_, v| Ok(me(v)?.items().first().cloned().unwrap_or_default())),
        Prop::get("Max", "T", |_, v| Ok(me(v)?.items().last().cloned().unwrap_or_default()))
    ],
    "System.Collections.Generic.SortedSet[T] new()"
    "System.Collections.Generic.SortedSet[T] new(System.Collections.IComparer comparer)"
    "System.Collections.Generic.SortedSet[T] new(System.Collections.Generic.IEnumerable[T] collection)"
    "System.Collections.Generic.SortedSet[T] new(System.Collections.Generic.IEnumerable[T] collection, System.Collections.IComparer comparer)");

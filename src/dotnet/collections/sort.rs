//! Default ordering of .NET collections (IComparable), and comparers given by scripts.
use crate::args::Args;
use crate::text::{StringComparer, compare};
use crate::{fail, overloads};
use dialtone_object::collate::natural_order;
use dialtone_object::{NetObject, Prop, Res, Runtime, TypeInfo, TypeKind, TypeRef, TypeTable, Value, types};
use std::any::Any;
use std::cmp::Ordering;

/// Orders by a comparer object or a script block that stands for a Comparison; none means the default order.
pub fn order(rt: &mut dyn Runtime, comparer: &Value, a: &Value, b: &Value) -> Res<Ordering> {
    if comparer.is_null() {
        return natural_order(a, b)
            .ok_or_else(|| fail::invalid_operation("Failed to compare two elements in the array."));
    }
    if let Some(c) = comparer.get::<StringComparer>() {
        return Ok(compare(&crate::args::text_of(a), &crate::args::text_of(b), c.0));
    }
    if comparer.get::<Comparer>().is_some() {
        return order(rt, &Value::Null, a, b);
    }
    let pair = [a.clone(), b.clone()];
    let result = match types::type_of(comparer).kind {
        TypeKind::ScriptBlock => rt.call_block(comparer, &pair, None)?,
        _ => rt.call_method(comparer, "Compare", &pair)?,
    };
    match rt.cast(&result, &types::INT32)? {
        Value::Int(n) => Ok(n.cmp(&0)),
        _ => Ok(Ordering::Equal),
    }
}

/// A stable merge sort whose comparison may fail.
pub fn sort(rt: &mut dyn Runtime, items: &mut Vec<Value>, comparer: &Value) -> Res<()> {
    let len = items.len();
    if len < 2 {
        return Ok(());
    }
    let mut right = items.split_off(len / 2);
    sort(rt, items, comparer)?;
    sort(rt, &mut right, comparer)?;
    let left = std::mem::take(items);
    let (mut a, mut b) = (left.into_iter().peekable(), right.into_iter().peekable());
    items.reserve(len);
    while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
        let next = if order(rt, comparer, x, y)? == Ordering::Greater { b.next() } else { a.next() };
        items.extend(next);
    }
    items.extend(a.chain(b));
    Ok(())
}

/// `System.Collections.Comparer`
struct Comparer;
static COMPARER_TYPE: TypeInfo =
    TypeInfo::new("System.Collections.Comparer", "System.Collections.Comparer", TypeKind::Other, Some(&types::OBJECT));
impl NetObject for Comparer {
    fn type_ref(&self) -> TypeRef {
        &COMPARER_TYPE
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}
fn compare_values(_: &mut dyn Runtime, _: &Value, args: &[Value]) -> Res<Value> {
    match natural_order(args.at(0), args.at(1)) {
        Some(order) => Ok(Value::Int(order as i32)),
        None => Err(fail::argument("At least one object must implement IComparable.")),
    }
}
pub static COMPARER: TypeTable = TypeTable {
    methods: overloads! { compare_values => "int Compare(System.Object a, System.Object b)"; },
    static_props: &[
        Prop::get("Default", "System.Collections.Comparer", |_, _| Ok(Value::object(Comparer))),
        Prop::get("DefaultInvariant", "System.Collections.Comparer", |_, _| Ok(Value::object(Comparer))),
    ],
    ..TypeTable::of(&COMPARER_TYPE)
};

/// `CompareTo` of a scalar: with its own type only.
pub fn compare_to(_: &mut dyn Runtime, this: &Value, args: &[Value]) -> Res<Value> {
    match natural_order(this, args.at(0)) {
        Some(order) => Ok(Value::Int(order as i32)),
        None => Err(fail::argument(format!("Object must be of type {}.", types::type_of(this).name()))),
    }
}

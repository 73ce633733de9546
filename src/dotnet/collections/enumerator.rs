//! IEnumerator objects (`$list.GetEnumerator()`), and views of collections such as `$table.Keys`.
use crate::args::Args;
use crate::{fail, overloads, provider};
use dialtone_object::{NetObject, Prop, Res, Runtime, TypeInfo, TypeKind, TypeRef, TypeTable, Value, types};
use std::any::Any;
use std::cell::Cell;

/// A position in a copy of the elements.
pub struct Enumerator {
    ty: TypeRef,
    items: Vec<Value>,
    /// Elements already passed; the current one is the one before.
    passed: Cell<usize>,
}
static ENUMERATOR_TYPE: TypeInfo = TypeInfo::new(
    "System.Array+ArrayEnumerator",
    "System.Array+ArrayEnumerator",
    TypeKind::Other,
    Some(&types::OBJECT),
)
.with_interfaces(&["System.Collections.IEnumerator", "System.ICloneable"]);

/// An enumerator of the .NET class named.
pub fn enumerator(type_name: &'static str, items: Vec<Value>) -> Value {
    let ty = provider::made(type_name, &ENUMERATOR_TYPE);
    Value::object(Enumerator { ty, items, passed: Cell::new(0) })
}

impl NetObject for Enumerator {
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
        let rest = self.items.get(self.passed.get()..).unwrap_or(&[]).to_vec();
        self.passed.set(self.items.len() + 1);
        Some(Ok(rest))
    }
}

fn me(v: &Value) -> Res<&Enumerator> {
    v.get::<Enumerator>().ok_or_else(|| fail::invalid_operation("Not an enumerator."))
}
fn move_next(_: &mut dyn Runtime, this: &Value, _: &[Value]) -> Res<Value> {
    let e = me(this)?;
    let next = (e.passed.get() + 1).min(e.items.len() + 1);
    e.passed.set(next);
    Ok(Value::Bool(next <= e.items.len()))
}
fn reset(_: &mut dyn Runtime, this: &Value, _: &[Value]) -> Res<Value> {
    me(this)?.passed.set(0);
    Ok(Value::Void)
}
fn dispose(_: &mut dyn Runtime, _: &Value, _: &[Value]) -> Res<Value> {
    Ok(Value::Void)
}
fn current(rt: &mut dyn Runtime, v: &Value) -> Res<Value> {
    let _ = rt;
    let e = me(v)?;
    match e.passed.get().checked_sub(1).and_then(|at| e.items.get(at)) {
        Some(item) => Ok(item.clone()),
        None if e.passed.get() == 0 => Err(fail::invalid_operation("Enumeration has not started. Call MoveNext.")),
        None => Err(fail::invalid_operation("Enumeration already finished.")),
    }
}
/// A part of the current dictionary entry.
fn part(rt: &mut dyn Runtime, v: &Value, name: &str) -> Res<Value> {
    let entry = current(rt, v)?;
    rt.get_property(&entry, name)
}
pub static ENUMERATOR: TypeTable = TypeTable {
    props: &[
        Prop::get("Current", "System.Object", current),
        Prop::get("Key", "System.Object", |rt, v| part(rt, v, "Key")),
        Prop::get("Value", "System.Object", |rt, v| part(rt, v, "Value")),
        Prop::get("Entry", "System.Collections.DictionaryEntry", current),
    ],
    methods: overloads! {
        move_next => "bool MoveNext()";
        reset => "void Reset()";
        dispose => "void Dispose()";
    },
    ..TypeTable::of(&ENUMERATOR_TYPE)
};

/// A read-only collection that a member gives (`Keys`, `Values`, `Groups` ...).
pub struct View {
    pub ty: TypeRef,
    pub items: Vec<Value>,
    /// Has an indexer by number.
    pub indexed: bool,
}
static VIEW_TYPE: TypeInfo = TypeInfo::new(
    "System.Collections.ICollection",
    "System.Collections.ICollection",
    TypeKind::Other,
    Some(&types::OBJECT),
)
.with_interfaces(&["System.Collections.ICollection", "System.Collections.IEnumerable"]);

impl View {
    /// A view whose class is a closed generic one.
    pub fn generic(definition: &str, args: &[TypeRef], items: Vec<Value>, indexed: bool) -> Value {
        let ty = types::generic(provider::made(definition, &VIEW_TYPE), args);
        Value::object(View { ty, items, indexed })
    }
    pub fn value(type_name: &str, items: Vec<Value>, indexed: bool) -> Value {
        Value::object(View { ty: provider::made(type_name, &VIEW_TYPE), items, indexed })
    }
}
impl NetObject for View {
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
        Some(Ok(self.items.clone()))
    }
    fn index(&self, _rt: &mut dyn Runtime, index: &[Value]) -> Option<Res<Value>> {
        let n = index.first()?.as_int().filter(|_| self.indexed)?;
        let at = if n < 0 { n + self.items.len() as i32 } else { n };
        Some(Ok(usize::try_from(at).ok().and_then(|at| self.items.get(at).cloned()).unwrap_or_default()))
    }
}
fn view(v: &Value) -> &[Value] {
    v.get::<View>().map_or(&[], |w| &w.items)
}
fn get_enumerator(_: &mut dyn Runtime, this: &Value, _: &[Value]) -> Res<Value> {
    Ok(enumerator("System.Collections.IEnumerator", view(this).to_vec()))
}
fn copy_to(_: &mut dyn Runtime, this: &Value, args: &[Value]) -> Res<Value> {
    super::array::copy_into(view(this), args.at(0), args.int(1))
}
fn contains(_: &mut dyn Runtime, this: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::Bool(super::position(view(this), args.at(0)).is_some()))
}
pub static VIEW: TypeTable = TypeTable {
    props: &[
        Prop::get("Count", "int", |_, v| Ok(Value::Int(view(v).len() as i32))),
        Prop::get("IsSynchronized", "bool", |_, _| Ok(Value::Bool(false))),
        Prop::get("SyncRoot", "System.Object", |_, v| Ok(v.clone())),
    ],
    methods: overloads! {
        contains => "bool Contains(System.Object item)";
        copy_to => "void CopyTo(array array, int index)";
        get_enumerator => "System.Collections.IEnumerator GetEnumerator()";
    },
    ..TypeTable::of(&VIEW_TYPE)
};

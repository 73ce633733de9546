//! Queues, stacks and bags, generic and not.
use super::enumerator;
use crate::args::{self, Args};
use crate::{fail, overloads};
use dialtone_object::{Array, NetObject, Prop, Res, Runtime, TypeInfo, TypeKind, TypeRef, TypeTable, Value, types};
use std::any::Any;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

type Rt<'a> = &'a mut dyn Runtime;

/// Elements in the order of enumeration: a queue takes from the front, a stack puts and takes at the front.
pub struct Sequence {
    ty: TypeRef,
    elem: TypeRef,
    stack: bool,
    items: RefCell<VecDeque<Value>>,
}

macro_rules! sequence_types {
    ($($id:ident $full:literal $ps:literal;)*) => {
        $(static $id: TypeInfo = TypeInfo::new($full, $ps, TypeKind::Other, Some(&types::OBJECT))
            .with_interfaces(&["System.Collections.ICollection", "System.Collections.IEnumerable", "System.ICloneable"]);)*
    };
}
sequence_types! {
    QUEUE_TYPE "System.Collections.Queue" "System.Collections.Queue";
    QUEUE_OF_TYPE "System.Collections.Generic.Queue`1" "System.Collections.Generic.Queue";
    STACK_TYPE "System.Collections.Stack" "System.Collections.Stack";
    STACK_OF_TYPE "System.Collections.Generic.Stack`1" "System.Collections.Generic.Stack";
    CONCURRENT_QUEUE_TYPE "System.Collections.Concurrent.ConcurrentQueue`1" "System.Collections.Concurrent.ConcurrentQueue";
    CONCURRENT_STACK_TYPE "System.Collections.Concurrent.ConcurrentStack`1" "System.Collections.Concurrent.ConcurrentStack";
    CONCURRENT_BAG_TYPE "System.Collections.Concurrent.ConcurrentBag`1" "System.Collections.Concurrent.ConcurrentBag";
}

impl NetObject for Sequence {
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
        Some(Ok(self.items.borrow().iter().cloned().collect()))
    }
}
fn me(v: &Value) -> Res<&Sequence> {
    v.get::<Sequence>().ok_or_else(|| fail::argument_null("collection"))
}
fn items(v: &Value) -> Res<Vec<Value>> {
    Ok(me(v)?.items.borrow().iter().cloned().collect())
}
fn new(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let Value::Type(ty) = this else { return Err(fail::argument_null("type")) };
    let elem = ty.generic.and_then(|(_, a)| a.first().copied()).unwrap_or(&types::OBJECT);
    let stack = ty.full_name.contains("Stack") || ty.full_name.contains("Bag");
    let sequence = Sequence { ty, elem, stack, items: RefCell::new(VecDeque::new()) };
    let source = match args.at(0).base() {
        Value::Int(_) | Value::Null => Vec::new(),
        Value::Array(_) | Value::List(_) => args::items(args.at(0)),
        _ => rt.enumerate(args.at(0))?,
    };
    for item in source {
        let item = super::dictionary::element(rt, elem, item)?;
        put(&sequence, item);
    }
    Ok(Value::object(sequence))
}
fn put(s: &Sequence, item: Value) {
    let mut items = s.items.borrow_mut();
    if s.stack { items.push_front(item) } else { items.push_back(item) }
}
fn add(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    put(me(this)?, args.at(0).clone().or_null());
    Ok(Value::Void)
}
fn try_add(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    add(rt, this, args).map(|_| Value::Bool(true))
}
fn empty(s: &Sequence) -> dialtone_object::Flow {
    fail::invalid_operation(match (s.stack, s.ty.generic.is_some()) {
        (true, _) => "Stack empty.",
        (false, _) => "Queue empty.",
    })
}
fn take(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    let s = me(this)?;
    let first = s.items.borrow_mut().pop_front();
    first.ok_or_else(|| empty(s))
}
fn peek(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    let s = me(this)?;
    let first = s.items.borrow().front().cloned();
    first.ok_or_else(|| empty(s))
}
fn try_take(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let first = me(this)?.items.borrow_mut().pop_front();
    give(rt, args, first)
}
fn try_peek(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let first = me(this)?.items.borrow().front().cloned();
    give(rt, args, first)
}
fn give(rt: Rt, args: &[Value], found: Option<Value>) -> Res<Value> {
    let any = found.is_some();
    rt.set_property(args.at(0), "Value", found.unwrap_or_default())?;
    Ok(Value::Bool(any))
}
fn clear(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    me(this)?.items.borrow_mut().clear();
    Ok(Value::Void)
}
fn clone(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    let s = me(this)?;
    let items = RefCell::new(s.items.borrow().clone());
    Ok(Value::object(Sequence { ty: s.ty, elem: s.elem, stack: s.stack, items }))
}
fn contains(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::Bool(super::position(&items(this)?, args.at(0)).is_some()))
}
fn copy_to(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    super::array::copy_into(&items(this)?, args.at(0), args.int(1))
}
fn get_enumerator(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    Ok(enumerator("System.Collections.Generic.IEnumerator", items(this)?))
}
fn to_array(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    Ok(Value::Array(Rc::new(Array::typed(me(this)?.elem, items(this)?))))
}
fn nothing(_: Rt, _: &Value, _: &[Value]) -> Res<Value> {
    Ok(Value::Void)
}

macro_rules! sequence {
    ($id:ident, $ty:expr, [$($ctor:literal)+], {$($own:tt)*}) => {
        pub static $id: TypeTable = TypeTable {
            ctors: overloads! { new => $($ctor)+; },
            props: &[
                Prop::get("Count", "int", |_, v| Ok(Value::Int(items(v)?.len() as i32))),
                Prop::get("IsSynchronized", "bool", |_, _| Ok(Value::Bool(false))),
                Prop::get("SyncRoot", "System.Object", |_, v| Ok(v.clone())),
            ],
            methods: overloads! {
                $($own)*
                clear => "void Clear()";
                copy_to => "void CopyTo(array array, int index)";
                get_enumerator => "System.Collections.IEnumerator GetEnumerator()";
            },
            ..TypeTable::of($ty)
        };
    };
}
sequence!(QUEUE, &QUEUE_TYPE, ["System.Collections.Queue new()" "System.Collections.Queue new(int capacity)"
    "System.Collections.Queue new(System.Collections.ICollection col)"], {
    add => "void Enqueue(System.Object obj)";
    take => "System.Object Dequeue()";
    peek => "System.Object Peek()";
    contains => "bool Contains(System.Object obj)";
    clone => "System.Object Clone()";
    to_array => "System.Object[] ToArray()";
    nothing => "void TrimToSize()";
});
sequence!(QUEUE_OF, &QUEUE_OF_TYPE, ["System.Collections.Generic.Queue[T] new()"
    "System.Collections.Generic.Queue[T] new(int capacity)"
    "System.Collections.Generic.Queue[T] new(System.Collections.Generic.IEnumerable[T] collection)"], {
    add => "void Enqueue(T item)";
    take => "T Dequeue()";
    peek => "T Peek()";
    contains => "bool Contains(T item)";
    to_array => "T[] ToArray()";
    nothing => "void TrimExcess()";
    try_take => "bool TryDequeue([ref] T result)";
    try_peek => "bool TryPeek([ref] T result)";
});
sequence!(STACK, &STACK_TYPE, ["System.Collections.Stack new()" "System.Collections.Stack new(int initialCapacity)"
    "System.Collections.Stack new(System.Collections.ICollection col)"], {
    add => "void Push(System.Object obj)";
    take => "System.Object Pop()";
    peek => "System.Object Peek()";
    contains => "bool Contains(System.Object obj)";
    clone => "System.Object Clone()";
    to_array => "System.Object[] ToArray()";
});
sequence!(STACK_OF, &STACK_OF_TYPE, ["System.Collections.Generic.Stack[T] new()"
    "System.Collections.Generic.Stack[T] new(int capacity)"
    "System.Collections.Generic.Stack[T] new(System.Collections.Generic.IEnumerable[T] collection)"], {
    add => "void Push(T item)";
    take => "T Pop()";
    peek => "T Peek()";
    contains => "bool Contains(T item)";
    to_array => "T[] ToArray()";
    nothing => "void TrimExcess()";
    try_take => "bool TryPop([ref] T result)";
    try_peek => "bool TryPeek([ref] T result)";
});
sequence!(CONCURRENT_QUEUE, &CONCURRENT_QUEUE_TYPE, ["System.Collections.Concurrent.ConcurrentQueue[T] new()"
    "System.Collections.Concurrent.ConcurrentQueue[T] new(System.Collections.Generic.IEnumerable[T] collection)"], {
    add => "void Enqueue(T item)";
    to_array => "T[] ToArray()";
    try_take => "bool TryDequeue([ref] T result)";
    try_peek => "bool TryPeek([ref] T result)";
});
sequence!(CONCURRENT_STACK, &CONCURRENT_STACK_TYPE, ["System.Collections.Concurrent.ConcurrentStack[T] new()"
    "System.Collections.Concurrent.ConcurrentStack[T] new(System.Collections.Generic.IEnumerable[T] collection)"], {
    add => "void Push(T item)";
    to_array => "T[] ToArray()";
    try_take => "bool TryPop([ref] T result)";
    try_peek => "bool TryPeek([ref] T result)";
});
sequence!(CONCURRENT_BAG, &CONCURRENT_BAG_TYPE, ["System.Collections.Concurrent.ConcurrentBag[T] new()"
    "System.Collections.Concurrent.ConcurrentBag[T] new(System.Collections.Generic.IEnumerable[T] collection)"], {
    add => "void Add(T item)";
    try_add => "bool TryAdd(T item)";
    to_array => "T[] ToArray()";
    try_take => "bool TryTake([ref] T result)";
    try_peek => "bool TryPeek([ref] T result)";
});

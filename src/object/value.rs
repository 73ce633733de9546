//! `Value`: what a variable, an array element or a pipeline item is. 16 bytes: scalars inline, everything else behind
//! one reference count. The reference counts are not atomic; values stay on their thread.
use crate::collections::{Array, List};
use crate::dict::Dictionary;
use crate::member::NetObject;
use crate::psobject::{Members, PSObject, Wrapped};
use crate::string::PsString;
use crate::types::TypeRef;
use rust_decimal::Decimal;
use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

/// A .NET object that is none of the inlined kinds: its data behind a trait object, and the instance members a script
/// attached with Add-Member.
pub struct Obj {
    /// Members added by scripts, if any.
    pub members: RefCell<Option<Box<Members>>>,
    data: Box<dyn NetObject>,
}

#[derive(Clone, Default)]
pub enum Value {
    /// A variable slot that holds nothing. Never visible to scripts.
    #[doc(hidden)]
    Unset,
    #[default]
    Null,
    /// AutomationNull: the "nothing" of an empty pipeline. Behaves as `$null` but is not sent down a pipeline.
    Void,
    Bool(bool),
    /// One UTF-16 unit.
    Char(u16),
    SByte(i8),
    Byte(u8),
    Short(i16),
    UShort(u16),
    Int(i32),
    UInt(u32),
    Long(i64),
    ULong(u64),
    Single(f32),
    Double(f64),
    Decimal(Rc<Decimal>),
    /// Ticks of 100 ns since 0001-01-01 in the low 62 bits, DateTimeKind in the high two (see `time`).
    DateTime(u64),
    /// Ticks of 100 ns.
    TimeSpan(i64),
    String(PsString),
    Type(TypeRef),
    Array(Rc<Array>),
    List(Rc<List>),
    Dict(Rc<Dictionary>),
    /// A PSCustomObject (or deserialised object): only properties.
    Custom(Rc<PSObject>),
    /// A value with members of its own (Add-Member on a string, a number ...).
    Wrapped(Rc<Wrapped>),
    Object(Rc<Obj>),
    /// The engine's full variable (type constraint, options, shared with a PSVariable or [ref]) in a slot. Never
    /// visible to scripts.
    #[doc(hidden)]
    Variable(Rc<dyn_variable::Boxed>),
}

/// The indirection for full variables: `object` does not know their type.
#[doc(hidden)]
pub mod dyn_variable {
    use std::any::Any;
    pub struct Boxed(pub Box<dyn Any>);
}

impl Obj {
    pub fn data(&self) -> &dyn NetObject {
        &*self.data
    }
    pub fn get<T: Any>(&self) -> Option<&T> {
        self.data.as_any().downcast_ref()
    }
}

impl Value {
    pub fn object(data: impl NetObject) -> Value {
        Value::Object(Rc::new(Obj { members: RefCell::new(None), data: Box::new(data) }))
    }
    pub fn str(text: &str) -> Value {
        Value::String(PsString::new(text))
    }
    pub fn string(text: impl Into<compact_str::CompactString>) -> Value {
        Value::String(PsString::new(text))
    }
    pub fn decimal(value: Decimal) -> Value {
        Value::Decimal(Rc::new(value))
    }
    /// An `object[]`.
    pub fn array(items: Vec<Value>) -> Value {
        Value::Array(Rc::new(Array::new(items)))
    }
    /// What a list of pipeline results is as one value: nothing, the item itself, or an `object[]`.
    pub fn from_results(mut items: Vec<Value>) -> Value {
        match items.len() {
            0 => Value::Void,
            1 => items.pop().unwrap_or(Value::Void),
            _ => Value::array(items),
        }
    }

    /// The .NET object of type `T` behind the value (through a wrapper), if it is one.
    pub fn get<T: Any>(&self) -> Option<&T> {
        match self {
            Value::Object(o) => o.get(),
            Value::Wrapped(w) => w.base.get(),
            _ => None,
        }
    }

    /// The value without its wrapper.
    pub fn base(&self) -> &Value {
        match self {
            Value::Wrapped(w) => &w.base,
            other => other,
        }
    }
    pub fn into_base(self) -> Value {
        match self {
            Value::Wrapped(w) => w.base.clone(),
            other => other,
        }
    }

    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null | Value::Void | Value::Unset)
    }

    /// `$null` for the nothing of an empty pipeline; everything else stays.
    pub fn or_null(self) -> Value {
        if self.is_null() { Value::Null } else { self }
    }

    /// The text when the value is a string (no conversion).
    pub fn as_str(&self) -> Option<&PsString> {
        match self.base() {
            Value::String(s) => Some(s),
            _ => None,
        }
    }

    pub fn as_int(&self) -> Option<i32> {
        match self.base() {
            Value::Int(i) => Some(*i),
            _ => None,
        }
    }

    /// The same object (reference types) or an equal scalar of the same type.
    pub fn same(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::Array(a), Value::Array(b)) => Rc::ptr_eq(a, b),
            (Value::List(a), Value::List(b)) => Rc::ptr_eq(a, b),
            (Value::Dict(a), Value::Dict(b)) => Rc::ptr_eq(a, b),
            (Value::Custom(a), Value::Custom(b)) => Rc::ptr_eq(a, b),
            (Value::Object(a), Value::Object(b)) => Rc::ptr_eq(a, b),
            (Value::Wrapped(a), Value::Wrapped(b)) => Rc::ptr_eq(a, b) || a.base.same(&b.base),
            (Value::Wrapped(a), b) => a.base.same(b),
            (a, Value::Wrapped(b)) => a.same(&b.base),
            (Value::String(a), Value::String(b)) => a.ptr_eq(b),
            (Value::Type(a), Value::Type(b)) => std::ptr::eq(*a, *b),
            _ => false,
        }
    }
}

/// `Object.Equals`: same type and same value (no conversion; strings ordinal).
pub fn equals(a: &Value, b: &Value) -> bool {
    use Value::*;
    match (a.base(), b.base()) {
        (Bool(a), Bool(b)) => a == b,
        (Char(a), Char(b)) => a == b,
        (SByte(a), SByte(b)) => a == b,
        (Byte(a), Byte(b)) => a == b,
        (Short(a), Short(b)) => a == b,
        (UShort(a), UShort(b)) => a == b,
        (Int(a), Int(b)) => a == b,
        (UInt(a), UInt(b)) => a == b,
        (Long(a), Long(b)) => a == b,
        (ULong(a), ULong(b)) => a == b,
        // NaN equals itself for Equals.
        (Single(a), Single(b)) => a == b || (a.is_nan() && b.is_nan()),
        (Double(a), Double(b)) => a == b || (a.is_nan() && b.is_nan()),
        (Decimal(a), Decimal(b)) => a == b,
        // The kind (local, UTC) does not count.
        (DateTime(a), DateTime(b)) => a << 2 == b << 2,
        (TimeSpan(a), TimeSpan(b)) => a == b,
        (String(a), String(b)) => a == b,
        (Object(a), Object(b)) => Rc::ptr_eq(a, b) || a.data().equals(b.data()),
        (a, b) if a.is_null() || b.is_null() => a.is_null() && b.is_null(),
        (a, b) => a.same(b),
    }
}

/// How deep drops may nest before the rest waits its turn: far below what a thread's stack holds.
const DROP_DEPTH: u32 = 400;
thread_local! {
    static DROPPING: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
    static PENDING: RefCell<Vec<Vec<Value>>> = const { RefCell::new(Vec::new()) };
}

/// Drops the values of a container without deep recursion: a list of a million links must not overflow the stack.
pub(crate) fn drop_deep(values: &mut Vec<Value>) {
    if values.is_empty() {
        return;
    }
    let values = std::mem::take(values);
    // At thread exit the locals may be gone; then the plain drop has to do.
    let _ = DROPPING.try_with(|depth| {
        let n = depth.get();
        if n >= DROP_DEPTH {
            let _ = PENDING.try_with(|p| p.borrow_mut().push(values));
            return;
        }
        depth.set(n + 1);
        drop(values);
        depth.set(n);
        if n > 0 {
            return;
        }
        while let Some(next) = PENDING.try_with(|p| p.borrow_mut().pop()).ok().flatten() {
            depth.set(1);
            drop(next);
            depth.set(0);
        }
    });
}

impl From<bool> for Value {
    fn from(v: bool) -> Self {
        Value::Bool(v)
    }
}
impl From<i32> for Value {
    fn from(v: i32) -> Self {
        Value::Int(v)
    }
}
impl From<i64> for Value {
    fn from(v: i64) -> Self {
        Value::Long(v)
    }
}
impl From<f64> for Value {
    fn from(v: f64) -> Self {
        Value::Double(v)
    }
}
impl From<&str> for Value {
    fn from(v: &str) -> Self {
        Value::str(v)
    }
}
impl From<String> for Value {
    fn from(v: String) -> Self {
        Value::string(v)
    }
}
impl From<PsString> for Value {
    fn from(v: PsString) -> Self {
        Value::String(v)
    }
}
impl From<TypeRef> for Value {
    fn from(v: TypeRef) -> Self {
        Value::Type(v)
    }
}
impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(v: Option<T>) -> Self {
        v.map_or(Value::Null, Into::into)
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_value_is_sixteen_bytes() {
        assert_eq!(std::mem::size_of::<super::Value>(), 16);
        assert_eq!(std::mem::size_of::<crate::Res<super::Value>>(), 16);
    }
}

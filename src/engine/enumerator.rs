//! `$foreach` and `$switch`: the enumerator of a running loop.
use dialtone_object::*;
use std::any::Any;
use std::cell::Cell;
use std::rc::Rc;

pub struct Enumerator {
    items: Vec<Value>,
    /// Place of the next item.
    at: Cell<usize>,
}

impl Enumerator {
    pub fn new(items: Vec<Value>) -> Enumerator {
        Enumerator { items, at: Cell::new(0) }
    }
    pub fn value(this: &Rc<Self>) -> Value {
        Value::object(Shared(this.clone()))
    }
    /// Where the loop goes on: behind `at`, or where the script moved to.
    pub fn next_place(&self, at: usize) -> usize {
        let at = at.max(self.at.get());
        self.at.set(at + 1);
        at
    }
}

struct Shared(Rc<Enumerator>);

static TYPE: TypeInfo = TypeInfo::new(
    "System.Collections.IEnumerator",
    "System.Collections.IEnumerator",
    TypeKind::Other,
    Some(&types::OBJECT),
);

impl NetObject for Shared {
    fn type_ref(&self) -> TypeRef {
        &TYPE
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn dynamic_property(&self, _rt: &mut dyn Runtime, name: &str) -> Option<Res<Value>> {
        let e = &self.0;
        name.eq_ignore_ascii_case("Current")
            .then(|| Ok(e.items.get(e.at.get().saturating_sub(1)).cloned().unwrap_or_default()))
    }
    fn invoke_method(&self, _rt: &mut dyn Runtime, _this: &Value, name: &str, _args: &[Value]) -> Option<Res<Value>> {
        let e = &self.0;
        if name.eq_ignore_ascii_case("MoveNext") {
            let more = e.at.get() < e.items.len();
            e.at.set((e.at.get() + 1).min(e.items.len() + 1));
            return Some(Ok(Value::Bool(more)));
        }
        if name.eq_ignore_ascii_case("Reset") {
            e.at.set(0);
            return Some(Ok(Value::Void));
        }
        None
    }
}

/// `$input`: what was piped in, as an enumerator that PowerShell unrolls.
pub fn input(items: Vec<Value>) -> Value {
    Value::object(Input(items))
}

struct Input(Vec<Value>);

static ARRAY_ENUMERATOR: TypeInfo = TypeInfo::new(
    "System.Collections.ArrayList+ArrayListEnumeratorSimple",
    "System.Collections.ArrayList+ArrayListEnumeratorSimple",
    TypeKind::Other,
    Some(&types::OBJECT),
);

impl NetObject for Input {
    fn type_ref(&self) -> TypeRef {
        &ARRAY_ENUMERATOR
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn is_enumerable(&self) -> bool {
        true
    }
    fn enumerate(&self, _rt: &mut dyn Runtime) -> Option<Res<Vec<Value>>> {
        Some(Ok(self.0.clone()))
    }
}

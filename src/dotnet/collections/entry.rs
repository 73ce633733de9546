//! DictionaryEntry and KeyValuePair: what dictionaries enumerate to.
use crate::args::Args;
use crate::overloads;
use dialtone_object::access::typedata::{BuiltinData, BuiltinMember};
use dialtone_object::{NetObject, Prop, PsString, Res, Runtime, TypeInfo, TypeKind, TypeRef, TypeTable, Value, types};
use std::any::Any;
use std::cell::RefCell;

/// One pair, of either class.
pub struct Entry {
    ty: TypeRef,
    pub key: RefCell<Value>,
    pub value: RefCell<Value>,
}

static ENTRY: TypeInfo = TypeInfo::new(
    "System.Collections.DictionaryEntry",
    "System.Collections.DictionaryEntry",
    TypeKind::Other,
    Some(&types::VALUE_TYPE),
);
static PAIR: TypeInfo = TypeInfo::new(
    "System.Collections.Generic.KeyValuePair`2",
    "System.Collections.Generic.KeyValuePair",
    TypeKind::Other,
    Some(&types::VALUE_TYPE),
);

pub fn dictionary_entry(key: Value, value: Value) -> Value {
    Value::object(Entry { ty: &ENTRY, key: RefCell::new(key), value: RefCell::new(value) })
}
pub fn key_value_pair(key_type: TypeRef, value_type: TypeRef, key: Value, value: Value) -> Value {
    let ty = types::generic(&PAIR, &[key_type, value_type]);
    Value::object(Entry { ty, key: RefCell::new(key), value: RefCell::new(value) })
}

impl NetObject for Entry {
    fn type_ref(&self) -> TypeRef {
        self.ty
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn text(&self) -> Option<PsString> {
        let text = |v: &Value| match v {
            v if v.is_null() => PsString::default(),
            v => dialtone_object::text::to_string(v).unwrap_or_else(|| types::type_of(v).full_name.into()),
        };
        Some(format!("[{}, {}]", text(&self.key.borrow()), text(&self.value.borrow())).into())
    }
}
fn key(v: &Value) -> Value {
    v.get::<Entry>().map(|e| e.key.borrow().clone()).unwrap_or_default()
}
fn value(v: &Value) -> Value {
    v.get::<Entry>().map(|e| e.value.borrow().clone()).unwrap_or_default()
}
fn new(_: &mut dyn Runtime, this: &Value, args: &[Value]) -> Res<Value> {
    let (key, value) = (args.at(0).clone(), args.at(1).clone());
    Ok(match this {
        Value::Type(t) if t.generic.is_some() => {
            Value::object(Entry { ty: t, key: RefCell::new(key), value: RefCell::new(value) })
        }
        _ => dictionary_entry(key, value),
    })
}

pub static DICTIONARY_ENTRY: TypeTable = TypeTable {
    ctors: overloads! { new => "System.Collections.DictionaryEntry new(System.Object key, System.Object value)"; },
    props: &[
        Prop::get_set(
            "Key",
            "System.Object",
            |_, v| Ok(key(v)),
            |_, v, new| {
                v.get::<Entry>().map(|e| e.key.replace(new));
                Ok(())
            },
        ),
        Prop::get_set(
            "Value",
            "System.Object",
            |_, v| Ok(value(v)),
            |_, v, new| {
                v.get::<Entry>().map(|e| e.value.replace(new));
                Ok(())
            },
        ),
    ],
    ..TypeTable::of(&ENTRY)
};
pub static KEY_VALUE_PAIR: TypeTable = TypeTable {
    ctors: overloads! {
        new => "System.Collections.Generic.KeyValuePair[TKey,TValue] new(TKey key, TValue value)";
    },
    props: &[Prop::get("Key", "TKey", |_, v| Ok(key(v))), Prop::get("Value", "TValue", |_, v| Ok(value(v)))],
    ..TypeTable::of(&PAIR)
};

pub static TYPE_DATA: &[BuiltinData] = &[BuiltinData {
    type_name: "System.Collections.DictionaryEntry",
    members: &[("Name", BuiltinMember::Alias("Key"))],
    display: &[],
    default_property: "",
}];

//! Object, Type and Enum, and what every family needs of them: ToString, GetHashCode, composite formatting.
mod enums;
mod ty;

use crate::args::Args;
use crate::overloads;
use dialtone_object::culture::{self, CultureRef};
use dialtone_object::{PsString, Res, Runtime, TypeTable, Value, composite as format, text, types, value};
use std::hash::{DefaultHasher, Hash, Hasher};

pub use ty::type_code;

pub static TABLES: &[&TypeTable] = &[&TABLE, &ty::TABLE, &enums::TABLE, &DB_NULL_TABLE];

/// `Object.ToString()` in the current culture.
pub fn net_text(rt: &mut dyn Runtime, v: &Value) -> Res<PsString> {
    if let Some(text) = text::to_string(v) {
        return Ok(text);
    }
    Ok(match v.base() {
        Value::Custom(_) => rt.to_text(v),
        Value::Object(o) if matches!(o.data().type_ref().kind, types::TypeKind::Class(_)) => {
            let text = rt.call_method(v, "ToString", &[])?;
            rt.to_text(&text)
        }
        other => types::display_name(types::type_of(other)).into_owned().into(),
    })
}

/// `value.ToString(format, culture)` of an IFormattable.
pub fn formatted(v: &Value, pattern: &str, culture: CultureRef) -> Res<Value> {
    let mut out = String::new();
    match text::format_value(&mut out, v, pattern, culture) {
        Some(Err(e)) => Err(e),
        _ => Ok(Value::string(out)),
    }
}

/// `String.Format`
pub fn composite(rt: &mut dyn Runtime, pattern: &str, args: &[Value], culture: CultureRef) -> Res<PsString> {
    format::format(pattern, args, culture, &mut |out, v| {
        out.push_str(&net_text(rt, v)?);
        Ok(())
    })
    .map(PsString::from)
}

/// `ToString()`, `ToString(format)`, `ToString(provider)`, `ToString(format, provider)` of numbers, dates and the like.
pub fn to_string_format(_: &mut dyn Runtime, this: &Value, args: &[Value]) -> Res<Value> {
    let (mut pattern, mut culture) = (PsString::default(), culture::current());
    for arg in args {
        match arg.base() {
            Value::String(s) => pattern = s.clone(),
            other => culture = crate::culture::of(other),
        }
    }
    formatted(this, &pattern, culture)
}

pub fn hash_code(_: &mut dyn Runtime, this: &Value, _: &[Value]) -> Res<Value> {
    Ok(Value::Int(match this.base() {
        Value::Bool(b) => i32::from(*b),
        Value::Int(n) => *n,
        Value::Byte(n) => i32::from(*n),
        Value::UInt(n) => *n as i32,
        Value::Short(n) => i32::from(*n),
        Value::UShort(n) => i32::from(*n),
        Value::SByte(n) => i32::from(*n),
        Value::Char(c) => i32::from(*c) | i32::from(*c) << 16,
        Value::Long(n) => (*n as i32) ^ (*n >> 32) as i32,
        Value::ULong(n) => (*n as i32) ^ (*n >> 32) as i32,
        Value::TimeSpan(n) => (*n as i32) ^ (*n >> 32) as i32,
        Value::Double(n) => {
            let bits = if *n == 0.0 { 0 } else { n.to_bits() };
            (bits as i32) ^ (bits >> 32) as i32
        }
        Value::String(s) => {
            let mut hasher = DefaultHasher::new();
            s.as_str().hash(&mut hasher);
            hasher.finish() as i32
        }
        Value::Object(o) => match o.data().hash_code() {
            Some(code) => (code ^ (code >> 32)) as i32,
            None => address(this),
        },
        _ => address(this),
    }))
}
/// A number that stays the same for the life of an object.
fn address(v: &Value) -> i32 {
    let at = match v.base() {
        Value::Array(r) => std::rc::Rc::as_ptr(r).addr(),
        Value::List(r) => std::rc::Rc::as_ptr(r).addr(),
        Value::Dict(r) => std::rc::Rc::as_ptr(r).addr(),
        Value::Custom(r) => std::rc::Rc::as_ptr(r).addr(),
        Value::Object(r) => std::rc::Rc::as_ptr(r).addr(),
        Value::Type(t) => std::ptr::from_ref(*t).addr(),
        _ => 0,
    };
    (at >> 4) as i32 & i32::MAX
}

pub fn equals(_: &mut dyn Runtime, this: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::Bool(value::equals(this, args.at(0))))
}
fn to_string(rt: &mut dyn Runtime, this: &Value, _: &[Value]) -> Res<Value> {
    // Called on a custom object itself, the method of the empty object behind its properties answers.
    if matches!(this.base(), Value::Custom(_)) {
        return Ok(Value::str(""));
    }
    net_text(rt, this).map(Value::String)
}
pub fn get_type(_: &mut dyn Runtime, this: &Value, _: &[Value]) -> Res<Value> {
    Ok(Value::Type(types::type_of(this)))
}
fn equals_static(_: &mut dyn Runtime, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::Bool(value::equals(args.at(0), args.at(1))))
}
fn reference_equals(_: &mut dyn Runtime, _: &Value, args: &[Value]) -> Res<Value> {
    let (a, b) = (args.at(0), args.at(1));
    Ok(Value::Bool(a.same(b) || (a.is_null() && b.is_null())))
}
/// `[object]::new()`: an object without anything but its identity.
fn new(_: &mut dyn Runtime, _: &Value, _: &[Value]) -> Res<Value> {
    Ok(Value::object(PlainObject))
}
/// `System.DBNull.Value`
pub struct DbNull;
static DB_NULL: types::TypeInfo =
    types::TypeInfo::new("System.DBNull", "System.DBNull", types::TypeKind::Other, Some(&types::OBJECT));
impl dialtone_object::NetObject for DbNull {
    fn type_ref(&self) -> types::TypeRef {
        &DB_NULL
    }
    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
    fn text(&self) -> Option<PsString> {
        Some("".into())
    }
    fn equals(&self, other: &dyn dialtone_object::NetObject) -> bool {
        other.as_any().is::<DbNull>()
    }
    fn hash_code(&self) -> Option<u64> {
        Some(0)
    }
}
pub fn db_null() -> Value {
    Value::object(DbNull)
}
static DB_NULL_TABLE: TypeTable = TypeTable {
    static_props: &[dialtone_object::Prop::get("Value", "System.DBNull", |_, _| Ok(db_null()))],
    ..TypeTable::of(&DB_NULL)
};

struct PlainObject;
impl dialtone_object::NetObject for PlainObject {
    fn type_ref(&self) -> types::TypeRef {
        &types::OBJECT
    }
    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

static TABLE: TypeTable = TypeTable {
    ctors: overloads! { new => "System.Object new()"; },
    methods: overloads! {
        equals => "bool Equals(System.Object obj)";
        hash_code => "int GetHashCode()";
        get_type => "type GetType()";
        to_string => "string ToString()";
    },
    static_methods: overloads! {
        equals_static => "static bool Equals(System.Object objA, System.Object objB)";
        reference_equals => "static bool ReferenceEquals(System.Object objA, System.Object objB)";
    },
    ..TypeTable::of(&types::OBJECT)
};

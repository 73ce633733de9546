//! `System.Tuple` and `System.ValueTuple`.
use crate::{fail, overloads};
use dialtone_object::{NetObject, PsString, Res, Runtime, TypeInfo, TypeKind, TypeRef, TypeTable, Value, types};
use std::any::Any;

type Rt<'a> = &'a mut dyn Runtime;

/// A tuple of up to seven items.
pub struct Tuple {
    ty: TypeRef,
    items: Vec<Value>,
}
static TUPLE: TypeInfo = TypeInfo::new("System.Tuple", "System.Tuple", TypeKind::Other, Some(&types::OBJECT));
static VALUE_TUPLE: TypeInfo =
    TypeInfo::new("System.ValueTuple", "System.ValueTuple", TypeKind::Other, Some(&types::VALUE_TYPE));

impl NetObject for Tuple {
    fn type_ref(&self) -> TypeRef {
        self.ty
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn text(&self) -> Option<PsString> {
        let texts: Vec<_> =
            self.items.iter().map(|v| dialtone_object::text::to_string(v).unwrap_or_default().to_string()).collect();
        Some(format!("({})", texts.join(", ")).into())
    }
    fn equals(&self, other: &dyn NetObject) -> bool {
        let other = other.as_any().downcast_ref::<Tuple>();
        other.is_some_and(|o| {
            o.ty == self.ty && o.items.iter().zip(&self.items).all(|(a, b)| dialtone_object::value::equals(a, b))
        })
    }
    fn hash_code(&self) -> Option<u64> {
        Some(self.items.len() as u64)
    }
    fn dynamic_property(&self, _rt: &mut dyn Runtime, name: &str) -> Option<Res<Value>> {
        Some(Ok(self.items.get(place(name)?)?.clone()))
    }
    fn set_dynamic_property(&self, _rt: &mut dyn Runtime, name: &str, _value: &Value) -> Option<Res<()>> {
        let _ = self.items.get(place(name)?)?;
        Some(Err(dialtone_object::access::errors::read_only(name)))
    }
    fn dynamic_names(&self) -> Vec<PsString> {
        (1..=self.items.len()).map(|n| format!("Item{n}").into()).collect()
    }
}
fn place(name: &str) -> Option<usize> {
    let digits = name.get(..4).filter(|n| n.eq_ignore_ascii_case("item")).map(|_| &name[4..])?;
    digits.parse::<usize>().ok()?.checked_sub(1)
}
fn make(family: &str, items: Vec<Value>) -> Res<Value> {
    let args: Vec<TypeRef> = items.iter().map(|v| types::type_of(v)).collect();
    let definition = types::find(&format!("System.{family}`{}", items.len()));
    let Some(definition) = definition else { return Err(fail::argument("Too many items.")) };
    Ok(Value::object(Tuple { ty: types::generic(definition, &args), items }))
}
pub fn value_tuple(items: Vec<Value>) -> Value {
    make("ValueTuple", items).unwrap_or_default()
}
fn create(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let family = if matches!(this, Value::Type(t) if *t == &VALUE_TUPLE) { "ValueTuple" } else { "Tuple" };
    make(family, args.to_vec())
}
fn new(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    match this {
        Value::Type(ty) => Ok(Value::object(Tuple { ty, items: args.to_vec() })),
        _ => Err(fail::argument_null("type")),
    }
}

macro_rules! tuples {
    ($($id:ident $value:ident $n:literal $ctor:literal;)*) => {
        $(
            static $id: TypeInfo = TypeInfo::new(concat!("System.Tuple`", $n), "System.Tuple", TypeKind::Other, Some(&types::OBJECT));
            static $value: TypeInfo = TypeInfo::new(concat!("System.ValueTuple`", $n), "System.ValueTuple", TypeKind::Other, Some(&types::VALUE_TYPE));
        )*
        pub static TABLES: &[&TypeTable] = &[&CREATE, &CREATE_VALUE, $(
            { static T: TypeTable = TypeTable { ctors: overloads! { new => $ctor; }, ..TypeTable::of(&$id) }; &T },
            { static T: TypeTable = TypeTable { ctors: overloads! { new => $ctor; }, ..TypeTable::of(&$value) }; &T },
        )*];
    };
}
tuples! {
    TUPLE1 VALUE1 "1" "System.Tuple new(System.Object item1)";
    TUPLE2 VALUE2 "2" "System.Tuple new(System.Object item1, System.Object item2)";
    TUPLE3 VALUE3 "3" "System.Tuple new(System.Object item1, System.Object item2, System.Object item3)";
    TUPLE4 VALUE4 "4" "System.Tuple new(System.Object item1, System.Object item2, System.Object item3, System.Object item4)";
    TUPLE5 VALUE5 "5" "System.Tuple new(System.Object item1, System.Object item2, System.Object item3, System.Object item4, System.Object item5)";
}

macro_rules! creators {
    ($id:ident, $ty:expr) => {
        static $id: TypeTable = TypeTable {
            static_methods: overloads! {
                create => "static System.Tuple Create(System.Object item1)"
                    "static System.Tuple Create(System.Object item1, System.Object item2)"
                    "static System.Tuple Create(System.Object item1, System.Object item2, System.Object item3)"
                    "static System.Tuple Create(System.Object item1, System.Object item2, System.Object item3, System.Object item4)"
                    "static System.Tuple Create(System.Object item1, System.Object item2, System.Object item3, System.Object item4, System.Object item5)";
            },
            ..TypeTable::of($ty)
        };
    };
}
creators!(CREATE, &TUPLE);
creators!(CREATE_VALUE, &VALUE_TUPLE);

//! Values of enum types.
use crate::member::NetObject;
use crate::string::PsString;
use crate::types::{self, TypeRef};
use crate::value::Value;
use std::any::Any;

/// One value of an enum type (of .NET or of a script): its type and underlying number (of `ulong` enums the bits).
pub struct EnumValue {
    pub ty: TypeRef,
    pub number: i64,
}

impl EnumValue {
    pub fn value(ty: TypeRef, number: i64) -> Value {
        Value::object(EnumValue { ty, number })
    }
    /// The value of a name (any case).
    pub fn named(ty: TypeRef, name: &str) -> Option<Value> {
        let info = ty.enum_info.get()?;
        let (_, number) = info.values.iter().find(|(n, _)| n.eq_ignore_ascii_case(name))?;
        Some(EnumValue::value(ty, *number))
    }
}

/// A value of an enum type by the type's full name; the plain number when the type is not known.
pub fn of(type_name: &str, number: i64) -> Value {
    match types::find(type_name) {
        Some(ty) => EnumValue::value(ty, number),
        None => Value::Int(number as i32),
    }
}

/// The number of an enum value.
pub fn number(v: &Value) -> Option<i64> {
    v.get::<EnumValue>().map(|e| e.number)
}

/// `Enum.ToString()`: the name, for flags the names joined by `, `, else the number.
pub fn text(ty: TypeRef, number: i64) -> PsString {
    let Some(info) = ty.enum_info.get() else { return number.to_string().into() };
    if let Some((name, _)) = info.values.iter().find(|(_, n)| *n == number) {
        return name.as_str().into();
    }
    if info.flags && number != 0 {
        // From the highest value down, as .NET takes the names; told in ascending order.
        let mut sorted: Vec<_> = info.values.iter().filter(|(_, n)| *n != 0).collect();
        sorted.sort_by_key(|(_, n)| *n as u64);
        let (mut rest, mut names) = (number, Vec::new());
        for (name, n) in sorted.into_iter().rev() {
            if rest & n == *n {
                rest &= !n;
                names.push(name.as_str());
            }
        }
        if rest == 0 {
            names.reverse();
            return names.join(", ").into();
        }
    }
    number.to_string().into()
}

impl NetObject for EnumValue {
    fn type_ref(&self) -> TypeRef {
        self.ty
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn text(&self) -> Option<PsString> {
        Some(text(self.ty, self.number))
    }
    fn equals(&self, other: &dyn NetObject) -> bool {
        other.as_any().downcast_ref::<EnumValue>().is_some_and(|o| o.ty == self.ty && o.number == self.number)
    }
    fn hash_code(&self) -> Option<u64> {
        Some(self.number as u64)
    }
    fn compare(&self, other: &Value) -> Option<std::cmp::Ordering> {
        other.get::<EnumValue>().filter(|o| o.ty == self.ty).map(|o| self.number.cmp(&o.number))
    }
    fn enum_number(&self) -> Option<i64> {
        Some(self.number)
    }
    fn truth(&self) -> bool {
        self.number != 0
    }
}

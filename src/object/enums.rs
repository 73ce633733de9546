//! Values of enum types.
use crate::culture::Culture;
use crate::error::Res;
use crate::member::NetObject;
use crate::net_error::{NetError, format_error};
use crate::string::PsString;
use crate::types::{self, TypeKind, TypeRef};
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

/// `Enum.ToString(format)`: G, F, D, X.
pub fn format(ty: TypeRef, number: i64, format: &str) -> Result<PsString, NetError> {
    let underlying = ty.enum_info.get().map_or(TypeKind::Int32, |i| i.underlying.kind);
    Ok(match format {
        "" | "G" | "g" => text(ty, number),
        "F" | "f" => flag_names(ty, number).unwrap_or_else(|| text(ty, number)),
        "D" | "d" if underlying == TypeKind::UInt64 => (number as u64).to_string().into(),
        "D" | "d" => number.to_string().into(),
        "X" | "x" => {
            let digits = match underlying {
                TypeKind::SByte | TypeKind::Byte => 2,
                TypeKind::Int16 | TypeKind::UInt16 => 4,
                TypeKind::Int64 | TypeKind::UInt64 => 16,
                _ => 8,
            };
            let mask = if digits == 16 { u64::MAX } else { (1 << (digits * 4)) - 1 };
            format!("{:0digits$X}", number as u64 & mask).into()
        }
        _ => {
            return Err(format_error(r#"Format string can be only "G", "g", "X", "x", "F", "f", "D" or "d"."#));
        }
    })
}

/// `Enum.ToString()`: the name, for flags the names joined by `, `, else the number.
pub fn text(ty: TypeRef, number: i64) -> PsString {
    let Some(info) = ty.enum_info.get() else { return number.to_string().into() };
    if let Some((name, _)) = info.values.iter().find(|(_, n)| *n == number) {
        return name.as_str().into();
    }
    if let Some(names) = flag_names(ty, number).filter(|_| info.flags) {
        return names;
    }
    number.to_string().into()
}

/// A number as the names of its bits; none when some bit has no name.
fn flag_names(ty: TypeRef, number: i64) -> Option<PsString> {
    let info = ty.enum_info.get()?;
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
    names.reverse();
    (rest == 0 && !names.is_empty()).then(|| names.join(", ").into())
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
    fn format(&self, format: &str, _culture: &Culture) -> Option<Res<PsString>> {
        Some(self::format(self.ty, self.number, format).map_err(Into::into))
    }
    fn enum_number(&self) -> Option<i64> {
        Some(self.number)
    }
    fn truth(&self) -> bool {
        self.number != 0
    }
}

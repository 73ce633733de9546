//! Conversion of values to types: the language's `LanguagePrimitives.ConvertTo`. One function per kind of target;
//! what no rule of the language covers goes to the type's own table (`Parse`, constructors, see `object`).
pub mod array;
mod enums;
pub mod errors;
pub mod number;
mod object;
pub mod text_number;

use crate::bigint::BigInteger;
use crate::dict::{Comparer, Dict, DictKind, Dictionary};
use crate::error::Res;
use crate::psobject::PSObject;
use crate::regex::{Options, Regex};
use crate::runtime::Runtime;
use crate::switch::SwitchParameter;
use crate::type_name::parse_type_name;
use crate::types::{self, TypeKind, TypeRef};
use crate::value::Value;
use number::{Num, pack};
use std::rc::Rc;

/// Truthiness: `$null`, zero, the empty string and the empty list are false; a list of one is its element.
pub fn to_bool(value: &Value) -> bool {
    match value {
        Value::Unset | Value::Null | Value::Void => false,
        Value::Bool(b) => *b,
        Value::Char(c) => *c != 0,
        Value::SByte(n) => *n != 0,
        Value::Byte(n) => *n != 0,
        Value::Short(n) => *n != 0,
        Value::UShort(n) => *n != 0,
        Value::Int(n) => *n != 0,
        Value::UInt(n) => *n != 0,
        Value::Long(n) => *n != 0,
        Value::ULong(n) => *n != 0,
        Value::Single(n) => *n != 0.0,
        Value::Double(n) => *n != 0.0,
        Value::Decimal(n) => !n.is_zero(),
        Value::String(s) => !s.is_empty(),
        Value::Array(a) => list_to_bool(&a.items.borrow()),
        Value::List(l) => list_to_bool(&l.items.borrow()),
        Value::Wrapped(w) => to_bool(&w.base),
        Value::Object(o) => o.data().truth(),
        _ => true,
    }
}

fn list_to_bool(items: &[Value]) -> bool {
    match items {
        [] => false,
        // A list inside the only element counts by its length, not by its own element.
        [one] => match one.base() {
            Value::Array(a) => !a.is_empty(),
            Value::List(l) => !l.is_empty(),
            other => to_bool(other),
        },
        _ => true,
    }
}

/// How deep conversions may nest (arrays of arrays, hashtables into objects).
const DEPTH: u32 = 200;
thread_local! {
    static NESTED: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
}

/// `[type]value`: the value itself when it is of the type, else the conversion by the language's rules. Fails with the
/// error records that PowerShell's casts give.
pub fn cast(rt: &mut dyn Runtime, value: &Value, ty: TypeRef) -> Res<Value> {
    // The usual cases without further ado.
    match (value, ty.kind) {
        (Value::Int(_), TypeKind::Int32)
        | (Value::String(_), TypeKind::String)
        | (Value::Bool(_), TypeKind::Boolean) => {
            return Ok(value.clone());
        }
        (_, TypeKind::Boolean) => return Ok(Value::Bool(to_bool(value))),
        (_, TypeKind::String) => return Ok(Value::String(rt.to_text(value))),
        _ => {}
    }
    let depth = NESTED.get();
    if depth >= DEPTH {
        return Err(errors::no_conversion(rt, value, ty));
    }
    NESTED.set(depth + 1);
    let result = convert(rt, value, ty);
    NESTED.set(depth);
    result
}

fn convert(rt: &mut dyn Runtime, value: &Value, ty: TypeRef) -> Res<Value> {
    use TypeKind::*;
    if value.is_null() {
        return null_to(rt, ty);
    }
    let base = value.base();
    let from = types::type_of(base);
    // A script block serves as a delegate of any type.
    let is_delegate = ty.base.is_some_and(|base| base.full_name == "System.MulticastDelegate");
    if from.is_subclass_of(ty) || (is_delegate && from.kind == ScriptBlock) {
        return Ok(value.clone());
    }
    match ty.kind {
        Object | PSObject => Ok(value.clone()),
        Void => Ok(Value::Null),
        SByte | Byte | Int16 | UInt16 | Int32 | UInt32 | Int64 | UInt64 | Single | Double | Decimal | Char => {
            to_number(rt, value, base, ty)
        }
        Array => match ty.elem {
            Some(elem) => array::to_array(rt, value, base, ty, elem),
            None => Err(errors::no_conversion(rt, value, ty)),
        },
        Nullable if matches!(base, Value::Dict(_)) => {
            let message = "Cannot process argument because the value of argument \"obj\" is null. Change the value of argument \"obj\" to a non-null value.";
            let inner = ("System.Management.Automation.PSArgumentNullException", message);
            Err(errors::failed(rt, value, ty, "InvalidCastConstructorException", inner))
        }
        Nullable => match ty.elem {
            Some(elem) => cast(rt, value, elem)
                .map_err(|e| if errors::no_rule(&e) { errors::no_conversion(rt, value, ty) } else { e }),
            None => Err(errors::no_conversion(rt, value, ty)),
        },
        Type => match base {
            Value::Char(_) | Value::Bool(_) | Value::DateTime(_) => Err(errors::not_convertible(rt, value, ty)),
            Value::String(s) => parse_type_name(s).map(Value::Type).ok_or_else(|| errors::bad_type_name(s)),
            _ => match Num::of(base) {
                Some(Num::Big(_)) | None => object::to_object(rt, value, base, ty),
                Some(_) => Err(errors::bad_type_name(&rt.to_text(base))),
            },
        },
        Hashtable => match base {
            Value::Dict(d) => Ok(copy_dict(d, Comparer::IgnoreCase, DictKind::Hashtable, &types::HASHTABLE)),
            _ => object::to_object(rt, value, base, ty),
        },
        Ordered => match base {
            Value::Dict(d) => Ok(copy_dict(d, Comparer::IgnoreCase, DictKind::Ordered, &types::ORDERED_DICTIONARY)),
            _ => object::to_object(rt, value, base, ty),
        },
        PSCustomObject => match base {
            Value::Dict(d) => custom_object(rt, d),
            _ => Ok(value.clone()),
        },
        Switch => match base {
            Value::Bool(b) => Ok(SwitchParameter::value(*b)),
            _ => object::to_object(rt, value, base, ty),
        },
        _ if std::ptr::eq(ty, &types::REGEX) => to_regex(rt, value, base, ty),
        _ if std::ptr::eq(ty, &types::BIG_INTEGER) => to_big(rt, value, base, ty),
        _ if std::ptr::eq(ty, &types::ARRAY) => {
            array::to_array(rt, value, base, types::array_of(&types::OBJECT, 1), &types::OBJECT)
        }
        _ => {
            if let Some(info) = ty.enum_info.get()
                && let Some(result) = enums::to_enum(rt, base, ty, info)
            {
                return result;
            }
            object::to_object(rt, value, base, ty)
        }
    }
}

/// `$null` as a value of the type.
fn null_to(rt: &mut dyn Runtime, ty: TypeRef) -> Res<Value> {
    use TypeKind::*;
    match ty.kind {
        Char => Ok(Value::Char(0)),
        Single | Double | Decimal => Ok(Num::Int(0).to_kind(ty.kind).unwrap_or(Value::Null)),
        Switch => Ok(SwitchParameter::value(false)),
        Nullable => Ok(Value::Null),
        _ if ty.is_integer() => Ok(pack(0, ty.kind).unwrap_or(Value::Null)),
        _ if std::ptr::eq(ty, &types::BIG_INTEGER) => Ok(BigInteger::value(0)),
        _ if ty.enum_info.get().is_some() => Err(errors::undefined_enum(rt, &Value::Null, ty, "nullToEnumInvalidCast")),
        _ if ty.is_value_type() => Err(errors::null_to_object(ty)),
        _ => Ok(Value::Null),
    }
}

/// To a number kind or char.
fn to_number(rt: &mut dyn Runtime, value: &Value, base: &Value, ty: TypeRef) -> Res<Value> {
    if let Value::String(text) = base {
        if ty.kind != TypeKind::Char {
            return text_number::to_number(rt, text, ty);
        }
        return match text.unit(0) {
            Some(unit) if text.len() == 1 => Ok(Value::Char(unit)),
            _ => Err(errors::failed(
                rt,
                value,
                ty,
                "InvalidCastParseTargetInvocation",
                ("System.FormatException", "String must be exactly one character long."),
            )),
        };
    }
    let number = match base {
        Value::Bool(b) if ty.kind != TypeKind::Char => Num::Int((*b).into()),
        Value::Char(c) => Num::Int((*c).into()),
        Value::Bool(_) | Value::DateTime(_) => return Err(errors::not_convertible(rt, value, ty)),
        Value::Object(o) if o.data().enum_number().is_some() => Num::Int(enum_number(base).unwrap_or(0)),
        _ => match Num::of(base) {
            Some(n) => n,
            None => return object::to_object(rt, value, base, ty),
        },
    };
    match (&number, ty.kind) {
        (Num::Big(_), TypeKind::Char) => {
            let inner = ("System.InvalidCastException", "Object must implement IConvertible.");
            Err(errors::failed(rt, value, ty, "InvalidCastIConvertible", inner))
        }
        (Num::Big(_), kind) => number.to_kind(kind).map_err(|e| {
            let id = "InvalidCastTargetInvocationExceptionop_Explicit";
            errors::failed(rt, value, ty, id, ("System.OverflowException", &*e.0))
        }),
        (Num::Single(_) | Num::Double(_) | Num::Decimal(_), TypeKind::Char) => {
            Err(errors::not_convertible(rt, value, ty))
        }
        (_, kind) => number.to_kind(kind).map_err(|e| errors::overflow(rt, value, ty, &e.0)),
    }
}

/// The underlying number of an enum value, by the sign of its type.
pub fn enum_number(value: &Value) -> Option<i128> {
    let Value::Object(o) = value.base() else { return None };
    let number = o.data().enum_number()?;
    let unsigned = o.data().type_ref().enum_info.get().is_some_and(|info| info.underlying.kind == TypeKind::UInt64);
    Some(if unsigned { i128::from(number as u64) } else { number.into() })
}

fn to_big(rt: &mut dyn Runtime, value: &Value, base: &Value, ty: TypeRef) -> Res<Value> {
    let number = match base {
        Value::String(s) => return text_number::to_big(rt, s, ty),
        Value::Bool(b) => Num::Int((*b).into()),
        Value::Char(c) => Num::Int((*c).into()),
        Value::DateTime(_) => return Err(errors::not_convertible(rt, value, ty)),
        _ => match Num::of(base).or_else(|| enum_number(base).map(Num::Int)) {
            Some(n) => n,
            None => return object::to_object(rt, value, base, ty),
        },
    };
    match number.to_big() {
        Ok(n) => Ok(BigInteger::value(n)),
        Err(e) => {
            let inner = ("System.OverflowException", &*e.0);
            Err(errors::failed(rt, value, ty, "InvalidCastConstructorException", inner))
        }
    }
}

fn to_regex(rt: &mut dyn Runtime, value: &Value, base: &Value, ty: TypeRef) -> Res<Value> {
    let text = match (base, Num::of(base)) {
        (Value::String(s), _) => s.clone(),
        (_, Some(n)) if !matches!(n, Num::Big(_)) => rt.to_text(base),
        _ => return object::to_object(rt, value, base, ty),
    };
    match Regex::new(&text, Options::NONE) {
        Ok(regex) => Ok(regex.into_value()),
        Err(e) => {
            let inner = (crate::regex::PARSE_EXCEPTION, e.0.as_str());
            Err(errors::failed(rt, value, ty, "InvalidCastFromStringToRegex", inner))
        }
    }
}

fn copy_dict(dict: &Dictionary, comparer: Comparer, kind: DictKind, ty: TypeRef) -> Value {
    let mut copy = Dict::new(comparer);
    for (key, value) in dict.dict.borrow().iter() {
        copy.insert(key.clone(), value.clone());
    }
    Value::Dict(Rc::new(Dictionary::of(kind, ty, copy)))
}

/// `[pscustomobject]@{...}`: a property per entry, in order.
pub fn custom_object(rt: &mut dyn Runtime, dict: &Dictionary) -> Res<Value> {
    let mut type_name = None;
    let mut pairs: Vec<(crate::string::PsString, Value)> = Vec::with_capacity(dict.len());
    for (key, value) in dict.pairs() {
        let name = rt.to_text(&key);
        // `PSTypeName` names the object's type instead of becoming a property.
        if name.eq_ignore_ascii_case("PSTypeName") {
            type_name = Some(rt.to_text(&value));
            continue;
        }
        pairs.push((name, value));
    }
    let object = PSObject::from_pairs(pairs);
    Ok(Value::Custom(Rc::new(match type_name {
        Some(name) => object.with_type(&name),
        None => object,
    })))
}

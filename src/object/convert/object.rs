//! Conversions that the target type itself offers: its table's own rule, `Parse`, constructors with one parameter, and
//! objects made from a hashtable of properties.
use super::{array, cast, enum_number, errors, number::Num};
use crate::access;
use crate::collections::{List, ListKind};
use crate::culture;
use crate::dict::Dictionary;
use crate::error::{Exception, Flow, Res};
use crate::member::{Overload, Param, TypeTable};
use crate::runtime::Runtime;
use crate::text::type_text;
use crate::type_name::parse_type_name;
use crate::types::{self, STRING, TypeKind, TypeRef};
use crate::value::Value;
use std::rc::Rc;

/// Any value to a type that the language has no rule of its own for.
pub fn to_object(rt: &mut dyn Runtime, value: &Value, base: &Value, ty: TypeRef) -> Res<Value> {
    if let TypeKind::Class(_) = ty.kind {
        return to_class(rt, value, base, ty);
    }
    let table = own_table(ty);
    if let Some(convert) = table.and_then(|t| t.cast)
        && let Some(result) = convert(rt, base)
    {
        return converted(rt, value, ty, result);
    }
    // Exceptions are made from their message.
    if let Value::String(_) = base
        && ty.is_subclass_of(&types::EXCEPTION)
    {
        return access::construct(rt, ty, std::slice::from_ref(base));
    }
    if let Value::String(_) = base {
        if let Some(result) = from_text(rt, value, base, ty, table) {
            return result;
        }
        if ty.is_subclass_of(&types::EXCEPTION) {
            return crate::access::construct(rt, ty, std::slice::from_ref(base));
        }
    }
    if let Some(result) = to_list(rt, value, base, ty) {
        return result;
    }
    if let Some(result) = by_constructor(rt, value, base, ty, table) {
        return result;
    }
    match base {
        Value::Dict(d) if has_default_constructor(ty, table) => return from_properties(rt, d, ty),
        Value::Custom(_) if has_default_constructor(ty, table) => {
            let inner = errors::no_conversion(rt, value, ty);
            return Err(constructor_failed(rt, value, ty, &inner));
        }
        _ => {}
    }
    match base {
        Value::Char(_) | Value::Bool(_) | Value::DateTime(_) => Err(errors::not_convertible(rt, value, ty)),
        _ if enum_number(base).is_some() => Err(errors::not_convertible(rt, value, ty)),
        _ => match Num::of(base) {
            // Numbers become text when the type takes texts.
            Some(Num::Big(_)) | None => Err(errors::no_conversion(rt, value, ty)),
            Some(_) => {
                let text = Value::String(rt.to_text(base));
                // The interfaces of strings are reached through the number's text.
                if ty.kind == TypeKind::Interface && STRING.is_subclass_of(ty) {
                    return Ok(text);
                }
                let own = table.and_then(|t| t.cast).and_then(|convert| convert(rt, &text));
                match own {
                    Some(result) => converted(rt, &text, ty, result),
                    None => match from_text(rt, &text, &text, ty, table) {
                        Some(result) => result,
                        None => Err(errors::no_conversion(rt, value, ty)),
                    },
                }
            }
        },
    }
}

/// The type's own table, or that of its open generic.
fn own_table(ty: TypeRef) -> Option<&'static TypeTable> {
    ty.members().or_else(|| ty.generic.and_then(|(definition, _)| definition.members()))
}

/// The message of what a method threw.
fn thrown(error: &Flow) -> Option<(&'static str, crate::string::PsString)> {
    let error = error.error()?;
    Some((error.exception_type().full_name, error.message()))
}

fn constructor_failed(rt: &mut dyn Runtime, value: &Value, ty: TypeRef, error: &Flow) -> Flow {
    match thrown(error) {
        Some((kind, message)) => errors::failed(rt, value, ty, "InvalidCastConstructorException", (kind, &message)),
        None => errors::no_conversion(rt, value, ty),
    }
}

/// The result of a type's own conversion: what .NET threw becomes the cast's error.
fn converted(rt: &mut dyn Runtime, value: &Value, ty: TypeRef, result: Res<Value>) -> Res<Value> {
    match result {
        Err(e) if thrown(&e).is_some_and(|(kind, _)| !kind.starts_with("System.Management.Automation.")) => {
            parsed(rt, value, ty, parse_id(ty), Err(e))
        }
        result => result,
    }
}

/// Structs parse with a format provider, whatever their table says; classes without.
fn parse_id(ty: TypeRef) -> &'static str {
    if ty.is_value_type() {
        "InvalidCastParseTargetInvocationWithFormatProvider"
    } else {
        "InvalidCastParseTargetInvocation"
    }
}

fn is_text(param: &Param) -> bool {
    param.ty.is_some_and(|t| t.kind == TypeKind::String)
}

/// `T.Parse(text)` or a constructor that takes a text.
fn from_text(
    rt: &mut dyn Runtime,
    value: &Value,
    text: &Value,
    ty: TypeRef,
    table: Option<&'static TypeTable>,
) -> Option<Res<Value>> {
    if ty.is_subclass_of(&types::EXCEPTION) {
        return Some(crate::access::construct(rt, ty, std::slice::from_ref(text)));
    }
    let table = table?;
    let mut plain = None;
    for parse in table.static_method("Parse") {
        match &*parse.params {
            [text_param, provider] if is_text(text_param) && provider.type_name.ends_with("IFormatProvider") => {
                let result = invariantly(|| (parse.call)(rt, &Value::Type(ty), &[text.clone(), Value::Null]));
                return Some(parsed(rt, value, ty, "InvalidCastParseTargetInvocationWithFormatProvider", result));
            }
            [only] if is_text(only) => plain = Some(parse),
            _ => {}
        }
    }
    if let Some(parse) = plain {
        let result = (parse.call)(rt, &Value::Type(ty), std::slice::from_ref(text));
        return Some(parsed(rt, value, ty, parse_id(ty), result));
    }
    let constructor = table.constructors().iter().find(|c| matches!(&*c.params, [only] if is_text(only)))?;
    let result = (constructor.call)(rt, &Value::Type(ty), std::slice::from_ref(text));
    Some(result.map_err(|e| if e.error().is_some() { constructor_failed(rt, value, ty, &e) } else { e }))
}

/// Conversions read texts by the invariant culture: no provider means the current one, so that is it meanwhile.
fn invariantly<T>(read: impl FnOnce() -> T) -> T {
    let before = culture::current();
    culture::set_current(culture::invariant());
    let result = read();
    culture::set_current(before);
    result
}

fn parsed(rt: &mut dyn Runtime, value: &Value, ty: TypeRef, id: &str, result: Res<Value>) -> Res<Value> {
    result.map_err(|e| match thrown(&e) {
        Some((kind, message)) => errors::failed(rt, value, ty, id, (kind, &message)),
        None => e,
    })
}

/// A value of a number kind, widened as C# does without losing anything.
fn widened(base: &Value, to: TypeKind) -> Option<Value> {
    use TypeKind::*;
    let from = match base {
        Value::Object(_) => Int32,
        other => types::type_of(other).kind,
    };
    let allowed: &[TypeKind] = match from {
        Char => &[UInt16, Int32, UInt32, Int64, UInt64, Single, Double],
        Byte => &[Int16, UInt16, Int32, UInt32, Int64, UInt64, Single, Double],
        SByte => &[Int16, Int32, Int64, Single, Double],
        Int16 => &[Int32, Int64, Single, Double],
        UInt16 => &[Int32, UInt32, Int64, UInt64, Single, Double],
        Int32 => &[Int64, Single, Double],
        UInt32 => &[Int64, UInt64, Single, Double],
        Int64 | UInt64 => &[Single, Double],
        Single => &[Double],
        _ => &[],
    };
    let number = match base {
        Value::Char(c) => Num::Int((*c).into()),
        _ => Num::of(base).or_else(|| enum_number(base).map(Num::Int))?,
    };
    let enum_itself = from == Int32 && to == Int32 && matches!(base, Value::Object(_));
    (allowed.contains(&to) || enum_itself).then(|| number.to_kind(to).ok()).flatten()
}

/// A constructor with one parameter that takes the value as it is.
fn by_constructor(
    rt: &mut dyn Runtime,
    value: &Value,
    base: &Value,
    ty: TypeRef,
    table: Option<&'static TypeTable>,
) -> Option<Res<Value>> {
    let from = types::type_of(base);
    // An integer is no capacity of a list.
    if from.is_integer() && (ty.is_subclass_of(&types::ILIST) || ty.is_subclass_of(&types::ICOLLECTION)) {
        return None;
    }
    let constructors: Vec<_> = table?
        .constructors()
        .iter()
        .filter_map(|c| match &*c.params {
            [one] => Some((c.overload, one)),
            _ => None,
        })
        .collect();
    let mut chosen: Option<(&Overload, Value)> = None;
    for (constructor, param) in &constructors {
        let Some(param) = param.ty else { continue };
        if std::ptr::eq(param, from) || (param.kind != TypeKind::Object && from.is_subclass_of(param)) {
            chosen = Some((constructor, base.clone()));
            break;
        }
        if chosen.is_none()
            && let Some(wide) = widened(base, param.kind)
        {
            chosen = Some((constructor, wide));
        }
    }
    if chosen.is_none() {
        chosen = by_elements(rt, base, ty, &constructors);
    }
    let (constructor, argument) = chosen?;
    let result = (constructor.call)(rt, &Value::Type(ty), &[argument]);
    Some(result.map_err(|e| if e.error().is_some() { constructor_failed(rt, value, ty, &e) } else { e }))
}

/// A generic collection's constructor that takes its elements (`IEnumerable<T>`): the value's elements, or the value
/// as the only one.
fn by_elements<'a>(
    rt: &mut dyn Runtime,
    base: &Value,
    ty: TypeRef,
    constructors: &[(&'a Overload, &Param)],
) -> Option<(&'a Overload, Value)> {
    let (_, [elem]) = ty.generic? else { return None };
    let (constructor, _) = constructors.iter().find(|(_, param)| param.type_name.contains("IEnumerable"))?;
    if matches!(base, Value::Dict(_) | Value::Custom(_) | Value::Char(_) | Value::Bool(_) | Value::DateTime(_)) {
        return None;
    }
    let items = match base {
        Value::Array(a) => a.to_vec(),
        _ if array::enumerable(base) => rt.enumerate(base).ok()?,
        _ => vec![base.clone()],
    };
    let items = array::elements(rt, items, elem).ok()?;
    Some((constructor, items))
}

/// The growable lists that are values of their own.
fn to_list(rt: &mut dyn Runtime, value: &Value, base: &Value, ty: TypeRef) -> Option<Res<Value>> {
    let (kind, elem) = match (ty.kind, ty.generic) {
        (TypeKind::ArrayList, _) => (ListKind::ArrayList, &types::OBJECT),
        (TypeKind::List, Some((_, [elem]))) => (ListKind::List, *elem),
        (TypeKind::Collection, Some((_, [elem]))) => (ListKind::Collection, *elem),
        _ => return None,
    };
    let make = |items| Ok(Value::List(Rc::new(List::of(kind, ty, elem, items))));
    let items = match base {
        Value::Array(a) => a.to_vec(),
        Value::List(l) => l.to_vec(),
        Value::Dict(_) if kind == ListKind::ArrayList => match rt.call_method(base, "GetEnumerator", &[]) {
            Ok(entries) => match rt.enumerate(&entries) {
                Ok(items) => items,
                Err(e) => return Some(Err(e)),
            },
            Err(e) => return Some(Err(e)),
        },
        Value::Char(_) if kind == ListKind::ArrayList => return Some(make(Vec::new())),
        _ if array::enumerable(base) => match rt.enumerate(base) {
            Ok(items) => items,
            Err(e) => return Some(Err(e)),
        },
        Value::Dict(_) | Value::Custom(_) | Value::Char(_) | Value::Bool(_) | Value::DateTime(_) => return None,
        _ if kind == ListKind::ArrayList => return None,
        other => return Some(cast(rt, other, elem).and_then(|item| make(vec![item]))),
    };
    let mut out = Vec::with_capacity(items.len());
    for item in &items {
        match cast(rt, item, elem) {
            Ok(item) => out.push(item),
            Err(e) if errors::no_rule(&e) => return Some(Err(errors::no_conversion(rt, value, ty))),
            Err(e) => return Some(Err(e)),
        }
    }
    Some(make(out))
}

fn has_default_constructor(ty: TypeRef, table: Option<&'static TypeTable>) -> bool {
    let primitive = ty.is_number() && ty.kind != TypeKind::Decimal
        || matches!(ty.kind, TypeKind::Char | TypeKind::Boolean | TypeKind::String);
    if primitive {
        return false;
    }
    ty.is_value_type()
        || matches!(ty.kind, TypeKind::List | TypeKind::Hashtable | TypeKind::Ordered | TypeKind::Dictionary)
        || table.is_some_and(|t| t.constructors().iter().any(|c| c.params.is_empty()))
}

/// `[type]@{Name = value}`: a new object with the properties set.
fn from_properties(rt: &mut dyn Runtime, dict: &Dictionary, ty: TypeRef) -> Res<Value> {
    let table = own_table(ty);
    let default = table.and_then(|t| t.constructors().iter().find(|c| c.params.is_empty()));
    let object = match default {
        Some(constructor) => (constructor.call)(rt, &Value::Type(ty), &[])?,
        None => Value::Null,
    };
    let settable: Vec<(String, String)> = match ty.enum_info.get() {
        Some(info) => vec![("value__".into(), info.underlying.full_name.to_owned())],
        None => crate::member::tables(ty)
            .flat_map(|t| t.props)
            .filter(|p| p.set.is_some())
            .map(|p| {
                let full = parse_type_name(p.ty).map_or(p.ty.to_owned(), type_text);
                (p.name.to_owned(), full)
            })
            .collect(),
    };
    set_properties(rt, &object, dict, ty, &settable)?;
    Ok(object)
}

fn set_properties(
    rt: &mut dyn Runtime,
    object: &Value,
    dict: &Dictionary,
    ty: TypeRef,
    settable: &[(String, String)],
) -> Res<()> {
    for (key, value) in dict.pairs() {
        let name = rt.to_text(&key);
        if !settable.iter().any(|(known, _)| known.eq_ignore_ascii_case(&name)) {
            let rest = if settable.is_empty() {
                "There is no settable property available.".to_owned()
            } else {
                let all: Vec<_> = settable.iter().map(|(n, t)| format!("[{n} <{t}>]")).collect();
                format!("The settable properties are: {}.", all.join(", "))
            };
            let reason =
                format!("The property '{name}' was not found for the '{}' object. {rest}", errors::qualified(ty));
            return Err(errors::object_creation(ty, &reason));
        }
        if let Err(e) = rt.set_property(object, &name, value) {
            let Some(error) = e.error() else { return Err(e) };
            return Err(errors::object_creation(ty, &cause_of_setting(&error.exception)));
        }
    }
    Ok(())
}

/// The message of what a setter threw, without the wrappers that name the property.
fn cause_of_setting(exception: &Value) -> crate::string::PsString {
    let Some(e) = exception.get::<Exception>() else { return "".into() };
    let inner = e.inner.borrow();
    let wrapper = e.message.borrow().starts_with("Exception setting \"");
    if wrapper && inner.get::<Exception>().is_some() { cause_of_setting(&inner) } else { e.message.borrow().clone() }
}

/// To a script's class: a constructor with one parameter, else a new object with the properties of a hashtable.
fn to_class(rt: &mut dyn Runtime, value: &Value, base: &Value, ty: TypeRef) -> Res<Value> {
    let constructors = rt.class_constructors(ty);
    let from = types::type_of(base);
    let single = constructors.iter().filter(|c| c.len() == 1).any(|c| from.is_subclass_of(c[0]));
    if single && let Some(result) = rt.construct_class(ty, std::slice::from_ref(value)) {
        return result.map_err(|e| if e.error().is_some() { constructor_failed(rt, value, ty, &e) } else { e });
    }
    let default = constructors.is_empty() || constructors.iter().any(Vec::is_empty);
    let pairs = match base {
        Value::Dict(d) if default => d.clone(),
        Value::Custom(o) if default => {
            let mut dict = crate::dict::Dict::new(crate::dict::Comparer::IgnoreCase);
            for (name, value) in o.pairs() {
                dict.insert(Value::String(name), value);
            }
            Rc::new(Dictionary::hashtable(dict))
        }
        _ => return Err(errors::no_conversion(rt, value, ty)),
    };
    let Some(object) = rt.construct_class(ty, &[]) else { return Err(errors::no_conversion(rt, value, ty)) };
    let object = object?;
    let settable: Vec<_> =
        rt.class_properties(ty).into_iter().map(|(n, t)| (n.as_str().to_owned(), type_text(t))).collect();
    set_properties(rt, &object, &pairs, ty, &settable)?;
    Ok(object)
}

//! Member access on any value: what `$x.Name`, `$x.Name = v`, `$x.Method(...)`, `[T]::Name` and `[T]::new(...)` mean.
//! The order is PowerShell's: keys of dictionaries, members that scripts attached, type data (Update-TypeData), then
//! the members of the .NET type.
pub mod errors;
mod index;
mod intrinsic;
mod list;
mod method;
mod overload;
mod signature;
pub mod typedata;

pub use crate::types::type_of;
pub use index::{index, set_index};
pub use intrinsic::{MemberView, TypeNames};
pub use list::{MemberEntry, members, properties, type_names};
pub use method::{PS_CODE_METHOD, PS_METHOD, PS_PARAMETERIZED_PROPERTY, PS_SCRIPT_METHOD, PSMethod};
pub use signature::{parameters, type_named};

use crate::dict::Dictionary;
use crate::error::{Exception, Res};
use crate::member::{self, Bound, Prop, TypeTable};
use crate::psobject::{Member, Members};
use crate::runtime::Runtime;
use crate::string::{PsString, eq_ignore_case};
use crate::types::{self, TypeKind, TypeRef};
use crate::value::Value;
use overload::Call;
use std::cell::RefCell;
use std::rc::Rc;

/// The place where a value keeps the members that scripts attached to it.
pub fn instance_members(v: &Value) -> Option<&RefCell<Option<Box<Members>>>> {
    Some(match v {
        Value::Wrapped(w) => &w.members,
        Value::Object(o) => &o.members,
        Value::Custom(o) => &o.members,
        Value::Dict(d) => &d.members,
        Value::List(l) => &l.members,
        Value::Array(a) => &a.members,
        _ => return None,
    })
}

/// An attached member, also one of the value inside a wrapper.
pub(crate) fn instance_member(v: &Value, name: &str) -> Option<Member> {
    let own = instance_members(v)?.borrow().as_ref().and_then(|m| m.get(name).cloned());
    own.or_else(|| match v {
        Value::Wrapped(w) => match &w.base {
            Value::Custom(o) => o.get(name).map(Member::Note),
            base => instance_member(base, name),
        },
        _ => None,
    })
}

/// The value under a key that a member name means; none when the table has no such key.
fn dictionary_key(d: &Dictionary, name: &str) -> Option<Value> {
    match d.types {
        Some((key, _)) if !matches!(key.kind, TypeKind::String | TypeKind::Object) => None,
        _ => d.get_str(name),
    }
}

/// One member's value; none when the value has no such member. No enumeration of collections.
#[inline]
pub fn get_member(rt: &mut dyn Runtime, v: &Value, name: &str) -> Res<Option<Value>> {
    match v {
        Value::Custom(o) => {
            if let Some(found) = o.get(name) {
                return Ok(Some(found));
            }
        }
        Value::Dict(d) => {
            if let Some(found) = dictionary_key(d, name) {
                return Ok(Some(found));
            }
        }
        Value::String(s) if name.eq_ignore_ascii_case("length") => return Ok(Some(Value::Int(s.len() as i32))),
        _ => {}
    }
    get_member_slow(rt, v, name)
}

fn get_member_slow(rt: &mut dyn Runtime, v: &Value, name: &str) -> Res<Option<Value>> {
    if v.is_null() {
        return Ok(None);
    }
    if let Some(member) = instance_member(v, name) {
        return read_member(rt, v, name, &member).map(Some);
    }
    let base = v.base();
    if let (Value::Wrapped(_), Value::Dict(d)) = (v, base)
        && let Some(found) = dictionary_key(d, name)
    {
        return Ok(Some(found));
    }
    if let Some(member) = typedata::member(v, name) {
        return read_member(rt, v, name, &member).map(Some);
    }
    if let Value::Object(o) = base
        && let Some(found) = o.data().dynamic_property(rt, name)
    {
        return found.map(Some).map_err(|e| errors::getting(name, e));
    }
    let ty = type_of(base);
    for table in tables(ty) {
        if let Some(prop) = table.prop(name) {
            return (prop.get)(rt, base).map(Some).map_err(|e| errors::getting(name, e));
        }
        let overloads = table.method(name);
        if let Some(first) = overloads.first() {
            return Ok(Some(PSMethod::of_table(base.clone(), first.name, overloads).into_value()));
        }
    }
    intrinsic::property(rt, v, name)
}

/// What an attached or type-data member gives when it is read.
pub(crate) fn read_member(rt: &mut dyn Runtime, this: &Value, name: &str, member: &Member) -> Res<Value> {
    match member {
        Member::Note(v) => Ok(v.clone()),
        Member::Alias(target, ty) => {
            let value = get_property(rt, this, target)?;
            match ty {
                Some(ty) => rt.cast(&value, ty),
                None => Ok(value),
            }
        }
        Member::Script(getter, _) => {
            if getter.is_null() {
                return Ok(Value::Null);
            }
            rt.call_member_block(getter, &[], this).map(Value::or_null).map_err(|e| errors::getting(name, e))
        }
        Member::Code(getter, _) => getter(rt, this).map_err(|e| errors::getting(name, e)),
        Member::ScriptMethod(_) | Member::CodeMethod(_) => {
            Ok(PSMethod::of_member(this.clone(), name, member.clone()).into_value())
        }
        Member::PropertySet(names) => Ok(Value::array(names.iter().map(|n| Value::String(n.clone())).collect())),
        Member::MemberSet(members) => {
            let set = crate::psobject::PSObject::from_pairs(Vec::new());
            *set.members.borrow_mut() = Some(Box::new((**members).clone()));
            Ok(Value::Custom(Rc::new(set)))
        }
    }
}

/// A property as `$x.Name` reads it, with enumeration of collections; none when nothing has such a property (then
/// strict mode complains).
pub fn find_property(rt: &mut dyn Runtime, v: &Value, name: &str) -> Res<Option<Value>> {
    if let Some(found) = get_member(rt, v, name)? {
        return Ok(Some(found));
    }
    let Some(items) = elements(rt, v)? else { return Ok(None) };
    let (mut found, mut any) = (Vec::new(), false);
    for item in items {
        let found_here = get_member(rt, &item, name)?;
        // A single thing has one element.
        let count = || (is_count(name) && !item.is_null()).then_some(Value::Int(1));
        if let Some(value) = found_here.or_else(count) {
            any = true;
            match &value {
                Value::Array(a) => found.extend(a.to_vec()),
                Value::List(l) => found.extend(l.to_vec()),
                Value::Object(o) if o.data().is_enumerable() => found.extend(rt.enumerate(&value)?),
                Value::Void => {}
                _ => found.push(value),
            }
        }
    }
    Ok(any.then(|| Value::from_results(found).or_null()))
}

/// A property as `$x.Name` reads it outside strict mode: `$null` when there is none, and one for the `Count` and
/// `Length` of a single thing.
pub fn get_property(rt: &mut dyn Runtime, v: &Value, name: &str) -> Res<Value> {
    match find_property(rt, v, name)? {
        Some(found) => Ok(found),
        None if is_count(name) => Ok(Value::Int(i32::from(!v.is_null()))),
        None => Ok(Value::Null),
    }
}

/// `Count` and `Length`, which every value has outside strict mode.
pub fn is_count(name: &str) -> bool {
    name.eq_ignore_ascii_case("count") || name.eq_ignore_ascii_case("length")
}

/// The elements over which member access is repeated; none for values that are not collections.
fn elements(rt: &mut dyn Runtime, v: &Value) -> Res<Option<Vec<Value>>> {
    Ok(match v.base() {
        Value::Array(a) => Some(a.to_vec()),
        Value::List(l) => Some(l.to_vec()),
        Value::Object(o) if o.data().is_enumerable() => Some(rt.enumerate(v)?),
        _ => None,
    })
}

/// `$x.Name = v`
pub fn set_property(rt: &mut dyn Runtime, v: &Value, name: &str, new: Value) -> Res<()> {
    let new = new.or_null();
    match v {
        Value::Custom(o) if o.shape().find(name).is_some() => {
            o.set(name, new);
            return Ok(());
        }
        _ if v.is_null() => return Err(errors::set_on_null(name)),
        _ => {}
    }
    if let Some(member) = instance_member(v, name) {
        return write_member(rt, v, name, &member, new, true);
    }
    let base = v.base();
    if let Value::Dict(d) = base {
        let key = Value::str(name);
        return set_index(rt, &Value::Dict(d.clone()), &[key], new);
    }
    if let Some(member) = typedata::member(v, name) {
        return write_member(rt, v, name, &member, new, false);
    }
    if let Value::Object(o) = base
        && let Some(done) = o.data().set_dynamic_property(rt, name, &new)
    {
        return done.map_err(|e| if errors::is_read_only(&e) { e } else { errors::setting(name, e) });
    }
    for table in tables(type_of(base)) {
        if let Some(prop) = table.prop(name) {
            return write_prop(rt, base, prop, new);
        }
    }
    match base {
        Value::Custom(_) => Err(errors::set_not_found_custom(name)),
        _ => Err(errors::set_not_found(name)),
    }
}

fn write_prop(rt: &mut dyn Runtime, base: &Value, prop: &Prop, new: Value) -> Res<()> {
    let Some(set) = prop.set else { return Err(errors::read_only(prop.name)) };
    let converted = match signature::type_named(prop.ty) {
        Some(ty) if ty.kind == TypeKind::Object => new,
        Some(ty) if new.is_null() && !ty.is_value_type() && ty.kind != TypeKind::String => Value::Null,
        Some(ty) if !new.is_null() && type_of(&new).is_subclass_of(ty) => new.into_base(),
        Some(ty) => rt.cast(&new, ty).map_err(|e| errors::setting(prop.name, e))?,
        None => new,
    };
    set(rt, base, converted).map_err(|e| errors::setting(prop.name, e))
}

/// Writes through an attached or type-data member. `own` members live on the value itself.
fn write_member(rt: &mut dyn Runtime, this: &Value, name: &str, member: &Member, new: Value, own: bool) -> Res<()> {
    match member {
        Member::Note(_) if own => {
            if let Some(cell) = instance_members(this)
                && let Some(members) = cell.borrow_mut().as_mut()
                && members.get(name).is_some()
            {
                members.set_value(name, Member::Note(new));
                return Ok(());
            }
            match this {
                Value::Wrapped(w) => set_property(rt, &w.base.clone(), name, new),
                _ => Ok(()),
            }
        }
        Member::Alias(target, _) => set_property(rt, this, target, new),
        Member::Script(_, Some(setter)) => {
            rt.call_member_block(setter, &[new], this).map(|_| ()).map_err(|e| errors::setting(name, e))
        }
        Member::Code(_, Some(set)) => set(rt, this, new).map_err(|e| errors::setting(name, e)),
        _ => Err(errors::read_only(name)),
    }
}

/// The tables to search for an instance member: those of the type and its bases.
pub(crate) fn tables(ty: TypeRef) -> impl Iterator<Item = &'static TypeTable> {
    member::tables(ty)
}

/// The arguments of the closed generic type.
pub(crate) fn generic_args(ty: TypeRef) -> &'static [TypeRef] {
    ty.generic.map_or(&[], |(_, args)| args)
}

/// `$x.Name(args)`
#[inline]
pub fn invoke_method(rt: &mut dyn Runtime, v: &Value, name: &str, args: &[Value]) -> Res<Value> {
    match try_invoke(rt, v, name, args)? {
        Some(value) => Ok(value),
        None => invoke_elements(rt, v, name, args),
    }
}

/// Calls a method of the value itself; none when it has no such method.
fn try_invoke(rt: &mut dyn Runtime, v: &Value, name: &str, args: &[Value]) -> Res<Option<Value>> {
    if v.is_null() {
        return match intrinsic::method(rt, v, name, args) {
            Some(result) => result.map(Some),
            None => Err(errors::method_on_null()),
        };
    }
    if let Some(member) = instance_member(v, name).or_else(|| typedata::member(v, name))
        && let Some(result) = invoke_member(rt, v, name, &member, args)
    {
        return result.map(Some);
    }
    let base = v.base();
    if let Value::Object(o) = base
        && let Some(result) = o.data().invoke_method(rt, v, name, args)
    {
        return result.map(Some);
    }
    let ty = type_of(base);
    for table in tables(ty) {
        let overloads = table.method(name);
        if let Some(first) = overloads.first() {
            return invoke_overloads(rt, base, ty, first.name, overloads, args).map(Some);
        }
        if let Some(prop) = table.prop(name) {
            // A property that holds something to call (a delegate, a method taken from elsewhere).
            let held = (prop.get)(rt, base)?;
            return method::invoke_held(rt, &held, args);
        }
    }
    if name.eq_ignore_ascii_case("gettype") && args.is_empty() {
        return Ok(Some(Value::Type(ty)));
    }
    if let Some(result) = intrinsic::method(rt, v, name, args) {
        return result.map(Some);
    }
    match get_member(rt, v, name)? {
        Some(held) => method::invoke_held(rt, &held, args),
        None => Ok(None),
    }
}

fn invoke_overloads(
    rt: &mut dyn Runtime,
    this: &Value,
    ty: TypeRef,
    name: &'static str,
    overloads: &'static [Bound],
    args: &[Value],
) -> Res<Value> {
    let call = Call { name, shown: name, generic: generic_args(ty) };
    let result = overload::invoke(rt, this, &call, overloads, args);
    // A parameterised property fails as a property does.
    if overloads.first().is_some_and(|o| o.is_property()) {
        return result.map_err(|e| method::property_failure(name, e));
    }
    result
}

/// Calls an attached or type-data method; none when the member cannot be called.
fn invoke_member(
    rt: &mut dyn Runtime,
    this: &Value,
    name: &str,
    member: &Member,
    args: &[Value],
) -> Option<Res<Value>> {
    match member {
        Member::ScriptMethod(block) => {
            Some(rt.call_member_block(block, args, this).map_err(|e| errors::invocation(name, args.len(), e)))
        }
        Member::CodeMethod(call) => Some(call(rt, this, args).map_err(|e| errors::invocation(name, args.len(), e))),
        _ => None,
    }
}

/// Calls the method on every element of a collection.
fn invoke_elements(rt: &mut dyn Runtime, v: &Value, name: &str, args: &[Value]) -> Res<Value> {
    let missing = errors::method_not_found(type_of(v), name);
    let Some(items) = elements(rt, v)? else { return Err(missing) };
    if items.is_empty() {
        return Err(missing);
    }
    let mut found = Vec::new();
    for item in items {
        match try_invoke(rt, &item, name, args)? {
            Some(Value::Array(a)) => found.extend(a.to_vec()),
            Some(Value::List(l)) => found.extend(l.to_vec()),
            Some(Value::Void) => {}
            Some(value) => found.push(value),
            None => return Err(errors::method_not_found(type_of(&item), name)),
        }
    }
    Ok(Value::from_results(found))
}

/// `[T]::Name`; none when the type has no such member.
pub fn get_static(rt: &mut dyn Runtime, ty: TypeRef, name: &str) -> Res<Option<Value>> {
    if let Some(info) = ty.enum_info.get()
        && let Some((_, number)) = info.values.iter().find(|(n, _)| n.eq_ignore_ascii_case(name))
    {
        return Ok(Some(crate::enums::EnumValue::value(ty, *number)));
    }
    let this = Value::Type(ty);
    for table in tables(ty) {
        if let Some(prop) = table.static_prop(name) {
            return (prop.get)(rt, &this).map(Some).map_err(|e| errors::getting(prop.name, e));
        }
        let overloads = table.static_method(name);
        if let Some(first) = overloads.first() {
            return Ok(Some(PSMethod::of_table(this, first.name, overloads).into_value()));
        }
    }
    if name.eq_ignore_ascii_case("new") {
        let ctors = constructors(ty);
        return Ok((!ctors.is_empty()).then(|| PSMethod::of_table(this, "new", ctors).into_value()));
    }
    Ok(None)
}

/// `[T]::Name = v`
pub fn set_static(rt: &mut dyn Runtime, ty: TypeRef, name: &str, new: Value) -> Res<()> {
    if ty.enum_info.get().is_some_and(|i| i.values.iter().any(|(n, _)| n.eq_ignore_ascii_case(name))) {
        return Err(errors::read_only(name));
    }
    for table in tables(ty) {
        if let Some(prop) = table.static_prop(name) {
            return write_prop(rt, &Value::Type(ty), prop, new);
        }
    }
    Err(errors::set_not_found(name))
}

/// `[T]::Name(args)`; `new` constructs.
pub fn invoke_static(rt: &mut dyn Runtime, ty: TypeRef, name: &str, args: &[Value]) -> Res<Value> {
    for table in tables(ty) {
        let overloads = table.static_method(name);
        if let Some(first) = overloads.first() {
            return invoke_overloads(rt, &Value::Type(ty), ty, first.name, overloads, args);
        }
    }
    if name.eq_ignore_ascii_case("new") {
        return construct(rt, ty, args);
    }
    if let Some(held) = get_static(rt, ty, name)?
        && let Some(value) = method::invoke_held(rt, &held, args)?
    {
        return Ok(value);
    }
    Err(errors::method_not_found(ty, name))
}

/// The constructors of a type: its own table's, or those of the open generic.
pub(crate) fn constructors(ty: TypeRef) -> &'static [Bound] {
    ty.members().or_else(|| ty.generic.and_then(|(d, _)| d.members())).map_or(&[], |t| t.constructors())
}

/// `[T]::new(args)` and what New-Object does with arguments.
pub fn construct(rt: &mut dyn Runtime, ty: TypeRef, args: &[Value]) -> Res<Value> {
    let ctors = constructors(ty);
    if !ctors.is_empty() {
        if args.is_empty() && ty.is_value_type() && !ctors.iter().any(|c| c.params.is_empty()) {
            return Ok(default_value(ty));
        }
        let call = Call { name: "new", shown: ".ctor", generic: generic_args(ty) };
        return overload::invoke(rt, &Value::Type(ty), &call, ctors, args);
    }
    if ty.is_subclass_of(&types::EXCEPTION) {
        return construct_exception(rt, ty, args);
    }
    match (ty.kind, args) {
        (TypeKind::Array, lengths) if lengths.len() == usize::from(ty.rank) => new_array(rt, ty, lengths),
        (TypeKind::Enum, []) => Ok(crate::enums::EnumValue::value(ty, 0)),
        (_, []) if ty.is_value_type() => Ok(default_value(ty)),
        _ => Err(errors::no_overload("new", args.len())),
    }
}

/// What exceptions made without a message say.
const DEFAULT_MESSAGES: &[(&str, &str)] = &[
    ("System.ArgumentException", "Value does not fall within the expected range."),
    ("System.ArgumentNullException", "Value cannot be null."),
    ("System.ArgumentOutOfRangeException", "Specified argument was out of the range of valid values."),
    ("System.ArithmeticException", "Overflow or underflow in the arithmetic operation."),
    ("System.ApplicationException", "Error in the application."),
    ("System.DivideByZeroException", "Attempted to divide by zero."),
    ("System.FormatException", "One of the identified items was in an invalid format."),
    ("System.IndexOutOfRangeException", "Index was outside the bounds of the array."),
    ("System.InvalidCastException", "Specified cast is not valid."),
    ("System.InvalidOperationException", "Operation is not valid due to the current state of the object."),
    ("System.Collections.Generic.KeyNotFoundException", "The given key was not present in the dictionary."),
    ("System.NotImplementedException", "The method or operation is not implemented."),
    ("System.NotSupportedException", "Specified method is not supported."),
    ("System.NullReferenceException", "Object reference not set to an instance of an object."),
    ("System.OperationCanceledException", "The operation was canceled."),
    ("System.OverflowException", "Arithmetic operation resulted in an overflow."),
    ("System.OutOfMemoryException", "Insufficient memory to continue the execution of the program."),
    ("System.SystemException", "System error."),
    ("System.TimeoutException", "The operation has timed out."),
    ("System.UnauthorizedAccessException", "Attempted to perform an unauthorized operation."),
    ("System.IO.IOException", "I/O error occurred."),
    ("System.IO.FileNotFoundException", "Unable to find the specified file."),
    ("System.IO.DirectoryNotFoundException", "Attempted to access a path that is not on the disk."),
    ("System.Security.SecurityException", "Security error."),
];

fn default_message(ty: TypeRef) -> String {
    match DEFAULT_MESSAGES.iter().find(|(name, _)| *name == ty.full_name) {
        Some((_, message)) => (*message).to_owned(),
        None => format!("Exception of type '{}' was thrown.", ty.full_name),
    }
}

/// Exceptions without constructors of their own: (), (message), (message, inner), and those of arguments and files.
fn construct_exception(rt: &mut dyn Runtime, ty: TypeRef, args: &[Value]) -> Res<Value> {
    let text = |rt: &mut dyn Runtime, v: &Value| rt.to_text(v).to_string();
    let inner = |v: &Value| v.get::<Exception>().is_some();
    let name_first = matches!(ty.full_name, "System.ArgumentNullException" | "System.ArgumentOutOfRangeException");
    // Message, name of the parameter, inner exception.
    let (message, parameter, cause) = match args {
        [] => (default_message(ty), None, None),
        [name] if name_first => (default_message(ty), Some(name), None),
        [message] => (text(rt, message), None, None),
        [message, e] if inner(e) || e.is_null() => (text(rt, message), None, Some(e)),
        [name, message] if name_first => (text(rt, message), Some(name), None),
        [name, actual, message] if ty.full_name == "System.ArgumentOutOfRangeException" => {
            let name = text(rt, name);
            let message = format!("{} (Parameter '{name}')\nActual value was {}.", text(rt, message), text(rt, actual));
            let exception = Exception::new(ty, message);
            let extra = [("ParamName", Value::str(&name)), ("ActualValue", actual.clone())];
            exception.extra.borrow_mut().extend(extra);
            return Ok(exception.into_value());
        }
        [message, name] if ty.full_name == "System.ArgumentException" => (text(rt, message), Some(name), None),
        [message, name, e] if ty.full_name == "System.ArgumentException" => (text(rt, message), Some(name), Some(e)),
        [message, file] if ty.full_name == "System.IO.FileNotFoundException" => {
            let exception = Exception::new(ty, text(rt, message));
            exception.extra.borrow_mut().push(("FileName", file.clone()));
            return Ok(exception.into_value());
        }
        [message, _] => (text(rt, message), None, None),
        _ => return Err(errors::no_overload("new", args.len())),
    };
    let mut exception = match parameter.map(|p| text(rt, p)).filter(|p| !p.is_empty()) {
        None => Exception::new(ty, message),
        Some(name) => {
            let exception = Exception::new(ty, format!("{message} (Parameter '{name}')"));
            exception.extra.borrow_mut().push(("ParamName", Value::str(&name)));
            exception
        }
    };
    if let Some(cause) = cause {
        exception = exception.with_inner(cause.clone().into_base());
    }
    Ok(exception.into_value())
}

/// `[int[]]::new(5)`, `[int[,]]::new(2, 3)`
fn new_array(rt: &mut dyn Runtime, ty: TypeRef, lengths: &[Value]) -> Res<Value> {
    let elem = ty.elem.unwrap_or(&types::OBJECT);
    let mut dims = Vec::with_capacity(lengths.len());
    for length in lengths {
        match rt.cast(length, &types::INT32)? {
            Value::Int(n) if n >= 0 => dims.push(n as usize),
            _ => {
                let cause = crate::error::ErrorRecord::dotnet(
                    "System.OverflowException",
                    "Arithmetic operation resulted in an overflow.",
                );
                return Err(errors::invocation(".ctor", lengths.len(), cause.into()));
            }
        }
    }
    Ok(filled_array(elem, &dims))
}

/// An array of the lengths given, filled with the element type's default.
pub fn filled_array(elem: TypeRef, dims: &[usize]) -> Value {
    let mut array = crate::collections::Array::typed(elem, vec![default_value(elem); dims.iter().product()]);
    if dims.len() > 1 {
        array.dims = Some(dims.into());
    }
    Value::Array(Rc::new(array))
}

/// `default(T)`
pub fn default_value(ty: TypeRef) -> Value {
    use TypeKind::*;
    match ty.kind {
        Boolean => Value::Bool(false),
        Char => Value::Char(0),
        SByte => Value::SByte(0),
        Byte => Value::Byte(0),
        Int16 => Value::Short(0),
        UInt16 => Value::UShort(0),
        Int32 => Value::Int(0),
        UInt32 => Value::UInt(0),
        Int64 => Value::Long(0),
        UInt64 => Value::ULong(0),
        Single => Value::Single(0.0),
        Double => Value::Double(0.0),
        Decimal => Value::decimal(rust_decimal::Decimal::ZERO),
        DateTime => Value::DateTime(0),
        TimeSpan => Value::TimeSpan(0),
        Enum => crate::enums::EnumValue::value(ty, 0),
        _ => Value::Null,
    }
}

/// Adds or replaces an attached member and gives the value that carries it: a wrapper around values that have no place
/// for members (Add-Member on a string).
pub fn attach(v: &Value, name: &str, member: Member) -> Value {
    match (v, &member) {
        (Value::Custom(o), Member::Note(value)) => {
            o.add(name, value.clone());
            v.clone()
        }
        _ => match instance_members(v) {
            Some(cell) => {
                cell.borrow_mut().get_or_insert_default().set(name, member);
                v.clone()
            }
            None => {
                let mut members = Members::default();
                members.set(name, member);
                let members = RefCell::new(Some(Box::new(members)));
                Value::Wrapped(Rc::new(crate::psobject::Wrapped { base: v.clone(), members }))
            }
        },
    }
}

/// True when a name stands among `names`, in any case.
pub(crate) fn contains_name(names: &[PsString], name: &str) -> bool {
    names.iter().any(|n| eq_ignore_case(n, name))
}

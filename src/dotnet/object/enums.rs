//! `System.Enum`: members of enum values and the statics that work on any enum type.
use crate::args::{self, Args};
use crate::{fail, overloads};
use dialtone_object::types::EnumInfo;
use dialtone_object::{Array, EnumValue, Res, Runtime, TypeKind, TypeRef, TypeTable, Value, enums, types};
use std::rc::Rc;

type Rt<'a> = &'a mut dyn Runtime;

fn info(ty: TypeRef) -> Res<&'static EnumInfo> {
    ty.enum_info.get().ok_or_else(|| fail::argument_of("Type provided must be an Enum.", "enumType"))
}
fn enum_type(v: &Value) -> Res<TypeRef> {
    match v.base() {
        Value::Type(t) => info(t).map(|_| *t),
        _ => Err(fail::argument_null("enumType")),
    }
}
/// Names and numbers in the order of the numbers.
fn sorted(ty: TypeRef) -> Res<Vec<(String, i64)>> {
    let mut values = info(ty)?.values.clone();
    values.sort_by_key(|(_, n)| *n as u64);
    Ok(values)
}

pub fn get_names(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(args::strings(sorted(enum_type(args.at(0))?)?.into_iter().map(|(n, _)| n.into())))
}
pub fn get_values(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let ty = enum_type(args.at(0))?;
    let values = sorted(ty)?.into_iter().map(|(_, n)| EnumValue::value(ty, n)).collect();
    Ok(Value::Array(Rc::new(Array::typed(ty, values))))
}
pub fn get_name(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let ty = enum_type(args.at(0))?;
    let number = enums::number(args.at(1)).unwrap_or_else(|| args.long(1));
    Ok(info(ty)?.values.iter().find(|(_, n)| *n == number).map(|(n, _)| Value::str(n)).unwrap_or_default())
}
pub fn get_underlying_type(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::Type(info(enum_type(args.at(0))?)?.underlying))
}
fn number(v: &Value) -> i64 {
    enums::number(v).unwrap_or_else(|| std::slice::from_ref(v).long(0))
}
pub fn is_defined(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let info = info(enum_type(args.at(0))?)?;
    Ok(Value::Bool(match args.at(1).base() {
        Value::String(name) => info.values.iter().any(|(n, _)| n == name.as_str()),
        other => info.values.iter().any(|(_, n)| *n == number(other)),
    }))
}
/// The number that a text names: names separated by commas, or a number.
fn parsed(ty: TypeRef, text: &str, ignore_case: bool) -> Option<i64> {
    let info = ty.enum_info.get()?;
    text.split(',').map(str::trim).try_fold(0, |all, part| {
        let same = |n: &str| if ignore_case { n.eq_ignore_ascii_case(part) } else { n == part };
        let named = info.values.iter().find(|(n, _)| same(n)).map(|(_, n)| *n);
        Some(all | named.or_else(|| part.parse().ok())?)
    })
}
fn parse(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let ty = enum_type(args.at(0))?;
    let text = args.text(1);
    if text.trim().is_empty() {
        return Err(fail::argument_of("Must specify valid information for parsing in the string.", "value"));
    }
    match parsed(ty, &text, args.flag(2)) {
        Some(n) => Ok(EnumValue::value(ty, n)),
        None => {
            let missing = text.split(',').map(str::trim).find(|p| parsed(ty, p, args.flag(2)).is_none());
            Err(fail::argument(format!("Requested value '{}' was not found.", missing.unwrap_or(&text))))
        }
    }
}
fn try_parse(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let ty = enum_type(args.at(0))?;
    let (ignore_case, result) = if args.has(3) { (args.flag(2), args.at(3)) } else { (false, args.at(2)) };
    let found = parsed(ty, &args.text(1), ignore_case);
    rt.set_property(result, "Value", found.map_or(Value::Null, |n| EnumValue::value(ty, n)))?;
    Ok(Value::Bool(found.is_some()))
}
fn to_object(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(EnumValue::value(enum_type(args.at(0))?, number(args.at(1))))
}
fn format_static(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let ty = enum_type(args.at(0))?;
    Ok(Value::String(enums::format(ty, number(args.at(1)), &args.text(2))?))
}

fn compare_to(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    match args.at(0).is_null() {
        true => Ok(Value::Int(1)),
        false => Ok(Value::Int(number(this).cmp(&number(args.at(0))) as i32)),
    }
}
fn has_flag(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let flag = number(args.at(0));
    Ok(Value::Bool(number(this) & flag == flag))
}
fn get_type_code(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    let kind = types::type_of(this).enum_info.get().map_or(TypeKind::Int32, |i| i.underlying.kind);
    Ok(enums::of("System.TypeCode", super::ty::type_code(kind)))
}
/// The attribute-like `value__` field: the underlying number.
fn underlying(v: &Value) -> Value {
    let ty = types::type_of(v).enum_info.get().map_or(&types::INT32, |i| i.underlying);
    dialtone_object::number::integer_value(i128::from(number(v)), ty.kind)
}
const fn prop() -> dialtone_object::Prop {
    dialtone_object::Prop::get("value__", "int", |_, v| Ok(underlying(v)))
}

pub static TABLE: TypeTable = TypeTable {
    props: &[prop()],
    methods: overloads! {
        compare_to => "int CompareTo(System.Object target)";
        super::equals => "bool Equals(System.Object obj)";
        has_flag => "bool HasFlag(System.Enum flag)";
        get_type_code => "System.TypeCode GetTypeCode()";
        super::to_string_format => "string ToString()" "string ToString(string format)"
            "string ToString(System.IFormatProvider provider)"
            "string ToString(string format, System.IFormatProvider provider)";
    },
    static_methods: overloads! {
        get_names => "static string[] GetNames(type enumType)";
        get_values => "static array GetValues(type enumType)";
        get_name => "static string GetName(type enumType, System.Object value)";
        get_underlying_type => "static type GetUnderlyingType(type enumType)";
        is_defined => "static bool IsDefined(type enumType, System.Object value)";
        parse => "static System.Object Parse(type enumType, string value)"
            "static System.Object Parse(type enumType, string value, bool ignoreCase)";
        try_parse => "static bool TryParse(type enumType, string value, [ref] System.Object result)"
            "static bool TryParse(type enumType, string value, bool ignoreCase, [ref] System.Object result)";
        to_object => "static System.Object ToObject(type enumType, System.Object value)";
        format_static => "static string Format(type enumType, System.Object value, string format)";
    },
    ..TypeTable::of(&types::ENUM)
};

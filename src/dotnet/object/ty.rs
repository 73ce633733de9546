//! `System.Type` as scripts meet it: names, kinds, relations. Reflection over members is limited to what scripts ask.
use super::enums;
use crate::args::Args;
use crate::{fail, overloads};
use dialtone_object::types::{self, TypeRef};
use dialtone_object::{Array, Prop, Res, Runtime, TypeKind, TypeTable, Value, access};
use std::rc::Rc;

type Rt<'a> = &'a mut dyn Runtime;

fn me(v: &Value) -> TypeRef {
    match v.base() {
        Value::Type(t) => t,
        _ => &types::OBJECT,
    }
}
fn type_array(list: impl IntoIterator<Item = TypeRef>) -> Value {
    let items = list.into_iter().map(Value::Type).collect();
    Value::Array(Rc::new(Array::typed(&types::TYPE, items)))
}
fn args_of(t: TypeRef) -> Value {
    type_array(t.generic.map_or(&[][..], |(_, args)| args).iter().copied())
}
/// `TypeCode` numbers.
pub fn type_code(kind: TypeKind) -> i64 {
    use TypeKind::*;
    match kind {
        Boolean => 3,
        Char => 4,
        SByte => 5,
        Byte => 6,
        Int16 => 7,
        UInt16 => 8,
        Int32 => 9,
        UInt32 => 10,
        Int64 => 11,
        UInt64 => 12,
        Single => 13,
        Double => 14,
        Decimal => 15,
        DateTime => 16,
        String => 18,
        _ => 1,
    }
}
fn is_definition(t: TypeRef) -> bool {
    t.full_name.contains('`') && t.generic.is_none() && t.kind != TypeKind::Array
}
fn is_primitive(t: TypeRef) -> bool {
    (t.is_number() && t.kind != TypeKind::Decimal) || matches!(t.kind, TypeKind::Boolean | TypeKind::Char)
}
fn is_class(t: TypeRef) -> bool {
    t.kind != TypeKind::Interface && !t.is_value_type()
}
fn yes(v: bool) -> Res<Value> {
    Ok(Value::Bool(v))
}

fn is_assignable_from(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    yes(!args.at(0).is_null() && me(args.at(0)).is_subclass_of(me(this)))
}
fn is_assignable_to(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    yes(!args.at(0).is_null() && me(this).is_subclass_of(me(args.at(0))))
}
fn is_subclass_of(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let (a, b) = (me(this), me(args.at(0)));
    yes(a != b && b.kind != TypeKind::Interface && a.is_subclass_of(b))
}
fn is_instance_of_type(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    yes(!args.at(0).is_null() && types::type_of(args.at(0)).is_subclass_of(me(this)))
}
fn get_element_type(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    let t = me(this);
    Ok(t.elem.filter(|_| t.kind == TypeKind::Array).map(Value::Type).unwrap_or_default())
}
fn get_array_rank(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    match me(this) {
        t if t.kind == TypeKind::Array => Ok(Value::Int(i32::from(t.rank))),
        _ => Err(fail::argument("Must be an array type.")),
    }
}
fn get_generic_arguments(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    Ok(args_of(me(this)))
}
fn get_generic_type_definition(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    match me(this).generic {
        Some((definition, _)) => Ok(Value::Type(definition)),
        None if is_definition(me(this)) => Ok(this.clone()),
        None => Err(fail::invalid_operation("This operation is only valid on generic types.")),
    }
}
fn make_generic_type(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let list: Vec<TypeRef> = args.list(0).iter().map(me).collect();
    let wanted = me(this).full_name.rsplit('`').next().and_then(|n| n.parse::<usize>().ok()).unwrap_or(0);
    if !is_definition(me(this)) || wanted != list.len() {
        return Err(fail::argument(
            "The number of generic arguments provided doesn't equal the arity of the generic type definition. (Parameter 'instantiation')",
        ));
    }
    Ok(Value::Type(types::generic(me(this), &list)))
}
fn make_array_type(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let rank = if args.has(0) { args.int(0).clamp(1, 32) as u8 } else { 1 };
    Ok(Value::Type(types::array_of(me(this), rank)))
}
fn get_interfaces(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    let mut seen: Vec<TypeRef> = Vec::new();
    for t in std::iter::successors(Some(me(this)), |t| t.base) {
        for i in t.interfaces.iter().filter_map(|n| types::find(n)) {
            if !seen.contains(&i) {
                seen.push(i);
            }
        }
    }
    Ok(type_array(seen))
}
fn get_interface(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let all = crate::args::items(&get_interfaces(rt, this, &[])?);
    let name = args.text(0);
    let found = all
        .into_iter()
        .find(|i| me(i).full_name.eq_ignore_ascii_case(&name) || me(i).name().eq_ignore_ascii_case(&name));
    Ok(found.unwrap_or_default())
}
fn get_enum_names(rt: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    enums::get_names(rt, this, std::slice::from_ref(this))
}
fn get_enum_values(rt: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    enums::get_values(rt, this, std::slice::from_ref(this))
}
fn get_enum_name(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    enums::get_name(rt, this, &[this.clone(), args.at(0).clone()])
}
fn get_enum_underlying_type(rt: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    enums::get_underlying_type(rt, this, std::slice::from_ref(this))
}
fn is_enum_defined(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    enums::is_defined(rt, this, &[this.clone(), args.at(0).clone()])
}
fn equals(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    yes(matches!(args.at(0).base(), Value::Type(t) if *t == me(this)))
}
fn to_string(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    Ok(Value::string(types::display_name(me(this)).into_owned()))
}
fn get_type_static(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let name = args.text(0);
    let found = types::find(&name).filter(|t| args.flag(2) || t.full_name == name.as_str());
    match found.or_else(|| access::type_named(&name).filter(|_| name.contains('['))) {
        Some(t) => Ok(Value::Type(t)),
        None if args.flag(1) => Err(fail::other(
            "System.TypeLoadException",
            format!(
                "Could not load type '{name}' from assembly 'System.Management.Automation, Version=7.6.0.500, Culture=neutral, PublicKeyToken=31bf3856ad364e35'."
            ),
        )),
        None => Ok(Value::Null),
    }
}
fn get_type_code_static(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(dialtone_object::enums::of("System.TypeCode", type_code(me(args.at(0)).kind)))
}
/// Names of members as simple objects: `[int].GetMethods().Name` and the like.
fn listing(kind: &str, names: Vec<&'static str>) -> Value {
    let object = |name: &str| {
        let pairs = vec![
            ("Name".into(), Value::str(name)),
            (
                "MemberType".into(),
                dialtone_object::enums::of("System.Reflection.MemberTypes", if kind == "Method" { 8 } else { 16 }),
            ),
        ];
        Value::Custom(Rc::new(dialtone_object::PSObject::from_pairs(pairs)))
    };
    Value::array(names.into_iter().map(object).collect())
}
fn get_methods(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    let tables = dialtone_object::member::tables(me(this));
    Ok(listing("Method", tables.flat_map(|t| t.methods.iter().chain(t.static_methods)).map(|o| o.name).collect()))
}
fn get_properties(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    let tables = dialtone_object::member::tables(me(this));
    Ok(listing("Property", tables.flat_map(|t| t.props.iter()).map(|p| p.name).collect()))
}

const fn flag(name: &'static str, get: dialtone_object::member::Getter) -> Prop {
    Prop::get(name, "bool", get)
}

pub static TABLE: TypeTable = TypeTable {
    props: &[
        Prop::get("Namespace", "string", |_, v| match me(v).namespace() {
            "" => Ok(Value::Null),
            text => Ok(Value::str(text)),
        }),
        Prop::get("AssemblyQualifiedName", "string", |_, v| {
            Ok(Value::string(format!("{}, {}", types::clr_name(me(v)), types::assembly(me(v)))))
        }),
        Prop::get("FullName", "string", |_, v| Ok(Value::string(types::clr_name(me(v)).into_owned()))),
        Prop::get("Assembly", "System.Reflection.Assembly", |_, v| Ok(crate::reflection::assembly_of(me(v)))),
        flag("IsInterface", |_, v| yes(me(v).kind == TypeKind::Interface)),
        flag("IsNested", |_, v| yes(me(v).full_name.contains('+'))),
        Prop::get("UnderlyingSystemType", "type", |_, v| Ok(v.clone())),
        flag("IsArray", |_, v| yes(me(v).kind == TypeKind::Array)),
        flag("IsByRef", |_, _| yes(false)),
        flag("IsPointer", |_, _| yes(false)),
        flag("IsConstructedGenericType", |_, v| yes(me(v).generic.is_some())),
        flag("IsGenericType", |_, v| yes(me(v).generic.is_some() || is_definition(me(v)))),
        flag("IsGenericTypeDefinition", |_, v| yes(is_definition(me(v)))),
        flag("HasElementType", |_, v| yes(me(v).kind == TypeKind::Array)),
        Prop::get("GenericTypeArguments", "type[]", |_, v| Ok(args_of(me(v)))),
        flag("IsAbstract", |_, v| yes(me(v).kind == TypeKind::Interface)),
        flag("IsSealed", |_, v| {
            let t = me(v);
            yes(t.is_value_type() || matches!(t.kind, TypeKind::String | TypeKind::Array))
        }),
        flag("IsClass", |_, v| yes(is_class(me(v)))),
        flag("IsPublic", |_, v| yes(!me(v).full_name.contains('+'))),
        flag("IsNotPublic", |_, _| yes(false)),
        flag("IsEnum", |_, v| yes(me(v).enum_info.get().is_some())),
        flag("IsPrimitive", |_, v| yes(is_primitive(me(v)))),
        flag("IsValueType", |_, v| yes(me(v).is_value_type() && me(v) != &types::VALUE_TYPE && me(v) != &types::ENUM)),
        flag("IsSerializable", |_, v| yes(me(v).kind != TypeKind::Interface)),
        flag("IsVisible", |_, _| yes(true)),
        Prop::get("BaseType", "type", |_, v| Ok(me(v).base.map(Value::Type).unwrap_or_default())),
        Prop::get("Name", "string", |_, v| Ok(Value::string(me(v).name()))),
        Prop::get("MemberType", "System.Reflection.MemberTypes", |_, _| {
            Ok(dialtone_object::enums::of("System.Reflection.MemberTypes", 32))
        }),
    ],
    methods: overloads! {
        equals => "bool Equals(System.Object o)" "bool Equals(type o)";
        get_array_rank => "int GetArrayRank()";
        get_element_type => "type GetElementType()";
        get_enum_name => "string GetEnumName(System.Object value)";
        get_enum_names => "string[] GetEnumNames()";
        get_enum_underlying_type => "type GetEnumUnderlyingType()";
        get_enum_values => "array GetEnumValues()";
        get_generic_arguments => "type[] GetGenericArguments()";
        get_generic_type_definition => "type GetGenericTypeDefinition()";
        get_interface => "type GetInterface(string name)" "type GetInterface(string name, bool ignoreCase)";
        get_interfaces => "type[] GetInterfaces()";
        get_methods => "System.Reflection.MethodInfo[] GetMethods()"
            "System.Reflection.MethodInfo[] GetMethods(System.Reflection.BindingFlags bindingAttr)";
        get_properties => "System.Reflection.PropertyInfo[] GetProperties()"
            "System.Reflection.PropertyInfo[] GetProperties(System.Reflection.BindingFlags bindingAttr)";
        is_assignable_from => "bool IsAssignableFrom(type c)";
        is_assignable_to => "bool IsAssignableTo(type targetType)";
        is_enum_defined => "bool IsEnumDefined(System.Object value)";
        is_instance_of_type => "bool IsInstanceOfType(System.Object o)";
        is_subclass_of => "bool IsSubclassOf(type c)";
        make_array_type => "type MakeArrayType()" "type MakeArrayType(int rank)";
        make_generic_type => "type MakeGenericType(Params type[] typeArguments)";
        to_string => "string ToString()";
    },
    static_methods: overloads! {
        get_type_static => "static type GetType(string typeName, bool throwOnError, bool ignoreCase)"
            "static type GetType(string typeName, bool throwOnError)"
            "static type GetType(string typeName)";
        get_type_code_static => "static System.TypeCode GetTypeCode(type type)";
    },
    ..TypeTable::of(&types::TYPE)
};

//! `$x.psobject` (MemberView), methods as values, and `[psobject]` itself.
use super::member_info::{self, MemberInfo};
use crate::args::{self, Args};
use crate::{fail, overloads};
use dialtone_object::access::{self, MemberView, PSMethod, type_of};
use dialtone_object::{MemberKind, PSObject, Prop, Res, Runtime, TypeInfo, TypeKind, TypeTable, Value, enums, types};
use std::rc::Rc;

type Rt<'a> = &'a mut dyn Runtime;

static MEMBER_SET_TYPE: TypeInfo = TypeInfo::new(
    "System.Management.Automation.PSMemberSet",
    "System.Management.Automation.PSMemberSet",
    TypeKind::Other,
    Some(&types::OBJECT),
);

fn target(v: &Value) -> Value {
    v.get::<MemberView>().map(|m| m.target.clone()).unwrap_or_default()
}
/// The member infos of a value, of the kinds asked for.
fn infos(rt: Rt, v: &Value, wanted: fn(MemberKind) -> bool) -> Value {
    let target = target(v);
    let list = access::members(rt, &target).into_iter().filter(|e| wanted(e.kind));
    let items = list.map(|e| MemberInfo::value(&target, e)).collect();
    member_info::collection(target, items)
}
pub fn is_property(kind: MemberKind) -> bool {
    use MemberKind::{AliasProperty, CodeProperty, NoteProperty, Property, ScriptProperty};
    matches!(kind, Property | NoteProperty | AliasProperty | ScriptProperty | CodeProperty)
}
fn copy(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    Ok(copied(&target(this)))
}
/// A copy of its own of an object made of properties.
fn copied(v: &Value) -> Value {
    match v {
        Value::Custom(o) => {
            let made = PSObject::from_pairs(o.pairs());
            *made.members.borrow_mut() = o.members.borrow().clone();
            Value::Custom(Rc::new(made))
        }
        other => other.clone(),
    }
}
fn same(a: &Value, b: &Value) -> bool {
    a.same(b) || dialtone_object::value::equals(a, b)
}
fn equals(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::Bool(same(&target(this), args.at(0))))
}
fn to_string(rt: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    let target = target(this);
    Ok(Value::String(rt.to_text(&target)))
}

pub static MEMBER_SET: TypeTable = TypeTable {
    props: &[
        Prop::get("Members", "System.Management.Automation.PSMemberInfoCollection[psmemberinfo]", |rt, v| {
            Ok(infos(rt, v, |_| true))
        }),
        Prop::get("Properties", "System.Management.Automation.PSMemberInfoCollection[psproperty]", |rt, v| {
            Ok(infos(rt, v, is_property))
        }),
        Prop::get("Methods", "System.Management.Automation.PSMemberInfoCollection[psmethodinfo]", |rt, v| {
            Ok(infos(rt, v, |k| matches!(k, MemberKind::Method | MemberKind::ScriptMethod | MemberKind::CodeMethod)))
        }),
        Prop::get("ImmediateBaseObject", "System.Object", |_, v| Ok(target(v).into_base())),
        Prop::get("BaseObject", "System.Object", |_, v| Ok(target(v).into_base())),
        Prop::get("TypeNames", "System.Collections.ObjectModel.Collection[string]", |rt, v| {
            let target = target(v);
            Ok(access::get_member(rt, &target, "pstypenames")?.unwrap_or_default())
        }),
    ],
    methods: overloads! {
        copy => "psobject Copy()";
        equals => "bool Equals(System.Object obj)";
        to_string => "string ToString()" "string ToString(string format, System.IFormatProvider formatProvider)";
    },
    ..TypeTable::of(&MEMBER_SET_TYPE)
};

fn method(v: &Value) -> Res<&PSMethod> {
    v.get::<PSMethod>().ok_or_else(|| fail::argument_null("method"))
}
fn invoke(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    // The arguments arrive as the one `params` array.
    let given = args.list(0);
    method(this)?.invoke(rt, &given)
}
fn definitions(_: &mut dyn Runtime, v: &Value) -> Res<Value> {
    Ok(args::strings(method(v)?.definitions()))
}
fn name(_: &mut dyn Runtime, v: &Value) -> Res<Value> {
    Ok(Value::String(method(v)?.name.clone()))
}
fn type_name(_: &mut dyn Runtime, v: &Value) -> Res<Value> {
    Ok(Value::str(type_of(v).full_name))
}
const fn kind_prop(get: dialtone_object::member::Getter) -> Prop {
    Prop::get("MemberType", "System.Management.Automation.PSMemberTypes", get)
}
fn member_type(number: i64) -> Res<Value> {
    Ok(enums::of("System.Management.Automation.PSMemberTypes", number))
}
macro_rules! method_table {
    ($id:ident, $ty:expr, $number:literal) => {
        pub static $id: TypeTable = TypeTable {
            props: &[
                Prop::get("OverloadDefinitions", "System.Collections.ObjectModel.Collection[string]", definitions),
                kind_prop(|_, _| member_type($number)),
                Prop::get("TypeNameOfValue", "string", type_name),
                Prop::get("Value", "System.Object", |_, v| Ok(v.clone())),
                Prop::get("Name", "string", name),
                Prop::get("IsInstance", "bool", |_, _| Ok(Value::Bool(false))),
            ],
            methods: overloads! {
                invoke => "System.Object Invoke(Params System.Object[] arguments)";
                crate::object::to_string_format => "string ToString()";
            },
            ..TypeTable::of($ty)
        };
    };
}
method_table!(METHOD, &access::PS_METHOD, 64);
method_table!(SCRIPT_METHOD, &access::PS_SCRIPT_METHOD, 256);
method_table!(CODE_METHOD, &access::PS_CODE_METHOD, 128);
method_table!(PARAMETERIZED, &access::PS_PARAMETERIZED_PROPERTY, 512);

/// `[psobject]::new()`, `New-Object psobject`, `[psobject]::AsPSObject($x)`
fn new(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    match args.at(0).base() {
        v if v.is_null() => Ok(Value::Custom(Rc::new(PSObject::from_pairs(Vec::new())))),
        _ => Ok(args.at(0).clone()),
    }
}
fn as_ps_object(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(args.at(0).clone())
}
pub static PS_OBJECT: TypeTable = TypeTable {
    ctors: overloads! {
        new => "psobject new()" "psobject new(int instanceMemberCapacity)" "psobject new(System.Object obj)";
    },
    static_methods: overloads! { as_ps_object => "static psobject AsPSObject(System.Object obj)"; },
    ..TypeTable::of(&types::PSOBJECT)
};

//! PSMemberInfo objects: what `$x.psobject.Properties` lists, and what `Members.Add(...)` takes.
use super::view::is_property;
use crate::args::{self, Args};
use crate::{fail, overloads};
use dialtone_object::access::{self, MemberEntry, attach, instance_members};
use dialtone_object::string::eq_ignore_case;
use dialtone_object::{
    Member, MemberKind, NetObject, Prop, PsString, Res, Runtime, TypeInfo, TypeKind, TypeRef, TypeTable, Value, enums,
    types,
};
use std::any::Any;
use std::cell::RefCell;

type Rt<'a> = &'a mut dyn Runtime;

/// One member: of a value, or made by a script and not yet added to one.
pub struct MemberInfo {
    owner: Option<Value>,
    name: PsString,
    kind: MemberKind,
    definition: PsString,
    /// What a member without an owner is.
    member: RefCell<Member>,
}

macro_rules! info_types {
    ($($id:ident $name:literal $base:expr;)*) => {
        $(static $id: TypeInfo = TypeInfo::new(
            concat!("System.Management.Automation.", $name),
            concat!("System.Management.Automation.", $name),
            TypeKind::Other,
            Some($base),
        );)*
    };
}
info_types! {
    INFO_TYPE "PSMemberInfo" &types::OBJECT;
    PROPERTY_INFO_TYPE "PSPropertyInfo" &INFO_TYPE;
    METHOD_INFO_TYPE "PSMethodInfo" &INFO_TYPE;
    NOTE_TYPE "PSNoteProperty" &PROPERTY_INFO_TYPE;
    ALIAS_TYPE "PSAliasProperty" &PROPERTY_INFO_TYPE;
    SCRIPT_TYPE "PSScriptProperty" &PROPERTY_INFO_TYPE;
    CODE_TYPE "PSCodeProperty" &PROPERTY_INFO_TYPE;
    PROPERTY_TYPE "PSProperty" &PROPERTY_INFO_TYPE;
    SCRIPT_METHOD_TYPE "PSScriptMethod" &METHOD_INFO_TYPE;
    METHOD_TYPE "PSMethod" &METHOD_INFO_TYPE;
    PROPERTY_SET_TYPE "PSPropertySet" &INFO_TYPE;
    COLLECTION_TYPE "PSMemberInfoIntegratingCollection`1" &types::OBJECT;
}

impl MemberInfo {
    pub fn value(owner: &Value, entry: MemberEntry) -> Value {
        Value::object(MemberInfo {
            owner: Some(owner.clone()),
            name: entry.name,
            kind: entry.kind,
            definition: entry.definition,
            member: RefCell::new(Member::Note(Value::Null)),
        })
    }
    fn read(&self, rt: &mut dyn Runtime) -> Res<Value> {
        match (&self.owner, &*self.member.borrow()) {
            (Some(owner), _) => Ok(access::get_member(rt, owner, &self.name)?.unwrap_or_default()),
            (None, Member::Note(v)) => Ok(v.clone()),
            _ => Ok(Value::Null),
        }
    }
    fn is_settable(&self) -> bool {
        match self.kind {
            MemberKind::NoteProperty | MemberKind::AliasProperty => true,
            _ => self.definition.contains("set;") || self.definition.contains("set="),
        }
    }
}
impl NetObject for MemberInfo {
    fn type_ref(&self) -> TypeRef {
        match self.kind {
            MemberKind::NoteProperty => &NOTE_TYPE,
            MemberKind::AliasProperty => &ALIAS_TYPE,
            MemberKind::ScriptProperty => &SCRIPT_TYPE,
            MemberKind::CodeProperty => &CODE_TYPE,
            MemberKind::ScriptMethod => &SCRIPT_METHOD_TYPE,
            MemberKind::PropertySet => &PROPERTY_SET_TYPE,
            MemberKind::Property => &PROPERTY_TYPE,
            _ => &METHOD_TYPE,
        }
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn text(&self) -> Option<PsString> {
        match &*self.member.borrow() {
            Member::Note(v) if self.owner.is_none() => {
                let ty = if v.is_null() { "System.Object" } else { access::type_of(v).ps_name };
                let text = dialtone_object::text::text_of(v).unwrap_or_default();
                Some(format!("{ty} {}={text}", self.name).into())
            }
            _ => Some(self.definition.clone()),
        }
    }
}
fn me(v: &Value) -> Res<&MemberInfo> {
    v.get::<MemberInfo>().ok_or_else(|| fail::argument_null("member"))
}
fn value(rt: &mut dyn Runtime, v: &Value) -> Res<Value> {
    me(v)?.read(rt)
}
fn set_value(rt: &mut dyn Runtime, v: &Value, new: Value) -> Res<()> {
    let info = me(v)?;
    match &info.owner {
        Some(owner) => access::set_property(rt, owner, &info.name, new),
        None => {
            *info.member.borrow_mut() = Member::Note(new);
            Ok(())
        }
    }
}
fn type_of_value(rt: &mut dyn Runtime, v: &Value) -> Res<Value> {
    let held = value(rt, v)?;
    Ok(Value::string(match held.is_null() {
        true => "System.Object".to_owned(),
        false => types::clr_name(access::type_of(&held)).into_owned(),
    }))
}
fn referenced(v: &Value) -> Res<Value> {
    let info = me(v)?;
    Ok(match &*info.member.borrow() {
        Member::Alias(target, _) => Value::String(target.clone()),
        _ => info.definition.split_once(" = ").map(|(_, t)| Value::str(t)).unwrap_or_default(),
    })
}
const VALUE: Prop = Prop::get_set("Value", "System.Object", value, set_value);
const NAME: Prop = Prop::get("Name", "string", |_, v| Ok(Value::String(me(v)?.name.clone())));
const KIND: Prop = Prop::get("MemberType", "System.Management.Automation.PSMemberTypes", |_, v| {
    Ok(enums::of("System.Management.Automation.PSMemberTypes", me(v)?.kind.number()))
});
const SETTABLE: Prop = Prop::get("IsSettable", "bool", |_, v| Ok(Value::Bool(me(v)?.is_settable())));
const GETTABLE: Prop = Prop::get("IsGettable", "bool", |_, v| Ok(Value::Bool(is_property(me(v)?.kind))));
const TYPE_NAME: Prop = Prop::get("TypeNameOfValue", "string", type_of_value);
const INSTANCE: Prop = Prop::get("IsInstance", "bool", |_, v| {
    let info = me(v)?;
    let own = info.owner.as_ref().is_some_and(|o| match o {
        Value::Custom(c) if c.shape().find(&info.name).is_some() => true,
        other => {
            instance_members(other).is_some_and(|m| m.borrow().as_ref().is_some_and(|m| m.get(&info.name).is_some()))
        }
    });
    Ok(Value::Bool(own))
});

fn made(name: PsString, kind: MemberKind, definition: String, member: Member) -> Res<Value> {
    Ok(Value::object(MemberInfo {
        owner: None,
        name,
        kind,
        definition: definition.into(),
        member: RefCell::new(member),
    }))
}
fn new_note(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    made(args.text(0), MemberKind::NoteProperty, String::new(), Member::Note(args.at(1).clone()))
}
fn new_alias(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let (name, target) = (args.text(0), args.text(1));
    let definition = format!("{name} = {target}");
    made(name, MemberKind::AliasProperty, definition, Member::Alias(target, None))
}
fn new_script(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let (get, set) = (args.at(1).clone(), args.get(2).filter(|s| !s.is_null()).cloned());
    let name = args.text(0);
    let definition =
        format!("System.Object {name} {{get={};{}}}", rt.to_text(&get), if set.is_some() { "set;" } else { "" });
    made(name, MemberKind::ScriptProperty, definition, Member::Script(get, set))
}
fn new_script_method(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let name = args.text(0);
    let definition = format!("System.Object {name}();");
    made(name, MemberKind::ScriptMethod, definition, Member::ScriptMethod(args.at(1).clone()))
}
fn new_property_set(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let names = args.list(1).iter().map(args::text_of).collect();
    made(args.text(0), MemberKind::PropertySet, String::new(), Member::PropertySet(names))
}
fn copy(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    Ok(this.clone())
}
fn invoke(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let info = me(this)?;
    match &info.owner {
        Some(owner) => access::invoke_method(rt, owner, &info.name, &args.list(0)),
        None => Err(fail::invalid_operation("The method has no object.")),
    }
}

pub static PROPERTY: TypeTable = TypeTable {
    props: &[KIND, VALUE, SETTABLE, GETTABLE, TYPE_NAME, NAME, INSTANCE],
    methods: overloads! {
        copy => "psmemberinfo Copy()";
        invoke => "System.Object Invoke(Params System.Object[] arguments)";
        crate::object::to_string_format => "string ToString()";
    },
    ..TypeTable::of(&INFO_TYPE)
};
pub static NOTE: TypeTable = TypeTable {
    ctors: overloads! { new_note => "psnoteproperty new(string name, System.Object value)"; },
    props: &[KIND, SETTABLE, GETTABLE, VALUE, TYPE_NAME, NAME, INSTANCE],
    ..TypeTable::of(&NOTE_TYPE)
};
pub static ALIAS: TypeTable = TypeTable {
    ctors: overloads! { new_alias => "psaliasproperty new(string name, string referencedMemberName)"; },
    props: &[Prop::get("ReferencedMemberName", "string", |_, v| referenced(v)), KIND, VALUE, NAME],
    ..TypeTable::of(&ALIAS_TYPE)
};
pub static SCRIPT: TypeTable = TypeTable {
    ctors: overloads! {
        new_script => "psscriptproperty new(string name, scriptblock getterScript)"
            "psscriptproperty new(string name, scriptblock getterScript, scriptblock setterScript)";
    },
    ..TypeTable::of(&SCRIPT_TYPE)
};
pub static CODE: TypeTable = TypeTable::of(&CODE_TYPE);
pub static SCRIPT_METHOD: TypeTable = TypeTable {
    ctors: overloads! { new_script_method => "psscriptmethod new(string name, scriptblock script)"; },
    ..TypeTable::of(&SCRIPT_METHOD_TYPE)
};
pub static PROPERTY_SET: TypeTable = TypeTable {
    ctors: overloads! {
        new_property_set => "pspropertyset new(string name, System.Collections.Generic.IEnumerable[string] referencedPropertyNames)";
    },
    ..TypeTable::of(&PROPERTY_SET_TYPE)
};

/// The member infos of a value: indexed by name, changed by Add and Remove.
pub struct Infos {
    owner: Value,
    items: Vec<Value>,
}
pub fn collection(owner: Value, items: Vec<Value>) -> Value {
    Value::object(Infos { owner, items })
}
impl Infos {
    fn find(&self, name: &str) -> Option<&Value> {
        self.items.iter().find(|i| i.get::<MemberInfo>().is_some_and(|m| eq_ignore_case(&m.name, name)))
    }
}
impl NetObject for Infos {
    fn type_ref(&self) -> TypeRef {
        &COLLECTION_TYPE
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn is_enumerable(&self) -> bool {
        true
    }
    fn enumerate(&self, _rt: &mut dyn Runtime) -> Option<Res<Vec<Value>>> {
        Some(Ok(self.items.clone()))
    }
    fn index(&self, _rt: &mut dyn Runtime, index: &[Value]) -> Option<Res<Value>> {
        let name = dialtone_object::text::text_of(index.first()?)?;
        Some(Ok(self.find(&name).cloned().unwrap_or_default()))
    }
}
fn infos(v: &Value) -> Res<&Infos> {
    v.get::<Infos>().ok_or_else(|| fail::argument_null("members"))
}
fn add(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let list = infos(this)?;
    let info = me(args.at(0))?;
    if !args.flag(1) && list.find(&info.name).is_some() {
        return Err(fail::other(
            "System.Management.Automation.ExtendedTypeSystemException",
            format!(
                "Cannot add a member with the name \"{}\" because a member with that name already exists. To overwrite the member anyway, add the Force parameter to your command.",
                info.name
            ),
        ));
    }
    let member = match &info.owner {
        Some(_) => Member::Note(Value::Null),
        None => info.member.borrow().clone(),
    };
    attach(&list.owner, &info.name, member);
    Ok(Value::Void)
}
fn remove(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let (list, name) = (infos(this)?, args.text(0));
    if let Value::Custom(o) = &list.owner {
        o.remove(&name);
    }
    if let Some(cell) = instance_members(&list.owner)
        && let Some(members) = cell.borrow_mut().as_mut()
    {
        members.remove(&name);
    }
    Ok(Value::Void)
}
fn find_by_pattern(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let (list, pattern) = (infos(this)?, args.text(0));
    let fits =
        |i: &&Value| i.get::<MemberInfo>().is_some_and(|m| dialtone_object::wildcard::is_match(&pattern, &m.name));
    Ok(collection(list.owner.clone(), list.items.iter().filter(fits).cloned().collect()))
}
fn item(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    Ok(infos(this)?.find(&args.text(0)).cloned().unwrap_or_default())
}
fn get_enumerator(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    Ok(crate::collections::enumerator("System.Collections.IEnumerator", infos(this)?.items.clone()))
}
pub static COLLECTION: TypeTable = TypeTable {
    methods: overloads! {
        add => "void Add(System.Object member)" "void Add(System.Object member, bool preValidated)";
        get_enumerator => "System.Collections.IEnumerator GetEnumerator()";
        find_by_pattern => "System.Object Match(string name)";
        remove => "void Remove(string name)";
        item => "System.Object Item(string name) {get;}";
    },
    ..TypeTable::of(&COLLECTION_TYPE)
};

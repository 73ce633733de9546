//! Methods as values: what `$x.Method` without parentheses gives, and calling what a property holds.
use super::{errors, overload};
use crate::error::{Flow, Res};
use crate::member::{Bound, NetObject, Overload};
use crate::psobject::Member;
use crate::runtime::Runtime;
use crate::string::PsString;
use crate::types::{self, TypeInfo, TypeKind, TypeRef};
use crate::value::Value;
use std::any::Any;

/// `System.Management.Automation.PSMethod` (also PSScriptMethod and PSCodeMethod).
pub struct PSMethod {
    pub target: Value,
    pub name: PsString,
    pub overloads: &'static [Bound],
    /// A method that is not from a type table.
    pub member: Option<Member>,
}

pub static PS_METHOD: TypeInfo = TypeInfo::new(
    "System.Management.Automation.PSMethod",
    "System.Management.Automation.PSMethod",
    TypeKind::Other,
    Some(&types::OBJECT),
);
pub static PS_SCRIPT_METHOD: TypeInfo = TypeInfo::new(
    "System.Management.Automation.PSScriptMethod",
    "System.Management.Automation.PSScriptMethod",
    TypeKind::Other,
    Some(&types::OBJECT),
);
pub static PS_CODE_METHOD: TypeInfo = TypeInfo::new(
    "System.Management.Automation.PSCodeMethod",
    "System.Management.Automation.PSCodeMethod",
    TypeKind::Other,
    Some(&types::OBJECT),
);
pub static PS_PARAMETERIZED_PROPERTY: TypeInfo = TypeInfo::new(
    "System.Management.Automation.PSParameterizedProperty",
    "System.Management.Automation.PSParameterizedProperty",
    TypeKind::Other,
    Some(&types::OBJECT),
);

impl PSMethod {
    pub fn of_table(target: Value, name: &str, overloads: &'static [Bound]) -> PSMethod {
        PSMethod { target, name: name.into(), overloads, member: None }
    }
    pub fn of_member(target: Value, name: &str, member: Member) -> PSMethod {
        PSMethod { target, name: name.into(), overloads: &[], member: Some(member) }
    }
    pub fn into_value(self) -> Value {
        Value::object(self)
    }
    /// OverloadDefinitions
    pub fn definitions(&self) -> Vec<PsString> {
        match &self.member {
            None => self.overloads.iter().map(|o| definition(o, &self.target)).collect(),
            Some(_) => vec![format!("System.Object {}();", self.name).into()],
        }
    }
    pub fn invoke(&self, rt: &mut dyn Runtime, args: &[Value]) -> Res<Value> {
        match &self.member {
            Some(member) => super::invoke_member(rt, &self.target, &self.name, member, args)
                .unwrap_or_else(|| Err(errors::no_overload(&self.name, args.len()))),
            None => {
                let ty = match &self.target {
                    Value::Type(ty) => ty,
                    other => super::type_of(other),
                };
                let shown = if self.name.as_str() == "new" { ".ctor" } else { self.name.as_str() };
                let call = overload::Call { name: &self.name, shown, generic: super::generic_args(ty) };
                overload::invoke(rt, &self.target, &call, self.overloads, args)
            }
        }
    }
}

/// A signature with static members marked as PowerShell writes them and generic arguments filled in.
pub(super) fn definition(o: &Overload, target: &Value) -> PsString {
    let is_static = matches!(target, Value::Type(_)) && o.name != "new";
    let text = match target {
        _ if is_static && !o.sig.starts_with("static ") => format!("static {}", o.sig),
        _ => o.sig.to_owned(),
    };
    let ty = match target {
        Value::Type(ty) => ty,
        other => super::type_of(other),
    };
    closed(&text, super::generic_args(ty)).into()
}

/// `T`, `TKey` and `TValue` of a signature replaced by the arguments.
pub(super) fn closed(text: &str, args: &[TypeRef]) -> String {
    if args.is_empty() {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut word = String::new();
    for c in text.chars().chain(['\0']) {
        if c.is_alphanumeric() || matches!(c, '_' | '.' | '`') {
            word.push(c);
            continue;
        }
        let filled = match word.as_str() {
            "T" | "TKey" => args.first(),
            "TValue" => args.get(1),
            _ => None,
        };
        out.push_str(filled.map_or(word.as_str(), |t| t.ps_name));
        word.clear();
        if c != '\0' {
            out.push(c);
        }
    }
    out
}

impl NetObject for PSMethod {
    fn type_ref(&self) -> TypeRef {
        match &self.member {
            None if self.overloads.first().is_some_and(|o| o.is_property()) => &PS_PARAMETERIZED_PROPERTY,
            None => &PS_METHOD,
            Some(Member::ScriptMethod(_)) => &PS_SCRIPT_METHOD,
            Some(_) => &PS_CODE_METHOD,
        }
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn text(&self) -> Option<PsString> {
        let all: Vec<_> = self.definitions();
        let all: Vec<&str> = all.iter().map(PsString::as_str).collect();
        Some(all.join(", ").into())
    }
}

/// Calls what a property holds, when it can be called.
pub(super) fn invoke_held(rt: &mut dyn Runtime, held: &Value, args: &[Value]) -> Res<Option<Value>> {
    match held.get::<PSMethod>() {
        Some(method) => method.invoke(rt, args).map(Some),
        None => Ok(None),
    }
}

/// The failure of a parameterised property: of a method call it becomes that of a property read.
pub(super) fn property_failure(name: &str, e: Flow) -> Flow {
    let inner = e.error().and_then(|r| {
        r.exception.get::<crate::error::Exception>().map(|x| x.inner.borrow().clone()).filter(|i| !i.is_null())
    });
    match inner {
        Some(inner) => {
            let record = crate::error::ErrorRecord::from_exception(
                inner,
                "",
                crate::error::ErrorCategory::NotSpecified,
                Value::Null,
            );
            errors::getting(name, record.into())
        }
        None => e,
    }
}

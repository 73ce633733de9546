//! The members of a value as lists: for the formatter and Select-Object (properties), Get-Member (members) and
//! `PSTypeNames`.
use super::{contains_name, instance_members, method, read_member, tables, type_of, typedata};
use crate::member::{MemberKind, Prop};
use crate::psobject::Member;
use crate::runtime::Runtime;
use crate::string::PsString;
use crate::types;
use crate::value::Value;

/// `PSTypeNames`, nearest first.
pub fn type_names(_rt: &mut dyn Runtime, v: &Value) -> Vec<PsString> {
    if let Some(names) = typedata::own_names(v) {
        return names.to_vec();
    }
    if v.is_null() {
        return Vec::new();
    }
    std::iter::successors(Some(type_of(v)), |t| t.base).map(|t| types::clr_name(t).into_owned().into()).collect()
}

/// A member's part in [`properties`]: properties only.
fn is_property(member: &Member) -> bool {
    matches!(member, Member::Note(_) | Member::Alias(..) | Member::Script(..) | Member::Code(..))
}

/// The attached members of a value and of the value inside its wrapper.
fn attached(v: &Value) -> Vec<(PsString, Member)> {
    let mut list = Vec::new();
    if let Value::Custom(o) = v.base() {
        list.extend(o.pairs().into_iter().map(|(name, value)| (name, Member::Note(value))));
    }
    for at in [Some(v), matches!(v, Value::Wrapped(_)).then(|| v.base())].into_iter().flatten() {
        if let Some(cell) = instance_members(at)
            && let Some(members) = cell.borrow().as_ref()
        {
            list.extend(members.list.iter().cloned());
        }
    }
    list
}

/// The properties of a value in order: attached ones, those of type data, those of the .NET type. A property that
/// fails counts as `$null`.
pub fn properties(rt: &mut dyn Runtime, v: &Value) -> Vec<(PsString, Value)> {
    let mut out: Vec<(PsString, Value)> = Vec::new();
    let mut seen: Vec<PsString> = Vec::new();
    for (name, member) in attached(v).into_iter().chain(typedata::members(v)) {
        if is_property(&member) && !contains_name(&seen, &name) {
            let value = read_member(rt, v, &name, &member).unwrap_or_default();
            seen.push(name.clone());
            out.push((name, value));
        }
    }
    let base = v.base();
    if let Value::Object(o) = base {
        for name in o.data().dynamic_names() {
            if !contains_name(&seen, &name)
                && let Some(value) = o.data().dynamic_property(rt, &name)
            {
                seen.push(name.clone());
                out.push((name, value.unwrap_or_default()));
            }
        }
    }
    for prop in adapted(base) {
        let name = PsString::new(prop.name);
        if !contains_name(&seen, &name) {
            seen.push(name.clone());
            out.push((name, (prop.get)(rt, base).unwrap_or_default()));
        }
    }
    out
}

/// The properties of the .NET type and its bases.
fn adapted(base: &Value) -> Vec<&'static Prop> {
    let mut out: Vec<&'static Prop> = Vec::new();
    if base.is_null() {
        return out;
    }
    for table in tables(type_of(base)) {
        for prop in table.props {
            if !out.iter().any(|p| p.name == prop.name) {
                out.push(prop);
            }
        }
    }
    out
}

/// One line of Get-Member.
pub struct MemberEntry {
    pub name: PsString,
    pub kind: MemberKind,
    pub definition: PsString,
}

/// The type of a note property's value as its definition shows it.
fn note_definition(rt: &mut dyn Runtime, name: &str, value: &Value) -> String {
    let (ty, text) = match value {
        v if v.is_null() => ("object".to_owned(), "null".into()),
        v => {
            let ty = match type_of(v) {
                t if matches!(v.base(), Value::Custom(_)) => t.full_name.to_owned(),
                t => t.ps_name.to_owned(),
            };
            (ty, rt.to_text(v))
        }
    };
    format!("{ty} {name}={text}")
}

fn entry(rt: &mut dyn Runtime, names: &[PsString], name: &PsString, member: &Member) -> MemberEntry {
    let (kind, definition) = match member {
        Member::Note(value) => (MemberKind::NoteProperty, note_definition(rt, name, value)),
        Member::Alias(target, ty) => {
            let cast = ty.map_or_else(String::new, |t| format!("({})", t.ps_name));
            (MemberKind::AliasProperty, format!("{name} = {cast}{target}"))
        }
        Member::Script(get, set) => {
            let get = rt.to_text(get);
            let set = set.as_ref().map_or_else(String::new, |s| format!("set={};", rt.to_text(s)));
            (MemberKind::ScriptProperty, format!("System.Object {name} {{get={get};{set}}}"))
        }
        Member::Code(..) => match typedata::builtin_text(names, name) {
            Some((text, true)) => (MemberKind::ScriptProperty, format!("System.Object {name} {{get={text};}}")),
            found => {
                let ty = found.map_or("System.Object", |(ty, _)| ty);
                (MemberKind::CodeProperty, format!("{ty} {name}{{get={name};}}"))
            }
        },
        Member::ScriptMethod(_) => (MemberKind::ScriptMethod, format!("System.Object {name}();")),
        Member::CodeMethod(_) => (MemberKind::CodeMethod, format!("System.Object {name}()")),
        Member::PropertySet(list) => {
            let list: Vec<&str> = list.iter().map(PsString::as_str).collect();
            (MemberKind::PropertySet, format!("{name} {{{}}}", list.join(", ")))
        }
        Member::MemberSet(members) => {
            let list: Vec<&str> = members.list.iter().map(|(n, _)| n.as_str()).collect();
            (MemberKind::MemberSet, format!("{name} {{{}}}", list.join(", ")))
        }
    };
    MemberEntry { name: name.clone(), kind, definition: definition.into() }
}

/// All members of a value: attached, type data, .NET. Members of a type value are its instance members.
pub fn members(rt: &mut dyn Runtime, v: &Value) -> Vec<MemberEntry> {
    let names = type_names(rt, v);
    let mut out: Vec<MemberEntry> = Vec::new();
    let has = |out: &[MemberEntry], name: &str| out.iter().any(|e| e.name.eq_ignore_ascii_case(name));
    for (name, member) in attached(v).into_iter().chain(typedata::members(v)) {
        if !has(&out, &name) {
            out.push(entry(rt, &names, &name, &member));
        }
    }
    let base = v.base();
    if let Value::Object(o) = base {
        for name in o.data().dynamic_names() {
            if !has(&out, &name) {
                let ty = match o.data().dynamic_property(rt, &name) {
                    Some(Ok(value)) if !value.is_null() => type_of(&value).ps_name,
                    _ => "string",
                };
                let definition = format!("{ty} {name} {{get;set;}}").into();
                out.push(MemberEntry { name, kind: MemberKind::Property, definition });
            }
        }
    }
    let generic = super::generic_args(type_of(base));
    for prop in adapted(base) {
        if !has(&out, prop.name) {
            let accessors = if prop.set.is_some() { "{get;set;}" } else { "{get;}" };
            let definition = format!("{} {} {accessors}", method::closed(prop.ty, generic), prop.name);
            out.push(MemberEntry { name: prop.name.into(), kind: MemberKind::Property, definition: definition.into() });
        }
    }
    if !base.is_null() {
        add_methods(base, &mut out);
    }
    out
}

fn add_methods(base: &Value, out: &mut Vec<MemberEntry>) {
    let mut seen: Vec<&str> = Vec::new();
    for table in tables(type_of(base)) {
        for o in table.methods {
            if seen.iter().any(|n| n.eq_ignore_ascii_case(o.name)) {
                continue;
            }
            seen.push(o.name);
            let all: Vec<_> = table.method(o.name).iter().map(|o| method::definition(o, base)).collect();
            let all: Vec<&str> = all.iter().map(PsString::as_str).collect();
            let kind = if o.is_property() { MemberKind::ParameterizedProperty } else { MemberKind::Method };
            out.push(MemberEntry { name: o.name.into(), kind, definition: all.join(", ").into() });
        }
    }
    if !seen.iter().any(|n| n.eq_ignore_ascii_case("GetType")) {
        out.push(MemberEntry { name: "GetType".into(), kind: MemberKind::Method, definition: "type GetType()".into() });
    }
}

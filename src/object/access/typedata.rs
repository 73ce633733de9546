//! Type data: members that the extended type system adds by type name (Update-TypeData and the built-in entries), and
//! what the formatter wants to know about a type. One registry per runspace thread.
use super::type_of;
use crate::member::{Getter, Setter};
use crate::psobject::{Member, Members, folded};
use crate::string::PsString;
use crate::types::{self, TypeRef};
use crate::value::Value;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// The record of one type name (`Get-TypeData`).
#[derive(Default, Clone)]
pub struct TypeData {
    pub name: PsString,
    pub members: Members,
    pub default_display_property: Option<PsString>,
    pub default_display_set: Option<Rc<[PsString]>>,
    pub default_key_set: Option<Rc<[PsString]>>,
    pub serialization_depth: Option<i32>,
    pub serialization_method: Option<PsString>,
    pub serialization_set: Option<Rc<[PsString]>>,
}

/// A built-in member: how Get-Member shows it, and what it does.
pub enum BuiltinMember {
    Alias(&'static str),
    /// Result type as shown, getter and setter.
    Code(&'static str, Getter, Option<Setter>),
    /// The same, shown as a script property of this text.
    Script(&'static str, Getter),
}

/// A built-in entry.
pub struct BuiltinData {
    pub type_name: &'static str,
    pub members: &'static [(&'static str, BuiltinMember)],
    pub display: &'static [&'static str],
    pub default_property: &'static str,
}

#[derive(Default)]
struct Registry {
    /// By upper-cased type name; none marks a built-in entry that was removed.
    data: HashMap<String, Option<Rc<TypeData>>>,
    builtin: Option<HashMap<String, &'static BuiltinData>>,
    /// The members of a .NET type and its bases, by address; emptied at every change.
    merged: HashMap<usize, Option<Rc<Members>>>,
}
thread_local! {
    static REGISTRY: RefCell<Registry> = RefCell::default();
}

fn names(list: &[&str]) -> Rc<[PsString]> {
    list.iter().map(|n| PsString::new(*n)).collect()
}

fn from_builtin(b: &BuiltinData) -> TypeData {
    let mut members = Members::default();
    for (name, member) in b.members {
        let member = match member {
            BuiltinMember::Alias(target) => Member::Alias((*target).into(), None),
            BuiltinMember::Code(_, get, set) => Member::Code(*get, *set),
            BuiltinMember::Script(_, get) => Member::Code(*get, None),
        };
        members.set(name, member);
    }
    TypeData {
        name: b.type_name.into(),
        members,
        default_display_property: (!b.default_property.is_empty()).then(|| b.default_property.into()),
        default_display_set: (!b.display.is_empty()).then(|| names(b.display)),
        ..TypeData::default()
    }
}

impl Registry {
    fn builtin(&mut self) -> &HashMap<String, &'static BuiltinData> {
        self.builtin.get_or_insert_with(|| {
            let provided = types::providers().flat_map(|p| p.type_data());
            provided.map(|b| (folded(b.type_name), b)).collect()
        })
    }
    fn get(&mut self, type_name: &str) -> Option<Rc<TypeData>> {
        let key = folded(type_name);
        if let Some(found) = self.data.get(&key) {
            return found.clone();
        }
        let made = self.builtin().get(&key).map(|b| Rc::new(from_builtin(b)));
        if made.is_some() {
            self.data.insert(key, made.clone());
        }
        made
    }
    fn merged(&mut self, ty: TypeRef) -> Option<Rc<Members>> {
        let key = std::ptr::from_ref(ty).addr();
        if let Some(found) = self.merged.get(&key) {
            return found.clone();
        }
        let mut members = Members::default();
        for t in std::iter::successors(Some(ty), |t| t.base) {
            if let Some(data) = self.get(&types::clr_name(t)) {
                for (name, member) in &data.members.list {
                    if members.get(name).is_none() {
                        members.list.push((name.clone(), member.clone()));
                    }
                }
            }
        }
        let merged = (!members.list.is_empty()).then(|| Rc::new(members));
        self.merged.insert(key, merged.clone());
        merged
    }
}

/// The entry of a type name.
pub fn get(type_name: &str) -> Option<Rc<TypeData>> {
    REGISTRY.with_borrow_mut(|r| r.get(type_name))
}

/// Changes or makes the entry of a type name (Update-TypeData).
pub fn update(type_name: &str, change: impl FnOnce(&mut TypeData)) {
    REGISTRY.with_borrow_mut(|r| {
        let mut data = r.get(type_name).map(|d| (*d).clone()).unwrap_or_default();
        if data.name.is_empty() {
            data.name = type_name.into();
        }
        change(&mut data);
        r.data.insert(folded(type_name), Some(Rc::new(data)));
        r.merged.clear();
    });
}

/// Removes the entry of a type name; false when there was none.
pub fn remove(type_name: &str) -> bool {
    REGISTRY.with_borrow_mut(|r| {
        let had = r.get(type_name).is_some();
        r.data.insert(folded(type_name), None);
        r.merged.clear();
        had
    })
}

/// All entries, by name (Get-TypeData).
pub fn all() -> Vec<Rc<TypeData>> {
    REGISTRY.with_borrow_mut(|r| {
        let builtin: Vec<&'static str> = r.builtin().values().map(|b| b.type_name).collect();
        for name in builtin {
            r.get(name);
        }
        let mut all: Vec<_> = r.data.values().flatten().cloned().collect();
        all.sort_by(|a, b| a.name.as_str().cmp(b.name.as_str()));
        all
    })
}

/// The text with which Get-Member shows a built-in member: result type, and the script when it is a script property.
pub(super) fn builtin_text(type_names: &[PsString], name: &str) -> Option<(&'static str, bool)> {
    REGISTRY.with_borrow_mut(|r| {
        type_names.iter().find_map(|t| {
            let builtin = r.builtin().get(&folded(t))?;
            builtin.members.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).and_then(|(_, m)| match m {
                BuiltinMember::Code(ty, ..) => Some((*ty, false)),
                BuiltinMember::Script(text, _) => Some((*text, true)),
                BuiltinMember::Alias(_) => None,
            })
        })
    })
}

/// The type names that an object was given, when they differ from its type's.
pub(super) fn own_names(v: &Value) -> Option<Rc<Vec<PsString>>> {
    super::instance_members(v)?.borrow().as_ref()?.type_names.clone()
}

/// The members that type data gives a value, nearest type first.
pub fn members(v: &Value) -> Vec<(PsString, Member)> {
    match own_names(v) {
        Some(names) => {
            let mut members = Members::default();
            for name in names.iter() {
                if let Some(data) = get(name) {
                    for (name, member) in &data.members.list {
                        if members.get(name).is_none() {
                            members.list.push((name.clone(), member.clone()));
                        }
                    }
                }
            }
            members.list
        }
        None => REGISTRY.with_borrow_mut(|r| r.merged(type_of(v))).map_or_else(Vec::new, |m| m.list.clone()),
    }
}

/// A member that type data gives a value.
pub(super) fn member(v: &Value, name: &str) -> Option<Member> {
    match own_names(v) {
        Some(names) => names.iter().find_map(|t| get(t)?.members.get(name).cloned()),
        None => REGISTRY.with_borrow_mut(|r| r.merged(type_of(v))?.get(name).cloned()),
    }
}

//! The signature of a definition as the engine's metadata record, which the binder, Get-Command, Get-Help and completion
//! read.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::{Mutex, PoisonError};

use dialtone_object::meta::RangeEnd;
use dialtone_object::types::{self, TypeInfo, TypeKind, TypeRef};
use dialtone_object::{CommandMeta, ParamMeta, ParamSet, Validation};

use crate::definition::{Action, Definition, Extra};
use crate::syntax::{ALL_SETS, Set, Slot};

/// Makes the record.
#[must_use]
pub fn of(definition: &Definition) -> CommandMeta {
    let mut meta = CommandMeta::new(definition.name);
    meta.module = definition.modules.last().map_or("", String::as_str).into();
    meta.help = definition.summary.as_str().into();
    meta.should_process = definition.changes;
    meta.implementing_type = error_suffix(definition).into();
    let named = definition.sets.len() > 1 || definition.sets[0].name != ALL_SETS;
    if named {
        meta.sets = definition.sets.iter().map(|set| set.name.as_str().into()).collect();
        // Pages of on-premises cmdlets mark no default; it was the set of -Identity.
        let find = |wanted: &dyn Fn(&Set) -> bool| definition.sets.iter().position(wanted);
        meta.default_set = find(&|set| set.default).or_else(|| find(&|set| set.name == "Identity"));
    }
    meta.params = definition.parameters().into_iter().map(|slot| parameter(definition, slot, named)).collect();
    meta
}

fn parameter(definition: &Definition, slot: &Slot, named: bool) -> ParamMeta {
    let nothing = Extra::default();
    let extra =
        definition.extras.iter().find(|(name, _)| name.eq_ignore_ascii_case(&slot.name)).map_or(&nothing, |e| e.1);
    let mut param = ParamMeta::new(&slot.name, type_of(&slot.type_name));
    param.aliases = extra.aliases.iter().map(|a| a.as_str().into()).collect();
    // Clearing a property is done by $null or an empty list, so that only the name of the object itself must be there.
    let identity = slot.name.eq_ignore_ascii_case("Identity");
    param.allow_null = !identity;
    param.allow_empty_string = !identity;
    param.allow_empty_collection = true;
    let by_value = extra.pipeline.contains("ByValue") || slot.name == "Instance";
    let by_name = extra.pipeline.contains("ByPropertyName") || identity;
    let in_sets = definition.sets.iter().enumerate().filter_map(|(at, set)| {
        let slot = set.slots.iter().find(|s| s.name.eq_ignore_ascii_case(&slot.name))?;
        Some(ParamSet {
            mask: if named { 1 << at } else { u64::MAX },
            position: slot.position.and_then(|p| i32::try_from(p).ok()),
            mandatory: slot.mandatory,
            pipeline: by_value,
            by_name,
            remaining: false,
            help: None,
        })
    });
    param.sets = in_sets.collect();
    param.validations = validations(extra);
    param
}

fn validations(extra: &Extra) -> Vec<Validation> {
    let mut list = Vec::new();
    if !extra.values.is_empty() {
        let values: Vec<Rc<str>> = extra.values.iter().map(|v| v.as_str().into()).collect();
        list.push(Validation::Set { values, ignore_case: true, message: None });
    }
    if let Some((min, max)) = extra.range {
        list.push(Validation::Range { min: RangeEnd::Int(min), max: RangeEnd::Int(max) });
    }
    if extra.max_length.is_some() || extra.min_length.is_some() {
        let (min, max) = (extra.min_length.unwrap_or(0), extra.max_length.unwrap_or(i32::MAX));
        list.push(Validation::Length { min, max });
    }
    list
}

/// The types that definitions name and scripts know; all written as PowerShell's own accelerators.
const KNOWN: &[&str] = &[
    "bool",
    "byte",
    "datetime",
    "double",
    "guid",
    "hashtable",
    "int",
    "long",
    "pscredential",
    "securestring",
    "short",
    "string",
    "timespan",
    "uint",
    "ulong",
    "uri",
    "ushort",
];

/// The type a parameter is bound to. Types that only the service's own modules knew take any value, under their own
/// name: the interpreter reads what it needs out of whatever was given.
fn type_of(name: &str) -> TypeRef {
    if name.is_empty() {
        return &types::SWITCH;
    }
    if let Some(element) = name.strip_suffix("[]") {
        return types::array_of(type_of(element), 1);
    }
    if name.eq_ignore_ascii_case("Object") || name.eq_ignore_ascii_case("psobject") {
        return &types::OBJECT;
    }
    let known = KNOWN.iter().any(|k| k.eq_ignore_ascii_case(name)).then(|| types::find(name)).flatten();
    known.unwrap_or_else(|| service_type(name))
}

fn service_type(name: &str) -> TypeRef {
    static MADE: Mutex<Option<HashMap<String, TypeRef>>> = Mutex::new(None);
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    made.get_or_insert_default().entry(name.to_owned()).or_insert_with(|| {
        let name: &'static str = Box::leak(name.to_owned().into_boxed_str());
        types::leak_type(TypeInfo::new(name, name, TypeKind::Object, None))
    })
}

/// Second half of FullyQualifiedErrorId: the class of the internal command, section 2.4 of the tenant API.
fn error_suffix(definition: &Definition) -> String {
    let (verb, noun) = definition.name.split_once('-').unwrap_or((definition.name, ""));
    match &definition.action {
        Action::Config(_, config) => {
            format!("Microsoft.Teams.Policy.Administration.Cmdlets.Core.{verb}{}Cmdlet", config.name)
        }
        _ => format!("Microsoft.Teams.ConfigAPI.Cmdlets.Generated.Cmdlets.{verb}{noun}_{verb}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{definition, index};

    #[test]
    fn sets_positions_and_pipeline_reach_the_binder() {
        let definition = definition::decode(index::find("grant-csonlinevoiceroutingpolicy").unwrap()).unwrap();
        let meta = of(&definition);
        assert_eq!(meta.sets.iter().map(|s| &**s).collect::<Vec<_>>(), ["Identity", "GrantToTenant", "GrantToGroup"]);
        assert_eq!(meta.default_set, Some(0));
        let identity = &meta.params[meta.find("identity").unwrap()];
        assert!(identity.sets[0].by_name && identity.sets[0].position == Some(0) && !identity.allow_null);
        let policy = &meta.params[meta.find("PolicyName").unwrap()];
        assert_eq!(policy.sets.iter().map(|s| s.position).collect::<Vec<_>>(), [Some(1), Some(0), Some(1)]);
        assert!(meta.should_process);
    }
}

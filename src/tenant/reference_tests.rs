//! Compares every definition with the documented facts in `tests/tenant/reference.txt` (its NOTICE says where they come
//! from). `tests/tenant/differences.txt` lists each deliberate difference with its reason; a line there that no longer
//! is one fails the test.
//!
//! A definition is right when every call that is valid today or was valid in 2016 to 2020 binds: it has all parameters
//! of today's sets with their types, positions and mandatory flags, and nothing is mandatory that the older syntax left
//! optional. More than that is allowed: pipeline input, and the parameters of both eras together.

use std::collections::BTreeSet;

use crate::definition::{self, Definition};
use crate::index;
use crate::syntax::{self, Set};

const REFERENCE: &str = include_str!("../../tests/tenant/reference.txt");
const DIFFERENCES: &str = include_str!("../../tests/tenant/differences.txt");

/// The documented facts of one cmdlet.
struct Facts {
    name: &'static str,
    mark: &'static str,
    modules: Vec<&'static str>,
    sets: Vec<Set>,
    older: Vec<Set>,
    also: Vec<&'static str>,
    params: Vec<(&'static str, Vec<(&'static str, &'static str)>)>,
}

fn reference() -> Vec<Facts> {
    let mut all: Vec<Facts> = Vec::new();
    for line in REFERENCE.lines() {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        if word.contains('-') && !word.starts_with('-') {
            let parts: Vec<&str> = rest.split(' ').collect();
            all.push(Facts {
                name: word,
                mark: parts[2],
                modules: parts[3].split(',').collect(),
                sets: vec![],
                older: vec![],
                also: vec![],
                params: vec![],
            });
            continue;
        }
        let facts = all.last_mut().expect("the file starts with a cmdlet");
        let read = |text: &str| syntax::parse(text).unwrap_or_else(|e| panic!("{}: {e}", word)).remove(0);
        match word {
            "set" => facts.sets.push(read(rest)),
            "older" => facts.older.push(read(rest)),
            // -WhatIf and -Confirm come with whatever changes something.
            "also" => facts.also = rest.split(' ').filter(|n| !matches!(*n, "WhatIf" | "Confirm")).collect(),
            "param" => {
                let mut words = rest.split(' ');
                let name = words.next().unwrap_or_default();
                facts.params.push((name, words.filter_map(|w| w.split_once('=')).collect()));
            }
            other => panic!("unknown line {other}"),
        }
    }
    all
}

#[test]
fn definitions_agree_with_the_documentation() {
    let mut found = BTreeSet::new();
    for facts in reference() {
        match index::find(facts.name) {
            None => {
                found.insert(format!("{} missing", facts.name));
            }
            Some(row) if row.is_function() => composite(&facts, row.text(), &mut found),
            Some(row) => {
                let definition = definition::decode(row).unwrap_or_else(|e| panic!("{e}"));
                compare(&facts, &definition, &mut found);
            }
        }
    }
    let allowed: BTreeSet<String> = DIFFERENCES
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| line.split("  ").next().unwrap_or(line).trim().to_owned())
        .collect();
    let new: Vec<_> = found.difference(&allowed).cloned().collect();
    let stale: Vec<_> = allowed.difference(&found).cloned().collect();
    assert!(new.is_empty(), "differences that are not listed ({}):\n{}", new.len(), new.join("\n"));
    assert!(stale.is_empty(), "listed differences that are none:\n{}", stale.join("\n"));
}

#[test]
fn all_cmdlets_of_the_guide_are_there() {
    let wanted: Vec<_> = reference().into_iter().filter(|f| f.mark != "-").collect();
    assert_eq!(wanted.len(), 165, "109 core and 56 guide cmdlets");
    let missing: Vec<_> = wanted.iter().filter(|f| index::find(f.name).is_none()).map(|f| f.name).collect();
    assert!(missing.is_empty(), "{}", missing.join(", "));
}

#[test]
fn at_least_700_documented_cmdlets_are_there() {
    let there = reference().iter().filter(|f| index::find(f.name).is_some()).count();
    assert!(there >= 700, "{there} of 856");
}

/// A composite declares its parameters in PowerShell; what counts is that they are all there.
fn composite(facts: &Facts, text: &str, found: &mut BTreeSet<String>) {
    let text = text.to_ascii_lowercase();
    let slots = facts.sets.iter().chain(&facts.older).flat_map(|s| &s.slots).map(|s| s.name.as_str());
    for name in slots.chain(facts.also.iter().copied()) {
        if !text.contains(&format!("${}", name.to_ascii_lowercase())) {
            found.insert(format!("{} -{name} missing", facts.name));
        }
    }
}

fn compare(facts: &Facts, definition: &Definition, found: &mut BTreeSet<String>) {
    let mut differ = |text: String| found.insert(format!("{} {text}", facts.name));
    let has = |set: &Set, name: &str| set.slots.iter().any(|s| s.name.eq_ignore_ascii_case(name));
    for module in &facts.modules {
        if !definition.modules.iter().any(|m| m == module) {
            differ(format!("module {module} missing"));
        }
    }
    for set in &facts.sets {
        let ours = definition.sets.iter().find(|s| s.name == set.name).or(match definition.sets.as_slice() {
            // A single set may have got a name when the older syntax had several.
            [only] => Some(only),
            [first, ..] if facts.sets.len() == 1 => Some(first),
            _ => None,
        });
        let Some(ours) = ours else {
            differ(format!("set {} missing", set.name));
            continue;
        };
        for slot in &set.slots {
            let Some(mine) = ours.slots.iter().find(|s| s.name.eq_ignore_ascii_case(&slot.name)) else {
                differ(format!("-{} missing in set {}", slot.name, set.name));
                continue;
            };
            if mine.type_name != slot.type_name {
                differ(format!("-{} is <{}>, documented <{}>", slot.name, mine.type_name, slot.type_name));
            }
            if mine.position != slot.position {
                differ(format!("-{} at position {:?}, documented {:?}", slot.name, mine.position, slot.position));
            }
            if mine.mandatory && !slot.mandatory {
                differ(format!("-{} is mandatory in set {}", slot.name, set.name));
            }
            // Optional where it was optional, or not there at all, in a set of the older syntax.
            let relaxed = facts.older.iter().any(|old| {
                old.slots.iter().find(|s| s.name.eq_ignore_ascii_case(&slot.name)).is_none_or(|s| !s.mandatory)
            });
            if slot.mandatory && !mine.mandatory && !relaxed {
                differ(format!("-{} is optional in set {}", slot.name, set.name));
            }
        }
        if set.default && definition.sets.len() > 1 && !ours.default {
            differ(format!("set {} is not the default", set.name));
        }
    }
    let names = |slot: &syntax::Slot| slot.name.clone();
    for name in facts.older.iter().flat_map(|s| &s.slots).map(names).chain(facts.also.iter().map(|a| (*a).to_owned())) {
        if !definition.sets.iter().any(|set| has(set, &name)) {
            differ(format!("-{name} missing"));
        }
    }
    for (name, bits) in &facts.params {
        let extra = definition.extras.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, e)| e.clone());
        let extra = extra.unwrap_or_default();
        for (key, value) in bits {
            let same = match *key {
                "aliases" => value.split(',').all(|alias| {
                    let parameter = definition.sets.iter().any(|set| has(set, alias));
                    parameter || extra.aliases.iter().any(|a| a.eq_ignore_ascii_case(alias))
                }),
                "pipeline" => value.split(',').all(|way| {
                    extra.pipeline.contains(way)
                        || (way == "ByPropertyName" && *name == "Identity")
                        || (way == "ByValue" && *name == "Instance")
                }),
                "range" => extra.range.is_some_and(|(a, b)| format!("{a}..{b}") == *value),
                "max" => extra.max_length.is_some_and(|m| m.to_string() == *value),
                "values" => extra.values.join(",") == *value,
                other => panic!("unknown fact {other}"),
            };
            if !same {
                differ(format!("-{name} {key}={value} missing"));
            }
        }
    }
}

//! `Get-Command -Syntax` and the parameter metadata scripts read.
use crate::machine::Engine;
use dialtone_object::*;
use std::rc::Rc;

/// One line per parameter set: `Name [-Path] <string> [<CommonParameters>]`.
pub fn syntax(_en: &mut Engine, meta: &CommandMeta) -> String {
    let sets = meta.sets.len().max(1);
    let mut out = String::new();
    for set in 0..sets {
        let mask = if meta.sets.is_empty() { u64::MAX } else { 1 << set };
        let mut line = meta.name.to_string();
        let mut params: Vec<(&ParamMeta, &ParamSet)> =
            meta.params.iter().filter_map(|p| p.sets.iter().find(|s| s.mask & mask != 0).map(|s| (p, s))).collect();
        // Positional ones first, by position; then the mandatory ones; then the rest, each in order of declaration.
        params.sort_by_key(|(_, s)| (s.position.unwrap_or(i32::MAX), !s.mandatory));
        for (p, s) in params {
            let ty = if p.is_switch() {
                String::new()
            } else {
                format!(" <{}>", p.type_name.as_deref().unwrap_or(p.ty.ps_name))
            };
            let name = if s.position.is_some() { format!("[-{}]{ty}", p.name) } else { format!("-{}{ty}", p.name) };
            line.push(' ');
            line.push_str(&if s.mandatory { name } else { format!("[{name}]") });
        }
        if meta.advanced {
            if meta.should_process {
                line.push_str(" [-WhatIf] [-Confirm]");
            }
            line.push_str(" [<CommonParameters>]");
        }
        if set > 0 {
            out.push_str("\n\n");
        }
        out.push_str(&line);
    }
    out
}

/// `(Get-Command x).Parameters`
pub fn parameters_value(meta: &CommandMeta) -> Value {
    let mut dict = Dict::new(Comparer::IgnoreCase);
    for p in &meta.params {
        let aliases = p.aliases.iter().map(|a| Value::str(a)).collect();
        let object = PSObject::from_pairs(vec![
            ("Name".into(), Value::str(&p.name)),
            ("ParameterType".into(), Value::Type(p.ty)),
            ("IsDynamic".into(), Value::Bool(false)),
            ("Aliases".into(), Value::array(aliases)),
            ("SwitchParameter".into(), Value::Bool(p.is_switch())),
        ])
        .with_type("System.Management.Automation.ParameterMetadata");
        dict.insert(Value::str(&p.name), Value::Custom(Rc::new(object)));
    }
    Value::Dict(Rc::new(Dictionary::hashtable(dict)))
}

//! Signatures of the built-in cmdlets: text files under `metadata/` (format described at their heads), compiled in and
//! decoded for one cmdlet when somebody first asks for it.
use dialtone_object::meta::RangeEnd;
use dialtone_object::{CommandMeta, ParamMeta, ParamSet, TypeKind, TypeRef, Validation, types};
use std::rc::Rc;

/// A module's name and signature text.
pub struct ModuleText {
    pub name: &'static str,
    text: &'static str,
}

/// The modules that hold the built-in cmdlets.
pub static MODULES: [ModuleText; 7] = [
    ModuleText { name: "Microsoft.PowerShell.Core", text: include_str!("metadata/core.txt") },
    ModuleText { name: "Microsoft.PowerShell.Utility", text: include_str!("metadata/utility.txt") },
    ModuleText { name: "Microsoft.PowerShell.Management", text: include_str!("metadata/management.txt") },
    ModuleText { name: "Microsoft.PowerShell.Security", text: include_str!("metadata/security.txt") },
    ModuleText { name: "Microsoft.PowerShell.Host", text: include_str!("metadata/host.txt") },
    ModuleText { name: "Microsoft.PowerShell.Archive", text: include_str!("metadata/archive.txt") },
    ModuleText { name: "Microsoft.PowerShell.ThreadJob", text: include_str!("metadata/threadjob.txt") },
];

/// The signature of a cmdlet by its exact name.
pub fn decode(name: &str) -> Option<CommandMeta> {
    let head = format!("\n{name} ");
    MODULES.iter().find_map(|module| {
        let at = module.text.find(&head)? + 1;
        let paragraph = &module.text[at..];
        Some(command(module.name, paragraph.find("\n\n").map_or(paragraph, |end| &paragraph[..end])))
    })
}

/// The module of a cmdlet, by its exact name.
pub fn module_of(name: &str) -> Option<&'static str> {
    let head = format!("\n{name} ");
    MODULES.iter().find(|module| module.text.contains(&head)).map(|module| module.name)
}

fn command(module: &str, paragraph: &str) -> CommandMeta {
    let mut lines = paragraph.lines();
    let mut words = lines.next().unwrap_or_default().split(' ');
    let mut meta = CommandMeta::new(words.next().unwrap_or_default());
    meta.module = module.into();
    let class = words.next().unwrap_or_default();
    meta.implementing_type = if class.contains(['.', '-']) || *class == *meta.name {
        class.into()
    } else {
        format!("Microsoft.PowerShell.Commands.{class}").into()
    };
    let mut default = None;
    for word in words {
        match word.split_once('=') {
            None => match word {
                "!should-process" => meta.should_process = true,
                "paging" => meta.supports_paging = true,
                _ => {}
            },
            Some(("impact", level)) => {
                meta.confirm_impact = match level {
                    "None" => 0,
                    "Low" => 1,
                    "High" => 3,
                    _ => 2,
                }
            }
            Some(("default", name)) => default = Some(name),
            Some(("sets", names)) => meta.sets = names.split(',').map(Rc::from).collect(),
            Some(("out", names)) => meta.output_types = names.split(',').map(Rc::from).collect(),
            Some(_) => {}
        }
    }
    meta.default_set = default.and_then(|name| meta.sets.iter().position(|s| &**s == name));
    meta.params = lines.map(|line| parameter(&meta.sets, line.trim_start())).collect();
    meta
}

fn parameter(all: &[Rc<str>], line: &str) -> ParamMeta {
    let mut words = line.split(' ');
    let name = words.next().unwrap_or_default();
    let written = words.next().unwrap_or_default();
    // Set-StrictMode takes `Latest`, too.
    let ty = if written == "version" { None } else { type_named(written) };
    let mut param = match ty {
        Some(ty) => ParamMeta::new(name, ty),
        None => ParamMeta { type_name: Some(written.into()), ..ParamMeta::new(name, &types::OBJECT) },
    };
    // A nullable parameter takes $null.
    param.allow_null = written.starts_with("System.Nullable`1");
    param.sets = words.next().unwrap_or("*").split(';').map(|set| membership(all, set)).collect();
    for word in words {
        rule(&mut param, word, written);
    }
    param
}

/// One `Set:flags`.
fn membership(all: &[Rc<str>], text: &str) -> ParamSet {
    let (set, flags) = text.split_once(':').unwrap_or((text, ""));
    let digits: String = flags.chars().filter(|c| c.is_ascii_digit() || *c == '-').collect();
    let mask = match set {
        "*" => u64::MAX,
        _ => all.iter().position(|s| &**s == set).map_or(u64::MAX, |at| 1 << at),
    };
    ParamSet {
        mask,
        position: digits.parse().ok(),
        mandatory: flags.contains('!'),
        pipeline: flags.contains('<'),
        by_name: flags.contains('.'),
        remaining: flags.contains('&'),
        help: None,
    }
}

/// One rule word of a parameter.
fn rule(param: &mut ParamMeta, word: &str, written: &str) {
    // Patterns may hold parentheses of their own: the outermost pair is the rule's.
    let (key, inside) = match word.split_once('(') {
        Some((key, rest)) => (key, rest.strip_suffix(')').unwrap_or(rest)),
        None => (word, ""),
    };
    let ends = || inside.split_once("..").unwrap_or((inside, inside));
    match key {
        "aka" => param.aliases = inside.split(',').map(Rc::from).collect(),
        "set" => param.validations.push(Validation::Set {
            values: inside.split('|').map(Rc::from).collect(),
            ignore_case: true,
            message: None,
        }),
        "range" => {
            let end = |text: &str| match text.parse() {
                Ok(n) => RangeEnd::Int(n),
                Err(_) => RangeEnd::Double(text.parse().unwrap_or_default()),
            };
            param.validations.push(Validation::Range { min: end(ends().0), max: end(ends().1) });
        }
        "kind" => param.validations.push(Validation::RangeKind(inside.into())),
        "pattern" => param.validations.push(Validation::Pattern { pattern: inside.into(), message: None }),
        "count" => param.validations.push(Validation::Count {
            min: ends().0.parse().unwrap_or_default(),
            max: ends().1.parse().unwrap_or(i32::MAX),
        }),
        "notnull" => param.validations.push(Validation::NotNull),
        "notempty" => param.validations.push(Validation::NotNullOrEmpty),
        "notblank" => param.validations.push(Validation::NotNullOrWhiteSpace),
        "null" => param.allow_null = true,
        "emptytext" => param.allow_empty_string = true,
        "emptylist" => param.allow_empty_collection = true,
        "hidden" => param.dont_show = true,
        // The command turns names into encodings itself.
        "encoding" => {
            param.ty = &types::OBJECT;
            param.type_name = Some(written.into());
        }
        _ => {}
    }
}

/// A type as the signature files write it; none when this host does not know it.
fn type_named(written: &str) -> Option<TypeRef> {
    if let Some(elem) = written.strip_suffix("[]") {
        return type_named(elem).map(|t| types::array_of(t, 1));
    }
    if let Some(inner) = written.strip_prefix("System.Nullable`1[") {
        let inner = type_named(inner.strip_suffix(']').unwrap_or(inner))?;
        return Some(inner);
    }
    let found = types::find(written)?;
    // A type this host knows by name only converts nothing: the command takes the argument as it is.
    let real = found.kind != TypeKind::Other || found.members().is_some() || written == "System.Exception";
    real.then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_signature_decodes() {
        for module in &MODULES {
            for head in module.text.split("\n\n").filter_map(|p| p.lines().find(|l| !l.starts_with('#'))) {
                let name = head.split(' ').next().unwrap_or_default();
                let meta = decode(name).unwrap_or_else(|| panic!("{name} does not decode"));
                assert_eq!(&*meta.name, name);
                assert!(meta.sets.len() < 64, "{name} has too many parameter sets");
            }
        }
        let sort = decode("Sort-Object").unwrap_or_else(|| panic!("Sort-Object"));
        assert_eq!(sort.params.len(), 9);
        assert_eq!(sort.default_set, Some(1));
        assert_eq!(&*sort.implementing_type, "Microsoft.PowerShell.Commands.SortObjectCommand");
    }
}

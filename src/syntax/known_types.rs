//! What a parse has to know of .NET's types: whether a name in a class resolves, and which exceptions derive from which.
//! known_types.txt has the accelerators (`name=type`) and the types (`type`, with its base for exceptions).

use crate::ast::{UsingKind, UsingStatement};
use crate::type_name::{TypeName, TypeNameKind};
use std::collections::HashMap;
use std::sync::OnceLock;

static TABLE: &str = include_str!("known_types.txt");

/// Namespaces of the shared framework whose types are not all listed: an unknown name there counts as found.
const OPEN: [&str; 12] = [
    "system.",
    "microsoft.powershell.",
    "microsoft.win32.",
    "microsoft.csharp.",
    "microsoft.codeanalysis.",
    "microsoft.visualbasic.",
    "microsoft.management.infrastructure.",
    "microsoft.wsman.",
    "microsoft.applicationinsights.",
    "microsoft.extensions.objectpool.",
    "newtonsoft.json.",
    "markdig.",
];

/// Parts of these that exist on Windows only or not at all.
const CLOSED: [&str; 16] = [
    "system.windows.",
    "system.directoryservices.",
    "system.drawing.",
    "system.web.ui.",
    "system.web.security.",
    "system.web.script.",
    "system.printing.",
    "system.activities.",
    "system.management.managementobject",
    "system.serviceprocess.",
    "system.speech.",
    "system.data.sqlclient.",
    "system.data.sql.",
    "system.__comobject",
    "microsoft.win32.openfiledialog",
    "microsoft.win32.savefiledialog",
];

struct Known {
    /// Accelerators and full names, lower case, to full names.
    names: HashMap<String, &'static str>,
    bases: HashMap<&'static str, &'static str>,
}

fn known() -> &'static Known {
    static KNOWN: OnceLock<Known> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let mut known = Known { names: HashMap::new(), bases: HashMap::new() };
        for line in TABLE.lines() {
            if let Some((name, full)) = line.split_once('=') {
                known.names.insert(name.to_ascii_lowercase(), full);
                continue;
            }
            let (full, base) = line.split_once(' ').unwrap_or((line, ""));
            known.names.entry(full.to_ascii_lowercase()).or_insert(full);
            if !base.is_empty() {
                known.bases.insert(full, base);
            }
        }
        known
    })
}

/// How a name resolves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Resolution {
    /// The full name.
    Known(&'static str),
    /// In a namespace that is not listed whole.
    Assumed,
    Missing,
}

/// Resolves names with the `using namespace`s of a script.
#[derive(Default)]
pub(crate) struct Resolver {
    namespaces: Vec<String>,
}

impl Resolver {
    pub fn new(usings: &[UsingStatement]) -> Self {
        let namespaces = usings
            .iter()
            .filter(|using| using.kind == UsingKind::Namespace)
            .filter_map(|using| using.name.as_ref())
            .map(|name| name.value.to_ascii_lowercase())
            .collect();
        Resolver { namespaces }
    }

    /// `generic_arguments`: how many a generic type is given, 0 for others.
    pub fn resolve(&self, name: &str, generic_arguments: usize, is_attribute: bool) -> Resolution {
        let mut lower = name.to_ascii_lowercase();
        if generic_arguments > 0 && !lower.contains('`') {
            lower = format!("{lower}`{generic_arguments}");
        }
        let mut candidates = vec![lower.clone(), format!("system.{lower}")];
        candidates.extend(self.namespaces.iter().map(|namespace| format!("{namespace}.{lower}")));
        if is_attribute {
            let with_suffix: Vec<_> = candidates.iter().map(|name| format!("{name}attribute")).collect();
            candidates.extend(with_suffix);
        }
        let known = known();
        if let Some(full) = candidates.iter().find_map(|name| known.names.get(name)) {
            return Resolution::Known(full);
        }
        let starts = |name: &str, list: &[&str]| list.iter().any(|start| name.starts_with(start));
        let dotted = lower.contains('.');
        let open = |name: &String| starts(name, &OPEN) && !starts(name, &CLOSED);
        // `System.` in front of a simple name is no evidence: all of that namespace is listed.
        let assumed = if dotted { candidates.iter().any(open) } else { candidates.iter().skip(2).any(open) };
        if assumed { Resolution::Assumed } else { Resolution::Missing }
    }

    pub fn resolve_type(&self, name: &TypeName) -> Resolution {
        match &name.kind {
            TypeNameKind::Simple { assembly: Some(_), .. } => Resolution::Assumed,
            TypeNameKind::Simple { name, .. } => self.resolve(name, 0, false),
            TypeNameKind::Array { element, .. } => match self.resolve_type(element) {
                Resolution::Missing => Resolution::Missing,
                _ => Resolution::Assumed,
            },
            TypeNameKind::Generic { .. } => Resolution::Assumed,
        }
    }

    /// The full name of a plain type that is listed.
    pub fn full_name(&self, name: &TypeName) -> Option<&'static str> {
        match self.resolve_type(name) {
            Resolution::Known(full) => Some(full),
            _ => None,
        }
    }

    /// The full name of a type or of an array of it.
    pub fn static_name(&self, name: &TypeName) -> Option<String> {
        match &name.kind {
            TypeNameKind::Array { element, rank } => {
                let commas = ",".repeat(*rank as usize - 1);
                Some(format!("{}[{commas}]", self.static_name(element)?))
            }
            _ => self.full_name(name).map(str::to_owned),
        }
    }
}

/// `[ref]`.
pub(crate) fn is_ref(name: &TypeName) -> bool {
    is_named(name, &["ref", "System.Management.Automation.PSReference", "Management.Automation.PSReference"])
}

/// `[void]`.
pub(crate) fn is_void(name: &TypeName) -> bool {
    is_named(name, &["void", "System.Void"])
}

fn is_named(name: &TypeName, names: &[&str]) -> bool {
    match &name.kind {
        TypeNameKind::Simple { name, assembly: None } => names.iter().any(|known| name.eq_ignore_ascii_case(known)),
        _ => false,
    }
}

/// The exception type is the other one or derives from it.
pub(crate) fn is_same_or_derived(mut name: &'static str, base: &str) -> bool {
    loop {
        if name == base {
            return true;
        }
        match known().bases.get(name) {
            Some(next) => name = next,
            None => return base == "System.Exception" && name.ends_with("Exception"),
        }
    }
}

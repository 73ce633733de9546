//! What objects show when nobody says: default property sets, the property that names an object, which types print as
//! plain text.
use crate::property::{plain_custom, property_names};
use dialtone_object::access::typedata;
use dialtone_object::{Member, PsString, Runtime, Value};

/// DefaultDisplayPropertySet of the built-in type data.
static PROPERTY_SETS: &[(&str, &[&str])] = &[
    ("System.Diagnostics.Process", &["Id", "Handles", "CPU", "SI", "Name"]),
    ("System.IO.FileInfo", &["LastWriteTime", "Length", "Name"]),
    ("System.ServiceProcess.ServiceController", &["Status", "Name", "DisplayName"]),
    ("System.Management.Automation.ExtendedTypeDefinition", &["TypeNames", "FormatViewDefinition"]),
    ("System.Management.Automation.ListControlEntry", &["Items", "EntrySelectedBy"]),
    (
        "System.Management.Automation.PSModuleInfo",
        &[
            "Name",
            "Path",
            "Description",
            "Guid",
            "Version",
            "ModuleBase",
            "ModuleType",
            "PrivateData",
            "AccessMode",
            "ExportedAliases",
            "ExportedCmdlets",
            "ExportedFunctions",
            "ExportedVariables",
            "NestedModules",
        ],
    ),
];

/// DefaultDisplayProperty of the built-in type data.
static NAME_PROPERTIES: &[(&str, &str)] =
    &[("System.IO.DirectoryInfo", "Name"), ("System.Net.IPAddress", "IPAddressToString")];

/// The properties an object shows by its type data.
pub fn display_properties(rt: &mut dyn Runtime, object: &Value) -> Option<Vec<PsString>> {
    if is_plain_custom_type(object) {
        let data = typedata::get("System.Management.Automation.PSCustomObject")?;
        return Some(data.default_display_set.as_ref()?.to_vec());
    }
    if let Some(own) = own_display_properties(object) {
        return Some(own);
    }
    rt.type_names(object).iter().find_map(|name| {
        let name = name.strip_prefix("Deserialized.").unwrap_or(name);
        if let Some(set) = typedata::get(name).and_then(|d| d.default_display_set.clone()) {
            return Some(set.to_vec());
        }
        let (_, set) = PROPERTY_SETS.iter().find(|(ty, _)| ty.eq_ignore_ascii_case(name))?;
        Some(set.iter().map(|p| PsString::from(*p)).collect())
    })
}

/// The DefaultDisplayPropertySet in the PSStandardMembers that a script added to the object.
fn own_display_properties(object: &Value) -> Option<Vec<PsString>> {
    let members = dialtone_object::access::instance_members(object)?.borrow();
    let Some(Member::MemberSet(standard)) = members.as_ref()?.get("PSStandardMembers") else { return None };
    match standard.get("DefaultDisplayPropertySet") {
        Some(Member::PropertySet(names)) => Some(names.to_vec()),
        _ => None,
    }
}

/// A custom object that no script gave a type name or members.
pub fn is_plain_custom_type(object: &Value) -> bool {
    plain_custom(object).is_some_and(|o| o.members.borrow().as_ref().is_none_or(|m| m.type_names.is_none()))
}

/// The property that names an object: by type data, else the first whose name sounds like it.
pub fn display_name(rt: &mut dyn Runtime, object: &Value) -> Option<PsString> {
    let types = rt.type_names(object);
    let by_data = types.iter().find_map(|t| typedata::get(t).and_then(|d| d.default_display_property.clone()));
    if by_data.is_some() {
        return by_data;
    }
    let by_type = NAME_PROPERTIES.iter().find(|(ty, _)| types.iter().any(|t| t.eq_ignore_ascii_case(ty)));
    if let Some((_, name)) = by_type {
        return Some(PsString::from(*name));
    }
    let names = property_names(rt, object);
    let usable = |n: &&PsString| {
        !matches!(n.as_str(), "PSComputerName" | "PSShowComputerName" | "RunspaceId" | "PSSourceJobInstanceId")
    };
    let exact = ["name", "id", "key"];
    let ending = ["key", "name", "id"];
    exact
        .iter()
        .find_map(|p| names.iter().filter(usable).find(|n| n.eq_ignore_ascii_case(p)))
        .or_else(|| {
            ending.iter().find_map(|p| names.iter().filter(usable).find(|n| n.to_ascii_lowercase().ends_with(p)))
        })
        .cloned()
}

/// Full names of the types that print as their text (enums do, too).
static SCALAR_TYPES: &[&str] = &[
    "System.String",
    "System.SByte",
    "System.Byte",
    "System.Int16",
    "System.UInt16",
    "System.Int32",
    "System.UInt32",
    "System.Int64",
    "System.UInt64",
    "System.Char",
    "System.Single",
    "System.Double",
    "System.Boolean",
    "System.Decimal",
    "System.IntPtr",
    "System.Security.SecureString",
    "System.Numerics.BigInteger",
];

/// Whether an object prints as its text.
pub fn is_scalar(rt: &mut dyn Runtime, value: &Value) -> bool {
    match value {
        Value::Bool(_) | Value::Char(_) | Value::SByte(_) | Value::Byte(_) | Value::Short(_) | Value::UShort(_) => true,
        Value::Int(_) | Value::UInt(_) | Value::Long(_) | Value::ULong(_) | Value::Single(_) | Value::Double(_) => true,
        Value::Decimal(_) | Value::String(_) | Value::Null | Value::Void | Value::Unset => true,
        Value::DateTime(_) | Value::TimeSpan(_) | Value::Type(_) | Value::Array(_) | Value::List(_) => false,
        Value::Dict(_) | Value::Variable(_) => false,
        Value::Custom(_) if is_plain_custom_type(value) => false,
        Value::Object(o) if o.members.borrow().is_none() => {
            let data = o.data();
            data.enum_number().is_some() || SCALAR_TYPES.contains(&data.type_ref().full_name)
        }
        Value::Custom(_) | Value::Wrapped(_) | Value::Object(_) => {
            let names = rt.type_names(value);
            let first = names.first().map(|n| n.strip_prefix("Deserialized.").unwrap_or(n));
            names.get(1).is_some_and(|n| n.as_str() == "System.Enum")
                || first.is_some_and(|n| SCALAR_TYPES.iter().any(|t| t.eq_ignore_ascii_case(n)))
        }
    }
}

/// Whether a column of such values stands to the right.
pub fn is_number_like(rt: &mut dyn Runtime, value: &Value) -> bool {
    match value {
        Value::String(_) => false,
        v if v.is_null() => false,
        Value::Wrapped(w) if matches!(w.base, Value::String(_)) => {
            let names = rt.type_names(value);
            !names.first().is_some_and(|n| n.eq_ignore_ascii_case("System.String")) && is_scalar(rt, value)
        }
        v => is_scalar(rt, v),
    }
}

//! The configuration types: kind, fields, defaults, allowed values, built-in instances. The table is data
//! (`data/*.json`, made from the field lists of the tenant API reference and the cmdlet reference).

use std::collections::HashMap;
use std::sync::OnceLock;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::call::Refusal;

/// Which instances a type has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Global and named instances (`Tag:`), assigned to users and groups.
    Policy,
    /// Global only.
    Singleton,
    /// A collection with bare keys.
    Keyed,
}

/// One configuration type.
#[derive(Debug, Deserialize)]
pub struct ConfigType {
    #[serde(skip)]
    pub name: String,
    pub kind: Kind,
    /// Letters of the verbs that the module has: Get, New, Set, Remove, A for Grant.
    #[serde(default)]
    pub verbs: String,
    /// Field name to form: s text, b truth value, i integer, o object, `[]` list, `?` may be null.
    pub fields: Map<String, Value>,
    /// Fields that are taken but not shown: parameters of an older time.
    #[serde(default)]
    pub hidden: Map<String, Value>,
    #[serde(default)]
    pub defaults: Map<String, Value>,
    #[serde(default)]
    pub allowed: HashMap<String, Vec<String>>,
    /// Instances that Microsoft supplies.
    #[serde(default)]
    pub builtin: Map<String, Value>,
}

/// The type of this name, whatever its case.
pub fn find(name: &str) -> Option<&'static ConfigType> {
    table().get(&name.to_ascii_lowercase())
}

/// Whether users can be granted this type.
pub fn grantable(name: &str) -> Option<&'static ConfigType> {
    find(name).filter(|t| t.kind == Kind::Policy)
}

/// Every type, in no order.
pub fn all() -> impl Iterator<Item = &'static ConfigType> {
    table().values()
}

fn table() -> &'static HashMap<String, ConfigType> {
    static TABLE: OnceLock<HashMap<String, ConfigType>> = OnceLock::new();
    TABLE.get_or_init(|| {
        // The data is part of the program; a test reads it. The retired types are those of cmdlets whose service is gone.
        let read = |text| serde_json::from_str::<HashMap<String, ConfigType>>(text).unwrap_or_default();
        let parsed = [include_str!("data/types.json"), include_str!("data/retired-types.json")].map(read);
        let named = |(name, t): (String, ConfigType)| (name.to_ascii_lowercase(), ConfigType { name, ..t });
        parsed.into_iter().flatten().map(named).collect()
    })
}

impl ConfigType {
    /// All fields with their defaults.
    pub fn blank(&self) -> Value {
        let fields = self.fields.keys().map(|name| (name.clone(), self.default_of(name)));
        Value::Object(fields.collect())
    }

    pub fn default_of(&self, field: &str) -> Value {
        if let Some(value) = self.defaults.get(field) {
            return value.clone();
        }
        match self.form(field) {
            f if f.ends_with("[]") => json!([]),
            "b" => json!(false),
            "i" => json!(0),
            _ => Value::Null,
        }
    }

    fn form(&self, field: &str) -> &str {
        self.fields.get(field).or_else(|| self.hidden.get(field)).and_then(Value::as_str).unwrap_or("o")
    }

    /// The given properties under the type's spelling and in its forms. Unknown names, wrong forms and values that are
    /// not allowed are refused.
    pub fn read(&self, given: &Value) -> Result<Map<String, Value>, Refusal> {
        let mut out = Map::new();
        for (name, value) in given.as_object().into_iter().flatten() {
            if ENVELOPE.iter().any(|e| e.eq_ignore_ascii_case(name)) {
                continue;
            }
            let fields = self.fields.keys().chain(self.hidden.keys());
            let Some(field) = fields.into_iter().find(|f| f.eq_ignore_ascii_case(name)) else {
                let text = format!("Could not find member '{name}' on object of type '{}'.", self.name);
                return Err(Refusal::invalid(text, name));
            };
            out.insert(field.clone(), self.convert(field, value)?);
        }
        Ok(out)
    }

    fn convert(&self, field: &str, value: &Value) -> Result<Value, Refusal> {
        let form = self.form(field);
        let wrong = || {
            let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            Refusal::invalid(format!("The value '{shown}' is not valid for the property '{field}'."), field)
        };
        if value.is_null() {
            return Ok(self.default_of(field));
        }
        if form.ends_with("[]") {
            let list = if value.is_array() { value.clone() } else { json!([value]) };
            let texts = form == "s[]";
            let fits = list.as_array().is_some_and(|l| l.iter().all(|i| i.is_string() || !texts));
            return if fits { Ok(list) } else { Err(wrong()) };
        }
        match (form.trim_end_matches('?'), value) {
            ("b", Value::Bool(_)) | ("i", Value::Number(_)) | ("o", _) => Ok(value.clone()),
            ("b", Value::String(s)) => s.to_ascii_lowercase().parse::<bool>().map(Value::from).map_err(|_| wrong()),
            ("i", Value::String(s)) => s.trim().parse::<i64>().map(Value::from).map_err(|_| wrong()),
            ("s", Value::String(s)) => self.check_allowed(field, s).ok_or_else(wrong),
            ("s", Value::Number(n)) => Ok(json!(n.to_string())),
            ("s", Value::Bool(b)) => Ok(json!(b.to_string())),
            _ => Err(wrong()),
        }
    }

    fn check_allowed(&self, field: &str, value: &str) -> Option<Value> {
        match self.allowed.get(field) {
            Some(list) if !value.is_empty() => list.iter().find(|a| a.eq_ignore_ascii_case(value)).map(|a| json!(a)),
            _ => Some(json!(value)),
        }
    }

    /// The identity as it is shown.
    pub fn shown_identity(&self, id: &str) -> String {
        match self.kind {
            Kind::Policy if !id.eq_ignore_ascii_case("Global") => format!("Tag:{id}"),
            _ => id.to_owned(),
        }
    }
}

/// Members of every instance that are not the type's own.
const ENVELOPE: &[&str] =
    &["Identity", "Key", "ConfigId", "ConfigMetadata", "DataSource", "MsftInternalProcessingMode", "Element"];

/// The bare identity: without `Tag:`, Global in its spelling.
pub fn bare(identity: &str) -> &str {
    let head = identity.get(..4).unwrap_or_default();
    let name = if head.eq_ignore_ascii_case("tag:") { &identity[4..] } else { identity };
    if name.eq_ignore_ascii_case("global") { "Global" } else { name }
}

//! Between the wire and the language: JSON to objects as admins know them, and parameter values to JSON.

use std::rc::Rc;

use dialtone_object::psobject::Member;
use dialtone_object::string::eq_ignore_case;
use dialtone_object::{List, Members, PSObject, PsString, Res, Runtime, Shape, TypeRef, Value, types};
use serde_json::{Map, Number, Value as Json};

use crate::api_error::get;
use crate::definition::Form;
use crate::reply::pascal;

/// How deep a value may nest on its way to JSON, as ConvertTo-Json's own limit.
const MAX_DEPTH: usize = 100;

/// A value of the wire as the object that scripts see.
pub fn from_json(json: &Json, form: Form, rt: &mut dyn Runtime) -> Res<Value> {
    Ok(match (json, form) {
        (Json::Null, _) => Value::Null,
        (Json::Bool(b), _) => Value::Bool(*b),
        (Json::Number(n), _) => number(n),
        (Json::String(s), Form::DateTime) => parsed(s, &types::DATETIME, rt),
        (Json::String(s), Form::TimeSpan) => parsed(s, &types::TIMESPAN, rt),
        (Json::String(s), _) => Value::str(s),
        (Json::Array(items), _) => {
            let values: Vec<Value> = items.iter().map(|item| from_json(item, form, rt)).collect::<Res<_>>()?;
            let strings = !items.is_empty() && items.iter().all(Json::is_string);
            let elem = if strings && form == Form::Plain { &types::STRING } else { &types::OBJECT };
            Value::List(Rc::new(List::generic(elem, values)))
        }
        (Json::Object(map), Form::Rules) => rule(map, rt)?,
        (Json::Object(map), Form::Numbered) => {
            let object = PSObject::from_pairs(pairs(map, rt)?);
            object.members.borrow_mut().get_or_insert_default().set("ToString", Member::CodeMethod(number_text));
            Value::Custom(Rc::new(object))
        }
        (Json::Object(map), _) => match policy_name(map) {
            Some(name) => Value::str(name),
            None => Value::Custom(Rc::new(PSObject::from_pairs(pairs(map, rt)?))),
        },
    })
}

/// A date or span; text that is none stays text rather than losing the whole object.
fn parsed(text: &str, ty: TypeRef, rt: &mut dyn Runtime) -> Value {
    let value = Value::str(text);
    rt.cast(&value, ty).unwrap_or(value)
}

fn pairs(map: &Map<String, Json>, rt: &mut dyn Runtime) -> Res<Vec<(PsString, Value)>> {
    map.iter().map(|(name, value)| Ok((pascal(name).into(), from_json(value, Form::Plain, rt)?))).collect()
}

fn number(n: &Number) -> Value {
    match n.as_i64() {
        Some(i) => i32::try_from(i).map_or(Value::Long(i), Value::Int),
        None => Value::Double(n.as_f64().unwrap_or_default()),
    }
}

/// Policies of users come as a name or as `{authority, name}`; either way the name is what is shown.
fn policy_name(map: &Map<String, Json>) -> Option<&str> {
    if map.len() != 2 || !map.keys().any(|k| k.eq_ignore_ascii_case("authority")) {
        return None;
    }
    map.iter().find(|(k, _)| k.eq_ignore_ascii_case("name"))?.1.as_str()
}

const RULE_FIELDS: [&str; 5] = ["Description", "Pattern", "Translation", "Name", "IsInternalExtension"];
const RULE_TYPE: &str = "Deserialized.Microsoft.Rtc.Management.WritableConfig.Policy.Voice.NormalizationRule";

/// A normalisation rule, which lists show as `Description=;Pattern=...;Translation=...;Name=...;IsInternalExtension=..`.
fn rule(map: &Map<String, Json>, rt: &mut dyn Runtime) -> Res<Value> {
    let json = Json::Object(map.clone());
    let mut values = Vec::with_capacity(RULE_FIELDS.len());
    for field in RULE_FIELDS {
        let value = get(&json, field).cloned().unwrap_or(Json::Null);
        values.push((field.into(), from_json(&value, Form::Plain, rt)?));
    }
    Ok(rule_object(values))
}

/// A rule object from its fields in order.
#[must_use]
pub fn rule_object(fields: Vec<(PsString, Value)>) -> Value {
    let object = PSObject::from_pairs(fields).with_type(RULE_TYPE);
    object.members.borrow_mut().get_or_insert_default().set("ToString", Member::CodeMethod(rule_text));
    Value::Custom(Rc::new(object))
}

fn rule_text(rt: &mut dyn Runtime, rule: &Value, _: &[Value]) -> Res<Value> {
    let mut text = String::new();
    if let Value::Custom(object) = rule {
        for (name, value) in object.pairs() {
            let separator = if text.is_empty() { "" } else { ";" };
            text.push_str(&format!("{separator}{name}={}", rt.to_text(&value)));
        }
    }
    Ok(Value::string(text))
}

fn number_text(_: &mut dyn Runtime, object: &Value, _: &[Value]) -> Res<Value> {
    Ok(match object {
        Value::Custom(object) => object.get("Number").unwrap_or_default(),
        _ => Value::Null,
    })
}

/// Makes the rows of one listing: the names, the type and the older names are the same for all of them.
pub struct RowMaker {
    shape: Rc<Shape>,
    members: Option<Members>,
}

impl RowMaker {
    #[must_use]
    pub fn new(names: Vec<PsString>, type_name: Option<&str>, aliases: &[(String, String)]) -> RowMaker {
        let mut members = Members::default();
        if !aliases.is_empty() {
            // Older names can be read but are not shown.
            let mut standard = Members::default();
            standard.set("DefaultDisplayPropertySet", Member::PropertySet(names.clone().into()));
            members.set("PSStandardMembers", Member::MemberSet(Rc::new(standard)));
        }
        if let Some(name) = type_name {
            let chain = [name, "System.Management.Automation.PSCustomObject", "System.Object"];
            members.type_names = Some(Rc::new(chain.iter().map(|n| (*n).into()).collect()));
        }
        for (old, new) in aliases {
            members.set(old, Member::Alias(new.as_str().into(), None));
        }
        let used = members.type_names.is_some() || !members.list.is_empty();
        RowMaker { shape: Shape::new(names), members: used.then_some(members) }
    }

    /// One row; `values` in the order of the names.
    #[must_use]
    pub fn make(&self, values: Vec<Value>) -> Value {
        let object = PSObject::new(self.shape.clone(), values);
        *object.members.borrow_mut() = self.members.clone().map(Box::new);
        Value::Custom(Rc::new(object))
    }
}

/// A parameter's value as it goes out.
pub fn to_json(value: &Value, rt: &mut dyn Runtime) -> Res<Json> {
    convert(value, rt, 0)
}

fn convert(value: &Value, rt: &mut dyn Runtime, depth: usize) -> Res<Json> {
    if depth > MAX_DEPTH {
        return Ok(Json::Null);
    }
    let list = |items: Vec<Value>, rt: &mut dyn Runtime| -> Res<Json> {
        Ok(Json::Array(items.iter().map(|item| convert(item, rt, depth + 1)).collect::<Res<_>>()?))
    };
    Ok(match value.base() {
        Value::Unset | Value::Null | Value::Void => Json::Null,
        Value::Bool(b) => Json::Bool(*b),
        Value::SByte(n) => (*n).into(),
        Value::Byte(n) => (*n).into(),
        Value::Short(n) => (*n).into(),
        Value::UShort(n) => (*n).into(),
        Value::Int(n) => (*n).into(),
        Value::UInt(n) => (*n).into(),
        Value::Long(n) => (*n).into(),
        Value::ULong(n) => (*n).into(),
        Value::Double(n) => Number::from_f64(*n).map_or(Json::Null, Json::Number),
        Value::DateTime(_) => {
            let text = rt.call_method(value, "ToString", &[Value::str("o")])?;
            Json::String(rt.to_text(&text).to_string())
        }
        Value::Array(items) => list(items.to_vec(), rt)?,
        Value::List(items) => list(items.to_vec(), rt)?,
        Value::Dict(dict) => {
            let mut map = Map::new();
            for (key, item) in dict.pairs() {
                map.insert(rt.to_text(&key).to_string(), convert(&item, rt, depth + 1)?);
            }
            Json::Object(map)
        }
        Value::Custom(_) => {
            let mut map = Map::new();
            for (name, item) in rt.properties(value) {
                map.insert(name.to_string(), convert(&item, rt, depth + 1)?);
            }
            Json::Object(map)
        }
        other => Json::String(rt.to_text(other).to_string()),
    })
}

/// What identifies an object that was given for an -Identity: its own text if it is one, else the property that names it.
pub fn identity_text(value: &Value, rt: &mut dyn Runtime) -> Res<String> {
    if let Value::Custom(object) = value.base() {
        for name in ["Identity", "UserPrincipalName", "ObjectId", "Id", "SipAddress", "Name"] {
            if let Some(found) = object.get(name).filter(|v| !v.is_null()) {
                return Ok(rt.to_text(&found).to_string());
            }
        }
    }
    Ok(rt.to_text(value).to_string())
}

/// `@{Add=..; Remove=..; Replace=..}`: what PSListModifier accepts.
#[derive(Clone)]
pub struct ListChange {
    pub add: Vec<Json>,
    pub remove: Vec<Json>,
    pub replace: Option<Vec<Json>>,
}

/// The change a hashtable describes; none when it has any other key.
pub fn list_change(value: &Value, rt: &mut dyn Runtime) -> Res<Option<ListChange>> {
    let Value::Dict(dict) = value.base() else { return Ok(None) };
    let mut change = ListChange { add: Vec::new(), remove: Vec::new(), replace: None };
    if dict.is_empty() {
        return Ok(None);
    }
    for (key, items) in dict.pairs() {
        let key = rt.to_text(&key);
        let items = match to_json(&items, rt)? {
            Json::Array(items) => items,
            Json::Null => Vec::new(),
            one => vec![one],
        };
        match () {
            () if eq_ignore_case(&key, "add") => change.add = items,
            () if eq_ignore_case(&key, "remove") => change.remove = items,
            () if eq_ignore_case(&key, "replace") => change.replace = Some(items),
            () => return Ok(None),
        }
    }
    Ok(Some(change))
}

impl ListChange {
    /// The new list. Adding what is there changes nothing; an object is removed by its name.
    #[must_use]
    pub fn apply(self, current: Vec<Json>) -> Vec<Json> {
        let mut list = self.replace.unwrap_or(current);
        list.retain(|item| !self.remove.iter().any(|gone| same_item(item, gone)));
        for item in self.add {
            if !list.iter().any(|present| same_item(present, &item)) {
                list.push(item);
            }
        }
        list
    }
}

fn same_item(a: &Json, b: &Json) -> bool {
    fn name(json: &Json) -> Option<&str> {
        match json {
            Json::String(s) => Some(s),
            Json::Object(_) => ["Name", "Identity", "Domain"].iter().find_map(|n| get(json, n)?.as_str()),
            _ => None,
        }
    }
    match (name(a), name(b)) {
        (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn change(add: Json, remove: Json, replace: Option<Json>) -> ListChange {
        let list = |j: Json| j.as_array().cloned().unwrap_or_default();
        ListChange { add: list(add), remove: list(remove), replace: replace.map(list) }
    }

    #[test]
    fn list_changes_follow_pslistmodifier() {
        let current = vec![json!("A"), json!("b")];
        assert_eq!(
            change(json!(["c", "a"]), json!([]), None).apply(current.clone()),
            [json!("A"), json!("b"), json!("c")]
        );
        assert_eq!(change(json!([]), json!(["B"]), None).apply(current.clone()), [json!("A")]);
        assert_eq!(change(json!([]), json!([]), Some(json!(["x"]))).apply(current), [json!("x")]);
        let rules = vec![json!({"Name": "r1", "Pattern": "x"})];
        assert!(change(json!([]), json!([{"Name": "R1"}]), None).apply(rules).is_empty());
    }
}

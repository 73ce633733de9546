//! Skype.Policy configurations: list, read, create, change and remove instances of every type by one pattern
//! (tenant-api.md, section 3). What single types demand beyond it is in `relations` and `hybrid`.

use serde_json::{Map, Value, json};

use crate::call::{Answer, Call, Refusal, empty, ok};
use crate::ids::{ZERO, guid};
use crate::json;
use crate::relations;
use crate::route::{Route, config};
use crate::store::Store;
use crate::types::{self, ConfigType, Kind, bare};

pub const ROUTES: &[Route] = &[
    config("GET", "/Skype.Policy/configurations/{type}", list),
    config("POST", "/Skype.Policy/configurations/{type}", create),
    config("GET", "/Skype.Policy/configurations/{type}/configuration/{identity}", get),
    config("PUT PATCH", "/Skype.Policy/configurations/{type}/configuration/{identity}", change),
    config("DELETE", "/Skype.Policy/configurations/{type}/configuration/{identity}", remove),
    config("GET", "/Skype.Policy/Tenants/{tenant}/configurations/{type}/configuration/{identity}", get),
];

/// Types of the older stack, which send the whole key of an instance.
const WITH_KEY: &[&str] = &[
    "TenantFederationSettings",
    "ExternalAccessPolicy",
    "TeamsMeetingBroadcastPolicy",
    "TeamsMeetingBroadcastConfiguration",
    "TenantDialPlan",
    "OnlineVoiceRoutingPolicy",
    "OnlinePstnUsages",
    "TeamsUpgradePolicy",
];

/// Types of the newer policy stack, which send the identity and the properties only.
const BARE: &[&str] = &[
    "TeamsMeetingPolicy",
    "TeamsMessagingPolicy",
    "TeamsMeetingConfiguration",
    "TeamsClientConfiguration",
    "TeamsEventsPolicy",
    "TeamsVdiPolicy",
    "TeamsAIPolicy",
    "TeamsMessagingConfiguration",
    "TeamsFilesPolicy",
];

/// Every document of a type.
pub fn kind(of: &ConfigType) -> String {
    format!("config/{}", of.name)
}

fn list(call: &Call) -> Answer {
    let of = of_type(call)?;
    let mut rows = Vec::new();
    for (id, host) in identities(call.store, of)? {
        if let Some(instance) = shown(call, of, &id, host)? {
            rows.push(instance);
        }
    }
    ok(Value::Array(rows))
}

fn get(call: &Call) -> Answer {
    let identity = call.param("identity");
    let of = of_type(call)?;
    let (id, host) = existing(call.store, of, identity)?;
    ok(shown(call, of, &id, host)?.ok_or_else(|| missing(of, identity))?)
}

fn create(call: &Call) -> Answer {
    let of = of_type(call)?;
    let identity = json::filled(&call.body, "Identity")
        .ok_or_else(|| Refusal::invalid("The Identity parameter cannot be null or empty.", "Identity"))?;
    create_instance(call, of, &identity)
}

fn create_instance(call: &Call, of: &ConfigType, identity: &str) -> Answer {
    let id = bare(identity);
    check_name(of, id)?;
    if of.kind == Kind::Singleton || find_identity(call.store, of, id)?.is_some() {
        let text = format!("\"{}\" with identity \"{}\" already exists.", of.name, of.shown_identity(id));
        return Err(Refusal::policy(409, text));
    }
    let given = Value::Object(of.read(&call.body)?);
    let mut instance = of.blank();
    json::merge(&mut instance, &given);
    relations::before_save(call.store, of, id, &mut instance, &given, None)?;
    call.store.put(&kind(of), id, &instance)?;
    empty(201)
}

fn change(call: &Call) -> Answer {
    let identity = call.param("identity");
    let of = of_type(call)?;
    let Some((id, host)) = find_identity(call.store, of, identity)? else {
        // One public client makes named instances by PUT, which the service takes.
        return match (of.kind, call.body.as_object().map(Map::len)) {
            (Kind::Singleton, _) | (_, None) => Err(missing(of, identity)),
            _ if !of.verbs.contains('N') => Err(missing(of, identity)),
            _ if json::field(&call.body, "Identity").is_none() => Err(missing(of, identity)),
            _ => create_instance(call, of, identity),
        };
    };
    if host && id != "Global" {
        return Err(read_only(&id));
    }
    let given = Value::Object(of.read(&call.body)?);
    let before = stored(call.store, of, &id)?;
    let mut instance = before.clone();
    json::merge(&mut instance, &given);
    relations::before_save(call.store, of, &id, &mut instance, &given, Some(&before))?;
    call.store.put(&kind(of), &id, &instance)?;
    empty(204)
}

fn remove(call: &Call) -> Answer {
    let identity = call.param("identity");
    let of = of_type(call)?;
    let (id, host) = existing(call.store, of, identity)?;
    if id == "Global" && of.kind != Kind::Keyed {
        // Global cannot go away; it falls back to the service's defaults.
        call.store.remove(&kind(of), "Global")?;
        return empty(204);
    }
    if host {
        return Err(read_only(&id));
    }
    check_unassigned(call.store, of, &id)?;
    relations::before_remove(call.store, of, &id)?;
    call.store.remove(&kind(of), &id)?;
    empty(204)
}

/// A policy that somebody has, or that is the tenant's default, stays.
fn check_unassigned(store: &Store, of: &ConfigType, id: &str) -> Result<(), Refusal> {
    if of.kind != Kind::Policy {
        return Ok(());
    }
    let direct = store.count(
        "SELECT count(*) FROM assignment WHERE type=?1 AND policy=?2",
        &[of.name.clone().into(), id.to_owned().into()],
    )?;
    let named = |value: &Value, name: &str| json::text(value, name).is_some_and(|v| v.eq_ignore_ascii_case(id));
    let group = store.list("groupPolicy")?.iter().any(|g| named(g, "PolicyName") && of_name(g, &of.name));
    let tenant = store.get("tenantPolicy", &of.name)?.is_some_and(|t| named(&t, "PolicyName"));
    if direct == 0 && !group && !tenant {
        return Ok(());
    }
    let whom = if direct > 0 {
        "users"
    } else if group {
        "groups"
    } else {
        "tenants"
    };
    let text = format!(
        "The policy \"{id}\" is currently assigned to one or more {whom}. Ensure policy is not assigned before trying to \
         delete it. CorrelationId: {}",
        guid()
    );
    Err(Refusal::policy(400, text))
}

fn of_name(group: &Value, name: &str) -> bool {
    json::text(group, "PolicyType").is_some_and(|t| t.eq_ignore_ascii_case(name))
}

fn check_name(of: &ConfigType, id: &str) -> Result<(), Refusal> {
    if of.kind != Kind::Policy {
        return Ok(());
    }
    let wrong = id.is_empty() || id.len() > 255 || id.chars().any(|c| matches!(c, '/' | '\\' | ':' | '<' | '>' | '"'));
    if wrong { Err(Refusal::invalid(format!("The identity \"{id}\" is not valid."), "Identity")) } else { Ok(()) }
}

fn of_type(call: &Call) -> Result<&'static ConfigType, Refusal> {
    let name = call.param("type");
    types::find(name)
        .ok_or_else(|| Refusal::gateway(404, "NotFound", format!("The configuration type '{name}' was not found.")))
}

fn missing(of: &ConfigType, identity: &str) -> Refusal {
    let shown = of.shown_identity(bare(identity));
    Refusal::gateway(404, "NotFound", format!("Cannot find \"{}\" \"{shown}\" because it does not exist.", of.name))
}

fn read_only(id: &str) -> Refusal {
    Refusal::policy(400, format!("The policy \"{id}\" is supplied by Microsoft and cannot be changed or removed."))
}

/// All instances of a type, Global first, with whether Microsoft supplies them.
pub fn identities(store: &Store, of: &ConfigType) -> Result<Vec<(String, bool)>, Refusal> {
    let mut ids = Vec::new();
    let own: Vec<String> = store.entries(&kind(of))?.into_iter().map(|(id, _)| id).collect();
    if of.kind != Kind::Keyed {
        ids.push(("Global".to_owned(), !own.iter().any(|o| o == "Global")));
    }
    ids.extend(of.builtin.keys().map(|k| (k.clone(), true)));
    ids.extend(own.into_iter().filter(|id| of.kind == Kind::Keyed || id != "Global").map(|id| (id, false)));
    Ok(ids)
}

/// The stored spelling of an identity and whether Microsoft supplies it.
pub fn find_identity(store: &Store, of: &ConfigType, identity: &str) -> Result<Option<(String, bool)>, Refusal> {
    let id = if of.kind == Kind::Keyed { identity } else { bare(identity) };
    Ok(identities(store, of)?.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(id)))
}

fn existing(store: &Store, of: &ConfigType, identity: &str) -> Result<(String, bool), Refusal> {
    find_identity(store, of, identity)?.ok_or_else(|| missing(of, identity))
}

/// The properties of an instance, defaults where nothing was set.
pub fn stored(store: &Store, of: &ConfigType, id: &str) -> Result<Value, Refusal> {
    let mut instance = of.blank();
    if let Some(host) = of.builtin.get(id) {
        json::merge(&mut instance, host);
    }
    if let Some(own) = store.get(&kind(of), id)? {
        json::merge(&mut instance, &own);
    }
    Ok(instance)
}

/// The instance as it goes out.
fn shown(call: &Call, of: &ConfigType, id: &str, host: bool) -> Result<Option<Value>, Refusal> {
    let Some(instance) = relations::after_read(call, of, id, stored(call.store, of, id)?)? else { return Ok(None) };
    let mut out = Map::new();
    out.insert("Identity".into(), json!(of.shown_identity(id)));
    for field in of.fields.keys() {
        if let Some(value) = instance.get(field) {
            out.insert(field.clone(), value.clone());
        }
    }
    if BARE.contains(&of.name.as_str()) {
        return Ok(Some(Value::Object(out)));
    }
    let authority = if host { "Host" } else { "Tenant" };
    out.insert("DataSource".into(), Value::Null);
    if WITH_KEY.contains(&of.name.as_str()) {
        out.insert("Key".into(), key(call, of, id, authority)?);
    }
    out.insert("ConfigMetadata".into(), json!({"Authority": authority}));
    out.insert("ConfigId".into(), json!(id));
    Ok(Some(Value::Object(out)))
}

fn key(call: &Call, of: &ConfigType, id: &str, authority: &str) -> Result<Value, Refusal> {
    let instance = if authority == "Host" { ZERO.to_owned() } else { call.store.tenant_id()? };
    let urn = format!("{{urn:schema:Microsoft.Rtc.Management.Policy.{}.2008}}", of.name);
    Ok(json!({
        "ScopeClass": if id == "Global" { "Global" } else { "Tag" },
        "SchemaId": {"XName": format!("{urn}{}", of.name)},
        "AuthorityId": {"Class": authority, "InstanceId": instance, "XmlRoot": null},
        "DefaultXml": {"SchemaId": null, "Data": null, "ConfigObject": null, "Signature": ZERO, "IsModified": true},
        "XmlRoot": {"name": format!("{urn}AnchoredXmlKey")},
    }))
}

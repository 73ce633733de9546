//! Get, New, Set, Remove and Grant of configuration types: section 3 and 4 of the tenant API. One entry of a type in
//! `cmdlets/*.toml` and this file make its five cmdlets.

use dialtone_object::text_operators::like;
use dialtone_object::{ErrorCategory, ErrorRecord, Runtime, Value};
use serde_json::{Map, Value as Json};

use crate::api_error::get;
use crate::bound::{Bound, Given, cleared, is_control};
use crate::command::{Run, Stop, exists, operation};
use crate::convert;
use crate::definition::{Column, ConfigKind, ConfigType, Verb};
use crate::exchange::{Call, Failure, Listener};
use crate::reply::{self, same_identity, strip_tag};
use crate::session::Session;
use crate::{index, template};

const ROOT: &str = "/Skype.Policy/configurations";
const GLOBAL: &str = "Global";

/// Runs one cmdlet of a type.
pub fn run(run: &mut Run, verb: Verb, config: &ConfigType) -> Result<(), Stop> {
    let session = run.session()?;
    let bound = Bound::read(run.cx, &session)?;
    match verb {
        Verb::Get => read(run, &session, &bound, config),
        Verb::New => create(run, &session, &bound, config),
        Verb::Set => update(run, &session, &bound, config),
        Verb::Remove => remove(run, &session, &bound, config),
        Verb::Grant => grant(run, &session, &bound, config),
    }
}

/// The service lists; the client picks by -Identity, -Filter and whatever else names a property.
fn read(run: &mut Run, session: &Session, bound: &Bound, config: &ConfigType) -> Result<(), Stop> {
    let columns = &run.definition.output;
    let is_column = |g: &Given| columns.iter().any(|c| c.name.eq_ignore_ascii_case(&g.name));
    let mut path = format!("{ROOT}/{}", config.name);
    let mut separator = '?';
    for given in bound.given.iter().filter(|g| !is_control(&g.name) && g.name != "Identity" && !is_column(g)) {
        path.push_str(&format!("{separator}{}={}", given.name, template::encode(&template::text(&given.json))));
        separator = '&';
    }
    let body = run.call(session, Call::get(path, &operation(run.definition.name)), None)?;
    let mut rows = reply::page(body, None).rows;
    if let Some(wanted) = &bound.identity {
        rows.retain(|row| same_identity(&identity_of(row), wanted));
        if rows.is_empty() {
            return Err(not_found(wanted));
        }
    }
    if let Some(pattern) = bound.text("Filter") {
        rows = matching(run, rows, "Identity", &pattern)?;
    }
    for given in bound.given.iter().filter(|g| !is_control(&g.name) && g.name != "Identity" && is_column(g)) {
        rows = matching(run, rows, &given.name, &template::text(&given.json))?;
    }
    // A stable sort: Global first, the rest as the service has it.
    rows.sort_by_key(|row| !identity_of(row).eq_ignore_ascii_case(GLOBAL));
    run.show(rows)
}

/// The rows whose property matches a wildcard pattern.
fn matching(run: &mut Run, rows: Vec<Json>, property: &str, pattern: &str) -> Result<Vec<Json>, Stop> {
    let mut kept = Vec::new();
    for row in rows {
        let text = get(&row, property).map(template::text).unwrap_or_default();
        let hit = like(run.cx.en, &Value::str(&text), &Value::str(pattern), false, false)?;
        if matches!(hit, Value::Bool(true)) {
            kept.push(row);
        }
    }
    Ok(kept)
}

fn create(run: &mut Run, session: &Session, bound: &Bound, config: &ConfigType) -> Result<(), Stop> {
    // -Name, -Fqdn, -Parent and the like name the instance where a set has no -Identity.
    let identity = bound.identity.clone().or_else(|| ["Name", "Fqdn"].iter().find_map(|n| bound.text(n)));
    let identity = identity.unwrap_or_default();
    let mut body = fields(run, bound, config, &Json::Null);
    body.insert("Identity".into(), Json::String(identity.clone()));
    if bound.switch("InMemory") {
        return run.show(vec![Json::Object(body)]);
    }
    let op = operation(run.definition.name);
    let instance = Call::get(instance_path(config, &identity)?, &op);
    let call = Call::change("POST", format!("{ROOT}/{}", config.name), Some(Json::Object(body)), &op);
    if !run.allowed(session, &identity, &call)? {
        return Ok(());
    }
    // When the answer to the POST gets lost, the instance itself tells whether it was made.
    let mut made = |listener: &mut dyn Listener| exists(session, instance.clone(), listener);
    run.call(session, call, Some(&mut made))?;
    let made = run.call(session, instance.clone(), None)?;
    run.show(reply::page(made, None).rows)
}

fn update(run: &mut Run, session: &Session, bound: &Bound, config: &ConfigType) -> Result<(), Stop> {
    let instance = instance_fields(run)?;
    let named = instance.get("Identity").map(template::text);
    let identity = bound.identity.clone().or(named).unwrap_or_else(|| GLOBAL.to_owned());
    let path = instance_path(config, &identity)?;
    let op = operation(run.definition.name);
    // Only `@{Add=..}` needs to know what is there.
    let current = match bound.given.iter().any(|g| g.change.is_some()) {
        true => run.call(session, Call::get(path.clone(), &op), None)?,
        false => Json::Null,
    };
    let mut body = instance;
    body.remove("Identity");
    body.extend(fields(run, bound, config, &current));
    let call = Call::change("PUT", path, Some(Json::Object(body)), &op);
    if run.allowed(session, &identity, &call)? {
        run.call(session, call.clone(), None)?;
    }
    Ok(())
}

fn remove(run: &mut Run, session: &Session, bound: &Bound, config: &ConfigType) -> Result<(), Stop> {
    let identity = bound.identity.clone().unwrap_or_else(|| GLOBAL.to_owned());
    let force = if bound.switch("Force") { "?force=true" } else { "" };
    let call = Call::change(
        "DELETE",
        format!("{}{force}", instance_path(config, &identity)?),
        None,
        &operation(run.definition.name),
    );
    if run.allowed(session, &identity, &call)? {
        run.call(session, call, None)?;
    }
    Ok(())
}

fn grant(run: &mut Run, session: &Session, bound: &Bound, config: &ConfigType) -> Result<(), Stop> {
    let policy = bound.text("PolicyName");
    let policy = policy.as_deref().map(strip_tag).filter(|name| !name.eq_ignore_ascii_case("$null"));
    let mut body = Map::new();
    body.insert("PolicyName".into(), policy.map_or(Json::Null, Json::from));
    let segment = template::encode(&config.name);
    let (target, path) = if let Some(group) = bound.text("Group") {
        if let Some(rank) = bound.find("Rank") {
            body.insert("Rank".into(), rank.json.clone());
        }
        let path = format!("/Skype.Policy/groupPolicyAssignments/{}/policyTypes/{segment}", template::encode(&group));
        (group, path)
    } else if let Some(user) = bound.identity.clone().filter(|user| !user.is_empty()) {
        let path = format!("/Skype.Policy/users/{}/policies/{segment}", template::encode(&user));
        (user, path)
    } else if bound.switch("Global") {
        body.insert("ForceSwitchPresent".into(), Json::Bool(bound.switch("Force")));
        (session.tenant_name().to_owned(), format!("/Skype.Policy/tenants/policies/{segment}"))
    } else {
        let text = "Specify who gets the policy: -Identity for a user, -Group for a group, -Global for the tenant.";
        let error =
            ErrorRecord::new("System.ArgumentException", text, "ParameterMissing", ErrorCategory::InvalidArgument);
        return Err(run.cx.fail(error).into());
    };
    let op = operation(run.definition.name);
    let call = Call::change("PATCH", path, Some(Json::Object(body)), &op);
    if !run.allowed(session, &target, &call)? {
        return Ok(());
    }
    run.call(session, call, None)?;
    if !bound.switch("PassThru") {
        return Ok(());
    }
    let Some(user) = &bound.identity else { return Ok(()) };
    let user = run.call(session, Call::get(format!("/Teams.User/users/{}", template::encode(user)), &op), None)?;
    run.show_as(index::find("Get-CsOnlineUser"), vec![user])
}

/// What was given, under the names of the wire. `current` is the instance that `@{Add=..}` changes.
fn fields(run: &mut Run, bound: &Bound, config: &ConfigType, current: &Json) -> Map<String, Json> {
    let mut body = Map::new();
    let set = run.cx.args.set_name().to_owned();
    let typed = run.definition.output.len() > 1;
    for given in bound.given.iter().filter(|g| !is_control(&g.name) && g.name != "Identity") {
        let wire = config.wire.iter().find(|(p, _)| p.eq_ignore_ascii_case(&given.name)).map(|(_, w)| w.as_str());
        if let Some((field, word)) = wire.and_then(|w| w.split_once('=')) {
            if given.json == Json::Bool(true) {
                body.insert(field.to_owned(), word.into());
            }
            continue;
        }
        let definition = run.definition;
        let column = definition.output.iter().find(|c| c.path[0].eq_ignore_ascii_case(wire.unwrap_or(&given.name)));
        let Some(field) = wire.or(column.map(|c| c.path[0].as_str())).or((!typed).then_some(given.name.as_str()))
        else {
            // A parameter of the past whose setting is gone.
            run.warn(&format!("-{} is no longer a setting of {}; it is left out.", given.name, config.name));
            continue;
        };
        body.insert(field.to_owned(), field_value(given, column, get(current, field)));
    }
    // A set that belongs to one of the switches says as much as the switch itself.
    for (switch, word) in &config.wire {
        if let Some((field, word)) = word.split_once('=')
            && set.starts_with(switch.as_str())
        {
            body.entry(field.to_owned()).or_insert_with(|| word.into());
        }
    }
    body
}

fn field_value(given: &Given, column: Option<&Column>, current: Option<&Json>) -> Json {
    if let Some(change) = &given.change {
        let current = current.and_then(Json::as_array).cloned().unwrap_or_default();
        return Json::Array(change.clone().apply(current));
    }
    match (&given.json, column.is_some_and(|c| c.list)) {
        (Json::Array(_), _) | (_, false) => cleared(&given.json),
        (Json::Null, true) => Json::Array(Vec::new()),
        (Json::String(s), true) if s.is_empty() => Json::Array(Vec::new()),
        (one, true) => Json::Array(vec![one.clone()]),
    }
}

/// The fields of an -Instance: the properties that the type has.
fn instance_fields(run: &mut Run) -> Result<Map<String, Json>, Stop> {
    let mut body = Map::new();
    let Some(instance) = run.cx.args.value("Instance").cloned() else { return Ok(body) };
    for (name, value) in run.cx.en.properties(&instance) {
        if let Some(column) = run.definition.output.iter().find(|c| c.name.eq_ignore_ascii_case(&name)) {
            body.insert(column.path[0].clone(), convert::to_json(&value, run.cx.en)?);
        }
    }
    Ok(body)
}

fn identity_of(row: &Json) -> String {
    get(row, "Identity").map(template::text).unwrap_or_default()
}

fn instance_path(config: &ConfigType, identity: &str) -> Result<String, Stop> {
    let name = if config.kind == ConfigKind::Keyed { identity } else { strip_tag(identity) };
    if name.is_empty() {
        return Err(not_found(identity));
    }
    Ok(format!("{ROOT}/{}/configuration/{}", config.name, template::encode(name)))
}

/// What the module says when the list has no such instance.
fn not_found(identity: &str) -> Stop {
    let error = crate::api_error::ApiError {
        status: 404,
        code: "NotFound".into(),
        message: format!("Management object not found for identity \"{identity}\"."),
        correlation: String::new(),
    };
    Failure::Api(error).into()
}

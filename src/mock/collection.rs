//! Resources that a service only keeps: created with an id, listed, read, replaced and removed, without rules of their
//! own. The resource is named by the path in front of the id.

use serde_json::{Value, json};

use crate::call::{Answer, Call, Refusal, Reply, empty, ok};
use crate::ids;
use crate::json;
use crate::route::{Route, config};

pub const ROUTES: &[Route] = &[
    // Templates of voice applications.
    config("GET", "/Teams.VoiceApps/shared-call-history-template", list),
    config("POST", "/Teams.VoiceApps/shared-call-history-template", create),
    config("GET", "/Teams.VoiceApps/shared-call-history-template/{id}", get),
    config("PUT PATCH", "/Teams.VoiceApps/shared-call-history-template/{id}", change),
    config("DELETE", "/Teams.VoiceApps/shared-call-history-template/{id}", remove),
    config("GET", "/Teams.VoiceApps/compliance-recording", list),
    config("POST", "/Teams.VoiceApps/compliance-recording", create),
    config("GET", "/Teams.VoiceApps/compliance-recording/{id}", get),
    config("PUT PATCH", "/Teams.VoiceApps/compliance-recording/{id}", change),
    config("DELETE", "/Teams.VoiceApps/compliance-recording/{id}", remove),
    config("GET", "/Teams.VoiceApps/ivr-tags-template", list),
    config("POST", "/Teams.VoiceApps/ivr-tags-template", create),
    config("GET", "/Teams.VoiceApps/ivr-tags-template/{id}", get),
    config("PUT PATCH", "/Teams.VoiceApps/ivr-tags-template/{id}", change),
    config("DELETE", "/Teams.VoiceApps/ivr-tags-template/{id}", remove),
    config("GET", "/Teams.VoiceApps/auto-recording", list),
    config("POST", "/Teams.VoiceApps/auto-recording", create),
    config("GET", "/Teams.VoiceApps/auto-recording/{id}", get),
    config("PUT PATCH", "/Teams.VoiceApps/auto-recording/{id}", change),
    config("DELETE", "/Teams.VoiceApps/auto-recording/{id}", remove),
    config("GET", "/Teams.VoiceApps/shared-voicemail-triage-settings", list),
    config("POST", "/Teams.VoiceApps/shared-voicemail-triage-settings", create),
    config("GET", "/Teams.VoiceApps/shared-voicemail-triage-settings/{id}", get),
    config("PUT PATCH", "/Teams.VoiceApps/shared-voicemail-triage-settings/{id}", change),
    config("DELETE", "/Teams.VoiceApps/shared-voicemail-triage-settings/{id}", remove),
    config("GET", "/Teams.VoiceApps/agents", list),
    config("POST", "/Teams.VoiceApps/agents", create),
    config("GET", "/Teams.VoiceApps/agents/{id}", get),
    config("PUT PATCH", "/Teams.VoiceApps/agents/{id}", change),
    config("DELETE", "/Teams.VoiceApps/agents/{id}", remove),
    config("GET", "/Teams.VoiceApps/aiagents", list),
    config("GET", "/Teams.VoiceApps/mainline-attendant-flow/{flow}", list),
    config("POST", "/Teams.VoiceApps/mainline-attendant-flow/{flow}", create),
    config("GET", "/Teams.VoiceApps/mainline-attendant-flow/{flow}/{id}", get),
    config("PUT PATCH", "/Teams.VoiceApps/mainline-attendant-flow/{flow}/{id}", change),
    config("DELETE", "/Teams.VoiceApps/mainline-attendant-flow/{flow}/{id}", remove),
    // Numbers on their way from another operator.
    config("GET", "/Skype.TelephoneNumberMgmt/cmdlet/port-in-orders", list),
    config("POST", "/Skype.TelephoneNumberMgmt/cmdlet/port-in-orders", create),
    config("GET", "/Skype.TelephoneNumberMgmt/cmdlet/port-in-orders/{id}", get),
    config("PUT PATCH", "/Skype.TelephoneNumberMgmt/cmdlet/port-in-orders/{id}", change),
    config("DELETE", "/Skype.TelephoneNumberMgmt/cmdlet/port-in-orders/{id}", remove),
];

/// The kind of document: the path without the id, small letters.
fn kind(call: &Call) -> String {
    let path = call.path.trim_matches('/').to_ascii_lowercase();
    match call.param("id") {
        "" => path,
        _ => path.rsplit_once('/').map_or(path.clone(), |(front, _)| front.to_owned()),
    }
}

fn missing(call: &Call) -> Refusal {
    Refusal::item(404, "NotFound", format!("'{}' was not found.", call.param("id")))
}

fn list(call: &Call) -> Answer {
    let mut rows = call.store.list(&kind(call))?;
    if let Some(name) = call.query("nameFilter") {
        let name = name.to_lowercase();
        rows.retain(|r| json::text(r, "Name").is_some_and(|n| n.to_lowercase().contains(&name)));
    }
    let skip = call.query_number("skip").unwrap_or(0);
    let first = call.page_size(call.query_number("first"), 100, 1000);
    ok(rows.into_iter().skip(skip).take(first).collect())
}

fn get(call: &Call) -> Answer {
    ok(call.store.get(&kind(call), call.param("id"))?.ok_or_else(|| missing(call))?)
}

fn create(call: &Call) -> Answer {
    if json::filled(&call.body, "Name").is_none() && kind(call).contains("voiceapps") {
        return Err(Refusal::item(400, "BadRequest", "The name cannot be null or empty."));
    }
    let mut row = json!({"Id": ids::guid()});
    let id = row["Id"].as_str().unwrap_or_default().to_owned();
    json::merge(&mut row, &call.body);
    row["Id"] = json!(id);
    call.store.put(&kind(call), &id, &row)?;
    Ok(Reply::json(201, &row))
}

fn change(call: &Call) -> Answer {
    let id = call.param("id");
    let mut row = call.store.get(&kind(call), id)?.ok_or_else(|| missing(call))?;
    let own = row["Id"].clone();
    json::merge(&mut row, &call.body);
    row["Id"] = own;
    call.store.put(&kind(call), id, &row)?;
    ok(row)
}

fn remove(call: &Call) -> Answer {
    if call.store.remove(&kind(call), call.param("id"))? { empty(204) } else { Err(missing(call)) }
}

/// A page of rows by `first`, `skip`, `nameFilter`, `sortBy` and `descending`, as voice applications list.
pub fn page(call: &Call, mut rows: Vec<Value>) -> Vec<Value> {
    if let Some(name) = call.query("nameFilter") {
        let name = name.to_lowercase();
        rows.retain(|r| json::text(r, "Name").is_some_and(|n| n.to_lowercase().contains(&name)));
    }
    let by = call.query("sortBy").unwrap_or("Name").to_owned();
    rows.sort_by_cached_key(|r| json::text(r, &by).unwrap_or_default().to_lowercase());
    if call.query_flag("descending") {
        rows.reverse();
    }
    let skip = call.query_number("skip").unwrap_or(0);
    let first = call.page_size(call.query_number("first"), 100, 100);
    rows.into_iter().skip(skip).take(first).collect()
}

//! Teams.VoiceApps: which resource account answers for which auto attendant or call queue.

use serde_json::{Value, json};

use crate::call::{Answer, Call, Refusal, ok};
use crate::ids;
use crate::json;
use crate::people::Person;
use crate::route::{Route, config};
use crate::store::Store;
use crate::voice_apps::{ATTENDANT, named, refuse};

pub const ROUTES: &[Route] = &[
    config("POST", "/Teams.VoiceApps/applicationinstanceassociations", associate),
    config("DELETE", "/Teams.VoiceApps/applicationinstanceassociations", dissociate),
    config("GET", "/Teams.VoiceApps/applicationinstanceassociations/{id}", association),
    config("DELETE", "/Teams.VoiceApps/applicationinstanceassociations/{id}", dissociate),
    config("GET", "/Teams.VoiceApps/applicationinstanceassociations/{id}/status", association_status),
    config("GET", "/Teams.VoiceApps/applicationinstances", find_accounts),
];

const ASSOCIATION: &str = "association";

/// The resource accounts of an application.
pub fn associated(store: &Store, configuration: &str) -> Result<Vec<String>, Refusal> {
    let rows = store.entries(ASSOCIATION)?.into_iter();
    let own = |a: &Value| json::text(a, "ConfigurationId").is_some_and(|c| c.eq_ignore_ascii_case(configuration));
    Ok(rows.filter(|(_, a)| own(a)).map(|(id, _)| id).collect())
}

/// A resource account by id, UPN or SIP address; a SIP address may come with `[COLON]` and `[DOT]`.
fn account(call: &Call, id: &str) -> Result<Option<Person>, Refusal> {
    let id = id.replace("[COLON]", ":").replace("[DOT]", ".");
    Ok(call.store.person(&id)?.filter(Person::is_resource_account))
}

fn associate(call: &Call) -> Answer {
    let body = &call.body;
    let configuration = json::filled(body, "ConfigurationId").unwrap_or_default();
    let kind = json::filled(body, "ConfigurationType").unwrap_or_default();
    let known = match kind.to_ascii_lowercase().as_str() {
        "autoattendant" => call.store.get(ATTENDANT, &configuration)?.is_some(),
        "callqueue" => call.store.get("callQueue", &configuration)?.is_some(),
        _ => false,
    };
    let mut rows = Vec::new();
    for endpoint in json::texts(body, "EndpointsIds") {
        let account = account(call, &endpoint)?;
        let (code, text) = match &account {
            _ if !known => {
                ("CreateApplicationInstanceAssociation_ConfigurationNotFound", "The configuration was not found.")
            }
            None => {
                ("CreateApplicationInstanceAssociation_AppEndpointNotFound", "The application endpoint was not found.")
            }
            Some(a) if call.store.get(ASSOCIATION, a.id())?.is_some() => (
                "CreateApplicationInstanceAssociation_AppEndpointAlreadyAssociated",
                "The application endpoint is already associated with a configuration.",
            ),
            Some(a) => {
                call.store.put(
                    ASSOCIATION,
                    a.id(),
                    &json!({
                        "Id": a.id(), "ConfigurationType": kind, "ConfigurationId": configuration,
                        "CallPriority": json::integer(body, "CallPriority").unwrap_or(3),
                    }),
                )?;
                ("Success", "")
            }
        };
        let result = if text.is_empty() { "Success" } else { "Error" };
        rows.push(
            json!({"Id": endpoint, "ConfigurationType": kind, "ConfigurationId": configuration, "Result": result,
                         "StatusCode": code, "StatusMessage": text}),
        );
    }
    ok(json!({"Results": rows}))
}

fn dissociate(call: &Call) -> Answer {
    let mut endpoints = json::texts(&call.body, "EndpointsIds");
    endpoints.extend(Some(call.param("id").to_owned()).filter(|i| !i.is_empty()));
    let mut rows = Vec::new();
    for endpoint in endpoints {
        let gone = match account(call, &endpoint)? {
            Some(a) => call.store.remove(ASSOCIATION, a.id())?,
            None => false,
        };
        let (result, code, text) = match gone {
            true => ("Success", "Success", ""),
            false => {
                ("Error", "RemoveApplicationInstanceAssociation_AssociationNotFound", "The association was not found.")
            }
        };
        rows.push(json!({"Id": endpoint, "Result": result, "StatusCode": code, "StatusMessage": text}));
    }
    ok(json!({"Results": rows}))
}

fn find_association(call: &Call) -> Result<Value, Refusal> {
    let id = call.param("id");
    let known = account(call, id)?.map(|a| call.store.get(ASSOCIATION, a.id())).transpose()?.flatten();
    known.ok_or_else(|| {
        Refusal::item(404, "NotFound", format!("No association was found for the application instance '{id}'."))
    })
}

fn association(call: &Call) -> Answer {
    ok(find_association(call)?)
}

fn association_status(call: &Call) -> Answer {
    let row = find_association(call)?;
    ok(json!({"Type": "ApplicationInstanceAssociation", "Status": "Success", "Id": row["Id"], "ErrorCode": null,
              "Message": null, "StatusTimestamp": ids::now(), "AuxiliaryData": null}))
}

fn find_accounts(call: &Call) -> Answer {
    let wanted = call.query("searchQuery").unwrap_or_default().to_lowercase();
    let exact = call.query_flag("exactMatchOnly");
    let mut rows = Vec::new();
    for account in call.store.people("type='ResourceAccount' AND deleted=0", &[], "name", 10_000)? {
        let name = account.text("displayName").to_lowercase();
        let bound = call.store.get(ASSOCIATION, account.id())?.is_some();
        let fits = if exact { name == wanted } else { name.contains(&wanted) };
        let wrong = if bound { "unAssociatedOnly" } else { "associatedOnly" };
        if fits && !call.query_flag(wrong) {
            let line = account.text("lineUri").trim_start_matches("tel:");
            rows.push(json!({"Id": account.id(), "Name": account.text("displayName"),
                             "TelephoneNumber": Some(line).filter(|l| !l.is_empty())}));
        }
    }
    rows.truncate(call.query_number("maxResults").unwrap_or(10));
    named("ApplicationInstances", Value::Array(rows))
}

/// An application that resource accounts are associated with stays.
pub fn check_free(store: &Store, id: &str, what: &str) -> Result<(), Refusal> {
    let accounts = associated(store, id)?;
    if accounts.is_empty() {
        return Ok(());
    }
    let text =
        format!("The {what} '{id}' cannot be removed: {} resource account(s) are associated with it.", accounts.len());
    refuse("ConfigurationInUse", text)
}

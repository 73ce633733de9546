//! Teams.VoiceApps: call queues. Actions and methods travel as numbers, in the order of the documented lists; names are
//! taken too.

use serde_json::{Map, Value, json};

use crate::associations::{associated, check_free};
use crate::call::{Answer, Call, Refusal, ok};
use crate::collection::page;
use crate::ids;
use crate::json;
use crate::route::{Route, config};

pub const ROUTES: &[Route] = &[
    config("GET", "/Teams.VoiceApps/callqueues", list),
    config("GET", "/Teams.VoiceApps/callqueues/{id}", get),
    config("POST", "/Teams.VoiceApps/callqueues", create),
    config("PUT PATCH", "/Teams.VoiceApps/callqueues/{id}", change),
    config("DELETE", "/Teams.VoiceApps/callqueues/{id}", remove),
    config("GET", "/Teams.VoiceApps/agentcallqueues/{userId}", of_agent),
];

const QUEUE: &str = "callQueue";

/// The names behind the numbers.
const ENUMS: &[(&str, &[&str])] = &[
    ("RoutingMethod", &["Attendant", "Serial", "RoundRobin", "LongestIdle"]),
    ("OverflowAction", &["DisconnectWithBusy", "Forward", "Voicemail", "SharedVoicemail"]),
    ("TimeoutAction", &["Disconnect", "Forward", "Voicemail", "SharedVoicemail"]),
    ("NoAgentAction", &["Queue", "Disconnect", "Forward", "Voicemail", "SharedVoicemail"]),
    ("NoAgentApplyTo", &["AllCalls", "NewCalls"]),
];

/// Limits of numbers: field, least, most.
const LIMITS: &[(&str, i64, i64)] =
    &[("AgentAlertTime", 15, 180), ("OverflowThreshold", 0, 200), ("TimeoutThreshold", 0, 2700)];

fn blank(tenant: &str) -> Value {
    let mut queue = json!({
        "Identity": null, "Name": null, "Description": null, "LanguageId": null, "TenantId": tenant, "RoutingMethod": 0,
        "ConferenceMode": true, "PresenceAwareRouting": false, "AllowOptOut": true, "AgentAlertTime": 30, "Agents": [],
        "AgentsCapped": false, "AgentsInSyncWithDistributionList": true, "DistributionLists": [],
        "DistributionListsLastExpanded": null, "Users": [], "OboResourceAccountIds": [], "OboResourceAccounts": [],
        "ApplicationInstances": [], "ChannelId": null, "OverflowThreshold": 50, "OverflowAction": 0,
        "OverflowActionTarget": null, "OverflowActionCallPriority": null, "TimeoutThreshold": 1200, "TimeoutAction": 0,
        "TimeoutActionTarget": null, "TimeoutActionCallPriority": null, "NoAgentAction": 0, "NoAgentActionTarget": null,
        "NoAgentApplyTo": 0, "NoAgentActionCallPriority": null, "UseDefaultMusicOnHold": true,
        "MusicOnHoldAudioFileId": null, "MusicOnHoldFileName": null, "MusicOnHoldFileDownloadUri": null,
        "WelcomeMusicAudioFileId": null, "WelcomeTextToSpeechPrompt": null,
    });
    for reason in ["Overflow", "Timeout", "NoAgent"] {
        for way in [
            "Disconnect",
            "RedirectPerson",
            "RedirectVoiceApp",
            "RedirectPhoneNumber",
            "RedirectVoicemail",
            "SharedVoicemail",
        ] {
            queue[format!("{reason}{way}TextToSpeechPrompt")] = Value::Null;
            queue[format!("{reason}{way}AudioFilePrompt")] = Value::Null;
        }
        queue[format!("Enable{reason}SharedVoicemailTranscription")] = json!(false);
        queue[format!("Enable{reason}SharedVoicemailSystemPromptSuppression")] = json!(false);
    }
    let rest = json!({
        "AuthorizedUsers": [], "HideAuthorizedUsers": [], "IsCallbackEnabled": false, "CallbackRequestDtmf": null,
        "WaitTimeBeforeOfferingCallbackInSecond": null, "NumberOfCallsInQueueBeforeOfferingCallback": null,
        "CallToAgentRatioThresholdBeforeOfferingCallback": null, "CallbackOfferAudioFilePromptResourceId": null,
        "CallbackOfferTextToSpeechPrompt": null, "CallbackEmailNotificationTarget": null,
        "ServiceLevelThresholdResponseTimeInSecond": null, "ShiftsTeamId": null, "ShiftsSchedulingGroupId": null,
        "Statistics": [],
    });
    json::merge(&mut queue, &rest);
    queue
}

fn find(call: &Call) -> Result<Value, Refusal> {
    let id = call.param("id");
    let missing = || Refusal::item(404, "NotFound", format!("Call queue with id '{id}' was not found."));
    call.store.get(QUEUE, id)?.ok_or_else(missing)
}

fn show(call: &Call, mut queue: Value) -> Result<Value, Refusal> {
    let id = json::text(&queue, "Identity").unwrap_or_default();
    queue["ApplicationInstances"] = json!(associated(call.store, &id)?);
    Ok(queue)
}

fn list(call: &Call) -> Answer {
    let rows = page(call, call.store.list(QUEUE)?);
    let rows = rows.into_iter().map(|q| show(call, q)).collect::<Result<Vec<_>, _>>()?;
    ok(json!({"CallQueues": rows, "Diagnostics": []}))
}

fn get(call: &Call) -> Answer {
    ok(json!({"CallQueue": show(call, find(call)?)?, "Diagnostics": []}))
}

fn create(call: &Call) -> Answer {
    let id = ids::guid();
    let mut queue = blank(&call.store.tenant_id()?);
    queue["Identity"] = json!(id);
    apply(call, &mut queue)?;
    call.store.put(QUEUE, &id, &queue)?;
    ok(json!({"CallQueue": queue, "Diagnostics": []}))
}

fn change(call: &Call) -> Answer {
    let mut queue = find(call)?;
    apply(call, &mut queue)?;
    call.store.put(QUEUE, call.param("id"), &queue)?;
    ok(json!({"Diagnostics": []}))
}

fn refuse<T>(code: &str, text: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::item(400, code, text))
}

/// Takes over what the request gives, checks the whole and fills in what the service computes.
fn apply(call: &Call, queue: &mut Value) -> Result<(), Refusal> {
    let own = queue["Identity"].clone();
    let mut given: Map<String, Value> = call.body.as_object().cloned().unwrap_or_default();
    given.retain(|name, _| {
        !["Identity", "TenantId", "ApplicationInstances", "Agents", "Statistics"]
            .iter()
            .any(|n| n.eq_ignore_ascii_case(name))
    });
    if let Some(thread) = given.shift_remove("ThreadId") {
        given.insert("ChannelId".into(), thread);
    }
    if let Some(present) = given.shift_remove("PresenceBasedRouting") {
        given.insert("PresenceAwareRouting".into(), present);
    }
    json::merge_known(queue, &Value::Object(given));
    let Some(name) = json::filled(queue, "Name") else {
        return refuse("CallQueue_NameNullOrWhitespace", "The name cannot be null or empty.");
    };
    for other in call.store.list(QUEUE)? {
        if other["Identity"] != own && json::text(&other, "Name").is_some_and(|n| n.eq_ignore_ascii_case(&name)) {
            return refuse(
                "CallQueue_NameAlreadyExists",
                format!("A call queue with the name '{name}' already exists."),
            );
        }
    }
    for (field, names) in ENUMS {
        let number = match &queue[*field] {
            Value::String(text) => names.iter().position(|n| n.eq_ignore_ascii_case(text)),
            value => value.as_u64().map(|n| n as usize).filter(|n| *n < names.len()),
        };
        let Some(number) = number else { return refuse("BadRequest", format!("The value of '{field}' is not valid.")) };
        queue[*field] = json!(number);
    }
    for (field, least, most) in LIMITS {
        let value = json::integer(queue, field).unwrap_or(*least);
        if !(*least..=*most).contains(&value) {
            return refuse("BadRequest", format!("{field} must be between {least} and {most}."));
        }
        queue[*field] = json!(value);
    }
    if queue["RoutingMethod"] == 3 {
        queue["PresenceAwareRouting"] = json!(false);
    }
    if json::filled(queue, "MusicOnHoldAudioFileId").is_some() {
        queue["UseDefaultMusicOnHold"] = json!(false);
    }
    for field in ["MusicOnHoldAudioFileId", "WelcomeMusicAudioFileId"] {
        if let Some(file) = json::filled(queue, field)
            && call.store.get("audioFile", &file)?.is_none()
        {
            return refuse("AudioFileNotFound", format!("The audio file '{file}' was not found."));
        }
    }
    check_targets(call, queue)?;
    expand_agents(call, queue)
}

/// Forwarding needs a target that exists.
fn check_targets(call: &Call, queue: &mut Value) -> Result<(), Refusal> {
    for (action, forward) in [("OverflowAction", 1), ("TimeoutAction", 1), ("NoAgentAction", 2)] {
        let field = format!("{action}Target");
        let target = json::text(&queue[&field], "Id").or_else(|| queue[&field].as_str().map(str::to_owned));
        let target = target.filter(|t| !t.is_empty());
        let number = queue[action].as_i64().unwrap_or(0);
        match target {
            None if number >= forward => {
                return refuse("BadRequest", format!("{field} is required for this {action}."));
            }
            Some(target) if !queue[&field].is_object() => {
                let (kind, known) = if target.starts_with("tel:") {
                    ("ExternalPstn", true)
                } else if let Some(person) = call.store.person(&target)? {
                    (if person.is_resource_account() { "ApplicationEndpoint" } else { "User" }, true)
                } else {
                    let configured = call.store.get(QUEUE, &target)?.is_some()
                        || call.store.get("autoAttendant", &target)?.is_some();
                    let group = call.store.get("group", &target)?.is_some();
                    (if group { "SharedVoicemail" } else { "ConfigurationEndpoint" }, configured || group)
                };
                if !known {
                    return refuse("BadRequest", format!("The target '{target}' of {action} was not found."));
                }
                queue[&field] = json!({"Id": target, "Type": kind});
            }
            _ => {}
        }
    }
    Ok(())
}

/// Agents are the users and the members of the groups, each once.
fn expand_agents(call: &Call, queue: &mut Value) -> Result<(), Refusal> {
    let mut agents: Vec<String> = Vec::new();
    let mut users = Vec::new();
    for user in json::texts(queue, "Users") {
        let Some(person) = call.store.person(&user)? else {
            return refuse("UserNotFound", format!("The user '{user}' was not found."));
        };
        users.push(person.id().to_owned());
    }
    agents.extend(users.iter().cloned());
    let groups = json::texts(queue, "DistributionLists");
    for group in &groups {
        if call.store.get("group", group)?.is_none() {
            return refuse("GroupNotFound", format!("The distribution list '{group}' was not found."));
        }
        let members =
            call.store.column("SELECT user FROM member WHERE \"group\"=?1 ORDER BY user", &[group.clone().into()])?;
        agents.extend(members);
    }
    let mut seen = std::collections::HashSet::new();
    agents.retain(|a| seen.insert(a.clone()));
    queue["Users"] = json!(users);
    queue["AgentsCapped"] = json!(agents.len() > 200);
    agents.truncate(200);
    queue["Agents"] = agents.iter().map(|a| json!({"ObjectId": a, "OptIn": true})).collect();
    queue["DistributionListsLastExpanded"] = if groups.is_empty() { Value::Null } else { json!(ids::now()) };
    Ok(())
}

fn remove(call: &Call) -> Answer {
    find(call)?;
    check_free(call.store, call.param("id"), "call queue")?;
    call.store.remove(QUEUE, call.param("id"))?;
    ok(json!({"Diagnostics": []}))
}

fn of_agent(call: &Call) -> Answer {
    let person = crate::users::find(call, call.param("userId"))?;
    let own = |q: &Value| json::items(q, "Agents").iter().any(|a| a["ObjectId"] == person.id());
    let rows: Vec<Value> = call.store.list(QUEUE)?.into_iter().filter(own).collect();
    ok(json!({"CallQueues": rows, "Diagnostics": []}))
}

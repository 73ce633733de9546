//! Settings that belong to one user: call forwarding, delegates, the personal attendant (Skype.VoiceGroup), voicemail
//! (Skype.VoiceMail). Unknown users get the plain text that these services send.

use serde_json::{Value, json};

use crate::call::{Answer, Call, Refusal, empty, ok};
use crate::json;
use crate::people::{Person, plan};
use crate::route::{Route, config};

pub const ROUTES: &[Route] = &[
    config("GET", "/Skype.VoiceGroup/userRoutingSettings/{userId}", get_routing),
    config("POST PUT", "/Skype.VoiceGroup/userRoutingSettings/{userId}", set_routing),
    config("POST", "/Skype.VoiceGroup/sharedLine/{userId}/delegates/{delegateId}", add_delegate),
    config("PATCH PUT", "/Skype.VoiceGroup/sharedLine/{userId}/delegates/{delegateId}", change_delegate),
    config("DELETE", "/Skype.VoiceGroup/sharedLine/{userId}/delegates/{delegateId}", remove_delegate),
    config("GET", "/Skype.VoiceGroup/personalAttendantSettings/{userId}", get_attendant),
    config("POST PUT", "/Skype.VoiceGroup/personalAttendantSettings/{userId}", set_attendant),
    config("GET", "/Skype.VoiceMail/userSettings/{userId}", get_voicemail),
    config("PUT PATCH", "/Skype.VoiceMail/userSettings/{userId}", set_voicemail),
];

fn user(call: &Call, key: &str) -> Result<Person, Refusal> {
    call.store.person(key)?.ok_or_else(|| Refusal::plain(404, format!("No entity was found for '{key}'.")))
}

fn refuse<T>(text: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::newer(400, "BadRequest", text))
}

// Forwarding.

const ROUTING: &str = "routingSettings";
const DELEGATES: &str = "delegates";
const MOST_DELEGATES: usize = 25;

fn routing(call: &Call, person: &Person) -> Result<Value, Refusal> {
    let mut settings = json!({
        "sipUri": person.text("sipAddress"),
        "forwardingSettings": {"isEnabled": false, "forwardingType": "Simultaneous", "targetType": "Unknown", "target": ""},
        "unansweredSettings": {"isEnabled": true, "targetType": "Voicemail", "target": "", "delay": "00:00:20"},
        "callGroupDetails": {"order": "Simultaneous", "targets": [], "delay": "00:00:00"},
        "delegationSettings": {"delegates": [], "delegators": []},
        "callGroupMembershipSettings": {"callGroupNotificationOverride": "Ring", "callGroupMembershipDetails": []},
    });
    if let Some(own) = call.store.get(ROUTING, person.id())? {
        merge_deep(&mut settings, &own);
    }
    settings["delegationSettings"] = json!({
        "delegates": delegates(call, person.id())?,
        "delegators": delegators(call, person)?,
    });
    Ok(settings)
}

/// Blocks are merged member by member: a client may send a part of one.
fn merge_deep(into: &mut Value, changes: &Value) {
    for (name, value) in changes.as_object().into_iter().flatten() {
        match into
            .as_object_mut()
            .and_then(|m| m.iter_mut().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v))
        {
            Some(slot) if slot.is_object() && value.is_object() => merge_deep(slot, value),
            _ => json::set(into, name, value.clone()),
        }
    }
}

fn get_routing(call: &Call) -> Answer {
    let person = user(call, call.param("userId"))?;
    ok(routing(call, &person)?)
}

fn set_routing(call: &Call) -> Answer {
    let person = user(call, call.param("userId"))?;
    if !person.has_plan(plan::PHONE_SYSTEM) {
        return refuse(format!("The user '{}' has no Phone System license.", person.upn()));
    }
    let mut settings = routing(call, &person)?;
    let mut changes = call.body.clone();
    if let Some(members) = changes.as_object_mut() {
        members
            .retain(|name, _| !name.eq_ignore_ascii_case("delegationSettings") && !name.eq_ignore_ascii_case("sipUri"));
    }
    merge_deep(&mut settings, &changes);
    check_block(&settings["forwardingSettings"], &["Immediate", "Simultaneous"])?;
    check_block(&settings["unansweredSettings"], &[])?;
    for delay in [&settings["unansweredSettings"]["delay"], &settings["callGroupDetails"]["delay"]] {
        let seconds = delay.as_str().and_then(seconds);
        if seconds.is_none_or(|s| s > 60) {
            return refuse("The delay must be between 00:00:00 and 00:01:00.");
        }
    }
    for target in json::texts(&settings["callGroupDetails"], "targets") {
        user(call, &target).map_err(|_| {
            Refusal::newer(400, "BadRequest", format!("The call group member '{target}' was not found."))
        })?;
    }
    if let Some(members) = settings.as_object_mut() {
        members.shift_remove("delegationSettings");
    }
    call.store.put(ROUTING, person.id(), &settings)?;
    empty(204)
}

fn seconds(text: &str) -> Option<u32> {
    let parts: Vec<u32> = text.split(':').map(str::parse).collect::<Result<_, _>>().ok()?;
    match parts.as_slice() {
        [h, m, s] => Some(h * 3600 + m * 60 + s),
        _ => None,
    }
}

fn check_block(block: &Value, types: &[&str]) -> Result<(), Refusal> {
    if json::flag(block, "isEnabled") != Some(true) {
        return Ok(());
    }
    let text = |name: &str| json::text(block, name).unwrap_or_default();
    let kind = text("forwardingType");
    if !types.is_empty() && !types.iter().any(|t| t.eq_ignore_ascii_case(&kind)) {
        return refuse(format!("'{kind}' is not a valid forwarding type."));
    }
    let target = text("targetType");
    if !["SingleTarget", "Voicemail", "MyDelegates", "Group"].iter().any(|t| t.eq_ignore_ascii_case(&target)) {
        return refuse(format!("'{target}' is not a valid target type."));
    }
    if target.eq_ignore_ascii_case("SingleTarget") && text("target").is_empty() {
        return refuse("A single target needs a target.");
    }
    Ok(())
}

// Delegates.

fn delegates(call: &Call, id: &str) -> Result<Vec<Value>, Refusal> {
    Ok(call.store.get(DELEGATES, id)?.and_then(|d| d.as_array().cloned()).unwrap_or_default())
}

fn delegators(call: &Call, person: &Person) -> Result<Vec<Value>, Refusal> {
    let mut out = Vec::new();
    for (id, rows) in call.store.entries(DELEGATES)? {
        for row in rows.as_array().into_iter().flatten().filter(|r| r["id"] == person.text("sipAddress")) {
            let mut row = row.clone();
            if let Some(delegator) = call.store.person(&id)? {
                row["id"] = json!(delegator.text("sipAddress"));
                out.push(row);
            }
        }
    }
    Ok(out)
}

fn add_delegate(call: &Call) -> Answer {
    let (person, delegate) = (user(call, call.param("userId"))?, user(call, call.param("delegateId"))?);
    let mut rows = delegates(call, person.id())?;
    if rows.iter().any(|r| r["id"] == delegate.text("sipAddress")) {
        return Err(Refusal::newer(409, "Conflict", format!("'{}' is already a delegate.", delegate.upn())));
    }
    if rows.len() >= MOST_DELEGATES {
        return refuse(format!("A user can have at most {MOST_DELEGATES} delegates."));
    }
    if person.id() == delegate.id() {
        return refuse("A user cannot be a delegate of itself.");
    }
    let mut row = json!({"id": delegate.text("sipAddress"), "makeCalls": true, "manageSettings": true, "receiveCalls": true,
                         "pickUpHeldCalls": true, "joinActiveCalls": true});
    apply_flags(call, &mut row);
    rows.push(row);
    call.store.put(DELEGATES, person.id(), &json!(rows))?;
    empty(201)
}

fn apply_flags(call: &Call, row: &mut Value) {
    for name in ["makeCalls", "manageSettings", "receiveCalls", "pickUpHeldCalls", "joinActiveCalls"] {
        let given = call.query(name).map(|v| v.eq_ignore_ascii_case("true")).or_else(|| json::flag(&call.body, name));
        if let Some(flag) = given {
            row[name] = json!(flag);
        }
    }
}

fn with_delegate(call: &Call, work: impl FnOnce(&mut Vec<Value>, usize)) -> Answer {
    let (person, delegate) = (user(call, call.param("userId"))?, user(call, call.param("delegateId"))?);
    let mut rows = delegates(call, person.id())?;
    let Some(place) = rows.iter().position(|r| r["id"] == delegate.text("sipAddress")) else {
        return Err(Refusal::plain(404, format!("'{}' is not a delegate of '{}'.", delegate.upn(), person.upn())));
    };
    work(&mut rows, place);
    call.store.put(DELEGATES, person.id(), &json!(rows))?;
    empty(204)
}

fn change_delegate(call: &Call) -> Answer {
    with_delegate(call, |rows, place| apply_flags(call, &mut rows[place]))
}

fn remove_delegate(call: &Call) -> Answer {
    with_delegate(call, |rows, place| drop(rows.remove(place)))
}

// Personal attendant and voicemail: one object each, known members only.

fn stored(call: &Call, kind: &str, person: &Person, mut settings: Value) -> Result<Value, Refusal> {
    if let Some(own) = call.store.get(kind, person.id())? {
        json::merge_known(&mut settings, &own);
    }
    Ok(settings)
}

fn attendant(call: &Call, person: &Person) -> Result<Value, Refusal> {
    stored(
        call,
        "personalAttendant",
        person,
        json!({
            "isPersonalAttendantEnabled": false, "defaultLanguage": null, "defaultVoice": null, "calleeName": null,
            "defaultTone": null, "isBookingCalendarEnabled": false, "isNonContactCallbackEnabled": false,
            "isCallScreeningEnabled": false, "allowInboundInternalCalls": true, "allowInboundFederatedCalls": false,
            "allowInboundPSTNCalls": false, "isAutomaticTranscriptionEnabled": false, "isAutomaticRecordingEnabled": false,
        }),
    )
}

fn get_attendant(call: &Call) -> Answer {
    let person = user(call, call.param("userId"))?;
    ok(attendant(call, &person)?)
}

fn set_attendant(call: &Call) -> Answer {
    let person = user(call, call.param("userId"))?;
    let mut settings = attendant(call, &person)?;
    json::merge_known(&mut settings, &call.body);
    call.store.put("personalAttendant", person.id(), &settings)?;
    empty(204)
}

fn voicemail_user(call: &Call) -> Result<Person, Refusal> {
    let text = "The specified user cannot be found or does not belong to the tenant.";
    call.store.person(call.param("userId"))?.ok_or_else(|| Refusal::newer(400, "BadRequest", text))
}

fn voicemail(call: &Call, person: &Person) -> Result<Value, Refusal> {
    let language = Some(person.text("preferredLanguage")).filter(|l| !l.is_empty()).unwrap_or("en-US");
    stored(
        call,
        "voicemailSettings",
        person,
        json!({
            "VoicemailEnabled": true, "PromptLanguage": language, "OofGreetingEnabled": false,
            "OofGreetingFollowAutomaticRepliesEnabled": false, "OofGreetingFollowCalendarEnabled": false, "ShareData": false,
            "CallAnswerRule": "RegularVoicemail", "DefaultGreetingPromptOverwrite": null,
            "DefaultOofGreetingPromptOverwrite": null, "TransferTarget": null,
        }),
    )
}

const ANSWER_RULES: &[&str] =
    &["DeclineCall", "PromptOnly", "PromptOnlyWithTransfer", "RegularVoicemail", "VoicemailWithTransferOption"];

fn get_voicemail(call: &Call) -> Answer {
    let person = voicemail_user(call)?;
    ok(voicemail(call, &person)?)
}

fn set_voicemail(call: &Call) -> Answer {
    let person = voicemail_user(call)?;
    let mut settings = voicemail(call, &person)?;
    json::merge_known(&mut settings, &call.body);
    let rule = json::text(&settings, "CallAnswerRule").unwrap_or_default();
    if !ANSWER_RULES.iter().any(|r| r.eq_ignore_ascii_case(&rule)) {
        return refuse(format!("'{rule}' is not a valid call answer rule."));
    }
    call.store.put("voicemailSettings", person.id(), &settings)?;
    ok(settings)
}

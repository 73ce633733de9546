//! Teams.VoiceApps: auto attendants, drafts and lookups (tenant-api.md, section 9). Call queues, schedules and
//! associations have files of their own.

use serde_json::{Value, json};

use crate::associations::{associated, check_free};
use crate::call::{Answer, Call, Refusal, ok};
use crate::collection::page;
use crate::ids;
use crate::json;
use crate::route::{Route, config};
use crate::schedules::SCHEDULE;
use crate::store::Store;

pub const ROUTES: &[Route] = &[
    config("GET", "/Teams.VoiceApps/auto-attendants", list),
    config("GET", "/Teams.VoiceApps/auto-attendants/{id}", get),
    config("POST", "/Teams.VoiceApps/auto-attendants", create),
    config("PUT PATCH", "/Teams.VoiceApps/auto-attendants/{id}", change),
    config("DELETE", "/Teams.VoiceApps/auto-attendants/{id}", remove),
    config("GET", "/Teams.VoiceApps/auto-attendants/status/{id}", status),
    config("GET", "/Teams.VoiceApps/auto-attendants/{id}/holidays", holidays),
    config("PUT", "/Teams.VoiceApps/auto-attendants/{id}/holidays", import_holidays),
    config("POST", "/Teams.VoiceApps/autoAttendants/{id}/refresh", refresh),
    config("POST", "/Teams.VoiceApps/auto-attendants/{id}/refresh", refresh),
    config("POST", "/Teams.VoiceApps/auto-attendants/call-flows/draft", draft),
    config("POST", "/Teams.VoiceApps/auto-attendants/call-handling-associations/draft", draft),
    config("POST", "/Teams.VoiceApps/auto-attendants/callable-entities/draft", draft),
    config("POST", "/Teams.VoiceApps/auto-attendants/group-dial-scopes/draft", draft),
    config("POST", "/Teams.VoiceApps/auto-attendants/menus/draft", draft),
    config("POST", "/Teams.VoiceApps/auto-attendants/menus/menu-options/draft", draft),
    config("POST", "/Teams.VoiceApps/auto-attendants/prompts/draft", draft),
    config("POST", "/Teams.VoiceApps/schedules/time-ranges/draft", draft),
    config("POST", "/Teams.VoiceApps/schedules/date-time-ranges/draft", draft),
    config("POST", "/Teams.VoiceApps/ivr-tags-template/ivr-tag/draft", tag),
    config("GET", "/Teams.VoiceApps/supported-languages", languages),
    config("GET", "/Teams.VoiceApps/supported-languages/{id}", language),
    config("GET", "/Teams.VoiceApps/supported-timezones", zones),
    config("GET", "/Teams.VoiceApps/supported-timezones/{id}", zone),
    config("GET", "/Teams.VoiceApps/information", information),
    config("GET", "/Teams.VoiceApps/groups", groups),
    config("GET", "/Teams.VoiceApps/mainline-attendant-flow/supported-languages", languages),
    config("GET", "/Teams.VoiceApps/mainline-attendant-flow/supported-voices", voices),
    config("GET", "/Teams.VoiceApps/mainline-attendant-flow/tenant-information", information),
];

pub const ATTENDANT: &str = "autoAttendant";

/// An answer of these services: one named member beside the diagnostics.
pub fn named(name: &str, value: Value) -> Answer {
    ok(json!({name: value, "Diagnostics": []}))
}

pub fn found(store: &Store, kind: &str, what: &str, id: &str) -> Result<Value, Refusal> {
    store.get(kind, id)?.ok_or_else(|| Refusal::item(404, "NotFound", format!("{what} with id '{id}' was not found.")))
}

pub fn refuse<T>(code: &str, text: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::item(400, code, text))
}

// Auto attendants.

fn list(call: &Call) -> Answer {
    let rows = page(call, call.store.list(ATTENDANT)?);
    named("AutoAttendants", Value::Array(rows.into_iter().map(|r| show(call, r)).collect::<Result<_, _>>()?))
}

fn get(call: &Call) -> Answer {
    named("AutoAttendant", show(call, found(call.store, ATTENDANT, "Auto attendant", call.param("id"))?)?)
}

fn show(call: &Call, mut attendant: Value) -> Result<Value, Refusal> {
    let id = json::text(&attendant, "Id").unwrap_or_default();
    attendant["ApplicationInstances"] = json!(associated(call.store, &id)?);
    attendant["Status"] = if call.query_flag("includeStatus") { json!([status_record(&id)]) } else { Value::Null };
    if let Some(members) = attendant.as_object_mut().filter(|_| call.query_flag("excludeContent")) {
        for name in ["DefaultCallFlow", "CallFlows", "Schedules", "CallHandlingAssociations"] {
            members.shift_remove(name);
        }
    }
    Ok(attendant)
}

fn create(call: &Call) -> Answer {
    let id = ids::guid();
    let attendant = check(call, &id)?;
    call.store.put(ATTENDANT, &id, &attendant)?;
    named("AutoAttendant", show(call, attendant)?)
}

fn change(call: &Call) -> Answer {
    let id = call.param("id");
    found(call.store, ATTENDANT, "Auto attendant", id)?;
    let attendant = check(call, id)?;
    call.store.put(ATTENDANT, id, &attendant)?;
    named("AutoAttendant", show(call, attendant)?)
}

/// The whole attendant from the request: every call flow and schedule that is referred to has to be there.
fn check(call: &Call, id: &str) -> Result<Value, Refusal> {
    let body = &call.body;
    let Some(name) = json::filled(body, "Name") else {
        return refuse("AutoAttendant_NameNullOrWhitespace", "The name cannot be null or empty.");
    };
    for other in call.store.list(ATTENDANT)? {
        let same =
            |member: &str, value: &str| json::text(&other, member).is_some_and(|v| v.eq_ignore_ascii_case(value));
        if same("Name", &name) && !same("Id", id) {
            return refuse(
                "AutoAttendant_NameAlreadyExists",
                format!("An auto attendant with the name '{name}' already exists."),
            );
        }
    }
    let flow = json::field(body, "DefaultCallFlow").filter(|f| f.is_object());
    let Some(flow) = flow else {
        return refuse("AutoAttendant_DefaultCallFlowNull", "The default call flow is missing.");
    };
    let language = json::filled(body, "LanguageId").unwrap_or_else(|| "en-US".into());
    if !LANGUAGES.iter().any(|(code, _)| code.eq_ignore_ascii_case(&language)) {
        return refuse("AutoAttendant_LanguageNotSupported", format!("The language '{language}' is not supported."));
    }
    let zone = json::filled(body, "TimeZoneId").unwrap_or_else(|| "UTC".into());
    if !ZONES.iter().any(|(z, _)| z.eq_ignore_ascii_case(&zone)) {
        return refuse("AutoAttendant_TimeZoneNotSupported", format!("The time zone '{zone}' is not supported."));
    }
    let mut flows = json::items(body, "CallFlows").to_vec();
    let mut default = flow.clone();
    for flow in flows.iter_mut().chain([&mut default]) {
        if json::filled(flow, "Id").is_none() {
            json::set(flow, "Id", json!(ids::guid()));
        }
    }
    let mut schedules = Vec::new();
    let mut associations = Vec::new();
    for (place, association) in json::items(body, "CallHandlingAssociations").iter().enumerate() {
        let flow = json::text(association, "CallFlowId").unwrap_or_default();
        if !flows.iter().any(|f| json::text(f, "Id").is_some_and(|i| i.eq_ignore_ascii_case(&flow))) {
            let text = format!("The call flow '{flow}' of a call handling association was not found in CallFlows.");
            return refuse("CallHandlingAssociation_CallFlowNotFound", text);
        }
        let schedule = json::text(association, "ScheduleId").unwrap_or_default();
        let Some(known) = call.store.get(SCHEDULE, &schedule)? else {
            let text = format!("The schedule '{schedule}' of a call handling association was not found.");
            return refuse("CallHandlingAssociation_ScheduleNotFound", text);
        };
        schedules.push(known);
        let mut association = association.clone();
        if json::field(&association, "Enabled").is_none() {
            json::set(&mut association, "Enabled", json!(true));
        }
        json::set(&mut association, "Priority", json!(place));
        associations.push(association);
    }
    let given =
        |name: &str, default: Value| json::field(body, name).filter(|v| !v.is_null()).cloned().unwrap_or(default);
    Ok(json!({
        "Id": id, "TenantId": call.store.tenant_id()?, "Name": name, "LanguageId": language,
        "VoiceId": given("VoiceId", json!("Female")), "TimeZoneId": zone,
        "VoiceResponseEnabled": json::flag(body, "VoiceResponseEnabled").unwrap_or_default(), "DefaultCallFlow": default,
        "CallFlows": flows, "Schedules": schedules, "CallHandlingAssociations": associations,
        "Operator": given("Operator", Value::Null), "DirectoryLookupScope": given("DirectoryLookupScope", Value::Null),
        "ApplicationInstances": [], "AuthorizedUsers": given("AuthorizedUsers", json!([])),
        "HideAuthorizedUsers": given("HideAuthorizedUsers", json!([])), "DialByNameResourceId": null, "Status": null,
        "MainlineAttendantEnabled": json::flag(body, "MainlineAttendantEnabled").unwrap_or_default(),
        "MainlineAttendantAgentVoiceId": given("MainlineAttendantAgentVoiceId", Value::Null),
    }))
}

fn remove(call: &Call) -> Answer {
    let id = call.param("id");
    found(call.store, ATTENDANT, "Auto attendant", id)?;
    check_free(call.store, id, "auto attendant")?;
    call.store.remove(ATTENDANT, id)?;
    ok(json!({"Diagnostics": []}))
}

fn status_record(id: &str) -> Value {
    json!({"Type": "DialByNameVoiceResponses", "Status": "Success", "Id": id, "ErrorCode": null, "Message": null,
           "StatusTimestamp": ids::now(), "AuxiliaryData": null})
}

fn status(call: &Call) -> Answer {
    let id = call.param("id");
    found(call.store, ATTENDANT, "Auto attendant", id)?;
    ok(json!([status_record(id)]))
}

fn refresh(call: &Call) -> Answer {
    get(call)
}

fn holidays(call: &Call) -> Answer {
    let attendant = found(call.store, ATTENDANT, "Auto attendant", call.param("id"))?;
    let listed = |name: &str| -> Vec<String> {
        call.query
            .iter()
            .filter(|(n, _)| n.eq_ignore_ascii_case(name))
            .flat_map(|(_, v)| v.split(','))
            .map(str::to_owned)
            .collect()
    };
    let (years, names) = (listed("years"), listed("names"));
    let mut rows = Vec::new();
    for association in json::items(&attendant, "CallHandlingAssociations") {
        if json::text(association, "Type").as_deref() != Some("Holiday") {
            continue;
        }
        let schedule = json::text(association, "ScheduleId").unwrap_or_default();
        let Some(schedule) = call.store.get(SCHEDULE, &schedule)? else { continue };
        let flow = json::items(&attendant, "CallFlows").iter().find(|f| f["Id"] == association["CallFlowId"]);
        let fixed = schedule["FixedSchedule"].clone();
        let ranges = json::items(&fixed, "DateTimeRanges");
        let name = json::text(&schedule, "Name").unwrap_or_default();
        let year = ranges.first().and_then(|r| json::text(r, "Start")).and_then(|s| s.get(..4).map(str::to_owned));
        let fits = (years.is_empty() || year.as_ref().is_some_and(|y| years.contains(y)))
            && (names.is_empty() || names.iter().any(|n| n.eq_ignore_ascii_case(&name)));
        if fits {
            let greeting = flow.and_then(|f| json::items(f, "Greetings").first().cloned());
            let action = flow.and_then(|f| json::items(&f["Menu"], "MenuOptions").first().map(|o| o["Action"].clone()));
            rows.push(json!({"Name": name, "Year": year.and_then(|y| y.parse::<i64>().ok()), "DateTimeRanges": ranges,
                             "Greeting": greeting, "CallAction": action}));
        }
    }
    named("HolidayVisualizationRecords", Value::Array(rows))
}

/// A CSV with a name and pairs of start and end in each line becomes schedules.
fn import_holidays(call: &Call) -> Answer {
    use base64::Engine;
    found(call.store, ATTENDANT, "Auto attendant", call.param("id"))?;
    let content = json::filled(&call.body, "SerializedHolidayRecord").unwrap_or_default();
    let Ok(bytes) = base64::engine::general_purpose::STANDARD.decode(content.trim()) else {
        return refuse("InvalidHolidayRecord", "The holiday record is not valid base64.");
    };
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let mut rows = Vec::new();
    for line in text.trim_start_matches('\u{feff}').lines().skip(1).filter(|l| !l.trim().is_empty()) {
        let cells: Vec<&str> = line.split(',').map(|c| c.trim().trim_matches('"')).collect();
        let ranges: Vec<Value> = cells[1..]
            .chunks(2)
            .filter(|p| p.len() == 2 && !p[0].is_empty())
            .map(|p| json!({"Start": p[0], "End": p[1]}))
            .collect();
        let failure = ranges.is_empty().then_some("No date ranges are given.");
        if failure.is_none() {
            let id = ids::guid();
            call.store.put(
                SCHEDULE,
                &id,
                &json!({
                    "Id": id, "Name": cells[0], "Type": "Fixed", "WeeklyRecurrentSchedule": null,
                    "FixedSchedule": {"DateTimeRanges": ranges}, "AssociatedConfigurationIds": [],
                }),
            )?;
        }
        rows.push(json!({"Name": cells[0], "Succeeded": failure.is_none(), "FailureReason": failure}));
    }
    named("ImportHolidayStatusRecords", Value::Array(rows))
}

/// Objects that are only built: checked lightly and sent back under the name of their kind.
fn draft(call: &Call) -> Answer {
    let path = call.path.to_ascii_lowercase();
    let name = DRAFTS.iter().find(|(part, _)| path.contains(part)).map_or("Item", |(_, name)| *name);
    let mut value = call.body.clone();
    if name == "CallFlow" && json::filled(&value, "Id").is_none() {
        json::set(&mut value, "Id", json!(ids::guid()));
    }
    if name == "DialScope" {
        value = json!({"Type": "Group", "GroupScope": {"GroupIds": json::texts(&call.body, "GroupIds")}});
    }
    named(name, value)
}

/// Part of the path and name of the object; the longer parts first.
const DRAFTS: &[(&str, &str)] = &[
    ("/call-flows/", "CallFlow"),
    ("/call-handling-associations/", "CallHandlingAssociation"),
    ("/callable-entities/", "CallableEntity"),
    ("/group-dial-scopes/", "DialScope"),
    ("/menu-options/", "MenuOption"),
    ("/menus/", "Menu"),
    ("/prompts/", "Prompt"),
    ("/date-time-ranges/", "DateTimeRange"),
    ("/time-ranges/", "TimeRange"),
];

fn tag(call: &Call) -> Answer {
    ok(call.body.clone())
}

// Lookups.

const LANGUAGES: &[(&str, &str)] = &[
    ("da-DK", "Danish (Denmark)"),
    ("de-DE", "German (Germany)"),
    ("en-AU", "English (Australia)"),
    ("en-CA", "English (Canada)"),
    ("en-GB", "English (United Kingdom)"),
    ("en-IN", "English (India)"),
    ("en-US", "English (United States)"),
    ("es-ES", "Spanish (Spain)"),
    ("es-MX", "Spanish (Mexico)"),
    ("fi-FI", "Finnish (Finland)"),
    ("fr-CA", "French (Canada)"),
    ("fr-FR", "French (France)"),
    ("it-IT", "Italian (Italy)"),
    ("ja-JP", "Japanese (Japan)"),
    ("ko-KR", "Korean (Korea)"),
    ("nb-NO", "Norwegian, Bokmal (Norway)"),
    ("nl-NL", "Dutch (Netherlands)"),
    ("pl-PL", "Polish (Poland)"),
    ("pt-BR", "Portuguese (Brazil)"),
    ("ru-RU", "Russian (Russia)"),
    ("sv-SE", "Swedish (Sweden)"),
    ("zh-CN", "Chinese (Simplified, PRC)"),
];

const ZONES: &[(&str, &str)] = &[
    ("UTC", "(UTC) Coordinated Universal Time"),
    ("GMT Standard Time", "(UTC+00:00) Dublin, Edinburgh, Lisbon, London"),
    ("W. Europe Standard Time", "(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna"),
    ("Romance Standard Time", "(UTC+01:00) Brussels, Copenhagen, Madrid, Paris"),
    ("Central Europe Standard Time", "(UTC+01:00) Belgrade, Bratislava, Budapest, Ljubljana, Prague"),
    ("E. Europe Standard Time", "(UTC+02:00) Chisinau"),
    ("GTB Standard Time", "(UTC+02:00) Athens, Bucharest"),
    ("FLE Standard Time", "(UTC+02:00) Helsinki, Kyiv, Riga, Sofia, Tallinn, Vilnius"),
    ("India Standard Time", "(UTC+05:30) Chennai, Kolkata, Mumbai, New Delhi"),
    ("China Standard Time", "(UTC+08:00) Beijing, Chongqing, Hong Kong, Urumqi"),
    ("Tokyo Standard Time", "(UTC+09:00) Osaka, Sapporo, Tokyo"),
    ("AUS Eastern Standard Time", "(UTC+10:00) Canberra, Melbourne, Sydney"),
    ("E. South America Standard Time", "(UTC-03:00) Brasilia"),
    ("Eastern Standard Time", "(UTC-05:00) Eastern Time (US & Canada)"),
    ("Central Standard Time", "(UTC-06:00) Central Time (US & Canada)"),
    ("Mountain Standard Time", "(UTC-07:00) Mountain Time (US & Canada)"),
    ("US Mountain Standard Time", "(UTC-07:00) Arizona"),
    ("Pacific Standard Time", "(UTC-08:00) Pacific Time (US & Canada)"),
    ("Alaskan Standard Time", "(UTC-09:00) Alaska"),
    ("Hawaiian Standard Time", "(UTC-10:00) Hawaii"),
];

fn language_row((code, name): &(&str, &str)) -> Value {
    json!({"Id": code, "DisplayName": name, "VoiceResponseSupported": code.starts_with("en"),
           "Voices": [{"Id": "Female", "Name": "Female"}, {"Id": "Male", "Name": "Male"}]})
}

fn languages(_: &Call) -> Answer {
    named("SupportedLanguages", LANGUAGES.iter().map(language_row).collect())
}

fn language(call: &Call) -> Answer {
    let id = call.param("id");
    match LANGUAGES.iter().find(|(code, _)| code.eq_ignore_ascii_case(id)) {
        Some(found) => named("SupportedLanguage", language_row(found)),
        None => Err(Refusal::item(404, "NotFound", format!("The language '{id}' is not supported."))),
    }
}

fn zones(_: &Call) -> Answer {
    named("SupportedTimeZones", ZONES.iter().map(|(id, name)| json!({"Id": id, "DisplayName": name})).collect())
}

fn zone(call: &Call) -> Answer {
    let id = call.param("id");
    match ZONES.iter().find(|(zone, _)| zone.eq_ignore_ascii_case(id)) {
        Some((id, name)) => named("SupportedTimeZone", json!({"Id": id, "DisplayName": name})),
        None => Err(Refusal::item(404, "NotFound", format!("The time zone '{id}' is not supported."))),
    }
}

fn voices(_: &Call) -> Answer {
    named("SupportedVoices", json!([{"Id": "Female", "Name": "Female"}, {"Id": "Male", "Name": "Male"}]))
}

fn information(_: &Call) -> Answer {
    let row =
        json!({"DefaultLanguageId": "en-US", "DefaultTimeZoneId": "Pacific Standard Time", "FlightedFeatures": []});
    named("TenantInformation", row)
}

fn groups(call: &Call) -> Answer {
    let wanted = call.query("searchQuery").unwrap_or_default().to_lowercase();
    let exact = call.query_flag("exactMatchOnly");
    let most = call.query_number("maxResults").unwrap_or(10);
    let fits = |g: &Value| {
        let name = json::text(g, "displayName").unwrap_or_default().to_lowercase();
        let named = if exact { name == wanted } else { name.contains(&wanted) };
        named && (!call.query_flag("mailEnabledOnly") || json::flag(g, "mailEnabled") == Some(true))
    };
    let rows = call.store.list("group")?;
    let rows =
        rows.iter().filter(|g| fits(g)).take(most).map(|g| json!({"Id": g["id"], "DisplayName": g["displayName"]}));
    named("Groups", rows.collect())
}

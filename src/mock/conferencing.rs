//! Teams.Cpc: audio conferencing bridges, their service numbers, users, and the hybrid numbers of GCC High.

use rusqlite::types::Value as Sql;
use serde_json::{Value, json};

use crate::call::{Answer, Call, Refusal, empty, ok};
use crate::ids::{self, Sequence};
use crate::json;
use crate::people::{Person, plan};
use crate::route::{Route, config};

pub const ROUTES: &[Route] = &[
    config("GET", "/Teams.Cpc/bridges", list_bridges),
    config("PUT PATCH", "/Teams.Cpc/bridges", change_bridge),
    config("GET", "/Teams.Cpc/bridges/{bridgeId}", get_bridge),
    config("PUT PATCH", "/Teams.Cpc/bridges/{bridgeId}", change_bridge),
    config("GET", "/Teams.Cpc/serviceNumbers", list_numbers),
    config("GET", "/Teams.Cpc/serviceNumbers/{number}", get_number),
    config("PUT PATCH", "/Teams.Cpc/serviceNumbers/{number}", change_number),
    config("POST", "/Teams.Cpc/serviceNumbers/{number}/register", register),
    config("POST", "/Teams.Cpc/serviceNumbers/{number}/unregister", unregister),
    config("GET", "/Teams.Cpc/users", list_users),
    config("PUT PATCH", "/Teams.Cpc/users/defaultNumber", default_number),
    config("GET", "/Teams.Cpc/users/{userId}", get_user),
    config("PUT PATCH", "/Teams.Cpc/users/{userId}", change_user),
    config("GET", "/Teams.Cpc/languagesSupported", languages),
    config("GET", "/Teams.Cpc/hybridTelephoneNumbers", list_hybrid),
    config("GET", "/Teams.Cpc/hybridTelephoneNumbers/{number}", get_hybrid),
    config("POST", "/Teams.Cpc/hybridTelephoneNumbers/{number}", create_hybrid),
    config("DELETE", "/Teams.Cpc/hybridTelephoneNumbers/{number}", remove_hybrid),
];

const LANGUAGES: &[(&str, &str)] = &[
    ("da-DK", "Danish (Denmark)"),
    ("de-DE", "German (Germany)"),
    ("en-AU", "English (Australia)"),
    ("en-CA", "English (Canada)"),
    ("en-GB", "English (United Kingdom)"),
    ("en-US", "English (United States)"),
    ("es-ES", "Spanish (Spain)"),
    ("es-MX", "Spanish (Mexico)"),
    ("fi-FI", "Finnish (Finland)"),
    ("fr-CA", "French (Canada)"),
    ("fr-FR", "French (France)"),
    ("it-IT", "Italian (Italy)"),
    ("ja-JP", "Japanese (Japan)"),
    ("ko-KR", "Korean (Korea)"),
    ("nb-NO", "Norwegian, Bokm\u{e5}l (Norway)"),
    ("nl-NL", "Dutch (Netherlands)"),
    ("pl-PL", "Polish (Poland)"),
    ("pt-BR", "Portuguese (Brazil)"),
    ("sv-SE", "Swedish (Sweden)"),
    ("zh-CN", "Chinese (Simplified, PRC)"),
];

fn languages(_: &Call) -> Answer {
    ok(LANGUAGES.iter().map(|(code, name)| json!({"Code": code, "Name": name})).collect())
}

/// Digits of a service number: it may come as `+1..` or `tel:+1..`.
fn digits(number: &str) -> &str {
    number.trim_start_matches("tel:").trim_start_matches('+')
}

// Bridges.

fn show_bridge(call: &Call, mut bridge: Value) -> Result<Value, Refusal> {
    let numbers: Vec<Value> =
        call.store.list("serviceNumber")?.into_iter().filter(|n| n["BridgeId"] == bridge["Identity"]).collect();
    let default = numbers.iter().find(|n| n["Number"] == bridge["DefaultServiceNumber"]).cloned();
    bridge["DefaultServiceNumber"] = json!(default);
    json::set(&mut bridge, "ServiceNumbers", json!(numbers));
    Ok(bridge)
}

/// The bridge that path, query or body name; the default one if none is named.
fn bridge(call: &Call) -> Result<Value, Refusal> {
    let id = Some(call.param("bridgeId").to_owned()).filter(|i| !i.is_empty());
    let id = id.or_else(|| call.query("bridgeId").map(str::to_owned)).or_else(|| json::filled(&call.body, "BridgeId"));
    let name = call.query("name").or_else(|| call.query("bridgeName")).map(str::to_owned);
    let name = name.or_else(|| json::filled(&call.body, "BridgeName"));
    let same =
        |b: &Value, member: &str, wanted: &str| json::text(b, member).is_some_and(|v| v.eq_ignore_ascii_case(wanted));
    let mut all = call.store.list("bridge")?.into_iter();
    let found = match (&id, &name) {
        (Some(id), _) => all.find(|b| same(b, "Identity", id)),
        (None, Some(name)) => all.find(|b| same(b, "Name", name)),
        (None, None) => all.find(|b| json::flag(b, "IsDefault") == Some(true)),
    };
    let wanted = id.or(name).unwrap_or_else(|| "default".into());
    found.ok_or_else(|| {
        Refusal::item(404, "BridgeNotFound", format!("The conferencing bridge '{wanted}' was not found."))
    })
}

fn list_bridges(call: &Call) -> Answer {
    let wanted =
        |b: &Value| call.query("name").is_none_or(|n| json::text(b, "Name").is_some_and(|v| v.eq_ignore_ascii_case(n)));
    let rows = call.store.list("bridge")?.into_iter().filter(wanted);
    ok(Value::Array(rows.map(|b| show_bridge(call, b)).collect::<Result<_, _>>()?))
}

fn get_bridge(call: &Call) -> Answer {
    ok(show_bridge(call, bridge(call)?)?)
}

fn change_bridge(call: &Call) -> Answer {
    let mut bridge = bridge(call)?;
    let id = json::text(&bridge, "Identity").unwrap_or_default();
    if let Some(number) = json::filled(&call.body, "DefaultServiceNumber") {
        let number = digits(&number).to_owned();
        let known = call.store.get("serviceNumber", &number)?;
        if known.is_none_or(|n| json::text(&n, "BridgeId").as_deref() != Some(&id)) {
            let text = format!("The service number '{number}' does not belong to the conferencing bridge '{id}'.");
            return Err(Refusal::item(400, "InvalidServiceNumber", text));
        }
        bridge["DefaultServiceNumber"] = json!(number);
    }
    if let Some(name) = json::filled(&call.body, "Name") {
        bridge["Name"] = json!(name);
    }
    if json::flag(&call.body, "SetDefault") == Some(true) {
        for mut other in call.store.list("bridge")? {
            other["IsDefault"] = json!(false);
            call.store.put("bridge", other["Identity"].as_str().unwrap_or_default(), &other)?;
        }
        bridge["IsDefault"] = json!(true);
    }
    call.store.put("bridge", &id, &bridge)?;
    ok(show_bridge(call, bridge)?)
}

// Service numbers.

fn service_number(call: &Call) -> Result<Value, Refusal> {
    let number = digits(call.param("number"));
    let missing =
        || Refusal::item(404, "ServiceNumberNotFound", format!("The service number '{number}' was not found."));
    call.store.get("serviceNumber", number)?.ok_or_else(missing)
}

fn list_numbers(call: &Call) -> Answer {
    let mut rows = call.store.list("serviceNumber")?;
    if call.query("bridgeId").is_some() || call.query("bridgeName").is_some() {
        let bridge = bridge(call)?;
        rows.retain(|n| n["BridgeId"] == bridge["Identity"]);
    }
    if let Some(city) = call.query("city") {
        rows.retain(|n| json::text(n, "City").is_some_and(|c| c.eq_ignore_ascii_case(city)));
    }
    rows.truncate(call.query_number("resultSize").unwrap_or(usize::MAX));
    ok(Value::Array(rows))
}

fn get_number(call: &Call) -> Answer {
    ok(service_number(call)?)
}

fn change_number(call: &Call) -> Answer {
    let mut number = service_number(call)?;
    let known = |code: &str| LANGUAGES.iter().find(|(c, _)| c.eq_ignore_ascii_case(code)).map(|(c, _)| *c);
    let check = |code: &str| {
        let text = format!("The language '{code}' is not supported for dial-in conferencing.");
        known(code).ok_or_else(|| Refusal::item(400, "InvalidLanguage", text))
    };
    if json::flag(&call.body, "RestoreDefaultLanguages") == Some(true) {
        let place = crate::seed::PLACES.iter().find(|p| number["City"] == p.city);
        number["PrimaryLanguage"] = json!(place.map_or("en-US", |p| p.language));
        number["SecondaryLanguages"] = json!([]);
    }
    if let Some(language) = json::filled(&call.body, "PrimaryLanguage") {
        number["PrimaryLanguage"] = json!(check(&language)?);
    }
    if json::field(&call.body, "SecondaryLanguages").is_some() {
        let list = json::texts(&call.body, "SecondaryLanguages");
        let list: Vec<&str> = list.iter().flat_map(|l| l.split(',')).map(str::trim).collect();
        if list.len() > 4 {
            return Err(Refusal::item(400, "InvalidLanguage", "At most four secondary languages can be set."));
        }
        number["SecondaryLanguages"] = json!(list.into_iter().map(check).collect::<Result<Vec<_>, _>>()?);
    }
    call.store.put("serviceNumber", digits(call.param("number")), &number)?;
    ok(number)
}

fn register(call: &Call) -> Answer {
    let number = digits(call.param("number")).to_owned();
    let bridge = bridge(call)?;
    if call.store.get("serviceNumber", &number)?.is_some() {
        let text = format!("The service number '{number}' is already registered with a conferencing bridge.");
        return Err(Refusal::item(400, "ServiceNumberAlreadyRegistered", text));
    }
    let plus = format!("+{number}");
    let Some(mut entry) = call.store.number(&plus)? else {
        let text = format!("The number '{number}' is not in the tenant's inventory of service numbers.");
        return Err(Refusal::item(404, "ServiceNumberNotFound", text));
    };
    if !json::texts(&entry, "Capability").iter().any(|c| c == "ConferenceAssignment") {
        let text = format!("The number '{number}' is not a service number.");
        return Err(Refusal::item(400, "InvalidServiceNumber", text));
    }
    if json::filled(&entry, "AssignedPstnTargetId").is_some() {
        return Err(Refusal::item(400, "InvalidServiceNumber", format!("The number '{number}' is already assigned.")));
    }
    let given =
        |name: &str, default: Value| json::field(&call.body, name).filter(|v| !v.is_null()).cloned().unwrap_or(default);
    let row = json!({
        "Number": number, "City": given("City", entry["City"].clone()),
        "PrimaryLanguage": given("PrimaryLanguage", json!("en-US")),
        "SecondaryLanguages": given("SecondaryLanguages", json!([])), "BridgeId": bridge["Identity"], "IsShared": false,
        "Type": given("Type", json!("Toll")),
    });
    entry["AssignedPstnTargetId"] = bridge["Identity"].clone();
    entry["PstnAssignmentStatus"] = json!("ConferenceAssigned");
    call.store.save_number(&entry)?;
    call.store.put("serviceNumber", &number, &row)?;
    ok(row)
}

fn unregister(call: &Call) -> Answer {
    let number = service_number(call)?;
    let text = json::text(&number, "Number").unwrap_or_default();
    for mut bridge in call.store.list("bridge")? {
        if bridge["DefaultServiceNumber"].as_str() != Some(&text) {
            continue;
        }
        let force = call.query_flag("removeDefaultServiceNumber")
            || json::flag(&call.body, "RemoveDefaultServiceNumber") == Some(true);
        if !force {
            let text = format!(
                "The service number '{text}' is the default of the conferencing bridge. Use \
                                RemoveDefaultServiceNumber to unregister it."
            );
            return Err(Refusal::item(400, "DefaultServiceNumber", text));
        }
        bridge["DefaultServiceNumber"] = Value::Null;
        call.store.put("bridge", bridge["Identity"].as_str().unwrap_or_default(), &bridge)?;
    }
    if let Some(mut entry) = call.store.number(&format!("+{text}"))? {
        json::merge(&mut entry, &json!({"AssignedPstnTargetId": null, "PstnAssignmentStatus": "Unassigned"}));
        call.store.save_number(&entry)?;
    }
    call.store.remove("serviceNumber", &text)?;
    ok(number)
}

// Users.

fn user(call: &Call) -> Result<Person, Refusal> {
    let key = call.param("userId");
    let found = call.store.person(key)?.filter(|p| p.has_plan(plan::CONFERENCING));
    let text = format!("The user '{key}' was not found or has no Audio Conferencing license.");
    found.ok_or_else(|| Refusal::item(404, "UserNotFound", text))
}

/// What the service makes up for a user: the numbers of the nearest place and an id of its own.
fn show_user(call: &Call, person: &Person, bridge: &Value, numbers: &[Value]) -> Result<Value, Refusal> {
    let near = numbers.iter().find(|n| n["Type"] == "Toll" && n["City"] == person.body["city"]);
    let toll = near.map(|n| n["Number"].clone()).unwrap_or_else(|| bridge["DefaultServiceNumber"].clone());
    let free = numbers.iter().find(|n| n["Type"] == "TollFree").map(|n| n["Number"].clone());
    let id = 100_000_000 + Sequence::of(0, person.id(), 0).below(899_999_999);
    let mut shown = json!({
        "Identity": person.id(), "DisplayName": person.text("displayName"), "SipAddress": person.text("sipAddress"),
        "TenantId": call.store.tenant_id()?, "BridgeId": bridge["Identity"], "BridgeName": bridge["Name"],
        "ConferenceId": id.to_string(), "LeaderPin": null, "ServiceNumber": toll, "TollFreeServiceNumber": free,
        "DefaultTollNumber": toll, "DefaultTollFreeNumber": free, "AllowPstnOnlyMeeting": false, "AllowTollFreeDialIn": true,
    });
    if let Some(own) = call.store.get("conferencingUser", person.id())? {
        json::merge_known(&mut shown, &own);
    }
    Ok(shown)
}

fn context(call: &Call) -> Result<(Value, Vec<Value>), Refusal> {
    let default = call.store.list("bridge")?.into_iter().find(|b| json::flag(b, "IsDefault") == Some(true));
    Ok((default.unwrap_or_default(), call.store.list("serviceNumber")?))
}

fn list_users(call: &Call) -> Answer {
    let size = call.page_size(call.query_number("pageSize").or_else(|| call.query_number("top")), 100, 999);
    let after: i64 = call.query("skiptoken").and_then(|t| t.parse().ok()).unwrap_or(0);
    let condition = "deleted=0 AND plans LIKE ?1 AND seq>?2";
    let values = [Sql::Text(format!("% {} %", plan::CONFERENCING)), Sql::Integer(after)];
    let people = call.store.people(condition, &values, "seq", size + 1)?;
    let (bridge, numbers) = context(call)?;
    let mut page = people.iter().take(size);
    let users = page.clone().map(|p| show_user(call, p, &bridge, &numbers)).collect::<Result<Vec<_>, _>>()?;
    let limited = call.query_number("top").is_some_and(|top| users.len() >= top);
    let next = page
        .next_back()
        .filter(|_| people.len() > size && !limited)
        .map(|p| call.link(&[("skiptoken", &p.seq.to_string())]));
    ok(json!({"Users": users, "NextLink": next}))
}

fn get_user(call: &Call) -> Answer {
    let person = user(call)?;
    let (bridge, numbers) = context(call)?;
    ok(show_user(call, &person, &bridge, &numbers)?)
}

fn change_user(call: &Call) -> Answer {
    let person = user(call)?;
    let body = &call.body;
    let mut own = call.store.get("conferencingUser", person.id())?.unwrap_or_else(|| json!({}));
    for name in ["AllowTollFreeDialIn", "AllowPstnOnlyMeeting"] {
        if let Some(flag) = json::flag(body, name) {
            own[name] = json!(flag);
        }
    }
    if json::filled(body, "BridgeId").is_some() || json::filled(body, "BridgeName").is_some() {
        let bridge = bridge(call)?;
        own["BridgeId"] = bridge["Identity"].clone();
        own["BridgeName"] = bridge["Name"].clone();
    }
    for (name, kind) in [("ServiceNumber", "Toll"), ("TollFreeServiceNumber", "TollFree")] {
        if let Some(number) = json::filled(body, name) {
            let number = digits(&number).to_owned();
            let known = call.store.get("serviceNumber", &number)?;
            if known.is_none_or(|n| n["Type"] != kind) {
                let text = format!("The {kind} service number '{number}' was not found on the conferencing bridge.");
                return Err(Refusal::item(400, "InvalidServiceNumber", text));
            }
            own[name] = json!(number);
        }
    }
    if let Some(id) = json::filled(body, "ConferenceId") {
        if !(5..=12).contains(&id.len()) || !id.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Refusal::item(400, "InvalidConferenceId", format!("The conference id '{id}' is not valid.")));
        }
        own["ConferenceId"] = json!(id);
    }
    if json::flag(body, "ResetConferenceId") == Some(true) {
        own["ConferenceId"] = json!((100_000_000 + Sequence::new(ids::micros()).below(899_999_999)).to_string());
    }
    call.store.put("conferencingUser", person.id(), &own)?;
    let (bridge, numbers) = context(call)?;
    let mut shown = show_user(call, &person, &bridge, &numbers)?;
    if json::flag(body, "ResetLeaderPin") == Some(true) {
        // The PIN is told once, right after the reset.
        shown["LeaderPin"] = json!((10_000 + Sequence::new(ids::micros()).below(89_999)).to_string());
    }
    ok(shown)
}

fn default_number(call: &Call) -> Answer {
    let body = &call.body;
    let to = json::filled(body, "ToNumber").unwrap_or_default();
    let to = digits(&to).to_owned();
    let kind = json::filled(body, "NumberType").unwrap_or_else(|| "Toll".into());
    let known = call.store.get("serviceNumber", &to)?;
    if known.is_none_or(|n| json::text(&n, "Type").is_none_or(|t| !t.eq_ignore_ascii_case(&kind))) {
        let text = format!("The {kind} service number '{to}' was not found on the conferencing bridge.");
        return Err(Refusal::item(400, "InvalidServiceNumber", text));
    }
    let member = if kind.eq_ignore_ascii_case("Toll") { "ServiceNumber" } else { "TollFreeServiceNumber" };
    let from = json::filled(body, "FromNumber").map(|f| digits(&f).to_owned());
    let country = json::filled(body, "CountryOrRegion");
    let city = json::filled(body, "CapitalOrMajorCity");
    let values = [Sql::Text(format!("% {} %", plan::CONFERENCING))];
    let (bridge, numbers) = context(call)?;
    let mut changed = Vec::new();
    for person in call.store.people("deleted=0 AND plans LIKE ?1", &values, "seq", usize::MAX >> 1)? {
        let in_place = |wanted: &Option<String>, member: &str| {
            wanted.as_ref().is_none_or(|w| person.text(member).eq_ignore_ascii_case(w))
        };
        let shown = show_user(call, &person, &bridge, &numbers)?;
        let fits = from.as_ref().is_none_or(|f| shown[member].as_str() == Some(f));
        if !fits || !in_place(&country, "usageLocation") || !in_place(&city, "city") {
            continue;
        }
        let mut own = call.store.get("conferencingUser", person.id())?.unwrap_or_else(|| json!({}));
        own[member] = json!(to);
        call.store.put("conferencingUser", person.id(), &own)?;
        changed.push(show_user(call, &person, &bridge, &numbers)?);
    }
    ok(Value::Array(changed))
}

// Hybrid numbers.

fn list_hybrid(call: &Call) -> Answer {
    ok(Value::Array(call.store.list("hybridNumber")?))
}

fn get_hybrid(call: &Call) -> Answer {
    let number = digits(call.param("number"));
    let missing = || Refusal::item(404, "NotFound", format!("The hybrid telephone number '{number}' was not found."));
    ok(call.store.get("hybridNumber", number)?.ok_or_else(missing)?)
}

fn create_hybrid(call: &Call) -> Answer {
    let number = digits(call.param("number"));
    if call.store.get("hybridNumber", number)?.is_some() {
        return Err(Refusal::item(409, "Conflict", format!("The hybrid telephone number '{number}' already exists.")));
    }
    let row = json!({"Id": number, "TelephoneNumber": number, "O365Region": "NOAM", "SourceType": "Hybrid", "TargetType": "", "UserId": null});
    call.store.put("hybridNumber", number, &row)?;
    ok(row)
}

fn remove_hybrid(call: &Call) -> Answer {
    get_hybrid(call)?;
    call.store.remove("hybridNumber", digits(call.param("number")))?;
    empty(204)
}

//! Skype.Ncs: civic addresses, locations, the network elements that point to them, and the emergency disclaimer
//! (tenant-api.md, section 7). Order: address, location, element; removed the other way round.

use std::net::IpAddr;

use rusqlite::types::Value as Sql;
use serde_json::{Value, json};

use crate::call::{Answer, Call, Refusal, empty, ok};
use crate::ids;
use crate::json;
use crate::route::{Route, config};
use crate::store::Store;

pub const ROUTES: &[Route] = &[
    config("GET", "/Skype.Ncs/civicAddresses", list_addresses),
    config("GET", "/Skype.Ncs/civicAddresses/filters", list_addresses),
    config("GET", "/Skype.Ncs/civicAddresses/{id}", get_address),
    config("POST", "/Skype.Ncs/civicAddresses", create_address),
    config("PATCH PUT", "/Skype.Ncs/civicAddresses", change_address),
    config("DELETE", "/Skype.Ncs/civicAddresses/{id}", remove_address),
    config("POST", "/Skype.Ncs/civicAddresses/validate", validate),
    config("POST", "/Skype.Ncs/civicAddresses/{id}/validate", validate_known),
    config("GET", "/Skype.Ncs/locations", list_locations),
    config("GET", "/Skype.Ncs/locations/filters", list_locations),
    config("GET", "/Skype.Ncs/locations/{id}", get_location),
    config("POST", "/Skype.Ncs/locations", create_location),
    config("PATCH PUT", "/Skype.Ncs/locations", change_location),
    config("DELETE", "/Skype.Ncs/locations/{id}", remove_location),
    config("GET", "/Skype.Ncs/locations/{id}/users", location_users),
    config("GET", "/Skype.Ncs/locations/{id}/telephoneNumbers", location_numbers),
    config("GET", "/Skype.Ncs/subnets", list_elements),
    config("GET", "/Skype.Ncs/subnets/filters", list_elements),
    config("GET", "/Skype.Ncs/subnets/{key}", get_element),
    config("PUT PATCH", "/Skype.Ncs/subnets/{key}", put_element),
    config("DELETE", "/Skype.Ncs/subnets/{key}", remove_element),
    config("GET", "/Skype.Ncs/switches", list_elements),
    config("GET", "/Skype.Ncs/switches/filters", list_elements),
    config("GET", "/Skype.Ncs/switches/{key}", get_element),
    config("PUT PATCH", "/Skype.Ncs/switches/{key}", put_element),
    config("DELETE", "/Skype.Ncs/switches/{key}", remove_element),
    config("GET", "/Skype.Ncs/wirelessAccessPoints", list_elements),
    config("GET", "/Skype.Ncs/wirelessAccessPoints/filters", list_elements),
    config("GET", "/Skype.Ncs/wirelessAccessPoints/{key}", get_element),
    config("PUT PATCH", "/Skype.Ncs/wirelessAccessPoints/{key}", put_element),
    config("DELETE", "/Skype.Ncs/wirelessAccessPoints/{key}", remove_element),
    config("GET", "/Skype.Ncs/ports", list_elements),
    config("GET", "/Skype.Ncs/ports/query", get_element),
    config("GET", "/Skype.Ncs/ports/filters", list_elements),
    config("PUT PATCH", "/Skype.Ncs/ports", put_element),
    config("DELETE", "/Skype.Ncs/ports/query", remove_element),
    config("GET", "/Skype.Ncs/EmergencyDisclaimer/response/Country={country}", disclaimer_response),
    config("GET", "/Skype.Ncs/EmergencyDisclaimer/Country={country}", disclaimer),
    config("POST", "/Skype.Ncs/EmergencyDisclaimer/response", answer_disclaimer),
];

fn not_found<T>(what: &str, id: &str) -> Result<T, Refusal> {
    Err(Refusal::location(404, "NotFound", format!("{what} '{id}' was not found.")))
}

fn bad<T>(code: &str, text: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::location(400, code, text))
}

// Civic addresses.

/// The members of an address that clients may give.
const FIELDS: &[&str] = &[
    "description",
    "companyName",
    "companyId",
    "houseNumber",
    "houseNumberSuffix",
    "preDirectional",
    "streetName",
    "streetSuffix",
    "postDirectional",
    "cityOrTown",
    "cityOrTownAlias",
    "stateOrProvince",
    "countyOrDistrict",
    "postalOrZipCode",
    "country",
    "latitude",
    "longitude",
    "confidence",
    "elin",
    "validationStatus",
];

fn address(store: &Store, id: &str) -> Result<Value, Refusal> {
    match store.get("civicAddress", id)? {
        Some(found) => Ok(found),
        None => not_found("Civic address", id),
    }
}

/// Voice users and numbers are counted on request only.
fn count(call: &Call, shown: &mut Value, member: &str, id: &str) -> Result<(), Refusal> {
    let of = |status: &str| {
        let sql = format!("SELECT count(*) FROM number WHERE json_extract(body,'$.{member}')=?1{status}");
        call.store.count(&sql, &[Sql::Text(id.to_owned())])
    };
    let users = if call.query_flag("populateNumberOfVoiceUsers") { of(" AND status='UserAssigned'")? } else { -1 };
    let numbers = if call.query_flag("populateNumberOfTelephoneNumbers") { of("")? } else { -1 };
    json::merge(shown, &json!({"numberOfVoiceUsers": users, "numberOfTelephoneNumbers": numbers}));
    Ok(())
}

/// Whether a row fits the query values that filter.
fn wanted(call: &Call, row: &Value) -> bool {
    let filters = [
        ("description", "description"),
        ("city", "cityOrTown"),
        ("countryOrRegion", "country"),
        ("validationStatus", "validationStatus"),
        ("location", "additionalInfo"),
    ];
    filters.iter().all(|(query, member)| {
        let value = json::text(row, member).unwrap_or_default();
        call.query(query).is_none_or(|wanted| match wanted.strip_suffix('*') {
            Some(start) => value.to_lowercase().starts_with(&start.to_lowercase()),
            None => value.eq_ignore_ascii_case(wanted),
        })
    })
}

fn window(call: &Call, rows: Vec<Value>) -> Answer {
    let skip = call.query_number("skip").unwrap_or(0);
    let count = call.query_number("count").unwrap_or(usize::MAX);
    ok(rows.into_iter().skip(skip).take(count).collect())
}

fn list_addresses(call: &Call) -> Answer {
    let mut rows = Vec::new();
    let of_location = match call.query("locationId") {
        Some(id) => {
            call.store.get("location", id)?.and_then(|l| json::text(&l, "civicAddressId")).or(Some(String::new()))
        }
        None => None,
    };
    for mut row in call.store.list("civicAddress")? {
        let id = json::text(&row, "id").unwrap_or_default();
        let named = call.query("civicAddressId").is_none_or(|q| q.eq_ignore_ascii_case(&id));
        if named && of_location.as_ref().is_none_or(|a| a.eq_ignore_ascii_case(&id)) && wanted(call, &row) {
            count(call, &mut row, "CivicAddressId", &id)?;
            rows.push(row);
        }
    }
    window(call, rows)
}

fn get_address(call: &Call) -> Answer {
    let id = call.param("id");
    let mut found = address(call.store, id)?;
    count(call, &mut found, "CivicAddressId", id)?;
    ok(found)
}

fn create_address(call: &Call) -> Answer {
    let body = &call.body;
    if json::filled(body, "companyName").is_none() || json::filled(body, "country").is_none() {
        return bad("CivicAddressInvalidOrEmpty", "CivicAddressInvalidOrEmpty: company name and country are required.");
    }
    if json::filled(body, "country").is_some_and(|c| c.len() != 2) {
        return bad("CivicAddressInvalidOrEmpty", "CivicAddressInvalidOrEmpty: the country must be a two letter code.");
    }
    let (id, location) = (ids::guid(), ids::guid());
    let mut new =
        json!({"id": id, "tenantId": call.store.tenant_id()?, "partnerId": null, "defaultLocationId": location});
    for field in FIELDS {
        let empty = if matches!(*field, "companyId" | "elin") { Value::Null } else { json!("") };
        new[*field] = json::field(body, field).filter(|v| !v.is_null()).cloned().unwrap_or(empty);
    }
    new["additionalLocationInfo"] = Value::Null;
    if json::filled(&new, "validationStatus").is_none() {
        let checked = call.query_flag("validate") && json::filled(&new, "streetName").is_some();
        new["validationStatus"] = json!(if checked { "Validated" } else { "NotValidated" });
    }
    call.store.put("civicAddress", &id, &new)?;
    call.store.put(
        "location",
        &location,
        &json!({
            "id": location, "civicAddressId": id, "additionalInfo": "", "isDefault": true, "elin": new["elin"],
        }),
    )?;
    json::merge(&mut new, &json!({"numberOfVoiceUsers": -1, "numberOfTelephoneNumbers": -1}));
    ok(new)
}

fn change_address(call: &Call) -> Answer {
    let id = json::filled(&call.body, "id").unwrap_or_default();
    let mut known = address(call.store, &id)?;
    if json::text(&known, "validationStatus").is_some_and(|s| s.starts_with("Validated")) {
        return bad("CivicAddressValidated", format!("Unable to update a validated Civic Address {id}"));
    }
    for field in FIELDS {
        if let Some(value) = json::field(&call.body, field) {
            known[*field] = value.clone();
        }
    }
    call.store.put("civicAddress", &id, &known)?;
    json::merge(&mut known, &json!({"numberOfVoiceUsers": -1, "numberOfTelephoneNumbers": -1}));
    ok(known)
}

fn remove_address(call: &Call) -> Answer {
    let id = call.param("id");
    let known = address(call.store, id)?;
    let used = call.store.count(
        "SELECT count(*) FROM number WHERE json_extract(body,'$.CivicAddressId')=?1 COLLATE NOCASE",
        &[Sql::Text(id.to_owned())],
    )?;
    if used > 0 {
        let text = format!("Unable to remove Civic Address {id}: it is in use by {used} telephone number(s).");
        return bad("CivicAddressInUse", text);
    }
    let default = json::text(&known, "defaultLocationId").unwrap_or_default();
    for location in call.store.list("location")? {
        let own = json::text(&location, "civicAddressId").is_some_and(|a| a.eq_ignore_ascii_case(id));
        if own && json::flag(&location, "isDefault") != Some(true) {
            return bad("CivicAddressInUse", format!("Unable to remove Civic Address {id}: it still has locations."));
        }
    }
    check_location_unused(call.store, &default)?;
    call.store.remove("location", &default)?;
    call.store.remove("civicAddress", id)?;
    empty(204)
}

fn validate(call: &Call) -> Answer {
    let complete = ["streetName", "cityOrTown", "country"].iter().all(|f| json::filled(&call.body, f).is_some());
    ok(json!(complete))
}

fn validate_known(call: &Call) -> Answer {
    let known = address(call.store, call.param("id"))?;
    ok(json!(["streetName", "cityOrTown", "country"].iter().all(|f| json::filled(&known, f).is_some())))
}

// Locations.

/// A location shows its address beside its own members.
fn show_location(call: &Call, location: &Value) -> Result<Value, Refusal> {
    let id = json::text(location, "id").unwrap_or_default();
    let home = json::text(location, "civicAddressId").unwrap_or_default();
    let home = call.store.get("civicAddress", &home)?.unwrap_or_default();
    let mut shown = location.clone();
    shown["tenantId"] = home["tenantId"].clone();
    shown["partnerId"] = Value::Null;
    for field in FIELDS.iter().filter(|f| **f != "elin") {
        shown[*field] = home[*field].clone();
    }
    count(call, &mut shown, "LocationId", &id)?;
    Ok(shown)
}

fn location(store: &Store, id: &str) -> Result<Value, Refusal> {
    match store.get("location", id)? {
        Some(found) => Ok(found),
        None => not_found("Location", id),
    }
}

fn list_locations(call: &Call) -> Answer {
    let mut rows = Vec::new();
    for row in call.store.list("location")? {
        let same = |query: &str, member: &str| {
            call.query(query).is_none_or(|q| json::text(&row, member).is_some_and(|v| v.eq_ignore_ascii_case(q)))
        };
        if same("locationId", "id") && same("civicAddressId", "civicAddressId") {
            let shown = show_location(call, &row)?;
            if wanted(call, &shown) {
                rows.push(shown);
            }
        }
    }
    window(call, rows)
}

fn get_location(call: &Call) -> Answer {
    ok(show_location(call, &location(call.store, call.param("id"))?)?)
}

fn create_location(call: &Call) -> Answer {
    let body = &call.body;
    let info = json::filled(body, "additionalInfo").unwrap_or_default();
    check_info(&info)?;
    let home = match json::filled(body, "civicAddressId") {
        Some(id) if call.store.get("civicAddress", &id)?.is_some() => id,
        Some(id) => {
            return bad("CivicAddressInvalidOrEmpty", format!("CivicAddressInvalidOrEmpty: '{id}' was not found."));
        }
        None => return bad("CivicAddressInvalidOrEmpty", "CivicAddressInvalidOrEmpty"),
    };
    for other in call.store.list("location")? {
        let same =
            |member: &str, value: &str| json::text(&other, member).is_some_and(|v| v.eq_ignore_ascii_case(value));
        if same("civicAddressId", &home) && same("additionalInfo", &info) {
            return bad(
                "LocationAlreadyExists",
                format!("A location '{info}' already exists at the civic address {home}."),
            );
        }
    }
    let id = ids::guid();
    let new = json!({"id": id, "civicAddressId": home, "additionalInfo": info, "isDefault": false,
                     "elin": json::text(body, "elin")});
    call.store.put("location", &id, &new)?;
    ok(show_location(call, &new)?)
}

fn check_info(info: &str) -> Result<(), Refusal> {
    match info.chars().count() {
        0 => bad("LocationInvalidOrEmpty", "The location cannot be empty."),
        1..=32 => Ok(()),
        _ => bad("LocationInvalidOrEmpty", "The location can have at most 32 characters."),
    }
}

fn change_location(call: &Call) -> Answer {
    let id = json::filled(&call.body, "id").unwrap_or_default();
    let mut known = location(call.store, &id)?;
    if let Some(info) = json::text(&call.body, "additionalInfo") {
        check_info(&info)?;
        known["additionalInfo"] = json!(info);
    }
    if let Some(elin) = json::field(&call.body, "elin") {
        known["elin"] = elin.clone();
    }
    call.store.put("location", &id, &known)?;
    ok(show_location(call, &known)?)
}

fn remove_location(call: &Call) -> Answer {
    let id = call.param("id");
    if json::flag(&location(call.store, id)?, "isDefault") == Some(true) {
        return bad(
            "DefaultLocation",
            format!("The default location {id} cannot be removed without its civic address."),
        );
    }
    check_location_unused(call.store, id)?;
    call.store.remove("location", id)?;
    empty(204)
}

fn check_location_unused(store: &Store, id: &str) -> Result<(), Refusal> {
    let numbers = store.count(
        "SELECT count(*) FROM number WHERE json_extract(body,'$.LocationId')=?1 COLLATE NOCASE",
        &[Sql::Text(id.to_owned())],
    )?;
    let mut elements = 0;
    for element in ELEMENTS {
        let rows = store.list(element.kind)?;
        elements +=
            rows.iter().filter(|r| json::text(r, "locationId").is_some_and(|l| l.eq_ignore_ascii_case(id))).count();
    }
    if numbers == 0 && elements == 0 {
        return Ok(());
    }
    let text = format!(
        "Unable to remove location {id}: it is in use by {numbers} telephone number(s) and {elements} network element(s)."
    );
    bad("LocationInUse", text)
}

fn location_users(call: &Call) -> Answer {
    location(call.store, call.param("id"))?;
    let sql = "SELECT user.body FROM user JOIN number ON number.target=user.id
               WHERE json_extract(number.body,'$.LocationId')=?1 COLLATE NOCASE ORDER BY user.seq";
    let rows = call.store.bodies(sql, &[Sql::Text(call.param("id").to_owned())])?;
    ok(rows.iter().map(|u| json!({"id": u["objectId"], "userPrincipalName": u["userPrincipalName"], "displayName": u["displayName"]})).collect())
}

fn location_numbers(call: &Call) -> Answer {
    location(call.store, call.param("id"))?;
    let sql = "SELECT body FROM number WHERE json_extract(body,'$.LocationId')=?1 COLLATE NOCASE ORDER BY number";
    let rows = call.store.bodies(sql, &[Sql::Text(call.param("id").to_owned())])?;
    ok(rows
        .iter()
        .map(|n| json!({"telephoneNumber": n["TelephoneNumber"], "assignedTo": n["AssignedPstnTargetId"]}))
        .collect())
}

// Network elements: subnets, switches, ports, access points. One shape, four keys.

struct Element {
    segment: &'static str,
    kind: &'static str,
    keys: &'static [&'static str],
}

const ELEMENTS: &[Element] = &[
    Element { segment: "subnets", kind: "lisSubnet", keys: &["subnet"] },
    Element { segment: "switches", kind: "lisSwitch", keys: &["chassisId"] },
    Element { segment: "wirelessAccessPoints", kind: "lisAccessPoint", keys: &["bssid"] },
    Element { segment: "ports", kind: "lisPort", keys: &["chassisId", "portId"] },
];

fn element(call: &Call) -> &'static Element {
    let segment = call.path.trim_matches('/').split('/').nth(1).unwrap_or_default();
    ELEMENTS.iter().find(|e| e.segment.eq_ignore_ascii_case(segment)).unwrap_or(&ELEMENTS[0])
}

/// The values of the element's keys: from the path, else from query or body.
fn keys(call: &Call, element: &Element) -> Vec<String> {
    let value = |name: &str| {
        let path = Some(call.param("key").to_owned()).filter(|k| !k.is_empty());
        path.or_else(|| call.query(name).map(str::to_owned)).or_else(|| json::filled(&call.body, name))
    };
    element.keys.iter().map(|k| value(k).unwrap_or_default()).collect()
}

fn list_elements(call: &Call) -> Answer {
    let mut rows = call.store.list(element(call).kind)?;
    if let Some(id) = call.query("locationId") {
        rows.retain(|r| json::text(r, "locationId").is_some_and(|l| l.eq_ignore_ascii_case(id)));
    }
    ok(Value::Array(rows))
}

fn get_element(call: &Call) -> Answer {
    let element = element(call);
    let key = keys(call, element).join("|");
    match call.store.get(element.kind, &key)? {
        Some(found) => ok(found),
        None => not_found("Network element", &key),
    }
}

fn put_element(call: &Call) -> Answer {
    let element = element(call);
    let keys = keys(call, element);
    let given = |name: &str| call.query(name).map(str::to_owned).or_else(|| json::filled(&call.body, name));
    let Some(place) = given("locationId") else { return bad("LocationInvalidOrEmpty", "The location id is missing.") };
    let home = location(call.store, &place)?;
    if keys.iter().any(String::is_empty) {
        return bad("InvalidKey", "The key of the network element is missing.");
    }
    check_key(call.store, element, &keys[0], &place)?;
    let mut row = json!({});
    for (name, key) in element.keys.iter().zip(&keys) {
        row[*name] = json!(key);
    }
    row["locationId"] = home["id"].clone();
    row["description"] = json!(given("description"));
    call.store.put(element.kind, &keys.join("|"), &row)?;
    empty(204)
}

fn check_key(store: &Store, element: &Element, key: &str, place: &str) -> Result<(), Refusal> {
    match element.segment {
        "subnets" => match key.parse::<IpAddr>() {
            Ok(_) => Ok(()),
            Err(_) => bad("InvalidSubnet", format!("'{key}' is not a valid subnet.")),
        },
        "wirelessAccessPoints" => {
            let pattern = key.replace(':', "-");
            let groups: Vec<&str> = pattern.split('-').collect();
            let hex = |g: &str| g.len() == 2 && g.bytes().all(|b| b.is_ascii_hexdigit() || b == b'*');
            if groups.len() != 6 && !key.ends_with('*') || !groups.iter().all(|g| hex(g) || *g == "*") {
                return bad("InvalidBssid", format!("'{key}' is not a valid BSSID."));
            }
            for other in store.list(element.kind)? {
                let known = json::text(&other, "bssid").unwrap_or_default();
                let inside = known.contains('*')
                    && !known.eq_ignore_ascii_case(key)
                    && key.to_ascii_lowercase().starts_with(&known.trim_end_matches('*').to_ascii_lowercase());
                if inside && json::text(&other, "locationId").is_some_and(|l| l.eq_ignore_ascii_case(place)) {
                    return bad(
                        "BssidAlreadyCovered",
                        format!("The BSSID '{key}' is covered by '{known}' of the same location."),
                    );
                }
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn remove_element(call: &Call) -> Answer {
    let element = element(call);
    let key = keys(call, element).join("|");
    if call.store.remove(element.kind, &key)? { empty(204) } else { not_found("Network element", &key) }
}

// The emergency disclaimer.

const DISCLAIMER: &str = "Emergency calls with this service may be limited. Inform the people who use it.";

fn disclaimer(call: &Call) -> Answer {
    ok(json!({
        "content": DISCLAIMER, "country": call.param("country"), "version": call.query("version").unwrap_or("1"),
        "locale": "en-US", "isCurrent": true, "tenantId": call.store.tenant_id()?, "correlationId": ids::guid(),
    }))
}

fn disclaimer_response(call: &Call) -> Answer {
    match call.store.get("disclaimer", call.param("country"))? {
        Some(found) => ok(found),
        None => not_found("Emergency disclaimer response for", call.param("country")),
    }
}

fn answer_disclaimer(call: &Call) -> Answer {
    let body = &call.body;
    let Some(country) = json::filled(body, "country") else { return bad("InvalidCountry", "The country is missing.") };
    let response = json::integer(body, "response").unwrap_or(1);
    if !(0..=2).contains(&response) {
        return bad("InvalidResponse", "The response must be 0, 1 or 2.");
    }
    let known = call.store.get("disclaimer", &country)?;
    if known.is_some_and(|k| k["response"] == 1) && response == 1 && json::flag(body, "forceAccept") != Some(true) {
        return bad("AlreadyAccepted", format!("The disclaimer for '{country}' was already accepted."));
    }
    let row = json!({
        "country": country, "version": json::filled(body, "version").unwrap_or_else(|| "1".into()),
        "content": json::filled(body, "content").unwrap_or_else(|| DISCLAIMER.into()), "response": response,
        "respondedByObjectId": call.caller.object_id, "responseTimestamp": ids::now(),
        "locale": json::filled(body, "locale").unwrap_or_else(|| "en-US".into()), "correlationId": ids::guid(),
    });
    call.store.put("disclaimer", &country, &row)?;
    ok(row)
}

//! Skype.TelephoneNumberMgmt: orders of numbers - search, reserve, buy, release, upload, export, bulk changes - and the
//! retired inventory, port-in and usage routes. What takes minutes at the service is finished at the first poll here.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use crate::call::{Answer, Call, Refusal, Reply, empty, ok, open_link};
use crate::ids;
use crate::json;
use crate::numbers;
use crate::route::{Route, config, open};
use crate::seed::PLACES;
use crate::telephone::{change_tags, known};

pub const ROUTES: &[Route] = &[
    config("GET", "/Skype.TelephoneNumberMgmt/cmdlet/searchcountries", countries),
    config("GET", "/Skype.TelephoneNumberMgmt/cmdlet/searchplans/{country}", plans),
    config("POST", "/Skype.TelephoneNumberMgmt/cmdlet/searches", search),
    config("GET", "/Skype.TelephoneNumberMgmt/cmdlet/searches/{orderId}", get_order),
    config("POST", "/Skype.TelephoneNumberMgmt/cmdlet/searches/{orderId}", act),
    config("GET", "/Skype.TelephoneNumberMgmt/cmdlet/orders", list_orders),
    config("GET", "/Skype.TelephoneNumberMgmt/cmdlet/orders/{orderId}", get_order),
    config("POST", "/Skype.TelephoneNumberMgmt/cmdlet/releases", release),
    config("POST", "/Skype.TelephoneNumberMgmt/cmdlet/release-by-input-type", release_order),
    config("POST", "/Skype.TelephoneNumberMgmt/cmdlet/direct-routing-telephone-number-orders", upload),
    config("POST", "/Skype.TelephoneNumberMgmt/cmdlet/export-numbers", export),
    config("GET", "/Skype.TelephoneNumberMgmt/cmdlet/export-numbers/{orderId}", export_status),
    open("GET", "/mock-download/numbers/{orderId}", download),
    config("POST", "/Skype.TelephoneNumberMgmt/cmdlet/bulk-update-LocationId-order", bulk),
    config("POST", "/Skype.TelephoneNumberMgmt/cmdlet/bulk-update-NetworkSiteId-order", bulk),
    config("POST", "/Skype.TelephoneNumberMgmt/cmdlet/bulk-update-ReverseNumberLookup-order", bulk),
    config("POST", "/Skype.TelephoneNumberMgmt/cmdlet/bulk-update-tags-order", bulk),
    config("POST", "/Skype.TelephoneNumberMgmt/cmdlet/bulk-update-DrNumberAcquiredCapabilities-order", bulk),
    config("POST", "/Skype.TelephoneNumberMgmt/cmdlet/usage-change-order", usage_change),
];

const ORDER: &str = "numberOrder";

fn countries(_: &Call) -> Answer {
    ok(PLACES.iter().map(|p| json!({"Name": p.country_name, "Value": p.country})).collect())
}

fn plans(call: &Call) -> Answer {
    let country = call.param("country");
    let Some(place) = PLACES.iter().find(|p| p.country.eq_ignore_ascii_case(country)) else {
        return Err(Refusal::number(404, format!("The country '{country}' is not supported.")));
    };
    let row = |id: &str, name: &str, capability: &str| {
        json!({
            "NumberTypeId": id, "DisplayName": name, "Capabilities": [capability],
            "AllowedSearchTypes": ["AreaCode", "Prefix"],
            "PrefixSearchOptions": {"CountryCallingCode": calling_code(place.country), "MinimumPrefixLength": 3},
            "AreaCodes": [area_code(place.country)],
            "Availability": {"Acquired": 0, "Allowed": 500, "MaximumSearchSize": 100, "SearchAvailability": "Available", "Reason": null},
        })
    };
    ok(json!([
        row("UserSubscriber", "User (subscriber)", "UserAssignment"),
        row("ConferenceToll", "Conference (toll)", "ConferenceAssignment"),
        row("ServiceToll", "Voice application (toll)", "VoiceApplicationAssignment"),
    ]))
}

fn calling_code(country: &str) -> &'static str {
    match country {
        "GB" => "44",
        "DE" => "49",
        _ => "1",
    }
}

fn area_code(country: &str) -> &'static str {
    match country {
        "GB" => "20",
        "DE" => "30",
        _ => "206",
    }
}

fn search(call: &Call) -> Answer {
    let body = &call.body;
    let country = json::filled(body, "Country").or_else(|| json::filled(body, "CountryCode")).unwrap_or_default();
    let Some(place) = PLACES.iter().find(|p| p.country.eq_ignore_ascii_case(&country)) else {
        return Err(Refusal::number(400, format!("The country '{country}' is not supported.")));
    };
    let quantity = json::integer(body, "Quantity").unwrap_or(0);
    if !(1..=500).contains(&quantity) {
        return Err(Refusal::number(400, "The quantity must be between 1 and 500."));
    }
    let prefix = json::filled(body, "NumberPrefix").or_else(|| json::filled(body, "AreaCode"));
    let prefix = prefix.unwrap_or_else(|| area_code(place.country).into());
    let code = calling_code(place.country);
    let prefix = prefix.trim_start_matches('+');
    let start = if prefix.starts_with(code) && code != "1" { prefix.to_owned() } else { format!("{code}{prefix}") };
    let mut rows = Vec::new();
    let mut next = 0u64;
    while rows.len() < quantity as usize && next < 1_000_000 {
        next += 1;
        let number =
            format!("+{start}{:0width$}", 5_550_000 + next, width = 11usize.saturating_sub(start.len()).max(7));
        if call.store.number(&number)?.is_none() {
            rows.push(json!({"Location": place.city, "TelephoneNumber": number}));
        }
    }
    let id = ids::guid();
    let now = ids::seconds();
    call.store.put(ORDER, &id, &json!({
        "Id": id, "OrderType": "Search", "Name": body["Name"], "Description": body["Description"], "Status": "Pending",
        "CreatedAt": ids::stamp(now), "CountryCode": place.country,
        "NumberType": json::filled(body, "NumberType").unwrap_or_else(|| "UserSubscriber".into()), "Quantity": quantity,
        "AreaCode": json::text(body, "AreaCode"), "CivicAddressId": json::text(body, "CivicAddressId"),
        "NumberPrefix": json::text(body, "NumberPrefix"), "InventoryType": "Subscriber", "IsManual": false,
        "SearchType": if json::filled(body, "NumberPrefix").is_some() { "Prefix" } else { "AreaCode" },
        "SendToServiceDesk": false, "ReservationExpiryDate": ids::stamp(now + 600), "ErrorCode": null,
        "TelephoneNumbers": rows,
    }))?;
    Ok(Reply::json(200, &json!({"Id": id})))
}

fn order(call: &Call) -> Result<Value, Refusal> {
    let id = call.param("orderId");
    let missing = || Refusal::number(404, format!("The order '{id}' was not found."));
    let mut order = call.store.get(ORDER, id)?.ok_or_else(missing)?;
    // Numbers are reserved as soon as somebody looks; the reservation ends by itself.
    let expired = json::text(&order, "ReservationExpiryDate").is_some_and(|e| e < ids::now());
    let next = match json::text(&order, "Status").as_deref() {
        Some("Pending") => "Reserved",
        Some("Reserved") if expired => "Expired",
        _ => return Ok(order),
    };
    order["Status"] = json!(next);
    call.store.put(ORDER, id, &order)?;
    Ok(order)
}

fn get_order(call: &Call) -> Answer {
    ok(order(call)?)
}

fn list_orders(call: &Call) -> Answer {
    let mut rows = call.store.list(ORDER)?;
    if let Some(kind) = call.query("orderType") {
        rows.retain(|r| json::text(r, "OrderType").is_some_and(|t| t.eq_ignore_ascii_case(kind)));
    }
    ok(Value::Array(rows))
}

fn act(call: &Call) -> Answer {
    let mut order = order(call)?;
    let action = json::text(&call.body, "Action").unwrap_or_default();
    let status = json::text(&order, "Status").unwrap_or_default();
    if status != "Reserved" {
        let text = format!("The order is in the state '{status}' and cannot be changed by '{action}'.");
        return Err(Refusal::number(400, text));
    }
    match action.to_ascii_lowercase().as_str() {
        "complete" => {
            for row in json::items(&order, "TelephoneNumbers") {
                let number = json::text(row, "TelephoneNumber").unwrap_or_default();
                let mut entry = numbers::blank(&number, "CallingPlan");
                json::merge(
                    &mut entry,
                    &json!({
                        "City": row["Location"], "IsoCountryCode": order["CountryCode"], "Uploaded": true,
                        "Capability": if order["NumberType"] == "UserSubscriber" { json!(["UserAssignment"]) }
                                      else { json!(["ConferenceAssignment", "VoiceApplicationAssignment"]) },
                    }),
                );
                call.store.save_number(&entry)?;
            }
            order["Status"] = json!("Completed");
        }
        "cancel" => order["Status"] = json!("Cancelled"),
        other => return Err(Refusal::number(400, format!("The action '{other}' is not known."))),
    }
    call.store.put(ORDER, call.param("orderId"), &order)?;
    empty(204)
}

/// Takes one number out of the inventory; the group of the answer that it goes to.
fn release_one(call: &Call, number: &str) -> Result<&'static str, Refusal> {
    let Some(entry) = call.store.number(&numbers::normalise(number)?)? else { return Ok("NumberIdsNotOwnedByTenant") };
    if json::filled(&entry, "AssignedPstnTargetId").is_some() {
        return Ok("NumberIdsAssigned");
    }
    call.store.remove_number(&json::text(&entry, "TelephoneNumber").unwrap_or_default())?;
    Ok("NumberIdsDeleted")
}

fn release(call: &Call) -> Answer {
    let mut reply = json!({
        "NumberIdsAssigned": [], "NumberIdsDeleteFailed": [], "NumberIdsDeleted": [], "NumberIdsManagedByServiceDesk": [],
        "NumberIdsNotOwnedByTenant": [],
    });
    for number in listed(&call.body, "TelephoneNumbers") {
        let group = release_one(call, &number)?;
        if let Some(list) = reply[group].as_array_mut() {
            list.push(json!(number));
        }
    }
    ok(reply)
}

/// A list of numbers, given as an array or with commas.
fn listed(body: &Value, name: &str) -> Vec<String> {
    json::texts(body, name)
        .iter()
        .flat_map(|t| t.split(','))
        .map(|t| t.trim().to_owned())
        .filter(|t| !t.is_empty())
        .collect()
}

/// The numbers that an order names: a list, a range, or a file with one in each line.
fn input(call: &Call) -> Result<Vec<String>, Refusal> {
    let body = &call.body;
    let mut numbers = listed(body, "TelephoneNumber");
    numbers.extend(listed(body, "PhoneNumbers"));
    if let (Some(first), Some(last)) = (json::filled(body, "StartingNumber"), json::filled(body, "EndingNumber")) {
        let plain = |n: &str| numbers::normalise(n).ok()?.trim_start_matches('+').parse::<u64>().ok();
        let (Some(first), Some(last)) = (plain(&first), plain(&last)) else {
            return Err(Refusal::number(400, "The starting or ending number is not valid."));
        };
        if last < first || last - first >= 10_000 {
            return Err(Refusal::number(400, "The range must go upwards and have at most 10000 numbers."));
        }
        numbers.extend((first..=last).map(|n| format!("+{n}")));
    }
    if let Some(content) = json::filled(body, "FileContent") {
        let bytes =
            BASE64.decode(content.trim()).map_err(|_| Refusal::number(400, "The file content is not valid base64."))?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let lines = text.lines().filter_map(|l| l.split(',').next()).map(|l| l.trim().trim_matches('"').to_owned());
        numbers.extend(lines.filter(|l| l.bytes().any(|b| b.is_ascii_digit())));
    }
    if numbers.is_empty() {
        return Err(Refusal::number(400, "No telephone numbers are given."));
    }
    numbers.iter().map(|n| numbers::normalise(n)).collect()
}

/// Keeps what an order did, number by number.
fn finish(call: &Call, kind: &str, results: Vec<(String, &str, Option<String>)>) -> Answer {
    let failed = results.iter().filter(|(_, status, _)| *status != "Succeeded").count();
    let rows: Vec<Value> = results
        .iter()
        .map(|(number, status, error)| json!({"TelephoneNumber": number, "Status": status, "StatusDetails": error}))
        .collect();
    let id = ids::guid();
    call.store.put(
        ORDER,
        &id,
        &json!({
            "Id": id, "OrderType": kind, "Status": if failed == 0 { "Completed" } else { "CompletedWithErrors" },
            "CreatedAt": ids::now(), "CreatedBy": call.caller.object_id, "TotalCount": rows.len(),
            "SuccessCount": rows.len() - failed, "FailureCount": failed, "TelephoneNumbers": rows,
        }),
    )?;
    Ok(Reply::json(202, &json!({"Id": id})))
}

fn release_order(call: &Call) -> Answer {
    let mut results = Vec::new();
    for number in input(call)? {
        let (status, error) = match release_one(call, &number)? {
            "NumberIdsDeleted" => ("Succeeded", None),
            "NumberIdsAssigned" => ("Failed", Some("The number is assigned.".to_owned())),
            _ => ("Failed", Some("The number is not owned by the tenant.".to_owned())),
        };
        results.push((number, status, error));
    }
    finish(call, "Release", results)
}

fn upload(call: &Call) -> Answer {
    let mut results = Vec::new();
    for number in input(call)? {
        if call.store.number(&number)?.is_some() {
            results.push((number, "Failed", Some("The number already exists.".to_owned())));
            continue;
        }
        let mut entry = numbers::blank(&number, "DirectRouting");
        json::set(&mut entry, "Uploaded", json!(true));
        call.store.save_number(&entry)?;
        results.push((number, "Succeeded", None));
    }
    finish(call, "DirectRoutingNumberCreation", results)
}

/// The five bulk changes: what is changed stands in the path.
fn bulk(call: &Call) -> Answer {
    let path = call.path.to_ascii_lowercase();
    let body = &call.body;
    let changed = |entry: &Value, member: &str, add: &str, remove: &str| {
        let (add, remove) = (listed(body, add), listed(body, remove));
        let mut list = json::texts(entry, member);
        list.retain(|v| !add.iter().chain(&remove).any(|c| c.eq_ignore_ascii_case(v)));
        list.extend(add);
        json!(list)
    };
    let mut results = Vec::new();
    for number in input(call)? {
        let done = call.store.attempt(|| -> Result<(), Refusal> {
            let mut entry = known(call, &number)?;
            if path.contains("locationid") {
                numbers::set_location(call.store, &mut entry, &json::text(body, "LocationId").unwrap_or_default())?;
            } else if path.contains("networksiteid") {
                numbers::set_site(call.store, &mut entry, &json::text(body, "NetworkSiteId").unwrap_or_default())?;
            } else if path.contains("reversenumberlookup") {
                entry["ReverseNumberLookup"] =
                    changed(&entry, "ReverseNumberLookup", "ReverseNumberLookupToAdd", "ReverseNumberLookupToRemove");
            } else if path.contains("tags") {
                return change_tags(call, entry, &listed(body, "TagsToAdd"), &listed(body, "TagsToRemove"));
            } else {
                entry["Capability"] =
                    changed(&entry, "Capability", "AcquiredCapabilitiesToAdd", "AcquiredCapabilitiesToRemove");
            }
            Ok(call.store.save_number(&entry)?)
        });
        results.push(match done {
            Ok(()) => (number, "Succeeded", None),
            Err(refusal) => {
                let body: Value = serde_json::from_slice(&refusal.0.body).unwrap_or_default();
                (number, "Failed", json::text(&body, "Message"))
            }
        });
    }
    finish(call, "BulkUpdate", results)
}

fn usage_change(call: &Call) -> Answer {
    let mut results = Vec::new();
    for number in input(call)? {
        let status = if call.store.number(&number)?.is_some() { "Succeeded" } else { "Failed" };
        results.push((number, status, None));
    }
    finish(call, "UsageChange", results)
}

// Export.

fn export(call: &Call) -> Answer {
    let id = ids::guid();
    let columns = listed(&call.body, "Property");
    call.store.put("numberExport", &id, &json!({"Property": columns, "CreatedAt": ids::now()}))?;
    Ok(Reply::json(202, &json!({"Id": id})))
}

fn export_status(call: &Call) -> Answer {
    let id = call.param("orderId");
    let Some(order) = call.store.get("numberExport", id)? else {
        return Err(Refusal::number(404, format!("The order '{id}' was not found.")));
    };
    let until = ids::seconds() + 3600;
    ok(json!({
        "Status": "Success", "DownloadLink": open_link(call, &format!("mock-download/numbers/{id}"), until),
        "DownloadLinkExpiry": ids::stamp(until), "CreatedAt": order["CreatedAt"], "OrderId": id,
    }))
}

fn download(call: &Call) -> Answer {
    crate::call::check_link(call)?;
    let order = call.store.get("numberExport", call.param("orderId"))?.unwrap_or_default();
    let mut columns = json::texts(&order, "Property");
    if columns.is_empty() {
        columns =
            ["TelephoneNumber", "NumberType", "PstnAssignmentStatus", "AssignedPstnTargetId", "City", "IsoCountryCode"]
                .map(str::to_owned)
                .to_vec();
    }
    let mut csv = columns.join(",") + "\r\n";
    for entry in call.store.bodies("SELECT body FROM number ORDER BY number", &[])? {
        let cells = columns.iter().map(|c| match json::field(&entry, c) {
            Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(";"),
            _ => json::text(&entry, c).unwrap_or_default(),
        });
        let quoted = cells.map(|c| if c.contains([',', '"']) { format!("\"{}\"", c.replace('"', "\"\"")) } else { c });
        csv.push_str(&(quoted.collect::<Vec<_>>().join(",") + "\r\n"));
    }
    Ok(Reply::bytes("text/csv", csv.into_bytes()))
}

//! The smaller services: meeting migration, phone sign-in batches, app settings, policy packages, analytics, call data,
//! and retired number routes.

use serde_json::{Value, json};

use crate::call::{Answer, Call, Refusal, Reply, empty, ok};
use crate::call_records;
use crate::grants;
use crate::ids;
use crate::json;
use crate::numbers;
use crate::people::Person;
use crate::route::{Route, config};
use crate::seed::PLACES;
use crate::types;
use crate::users;

pub const ROUTES: &[Route] = &[
    config("GET", "/Teams.Mms/GetMeetingMigrationStatus", migrations),
    config("GET", "/Teams.Mms/GetMeetingMigrationStatusSummary", migration_summary),
    config("GET", "/Teams.Mms/GetMeetingMigrationTransactionHistory", migrations),
    config("POST", "/Teams.Mms/StartMeetingMigration", migrate),
    config("POST", "/Teams.SipDevicesGatewayManagement/v1/createbatch", create_batch),
    config("GET", "/Teams.SipDevicesGatewayManagement/v1/batchstatus", batch_status),
    config("GET", "/Teams.SipDevicesGatewayManagement/v1/batchsummaries", batch_summaries),
    config("GET", "/Teams.InternalSupport/CloudCallDataConnection", call_data),
    config("POST", "/Teams.InternalSupport/CloudCallDataConnection", new_call_data),
    config("GET", "/Teams.MiddletierService/tenantWideAppsSettingsGlobal", app_settings),
    config("PUT PATCH", "/Teams.MiddletierService/tenantWideAppsSettingsGlobal", set_app_settings),
    config("GET", "/Teams.VerticalPackaging/package", packages),
    config("POST", "/Teams.VerticalPackaging/package", create_package),
    config("PUT PATCH", "/Teams.VerticalPackaging/package/{name}", change_package),
    config("DELETE", "/Teams.VerticalPackaging/package/{name}", remove_package),
    config("POST", "/Teams.VerticalPackaging/package/assign", assign_package),
    config("POST", "/Teams.VerticalPackaging/package/assignGroup", assign_package_to_groups),
    config("GET", "/Teams.VerticalPackaging/package/recommendation", packages),
    config("POST", "/Teams.Tenant/tenants/meetingUrl", meeting_url),
    config("GET", "/Skype.Analytics/PstnCalls", pstn_calls),
    config("GET", "/Skype.Analytics/PstnCallGraph", pstn_calls),
    config("GET", "/Skype.Analytics/DirectRouting", direct_calls),
    config("GET", "/Skype.Analytics/DirectRoutingGraph", direct_calls),
    config("GET", "/Skype.Analytics/MinutePools", minute_pools),
    config("GET", "/Skype.Analytics/Users('{userId}')/Communications", communications),
    config("GET", "/Skype.Analytics/Communications('{id}')", communication),
    config("GET", "/Skype.Analytics/Communications('{id}')/Participants", participants),
    config("GET", "/Skype.Analytics/Communications('{id}')/Sessions('{session}')", session),
    config("GET", "/Skype.Analytics/Communications('{id}')/Sessions('{session}')/QualityReports", no_rows),
    config("GET", "/Skype.Analytics/Communications('{id}')/Sessions('{session}')/DiagnosticReports", no_rows),
    config("GET", "/Skype.Analytics/Communications('{id}')/Sessions('{session}')/FeedbackReports", no_rows),
    config("GET", "/Skype.TelephoneNumberMgmt/cmdlet/port-out-pin", pin),
    config("PUT PATCH", "/Skype.TelephoneNumberMgmt/cmdlet/port-out-pin", set_pin),
    config("POST", "/Skype.TelephoneNumberMgmt/cmdlet/portability", portability),
    config("POST", "/Skype.TelephoneNumberMgmt/cmdlet/portability/carrier", portability),
    config("GET", "/Skype.TelephoneNumberMgmt/cmdlet/inventory/available-count", available),
    config("GET", "/Skype.TelephoneNumberMgmt/cmdlet/inventory/types", inventory_types),
    config("GET", "/Skype.TelephoneNumberMgmt/cmdlet/inventory/types/{type}/regions", inventory_regions),
    config(
        "GET",
        "/Skype.TelephoneNumberMgmt/cmdlet/inventory/types/{type}/regions/{region}/countries",
        inventory_countries,
    ),
    config(
        "GET",
        "/Skype.TelephoneNumberMgmt/cmdlet/inventory/types/{type}/regions/{region}/countries/{country}/areas",
        inventory_areas,
    ),
    config(
        "GET",
        "/Skype.TelephoneNumberMgmt/cmdlet/inventory/types/{type}/regions/{region}/countries/{country}/areas/{area}/cities",
        inventory_cities,
    ),
    config("GET", "/Skype.TelephoneNumberMgmt/cmdlet/inventory/reservations", reservations),
    config("POST", "/Skype.TelephoneNumberMgmt/cmdlet/inventory/searches", reserve),
    config("POST", "/Skype.TelephoneNumberMgmt/cmdlet/inventory/reservations/{id}/select", select_numbers),
    config("DELETE", "/Skype.TelephoneNumberMgmt/cmdlet/inventory/reservations/{id}", cancel_reservation),
];

fn bad<T>(text: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::newer(400, "BadRequest", text))
}

// Meeting migration.

fn migrations(call: &Call) -> Answer {
    let mut rows = call.store.list("migration")?;
    if let Some(identity) = call.query("identity") {
        let person = users::find(call, identity)?;
        rows.retain(|r| r["UserId"] == person.id());
    }
    for (query, member) in [("migrationType", "MigrationType"), ("state", "State"), ("correlationId", "CorrelationId")]
    {
        if let Some(value) = call.query(query) {
            rows.retain(|r| json::text(r, member).is_some_and(|v| v.eq_ignore_ascii_case(value)));
        }
    }
    ok(Value::Array(rows))
}

fn migration_summary(call: &Call) -> Answer {
    let rows = call.store.list("migration")?;
    let mut groups: Vec<(String, Vec<(String, i64)>)> = Vec::new();
    for row in &rows {
        let text = |name: &str| json::text(row, name).unwrap_or_default();
        let place = groups.iter().position(|(t, _)| *t == text("MigrationType"));
        let place = place.unwrap_or_else(|| {
            groups.push((text("MigrationType"), Vec::new()));
            groups.len() - 1
        });
        let states = &mut groups[place].1;
        match states.iter_mut().find(|(s, _)| *s == text("State")) {
            Some((_, count)) => *count += 1,
            None => states.push((text("State"), 1)),
        }
    }
    let shown = groups.into_iter().map(|(kind, states)| {
        let states: Vec<Value> = states.into_iter().map(|(s, n)| json!({"State": s, "UserCount": n})).collect();
        json!({"MigrationType": kind, "MigrationStateSummaries": states})
    });
    ok(shown.collect())
}

fn migrate(call: &Call) -> Answer {
    let person = users::find(call, &json::filled(&call.body, "Identity").unwrap_or_default())?;
    let to = json::filled(&call.body, "TargetMeetingType").unwrap_or_else(|| "Current".into());
    let (id, now) = (ids::guid(), ids::now());
    call.store.put("migration", &id, &json!({
        "UserId": person.id(), "UserPrincipalName": person.upn(),
        "MigrationType": if to.eq_ignore_ascii_case("Teams") { "AllToTeams" } else { "ToSameType" }, "State": "Succeeded",
        "CreateDate": now, "ModifiedDate": now, "TotalMeeting": 0, "SucceededMeeting": 0, "FailedMeeting": 0,
        "InvitesUpdate": 0, "RetryCount": 0, "LastMessage": null, "CorrelationId": id,
    }))?;
    ok(json!({"OperationId": id}))
}

// Phone sign-in.

fn create_batch(call: &Call) -> Answer {
    let region = call.query("TargetRegion").unwrap_or("EMEA");
    if !["APAC", "EMEA", "NOAM"].iter().any(|r| r.eq_ignore_ascii_case(region)) {
        return bad(format!("The region '{region}' is not valid."));
    }
    let config = call.store.get("config/TeamsSipDevicesConfiguration", "Global")?;
    if config.and_then(|c| json::text(&c, "BulkSignIn")).is_none_or(|b| b != "Enabled") {
        return bad("Bulk sign-in is not enabled for the tenant.");
    }
    let Some(items) = call.body.as_array() else { return bad("A list of users and hardware ids is expected.") };
    let mut rows = Vec::new();
    for item in items {
        let name = json::filled(item, "UserName").unwrap_or_default();
        let error = call.store.person(&name)?.is_none().then_some("User not found");
        rows.push(json!({"UserName": name, "HardwareId": json::text(item, "HardwareId"),
                         "Status": if error.is_none() { "Completed" } else { "Failed" }, "Error": error}));
    }
    let id = ids::guid();
    call.store.put(
        "signInBatch",
        &id,
        &json!({
            "BatchId": id, "BatchStatus": "Completed", "Region": region, "RequestTime": ids::now(),
            "UserId": call.caller.object_id, "BatchItems": rows,
        }),
    )?;
    ok(json!({"BatchId": id, "BatchItemsCount": items.len()}))
}

fn batch_status(call: &Call) -> Answer {
    let id = call.query("batchid").unwrap_or_default();
    let missing = || Refusal::newer(404, "NotFound", format!("The batch '{id}' was not found."));
    ok(call.store.get("signInBatch", id)?.ok_or_else(missing)?)
}

fn batch_summaries(call: &Call) -> Answer {
    let row = |b: &Value| {
        json!({"BatchId": b["BatchId"], "BatchItemsCount": json::items(b, "BatchItems").len(), "BatchStatus": b["BatchStatus"],
               "Region": b["Region"], "RequestTime": b["RequestTime"], "UserId": b["UserId"]})
    };
    ok(call.store.list("signInBatch")?.iter().map(row).collect())
}

// Call data and app settings.

fn call_data(call: &Call) -> Answer {
    ok(call.store.get("setting", "callData")?.unwrap_or_else(|| json!({"Token": null})))
}

fn new_call_data(call: &Call) -> Answer {
    let row = json!({"Token": ids::guid()});
    call.store.put("setting", "callData", &row)?;
    ok(row)
}

fn app_defaults() -> Value {
    json!({
        "isSideloadedAppsInteractionEnabled": true, "isAppsEnabled": true, "isExternalAppsEnabledByDefault": true,
        "isAppsPurchaseEnabled": true, "isLicenseBasedPinnedAppsEnabled": true, "isTenantWideAutoInstallEnabled": false,
    })
}

fn app_settings(call: &Call) -> Answer {
    ok(call.store.get("setting", "apps")?.unwrap_or_else(app_defaults))
}

fn set_app_settings(call: &Call) -> Answer {
    let mut row = call.store.get("setting", "apps")?.unwrap_or_else(app_defaults);
    json::merge_known(&mut row, &call.body);
    call.store.put("setting", "apps", &row)?;
    ok(row)
}

fn meeting_url(call: &Call) -> Answer {
    ok(json!({"MeetingUrl": format!("https://teams.microsoft.com/l/meetup-join/{}", call.store.tenant_id()?)}))
}

// Policy packages.

/// The packages that come with the service: name and policies.
const PACKAGES: &[(&str, &[(&str, &str)])] = &[
    ("Education_Teacher", &[("TeamsMessagingPolicy", "EduFaculty")]),
    (
        "Education_SecondaryStudent",
        &[("TeamsMessagingPolicy", "EduStudent"), ("TeamsCallingPolicy", "DisallowCalling")],
    ),
    ("Frontline_Worker", &[("TeamsCallingPolicy", "AllowCalling"), ("TeamsMeetingPolicy", "Kiosk")]),
    ("Frontline_Manager", &[("TeamsCallingPolicy", "AllowCalling"), ("TeamsMeetingPolicy", "AllOn")]),
];

fn all_packages(call: &Call) -> Result<Vec<Value>, Refusal> {
    let standard = PACKAGES.iter().map(|(name, policies)| {
        let policies: serde_json::Map<String, Value> = policies.iter().map(|(t, p)| ((*t).to_owned(), json!(p))).collect();
        json!({"Name": name, "Description": format!("The package {name}."), "PackageType": "Microsoft", "Policies": policies})
    });
    Ok(standard.chain(call.store.list("package")?).collect())
}

fn packages(call: &Call) -> Answer {
    let mut rows = all_packages(call)?;
    if let Some(identity) = call.query("identity") {
        let own = match call.store.person(identity)? {
            Some(person) => call.store.get("userPackage", person.id())?.and_then(|p| json::text(&p, "Name")),
            None => None,
        };
        let name = own.unwrap_or_else(|| identity.to_owned());
        rows.retain(|r| json::text(r, "Name").is_some_and(|n| n.eq_ignore_ascii_case(&name)));
    }
    ok(Value::Array(rows))
}

fn create_package(call: &Call) -> Answer {
    let name = json::filled(&call.body, "Name").or_else(|| json::filled(&call.body, "Identity")).unwrap_or_default();
    if name.is_empty() {
        return bad("The name of the package is missing.");
    }
    if all_packages(call)?.iter().any(|p| json::text(p, "Name").is_some_and(|n| n.eq_ignore_ascii_case(&name))) {
        return Err(Refusal::newer(409, "Conflict", format!("The package '{name}' already exists.")));
    }
    save_package(call, &name)
}

fn save_package(call: &Call, name: &str) -> Answer {
    let mut policies = serde_json::Map::new();
    for entry in json::texts(&call.body, "PolicyList") {
        let Some((of, policy)) = entry.split_once(',').map(|(t, p)| (t.trim(), p.trim())) else {
            return bad(format!("'{entry}' is not of the form 'PolicyType, PolicyName'."));
        };
        policies.insert(grants::policy_type(of)?.name.clone(), json!(types::bare(policy)));
    }
    let row = json!({"Name": name, "Description": json::text(&call.body, "Description"), "PackageType": "Custom", "Policies": policies});
    call.store.put("package", name, &row)?;
    Ok(Reply::json(200, &row))
}

fn own_package(call: &Call) -> Result<String, Refusal> {
    let name = call.param("name");
    match call.store.get("package", name)? {
        Some(row) => Ok(json::text(&row, "Name").unwrap_or_default()),
        None => Err(Refusal::newer(404, "NotFound", format!("The custom package '{name}' was not found."))),
    }
}

fn change_package(call: &Call) -> Answer {
    let name = own_package(call)?;
    save_package(call, &name)
}

fn remove_package(call: &Call) -> Answer {
    let name = own_package(call)?;
    call.store.remove("package", &name)?;
    empty(204)
}

fn package(call: &Call, name: &str) -> Result<Option<Value>, Refusal> {
    if name.is_empty() {
        return Ok(None);
    }
    let found =
        all_packages(call)?.into_iter().find(|p| json::text(p, "Name").is_some_and(|n| n.eq_ignore_ascii_case(name)));
    found.map(Some).ok_or_else(|| Refusal::newer(404, "NotFound", format!("The package '{name}' was not found.")))
}

fn give_package(call: &Call, person: &Person, package: Option<&Value>) -> Result<(), Refusal> {
    let Some(package) = package else {
        call.store.remove("userPackage", person.id())?;
        return Ok(());
    };
    for (of, policy) in package["Policies"].as_object().into_iter().flatten() {
        if let Some(of) = types::grantable(of) {
            grants::grant(call.store, person, of, policy.as_str(), call.tuning.lag)?;
        }
    }
    Ok(call.store.put("userPackage", person.id(), &json!({"Name": package["Name"]}))?)
}

fn assign_package(call: &Call) -> Answer {
    let package = package(call, &json::filled(&call.body, "PackageName").unwrap_or_default())?;
    let users_given = json::texts(&call.body, "Identity");
    for user in &users_given {
        let person = users::find(call, user)?;
        give_package(call, &person, package.as_ref())?;
    }
    ok(json!({"OperationId": ids::guid(), "ResponseMessage": format!("{} user(s) processed.", users_given.len())}))
}

fn assign_package_to_groups(call: &Call) -> Answer {
    let package = package(call, &json::filled(&call.body, "PackageName").unwrap_or_default())?;
    let group = json::filled(&call.body, "GroupId").unwrap_or_default();
    if call.store.get("group", &group)?.is_none() {
        return Err(Refusal::newer(404, "NotFound", format!("Group '{group}' not found.")));
    }
    for user in call.store.column("SELECT user FROM member WHERE \"group\"=?1", &[group.into()])? {
        if let Some(person) = call.store.person(&user)? {
            give_package(call, &person, package.as_ref())?;
        }
    }
    ok(json!({"OperationId": ids::guid(), "ResponseMessage": "The group was processed."}))
}

// Analytics: the portal's view of the call records.

fn window(call: &Call, rows: Vec<Value>) -> Answer {
    let count = rows.len();
    let skip = call.query_number("$skip").unwrap_or(0);
    let top = call.page_size(call.query_number("$top"), 100, 1000);
    let rows: Vec<Value> = rows.into_iter().skip(skip).take(top).collect();
    ok(json!({"value": rows, "@odata.count": count}))
}

fn pstn_calls(call: &Call) -> Answer {
    window(call, call_records::pstn(call.store, ids::seconds() - 28 * 86_400, ids::seconds())?)
}

fn direct_calls(call: &Call) -> Answer {
    window(call, call_records::direct_routing(call.store, ids::seconds() - 28 * 86_400, ids::seconds())?)
}

fn minute_pools(_: &Call) -> Answer {
    let pool = |id: &str, minutes: u64| json!({"id": id, "totalSizeSeconds": minutes * 60, "usedSeconds": minutes * 6});
    ok(json!({"value": [
        {"capability": "MCOPSTN1", "pools": [pool("Domestic", 3000)]},
        {"capability": "MCOPSTN2", "pools": [pool("Domestic", 1200), pool("International", 600)]},
    ]}))
}

fn communications(call: &Call) -> Answer {
    let person = users::find(call, call.param("userId"))?;
    let calls = call_records::pstn(call.store, ids::seconds() - 28 * 86_400, ids::seconds())?;
    let own = calls.into_iter().filter(|c| c["userId"] == person.id());
    let rows = own.map(|c| json!({"id": c["id"], "communicationType": "Call", "startDateTime": c["startDateTime"], "endDateTime": c["endDateTime"]}));
    let top = call.query_number("$top").unwrap_or(usize::MAX);
    ok(json!({"value": rows.take(top).collect::<Vec<_>>()}))
}

fn record(call: &Call) -> Result<Value, Refusal> {
    let id = call.param("id");
    let rows = call_records::pstn(call.store, ids::seconds() - 90 * 86_400, ids::seconds())?;
    let missing = || Refusal::newer(404, "NotFound", format!("The communication '{id}' was not found."));
    rows.into_iter().find(|r| r["id"] == id).ok_or_else(missing)
}

fn communication(call: &Call) -> Answer {
    let row = record(call)?;
    ok(json!({"id": row["id"], "communicationType": "Call", "startDateTime": row["startDateTime"],
              "endDateTime": row["endDateTime"], "sessions": [{"id": row["callId"]}]}))
}

fn participants(call: &Call) -> Answer {
    let row = record(call)?;
    ok(json!({"value": [{"id": row["userId"], "displayName": row["userDisplayName"]}]}))
}

fn session(call: &Call) -> Answer {
    let row = record(call)?;
    ok(
        json!({"id": call.param("session"), "startDateTime": row["startDateTime"], "endDateTime": row["endDateTime"], "modalities": ["Audio"]}),
    )
}

fn no_rows(call: &Call) -> Answer {
    record(call)?;
    ok(json!({"value": []}))
}

// Retired number routes: porting and the old inventory.

fn pin(call: &Call) -> Answer {
    ok(call.store.get("setting", "portOutPin")?.unwrap_or_else(|| json!({"PortOrderPin": null})))
}

fn set_pin(call: &Call) -> Answer {
    let pin = json::filled(&call.body, "PortOrderPin").unwrap_or_default();
    if pin.len() != 10 || !pin.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Refusal::number(400, "The PIN must have 10 digits."));
    }
    call.store.put("setting", "portOutPin", &json!({"PortOrderPin": pin}))?;
    empty(204)
}

fn portability(call: &Call) -> Answer {
    let row = |n: String| json!({"TelephoneNumber": n, "IsPortable": true, "LosingCarrier": "Contoso Telecom", "Reason": null});
    let numbers = json::texts(&call.body, "TelephoneNumbers")
        .into_iter()
        .flat_map(|t| t.split(',').map(|p| p.trim().to_owned()).collect::<Vec<_>>());
    ok(numbers.map(row).collect())
}

fn available(call: &Call) -> Answer {
    let free = call.store.count("SELECT count(*) FROM number WHERE status='Unassigned'", &[])?;
    ok(json!({"InventoryType": call.query("inventoryType"), "Count": free}))
}

fn named_rows(names: impl Iterator<Item = &'static str>) -> Answer {
    let mut seen: Vec<&str> = Vec::new();
    for name in names {
        if !seen.contains(&name) {
            seen.push(name);
        }
    }
    ok(seen.into_iter().map(|n| json!({"Id": n, "DefaultName": n})).collect())
}

fn inventory_types(_: &Call) -> Answer {
    named_rows(["Service", "Subscriber"].into_iter())
}

fn region(country: &str) -> &'static str {
    if country == "US" { "NOAM" } else { "EMEA" }
}

fn inventory_regions(_: &Call) -> Answer {
    named_rows(PLACES.iter().map(|p| region(p.country)))
}

fn inventory_countries(call: &Call) -> Answer {
    let wanted = call.param("region").to_ascii_uppercase();
    named_rows(PLACES.iter().filter(move |p| region(p.country) == wanted).map(|p| p.country))
}

fn inventory_areas(call: &Call) -> Answer {
    let wanted = call.param("country").to_ascii_uppercase();
    named_rows(
        PLACES.iter().filter(move |p| p.country == wanted).map(|p| if p.state.is_empty() { "All" } else { p.state }),
    )
}

fn inventory_cities(call: &Call) -> Answer {
    let wanted = call.param("country").to_ascii_uppercase();
    named_rows(PLACES.iter().filter(move |p| p.country == wanted).map(|p| p.city))
}

const RESERVATION: &str = "reservation";

fn reservations(call: &Call) -> Answer {
    ok(Value::Array(call.store.list(RESERVATION)?))
}

fn reserve(call: &Call) -> Answer {
    let body = &call.body;
    let quantity = json::integer(body, "Quantity").unwrap_or(1).clamp(1, 100);
    let city = json::filled(body, "City").unwrap_or_default();
    let place = PLACES.iter().find(|p| p.city.eq_ignore_ascii_case(&city)).unwrap_or(&PLACES[0]);
    let code = match place.country {
        "GB" => "4420",
        "DE" => "4930",
        _ => "1206",
    };
    let mut rows = Vec::new();
    let mut next = 8_800_000;
    while rows.len() < quantity as usize {
        next += 1;
        let number = format!("+{code}{next}");
        if call.store.number(&number)?.is_none() {
            rows.push(json!({"Number": number.trim_start_matches('+'), "City": place.city}));
        }
    }
    let id = ids::guid();
    let row = json!({
        "ReservationId": id, "Reservations": rows, "InventoryType": json::text(body, "InventoryType"),
        "Expires": ids::stamp(ids::seconds() + 600), "Status": "Reserved",
    });
    call.store.put(RESERVATION, &id, &row)?;
    ok(row)
}

fn reservation(call: &Call) -> Result<Value, Refusal> {
    let id = call.param("id");
    let missing = || Refusal::number(404, format!("The reservation '{id}' was not found."));
    call.store.get(RESERVATION, id)?.ok_or_else(missing)
}

fn select_numbers(call: &Call) -> Answer {
    let row = reservation(call)?;
    let mut wanted: Vec<String> = Vec::new();
    for text in json::texts(&call.body, "TelephoneNumbers") {
        for part in text.split(',') {
            wanted.push(numbers::normalise(part)?);
        }
    }
    let reserved: Vec<String> = json::items(&row, "Reservations")
        .iter()
        .filter_map(|r| json::text(r, "Number"))
        .map(|n| format!("+{n}"))
        .collect();
    if let Some(other) = wanted.iter().find(|w| !reserved.contains(w)) {
        return Err(Refusal::number(400, format!("Telephone Number '{other}' is not part of the reservation.")));
    }
    for number in if wanted.is_empty() { &reserved } else { &wanted } {
        let mut entry = numbers::blank(number, "CallingPlan");
        json::set(&mut entry, "Uploaded", json!(true));
        if let Some(location) = json::filled(&call.body, "LocationId") {
            numbers::set_location(call.store, &mut entry, &location)?;
        }
        call.store.save_number(&entry)?;
    }
    call.store.remove(RESERVATION, call.param("id"))?;
    empty(204)
}

fn cancel_reservation(call: &Call) -> Answer {
    reservation(call)?;
    call.store.remove(RESERVATION, call.param("id"))?;
    empty(204)
}

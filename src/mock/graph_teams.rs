//! Microsoft Graph: the newer twin of number and policy assignment, user configurations, call records, batches.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use rusqlite::types::Value as Sql;
use serde_json::{Map, Value, json};

use crate::call::{Answer, Call, Refusal, Reply, decode, empty, ok, pairs};
use crate::call_records;
use crate::configuration::identities;
use crate::filter::{Column, translate};
use crate::grants::{self, Groups};
use crate::graph_users::{find, page};
use crate::ids::{self, ZERO};
use crate::json;
use crate::numbers::{self, Wish};
use crate::people::{Person, user_column};
use crate::route::{Audience, Found, Route, graph};
use crate::telephone::number_column;
use crate::types;
use crate::users::features;

pub const ROUTES: &[Route] = &[
    graph("GET", "/v1.0/admin/teams/telephoneNumberManagement/numberAssignments", list_numbers),
    graph("GET", "/v1.0/admin/teams/telephoneNumberManagement/numberAssignments/{id}", get_number),
    graph("POST", "/v1.0/admin/teams/telephoneNumberManagement/numberAssignments/assignNumber", assign),
    graph("POST", "/v1.0/admin/teams/telephoneNumberManagement/numberAssignments/unassignNumber", unassign),
    graph("POST", "/v1.0/admin/teams/telephoneNumberManagement/numberAssignments/updateNumber", update),
    graph("GET", "/v1.0/admin/teams/telephoneNumberManagement/operations/{id}", operation),
    graph("GET", "/v1.0/admin/teams/telephoneNumberManagement/operations('{id}')", operation),
    graph("POST", "/v1.0/admin/teams/policy/userAssignments/assign", assign_policies),
    graph("POST", "/v1.0/admin/teams/policy/userAssignments/unassign", unassign_policies),
    graph("GET", "/v1.0/admin/teams/policy/getPolicyId(type='{type}',name='{name}')", policy_id),
    graph("GET", "/v1.0/admin/teams/userConfigurations", list_configurations),
    graph("GET", "/v1.0/admin/teams/userConfigurations/{userId}", get_configuration),
    graph("GET", "/v1.0/communications/callRecords/getPstnCalls(fromDateTime={from},toDateTime={to})", pstn_calls),
    graph(
        "GET",
        "/v1.0/communications/callRecords/getDirectRoutingCalls(fromDateTime={from},toDateTime={to})",
        direct_calls,
    ),
    graph("GET", "/v1.0/communications/callRecords/{id}", call_record),
    graph("POST", "/v1.0/$batch", batch),
];

fn bad<T>(text: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::graph(400, "BadRequest", text))
}

/// A refusal of the number rules in Graph's shape.
fn in_graph(refusal: Refusal) -> Refusal {
    let body: Value = serde_json::from_slice(&refusal.0.body).unwrap_or_default();
    let text = json::text(&body, "Message").or_else(|| json::text(&body, "message")).unwrap_or_default();
    Refusal::graph(refusal.0.status, "BadRequest", text)
}

// Numbers.

/// `DirectRouting` -> `directRouting`, and lists of such.
fn camel(value: &Value) -> Value {
    let lower = |s: &str| {
        let mut chars = s.chars();
        chars.next().map(|c| c.to_ascii_lowercase()).into_iter().chain(chars).collect::<String>()
    };
    match value {
        Value::String(s) => json!(lower(s)),
        Value::Array(items) => items.iter().map(camel).collect(),
        other => other.clone(),
    }
}

fn unless_zero(value: &Value) -> Value {
    if value == ZERO { Value::Null } else { value.clone() }
}

fn show_number(n: &Value) -> Value {
    let id = format!(
        "{}|{}",
        n["OperatorId"].as_str().unwrap_or_default(),
        n["TelephoneNumber"].as_str().unwrap_or_default()
    );
    let actions =
        if n["NumberType"] == "DirectRouting" { json!(["release"]) } else { json!(["locationUpdate", "release"]) };
    json!({
        "id": BASE64.encode(id), "telephoneNumber": n["TelephoneNumber"], "operatorId": n["OperatorId"],
        "numberType": camel(&n["NumberType"]), "activationState": camel(&n["ActivationState"]),
        "assignmentTargetId": n["AssignedPstnTargetId"], "assignmentCategory": camel(&n["AssignmentCategory"]),
        "assignmentStatus": camel(&n["PstnAssignmentStatus"]), "capabilities": camel(&n["Capability"]),
        "city": n["City"], "civicAddressId": unless_zero(&n["CivicAddressId"]), "isoCountryCode": n["IsoCountryCode"],
        "locationId": unless_zero(&n["LocationId"]), "networkSiteId": n["NetworkSiteId"],
        "numberSource": camel(&n["NumberSource"]), "portInStatus": n["PortInOrderStatus"],
        "reverseNumberLookupOptions": camel(&n["ReverseNumberLookup"]), "supportedCustomerActions": actions,
    })
}

fn graph_number_column(field: &str) -> Option<Column> {
    let theirs = match field.to_ascii_lowercase().as_str() {
        "assignmenttargetid" => "assignedPstnTargetId",
        "assignmentstatus" => "pstnAssignmentStatus",
        "reversenumberlookupoptions" => "reverseNumberLookup",
        "city" | "id" => return None,
        _ => return number_column(field),
    };
    number_column(theirs)
}

fn list_numbers(call: &Call) -> Answer {
    let (mut sql, mut values) = ("1=1".to_owned(), Vec::new());
    if let Some(filter) = call.query("$filter") {
        let part =
            translate(filter, &graph_number_column).or_else(|why| bad(format!("Invalid filter clause: {why}.")))?;
        (sql, values) = (part.sql, part.values);
    }
    let size = call.page_size(call.query_number("$top"), 500, 1000);
    let skip =
        call.query("$skiptoken").and_then(|t| t.parse().ok()).or_else(|| call.query_number("$skip")).unwrap_or(0);
    let count = match call.query_flag("$count") {
        true => Some(call.store.count(&format!("SELECT count(*) FROM number WHERE {sql}"), &values)?),
        false => None,
    };
    let sql = format!("SELECT body FROM number WHERE {sql} ORDER BY number LIMIT {} OFFSET {skip}", size + 1);
    let rows = call.store.bodies(&sql, &values)?.iter().map(show_number).collect();
    page(
        call,
        "admin/teams/telephoneNumberManagement/numberAssignments",
        rows,
        size,
        Some((skip + size).to_string()),
        count,
    )
}

fn get_number(call: &Call) -> Answer {
    let id = BASE64.decode(call.param("id")).ok().and_then(|b| String::from_utf8(b).ok()).unwrap_or_default();
    let number = id.split_once('|').map_or("", |(_, n)| n);
    match call.store.number(number)? {
        Some(entry) => ok(show_number(&entry)),
        None => Err(Refusal::graph(404, "NotFound", "The number assignment was not found.")),
    }
}

/// 202 with the address of an operation that is done, well or badly.
fn accepted(call: &Call, kind: &str, number: &str, result: Result<(), Refusal>) -> Answer {
    let detail = result.err().map(in_graph).and_then(|r| {
        let body: Value = serde_json::from_slice(&r.0.body).ok()?;
        json::text(&body["error"], "message")
    });
    let status = if detail.is_some() { "failed" } else { "succeeded" };
    let id = BASE64.encode(format!("{kind}|{}", ids::guid()));
    call.store.put(
        "graphOperation",
        &id,
        &json!({
            "id": id, "createdDateTime": ids::now(), "status": status,
            "numbers": [{"resourceLocation": number, "status": status, "statusDetail": detail}],
        }),
    )?;
    let location = format!("{}/v1.0/admin/teams/telephoneNumberManagement/operations('{id}')", call.base);
    Ok(Reply { status: 202, ..Reply::default() }.header("Location", location))
}

fn assign(call: &Call) -> Answer {
    let body = &call.body;
    let (Some(number), Some(target)) =
        (json::filled(body, "telephoneNumber"), json::filled(body, "assignmentTargetId"))
    else {
        return bad("telephoneNumber and assignmentTargetId are required.");
    };
    let result = call.store.attempt(|| {
        let person = find(call, &target)?;
        numbers::assign(
            call.store,
            &person,
            &Wish {
                number: number.clone(),
                kind: json::filled(body, "numberType"),
                location: json::filled(body, "locationId"),
                site: None,
                category: json::filled(body, "assignmentCategory"),
            },
        )
    });
    accepted(call, "AssignTelephoneNumber", &number, result)
}

fn unassign(call: &Call) -> Answer {
    let Some(number) = json::filled(&call.body, "telephoneNumber") else { return bad("telephoneNumber is required.") };
    let kind = json::filled(&call.body, "numberType");
    let result = call.store.attempt(|| {
        let entry = crate::telephone::known(call, &number)?;
        let target = json::filled(&entry, "AssignedPstnTargetId").unwrap_or_default();
        let person = find(call, &target)?;
        numbers::unassign(call.store, &person, Some(&number), kind.as_deref())
    });
    accepted(call, "UnassignTelephoneNumber", &number, result)
}

fn update(call: &Call) -> Answer {
    let body = &call.body;
    let mut entry =
        crate::telephone::known(call, &json::filled(body, "telephoneNumber").unwrap_or_default()).map_err(in_graph)?;
    // Empty clears, null and absent keep.
    if let Some(location) = json::text(body, "locationId") {
        numbers::set_location(call.store, &mut entry, &location).map_err(in_graph)?;
    }
    if let Some(site) = json::text(body, "networkSiteId") {
        numbers::set_site(call.store, &mut entry, &site).map_err(in_graph)?;
    }
    if json::field(body, "reverseNumberLookupOptions").is_some_and(Value::is_array) {
        let skip =
            json::texts(body, "reverseNumberLookupOptions").iter().any(|o| o.eq_ignore_ascii_case("skipInternalVoip"));
        entry["ReverseNumberLookup"] = if skip { json!(["SkipInternalVoip"]) } else { json!([]) };
    }
    call.store.save_number(&entry)?;
    empty(200)
}

fn operation(call: &Call) -> Answer {
    let missing = || Refusal::graph(404, "NotFound", "The operation was not found.");
    ok(call.store.get("graphOperation", call.param("id"))?.ok_or_else(missing)?)
}

// Policies.

fn assign_policies(call: &Call) -> Answer {
    policies(call, true)
}

fn unassign_policies(call: &Call) -> Answer {
    policies(call, false)
}

/// Policy ids are opaque: type and name.
fn opaque(of: &str, name: &str) -> String {
    BASE64.encode(format!("{of}|{name}"))
}

fn policies(call: &Call, give: bool) -> Answer {
    for row in json::items(&call.body, "value") {
        let text = |name: &str| json::filled(row, name).unwrap_or_default();
        let person = find(call, &text("userId"))?;
        let of = grants::policy_type(&text("policyType")).map_err(in_graph)?;
        let id = text("policyId");
        let name = BASE64.decode(&id).ok().and_then(|b| String::from_utf8(b).ok());
        let name = name.and_then(|n| n.split_once('|').map(|(_, name)| name.to_owned())).unwrap_or(id);
        grants::grant(call.store, &person, of, give.then_some(name.as_str()), call.tuning.lag).map_err(in_graph)?;
    }
    empty(204)
}

fn policy_id(call: &Call) -> Answer {
    let Some(of) = types::grantable(call.param("type")) else {
        return bad(format!("The policy type '{}' is not valid.", call.param("type")));
    };
    let wanted = types::bare(call.param("name")).to_owned();
    let rows = identities(call.store, of)?.into_iter().filter(|(id, _)| id.eq_ignore_ascii_case(&wanted)).map(|(id, _)| {
        json!({"id": opaque(&of.name, &id), "name": of.shown_identity(&id), "policyId": opaque(&of.name, &id)})
    });
    ok(json!({"@odata.context": format!("{}/v1.0/$metadata#policies", call.base), "value": rows.collect::<Vec<_>>()}))
}

// User configurations.

fn configuration(call: &Call, person: &Person, groups: &Groups) -> Result<Value, Refusal> {
    let direct = grants::visible(call.store, person.id())?;
    let effective = grants::effective(call.store, person, &direct, groups)?;
    let policies = effective.iter().map(|e| {
        let assignment = json!({
            "displayName": e.policy, "assignmentType": if e.group.is_some() { "group" } else { "direct" },
            "policyId": opaque(&e.policy_type, &e.policy), "groupId": e.group});
        json!({"policyType": e.policy_type, "policyAssignment": assignment})
    });
    let numbers = call.store.numbers_of(person.id())?;
    let numbers = numbers.iter().map(
        |n| json!({"telephoneNumber": n["TelephoneNumber"], "assignmentCategory": camel(&n["AssignmentCategory"])}),
    );
    Ok(json!({
        "id": person.id(), "userPrincipalName": person.upn(), "tenantId": call.store.tenant_id()?,
        "accountType": camel(&person.body["accountType"]), "isEnterpriseVoiceEnabled": person.flag("enterpriseVoiceEnabled"),
        "featureTypes": features(person), "telephoneNumbers": numbers.collect::<Vec<_>>(),
        "effectivePolicyAssignments": policies.collect::<Vec<_>>(), "createdDateTime": person.text("whenCreated"),
        "modifiedDateTime": person.changed(),
    }))
}

fn list_configurations(call: &Call) -> Answer {
    let (mut sql, mut values) = ("1=1".to_owned(), Vec::new());
    if let Some(filter) = call.query("$filter") {
        let column = |field: &str| match field.to_ascii_lowercase().as_str() {
            "isenterprisevoiceenabled" => user_column("enterpriseVoiceEnabled"),
            "modifieddatetime" => user_column("whenChanged"),
            _ => user_column(field),
        };
        let part = translate(filter, &column).or_else(|why| bad(format!("Invalid filter clause: {why}.")))?;
        (sql, values) = (part.sql, part.values);
    }
    let size = call.page_size(call.query_number("$top"), 100, 999);
    values.push(Sql::Integer(call.query("$skiptoken").and_then(|t| t.parse().ok()).unwrap_or(0)));
    let people =
        call.store.people(&format!("deleted=0 AND ({sql}) AND seq>?{}", values.len()), &values, "seq", size + 1)?;
    let groups = Groups::read(call.store)?;
    let rows = people.iter().map(|p| configuration(call, p, &groups)).collect::<Result<Vec<_>, _>>()?;
    let next = people.get(size - 1).map(|p| p.seq.to_string());
    page(call, "admin/teams/userConfigurations", rows, size, next, None)
}

fn get_configuration(call: &Call) -> Answer {
    let person = find(call, call.param("userId"))?;
    ok(configuration(call, &person, &Groups::read(call.store)?)?)
}

// Call records.

/// Seconds of a date or date-time.
fn moment(text: &str, end: bool) -> Option<i64> {
    let full = if text.contains('T') {
        text.to_owned()
    } else {
        format!("{text}T{}Z", if end { "23:59:59" } else { "00:00:00" })
    };
    let full = if full.ends_with('Z') || full.contains('+') { full } else { full + "Z" };
    full.parse::<jiff::Timestamp>().ok().map(|t| t.as_second())
}

fn records(
    call: &Call,
    what: &str,
    read: fn(&crate::store::Store, i64, i64) -> rusqlite::Result<Vec<Value>>,
) -> Answer {
    let (Some(from), Some(to)) = (moment(call.param("from"), false), moment(call.param("to"), true)) else {
        return bad("The dates must be of the form YYYY-MM-DD or YYYY-MM-DDTHH:MM:SSZ.");
    };
    if to < from || to - from > 91 * 86_400 {
        return bad("The requested range must be positive and at most 90 days.");
    }
    let rows = read(call.store, from, to.min(ids::seconds()))?;
    let count = rows.len() as i64;
    let size = call.page_size(None, 1000, 1000);
    let skip = call.query_number("$skip").unwrap_or(0);
    let rows: Vec<Value> = rows.into_iter().skip(skip).take(size + 1).collect();
    let more = rows.len() > size;
    let mut reply =
        json!({"@odata.context": format!("{}/v1.0/$metadata#Collection({what})", call.base), "@odata.count": count});
    if more {
        reply["@odata.nextLink"] = json!(call.link(&[("$skip", &(skip + size).to_string())]));
    }
    reply["value"] = rows.into_iter().take(size).collect();
    ok(reply)
}

fn pstn_calls(call: &Call) -> Answer {
    records(call, "microsoft.graph.callRecords.pstnCallLogRow", call_records::pstn)
}

fn direct_calls(call: &Call) -> Answer {
    records(call, "microsoft.graph.callRecords.directRoutingLogRow", call_records::direct_routing)
}

fn call_record(call: &Call) -> Answer {
    let id = call.param("id");
    let rows = call_records::pstn(call.store, ids::seconds() - 30 * 86_400, ids::seconds())?;
    match rows.iter().find(|r| r["callId"] == id || r["id"] == id) {
        Some(row) => ok(json!({
            "id": id, "version": 1, "type": "peerToPeer", "modalities": ["audio"], "startDateTime": row["startDateTime"],
            "endDateTime": row["endDateTime"], "lastModifiedDateTime": row["endDateTime"],
            "organizer": {"user": {"id": row["userId"], "displayName": row["userDisplayName"]}}, "sessions": [],
        })),
        None => Err(Refusal::graph(404, "NotFound", "The call record was not found.")),
    }
}

// Batches.

const MOST_IN_BATCH: usize = 20;

fn batch(call: &Call) -> Answer {
    let requests = json::items(&call.body, "requests");
    if requests.len() > MOST_IN_BATCH {
        return bad(format!("Number of batch request steps exceeds the maximum value of {MOST_IN_BATCH}."));
    }
    let id_of = |r: &Value| json::text(r, "id").unwrap_or_default();
    let mut seen = std::collections::HashSet::new();
    if requests.iter().any(|r| id_of(r).is_empty() || !seen.insert(id_of(r))) {
        return bad("Request ids of a batch must be present and unique.");
    }
    let mut done: Vec<(String, u16)> = Vec::new();
    let mut responses = Vec::new();
    for request in requests {
        let failed =
            json::texts(request, "dependsOn").iter().any(|d| !done.iter().any(|(id, status)| id == d && *status < 400));
        let reply = match failed {
            true => Refusal::graph(424, "FailedDependency", "A request that this one depends on failed.").0,
            false => call.store.attempt(|| step(call, request)).unwrap_or_else(|refusal| refusal.0),
        };
        let mut headers: Map<String, Value> = reply.headers.iter().map(|(n, v)| ((*n).to_owned(), json!(v))).collect();
        if !reply.content_type.is_empty() {
            headers.insert("Content-Type".into(), json!(reply.content_type));
        }
        let body: Value = serde_json::from_slice(&reply.body).unwrap_or(Value::Null);
        done.push((id_of(request), reply.status));
        responses.push(json!({"id": id_of(request), "status": reply.status, "headers": headers, "body": body}));
    }
    ok(json!({"responses": responses}))
}

/// One part of a batch, through the same table of routes.
fn step(call: &Call, request: &Value) -> Answer {
    let url = json::text(request, "url").unwrap_or_default();
    let (path, query) = url.split_once('?').unwrap_or((&url, ""));
    let path = format!("/v1.0/{}", decode(path.trim_start_matches('/'), false));
    let method = json::text(request, "method").unwrap_or_else(|| "GET".into());
    let Found::Route(route, params) = call.router.find(&method, &path) else {
        return bad("Resource not found for the segment in the request.");
    };
    if route.audience != Audience::Graph || path.eq_ignore_ascii_case("/v1.0/$batch") {
        return bad("The request cannot be part of a batch.");
    }
    let headers = json::field(request, "headers").and_then(Value::as_object).cloned().unwrap_or_default();
    let headers = headers.into_iter().map(|(n, v)| (n, v.as_str().unwrap_or_default().to_owned())).collect();
    (route.handler)(&Call {
        store: call.store,
        params,
        query: pairs(query),
        headers,
        body: json::field(request, "body").cloned().unwrap_or(Value::Null),
        raw: &[],
        caller: call.caller.clone(),
        base: call.base,
        path: &path,
        tuning: call.tuning,
        keys: call.keys,
        router: call.router,
    })
}

//! Microsoft Graph: users, licences, organisation, domains and groups.

use rusqlite::types::Value as Sql;
use serde_json::{Value, json};

use crate::call::{Answer, Call, Refusal, Reply, empty, ok};
use crate::filter::{Column, Condition, translate};
use crate::ids;
use crate::json;
use crate::numbers;
use crate::people::{Person, common, user_column};
use crate::route::{Route, graph};
use crate::seed::INITIAL_DOMAIN;

pub const ROUTES: &[Route] = &[
    graph("GET", "/v1.0/users", list),
    graph("POST", "/v1.0/users", create),
    graph("GET", "/v1.0/users/{id}", get),
    graph("PATCH", "/v1.0/users/{id}", change),
    graph("DELETE", "/v1.0/users/{id}", remove),
    graph("POST", "/v1.0/users/{id}/assignLicense", assign_license),
    graph("GET", "/v1.0/users/{id}/licenseDetails", license_details),
    graph("GET", "/v1.0/users/{id}/memberOf", member_of),
    graph("GET", "/v1.0/subscribedSkus", list_skus),
    graph("GET", "/v1.0/subscribedSkus/{id}", get_sku),
    graph("GET", "/v1.0/organization", organization),
    graph("GET", "/v1.0/domains", list_domains),
    graph("GET", "/v1.0/domains/{id}", get_domain),
    graph("GET", "/v1.0/groups", list_groups),
    graph("GET", "/v1.0/groups/{id}/members", members),
    graph("GET", "/v1.0/me", me),
];

/// A page of an OData list. `rows` hold one more than the page when there are more.
pub fn page(
    call: &Call,
    what: &str,
    mut rows: Vec<Value>,
    size: usize,
    next: Option<String>,
    count: Option<i64>,
) -> Answer {
    let mut reply = json!({"@odata.context": format!("{}/v1.0/$metadata#{what}", call.base)});
    if let Some(count) = count {
        reply["@odata.count"] = json!(count);
    }
    if let Some(token) = next.filter(|_| rows.len() > size) {
        reply["@odata.nextLink"] = json!(call.link(&[("$skiptoken", &token)]));
    }
    rows.truncate(size);
    if let Some(names) = call.query("$select") {
        rows = rows.into_iter().map(|r| json::select(r, names)).collect();
    }
    reply["value"] = json!(rows);
    ok(reply)
}

/// A whole list that fits one page.
fn all(call: &Call, what: &str, rows: Vec<Value>) -> Answer {
    let size = rows.len();
    page(call, what, rows, size, None, None)
}

fn not_found(id: &str) -> Refusal {
    let text =
        format!("Resource '{id}' does not exist or one of its queried reference-property objects are not present.");
    Refusal::graph(404, "Request_ResourceNotFound", text)
}

fn bad<T>(text: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::graph(400, "Request_BadRequest", text))
}

pub fn find(call: &Call, key: &str) -> Result<Person, Refusal> {
    call.store.person(key)?.ok_or_else(|| not_found(key))
}

/// Graph's name of a member and the store's.
const NAMES: &[(&str, &str)] = &[
    ("displayName", "displayName"),
    ("givenName", "givenName"),
    ("surname", "lastName"),
    ("mailNickname", "alias"),
    ("accountEnabled", "accountEnabled"),
    ("usageLocation", "usageLocation"),
    ("country", "country"),
    ("city", "city"),
    ("state", "state"),
    ("streetAddress", "street"),
    ("postalCode", "postalCode"),
    ("department", "department"),
    ("companyName", "company"),
    ("jobTitle", "title"),
    ("officeLocation", "office"),
    ("mobilePhone", "mobilePhone"),
    ("preferredLanguage", "preferredLanguage"),
    ("userPrincipalName", "userPrincipalName"),
];

fn show(person: &Person) -> Value {
    let common = common();
    let body = |name: &str| person.body.get(name).or_else(|| common.get(name)).cloned().unwrap_or(Value::Null);
    let since = person.text("whenCreated");
    let plans: Vec<Value> = person
        .plans()
        .map(|p| json!({"assignedDateTime": since, "capabilityStatus": "Enabled", "service": service_of(p), "servicePlanId": plan_id(p)}))
        .collect();
    json!({
        "id": person.id(), "userPrincipalName": person.upn(), "displayName": body("displayName"),
        "givenName": body("givenName"), "surname": body("lastName"), "mail": person.upn(),
        "mailNickname": body("alias"), "accountEnabled": body("accountEnabled"), "usageLocation": body("usageLocation"),
        "country": body("country"), "city": body("city"), "state": body("state"), "streetAddress": body("street"),
        "postalCode": body("postalCode"), "department": body("department"), "companyName": body("company"),
        "jobTitle": body("title"), "officeLocation": body("office"),
        "businessPhones": body("phone").as_str().map(|p| vec![p.to_owned()]).unwrap_or_default(),
        "mobilePhone": body("mobilePhone"), "proxyAddresses": person.addresses(),
        "onPremisesSyncEnabled": body("dirSyncEnabled"), "preferredLanguage": body("preferredLanguage"),
        "assignedLicenses": body("assignedLicenses"), "assignedPlans": plans,
        "licenseAssignmentStates": json::items(&person.body, "assignedLicenses").iter().map(|l| json!({
            "skuId": l["skuId"], "disabledPlans": l["disabledPlans"], "state": "Active", "error": "None",
            "assignedByGroup": null})).collect::<Vec<_>>(),
        "createdDateTime": since,
    })
}

fn service_of(plan: &str) -> &'static str {
    match plan {
        "TEAMS1" => "TeamspaceAPI",
        p if p.starts_with("EXCHANGE") => "exchange",
        _ => "MicrosoftCommunicationsOnline",
    }
}

fn plan_id(name: &str) -> &'static str {
    crate::seed::plan_id(name)
}

fn list(call: &Call) -> Answer {
    let mut condition = Condition { sql: "1=1".into(), values: Vec::new() };
    if let Some(filter) = call.query("$filter") {
        let column = |field: &str| match field.to_ascii_lowercase().as_str() {
            "assignedlicenses" | "assignedlicenses/$count" => Some(Column::Text(
                "(SELECT group_concat(json_extract(value,'$.skuId')) FROM json_each(body,'$.assignedLicenses'))".into(),
            )),
            _ => user_column(field),
        };
        condition = translate(filter, &column).or_else(|why| bad(format!("Invalid filter clause: {why}.")))?;
    }
    if let Some(search) = call.query("$search") {
        if call.header("ConsistencyLevel").is_none() {
            return bad(
                "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'.",
            );
        }
        let text = search.trim_matches('"').split_once(':').map_or(search, |(_, t)| t).trim_matches('"');
        condition.values.push(Sql::Text(format!("%{text}%")));
        let n = condition.values.len();
        condition.sql = format!("({}) AND (name LIKE ?{n} OR upn LIKE ?{n})", condition.sql);
    }
    let size = call.page_size(call.query_number("$top"), 100, 999);
    let count_asked = call.query_flag("$count");
    let base = format!("deleted=0 AND ({})", condition.sql);
    let count = match count_asked {
        true => Some(call.store.count(&format!("SELECT count(*) FROM user WHERE {base}"), &condition.values)?),
        false => None,
    };
    // Sorted lists go on at an offset, the others behind the last row.
    let token: i64 = call.query("$skiptoken").and_then(|t| t.parse().ok()).unwrap_or(0);
    let order = call.query("$orderby").map(|o| o.split(' ').collect::<Vec<_>>());
    let people = match &order {
        None => {
            let mut values = condition.values;
            values.push(Sql::Integer(token));
            let sql = format!("{base} AND seq>?{}", values.len());
            call.store.people(&sql, &values, "seq", size + 1)?
        }
        Some(parts) => {
            let Some(Column::Text(column)) = user_column(parts[0]) else {
                return bad(format!("Cannot sort by '{}'.", parts[0]));
            };
            let direction = if parts.get(1).is_some_and(|d| d.eq_ignore_ascii_case("desc")) { "DESC" } else { "ASC" };
            let skip = token.max(0) as usize;
            let rows =
                call.store.people(&base, &condition.values, &format!("{column} {direction}, seq"), size + 1 + skip)?;
            rows.into_iter().skip(skip).collect()
        }
    };
    let next = match order {
        None => people.get(size - 1).map(|p| p.seq.to_string()),
        Some(_) => Some((token.max(0) as usize + size).to_string()),
    };
    page(call, "users", people.iter().map(show).collect(), size, next, count)
}

fn get(call: &Call) -> Answer {
    one(call, show(&find(call, call.param("id"))?))
}

/// One entity with its context, projected.
fn one(call: &Call, entity: Value) -> Answer {
    ok(match call.query("$select") {
        Some(names) => json::select(entity, names),
        None => entity,
    })
}

fn me(call: &Call) -> Answer {
    let person = call.store.person(&call.caller.object_id)?;
    let person = person.ok_or_else(|| {
        Refusal::graph(400, "BadRequest", "/me request is only valid with delegated authentication flow.")
    })?;
    one(call, show(&person))
}

/// The store's members from a Graph body.
fn read(call: &Call, body: &Value) -> Result<Value, Refusal> {
    let mut out = json!({});
    for (theirs, ours) in NAMES {
        if let Some(value) = json::field(body, theirs) {
            out[*ours] = value.clone();
        }
    }
    if let Some(phones) = json::field(body, "businessPhones") {
        out["phone"] = phones.get(0).cloned().unwrap_or(Value::Null);
    }
    if let Some(password) = json::field(body, "passwordProfile").and_then(|p| json::filled(p, "password")) {
        out["password"] = json!(password);
    }
    if let Some(location) = json::filled(&out, "usageLocation")
        && (location.len() != 2 || !location.bytes().all(|b| b.is_ascii_alphabetic()))
    {
        return bad(format!("Invalid value '{location}' specified for property 'usageLocation' of resource 'User'."));
    }
    if let Some(upn) = json::filled(&out, "userPrincipalName") {
        let domain = upn.split_once('@').map_or("", |(_, d)| d);
        if call.store.get("domain", domain)?.is_none() {
            return bad(
                "The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization.",
            );
        }
    }
    Ok(out)
}

fn create(call: &Call) -> Answer {
    let body = &call.body;
    for name in ["displayName", "mailNickname", "userPrincipalName", "passwordProfile", "accountEnabled"] {
        if json::field(body, name).is_none_or(Value::is_null) {
            return bad(format!("A value is required for property '{name}' of resource 'User'."));
        }
    }
    let upn = json::filled(body, "userPrincipalName").unwrap_or_default();
    if call.store.person(&upn)?.is_some() {
        return bad("Another object with the same value for property userPrincipalName already exists.");
    }
    let (id, now) = (ids::guid(), ids::now());
    let mut user = json!({
        "objectId": id, "userPrincipalName": upn, "accountType": "User", "sipAddress": format!("sip:{upn}"),
        "hostedVoiceMail": false, "assignedLicenses": [], "whenCreated": now,
    });
    json::merge(&mut user, &read(call, body)?);
    call.store.save_person(&user)?;
    Ok(Reply::json(201, &show(&find(call, &id)?)))
}

fn change(call: &Call) -> Answer {
    let person = find(call, call.param("id"))?;
    let changes = read(call, &call.body)?;
    if let Some(upn) = json::filled(&changes, "userPrincipalName")
        && call.store.person(&upn)?.is_some_and(|other| other.id() != person.id())
    {
        return bad("Another object with the same value for property userPrincipalName already exists.");
    }
    call.store.change_person(&person, &changes)?;
    empty(204)
}

fn remove(call: &Call) -> Answer {
    let person = find(call, call.param("id"))?;
    numbers::unassign(call.store, &person, None, None)?;
    for statement in ["DELETE FROM assignment WHERE user=?1", "DELETE FROM member WHERE user=?1"] {
        call.store.db.execute(statement, [person.id()])?;
    }
    // The name is free again; the user can be seen among the deleted ones.
    let person = find(call, person.id())?;
    let gone = format!("{}{}", person.id().replace('-', ""), person.upn());
    call.store.change_person(
        &person,
        &json!({
            "userPrincipalName": gone, "sipAddress": null, "softDeletionTimestamp": ids::now(), "accountEnabled": false,
        }),
    )?;
    empty(204)
}

// Licences.

fn consumed(call: &Call, sku: &str) -> rusqlite::Result<i64> {
    call.store.count("SELECT count(*) FROM licence WHERE sku=?1", &[Sql::Text(sku.to_owned())])
}

fn show_sku(call: &Call, sku: &Value) -> Result<Value, Refusal> {
    let tenant = call.store.tenant_id()?;
    let id = json::text(sku, "skuId").unwrap_or_default();
    let plans: Vec<Value> = json::items(sku, "servicePlans").iter().map(show_plan).collect();
    Ok(json!({
        "id": format!("{tenant}_{id}"), "accountId": tenant, "accountName": INITIAL_DOMAIN.split('.').next(),
        "appliesTo": "User", "capabilityStatus": "Enabled", "consumedUnits": consumed(call, &id)?,
        "prepaidUnits": {"enabled": sku["enabled"], "suspended": 0, "warning": 0, "lockedOut": 0},
        "servicePlans": plans, "skuId": id, "skuPartNumber": sku["skuPartNumber"], "subscriptionIds": [id],
    }))
}

fn show_plan(plan: &Value) -> Value {
    json!({"servicePlanId": plan["servicePlanId"], "servicePlanName": plan["servicePlanName"],
           "provisioningStatus": "Success", "appliesTo": "User"})
}

fn list_skus(call: &Call) -> Answer {
    let rows = call.store.list("sku")?;
    all(call, "subscribedSkus", rows.iter().map(|s| show_sku(call, s)).collect::<Result<_, _>>()?)
}

fn get_sku(call: &Call) -> Answer {
    let id = call.param("id");
    let sku = id.rsplit('_').next().unwrap_or(id);
    match call.store.get("sku", sku)? {
        Some(sku) => one(call, show_sku(call, &sku)?),
        None => Err(not_found(id)),
    }
}

fn assign_license(call: &Call) -> Answer {
    let person = find(call, call.param("id"))?;
    let body = &call.body;
    if json::field(body, "addLicenses").is_none() || json::field(body, "removeLicenses").is_none() {
        return bad("The parameters addLicenses and removeLicenses are required; both may be empty.");
    }
    let mut licences = json::items(&person.body, "assignedLicenses").to_vec();
    for id in json::texts(body, "removeLicenses") {
        let before = licences.len();
        licences.retain(|l| json::text(l, "skuId").is_none_or(|s| !s.eq_ignore_ascii_case(&id)));
        if licences.len() == before {
            return bad(format!("User does not have a corresponding license. SkuId: {id}"));
        }
    }
    for licence in json::items(body, "addLicenses") {
        let id = json::text(licence, "skuId").unwrap_or_default();
        let Some(sku) = call.store.get("sku", &id)? else {
            return bad(format!("License {id} does not correspond to a valid company License."));
        };
        let id = json::text(&sku, "skuId").unwrap_or_default();
        if person.text("usageLocation").is_empty() {
            return bad("License assignment cannot be done for user with invalid usage location.");
        }
        let known = licences.iter().position(|l| json::text(l, "skuId").as_deref() == Some(&id));
        let part = json::text(&sku, "skuPartNumber").unwrap_or_default();
        if known.is_none() && consumed(call, &id)? >= json::integer(&sku, "enabled").unwrap_or(0) {
            return bad(format!("Subscription with SKU {id} does not have any available licenses. ({part})"));
        }
        let disabled = json::texts(licence, "disabledPlans");
        let plans = json::items(&sku, "servicePlans");
        if let Some(wrong) = disabled
            .iter()
            .find(|d| !plans.iter().any(|p| json::text(p, "servicePlanId").is_some_and(|i| i.eq_ignore_ascii_case(d))))
        {
            return bad(format!("Disabled plan {wrong} is not part of the license {id}."));
        }
        let row = json!({"skuId": id, "disabledPlans": disabled});
        match known {
            Some(place) => licences[place] = row,
            None => licences.push(row),
        }
    }
    call.store.change_person(&person, &json!({"assignedLicenses": licences}))?;
    ok(show(&find(call, person.id())?))
}

fn license_details(call: &Call) -> Answer {
    let person = find(call, call.param("id"))?;
    let mut rows = Vec::new();
    for licence in json::items(&person.body, "assignedLicenses") {
        let Some(sku) = call.store.get("sku", &json::text(licence, "skuId").unwrap_or_default())? else { continue };
        let disabled = json::texts(licence, "disabledPlans");
        let plans: Vec<Value> = json::items(&sku, "servicePlans")
            .iter()
            .map(|p| {
                let mut plan = show_plan(p);
                if plan["servicePlanId"].as_str().is_some_and(|id| disabled.iter().any(|d| d.eq_ignore_ascii_case(id)))
                {
                    plan["provisioningStatus"] = json!("Disabled");
                }
                plan
            })
            .collect();
        rows.push(json!({"id": sku["skuId"], "skuId": sku["skuId"], "skuPartNumber": sku["skuPartNumber"], "servicePlans": plans}));
    }
    all(call, "licenseDetails", rows)
}

// Groups, domains, organisation.

fn show_group(group: &Value) -> Value {
    json!({"id": group["id"], "displayName": group["displayName"], "mail": group["mail"],
           "mailEnabled": group["mailEnabled"], "securityEnabled": group["securityEnabled"], "groupTypes": group["groupTypes"]})
}

fn list_groups(call: &Call) -> Answer {
    let mut sql = "kind='group'".to_owned();
    let mut values = Vec::new();
    if let Some(filter) = call.query("$filter") {
        let column = |field: &str| match field.to_ascii_lowercase().as_str() {
            "id" => Some(Column::Text("id".into())),
            "grouptypes" => Some(Column::List("$.groupTypes".into())),
            "mailenabled" => Some(Column::Flag("json_extract(body,'$.mailEnabled')".into())),
            "securityenabled" => Some(Column::Flag("json_extract(body,'$.securityEnabled')".into())),
            name @ ("displayname" | "mail") => {
                let name = if name == "mail" { "mail" } else { "displayName" };
                Some(Column::Text(format!("json_extract(body,'$.{name}')")))
            }
            _ => None,
        };
        let part = translate(filter, &column).or_else(|why| bad(format!("Invalid filter clause: {why}.")))?;
        sql = format!("{sql} AND ({})", part.sql);
        values = part.values;
    }
    if let Some(search) = call.query("$search") {
        let text = search.trim_matches('"').split_once(':').map_or(search, |(_, t)| t).trim_matches('"');
        values.push(Sql::Text(format!("%{text}%")));
        sql = format!("{sql} AND json_extract(body,'$.displayName') LIKE ?{}", values.len());
    }
    let size = call.page_size(call.query_number("$top"), 100, 999);
    let skip: usize = call.query("$skiptoken").and_then(|t| t.parse().ok()).unwrap_or(0);
    let rows = call.store.bodies(
        &format!("SELECT body FROM document WHERE {sql} ORDER BY seq LIMIT {} OFFSET {skip}", size + 1),
        &values,
    )?;
    page(call, "groups", rows.iter().map(show_group).collect(), size, Some((skip + size).to_string()), None)
}

fn members(call: &Call) -> Answer {
    let id = call.param("id");
    if call.store.get("group", id)?.is_none() {
        return Err(not_found(id));
    }
    let size = call.page_size(call.query_number("$top"), 100, 999);
    let after: i64 = call.query("$skiptoken").and_then(|t| t.parse().ok()).unwrap_or(0);
    let condition = "deleted=0 AND seq>?2 AND id IN (SELECT user FROM member WHERE \"group\"=?1)";
    let people = call.store.people(condition, &[Sql::Text(id.to_owned()), Sql::Integer(after)], "seq", size + 1)?;
    let next = people.get(size - 1).map(|p| p.seq.to_string());
    let rows = people.iter().map(|p| {
        let mut row = json!({"@odata.type": "#microsoft.graph.user"});
        json::merge(&mut row, &show(p));
        row
    });
    page(call, "directoryObjects", rows.collect(), size, next, None)
}

fn member_of(call: &Call) -> Answer {
    let person = find(call, call.param("id"))?;
    let mut rows = Vec::new();
    for id in call.store.groups_of(person.id())? {
        if let Some(group) = call.store.get("group", &id)? {
            let mut row = json!({"@odata.type": "#microsoft.graph.group"});
            json::merge(&mut row, &show_group(&group));
            rows.push(row);
        }
    }
    all(call, "directoryObjects", rows)
}

fn show_domain(domain: &Value) -> Value {
    json!({
        "id": domain["name"], "authenticationType": "Managed", "isDefault": domain["default"], "isInitial": domain["initial"],
        "isRoot": true, "isVerified": true, "isAdminManaged": true,
        "supportedServices": ["Email", "OfficeCommunicationsOnline", "Intune"],
    })
}

fn list_domains(call: &Call) -> Answer {
    all(call, "domains", call.store.list("domain")?.iter().map(show_domain).collect())
}

fn get_domain(call: &Call) -> Answer {
    match call.store.get("domain", call.param("id"))? {
        Some(domain) => one(call, show_domain(&domain)),
        None => Err(not_found(call.param("id"))),
    }
}

fn organization(call: &Call) -> Answer {
    let tenant = call.store.get("tenant", "tenant")?.unwrap_or_default();
    let domains: Vec<Value> = call
        .store
        .list("domain")?
        .iter()
        .map(|d| {
            json!({"name": d["name"], "type": "Managed", "capabilities": "Email, OfficeCommunicationsOnline",
                        "isDefault": d["default"], "isInitial": d["initial"]})
        })
        .collect();
    all(
        call,
        "organization",
        vec![json!({
            "id": tenant["tenantId"], "displayName": tenant["displayName"], "countryLetterCode": tenant["countryAbbreviation"],
            "city": tenant["city"], "state": tenant["stateOrProvince"], "street": tenant["street"],
            "postalCode": tenant["postalCode"], "preferredLanguage": tenant["preferredLanguage"], "verifiedDomains": domains,
            "assignedPlans": [], "provisionedPlans": [], "onPremisesSyncEnabled": null, "tenantType": "AAD",
            "createdDateTime": tenant["whenCreated"],
        })],
    )
}

//! Skype.TelephoneNumberMgmt: the inventory, who has which number, tags, blocks and the portal's list. Orders are in
//! `number_orders`.

use rusqlite::types::Value as Sql;
use serde_json::{Value, json};

use crate::call::{Answer, Call, Refusal, empty, ok};
use crate::filter::{Column, Condition, translate};
use crate::grants;
use crate::ids::{self, ZERO};
use crate::json;
use crate::numbers::{self, Wish};
use crate::people::{Person, plan};
use crate::route::{Route, config};

pub const ROUTES: &[Route] = &[
    config("GET", "/Skype.TelephoneNumberMgmt/Tenants/{tenantId}/telephone-numbers", portal),
    config("GET", "/Skype.TelephoneNumberMgmt/cmdlet/assignments", list),
    config("PATCH PUT POST", "/Skype.TelephoneNumberMgmt/cmdlet/assignments", assign),
    config("DELETE", "/Skype.TelephoneNumberMgmt/cmdlet/assignments/{identity}", unassign),
    config("GET", "/Skype.TelephoneNumberMgmt/cmdlet/phone-number-tag", tags),
    config("POST", "/Skype.TelephoneNumberMgmt/cmdlet/phone-number-tag", set_tag),
    config("PATCH PUT", "/Skype.TelephoneNumberMgmt/cmdlet/phone-number-tag", rename_tag),
    config("DELETE", "/Skype.TelephoneNumberMgmt/cmdlet/phone-number-tag", remove_tag),
    config("GET", "/Skype.TelephoneNumberMgmt/cmdlet/phone-number-policy-assignments", policies),
    config("PATCH PUT", "/Skype.TelephoneNumberMgmt/cmdlet/phone-number-policy-assignments", set_policy),
    config("POST", "/Skype.TelephoneNumberMgmt/cmdlet/number-assignment-block", block),
    config("DELETE", "/Skype.TelephoneNumberMgmt/cmdlet/number-assignment-block", unblock),
    config("POST", "/Skype.TelephoneNumberMgmt/cmdlet/activate-sms", activate_sms),
    config("POST", "/Skype.TelephoneNumberMgmt/cmdlet/deactivate-sms", deactivate_sms),
    config("GET", "/Skype.TelephoneNumberMgmt/cmdlet/tenant-default-config", defaults),
];

/// The inventory entry of a number as a client writes it.
pub fn known(call: &Call, number: &str) -> Result<Value, Refusal> {
    let number = numbers::normalise(number)?;
    match call.store.number(&number)? {
        Some(entry) => Ok(entry),
        None => Err(numbers::not_found(call.store, &number)?),
    }
}

/// Where the fields of a number filter are.
pub fn number_column(field: &str) -> Option<Column> {
    let lower = field.to_ascii_lowercase();
    Some(match lower.as_str() {
        "telephonenumber" | "phonenumber" => Column::Text("number".into()),
        "numbertype" | "phonenumbertype" => Column::Text("type".into()),
        "pstnassignmentstatus" => Column::Text("status".into()),
        "assignedpstntargetid" => Column::Text("target".into()),
        "capability" | "capabilities" | "capabilitiescontain" => Column::List("$.Capability".into()),
        "reversenumberlookup" => Column::List("$.ReverseNumberLookup".into()),
        "tag" | "tags" => Column::List("$.Tag".into()),
        _ => {
            const NAMES: &[&str] = &[
                "OperatorId",
                "ActivationState",
                "IsoCountryCode",
                "PstnPartnerName",
                "PstnPartnerId",
                "LocationId",
                "CivicAddressId",
                "NetworkSiteId",
                "AssignmentCategory",
                "City",
                "IsoSubdivision",
                "NumberSource",
                "PortInOrderStatus",
                "SmsActivationState",
            ];
            let name = NAMES.iter().find(|n| n.eq_ignore_ascii_case(&lower))?;
            Column::Text(format!("json_extract(body,'$.{name}')"))
        }
    })
}

/// The query values that each stand for one comparison.
const SIMPLE: &[&str] = &[
    "activationState",
    "assignedPstnTargetId",
    "assignmentCategory",
    "civicAddressId",
    "isoCountryCode",
    "locationId",
    "networkSiteId",
    "numberType",
    "pstnAssignmentStatus",
];

fn condition(call: &Call) -> Result<Condition, Refusal> {
    let mut parts = Vec::new();
    let quote = |text: &str| text.replace('\'', "''");
    let bare = |text: &str| text.trim_start_matches("tel:").replace('\'', "''");
    for name in SIMPLE {
        if let Some(value) = call.query(name) {
            // The target may be named by its address.
            let target = match *name {
                "assignedPstnTargetId" => call.store.person(value)?.map(|p| p.id().to_owned()),
                _ => None,
            };
            parts.push(format!("{name} -eq '{}'", quote(target.as_deref().unwrap_or(value))));
        }
    }
    if let Some(value) = call.query("capabilitiesContain") {
        parts.extend(value.split(',').map(|c| format!("capability -contains '{}'", quote(c.trim()))));
    }
    if let Some(value) = call.query("telephoneNumber") {
        let number = numbers::normalise(value).map_err(|_| bad_filter(value))?;
        parts.push(format!("telephoneNumber -eq '{number}'"));
    }
    if let Some(value) = call.query("telephoneNumberContain") {
        parts.push(format!("telephoneNumber -like '*{}*'", bare(value)));
    }
    if let Some(value) = call.query("telephoneNumberStartsWith") {
        let start = bare(value);
        parts.push(format!("telephoneNumber -like '+{}*'", start.trim_start_matches('+')));
    }
    let mut values = Vec::new();
    let mut sql = "1=1".to_owned();
    let text = [parts.join(" -and "), call.query("filter").map(|f| format!("({f})")).unwrap_or_default()];
    let text = text.iter().filter(|t| !t.is_empty()).cloned().collect::<Vec<_>>().join(" -and ");
    if !text.is_empty() {
        let part =
            translate(&text, &number_column).map_err(|why| Refusal::number(400, format!("Invalid filter: {why}.")))?;
        (sql, values) = (part.sql, part.values);
    }
    // Numbers are compared as text, with the plus that they are written with.
    for (name, sign) in [("telephoneNumberGreaterThan", ">"), ("telephoneNumberLessThan", "<")] {
        if let Some(value) = call.query(name) {
            values.push(Sql::Text(format!("+{}", bare(value).trim_start_matches('+'))));
            sql = format!("{sql} AND number{sign}?{}", values.len());
        }
    }
    Ok(Condition { sql, values })
}

fn bad_filter(value: &str) -> Refusal {
    Refusal::number(400, format!("The telephone number filter '{value}' is not valid."))
}

fn list(call: &Call) -> Answer {
    let Condition { sql, values } = condition(call)?;
    let top = call.page_size(call.query_number("top"), 500, 1000);
    let skip = call.query_number("skip").unwrap_or(0);
    let sql = format!("SELECT body FROM number WHERE {sql} ORDER BY number LIMIT {top} OFFSET {skip}");
    let rows = call.store.bodies(&sql, &values)?;
    ok(rows.into_iter().map(shown).collect())
}

/// The entry without what the mock keeps for itself.
fn shown(mut entry: Value) -> Value {
    if let Some(members) = entry.as_object_mut() {
        for name in ["Uploaded", "AssignmentBlocked", "AssignmentBlockedUntil", "SmsActivationState", "Policies"] {
            members.shift_remove(name);
        }
    }
    entry
}

fn target(call: &Call, identity: &str) -> Result<Person, Refusal> {
    let missing = || Refusal::number(404, format!("User '{identity}' was not found."));
    call.store.person(identity)?.ok_or_else(missing)
}

fn assign(call: &Call) -> Answer {
    // Values travel in the query; a body is taken too.
    let mut wish = call.query_object();
    json::merge(&mut wish, &call.body);
    let text = |name: &str| json::filled(&wish, name);
    let number = text("phoneNumber").or_else(|| text("telephoneNumber"));
    match (text("identity"), number) {
        (Some(identity), Some(number)) => {
            let person = target(call, &identity)?;
            let kind = text("phoneNumberType").or_else(|| text("numberType"));
            numbers::assign(
                call.store,
                &person,
                &Wish {
                    number: number.clone(),
                    kind,
                    location: text("locationId"),
                    site: text("networkSiteId"),
                    category: text("assignmentCategory"),
                },
            )?;
            if let Some(lookup) = text("reverseNumberLookup") {
                set_lookup(call, &number, &lookup)?;
            }
        }
        (Some(identity), None) => {
            let person = target(call, &identity)?;
            let Some(enabled) = json::flag(&wish, "enterpriseVoiceEnabled") else {
                return Err(Refusal::number(
                    400,
                    "Nothing to assign: neither a telephone number nor EnterpriseVoiceEnabled is given.",
                ));
            };
            if enabled && !person.has_plan(plan::PHONE_SYSTEM) {
                let text = format!("User '{}' lacks appropriate licenses to enable Enterprise Voice.", person.upn());
                return Err(Refusal::number(400, text));
            }
            call.store.change_person(&person, &json!({"enterpriseVoiceEnabled": enabled}))?;
        }
        (None, Some(number)) => {
            let mut entry = known(call, &number)?;
            if let Some(id) = json::text(&wish, "locationId") {
                numbers::set_location(call.store, &mut entry, &id)?;
            }
            if let Some(site) = json::text(&wish, "networkSiteId") {
                numbers::set_site(call.store, &mut entry, &site)?;
            }
            call.store.save_number(&entry)?;
            if let Some(lookup) = text("reverseNumberLookup") {
                set_lookup(call, &number, &lookup)?;
            }
        }
        (None, None) => return Err(Refusal::number(400, "The identity or the telephone number is missing.")),
    }
    ok(json!({"Message": null}))
}

fn set_lookup(call: &Call, number: &str, lookup: &str) -> Result<(), Refusal> {
    let mut entry = known(call, number)?;
    let list: Vec<&str> = lookup.split(',').map(str::trim).filter(|l| !l.eq_ignore_ascii_case("null")).collect();
    if let Some(wrong) = list.iter().find(|l| !l.eq_ignore_ascii_case("SkipInternalVoip")) {
        return Err(Refusal::number(400, format!("'{wrong}' is not a valid reverse number lookup option.")));
    }
    entry["ReverseNumberLookup"] = json!(list);
    Ok(call.store.save_number(&entry)?)
}

fn unassign(call: &Call) -> Answer {
    let person = target(call, call.param("identity"))?;
    let number = call.query("phoneNumber").or_else(|| call.query("telephoneNumber"));
    if number.is_none() && !call.query_flag("removeAll") {
        return Err(Refusal::number(400, "Specify the telephone number and its type, or RemoveAll."));
    }
    let kind = call.query("phoneNumberType").or_else(|| call.query("numberType"));
    numbers::unassign(call.store, &person, number, kind)?;
    let block = call.query_flag("assignmentBlockedForever") || call.query("assignmentBlockedDays").is_some();
    if let Some(number) = number.filter(|_| block)
        && let Some(entry) = call.store.number(&numbers::normalise(number)?)?
    {
        save_block(call, entry, call.query_number("assignmentBlockedDays"))?;
    }
    empty(204)
}

fn portal(call: &Call) -> Answer {
    if call.header("x-ms-tnm-applicationid").is_none() {
        return Err(Refusal::number(400, "The header x-ms-tnm-applicationid is missing."));
    }
    let top = call.page_size(call.query_number("top"), 100, 999);
    let skip = call.query_number("skip").unwrap_or(0);
    let rows = call.store.bodies(&format!("SELECT body FROM number ORDER BY number LIMIT {top} OFFSET {skip}"), &[])?;
    let tenant = call.store.tenant_id()?;
    let mut out = Vec::new();
    for entry in rows {
        let target = json::filled(&entry, "AssignedPstnTargetId");
        let person = target.as_deref().map(|t| call.store.person(t)).transpose()?.flatten();
        out.push(json!({
            "TelephoneNumber": entry["TelephoneNumber"], "DisplayNumber": entry["TelephoneNumber"],
            "NumberType": entry["NumberType"], "TargetId": target.as_deref().unwrap_or(ZERO),
            "TargetType": person.as_ref().map(|p| if p.is_resource_account() { "ApplicationInstance" } else { "User" }),
            "AssignedTo": person.as_ref().map(|p| p.text("displayName")), "AcquisitionDate": null,
            "LocationId": entry["LocationId"], "CivicAddressId": entry["CivicAddressId"],
            "ActivationState": entry["ActivationState"], "CityCode": entry["City"], "InventoryType": "Subscriber",
            "IsManagedByServiceDesk": false, "O365Region": "EMEA", "PortInOrderStatus": null,
            "SourceType": entry["NumberSource"], "BridgeNumber": null, "CallingProfile": null, "TenantId": tenant,
            "UserId": target,
        }));
    }
    ok(json!({"TelephoneNumbers": out}))
}

// Tags.

fn tags(call: &Call) -> Answer {
    let sql = "SELECT DISTINCT value FROM number, json_each(number.body, '$.Tag') ORDER BY value COLLATE NOCASE";
    let rows = call.store.column(sql, &[])?;
    ok(rows.into_iter().map(|tag| json!({"TagValue": tag})).collect())
}

fn tagged(call: &Call) -> Result<(Value, String), Refusal> {
    let tag = call.query("tag").ok_or_else(|| Refusal::number(400, "The tag is missing."))?;
    Ok((known(call, call.query("phoneNumber").unwrap_or_default())?, tag.to_owned()))
}

fn set_tag(call: &Call) -> Answer {
    let (entry, tag) = tagged(call)?;
    change_tags(call, entry, &[tag], &[])?;
    empty(204)
}

fn remove_tag(call: &Call) -> Answer {
    let (entry, tag) = tagged(call)?;
    if !json::texts(&entry, "Tag").iter().any(|t| t.eq_ignore_ascii_case(&tag)) {
        return Err(Refusal::number(404, format!("The tag '{tag}' was not found on the telephone number.")));
    }
    change_tags(call, entry, &[], &[tag])?;
    empty(204)
}

/// Adds and takes away tags of one number.
pub fn change_tags(call: &Call, mut entry: Value, add: &[String], remove: &[String]) -> Result<(), Refusal> {
    let mut tags = json::texts(&entry, "Tag");
    tags.retain(|t| !remove.iter().chain(add).any(|r| r.eq_ignore_ascii_case(t)));
    tags.extend(add.iter().cloned());
    if tags.len() > 50 {
        return Err(Refusal::number(400, "A telephone number can have at most 50 tags."));
    }
    entry["Tag"] = json!(tags);
    Ok(call.store.save_number(&entry)?)
}

fn rename_tag(call: &Call) -> Answer {
    let (Some(old), Some(new)) = (call.query("tag"), call.query("newTag")) else {
        return Err(Refusal::number(400, "The tag or the new tag is missing."));
    };
    let sql =
        "SELECT body FROM number WHERE EXISTS (SELECT 1 FROM json_each(body,'$.Tag') WHERE value=?1 COLLATE NOCASE)";
    let rows = call.store.bodies(sql, &[Sql::Text(old.to_owned())])?;
    if rows.is_empty() {
        return Err(Refusal::number(404, format!("The tag '{old}' was not found.")));
    }
    for entry in rows {
        change_tags(call, entry, &[new.to_owned()], &[old.to_owned()])?;
    }
    empty(204)
}

// Policies of numbers, blocks, text messages.

fn policies(call: &Call) -> Answer {
    let mut rows = Vec::new();
    for entry in call
        .store
        .bodies("SELECT body FROM number WHERE json_extract(body,'$.Policies') IS NOT NULL ORDER BY number", &[])?
    {
        for (kind, name) in entry["Policies"].as_object().into_iter().flatten() {
            let wanted = |query: &str, value: &str| {
                call.query(query).is_none_or(|q| q.trim_start_matches("tel:").eq_ignore_ascii_case(value))
            };
            let number = json::text(&entry, "TelephoneNumber").unwrap_or_default();
            if wanted("telephoneNumber", &number)
                && wanted("policyType", kind)
                && wanted("policyName", name.as_str().unwrap_or_default())
            {
                rows.push(
                    json!({"TelephoneNumber": number, "PolicyType": kind, "PolicyName": name, "Authority": "Tenant",
                                 "AssignmentType": "Direct", "Reference": null}),
                );
            }
        }
    }
    rows.truncate(call.query_number("top").unwrap_or(usize::MAX));
    ok(Value::Array(rows))
}

fn set_policy(call: &Call) -> Answer {
    let mut entry = known(call, &json::filled(&call.body, "TelephoneNumber").unwrap_or_default())?;
    let of = grants::policy_type(&json::filled(&call.body, "PolicyType").unwrap_or_default())?;
    match json::filled(&call.body, "PolicyName") {
        None => {
            if let Some(policies) = entry["Policies"].as_object_mut() {
                policies.shift_remove(&of.name);
            }
        }
        Some(name) => {
            let Some((id, _)) = crate::configuration::find_identity(call.store, of, &name)? else {
                return Err(Refusal::number(400, format!("\"{name}\" not found")));
            };
            if !entry["Policies"].is_object() {
                entry["Policies"] = json!({});
            }
            entry["Policies"][&of.name] = json!(id);
        }
    }
    call.store.save_number(&entry)?;
    empty(204)
}

fn block(call: &Call) -> Answer {
    let entry = known(call, &json::filled(&call.body, "TelephoneNumber").unwrap_or_default())?;
    if json::filled(&entry, "AssignedPstnTargetId").is_some() {
        return Err(Refusal::number(
            400,
            "The telephone number is assigned; remove the assignment before blocking it.",
        ));
    }
    let days = json::integer(&call.body, "AssignmentBlockedDays").map(|d| d.max(0) as usize);
    save_block(call, entry, days)?;
    empty(204)
}

fn save_block(call: &Call, mut entry: Value, days: Option<usize>) -> Result<(), Refusal> {
    if days.is_some_and(|d| !(1..=365).contains(&d)) {
        return Err(Refusal::number(400, "AssignmentBlockedDays must be between 1 and 365."));
    }
    json::set(&mut entry, "AssignmentBlocked", json!(true));
    let until = days.map(|d| ids::stamp(ids::seconds() + d as i64 * 86_400));
    json::set(&mut entry, "AssignmentBlockedUntil", json!(until));
    Ok(call.store.save_number(&entry)?)
}

fn unblock(call: &Call) -> Answer {
    let mut entry = known(call, call.query("telephoneNumber").unwrap_or_default())?;
    json::set(&mut entry, "AssignmentBlocked", json!(false));
    call.store.save_number(&entry)?;
    empty(204)
}

fn activate_sms(call: &Call) -> Answer {
    sms(call, "Activated")
}

fn deactivate_sms(call: &Call) -> Answer {
    sms(call, "Deactivated")
}

fn sms(call: &Call, state: &str) -> Answer {
    let mut entry = known(call, &json::filled(&call.body, "TelephoneNumber").unwrap_or_default())?;
    if json::text(&entry, "NumberType").as_deref() != Some("CallingPlan") {
        return Err(Refusal::number(400, "Text messages are available for calling plan numbers only."));
    }
    json::set(&mut entry, "SmsActivationState", json!(state));
    call.store.save_number(&entry)?;
    empty(204)
}

fn defaults(_: &Call) -> Answer {
    ok(json!({"DefaultCountryCode": "US", "IsPortalOrderingEnabled": true}))
}

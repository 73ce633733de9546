//! Assignments of policies: to users, groups, the tenant and in batches; which one holds for a user
//! (tenant-api.md, section 4).

use rusqlite::params;
use serde_json::{Value, json};

use crate::call::{Answer, Call, Refusal, Reply, empty, ok};
use crate::configuration::find_identity;
use crate::ids;
use crate::json;
use crate::people::Person;
use crate::route::{Route, config};
use crate::store::Store;
use crate::types::{self, ConfigType, bare};

pub const ROUTES: &[Route] = &[
    config("PATCH PUT", "/Skype.Policy/users/{userId}/policies/{type}", grant_user),
    config("GET", "/Skype.Policy/users/{userId}/policyAssignments", effective_of_user),
    config("PATCH PUT", "/Skype.Policy/tenants/policies/{type}", grant_tenant),
    config("GET", "/Skype.Policy/groupPolicyAssignments", list_groups),
    config("POST", "/Skype.Policy/groupPolicyAssignments", add_group),
    config("GET", "/Skype.Policy/groupPolicyAssignments/{groupId}", list_groups),
    config("GET", "/Skype.Policy/groupPolicyAssignments/{groupId}/policyTypes/{type}", get_group),
    config("POST", "/Skype.Policy/groupPolicyAssignments/{groupId}/policyTypes/{type}", add_group),
    config("PATCH PUT", "/Skype.Policy/groupPolicyAssignments/{groupId}/policyTypes/{type}", change_group),
    config("DELETE", "/Skype.Policy/groupPolicyAssignments/{groupId}/policyTypes/{type}", remove_group),
    config("POST", "/Skype.Policy/assignments", start_batch),
    config("GET", "/Skype.Policy/assignments/operations", list_batches),
    config("GET", "/Skype.Policy/assignments/operations/{operationId}", get_batch),
];

// Users.

fn grant_user(call: &Call) -> Answer {
    let of = policy_type(call.param("type"))?;
    let user = call.store.person(call.param("userId"))?.ok_or_else(|| Refusal::policy(404, "User does not exist"))?;
    grant(call.store, &user, of, json::filled(&call.body, "PolicyName").as_deref(), call.tuning.lag)?;
    empty(204)
}

/// Assigns a policy to a user, or with no name takes the direct assignment away.
pub fn grant(store: &Store, user: &Person, of: &ConfigType, name: Option<&str>, lag: i64) -> Result<(), Refusal> {
    let policy = existing(store, of, name)?;
    if policy.is_some() {
        check_account(user, of)?;
    }
    let now = ids::seconds();
    let before = visible(store, user.id())?.into_iter().find(|(t, _)| t == &of.name).map(|(_, p)| p);
    if policy.is_none() && lag == 0 {
        store.db.execute("DELETE FROM assignment WHERE user=?1 AND type=?2", params![user.id(), of.name])?;
        return Ok(());
    }
    let mut insert = store.db.prepare_cached("INSERT OR REPLACE INTO assignment VALUES (?1,?2,?3,?4,?5)")?;
    insert.execute(params![user.id(), of.name, policy, before, now + lag])?;
    Ok(())
}

/// The stored spelling of a policy's name; Global and nothing mean: no assignment.
fn existing(store: &Store, of: &ConfigType, name: Option<&str>) -> Result<Option<String>, Refusal> {
    let Some(name) = name.map(bare).filter(|n| !n.is_empty() && *n != "Global") else { return Ok(None) };
    match find_identity(store, of, name)? {
        Some((id, _)) => Ok(Some(id)),
        None => Err(Refusal::policy(400, format!("\"{name}\" not found"))),
    }
}

fn check_account(user: &Person, of: &ConfigType) -> Result<(), Refusal> {
    let voice_only = [
        "OnlineVoiceRoutingPolicy",
        "TenantDialPlan",
        "TeamsCallHoldPolicy",
        "CallingLineIdentity",
        "TeamsEmergencyCallingPolicy",
        "TeamsEmergencyCallRoutingPolicy",
        "TeamsSharedCallingRoutingPolicy",
    ];
    match user.text("accountType") {
        "Guest" | "IneligibleUser" => Err(Refusal::policy(400, "User can't be granted this policy")),
        "ResourceAccount" if !voice_only.contains(&of.name.as_str()) => {
            Err(Refusal::policy(400, "User can't be granted this policy"))
        }
        _ if user.plans().next().is_none() => {
            Err(Refusal::policy(400, format!("\"{}\": The user was not provisioned successfully", user.upn())))
        }
        _ => Ok(()),
    }
}

/// The direct assignments of a user that can be read by now: type and policy.
pub fn visible(store: &Store, user: &str) -> rusqlite::Result<Vec<(String, String)>> {
    let mut query = store.db.prepare_cached(
        "SELECT type, CASE WHEN visible<=?2 THEN policy ELSE previous END AS shown FROM assignment
         WHERE user=?1 AND shown IS NOT NULL ORDER BY type",
    )?;
    query.query_map(params![user, ids::seconds()], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

/// One policy that holds for a user by more than the tenant's default.
pub struct Effective {
    pub policy_type: String,
    pub policy: String,
    /// Where it comes from, unless it is assigned directly.
    pub group: Option<String>,
    /// All assignments that compete, the winner first.
    sources: Vec<Value>,
}

/// The group assignments of the tenant, read once for many users.
pub struct Groups(Vec<Value>);

impl Groups {
    pub fn read(store: &Store) -> rusqlite::Result<Groups> {
        let mut rows = store.list("groupPolicy")?;
        rows.sort_by_key(|r| json::integer(r, "Priority"));
        Ok(Groups(rows))
    }
}

/// Direct assignments first, then the groups of the user by rank.
pub fn effective(
    store: &Store,
    user: &Person,
    direct: &[(String, String)],
    groups: &Groups,
) -> rusqlite::Result<Vec<Effective>> {
    let source = |kind: &str, of: &str, policy: &str, reference: &str| json!({"AssignmentType": kind, "PolicyType": of, "PolicyName": policy, "Reference": reference});
    let mut out: Vec<Effective> = direct
        .iter()
        .map(|(of, policy)| Effective {
            policy_type: of.clone(),
            policy: policy.clone(),
            group: None,
            sources: vec![source("Direct", of, policy, user.id())],
        })
        .collect();
    if groups.0.is_empty() {
        return Ok(out);
    }
    let member = store.groups_of(user.id())?;
    for row in &groups.0 {
        let text = |name: &str| json::text(row, name).unwrap_or_default();
        let (group, of, policy) = (text("GroupId"), text("PolicyType"), text("PolicyName"));
        if !member.iter().any(|m| m.eq_ignore_ascii_case(&group)) {
            continue;
        }
        let entry = source("Group", &of, &policy, &group);
        match out.iter_mut().find(|e| e.policy_type.eq_ignore_ascii_case(&of)) {
            Some(found) => found.sources.push(entry),
            None => out.push(Effective { policy_type: of, policy, group: Some(group), sources: vec![entry] }),
        }
    }
    Ok(out)
}

fn effective_of_user(call: &Call) -> Answer {
    let user = crate::users::find(call, call.param("userId"))?;
    let direct = visible(call.store, user.id())?;
    let all = effective(call.store, &user, &direct, &Groups::read(call.store)?)?;
    let wanted = |e: &&Effective| call.query("policyType").is_none_or(|t| t.eq_ignore_ascii_case(&e.policy_type));
    let rows = all.iter().filter(wanted);
    ok(rows.map(|e| json!({"PolicyType": e.policy_type, "PolicyName": e.policy, "PolicySource": e.sources})).collect())
}

/// The policy of a type that holds for a user, Global included: direct, group, tenant, Global.
pub fn effective_policy(store: &Store, user: &Person, of: &str) -> Result<String, Refusal> {
    let direct = visible(store, user.id())?;
    let all = effective(store, user, &direct, &Groups::read(store)?)?;
    if let Some(found) = all.into_iter().find(|e| e.policy_type.eq_ignore_ascii_case(of)) {
        return Ok(found.policy);
    }
    let tenant = store.get("tenantPolicy", of)?.and_then(|t| json::text(&t, "PolicyName"));
    Ok(tenant.unwrap_or_else(|| "Global".into()))
}

pub fn policy_type(name: &str) -> Result<&'static ConfigType, Refusal> {
    types::grantable(name).ok_or_else(|| Refusal::policy(400, format!("Policy \"{name}\" is not a user policy.")))
}

// The tenant.

fn grant_tenant(call: &Call) -> Answer {
    let of = policy_type(call.param("type"))?;
    match existing(call.store, of, json::filled(&call.body, "PolicyName").as_deref())? {
        Some(policy) => call.store.put("tenantPolicy", &of.name, &json!({"PolicyName": policy}))?,
        None => drop(call.store.remove("tenantPolicy", &of.name)?),
    }
    empty(204)
}

// Groups.

/// The id of the group that a path names by id or mail address.
fn group(call: &Call, name: &str) -> Result<String, Refusal> {
    let all = call.store.entries("group")?;
    let fits = |id: &str, g: &Value| {
        [Some(id.to_owned()), json::text(g, "mail")].into_iter().flatten().any(|v| v.eq_ignore_ascii_case(name))
    };
    let found = all.into_iter().find(|(id, g)| fits(id, g)).map(|(id, _)| id);
    found.ok_or_else(|| Refusal::policy(404, format!("Group \"{name}\" not found")))
}

fn key(group: &str, of: &ConfigType) -> String {
    format!("{group}|{}", of.name)
}

fn list_groups(call: &Call) -> Answer {
    let mut rows = call.store.list("groupPolicy")?;
    if !call.param("groupId").is_empty() {
        let id = group(call, call.param("groupId"))?;
        rows.retain(|r| json::text(r, "GroupId").is_some_and(|g| g.eq_ignore_ascii_case(&id)));
    }
    rows.sort_by_key(|r| (json::text(r, "PolicyType"), json::integer(r, "Priority")));
    ok(Value::Array(rows))
}

fn get_group(call: &Call) -> Answer {
    let of = policy_type(call.param("type"))?;
    let id = group(call, call.param("groupId"))?;
    let none = || Refusal::policy(404, format!("No {} is assigned to the group \"{id}\".", of.name));
    ok(call.store.get("groupPolicy", &key(&id, of))?.ok_or_else(none)?)
}

fn add_group(call: &Call) -> Answer {
    let of_path = call.param("type");
    let of_body = json::text(&call.body, "PolicyType").unwrap_or_default();
    let of = policy_type(if of_path.is_empty() { &of_body } else { of_path })?;
    let in_body = json::text(&call.body, "GroupId").unwrap_or_default();
    let id = group(call, if of_path.is_empty() { &in_body } else { call.param("groupId") })?;
    if call.store.get("groupPolicy", &key(&id, of))?.is_some() {
        let text = format!("A policy assignment for the group \"{id}\" and the type \"{}\" already exists.", of.name);
        return Err(Refusal::policy(409, text));
    }
    save_group(call, of, &id, None)
}

fn change_group(call: &Call) -> Answer {
    let of = policy_type(call.param("type"))?;
    let id = group(call, call.param("groupId"))?;
    let known = call.store.get("groupPolicy", &key(&id, of))?;
    if json::field(&call.body, "PolicyName").is_some_and(|n| n.is_null() || n == "") {
        call.store.remove("groupPolicy", &key(&id, of))?;
        return empty(204);
    }
    save_group(call, of, &id, known)
}

fn save_group(call: &Call, of: &ConfigType, id: &str, known: Option<Value>) -> Answer {
    let given = json::filled(&call.body, "PolicyName");
    let old = known.as_ref().and_then(|k| json::text(k, "PolicyName"));
    let name = existing(call.store, of, given.as_deref().or(old.as_deref()))?;
    let Some(name) = name else { return Err(Refusal::policy(400, "The policy name is missing.")) };
    let mut others: Vec<(String, Value)> = call
        .store
        .entries("groupPolicy")?
        .into_iter()
        .filter(|(k, r)| {
            json::text(r, "PolicyType").as_deref() == Some(&of.name) && !k.eq_ignore_ascii_case(&key(id, of))
        })
        .collect();
    let lowest = others.iter().filter_map(|(_, r)| json::integer(r, "Priority")).max().unwrap_or(0);
    let wish = json::integer(&call.body, "Rank").or_else(|| json::integer(&call.body, "Priority")).filter(|r| *r > 0);
    let current = known.as_ref().and_then(|k| json::integer(k, "Priority"));
    let rank = wish.or(current).unwrap_or(lowest + 1);
    if others.iter().any(|(_, r)| json::integer(r, "Priority") == Some(rank)) {
        for (key, row) in &mut others {
            if let Some(p) = json::integer(row, "Priority").filter(|p| *p >= rank) {
                row["Priority"] = json!(p + 1);
                call.store.put("groupPolicy", key, row)?;
            }
        }
    }
    let created = known.as_ref().map_or_else(|| json!(ids::now()), |k| k["CreatedTime"].clone());
    call.store.put(
        "groupPolicy",
        &key(id, of),
        &json!({
            "GroupId": id, "PolicyType": of.name, "PolicyName": name, "Priority": rank, "CreatedTime": created,
            "CreatedBy": call.caller.object_id,
        }),
    )?;
    empty(204)
}

fn remove_group(call: &Call) -> Answer {
    let of = policy_type(call.param("type"))?;
    let id = group(call, call.param("groupId"))?;
    if !call.store.remove("groupPolicy", &key(&id, of))? {
        return Err(Refusal::policy(404, format!("No {} is assigned to the group \"{id}\".", of.name)));
    }
    empty(204)
}

// Batches.

const MOST_IN_BATCH: usize = 5000;

fn start_batch(call: &Call) -> Answer {
    let body = &call.body;
    let of = policy_type(&json::text(body, "PolicyType").unwrap_or_default())?;
    let mut users = json::texts(body, "Identity");
    if users.len() > MOST_IN_BATCH {
        return Err(Refusal::policy(400, format!("A batch can have at most {MOST_IN_BATCH} users.")));
    }
    let mut seen = std::collections::HashSet::new();
    users.retain(|u| seen.insert(u.to_ascii_lowercase()));
    let name = json::filled(body, "PolicyName");
    existing(call.store, of, name.as_deref())?;
    let mut states = Vec::new();
    let mut errors = 0;
    for (place, user) in users.into_iter().enumerate() {
        let result = match call.store.person(&user)? {
            Some(_) if call.tuning.half_failed && place % 2 == 1 => {
                Err(Refusal::policy(500, "The user was not provisioned successfully"))
            }
            Some(person) => grant(call.store, &person, of, name.as_deref(), call.tuning.lag),
            None => Err(Refusal::policy(404, "User does not exist")),
        };
        let text = match result {
            Ok(()) => "Success".to_owned(),
            Err(refusal) => {
                errors += 1;
                let body: Value = serde_json::from_slice(&refusal.0.body).unwrap_or_default();
                json::text(&body, "Message").unwrap_or_else(|| "InternalError".into())
            }
        };
        states.push(json!({"Id": user, "Result": text, "State": "Completed"}));
    }
    let id = ids::guid();
    let now = ids::now();
    call.store.put(
        "batch",
        &id,
        &json!({
            "OperationId": id, "OperationName": call.query("operationName"), "OverallStatus": "Completed",
            "CreatedBy": call.caller.object_id, "CreatedTime": now, "CompletedTime": now,
            "CompletedCount": states.len(), "ErrorCount": errors, "InProgressCount": 0, "NotStartedCount": 0,
            "UserState": states, "Polls": 0,
        }),
    )?;
    Ok(Reply::json(200, &json!(id)))
}

fn list_batches(call: &Call) -> Answer {
    let mut rows = call.store.list("batch")?;
    rows.retain(|r| {
        call.query("status").is_none_or(|s| json::text(r, "OverallStatus").is_some_and(|o| o.eq_ignore_ascii_case(s)))
    });
    for row in &mut rows {
        if let Some(members) = row.as_object_mut() {
            members.remove("UserState");
            members.remove("Polls");
        }
    }
    ok(Value::Array(rows))
}

fn get_batch(call: &Call) -> Answer {
    let id = call.param("operationId");
    let unknown = || Refusal::policy(404, format!("The operation \"{id}\" was not found."));
    let mut batch = call.store.get("batch", id)?.ok_or_else(unknown)?;
    // The first read finds it at work, as clients that poll expect.
    if json::integer(&batch, "Polls") == Some(0) {
        batch["Polls"] = json!(1);
        call.store.put("batch", id, &batch)?;
        let count = batch["CompletedCount"].clone();
        for (name, value) in [
            ("OverallStatus", json!("InProgress")),
            ("CompletedTime", Value::Null),
            ("CompletedCount", json!(0)),
            ("ErrorCount", json!(0)),
            ("InProgressCount", count),
        ] {
            batch[name] = value;
        }
        for state in batch["UserState"].as_array_mut().into_iter().flatten() {
            state["State"] = json!("InProgress");
            state["Result"] = Value::Null;
        }
    }
    if let Some(members) = batch.as_object_mut() {
        members.remove("Polls");
    }
    ok(batch)
}

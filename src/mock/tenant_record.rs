//! Teams.Tenant: service discovery, the tenant record and its SIP domains.

use serde_json::{Value, json};

use crate::call::{Answer, Call, Refusal, ok};
use crate::ids;
use crate::json;
use crate::route::{Route, config};

pub const ROUTES: &[Route] = &[
    config("GET", "/Teams.Tenant/serviceDiscovery", discover),
    config("GET", "/Teams.Tenant/tenants", tenant),
    config("GET", "/Teams.Tenant/VerifiedSipDomains", sip_domains),
    config("PUT PATCH", "/Teams.Tenant/VerifiedSipDomains", change_sip_domain),
];

fn discovery(call: &Call) -> Value {
    let host = call.base.trim_start_matches("http://");
    json!({
        "Endpoints": {"ConfigApiEndpoint": host, "AdminServiceEndpoint": host},
        "Headers": {"X-MS-Forest": "0a"},
    })
}

fn discover(call: &Call) -> Answer {
    ok(discovery(call))
}

fn tenant(call: &Call) -> Answer {
    let mut tenant = call.store.get("tenant", "tenant")?.unwrap_or_else(|| json!({}));
    let domains = call.store.list("domain")?;
    let verified: Vec<Value> = domains.iter().map(|d| json!({"name": d["name"], "status": "Enabled"})).collect();
    let sip: Vec<Value> = domains.iter().filter(|d| d["sip"] == json!("Enabled")).map(|d| d["name"].clone()).collect();
    let upgrade = call.store.get("tenantPolicy", "TeamsUpgradePolicy")?;
    let mode = crate::users::upgrade_mode(call.store, upgrade.and_then(|u| json::text(&u, "PolicyName")).as_deref())?;
    let subscribers = call.store.count("SELECT count(*) FROM number WHERE status='UserAssigned'", &[])?;
    let (assigned, provisioned) = plans(call)?;
    json::merge(
        &mut tenant,
        &json!({
            "assignedPlan": assigned, "provisionedPlan": provisioned,
            "verifiedDomains": verified, "sipDomain": sip, "serviceDiscovery": discovery(call),
            "teamsUpgradeEffectiveMode": mode, "subscriberNumberCount": subscribers,
            "serviceNumberCount": call.store.list("serviceNumber")?.len(),
        }),
    );
    ok(match call.query("select") {
        Some(names) => json::select(tenant, names),
        None => tenant,
    })
}

/// The service plans of all subscriptions, each once, and what is provisioned of them.
fn plans(call: &Call) -> Result<(Vec<Value>, Vec<Value>), Refusal> {
    let since = call.store.get("tenant", "tenant")?.map_or(Value::Null, |t| t["whenCreated"].clone());
    let mut assigned: Vec<Value> = Vec::new();
    for plan in call.store.list("sku")?.iter().flat_map(|sku| json::items(sku, "servicePlans")) {
        if !assigned.iter().any(|known| known["capability"] == plan["servicePlanName"]) {
            assigned.push(json!({
                "assignedTimestamp": since, "capability": plan["servicePlanName"], "capabilityStatus": "Enabled",
                "serviceInstance": "MicrosoftCommunicationsOnline/EMEA-1", "servicePlanId": plan["servicePlanId"],
                "subscribedPlanId": plan["servicePlanId"], "gracePeriodExpiryDate": null, "isInGracePeriod": false,
            }));
        }
    }
    let provisioned = ["MicrosoftCommunicationsOnline", "TeamspaceAPI"]
        .map(|service| json!({"capabilityStatus": "Enabled", "provisioningStatus": "Success", "service": service}));
    Ok((assigned, provisioned.to_vec()))
}

fn sip_domains(call: &Call) -> Answer {
    let wanted = |d: &Value, query: &str, member: &str| {
        call.query(query).is_none_or(|q| json::text(d, member).is_some_and(|v| v.eq_ignore_ascii_case(q)))
    };
    let domains = call.store.list("domain")?;
    let rows = domains.iter().filter(|d| wanted(d, "domain", "name") && wanted(d, "domainStatus", "sip"));
    ok(rows.map(|d| json!({"Name": d["name"], "Status": d["sip"]})).collect())
}

fn change_sip_domain(call: &Call) -> Answer {
    let name = json::filled(&call.body, "DomainName").unwrap_or_default();
    let Some(mut domain) = call.store.get("domain", &name)? else {
        return Err(Refusal::newer(404, "NotFound", format!("The domain '{name}' was not found in the tenant.")));
    };
    let state = match json::text(&call.body, "Action").unwrap_or_default().to_ascii_lowercase().as_str() {
        "enable" => "Enabled",
        "disable" => "Disabled",
        other => return Err(Refusal::newer(400, "BadRequest", format!("The action '{other}' is not known."))),
    };
    if state == "Disabled" {
        let suffix = format!("sip:%@{name}");
        let users = call.store.count("SELECT count(*) FROM user WHERE sip LIKE ?1 AND deleted=0", &[suffix.into()])?;
        if users > 0 {
            let text = format!("The SIP domain '{name}' cannot be disabled: {users} user(s) have a SIP address in it.");
            return Err(Refusal::newer(400, "BadRequest", text));
        }
    }
    domain["sip"] = json!(state);
    domain["changed"] = json!(ids::now());
    call.store.put("domain", &name, &domain)?;
    ok(json!(true))
}

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
    json::merge(
        &mut tenant,
        &json!({
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

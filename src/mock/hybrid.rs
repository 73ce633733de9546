//! Cloud Connector Edition: sites, appliances, update windows, the tenant's hybrid configuration, mediation server
//! accounts and the users' PSTN settings, with their relations (tenant-api.md, section 14). The routes follow the
//! pattern of the configurations; none was ever public.

use serde_json::{Value, json};

use crate::call::{Answer, Call, Refusal, empty, ok};
use crate::ids;
use crate::json;
use crate::people::Person;
use crate::route::{Route, config};
use crate::store::Store;

pub const ROUTES: &[Route] = &[
    config("GET", "/Skype.Policy/configurations/HybridPSTNSite", list_sites),
    config("GET", "/Skype.Policy/configurations/HybridPSTNSite/configuration/{identity}", get_site),
    config("POST", "/Skype.Policy/configurations/HybridPSTNSite", create_site),
    config("PUT PATCH", "/Skype.Policy/configurations/HybridPSTNSite/configuration/{identity}", change_site),
    config("DELETE", "/Skype.Policy/configurations/HybridPSTNSite/configuration/{identity}", remove_site),
    config("GET", "/Skype.Policy/configurations/HybridPSTNAppliance", list_appliances),
    config("GET", "/Skype.Policy/configurations/HybridPSTNAppliance/configuration/{identity}", get_appliance),
    config("POST", "/Skype.Policy/configurations/HybridPSTNAppliance", register),
    config("PUT PATCH", "/Skype.Policy/configurations/HybridPSTNAppliance/configuration/{identity}", change_appliance),
    config("DELETE", "/Skype.Policy/configurations/HybridPSTNAppliance/configuration/{identity}", unregister),
    config("GET", "/Skype.Policy/configurations/TenantUpdateTimeWindow", list_windows),
    config("GET", "/Skype.Policy/configurations/TenantUpdateTimeWindow/configuration/{identity}", get_window),
    config("POST", "/Skype.Policy/configurations/TenantUpdateTimeWindow", create_window),
    config("PUT PATCH", "/Skype.Policy/configurations/TenantUpdateTimeWindow/configuration/{identity}", change_window),
    config("DELETE", "/Skype.Policy/configurations/TenantUpdateTimeWindow/configuration/{identity}", remove_window),
    config("GET", "/Skype.Policy/configurations/TenantHybridConfiguration", list_tenant),
    config("GET", "/Skype.Policy/configurations/TenantHybridConfiguration/configuration/{identity}", get_tenant),
    config(
        "PUT PATCH",
        "/Skype.Policy/configurations/TenantHybridConfiguration/configuration/{identity}",
        change_tenant,
    ),
    config("GET", "/Skype.Policy/configurations/HybridMediationServer", list_servers),
    config("GET", "/Skype.Policy/configurations/HybridMediationServer/configuration/{identity}", get_server),
    config("PUT PATCH", "/Skype.Policy/configurations/HybridMediationServer/configuration/{identity}", change_server),
    config("GET", "/Teams.User/users/{userId}/pstnSettings", get_user),
    config("PUT PATCH", "/Teams.User/users/{userId}/pstnSettings", change_user),
];

const SITE: &str = "hybridSite";
const APPLIANCE: &str = "hybridAppliance";
const WINDOW: &str = "updateWindow";
const TENANT: &str = "hybridTenant";
const SERVER: &str = "mediationServer";
const USER: &str = "pstnSettings";

fn refuse<T>(text: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::policy(400, text))
}

fn found(call: &Call, kind: &str, shown: &str) -> Result<Value, Refusal> {
    let identity = call.param("identity");
    let missing = || {
        let text = format!("Cannot find \"{shown}\" \"{identity}\" because it does not exist.");
        Refusal::gateway(404, "NotFound", text)
    };
    call.store.get(kind, identity)?.ok_or_else(missing)
}

fn required(body: &Value, name: &str) -> Result<String, Refusal> {
    json::filled(body, name)
        .ok_or_else(|| Refusal::invalid(format!("The {name} parameter cannot be null or empty."), name))
}

fn is_fqdn(name: &str) -> bool {
    let label = |l: &str| {
        !l.is_empty()
            && l.len() <= 63
            && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !l.starts_with('-')
    };
    name.contains('.') && name.split('.').all(label)
}

fn check_fqdn(name: &str, field: &str) -> Result<(), Refusal> {
    if is_fqdn(name) { Ok(()) } else { Err(Refusal::invalid(format!("\"{name}\" is not a valid FQDN."), field)) }
}

// Sites.

fn list_sites(call: &Call) -> Answer {
    ok(Value::Array(call.store.list(SITE)?))
}

fn get_site(call: &Call) -> Answer {
    ok(found(call, SITE, "HybridPSTNSite")?)
}

fn create_site(call: &Call) -> Answer {
    let (store, body) = (call.store, &call.body);
    let name = required(body, "Identity")?;
    let edge = required(body, "EdgeFQDN")?;
    if store.get(SITE, &name)?.is_some() {
        let text = format!("\"HybridPSTNSite\" with identity \"{name}\" already exists.");
        return Err(Refusal::policy(409, text));
    }
    let shared = store.get("config/TenantFederationSettings", "Global")?;
    if shared.is_some_and(|s| json::flag(&s, "SharedSipAddressSpace") == Some(false)) {
        return refuse(
            "Cannot create a hybrid PSTN site because the tenant does not share its SIP address space. Run \
             Set-CsTenantFederationConfiguration -SharedSipAddressSpace $true first.",
        );
    }
    // Indexes are given once: a removed site's index is not used again, users may still point to it.
    let index: i64 = store.meta("hybridSiteIndex")?.parse().unwrap_or(0) + 1;
    store.set_meta("hybridSiteIndex", &index.to_string())?;
    let mut site = json!({
        "Identity": name, "Index": index, "Name": name, "EdgeFQDN": edge, "EnableAutoUpdate": true,
        "LastTopologyUpdateTime": null, "BitsUpdateTimeWindowList": [], "OsUpdateTimeWindowList": [],
    });
    apply_site(store, &mut site, body)?;
    store.put(SITE, &name, &site)?;
    empty(201)
}

fn change_site(call: &Call) -> Answer {
    let mut site = found(call, SITE, "HybridPSTNSite")?;
    apply_site(call.store, &mut site, &call.body)?;
    call.store.put(SITE, call.param("identity"), &site)?;
    empty(204)
}

fn apply_site(store: &Store, site: &mut Value, body: &Value) -> Result<(), Refusal> {
    if let Some(edge) = json::field(body, "EdgeFQDN").and_then(Value::as_str) {
        check_fqdn(edge, "EdgeFQDN")?;
        for other in store.list(SITE)? {
            let same =
                |name: &str, value: &str| json::text(&other, name).is_some_and(|v| v.eq_ignore_ascii_case(value));
            if same("EdgeFQDN", edge) && !same("Identity", &json::text(site, "Identity").unwrap_or_default()) {
                let owner = json::text(&other, "Identity").unwrap_or_default();
                return refuse(format!(
                    "The edge FQDN \"{edge}\" is already used by the hybrid PSTN site \"{owner}\"."
                ));
            }
        }
        site["EdgeFQDN"] = json!(edge);
    }
    if let Some(update) = json::flag(body, "EnableAutoUpdate") {
        site["EnableAutoUpdate"] = json!(update);
    }
    for (list, parameter) in WINDOW_LISTS {
        if json::field(body, list).or_else(|| json::field(body, parameter)).is_none() {
            continue;
        }
        let wanted =
            if json::field(body, list).is_some() { json::texts(body, list) } else { json::texts(body, parameter) };
        let mut names = Vec::new();
        for window in wanted {
            let Some(known) = store.get(WINDOW, &window)? else {
                return refuse(format!("The tenant update time window \"{window}\" does not exist."));
            };
            names.push(json::text(&known, "Name").unwrap_or(window));
        }
        site[*list] = json!(names);
    }
    site["LastTopologyUpdateTime"] = json!(ids::now());
    Ok(())
}

/// Member of a site and the cmdlet parameter behind it.
const WINDOW_LISTS: &[(&str, &str)] =
    &[("BitsUpdateTimeWindowList", "BitsUpdateTimeWindow"), ("OsUpdateTimeWindowList", "OsUpdateTimeWindow")];

fn remove_site(call: &Call) -> Answer {
    let site = found(call, SITE, "HybridPSTNSite")?;
    let (name, index) = (json::text(&site, "Name").unwrap_or_default(), site["Index"].clone());
    let appliances = call.store.list(APPLIANCE)?.iter().filter(|a| a["SiteIndex"] == index).count();
    let users = call.store.list(USER)?.iter().filter(|u| u["HybridPSTNSiteIndex"] == index).count();
    let default = tenant(call.store)?["PeerDestination"].as_str().is_some_and(|p| p.eq_ignore_ascii_case(&name));
    // The cmdlet asks the administrator first and then sends force.
    if !call.query_flag("force") && (appliances > 0 || users > 0 || default) {
        let text = format!(
            "The hybrid PSTN site \"{name}\" is in use by {appliances} appliance(s) and {users} user(s){}. Voice routing \
             policies that point to it become invalid. Use Force to remove it.",
            if default { " and is the tenant's peer destination" } else { "" }
        );
        return refuse(text);
    }
    call.store.remove(SITE, &name)?;
    empty(204)
}

// Appliances.

fn list_appliances(call: &Call) -> Answer {
    ok(Value::Array(call.store.list(APPLIANCE)?))
}

fn get_appliance(call: &Call) -> Answer {
    ok(found(call, APPLIANCE, "HybridPSTNAppliance")?)
}

fn register(call: &Call) -> Answer {
    let (store, body) = (call.store, &call.body);
    let name = required(body, "Name")?;
    let site_name = required(body, "SiteName")?;
    let address = required(body, "MediationServerIPAddress")?;
    let fqdn = required(body, "MediationServerFqdn")?;
    check_fqdn(&fqdn, "MediationServerFqdn")?;
    if address.parse::<std::net::IpAddr>().is_err() {
        return Err(Refusal::invalid(format!("\"{address}\" is not a valid IP address."), "MediationServerIPAddress"));
    }
    let Some(site) = store.get(SITE, &site_name)? else {
        return refuse(format!("Cannot find \"HybridPSTNSite\" \"{site_name}\" because it does not exist."));
    };
    for other in store.list(APPLIANCE)? {
        let same =
            |member: &str, value: &str| json::text(&other, member).is_some_and(|v| v.eq_ignore_ascii_case(value));
        if same("Name", &name) || same("MediationServerFqdn", &fqdn) || same("MediationServerIPAddress", &address) {
            return refuse(format!(
                "Cannot register the appliance because the input conflicts with existing appliance(s). Name: {name}, \
                 SiteName: {site_name}, MediationServerIPAddress: {address}, MediationServerFqdn: {fqdn}."
            ));
        }
    }
    let now = ids::now();
    let mut appliance = json!({
        "Identity": name, "Name": name, "SiteIndex": site["Index"], "MediationServerIPAddress": address,
        "MediationServerFqdn": fqdn, "MediationServerGruu": null, "MaintenanceMode": false,
        "ConfigurationReplicatedOn": null, "ConfigurationSnapshot": null, "ConfigurationSnapshotUpdatedOn": null,
        "RegistrationStatus": "Registered", "RegistrationAction": "None", "RunningVersion": "2.0.0",
        "RunningStatus": "Running", "RunningError": null, "OsUpdatedOn": null, "DeployedOn": now,
        "StatusUpdatedOn": now, "DeploymentVersion": "2.0.0", "DeploymentStatus": "Succeeded",
        "DeploymentError": null, "DeploymentStartTime": now, "OsUpdateStatus": "NotStarted", "OsUpdateError": null,
        "OsUpdateStartTime": null,
    });
    apply_appliance(&mut appliance, body);
    store.put(APPLIANCE, &name, &appliance)?;
    empty(201)
}

fn change_appliance(call: &Call) -> Answer {
    let mut appliance = found(call, APPLIANCE, "HybridPSTNAppliance")?;
    apply_appliance(&mut appliance, &call.body);
    appliance["StatusUpdatedOn"] = json!(ids::now());
    call.store.put(APPLIANCE, call.param("identity"), &appliance)?;
    empty(204)
}

fn apply_appliance(appliance: &mut Value, body: &Value) {
    if let Some(gruu) = json::field(body, "MediationServerGruu") {
        appliance["MediationServerGruu"] = gruu.clone();
    }
    if let Some(maintenance) = json::flag(body, "MaintenanceMode") {
        appliance["MaintenanceMode"] = json!(maintenance);
        appliance["RunningStatus"] = json!(if maintenance { "Maintenance" } else { "Running" });
    }
}

fn unregister(call: &Call) -> Answer {
    found(call, APPLIANCE, "HybridPSTNAppliance")?;
    call.store.remove(APPLIANCE, call.param("identity"))?;
    empty(204)
}

// Update windows.

fn list_windows(call: &Call) -> Answer {
    ok(Value::Array(call.store.list(WINDOW)?))
}

fn get_window(call: &Call) -> Answer {
    ok(found(call, WINDOW, "TenantUpdateTimeWindow")?)
}

fn create_window(call: &Call) -> Answer {
    let name = required(&call.body, "Identity")?;
    if call.store.get(WINDOW, &name)?.is_some() {
        let text = format!("\"TenantUpdateTimeWindow\" with identity \"{name}\" already exists.");
        return Err(Refusal::policy(409, text));
    }
    for field in ["Type", "StartTime", "Duration"] {
        required(&call.body, field)?;
    }
    save_window(
        call,
        &name,
        json!({
            "Identity": name, "Name": name, "Type": null, "StartTime": null, "Duration": null, "DayOfMonth": null,
            "WeeksOfMonth": null, "DaysOfWeek": null,
        }),
    )?;
    empty(201)
}

fn change_window(call: &Call) -> Answer {
    let window = found(call, WINDOW, "TenantUpdateTimeWindow")?;
    let name = json::text(&window, "Name").unwrap_or_default();
    save_window(call, &name, window)?;
    empty(204)
}

fn save_window(call: &Call, name: &str, mut window: Value) -> Result<(), Refusal> {
    let identity = window["Identity"].clone();
    json::merge_known(&mut window, &call.body);
    window["Identity"] = identity;
    let text = |field: &str| json::text(&window, field).unwrap_or_default();
    let days = window["DaysOfWeek"].clone();
    let weeks = window["WeeksOfMonth"].clone();
    let given = |v: &Value| !v.is_null() && v.as_array().is_none_or(|a| !a.is_empty()) && v.as_str() != Some("");
    match text("Type").to_ascii_lowercase().as_str() {
        "daily" => {
            for field in ["DayOfMonth", "WeeksOfMonth", "DaysOfWeek"] {
                window[field] = Value::Null;
            }
        }
        "weekly" if !given(&days) => return Err(Refusal::invalid("A weekly window needs DaysOfWeek.", "DaysOfWeek")),
        "weekly" => {}
        "monthly" => {
            let day = json::integer(&window, "DayOfMonth");
            if day.is_some_and(|d| !(1..=31).contains(&d)) {
                return Err(Refusal::invalid("DayOfMonth must be between 1 and 31.", "DayOfMonth"));
            }
            if day.is_none() && !(given(&weeks) && given(&days)) {
                let text = "A monthly window needs DayOfMonth, or WeeksOfMonth and DaysOfWeek.";
                return Err(Refusal::invalid(text, "DayOfMonth"));
            }
        }
        other => return Err(Refusal::invalid(format!("\"{other}\" is not a valid window type."), "Type")),
    }
    call.store.put(WINDOW, name, &window)?;
    Ok(())
}

fn remove_window(call: &Call) -> Answer {
    found(call, WINDOW, "TenantUpdateTimeWindow")?;
    let name = call.param("identity");
    for site in call.store.list(SITE)? {
        let used = |list: &str| json::texts(&site, list).iter().any(|w| w.eq_ignore_ascii_case(name));
        if WINDOW_LISTS.iter().any(|(list, _)| used(list)) {
            let site = json::text(&site, "Name").unwrap_or_default();
            return refuse(format!(
                "Cannot remove the tenant update time window \"{name}\" because it is in use by the hybrid PSTN site \"{site}\"."
            ));
        }
    }
    call.store.remove(WINDOW, name)?;
    empty(204)
}

// The tenant.

fn tenant(store: &Store) -> Result<Value, Refusal> {
    let mut tenant = json!({
        "Identity": "Global", "HybridPSTNSites": store.list(SITE)?, "HybridPSTNAppliances": store.list(APPLIANCE)?,
        "TenantUpdateTimeWindows": store.list(WINDOW)?, "PeerDestination": null, "HybridConfigServiceInternalUrl": null,
        "HybridConfigServiceExternalUrl": null, "UseOnPremDialPlan": true,
    });
    if let Some(own) = store.get(TENANT, "Global")? {
        json::merge(&mut tenant, &own);
    }
    Ok(tenant)
}

fn list_tenant(call: &Call) -> Answer {
    ok(json!([tenant(call.store)?]))
}

fn get_tenant(call: &Call) -> Answer {
    check_global(call)?;
    ok(tenant(call.store)?)
}

fn check_global(call: &Call) -> Result<(), Refusal> {
    let identity = call.param("identity");
    if identity.eq_ignore_ascii_case("Global") {
        return Ok(());
    }
    let text = format!("Cannot find \"TenantHybridConfiguration\" \"{identity}\" because it does not exist.");
    Err(Refusal::gateway(404, "NotFound", text))
}

fn change_tenant(call: &Call) -> Answer {
    check_global(call)?;
    let mut own = call.store.get(TENANT, "Global")?.unwrap_or_else(|| json!({}));
    if let Some(site) = json::filled(&call.body, "PeerDestination") {
        let Some(known) = call.store.get(SITE, &site)? else {
            return refuse(format!("The peer destination \"{site}\" does not exist as a hybrid PSTN site."));
        };
        own["PeerDestination"] = known["Name"].clone();
    } else if json::field(&call.body, "PeerDestination").is_some() {
        own["PeerDestination"] = Value::Null;
    }
    if let Some(flag) = json::flag(&call.body, "UseOnPremDialPlan") {
        own["UseOnPremDialPlan"] = json!(flag);
    }
    for url in ["HybridConfigServiceInternalUrl", "HybridConfigServiceExternalUrl"] {
        if let Some(value) = json::field(&call.body, url) {
            own[url] = value.clone();
        }
    }
    call.store.put(TENANT, "Global", &own)?;
    empty(204)
}

// Mediation server accounts: users whose department says so.

fn servers(call: &Call) -> Result<Vec<(Person, Value)>, Refusal> {
    let accounts =
        call.store.people("department=?1 AND deleted=0", &["HybridMediationServer".to_owned().into()], "seq", 1000)?;
    let mut out = Vec::new();
    for account in accounts {
        let own = call.store.get(SERVER, account.id())?.unwrap_or_default();
        let shown = json!({
            "Identity": account.text("displayName"), "Fqdn": json::text(&own, "Fqdn").unwrap_or_default(),
            "AccessProxyExternalFqdn": json::text(&own, "AccessProxyExternalFqdn").unwrap_or_default(),
        });
        out.push((account, shown));
    }
    Ok(out)
}

fn server(call: &Call) -> Result<(Person, Value), Refusal> {
    let identity = call.param("identity");
    let fits = |p: &Person| [p.text("displayName"), p.id(), p.upn()].iter().any(|v| v.eq_ignore_ascii_case(identity));
    let text = format!("Cannot find \"HybridMediationServer\" \"{identity}\" because it does not exist.");
    servers(call)?.into_iter().find(|(p, _)| fits(p)).ok_or_else(|| Refusal::gateway(404, "NotFound", text))
}

fn list_servers(call: &Call) -> Answer {
    ok(servers(call)?.into_iter().map(|(_, shown)| shown).collect())
}

fn get_server(call: &Call) -> Answer {
    let (account, shown) = server(call)?;
    let warn = account.plans().next().is_some();
    let answer = ok(shown)?;
    let text = "The mediation server account has a licence assigned; remove it once the account is provisioned.";
    Ok(if warn { answer.header("X-Ms-ConfigApi-PowerShell-WarningMessage", text) } else { answer })
}

fn change_server(call: &Call) -> Answer {
    let (account, mut shown) = server(call)?;
    for field in ["Fqdn", "AccessProxyExternalFqdn"] {
        if let Some(fqdn) = json::filled(&call.body, field) {
            check_fqdn(&fqdn, field)?;
            shown[field] = json!(fqdn);
        }
    }
    call.store.put(SERVER, account.id(), &shown)?;
    empty(204)
}

// Users.

fn user(call: &Call) -> Result<Person, Refusal> {
    let missing = || Refusal::newer(404, "NotFound", "userId was not found");
    call.store.person(call.param("userId"))?.ok_or_else(missing)
}

/// Whether calls of the user go through a site of the company.
pub fn has_site(store: &Store, user: &Person) -> Result<bool, Refusal> {
    Ok(settings(store, user)?.1.is_some())
}

fn settings(store: &Store, user: &Person) -> Result<(bool, Option<String>), Refusal> {
    let own = store.get(USER, user.id())?.unwrap_or_default();
    let index = &own["HybridPSTNSiteIndex"];
    // A removed site leaves its index behind; nobody is there then.
    let site = store.list(SITE)?.into_iter().find(|s| !index.is_null() && s["Index"] == *index);
    Ok((json::flag(&own, "AllowInternationalCalls").unwrap_or(true), site.and_then(|s| json::text(&s, "Name"))))
}

fn get_user(call: &Call) -> Answer {
    let user = user(call)?;
    let (international, site) = settings(call.store, &user)?;
    ok(json!({"Identity": user.id(), "AllowInternationalCalls": international, "HybridPSTNSiteName": site}))
}

fn change_user(call: &Call) -> Answer {
    let user = user(call)?;
    let body = &call.body;
    let mut own = call.store.get(USER, user.id())?;
    let own = own.get_or_insert_with(|| json!({"AllowInternationalCalls": true, "HybridPSTNSiteIndex": null}));
    if let Some(flag) = json::flag(body, "AllowInternationalCalls") {
        own["AllowInternationalCalls"] = json!(flag);
    }
    let given = json::field(body, "HybridPSTNSiteName").or_else(|| json::field(body, "HybridPSTNSite"));
    match given.map(|v| v.as_str().unwrap_or_default()) {
        None => {}
        Some("") => own["HybridPSTNSiteIndex"] = Value::Null,
        Some(name) => {
            let Some(site) = call.store.get(SITE, name)? else {
                return refuse(format!("Cannot find \"HybridPSTNSite\" \"{name}\" because it does not exist."));
            };
            own["HybridPSTNSiteIndex"] = site["Index"].clone();
        }
    }
    call.store.put(USER, user.id(), own)?;
    empty(204)
}

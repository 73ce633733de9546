//! What single configuration types demand beyond the common pattern: references that must exist, things in use that
//! must stay, keys and priorities that the service fills in, and instances that are composed when read.

use std::net::IpAddr;

use serde_json::{Value, json};

use crate::call::{Call, Refusal};
use crate::configuration::{identities, kind, stored};
use crate::dial_plan::compile;
use crate::json;
use crate::store::Store;
use crate::types::{self, ConfigType};

type Check = Result<(), Refusal>;

/// Checks and completes an instance before it is stored. `given` are the properties of the request, `before` is the
/// instance as it was.
pub fn before_save(
    store: &Store,
    of: &ConfigType,
    id: &str,
    instance: &mut Value,
    given: &Value,
    before: Option<&Value>,
) -> Check {
    match of.name.as_str() {
        "TenantDialPlan" | "DialPlan" => {
            if json::filled(instance, "SimpleName").is_none()
                || before.is_none() && json::field(given, "SimpleName").is_none()
            {
                json::set(instance, "SimpleName", json!(simple_name(id)));
            }
            check_rules(instance)
        }
        "OnlinePstnUsages" => save_usages(store, instance, before),
        "OnlineVoiceRoute" => save_route(store, of, id, instance, given, before),
        "OnlineVoiceRoutingPolicy" | "OnlineAudioConferencingRoutingPolicy" => {
            check_usages(store, &json::texts(given, "OnlinePstnUsages"), "OnlinePstnUsages")
        }
        "OnlinePSTNGateway" => save_gateway(store, id, instance, before),
        "TeamsTranslationRule" => {
            json::set(instance, "Name", json!(id));
            check_pattern(instance, "Pattern", true)
        }
        "InboundBlockedNumberPattern" | "InboundExemptNumberPattern" => {
            json::set(instance, "Name", json!(id));
            check_pattern(instance, "Pattern", true)
        }
        "TeamsUnassignedNumberTreatment" => save_treatment(store, of, id, instance, before),
        "TeamsEmergencyCallRoutingPolicy" => {
            let usages: Vec<String> = json::items(instance, "EmergencyNumbers")
                .iter()
                .filter_map(|n| json::filled(n, "OnlinePSTNUsage"))
                .collect();
            check_usages(store, &usages, "EmergencyNumbers")
        }
        "TenantNetworkRegion" => {
            json::set(instance, "NetworkRegionID", json!(id));
            Ok(())
        }
        "TenantNetworkSite" => save_site(store, id, instance),
        "TenantNetworkSubnet" => {
            json::set(instance, "SubnetID", json!(id));
            check_address(instance, id)?;
            check_reference(store, instance, "NetworkSiteID", "TenantNetworkSite")
        }
        "TenantTrustedIPAddress" => {
            json::set(instance, "IPAddress", json!(id));
            check_address(instance, id)
        }
        "TeamsSurvivableBranchAppliance" => {
            json::set(instance, "Fqdn", json!(id));
            check_reference(store, instance, "Site", "TenantNetworkSite")
        }
        "TeamsSurvivableBranchAppliancePolicy" => {
            check_references(store, instance, "BranchApplianceFqdns", "TeamsSurvivableBranchAppliance")
        }
        "TeamsCallParkPolicy" => check_range(instance),
        "TenantFederationSettings" => {
            take_renamed(instance);
            read_domains(instance);
            Ok(())
        }
        "VideoInteropServiceProvider" | "HostingProvider" | "VoicePolicy" | "VoiceRoutingPolicy" => {
            if json::filled(instance, "Name").is_none() {
                json::set(instance, "Name", json!(id));
            }
            Ok(())
        }
        "TeamsCallHoldPolicy" => match json::filled(instance, "AudioFileId") {
            Some(file) if store.get("audioFile", &file)?.is_none() => {
                Err(Refusal::invalid(format!("The audio file \"{file}\" was not found."), "AudioFileId"))
            }
            _ => Ok(()),
        },
        _ => Ok(()),
    }
}

/// Refuses to remove what other instances refer to.
pub fn before_remove(store: &Store, of: &ConfigType, id: &str) -> Check {
    let used_in = |other: &str, field: &str| -> Result<Vec<String>, Refusal> {
        let Some(other) = types::find(other) else { return Ok(Vec::new()) };
        let rows = store.entries(&kind(other))?;
        let names = rows.into_iter().filter(|(_, v)| json::texts(v, field).iter().any(|t| t.eq_ignore_ascii_case(id)));
        Ok(names.map(|(name, _)| name).collect())
    };
    let refuse = |what: &str, users: Vec<String>, by: &str| match users.is_empty() {
        true => Ok(()),
        false => {
            let list = users.iter().map(|u| format!("\"{u}\"")).collect::<Vec<_>>().join(", ");
            Err(Refusal::policy(400, format!("Cannot remove {what} \"{id}\" because it is used by {by} {list}.")))
        }
    };
    match of.name.as_str() {
        "OnlinePSTNGateway" => refuse(
            "online PSTN gateway",
            used_in("OnlineVoiceRoute", "OnlinePstnGatewayList")?,
            "the online voice route(s)",
        ),
        "TeamsTranslationRule" => {
            let mut users = Vec::new();
            for field in RULE_LISTS {
                users.extend(used_in("OnlinePSTNGateway", field)?);
            }
            refuse("translation rule", users, "the online PSTN gateway(s)")
        }
        "TenantNetworkRegion" => {
            refuse("network region", used_in("TenantNetworkSite", "NetworkRegionID")?, "the network site(s)")
        }
        "TenantNetworkSite" => {
            refuse("network site", used_in("TenantNetworkSubnet", "NetworkSiteID")?, "the subnet(s)")?;
            refuse("network site", used_in("TeamsSurvivableBranchAppliance", "Site")?, "the branch appliance(s)")
        }
        "TeamsEmergencyCallingPolicy" => {
            refuse("policy", used_in("TenantNetworkSite", "EmergencyCallingPolicy")?, "the network site(s)")
        }
        "TeamsEmergencyCallRoutingPolicy" => {
            refuse("policy", used_in("TenantNetworkSite", "EmergencyCallRoutingPolicy")?, "the network site(s)")
        }
        "TeamsSurvivableBranchAppliance" => refuse(
            "branch appliance",
            used_in("TeamsSurvivableBranchAppliancePolicy", "BranchApplianceFqdns")?,
            "the policy(ies)",
        ),
        _ => Ok(()),
    }
}

/// Composes what is not stored in the instance itself; `None` hides it.
pub fn after_read(call: &Call, of: &ConfigType, id: &str, mut instance: Value) -> Result<Option<Value>, Refusal> {
    let rows = |name: &str| -> Result<Value, Refusal> {
        let Some(other) = types::find(name) else { return Ok(json!([])) };
        let mut out = Vec::new();
        for (key, _) in identities(call.store, other)? {
            let mut row = stored(call.store, other, &key)?;
            json::set(&mut row, "Identity", json!(key));
            out.push(row);
        }
        Ok(Value::Array(out))
    };
    match of.name.as_str() {
        "TenantFederationSettings" => read_domains(&mut instance),
        "TenantBlockedCallingNumbers" => {
            json::set(&mut instance, "InboundBlockedNumberPatterns", rows("InboundBlockedNumberPattern")?);
            json::set(&mut instance, "InboundExemptNumberPatterns", rows("InboundExemptNumberPattern")?);
        }
        "TenantNetworkConfiguration" => {
            json::set(&mut instance, "NetworkRegions", rows("TenantNetworkRegion")?);
            json::set(&mut instance, "NetworkSites", rows("TenantNetworkSite")?);
            json::set(&mut instance, "Subnets", rows("TenantNetworkSubnet")?);
        }
        "TenantNetworkSite" if call.query_flag("ExpandSubnets") => {
            let all = rows("TenantNetworkSubnet")?;
            let own = |s: &&Value| json::text(s, "NetworkSiteID").is_some_and(|n| n.eq_ignore_ascii_case(id));
            let subnets: Vec<Value> = all.as_array().into_iter().flatten().filter(own).cloned().collect();
            json::set(&mut instance, "Subnets", Value::Array(subnets));
        }
        "TeamsMeetingBroadcastConfiguration" if !call.query_flag("ExposeSDNConfigurationJsonBlob") => {
            if let Some(members) = instance.as_object_mut() {
                members.retain(|name, _| !name.starts_with("Sdn"));
            }
        }
        _ => {}
    }
    Ok(Some(instance))
}

// Dial plans and patterns.

/// Letters, digits and `- . _` of the identity.
fn simple_name(id: &str) -> String {
    let kept: String =
        id.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_')).take(49).collect();
    if kept.is_empty() { "DefaultTenantDialPlan".into() } else { kept }
}

fn check_rules(plan: &mut Value) -> Check {
    let mut names: Vec<String> = Vec::new();
    let mut rules = json::items(plan, "NormalizationRules").to_vec();
    for rule in &mut rules {
        let name = json::filled(rule, "Name")
            .or_else(|| json::filled(rule, "Identity").map(|i| i.rsplit('/').next().unwrap_or_default().to_owned()))
            .unwrap_or_else(|| format!("Prefix{}", names.len()));
        if names.iter().any(|n| n.eq_ignore_ascii_case(&name)) {
            let text = format!("A normalization rule with the name \"{name}\" already exists in the dial plan.");
            return Err(Refusal::invalid(text, "NormalizationRules"));
        }
        check_pattern(rule, "Pattern", true)?;
        *rule = json!({
            "Description": json::text(rule, "Description"),
            "Pattern": json::text(rule, "Pattern"),
            "Translation": json::text(rule, "Translation").unwrap_or_default(),
            "Name": name,
            "IsInternalExtension": json::flag(rule, "IsInternalExtension").unwrap_or_default(),
        });
        names.push(name);
    }
    if rules.len() > 50 {
        return Err(Refusal::invalid("A dial plan can have at most 50 normalization rules.", "NormalizationRules"));
    }
    json::set(plan, "NormalizationRules", Value::Array(rules));
    Ok(())
}

fn check_pattern(object: &Value, field: &str, required: bool) -> Check {
    match json::filled(object, field) {
        Some(pattern) if compile(&pattern).is_none() => {
            Err(Refusal::invalid(format!("The pattern \"{pattern}\" is not a valid regular expression."), field))
        }
        None if required => Err(Refusal::invalid(format!("The {field} cannot be null or empty."), field)),
        _ => Ok(()),
    }
}

// Voice routing.

const RULE_LISTS: &[&str] = &[
    "InboundTeamsNumberTranslationRules",
    "InboundPstnNumberTranslationRules",
    "OutboundTeamsNumberTranslationRules",
    "OutboundPstnNumberTranslationRules",
    "OutbundTeamsNumberTranslationRules",
];

fn usages(store: &Store) -> Result<Vec<String>, Refusal> {
    Ok(store.get("config/OnlinePstnUsages", "Global")?.map(|u| json::texts(&u, "Usage")).unwrap_or_default())
}

fn check_usages(store: &Store, wanted: &[String], field: &str) -> Check {
    let known = usages(store)?;
    match wanted.iter().find(|w| !known.iter().any(|k| k.eq_ignore_ascii_case(w))) {
        Some(usage) => {
            Err(Refusal::invalid(format!("Cannot find specified Online PSTN usage record: \"{usage}\"."), field))
        }
        None => Ok(()),
    }
}

fn save_usages(store: &Store, instance: &mut Value, before: Option<&Value>) -> Check {
    let mut kept: Vec<String> = Vec::new();
    for usage in json::texts(instance, "Usage") {
        if !kept.iter().any(|k| k.eq_ignore_ascii_case(&usage)) {
            kept.push(usage);
        }
    }
    let gone = before.map(|b| json::texts(b, "Usage")).unwrap_or_default();
    for usage in gone.iter().filter(|u| !kept.iter().any(|k| k.eq_ignore_ascii_case(u))) {
        for name in ["OnlineVoiceRoute", "OnlineVoiceRoutingPolicy", "OnlineAudioConferencingRoutingPolicy"] {
            for (id, row) in store.entries(&format!("config/{name}"))? {
                if json::texts(&row, "OnlinePstnUsages").iter().any(|u| u.eq_ignore_ascii_case(usage)) {
                    let text = format!(
                        "Cannot remove the Online PSTN usage \"{usage}\" because it is in use by {name} \"{id}\"."
                    );
                    return Err(Refusal::policy(400, text));
                }
            }
        }
    }
    json::set(instance, "Usage", json!(kept));
    Ok(())
}

fn save_route(
    store: &Store,
    of: &ConfigType,
    id: &str,
    instance: &mut Value,
    given: &Value,
    before: Option<&Value>,
) -> Check {
    json::set(instance, "Name", json!(id));
    check_pattern(instance, "NumberPattern", true)?;
    check_usages(store, &json::texts(given, "OnlinePstnUsages"), "OnlinePstnUsages")?;
    for gateway in json::texts(given, "OnlinePstnGatewayList") {
        if store.get("config/OnlinePSTNGateway", &gateway)?.is_none() {
            let text = format!("Cannot find specified online PSTN gateway: \"{gateway}\".");
            return Err(Refusal::invalid(text, "OnlinePstnGatewayList"));
        }
    }
    arrange(store, of, id, "Priority", instance, json::integer(given, "Priority"), before)
}

/// Priorities are dense from 0 or 1 on; a new one without a wish is the last, a wished one pushes the others down.
fn arrange(
    store: &Store,
    of: &ConfigType,
    id: &str,
    field: &str,
    instance: &mut Value,
    wish: Option<i64>,
    before: Option<&Value>,
) -> Check {
    let others: Vec<(String, Value)> =
        store.entries(&kind(of))?.into_iter().filter(|(other, _)| !other.eq_ignore_ascii_case(id)).collect();
    let current = before.and_then(|b| json::integer(b, field));
    let taken = |p: i64| others.iter().any(|(_, v)| json::integer(v, field) == Some(p));
    let last = others.iter().filter_map(|(_, v)| json::integer(v, field)).max();
    let place = match (wish, current) {
        (Some(wish), _) => wish,
        (None, Some(current)) => current,
        (None, None) => last.map_or(0, |l| l + 1),
    };
    if wish.is_some() && wish != current && taken(place) {
        for (other, mut row) in others {
            if let Some(p) = json::integer(&row, field).filter(|p| *p >= place) {
                json::set(&mut row, field, json!(p + 1));
                store.put(&kind(of), &other, &row)?;
            }
        }
    }
    json::set(instance, field, json!(place));
    Ok(())
}

fn save_gateway(store: &Store, id: &str, instance: &mut Value, before: Option<&Value>) -> Check {
    json::set(instance, "Fqdn", json!(id));
    let domain = id.split_once('.').map_or("", |(_, domain)| domain);
    let mut own = false;
    for (name, _) in store.entries("domain")? {
        own |= domain.eq_ignore_ascii_case(&name) || domain.to_ascii_lowercase().ends_with(&format!(".{name}"));
    }
    if !own {
        let text = format!("Cannot use the \"{domain}\" domain as it was not configured for this tenant.");
        return Err(Refusal::invalid(text, "Fqdn"));
    }
    let port = json::integer(instance, "SipSignalingPort").unwrap_or_default();
    if before.is_none() && !(1..=65535).contains(&port) {
        return Err(Refusal::invalid("The SIP signaling port must be between 1 and 65535.", "SipSignalingPort"));
    }
    for list in RULE_LISTS {
        check_references(store, instance, list, "TeamsTranslationRule")?;
    }
    check_reference(store, instance, "GatewaySiteId", "TenantNetworkSite")
}

fn save_treatment(store: &Store, of: &ConfigType, id: &str, instance: &mut Value, before: Option<&Value>) -> Check {
    check_pattern(instance, "Pattern", true)?;
    json::set(instance, "TreatmentId", json!(id));
    let wish = json::integer(instance, "TreatmentPriority").filter(|p| *p > 0);
    let target = json::filled(instance, "Target").unwrap_or_default();
    let kind = json::filled(instance, "TargetType").unwrap_or_default();
    let found = match kind.as_str() {
        "Announcement" => store.get("audioFile", &target)?.is_some(),
        _ => store.person(&target)?.is_some(),
    };
    if !found {
        return Err(Refusal::invalid(format!("The target \"{target}\" was not found."), "Target"));
    }
    arrange(store, of, id, "TreatmentPriority", instance, wish, before)
}

// Federation.

/// Parameters whose name differs from the wire's, which misspells two.
fn take_renamed(settings: &mut Value) {
    const RENAMED: &[(&str, &str)] = &[
        ("AllowedDomainsAsAList", "AllowedDomains"),
        ("EnableExternalAccessRestrictionsForChatParticipants", "EnableExternalAccessRestrictionsForChatPartipants"),
        ("EnableMutualFederationForChatParticipants", "EnableMutualFederationForChatPartipants"),
    ];
    for (given, wire) in RENAMED {
        if let Some(value) = settings.as_object_mut().and_then(|s| s.shift_remove(*given)) {
            json::set(settings, wire, value);
        }
    }
}

/// Written as a list (empty: every domain) or as `{AllowList}`, read as an object with or without `AllowedDomain`.
fn read_domains(settings: &mut Value) {
    let allowed = json::field(settings, "AllowedDomains").cloned().unwrap_or_default();
    let list = allowed.as_array().or_else(|| json::field(&allowed, "AllowList").and_then(Value::as_array));
    let list = list.or_else(|| json::field(&allowed, "AllowedDomain").and_then(Value::as_array)).cloned();
    let named = |d: Value| if d.is_string() { json!({"Domain": d}) } else { d };
    let everybody = allowed.is_null() || allowed.as_array().is_some_and(Vec::is_empty);
    let shown = match list {
        Some(list) if !everybody => json!({"AllowedDomain": list.into_iter().map(named).collect::<Vec<_>>()}),
        _ => json!({}),
    };
    json::set(settings, "AllowedDomains", shown);
    let blocked: Vec<Value> = json::items(settings, "BlockedDomains").iter().cloned().map(named).collect();
    json::set(settings, "BlockedDomains", json!(blocked));
}

// Network topology.

fn save_site(store: &Store, id: &str, instance: &mut Value) -> Check {
    json::set(instance, "NetworkSiteID", json!(id));
    check_reference(store, instance, "NetworkRegionID", "TenantNetworkRegion")?;
    check_reference(store, instance, "EmergencyCallingPolicy", "TeamsEmergencyCallingPolicy")?;
    check_reference(store, instance, "EmergencyCallRoutingPolicy", "TeamsEmergencyCallRoutingPolicy")?;
    check_reference(store, instance, "NetworkRoamingPolicy", "TeamsNetworkRoamingPolicy")
}

fn check_reference(store: &Store, instance: &Value, field: &str, other: &str) -> Check {
    match json::filled(instance, field) {
        Some(id) => exists(store, other, &id, field),
        None => Ok(()),
    }
}

fn check_references(store: &Store, instance: &Value, field: &str, other: &str) -> Check {
    json::texts(instance, field).iter().try_for_each(|id| exists(store, other, id, field))
}

fn exists(store: &Store, other: &str, id: &str, field: &str) -> Check {
    let id = types::bare(id);
    let global = id == "Global" && types::grantable(other).is_some();
    if global || store.get(&format!("config/{other}"), id)?.is_some() {
        return Ok(());
    }
    Err(Refusal::invalid(format!("Cannot find \"{other}\" \"{id}\" because it does not exist."), field))
}

fn check_address(instance: &Value, id: &str) -> Check {
    let Ok(address) = id.parse::<IpAddr>() else {
        return Err(Refusal::invalid(format!("\"{id}\" is not a valid IP address."), "Identity"));
    };
    let most = if address.is_ipv4() { 32 } else { 128 };
    match json::integer(instance, "MaskBits") {
        Some(bits) if (0..=most).contains(&bits) => Ok(()),
        _ => Err(Refusal::invalid(format!("MaskBits must be between 0 and {most}."), "MaskBits")),
    }
}

fn check_range(instance: &Value) -> Check {
    let value = |name: &str| json::integer(instance, name).unwrap_or_default();
    let (start, end) = (value("PickupRangeStart"), value("PickupRangeEnd"));
    if (10..=9999).contains(&start) && (10..=9999).contains(&end) && start <= end {
        return Ok(());
    }
    Err(Refusal::invalid(
        "The pickup range must lie between 10 and 9999, its start before its end.",
        "PickupRangeStart",
    ))
}

//! Teams.User: users and their voice attributes as Get-CsOnlineUser and its kin see them.

use std::sync::OnceLock;

use rusqlite::params;
use rusqlite::types::Value as Sql;
use serde_json::{Map, Value, json};

use crate::call::{Answer, Call, Refusal, empty, ok};
use crate::configuration::{find_identity, stored};
use crate::filter::{Condition, translate};
use crate::grants::{self, Groups};
use crate::hybrid;
use crate::ids;
use crate::json;
use crate::numbers::{self, Wish};
use crate::people::{PSTN_CONNECTIVITY, Person, common, plan, user_column};
use crate::route::{Route, config};
use crate::store::Store;
use crate::types::{self, Kind};

pub const ROUTES: &[Route] = &[
    config("GET", "/Teams.User/users", list),
    config("GET", "/Teams.User/users/{userId}", get),
    config("PATCH PUT", "/Teams.User/users/{userId}", change),
    config("PATCH PUT", "/Teams.User/users/{userId}/licenses", licenses),
];

/// Rows of a page when the client names none, and at most.
const PAGE: usize = 100;
const MOST: usize = 999;

fn list(call: &Call) -> Answer {
    let condition = condition(call)?;
    let (sql, mut values) = (condition.sql, condition.values);
    let size = call.page_size(call.query_number("pagesize").or_else(|| call.query_number("top")), PAGE, MOST);
    let top = call.query_number("top").unwrap_or(usize::MAX);
    // The token counts the rows given so far and says where to go on: after a row number, or at an offset if sorted.
    let (given, after) = match call.query("skiptoken").map(read_token) {
        None => (0, 0),
        Some(Some(token)) => token,
        Some(None) => return Err(Refusal::newer(400, "BadRequest", "The skip token is not valid.")),
    };
    let size = size.min(top.saturating_sub(given));
    let order = call.query("orderby").map(order_by).transpose()?;
    let people = match &order {
        None => {
            values.push(Sql::Integer(after));
            call.store.people(&format!("({sql}) AND seq>?{}", values.len()), &values, "seq", size + 1)?
        }
        Some(order) => call.store.people(&sql, &values, &format!("{order}, seq"), size + 1 + after.max(0) as usize)?,
    };
    let skipped = if order.is_some() { after.max(0) as usize } else { 0 };
    let page: Vec<&Person> = people.iter().skip(skipped).take(size).collect();
    let more = people.len() > skipped + size && given + page.len() < top;
    let projection = Projection::new(call)?;
    let users = page.iter().map(|p| projection.show(call, p)).collect::<Result<Vec<_>, _>>()?;
    let mut reply = json!({"users": users});
    if let (true, Some(last)) = (more, page.last()) {
        let next = if order.is_some() { (skipped + size) as i64 } else { last.seq };
        let token = format!("{}.{next}", given + page.len());
        reply["nextLink"] = json!(call.link(&[("skiptoken", &token)]));
    }
    ok(reply)
}

fn read_token(token: &str) -> Option<(usize, i64)> {
    let (given, after) = token.split_once('.')?;
    Some((given.parse().ok()?, after.parse().ok()?))
}

fn order_by(text: &str) -> Result<String, Refusal> {
    let (field, direction) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
    let bad = || Refusal::newer(400, "BadRequest", format!("Cannot sort by '{field}'."));
    let column = match user_column(field).ok_or_else(bad)? {
        crate::filter::Column::Text(sql) | crate::filter::Column::Flag(sql) => sql,
        _ => return Err(bad()),
    };
    Ok(if direction.eq_ignore_ascii_case("desc") { format!("{column} DESC") } else { column })
}

/// `filter` is OData-like text of the client, `psfilter` what the user typed; both may come.
fn condition(call: &Call) -> Result<Condition, Refusal> {
    let deleted = i32::from(call.query_flag("softdeleteduser"));
    let mut sql = format!("deleted={deleted}");
    let mut values = Vec::new();
    if call.query_flag("voiceuserquery") {
        sql.push_str(" AND plans LIKE '% MCOEV %'");
    }
    for name in ["filter", "psfilter"] {
        let Some(text) = call.query(name) else { continue };
        let bad = |why| Refusal::newer(400, "BadRequest", format!("Invalid filter: {why}. Filter: {text}"));
        let part = translate(text, &user_column).map_err(bad)?;
        sql = format!("{sql} AND ({})", renumber(&part.sql, values.len()));
        values.extend(part.values);
    }
    Ok(Condition { sql, values })
}

/// Shifts the parameter numbers of a condition that comes after others.
fn renumber(sql: &str, by: usize) -> String {
    let mut parts = sql.split('?');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let number: usize = part[..digits].parse().unwrap_or(0);
        out.push_str(&format!("?{}{}", number + by, &part[digits..]));
    }
    out
}

fn get(call: &Call) -> Answer {
    let person = find(call, call.param("userId"))?;
    ok(Projection::new(call)?.show(call, &person)?)
}

/// The user of a path, or the service's 404.
pub fn find(call: &Call, key: &str) -> Result<Person, Refusal> {
    call.store.person(key)?.ok_or_else(|| Refusal::newer(404, "NotFound", "userId was not found"))
}

fn change(call: &Call) -> Answer {
    let person = find(call, call.param("userId"))?;
    let body = &call.body;
    let mut changes = Map::new();
    for (field, stored) in
        [("EnterpriseVoiceEnabled", "enterpriseVoiceEnabled"), ("HostedVoiceMail", "hostedVoiceMail")]
    {
        if json::field(body, field).is_none() {
            continue;
        }
        let Some(value) = json::flag(body, field) else {
            return Err(Refusal::newer(400, "BadRequest", format!("The value of '{field}' is not valid.")));
        };
        if value && !person.has_plan(plan::PHONE_SYSTEM) {
            let text = format!(
                "Unable to set '{field}' for the user '{}': the user is not assigned a Phone System license.",
                person.upn()
            );
            return Err(Refusal::newer(400, "BadRequest", text));
        }
        changes.insert(stored.to_owned(), json!(value));
    }
    for (name, value) in body.as_object().into_iter().flatten() {
        read_attribute(call, &person, name, value, &mut changes)?;
    }
    // The line comes first: giving a number switches Enterprise Voice on, what the request says holds afterwards.
    let line = ["LineUri", "OnPremLineUri", "TelephoneNumber"].iter().find(|n| json::field(body, n).is_some());
    if let Some(name) = line {
        change_line(call, &person, name)?;
    } else if let Some(location) = json::text(body, "LocationId") {
        for mut number in call.store.numbers_of(person.id())? {
            numbers::set_location(call.store, &mut number, &location)?;
            call.store.save_number(&number)?;
        }
    }
    let person = find(call, person.id())?;
    call.store.change_person(&person, &Value::Object(changes))?;
    empty(204)
}

/// What else a user has: the SIP address, whether it is enabled, and attributes of older times that are only kept.
fn read_attribute(
    call: &Call,
    person: &Person,
    name: &str,
    value: &Value,
    changes: &mut Map<String, Value>,
) -> Result<(), Refusal> {
    const KEPT: &[&str] = &[
        "audioVideoDisabled",
        "privateLine",
        "lineServerURI",
        "exchangeArchivingPolicy",
        "acpInfo",
        "hostingProvider",
        "remoteCallControlTelephonyEnabled",
        "registrarPool",
        "ring",
        "optionFlags",
    ];
    if let Some(kept) = KEPT.iter().find(|k| k.eq_ignore_ascii_case(name)) {
        changes.insert((*kept).to_owned(), value.clone());
    } else if name.eq_ignore_ascii_case("Enabled") {
        changes.insert("isSipEnabled".to_owned(), json!(json::flag(&call.body, name).unwrap_or_default()));
    } else if name.eq_ignore_ascii_case("SipAddress") {
        let address = value.as_str().unwrap_or_default();
        let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
        if call.store.get("domain", domain)?.is_none() {
            let text = format!("The SIP address '{address}' is not in a verified SIP domain of the tenant.");
            return Err(Refusal::newer(400, "BadRequest", text));
        }
        let address = if address.starts_with("sip:") { address.to_owned() } else { format!("sip:{address}") };
        if call.store.person(&address)?.is_some_and(|other| other.id() != person.id()) {
            let text = format!("The SIP address '{address}' is already used by another user.");
            return Err(Refusal::newer(400, "BadRequest", text));
        }
        changes.insert("sipAddress".to_owned(), json!(address));
    }
    Ok(())
}

/// Set-CsUser takes a line of the company's own trunks, Set-CsOnlineVoiceUser one of the inventory.
fn change_line(call: &Call, person: &Person, name: &str) -> Result<(), Refusal> {
    let number = json::filled(&call.body, name);
    let Some(number) = number else {
        return numbers::unassign(call.store, person, None, None);
    };
    let online = name == "TelephoneNumber";
    let wish = Wish { number, location: json::text(&call.body, "LocationId"), ..Wish::default() };
    numbers::assign(call.store, person, &wish)?;
    if !online {
        let number = numbers::normalise(&wish.number)?;
        let own = |e: &Value| json::flag(e, "Uploaded") != Some(true) && e["NumberType"] == "DirectRouting";
        if let Some(mut entry) = call.store.number(&number)?.filter(own) {
            json::set(&mut entry, "NumberSource", json!("OnPremises"));
            call.store.save_number(&entry)?;
        }
        let person = find(call, person.id())?;
        call.store.change_person(&person, &json!({"onPremLineUri": person.text("lineUri")}))?;
    }
    Ok(())
}

fn licenses(call: &Call) -> Answer {
    // Ends the grace period of removed licences; nothing in the mock has one.
    find(call, call.param("userId"))?;
    empty(204)
}

/// How users are shown in one request: what is the same for all of them is read once.
struct Projection {
    voice: bool,
    select: Option<String>,
    policies: bool,
    skus: Vec<Value>,
    groups: Groups,
    tenant: String,
    /// The upgrade mode of users without a policy of their own.
    mode: String,
    /// What people have alike.
    common: Map<String, Value>,
    expand_location: bool,
}

impl Projection {
    fn new(call: &Call) -> Result<Projection, Refusal> {
        let upgrade = call.store.get("tenantPolicy", "TeamsUpgradePolicy")?;
        Ok(Projection {
            voice: call.query_flag("voiceuserquery"),
            select: call.query("select").map(str::to_owned),
            policies: !call.query_flag("skipuserpolicies"),
            skus: call.store.list("sku")?,
            groups: Groups::read(call.store)?,
            tenant: call.store.tenant_id()?,
            mode: upgrade_mode(call.store, upgrade.and_then(|u| json::text(&u, "PolicyName")).as_deref())?,
            common: common(),
            expand_location: call.query_flag("expandlocation"),
        })
    }

    fn show(&self, call: &Call, person: &Person) -> Result<Value, Refusal> {
        let shown = if self.voice { self.voice_user(call, person)? } else { self.user(call, person)? };
        Ok(match &self.select {
            // These five always come.
            Some(names) => {
                let names = format!("{names},objectId,userPrincipalName,alias,accountEnabled,displayName");
                json::select(shown, &names)
            }
            None => shown,
        })
    }

    fn user(&self, call: &Call, person: &Person) -> Result<Value, Refusal> {
        let numbers = call.store.numbers_of(person.id())?;
        let listed: Vec<Value> = numbers
            .iter()
            .map(|n| json!({"telephoneNumber": n["TelephoneNumber"], "assignmentCategory": n["AssignmentCategory"]}))
            .collect();
        let mut out = Map::new();
        for name in ORDER {
            let value = match *name {
                "telephoneNumbers" => json!(listed),
                "featureTypes" => json!(features(person)),
                "assignedPlan" => self.plans(person),
                "tenantId" => json!(self.tenant),
                "proxyAddresses" => person.addresses(),
                "shadowProxyAddresses" => json!([]),
                "whenChanged" | "lastSyncTimeStamp" => json!(person.changed()),
                "effectivePolicyAssignments" => continue,
                _ => person.body.get(*name).or_else(|| self.common.get(*name)).cloned().unwrap_or(Value::Null),
            };
            out.insert((*name).to_owned(), value);
        }
        // Attributes that somebody set, beyond those that every user has.
        for name in [
            "audioVideoDisabled",
            "privateLine",
            "lineServerURI",
            "exchangeArchivingPolicy",
            "acpInfo",
            "remoteCallControlTelephonyEnabled",
            "ring",
        ] {
            if let Some(value) = person.body.get(name) {
                out.insert(name.to_owned(), value.clone());
            }
        }
        if self.policies {
            let direct = grants::visible(call.store, person.id())?;
            let own = direct.iter().find(|(t, _)| t == "TeamsUpgradePolicy");
            let mode = own.map(|(_, policy)| upgrade_mode(call.store, Some(policy))).transpose()?;
            out.insert("teamsUpgradeEffectiveMode".into(), json!(mode.as_ref().unwrap_or(&self.mode)));
            let effective = grants::effective(call.store, person, &direct, &self.groups)?;
            let rows = effective.iter().map(|e| {
                json!({"policyType": e.policy_type, "policyAssignment": {
                    "assignmentType": if e.group.is_some() { "Group" } else { "Direct" }, "authority": "Tenant",
                    "displayName": e.policy, "policyId": e.policy, "groupId": e.group}})
            });
            out.insert("effectivePolicyAssignments".into(), rows.collect());
            // The service gives users of a site their voice policy by itself.
            let hybrid = person.flag("enterpriseVoiceEnabled") && hybrid::has_site(call.store, person)?;
            for (policy, member) in policy_members() {
                let name = direct.iter().find(|(t, _)| t.eq_ignore_ascii_case(policy)).map(|(_, p)| p);
                let given = (hybrid && *policy == "VoicePolicy").then_some("HybridVoice");
                out.insert(member.clone(), json!(name.map(String::as_str).or(given)));
            }
        }
        Ok(Value::Object(out))
    }

    fn voice_user(&self, call: &Call, person: &Person) -> Result<Value, Refusal> {
        let numbers = call.store.numbers_of(person.id())?;
        let number = numbers.first();
        let location = number.and_then(|n| json::text(n, "LocationId")).filter(|l| l != ids::ZERO);
        let location = match location {
            Some(id) if self.expand_location => call.store.get("location", &id)?.unwrap_or(Value::Null),
            other => json!(other),
        };
        let text = number.and_then(|n| json::text(n, "TelephoneNumber"));
        let sip = person.text("sipAddress");
        Ok(json!({
            "objectId": person.id(), "userPrincipalName": person.upn(), "displayName": person.text("displayName"),
            "enterpriseVoiceEnabled": person.flag("enterpriseVoiceEnabled"), "location": location,
            "lineUri": person.body.get("lineUri"), "number": text.map(|t| t.trim_start_matches('+').to_owned()),
            "tenantId": self.tenant, "usageLocation": person.text("usageLocation"), "dataCenter": "EUROPE",
            "pstnConnectivity": connectivity(call.store, person.id())?,
            "sipDomain": sip.rsplit_once('@').map(|(_, domain)| domain),
        }))
    }

    /// The service plans of all licences, switched-off ones as deleted.
    fn plans(&self, person: &Person) -> Value {
        let since = person.text("whenCreated");
        let mut out = Vec::new();
        for licence in json::items(&person.body, "assignedLicenses") {
            let id = json::text(licence, "skuId").unwrap_or_default();
            let disabled = json::texts(licence, "disabledPlans");
            let Some(sku) = self.skus.iter().find(|s| s["skuId"].as_str() == Some(&id)) else { continue };
            for plan in json::items(sku, "servicePlans") {
                let off = plan["servicePlanId"].as_str().is_some_and(|p| disabled.iter().any(|d| d == p));
                out.push(json!({
                    "assignedTimestamp": since, "capability": plan["servicePlanName"],
                    "capabilityStatus": if off { "Deleted" } else { "Enabled" },
                    "serviceInstance": "MicrosoftCommunicationsOnline/EMEA-1", "servicePlanId": plan["servicePlanId"],
                    "subscribedPlanId": plan["servicePlanId"], "gracePeriodExpiryDate": null, "isInGracePeriod": false,
                }));
            }
        }
        Value::Array(out)
    }
}

/// How the user reaches the telephone network.
pub fn connectivity(store: &Store, id: &str) -> rusqlite::Result<Option<String>> {
    let sql = format!("SELECT {PSTN_CONNECTIVITY} FROM user WHERE id=?1");
    store.db.prepare_cached(&sql)?.query_row(params![id], |row| row.get(0))
}

/// The capabilities that the licences give.
pub fn features(person: &Person) -> Vec<&'static str> {
    const FEATURES: &[(&str, &str)] = &[
        (plan::TEAMS, "Teams"),
        (plan::CONFERENCING, "AudioConferencing"),
        (plan::PHONE_SYSTEM, "PhoneSystem"),
        (plan::RESOURCE_ACCOUNT, "VoiceApp"),
        (plan::DOMESTIC, "CallingPlan"),
        (plan::INTERNATIONAL, "CallingPlan"),
    ];
    let mut out: Vec<&str> = Vec::new();
    for (plan, feature) in FEATURES {
        if person.has_plan(plan) && !out.contains(feature) {
            out.push(feature);
        }
    }
    out
}

/// The mode of an upgrade policy; none means the tenant's Global one.
pub fn upgrade_mode(store: &Store, policy: Option<&str>) -> Result<String, Refusal> {
    let Some(of) = types::find("TeamsUpgradePolicy") else { return Ok("TeamsOnly".into()) };
    let name = policy.unwrap_or("Global");
    let mode = match find_identity(store, of, name)? {
        Some((id, _)) if id != "Global" => json::text(&stored(store, of, &id)?, "Mode"),
        _ => None,
    };
    Ok(mode.unwrap_or_else(|| "TeamsOnly".into()))
}

/// The policy types that a user's record names, sorted as the service sorts them, with the member of each.
fn policy_members() -> &'static [(&'static str, String)] {
    static MEMBERS: OnceLock<Vec<(&'static str, String)>> = OnceLock::new();
    MEMBERS.get_or_init(|| {
        let granted = types::all().filter(|t| t.kind == Kind::Policy && t.verbs.contains('A'));
        let mut members: Vec<_> = granted.map(|t| (t.name.as_str(), camel(&t.name))).collect();
        members.sort_unstable();
        members
    })
}

/// `TeamsCallingPolicy` -> `teamsCallingPolicy`.
fn camel(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map(|c| c.to_ascii_lowercase()).into_iter().chain(chars).collect()
}

/// The members of a user in the service's order.
const ORDER: &[&str] = &[
    "objectId",
    "userPrincipalName",
    "displayName",
    "alias",
    "givenName",
    "lastName",
    "accountEnabled",
    "accountType",
    "sipAddress",
    "proxyAddresses",
    "shadowProxyAddresses",
    "lineUri",
    "onPremLineUri",
    "onPremSipAddress",
    "onPremHostingProvider",
    "onPremEnterpriseVoiceEnabled",
    "onPremLineUriManuallySet",
    "onPremOptionFlags",
    "enterpriseVoiceEnabled",
    "hostedVoiceMail",
    "isSipEnabled",
    "usageLocation",
    "country",
    "countryAbbreviation",
    "city",
    "company",
    "department",
    "title",
    "phone",
    "office",
    "postalCode",
    "street",
    "state",
    "preferredLanguage",
    "hostingProvider",
    "registrarPool",
    "interpretedUserType",
    "featureTypes",
    "assignedPlan",
    "assignedLicenses",
    "provisionedPlan",
    "telephoneNumbers",
    "serviceInfo",
    "serviceInstance",
    "teamsUpgradeEffectiveMode",
    "teamsOwnershipEffectiveMode",
    "dirSyncEnabled",
    "hideFromAddressLists",
    "optionFlags",
    "userValidationErrors",
    "lastProvisionTimeStamps",
    "lastPublishTimeStamps",
    "lastSyncTimeStamp",
    "softDeletionTimestamp",
    "whenCreated",
    "whenChanged",
    "tenantId",
    "effectivePolicyAssignments",
];

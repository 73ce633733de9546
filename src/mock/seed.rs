//! What a new tenant holds: a small company that is the same for the same seed number, whatever its size. Users are
//! computed each from the seed and its own place, so that a tenant of 200,000 starts with the 60 of a small one.

use rusqlite::params;
use serde_json::{Value, json};

use crate::ids::{self, Sequence, ZERO};
use crate::names;
use crate::numbers;
use crate::store::Store;

/// What to fill a tenant with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seed {
    /// People; the administrator and the resource accounts come on top.
    pub users: usize,
    pub number: u64,
}

impl Default for Seed {
    fn default() -> Seed {
        Seed { users: 60, number: 1 }
    }
}

/// The domain of the users' names and SIP addresses.
pub const DOMAIN: &str = "contoso.example";
/// The domain that every tenant has from its first day.
pub const INITIAL_DOMAIN: &str = "contoso.onmicrosoft.com";
/// The application that signs in with a secret or a certificate.
pub const APPLICATION: &str = "5a7c1e60-9d1f-4c11-8f0e-2f3b6d0c9a10";
pub const APPLICATION_SECRET: &str = "mock-secret";

/// 2026-01-05: the day that the company started.
const START: i64 = 1_767_600_000;

/// Where people work.
pub struct Place {
    pub city: &'static str,
    pub state: &'static str,
    pub country: &'static str,
    pub country_name: &'static str,
    pub street: &'static str,
    pub house: &'static str,
    pub postal: &'static str,
    pub language: &'static str,
    /// First of the fictitious numbers of the place, and the end of the direct routing ones.
    number: u64,
    direct: u64,
}

pub const PLACES: &[Place] = &[
    Place {
        city: "Seattle",
        state: "WA",
        country: "US",
        country_name: "United States",
        street: "Pike Street",
        house: "1520",
        postal: "98101",
        language: "en-US",
        number: 12_065_550_100,
        direct: 14_255_550_100,
    },
    Place {
        city: "London",
        state: "",
        country: "GB",
        country_name: "United Kingdom",
        street: "Fenchurch Street",
        house: "20",
        postal: "EC3M 3BY",
        language: "en-GB",
        number: 442_079_460_000,
        direct: 442_079_460_500,
    },
    Place {
        city: "Berlin",
        state: "",
        country: "DE",
        country_name: "Germany",
        street: "Friedrichstra\u{df}e",
        house: "68",
        postal: "10117",
        language: "de-DE",
        number: 493_023_125_000,
        direct: 493_023_125_500,
    },
];

const DEPARTMENTS: &[&str] =
    &["Sales", "Engineering", "Finance", "Human Resources", "Marketing", "Operations", "Support", "Legal"];
const TITLES: &[&str] = &["Specialist", "Manager", "Consultant", "Analyst", "Coordinator", "Director"];

/// Licences: part number, sku id, units, service plans.
const SKUS: &[(&str, &str, u64, &[&str])] = &[
    (
        "ENTERPRISEPREMIUM",
        "c7df2760-2c81-4ef7-b578-5b5392b571df",
        100,
        &["TEAMS1", "MCOSTANDARD", "MCOEV", "MCOMEETADV", "EXCHANGE_S_ENTERPRISE"],
    ),
    ("ENTERPRISEPACK", "6fd2c87f-b296-42f0-b197-1e91e994b900", 50, &["TEAMS1", "MCOSTANDARD", "EXCHANGE_S_ENTERPRISE"]),
    ("MCOEV", "e43b5b99-8dfb-405f-9987-dc307f34bcbd", 25, &["MCOEV"]),
    ("MCOMEETADV", "0c266dff-15dd-4b49-8397-2bb16070ed52", 25, &["MCOMEETADV"]),
    ("MCOPSTN1", "0dab259f-bf13-4952-b7f8-7db8f131b28d", 25, &["MCOPSTN1"]),
    ("MCOPSTN2", "d3b4fe1f-9992-4930-8acb-ca6ec609365e", 10, &["MCOPSTN2"]),
    ("MCOPSTNC", "47794cd0-f0e5-45c5-9033-2eb6b5fc84e0", 10, &["MCOPSTNC"]),
    ("PHONESYSTEM_VIRTUALUSER", "440eaaa8-b3e0-484b-a8be-62870b9ba70a", 25, &["MCOEV_VIRTUALUSER"]),
    ("MCOCAP", "295a8eb0-f78d-45c7-8b5b-1eed5ed02dff", 10, &["TEAMS1", "MCOEV", "MCOSTANDARD"]),
];

const PLAN_IDS: &[(&str, &str)] = &[
    ("TEAMS1", "57ff2da0-773e-42df-b2af-ffb7a2317929"),
    ("MCOSTANDARD", "0feaeb32-d00e-4d66-bd5a-43b5b83db82c"),
    ("MCOEV", "4828c8ec-dc2e-4779-b502-87ac9ce28ab7"),
    ("MCOMEETADV", "3e26ee1f-8a5f-4d52-aee2-b81ce45c8f40"),
    ("MCOPSTN1", "4ed3ff63-69d7-4fb7-b984-5aec7f605ca8"),
    ("MCOPSTN2", "5a10155d-f5c1-411a-a8ec-e99aae125390"),
    ("MCOPSTNC", "505e180f-f7e0-4b65-91d4-00d670bbd18c"),
    ("MCOEV_VIRTUALUSER", "f47330e9-c134-43b3-9993-e7f004506889"),
    ("EXCHANGE_S_ENTERPRISE", "efb87545-963c-4e0d-99df-69c6916d9eb0"),
];

/// The sku of a part number.
pub fn sku_id(part: &str) -> &'static str {
    SKUS.iter().find(|(p, ..)| *p == part).map_or(ZERO, |(_, id, ..)| id)
}

/// Fills an empty store.
pub fn fill(store: &Store, seed: Seed) -> rusqlite::Result<()> {
    let mut own = Sequence::of(seed.number, "tenant", 0);
    let tenant = own.guid();
    store.set_meta("tenant", &tenant)?;
    store.set_meta("seed", &seed.number.to_string())?;
    store.set_meta("users", &seed.users.to_string())?;
    store.set_meta("created", &ids::now())?;
    store.set_meta("administrator", &format!("admin@{INITIAL_DOMAIN}"))?;
    let domains = [(INITIAL_DOMAIN, "Enabled", true), (DOMAIN, "Enabled", false), ("contoso.com", "Disabled", false)];
    for (name, sip, initial) in domains {
        store.put("domain", name, &json!({"name": name, "sip": sip, "initial": initial, "default": name == DOMAIN}))?;
    }
    store.put("tenant", "tenant", &tenant_record(&tenant))?;
    store.put("application", APPLICATION, &json!({
        "appId": APPLICATION, "objectId": own.guid(), "displayName": "Voice automation", "secret": APPLICATION_SECRET,
    }))?;
    for (part, id, units, plans) in SKUS {
        let plans: Vec<Value> =
            plans.iter().map(|p| json!({"servicePlanId": plan_id(p), "servicePlanName": p})).collect();
        // Big tenants have bought for everybody.
        let units = (*units).max(seed.users as u64 * units / 50);
        store.put("sku", id, &json!({"skuId": id, "skuPartNumber": part, "enabled": units, "servicePlans": plans}))?;
    }
    let locations = places(store, seed, &tenant)?;
    people(store, seed, &locations)?;
    groups(store, seed)?;
    conferencing(store, seed)?;
    resource_accounts(store, seed)
}

pub fn plan_id(name: &str) -> &'static str {
    PLAN_IDS.iter().find(|(n, _)| *n == name).map_or(ZERO, |(_, id)| id)
}

fn tenant_record(id: &str) -> Value {
    let since = ids::stamp(START);
    json!({
        "tenantId": id, "displayName": "Contoso", "assignedPlan": [], "provisionedPlan": [], "verifiedDomains": [],
        "sipDomain": [], "serviceInstance": "MicrosoftCommunicationsOnline/EMEA-1", "serviceInfo": [],
        "serviceDiscovery": null, "countryAbbreviation": "US", "country": "United States", "city": "Seattle",
        "stateOrProvince": "WA", "street": "1520 Pike Street", "postalCode": "98101", "preferredLanguage": "en",
        "defaultPoolFqdn": null, "pools": null, "dirSyncEnabled": false, "announcementsDisabled": false,
        "nameRecordingDisabled": false, "companyPartnership": [], "companyTags": [], "subscriberNumberCount": 0,
        "serviceNumberCount": 0,
        "syncInLyncAdInfo": {"isSyncDisabledAtTenantCreation": false, "isUserSyncDisabled": false,
            "isUserSyncStateChanging": false, "stopSyncRevertCompleteTimestamp": null, "stopSyncRevertTimestamp": null,
            "stopSyncTimestamp": null},
        "teamsUpgradeEffectiveMode": "TeamsOnly", "teamsUpgradeNotificationsEnabled": false,
        "teamsUpgradeOverridePolicy": "None", "teamsUpgradePolicyIsReadOnly": "ModeAndNotifications",
        "tnmAccountId": null, "lastSyncTimeStamp": since, "lastProvisionTimeStamps": {}, "lastPublishTimeStamps": {},
        "whenCreated": since, "whenChanged": since,
    })
}

/// One civic address with its default location at each place; the ids of the locations.
fn places(store: &Store, seed: Seed, tenant: &str) -> rusqlite::Result<Vec<String>> {
    let mut out = Vec::new();
    for (i, place) in PLACES.iter().enumerate() {
        let mut sequence = Sequence::of(seed.number, "address", i);
        let (address, location) = (sequence.guid(), sequence.guid());
        let document = json!({
            "id": address, "tenantId": tenant, "partnerId": null, "defaultLocationId": location,
            "description": format!("{} office", place.city), "companyName": "Contoso", "companyId": null,
            "houseNumber": place.house, "houseNumberSuffix": "", "preDirectional": "", "streetName": place.street,
            "streetSuffix": "", "postDirectional": "", "cityOrTown": place.city, "cityOrTownAlias": "",
            "stateOrProvince": place.state, "countyOrDistrict": "", "postalOrZipCode": place.postal,
            "country": place.country, "latitude": "", "longitude": "", "confidence": "", "elin": null,
            "additionalLocationInfo": null, "validationStatus": "Validated",
        });
        store.put("civicAddress", &address, &document)?;
        store.put(
            "location",
            &location,
            &json!({
                "id": location, "civicAddressId": address, "additionalInfo": "", "isDefault": true, "elin": null,
            }),
        )?;
        out.push(location);
    }
    Ok(out)
}

/// Name, address and work of the `index`-th person.
fn person(seed: Seed, index: usize) -> Value {
    let mut sequence = Sequence::of(seed.number, "user", index);
    let id = sequence.guid();
    let offset = Sequence::of(seed.number, "names", 0).below(names::count());
    let (first, last, again) = names::pair(offset, index);
    let suffix = if again == 0 { String::new() } else { again.to_string() };
    let address = format!("{}.{}{suffix}", first.to_ascii_lowercase(), last.to_ascii_lowercase());
    let upn = format!("{address}@{DOMAIN}");
    let place = &PLACES[index % PLACES.len()];
    let licences: &[&str] = match index % 12 {
        // One in twelve has no voice, one no licence at all.
        10 => &["ENTERPRISEPACK"],
        11 => &[],
        7 => &["ENTERPRISEPACK", "MCOEV"],
        3 => &["ENTERPRISEPREMIUM", "MCOPSTN1"],
        _ => &["ENTERPRISEPREMIUM"],
    };
    let licences: Vec<Value> = licences.iter().map(|p| json!({"skuId": sku_id(p), "disabledPlans": []})).collect();
    let created = ids::stamp(START + (index as i64 % 200) * 86_400);
    json!({
        "objectId": id, "userPrincipalName": upn, "displayName": format!("{first} {last}"), "alias": address,
        "givenName": first, "lastName": last, "accountType": "User", "sipAddress": format!("sip:{upn}"),
        "hostedVoiceMail": false, "usageLocation": place.country, "country": place.country_name,
        "countryAbbreviation": place.country, "city": place.city,
        "department": DEPARTMENTS[sequence.below(DEPARTMENTS.len())], "title": TITLES[sequence.below(TITLES.len())],
        "office": format!("{}/{}", 1 + sequence.below(40), 100 + sequence.below(900)), "postalCode": place.postal,
        "street": format!("{} {}", place.house, place.street), "state": place.state, "preferredLanguage": place.language,
        "assignedLicenses": licences, "whenCreated": created,
    })
}

fn people(store: &Store, seed: Seed, locations: &[String]) -> rusqlite::Result<()> {
    let mut administrator = person(seed, 0);
    let upn = format!("admin@{INITIAL_DOMAIN}");
    crate::json::merge(
        &mut administrator,
        &json!({
            "objectId": Sequence::of(seed.number, "administrator", 0).guid(), "userPrincipalName": upn,
            "displayName": "Administrator", "alias": "admin", "givenName": null, "lastName": null,
            "sipAddress": format!("sip:{upn}"), "assignedLicenses": [],
            "department": null, "title": null, "administrator": true,
        }),
    );
    for index in 0..seed.users {
        let mut user = person(seed, index);
        // The last fifth is at work already, the others wait for the roll-out.
        let place = index % PLACES.len();
        let voice = !matches!(index % 12, 10 | 11);
        if voice && index >= seed.users - seed.users / 5 {
            let direct = index % 12 != 3;
            let number = number_at(place, direct, index);
            let mut entry = numbers::blank(&number, if direct { "DirectRouting" } else { "CallingPlan" });
            let address =
                store.get("location", &locations[place])?.map_or(json!(ZERO), |l| l["civicAddressId"].clone());
            crate::json::merge(
                &mut entry,
                &json!({
                    "AssignedPstnTargetId": user["objectId"], "AssignmentCategory": "Primary",
                    "PstnAssignmentStatus": "UserAssigned", "IsoCountryCode": PLACES[place].country,
                    "City": PLACES[place].city, "Uploaded": true,
                }),
            );
            if !direct {
                crate::json::merge(&mut entry, &json!({"LocationId": locations[place], "CivicAddressId": address}));
            }
            store.save_number(&entry)?;
            user["lineUri"] = json!(format!("tel:{number}"));
            user["enterpriseVoiceEnabled"] = json!(true);
            user["hostedVoiceMail"] = json!(true);
        }
        store.save_person(&user)?;
    }
    store.save_person(&administrator)?;
    inventory(store, seed)
}

/// The `index`-th fictitious number of a place.
fn number_at(place: usize, direct: bool, index: usize) -> String {
    let place = &PLACES[place];
    let first = if direct { place.direct } else { place.number };
    let index = index as u64;
    // The ranges kept for fiction are short: bigger tenants go on behind them, with more digits.
    if index < 90 { format!("+{}", first + index) } else { format!("+{}{index:06}", first / 10_000) }
}

/// Numbers that nobody has: calling plan ones and service numbers in each place.
fn inventory(store: &Store, seed: Seed) -> rusqlite::Result<()> {
    for (i, place) in PLACES.iter().enumerate() {
        for n in 0..30 + seed.users / 20 {
            let index = if n < 30 { n } else { seed.users + n };
            let number = number_at(i, false, index);
            if store.number(&number)?.is_some() {
                continue;
            }
            let mut entry = numbers::blank(&number, "CallingPlan");
            let service = (25..30).contains(&n);
            let capability = if service {
                json!(["ConferenceAssignment", "VoiceApplicationAssignment"])
            } else {
                json!(["UserAssignment"])
            };
            crate::json::merge(
                &mut entry,
                &json!({
                    "IsoCountryCode": place.country, "City": place.city, "Capability": capability, "Uploaded": true,
                }),
            );
            store.save_number(&entry)?;
        }
    }
    Ok(())
}

fn groups(store: &Store, seed: Seed) -> rusqlite::Result<()> {
    let names = DEPARTMENTS.iter().map(|d| (*d, false)).chain([("Voice pilot", true)]);
    for (i, (name, pilot)) in names.enumerate() {
        let id = Sequence::of(seed.number, "group", i).guid();
        let mail = format!("{}@{DOMAIN}", name.to_ascii_lowercase().replace(' ', "-"));
        store.put(
            "group",
            &id,
            &json!({
                "id": id, "displayName": name, "mail": mail, "mailEnabled": true, "securityEnabled": pilot,
                "groupTypes": if pilot { json!([]) } else { json!(["Unified"]) },
            }),
        )?;
        let condition = if pilot { "seq<=10" } else { "department=?2" };
        let sql = format!("INSERT INTO member SELECT ?1, id FROM user WHERE {condition} AND ?2=?2");
        store.db.execute(&sql, params![id, name])?;
    }
    Ok(())
}

/// One bridge with a toll number in each place and a toll-free one.
fn conferencing(store: &Store, seed: Seed) -> rusqlite::Result<()> {
    let bridge = Sequence::of(seed.number, "bridge", 0).guid();
    let row = |number: String, city: &str, language: &str, kind: &str| {
        json!({
            "Number": number, "City": city, "PrimaryLanguage": language, "SecondaryLanguages": [], "BridgeId": bridge,
            "IsShared": true, "Type": kind,
        })
    };
    for place in PLACES {
        let number = (place.number + 95).to_string();
        store.put("serviceNumber", &number, &row(number.clone(), place.city, place.language, "Toll"))?;
    }
    let free = "18005550199".to_owned();
    store.put("serviceNumber", &free, &row(free.clone(), "Toll-Free", "en-US", "TollFree"))?;
    store.put(
        "bridge",
        &bridge,
        &json!({
            "Identity": bridge, "Name": "Conference Bridge", "Region": "EMEA", "IsDefault": true, "IsShared": true,
            "DefaultServiceNumber": (PLACES[0].number + 95).to_string(),
        }),
    )
}

fn resource_accounts(store: &Store, seed: Seed) -> rusqlite::Result<()> {
    let accounts = [
        ("aa-main", "Main Auto Attendant", "ce933385-9390-45d1-9512-c8d228074e07"),
        ("cq-sales", "Sales Call Queue", "11cd3e2e-fccb-42ad-ad00-878b93575e07"),
    ];
    for (i, (alias, name, application)) in accounts.into_iter().enumerate() {
        let id = Sequence::of(seed.number, "resource", i).guid();
        let mut user = resource_account(&id, &format!("{alias}@{DOMAIN}"), name, application);
        user["assignedLicenses"] = json!([{"skuId": sku_id("PHONESYSTEM_VIRTUALUSER"), "disabledPlans": []}]);
        user["usageLocation"] = json!("US");
        store.save_person(&user)?;
    }
    Ok(())
}

/// The directory user of a resource account: disabled, without a licence.
pub fn resource_account(id: &str, upn: &str, name: &str, application: &str) -> Value {
    json!({
        "objectId": id, "userPrincipalName": upn, "displayName": name, "alias": upn.split('@').next(),
        "accountEnabled": false, "accountType": "ResourceAccount", "sipAddress": format!("sip:{upn}"),
        "department": "Microsoft Communication Application Instance",
        "interpretedUserType": "PureOnlineApplicationInstance", "applicationId": application, "acsResourceId": null,
        "assignedLicenses": [], "whenCreated": ids::stamp(START),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_walked_without_a_repetition() {
        let pairs = names::count();
        let mut seen = std::collections::HashSet::new();
        for index in 0..2 * pairs {
            let user = person(Seed::default(), index);
            assert!(seen.insert(user["userPrincipalName"].to_string()), "{user}");
        }
    }
}

//! Telephone numbers in the store: inventory, who has which, and the rules of assignment with the service's own texts
//! (tenant-api.md, sections 2.4 and 6).

use rusqlite::types::Value as Sql;
use rusqlite::{OptionalExtension, params};
use serde_json::{Value, json};

use crate::call::Refusal;
use crate::ids::ZERO;
use crate::json;
use crate::people::{Person, plan};
use crate::store::{Store, body};

/// The operators that numbers come from.
pub const MICROSOFT: &str = "c4d93ab5-2d9c-4f0c-8a30-0b0f8a0a3f7d";
pub const OWN_TRUNKS: &str = "83d289bc-a4d3-41e6-8a3f-cff260a3f091";

/// How a number is to be assigned.
#[derive(Debug, Default)]
pub struct Wish {
    /// As typed: with or without `tel:` and `+`.
    pub number: String,
    /// `DirectRouting`, `CallingPlan` or `OperatorConnect`; absent: what the inventory says, else direct routing.
    pub kind: Option<String>,
    pub location: Option<String>,
    pub site: Option<String>,
    pub category: Option<String>,
}

/// The form that numbers have in the store: `+` and digits, an extension after `;ext=`.
pub fn normalise(number: &str) -> Result<String, Refusal> {
    let bare = number.trim();
    let bare = if bare.get(..4).is_some_and(|h| h.eq_ignore_ascii_case("tel:")) { &bare[4..] } else { bare };
    let (main, extension) = bare.split_once(";ext=").map_or((bare, None), |(m, e)| (m, Some(e)));
    let digits = main.strip_prefix('+').unwrap_or(main);
    let fits = |s: &str, most: usize| (1..=most).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_digit());
    if !fits(digits, 20) || extension.is_some_and(|e| !fits(e, 20)) {
        return Err(Refusal::number(400, format!("'{number}' is not a valid telephone number.")));
    }
    Ok(match extension {
        Some(e) => format!("+{digits};ext={e}"),
        None => format!("+{digits}"),
    })
}

/// A number of the inventory that nobody has.
pub fn blank(number: &str, kind: &str) -> Value {
    let direct = kind.eq_ignore_ascii_case("DirectRouting");
    json!({
        "TelephoneNumber": number,
        "OperatorId": if direct { OWN_TRUNKS } else { MICROSOFT },
        "NumberType": kind,
        "ActivationState": "Activated",
        "AssignedPstnTargetId": null,
        "AssignmentCategory": null,
        "Capability": if direct { json!(["ConferenceAssignment", "VoiceApplicationAssignment", "UserAssignment"]) }
                      else { json!(["UserAssignment"]) },
        "City": null,
        "CivicAddressId": ZERO,
        "IsoCountryCode": null,
        "IsoSubdivision": null,
        "LocationId": ZERO,
        "LocationUpdateSupported": !direct,
        "NetworkSiteId": null,
        "PortInOrderStatus": null,
        "PstnAssignmentStatus": "Unassigned",
        "PstnPartnerId": null,
        "PstnPartnerName": null,
        "NumberSource": "Online",
        "ReverseNumberLookup": [],
        "Tag": [],
    })
}

impl Store {
    pub fn number(&self, number: &str) -> rusqlite::Result<Option<Value>> {
        let mut query = self.db.prepare_cached("SELECT body FROM number WHERE number=?1")?;
        query.query_row([number], body).optional()
    }

    pub fn save_number(&self, number: &Value) -> rusqlite::Result<()> {
        let text = |name: &str| json::text(number, name);
        let mut statement = self.db.prepare_cached("INSERT OR REPLACE INTO number VALUES (?1,?2,?3,?4,?5)")?;
        let target = json::filled(number, "AssignedPstnTargetId");
        let values = params![
            text("TelephoneNumber"),
            text("NumberType"),
            text("PstnAssignmentStatus"),
            target,
            number.to_string()
        ];
        statement.execute(values).map(drop)
    }

    pub fn remove_number(&self, number: &str) -> rusqlite::Result<()> {
        self.db.prepare_cached("DELETE FROM number WHERE number=?1")?.execute([number]).map(drop)
    }

    /// The numbers of a user, the primary one first.
    pub fn numbers_of(&self, user: &str) -> rusqlite::Result<Vec<Value>> {
        self.bodies(
            "SELECT body FROM number WHERE target=?1
             ORDER BY json_extract(body,'$.AssignmentCategory')<>'Primary', number",
            &[Sql::Text(user.to_owned())],
        )
    }
}

/// Gives a number to a user or resource account; a primary number that the target had before is given up.
pub fn assign(store: &Store, target: &Person, wish: &Wish) -> Result<(), Refusal> {
    let number = normalise(&wish.number)?;
    let known = store.number(&number)?;
    let kind = kind_of(wish, known.as_ref())?;
    let refuse = |text: String| Err(Refusal::number(400, text));
    let mut entry = match known {
        Some(entry) => entry,
        // Only direct routing numbers may come from outside the inventory.
        None if kind == "DirectRouting" => blank(&number, &kind),
        None => return Err(not_found(store, &number)?),
    };
    if json::text(&entry, "NumberType").is_none_or(|t| t != kind) {
        return Err(not_found(store, &number)?);
    }
    let holder = json::filled(&entry, "AssignedPstnTargetId");
    if holder.as_deref().is_some_and(|h| !h.eq_ignore_ascii_case(target.id())) {
        return refuse(format!("Telephone Number '{number}' has already been assigned to another user."));
    }
    if json::flag(&entry, "AssignmentBlocked") == Some(true) {
        return refuse(format!("Telephone Number '{number}' is blocked from assignment."));
    }
    check_licence(target, &kind)?;
    let capability = if target.is_resource_account() { "VoiceApplicationAssignment" } else { "UserAssignment" };
    if !json::texts(&entry, "Capability").iter().any(|c| c == capability) {
        return refuse(format!("Telephone Number '{number}' does not have the capability '{capability}'."));
    }
    place(store, &mut entry, wish, &kind)?;
    let category = wish.category.clone().filter(|c| !c.is_empty()).unwrap_or_else(|| "Primary".to_owned());
    if !["Primary", "Private", "Alternate"].iter().any(|c| c.eq_ignore_ascii_case(&category)) {
        return refuse(format!("'{category}' is not a valid assignment category."));
    }
    if category.eq_ignore_ascii_case("Primary") {
        for old in store.numbers_of(target.id())? {
            let text = json::text(&old, "TelephoneNumber").unwrap_or_default();
            if text != number && json::text(&old, "AssignmentCategory").as_deref() == Some("Primary") {
                give_back(store, old)?;
            }
        }
    }
    let status = if target.is_resource_account() { "VoiceApplicationAssigned" } else { "UserAssigned" };
    json::merge(
        &mut entry,
        &json!({"AssignedPstnTargetId": target.id(), "AssignmentCategory": category, "PstnAssignmentStatus": status}),
    );
    store.save_number(&entry)?;
    follow(store, target)
}

/// Takes a number, or all of them, from a user. A number of somebody else is an error.
pub fn unassign(store: &Store, target: &Person, number: Option<&str>, kind: Option<&str>) -> Result<(), Refusal> {
    let wanted = number.map(normalise).transpose()?;
    let mut found = false;
    for entry in store.numbers_of(target.id())? {
        let same = |name: &str, value: &str| json::text(&entry, name).is_some_and(|v| v.eq_ignore_ascii_case(value));
        if wanted.as_deref().is_none_or(|w| same("TelephoneNumber", w)) && kind.is_none_or(|k| same("NumberType", k)) {
            found = true;
            give_back(store, entry)?;
        }
    }
    match wanted {
        Some(number) if !found => {
            let text = format!("Telephone Number '{number}' is not assigned to the user '{}'.", target.upn());
            Err(Refusal::number(400, text))
        }
        _ => follow(store, target),
    }
}

/// Puts a number back into the inventory. Direct routing numbers that were never uploaded are forgotten.
pub fn give_back(store: &Store, mut entry: Value) -> Result<(), Refusal> {
    let number = json::text(&entry, "TelephoneNumber").unwrap_or_default();
    let direct = json::text(&entry, "NumberType").as_deref() == Some("DirectRouting");
    if direct && json::flag(&entry, "Uploaded") != Some(true) {
        return Ok(store.remove_number(&number)?);
    }
    json::merge(
        &mut entry,
        &json!({"AssignedPstnTargetId": null, "AssignmentCategory": null, "PstnAssignmentStatus": "Unassigned"}),
    );
    Ok(store.save_number(&entry)?)
}

/// Line URI and Enterprise Voice of a user follow the numbers.
fn follow(store: &Store, target: &Person) -> Result<(), Refusal> {
    let numbers = store.numbers_of(target.id())?;
    let line = numbers.first().and_then(|n| json::text(n, "TelephoneNumber")).map(|n| format!("tel:{n}"));
    let own_trunk = numbers.first().is_some_and(|n| n["NumberSource"] == "OnPremises");
    let Some(person) = store.person(target.id())? else { return Ok(()) };
    let mut changes = json!({"lineUri": line, "onPremLineUri": line.as_ref().filter(|_| own_trunk)});
    if !person.is_resource_account() {
        changes["enterpriseVoiceEnabled"] = json!(line.is_some());
    }
    store.change_person(&person, &changes)?;
    Ok(())
}

fn kind_of(wish: &Wish, known: Option<&Value>) -> Result<String, Refusal> {
    let given = wish.kind.as_deref().filter(|k| !k.is_empty());
    match given {
        None => Ok(known.and_then(|n| json::text(n, "NumberType")).unwrap_or_else(|| "DirectRouting".to_owned())),
        Some(kind) => KINDS
            .iter()
            .find(|k| k.eq_ignore_ascii_case(kind))
            .map(|k| (*k).to_owned())
            .ok_or_else(|| Refusal::number(400, format!("'{kind}' is not a valid telephone number type."))),
    }
}

const KINDS: &[&str] = &["DirectRouting", "CallingPlan", "OperatorConnect", "OCMobile"];

fn check_licence(target: &Person, kind: &str) -> Result<(), Refusal> {
    let phone_system = match target.is_resource_account() {
        true => target.has_plan(plan::RESOURCE_ACCOUNT) || target.has_plan(plan::PHONE_SYSTEM),
        false => target.has_plan(plan::PHONE_SYSTEM),
    };
    let calling_plan =
        target.is_resource_account() || target.has_plan(plan::DOMESTIC) || target.has_plan(plan::INTERNATIONAL);
    if phone_system && (kind != "CallingPlan" || calling_plan) {
        return Ok(());
    }
    let text = format!("User '{}' lacks appropriate licenses to assign a '{kind}' number.", target.upn());
    Err(Refusal::number(400, text))
}

/// Location and network site of the number; a calling plan number needs a location.
fn place(store: &Store, entry: &mut Value, wish: &Wish, kind: &str) -> Result<(), Refusal> {
    if let Some(id) = wish.location.as_deref().filter(|l| !l.is_empty()) {
        set_location(store, entry, id)?;
    } else if kind == "CallingPlan" && json::text(entry, "LocationId").is_none_or(|l| l == ZERO) {
        let number = json::text(entry, "TelephoneNumber").unwrap_or_default();
        let text = format!("A location is required to assign the 'CallingPlan' number '{number}'. Specify LocationId.");
        return Err(Refusal::number(400, text));
    }
    if let Some(site) = wish.site.as_deref() {
        set_site(store, entry, site)?;
    }
    Ok(())
}

/// `null` as text clears the location, as the cmdlet does.
pub fn set_location(store: &Store, entry: &mut Value, id: &str) -> Result<(), Refusal> {
    let (location, address) = if id.is_empty() || id.eq_ignore_ascii_case("null") || id == ZERO {
        (ZERO.to_owned(), ZERO.to_owned())
    } else {
        let found = store.get("location", id)?;
        let found = found.ok_or_else(|| Refusal::number(400, format!("Location '{id}' was not found.")))?;
        (id.to_owned(), json::text(&found, "civicAddressId").unwrap_or_default())
    };
    json::merge(entry, &json!({"LocationId": location, "CivicAddressId": address}));
    Ok(())
}

pub fn set_site(store: &Store, entry: &mut Value, site: &str) -> Result<(), Refusal> {
    let none = site.is_empty() || site.eq_ignore_ascii_case("null");
    if !none && store.get("config/TenantNetworkSite", site)?.is_none() {
        return Err(Refusal::number(400, format!("Network site '{site}' was not found.")));
    }
    json::set(entry, "NetworkSiteId", if none { Value::Null } else { json!(site) });
    Ok(())
}

pub fn not_found(store: &Store, number: &str) -> Result<Refusal, Refusal> {
    let tenant = store.tenant_id()?;
    Ok(Refusal::number(400, format!("Telephone Number '{number}' is not found from tenant '{tenant}'.")))
}

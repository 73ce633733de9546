//! Call records: made up from the seed for users with a number, the same for every reading, as Graph and the portal
//! show them. Nothing is stored.

use serde_json::{Value, json};

use crate::ids::{Sequence, stamp};
use crate::json;
use crate::people::Person;
use crate::store::Store;

/// Big tenants have records of their first users with a number only.
const MOST_USERS: usize = 500;
const DAY: i64 = 86_400;

/// One call, before it is given a shape.
struct Call<'a> {
    person: &'a Person,
    /// The user's own number.
    own: String,
    other: String,
    start: i64,
    duration: i64,
    outbound: bool,
    country: &'static str,
    sequence: Sequence,
}

fn each<T>(
    store: &Store,
    kind: &str,
    from: i64,
    to: i64,
    mut shape: impl FnMut(&mut Call) -> T,
) -> rusqlite::Result<Vec<T>> {
    let seed: u64 = store.meta("seed")?.parse().unwrap_or(1);
    let people = store.people("voice=1 AND line IS NOT NULL AND deleted=0", &[], "seq", MOST_USERS)?;
    let mut owners = Vec::new();
    for person in &people {
        let number = store.numbers_of(person.id())?.into_iter().next();
        let direct = number.is_some_and(|n| json::text(&n, "NumberType").as_deref() == Some("DirectRouting"));
        if direct == (kind == "DirectRouting") {
            owners.push(person);
        }
    }
    let mut rows = Vec::new();
    for day in from.div_euclid(DAY)..=to.div_euclid(DAY) {
        for person in &owners {
            let mut sequence = Sequence::of(seed, kind, person.seq as usize * 100_000 + day as usize % 100_000);
            for _ in 0..sequence.below(3) {
                let start = day * DAY + 8 * 3600 + sequence.below(9 * 3600) as i64;
                let duration = 5 + sequence.below(1800) as i64;
                let outbound = sequence.below(2) == 0;
                let (country, code) = [("US", "1206555"), ("GB", "44207946"), ("DE", "493023125")][sequence.below(3)];
                let other = format!("+{code}{:04}", sequence.below(10_000));
                let own = person.text("lineUri").trim_start_matches("tel:").to_owned();
                if start < from || start > to {
                    continue;
                }
                rows.push(shape(&mut Call {
                    person,
                    own,
                    other,
                    start,
                    duration,
                    outbound,
                    country,
                    sequence: Sequence::new(sequence.next()),
                }));
            }
        }
    }
    Ok(rows)
}

/// Calls over calling plans, as rows of the PSTN log.
pub fn pstn(store: &Store, from: i64, to: i64) -> rusqlite::Result<Vec<Value>> {
    each(store, "CallingPlan", from, to, |call| {
        let home = call.person.text("usageLocation");
        let domestic = home == call.country;
        let charge = if call.outbound && !domestic { (call.duration as f64 / 60.0).ceil() * 0.03 } else { 0.0 };
        let (caller, callee) = if call.outbound { (&call.own, &call.other) } else { (&call.other, &call.own) };
        json!({
            "id": call.sequence.guid(), "callId": call.sequence.guid(), "userId": call.person.id(),
            "userPrincipalName": call.person.upn(), "userDisplayName": call.person.text("displayName"),
            "startDateTime": stamp(call.start), "endDateTime": stamp(call.start + call.duration),
            "duration": call.duration, "charge": (charge * 100.0).round() / 100.0,
            "callType": if call.outbound { "user_out" } else { "user_in" }, "currency": "USD", "calleeNumber": callee,
            "usageCountryCode": home, "tenantCountryCode": "US", "connectionCharge": 0.0, "callerNumber": caller,
            "destinationContext": if domestic { "Domestic" } else { "International" },
            "destinationName": country_name(call.country), "conferenceId": null,
            "licenseCapability": if domestic { "MCOPSTN1" } else { "MCOPSTN2" }, "inventoryType": "Subscriber",
            "operator": "Microsoft", "callDurationSource": "microsoft",
        })
    })
}

/// Calls over the company's own gateways.
pub fn direct_routing(store: &Store, from: i64, to: i64) -> rusqlite::Result<Vec<Value>> {
    let gateways = store.entries("config/OnlinePSTNGateway")?;
    let gateway = gateways.first().map_or("sbc1.contoso.com", |(name, _)| name.as_str()).to_owned();
    each(store, "DirectRouting", from, to, |call| {
        let good = call.sequence.below(20) > 0;
        let duration = if good { call.duration } else { 0 };
        let (caller, callee) = if call.outbound { (&call.own, &call.other) } else { (&call.other, &call.own) };
        json!({
            "id": call.sequence.guid(), "correlationId": call.sequence.guid(), "userId": call.person.id(),
            "userPrincipalName": call.person.upn(), "userDisplayName": call.person.text("displayName"),
            "startDateTime": good.then(|| stamp(call.start)), "inviteDateTime": stamp(call.start - 3),
            "failureDateTime": (!good).then(|| stamp(call.start)), "endDateTime": stamp(call.start + duration),
            "duration": duration, "callType": if call.outbound { "ByotOut" } else { "ByotIn" }, "successfulCall": good,
            "callerNumber": caller, "calleeNumber": callee, "mediaPathLocation": "EUWE", "signalingLocation": "EUNO",
            "finalSipCode": if good { 0 } else { 486 }, "callEndSubReason": if good { 0 } else { 560_486 },
            "finalSipCodePhrase": if good { "BYE" } else { "Busy Here" }, "trunkFullyQualifiedDomainName": gateway,
            "mediaBypassEnabled": false,
        })
    })
}

fn country_name(code: &str) -> &'static str {
    crate::seed::PLACES.iter().find(|p| p.country == code).map_or("", |p| p.country_name)
}

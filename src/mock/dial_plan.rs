//! What becomes of a dialled number: effective dial plans and their test, translation rules, blocked and unassigned
//! number patterns. Rules are .NET regular expressions, taken in order; the first that matches wins.

use fancy_regex::{Captures, Regex};
use serde_json::{Value, json};

use crate::call::{Answer, Call, Refusal, ok};
use crate::configuration::{find_identity, stored};
use crate::grants::effective_policy;
use crate::json;
use crate::people::Person;
use crate::route::{Route, config};
use crate::store::Store;
use crate::types;
use crate::users;

pub const ROUTES: &[Route] = &[
    config("GET", "/Skype.Policy/effectiveTenantDialPlan/{userId}", effective),
    config("POST", "/Skype.Policy/effectiveTenantDialPlan/test/{number}", test),
    config("POST", "/Skype.Policy/voiceNormalizationRule/test/{number}", test_rule),
    config("GET", "/Teams.PstnHub/translationrule", translation),
    config("GET", "/Teams.PstnHub/unassignednumber", unassigned),
    config("GET", "/Teams.PstnHub/inboundBlockedNumber", blocked),
];

/// Name, pattern and translation of a rule.
type Rule = (&'static str, &'static str, &'static str);

/// The plans of the countries.
const COUNTRIES: &[(&str, &[Rule])] = &[
    (
        "US",
        &[("US_Domestic", r"^1?([2-9]\d{2}[2-9]\d{6})$", "+1$1"), ("US_International", r"^011([1-9]\d{6,14})$", "+$1")],
    ),
    (
        "CA",
        &[("CA_Domestic", r"^1?([2-9]\d{2}[2-9]\d{6})$", "+1$1"), ("CA_International", r"^011([1-9]\d{6,14})$", "+$1")],
    ),
    ("GB", &[("GB_Domestic", r"^0([1-9]\d{8,9})$", "+44$1"), ("GB_International", r"^00([1-9]\d{6,14})$", "+$1")]),
    ("DE", &[("DE_Domestic", r"^0([1-9]\d{5,12})$", "+49$1"), ("DE_International", r"^00([1-9]\d{6,14})$", "+$1")]),
    ("FR", &[("FR_Domestic", r"^0([1-9]\d{8})$", "+33$1"), ("FR_International", r"^00([1-9]\d{6,14})$", "+$1")]),
];

const ELSEWHERE: &[Rule] = &[("International", r"^00([1-9]\d{6,14})$", "+$1")];

fn country_rules(country: &str) -> Vec<Value> {
    let rules = COUNTRIES.iter().find(|(c, _)| c.eq_ignore_ascii_case(country)).map_or(ELSEWHERE, |(_, rules)| rules);
    let rule = |(name, pattern, translation): &Rule| {
        json!({"Description": format!("Service country rule for {country}"), "Pattern": pattern,
               "Translation": translation, "Name": name, "IsInternalExtension": false})
    };
    rules.iter().map(rule).collect()
}

fn plan_rules(store: &Store, plan: &str) -> Result<Vec<Value>, Refusal> {
    let Some(of) = types::find("TenantDialPlan") else { return Ok(Vec::new()) };
    let Some((id, _)) = find_identity(store, of, plan)? else {
        return Err(Refusal::policy(
            404,
            format!("Cannot find \"TenantDialPlan\" \"Tag:{plan}\" because it does not exist."),
        ));
    };
    Ok(json::items(&stored(store, of, &id)?, "NormalizationRules").to_vec())
}

fn plan_name(store: &Store, user: &Person) -> Result<String, Refusal> {
    let plan = effective_policy(store, user, "TenantDialPlan")?;
    Ok(format!("{}_{}_{plan}", store.tenant_id()?, user.text("usageLocation")))
}

/// Country and tenant plan of an effective plan's name, `{tenant}_{country}_{plan}`.
fn split_name(name: &str) -> Option<(&str, &str)> {
    let (_, rest) = name.split_once('_')?;
    rest.split_once('_')
}

fn effective(call: &Call) -> Answer {
    let user = users::find(call, call.param("userId"))?;
    let plan = effective_policy(call.store, &user, "TenantDialPlan")?;
    let mut rules = plan_rules(call.store, &plan)?;
    rules.extend(country_rules(user.text("usageLocation")));
    ok(json!({"EffectiveTenantDialPlanName": plan_name(call.store, &user)?, "NormalizationRules": rules}))
}

fn test(call: &Call) -> Answer {
    let number = call.param("number");
    let name = match json::filled(&call.body, "EffectiveTenantDialPlanName") {
        Some(name) => name,
        None => {
            let key = json::filled(&call.body, "Identity").unwrap_or_default();
            plan_name(call.store, &users::find(call, &key)?)?
        }
    };
    let Some((country, plan)) = split_name(&name) else {
        return Err(Refusal::policy(400, format!("The effective tenant dial plan name \"{name}\" is not valid.")));
    };
    let mut rules = plan_rules(call.store, plan)?;
    if json::flag(&call.body, "TenantScopeOnly") != Some(true) {
        rules.extend(country_rules(country));
    }
    let (rule, translated) = apply(&rules, number);
    ok(json!({"MatchingRule": rule, "TranslatedNumber": translated}))
}

fn test_rule(call: &Call) -> Answer {
    let rules = match json::field(&call.body, "NormalizationRule") {
        Some(Value::Array(rules)) => rules.clone(),
        Some(rule) => vec![rule.clone()],
        None => Vec::new(),
    };
    ok(json!({"TranslatedNumber": apply(&rules, call.param("number")).1}))
}

/// The first rule that matches and what it makes of the number.
fn apply(rules: &[Value], number: &str) -> (Option<Value>, Option<String>) {
    for rule in rules {
        let pattern = json::text(rule, "Pattern").unwrap_or_default();
        if let Some(translated) = translate(&pattern, &json::text(rule, "Translation").unwrap_or_default(), number) {
            return (Some(rule.clone()), Some(translated));
        }
    }
    (None, None)
}

/// A pattern that the service takes: valid and at most 1024 characters long.
pub fn compile(pattern: &str) -> Option<Regex> {
    (pattern.len() <= 1024).then(|| Regex::new(pattern).ok()).flatten()
}

/// Replaces what matches, as .NET's Regex.Replace does; `None` when nothing matches.
fn translate(pattern: &str, translation: &str, number: &str) -> Option<String> {
    let regex = compile(pattern)?;
    // A pattern that backtracks without end counts as one that does not match.
    regex.is_match(number).ok().filter(|m| *m)?;
    regex.try_replacen(number, 0, |found: &Captures<str>| expand(translation, found)).ok().map(|text| text.into_owned())
}

/// `$1`, `${1}`, `${name}`, `$&` and `$$` in a replacement.
fn expand(template: &str, found: &Captures<str>) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let group = |name: &str| match name.parse::<usize>() {
            Ok(n) => found.get(n).map(|m| m.as_str()),
            Err(_) => found.name(name).map(|m| m.as_str()),
        };
        if digits > 0 {
            out.push_str(group(&rest[..digits]).unwrap_or_default());
            rest = &rest[digits..];
        } else if let Some((name, tail)) = rest.strip_prefix('{').and_then(|r| r.split_once('}')) {
            out.push_str(group(name).unwrap_or_default());
            rest = tail;
        } else if let Some(tail) = rest.strip_prefix('&') {
            out.push_str(group("0").unwrap_or_default());
            rest = tail;
        } else {
            rest = rest.strip_prefix('$').unwrap_or(rest);
            out.push('$');
        }
    }
    out + rest
}

fn phone_number<'a>(call: &'a Call) -> Result<&'a str, Refusal> {
    call.query("phoneNumber").ok_or_else(|| Refusal::newer(400, "BadRequest", "The phone number is missing."))
}

fn rows(call: &Call, kind: &str, order: &str) -> Result<Vec<(String, Value)>, Refusal> {
    let mut rows = call.store.entries(&format!("config/{kind}"))?;
    rows.sort_by_key(|(_, row)| json::integer(row, order));
    Ok(rows)
}

fn matches(row: &Value, number: &str) -> bool {
    let pattern = json::text(row, "Pattern").unwrap_or_default();
    compile(&pattern).is_some_and(|r| r.is_match(number).unwrap_or(false))
}

fn translation(call: &Call) -> Answer {
    let number = phone_number(call)?;
    for (id, rule) in rows(call, "TeamsTranslationRule", "")? {
        let text = |name: &str| json::text(&rule, name).unwrap_or_default();
        if let Some(translated) = translate(&text("Pattern"), &text("Translation"), number) {
            return ok(json!({"Identity": id, "Pattern": text("Pattern"), "PhoneNumberTranslated": translated,
                             "Translation": text("Translation")}));
        }
    }
    ok(json!({"Identity": null, "Pattern": null, "PhoneNumberTranslated": null, "Translation": null}))
}

fn unassigned(call: &Call) -> Answer {
    let number = phone_number(call)?;
    let found = rows(call, "TeamsUnassignedNumberTreatment", "TreatmentPriority")?
        .into_iter()
        .find(|(_, r)| matches(r, number));
    ok(match found {
        Some((id, row)) => json!({
            "TreatmentId": id, "Pattern": row["Pattern"], "TargetType": row["TargetType"], "Target": row["Target"],
            "Priority": row["TreatmentPriority"], "Description": row["Description"]}),
        None => Value::Null,
    })
}

fn blocked(call: &Call) -> Answer {
    let number = phone_number(call)?;
    let global = call.store.get("config/TenantBlockedCallingNumbers", "Global")?;
    let on = global.is_none_or(|g| json::flag(&g, "Enabled") != Some(false));
    let any = |kind: &str| -> Result<bool, Refusal> {
        let rows = rows(call, kind, "")?;
        Ok(rows.iter().any(|(_, r)| json::flag(r, "Enabled") != Some(false) && matches(r, number)))
    };
    let blocked = on && any("InboundBlockedNumberPattern")? && !any("InboundExemptNumberPattern")?;
    ok(json!({"isNumberBlocked": blocked, "errorMessage": null}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replacements_follow_dotnet() {
        assert_eq!(translate(r"^(\d{4})$", "+1425555$1", "1234").as_deref(), Some("+14255551234"));
        assert_eq!(translate(r"^9(\d+)$", "+${1}0", "9123").as_deref(), Some("+1230"));
        assert_eq!(translate(r"^(?<n>\d+)$", "$$${n}-$&", "12").as_deref(), Some("$12-12"));
        assert_eq!(translate(r"^\d$", "x", "12"), None);
    }
}

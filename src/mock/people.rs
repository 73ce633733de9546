//! Users in the store: how they are found, saved and licensed. What a service shows of them is composed by that service
//! (`users`, `conferencing`, `graph_users`).

use rusqlite::types::Value as Sql;
use rusqlite::{OptionalExtension, params};
use serde_json::{Map, Value, json};

use crate::filter::Column;
use crate::json;
use crate::store::{Store, body};
use crate::types;

/// The service plans that the rules ask for.
pub mod plan {
    pub const PHONE_SYSTEM: &str = "MCOEV";
    pub const RESOURCE_ACCOUNT: &str = "MCOEV_VIRTUALUSER";
    pub const DOMESTIC: &str = "MCOPSTN1";
    pub const INTERNATIONAL: &str = "MCOPSTN2";
    pub const CONFERENCING: &str = "MCOMEETADV";
    pub const TEAMS: &str = "TEAMS1";
}

/// One user: the document and what was computed from its licences.
#[derive(Clone, Debug)]
pub struct Person {
    pub seq: i64,
    pub body: Value,
    plans: String,
}

impl Person {
    pub fn id(&self) -> &str {
        self.text("objectId")
    }

    pub fn upn(&self) -> &str {
        self.text("userPrincipalName")
    }

    pub fn text(&self, name: &str) -> &str {
        self.body.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    pub fn flag(&self, name: &str) -> bool {
        self.body.get(name).and_then(Value::as_bool).unwrap_or(name == "accountEnabled")
    }

    /// Addresses of the user, the primary one in capitals.
    pub fn addresses(&self) -> Value {
        match self.body.get("proxyAddresses") {
            Some(given) => given.clone(),
            None => json!([format!("SMTP:{}", self.upn()), self.text("sipAddress")]),
        }
    }

    /// When the user was changed last.
    pub fn changed(&self) -> &str {
        let changed = self.text("whenChanged");
        if changed.is_empty() { self.text("whenCreated") } else { changed }
    }

    /// Whether a licence with this service plan is assigned and the plan not switched off.
    pub fn has_plan(&self, plan: &str) -> bool {
        self.plans.split(' ').any(|p| p == plan)
    }

    pub fn plans(&self) -> impl Iterator<Item = &str> {
        self.plans.split(' ').filter(|p| !p.is_empty())
    }

    /// Resource accounts are users for the directory, not for people's policies.
    pub fn is_resource_account(&self) -> bool {
        self.text("accountType") == "ResourceAccount"
    }
}

/// Members that people have alike, as JSON. A document holds one only where it differs, which keeps it small.
const COMMON: &[(&str, &str)] = &[
    ("accountEnabled", "true"),
    ("lineUri", "null"),
    ("onPremLineUri", "null"),
    ("enterpriseVoiceEnabled", "false"),
    ("isSipEnabled", "true"),
    ("company", "\"Contoso\""),
    ("hostingProvider", "\"sipfed.online.lync.com\""),
    ("registrarPool", "\"sippooldb41e05.infra.lync.com\""),
    ("interpretedUserType", "\"PureOnlineTeamsOnlyUser\""),
    ("serviceInstance", "\"MicrosoftCommunicationsOnline/EMEA-1\""),
    ("dirSyncEnabled", "false"),
    ("hideFromAddressLists", "false"),
    ("optionFlags", "[]"),
    ("provisionedPlan", "[]"),
    ("serviceInfo", "[]"),
    ("userValidationErrors", "[]"),
    ("lastProvisionTimeStamps", "{}"),
    ("lastPublishTimeStamps", "{}"),
];

/// The common members as values, for those who show people.
pub fn common() -> Map<String, Value> {
    let read = |(name, text): &(&str, &str)| ((*name).to_owned(), serde_json::from_str(text).unwrap_or_default());
    COMMON.iter().map(read).collect()
}

/// A path expression for a stored member: what people have alike where the document does not say otherwise.
fn extract(name: &str) -> String {
    let path = format!("json_extract(body,'$.{name}')");
    match COMMON.iter().find(|(n, _)| *n == name).map(|(_, text)| text.trim_matches('"')) {
        Some(text) if !text.starts_with(['[', '{', 'n']) => format!("COALESCE({path},'{text}')"),
        _ => path,
    }
}

const PERSON: &str = "SELECT body, seq, plans FROM user";

fn person(row: &rusqlite::Row) -> rusqlite::Result<Person> {
    Ok(Person { body: body(row)?, seq: row.get(1)?, plans: row.get(2)? })
}

impl Store {
    /// The user with this object id, UPN or SIP address.
    pub fn person(&self, key: &str) -> rusqlite::Result<Option<Person>> {
        let address = if key.to_ascii_lowercase().starts_with("sip:") { key.to_owned() } else { format!("sip:{key}") };
        for (column, key) in [("id", key), ("upn", key), ("sip", &address)] {
            let sql = format!("{PERSON} WHERE {column}=?1 AND deleted=0");
            if let Some(found) = self.db.prepare_cached(&sql)?.query_row([key], person).optional()? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// Users that fit a condition, in the order they were made unless `order` says otherwise.
    pub fn people(&self, condition: &str, values: &[Sql], order: &str, limit: usize) -> rusqlite::Result<Vec<Person>> {
        let sql = format!("{PERSON} WHERE {condition} ORDER BY {order} LIMIT {limit}");
        let mut query = self.db.prepare_cached(&sql)?;
        query.query_map(rusqlite::params_from_iter(values), person)?.collect()
    }

    /// Adds or replaces a user; the columns follow the document.
    pub fn save_person(&self, user: &Value) -> rusqlite::Result<()> {
        let text = |name: &str| json::text(user, name);
        let flag = |name: &str, common: bool| json::flag(user, name).unwrap_or(common);
        let mut statement = self.db.prepare_cached(
            "INSERT INTO user (id,upn,sip,name,line,voice,enabled,type,location,department,city,plans,deleted,body)
             VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14)
             ON CONFLICT (id) DO UPDATE SET upn=?2,sip=?3,name=?4,line=?5,voice=?6,enabled=?7,type=?8,location=?9,
             department=?10,city=?11,plans=?12,deleted=?13,body=?14",
        )?;
        let deleted = json::filled(user, "softDeletionTimestamp").is_some();
        statement.execute(params![
            text("objectId"),
            text("userPrincipalName"),
            json::filled(user, "sipAddress"),
            text("displayName"),
            json::filled(user, "lineUri"),
            flag("enterpriseVoiceEnabled", false),
            flag("accountEnabled", true),
            text("accountType"),
            text("usageLocation"),
            text("department"),
            text("city"),
            self.plan_words(user)?,
            deleted,
            user.to_string(),
        ])?;
        self.save_licences(user)
    }

    /// Which licences the user has, for counting them.
    fn save_licences(&self, user: &Value) -> rusqlite::Result<()> {
        let id = json::text(user, "objectId").unwrap_or_default();
        self.db.prepare_cached("DELETE FROM licence WHERE user=?1")?.execute([&id])?;
        if json::filled(user, "softDeletionTimestamp").is_some() {
            return Ok(());
        }
        for licence in json::items(user, "assignedLicenses") {
            let sku = json::text(licence, "skuId").unwrap_or_default();
            self.db.prepare_cached("INSERT OR IGNORE INTO licence VALUES (?1, ?2)")?.execute([&sku, &id])?;
        }
        Ok(())
    }

    /// Changes members of a user and stamps the change.
    pub fn change_person(&self, person: &Person, changes: &Value) -> rusqlite::Result<Value> {
        let mut user = person.body.clone();
        json::merge(&mut user, changes);
        json::set(&mut user, "whenChanged", json!(crate::ids::now()));
        self.save_person(&user)?;
        Ok(user)
    }

    /// The service plans that the user's licences switch on, between blanks.
    fn plan_words(&self, user: &Value) -> rusqlite::Result<String> {
        let mut words = String::from(" ");
        for licence in json::items(user, "assignedLicenses") {
            let Some(sku) = self.get("sku", &json::text(licence, "skuId").unwrap_or_default())? else { continue };
            let disabled = json::texts(licence, "disabledPlans");
            for plan in json::items(&sku, "servicePlans") {
                let id = json::text(plan, "servicePlanId").unwrap_or_default();
                let name = json::text(plan, "servicePlanName").unwrap_or_default();
                if !disabled.iter().any(|d| d.eq_ignore_ascii_case(&id)) && !words.contains(&format!(" {name} ")) {
                    words.push_str(&name);
                    words.push(' ');
                }
            }
        }
        Ok(words)
    }

    /// The groups that a user is in.
    pub fn groups_of(&self, user: &str) -> rusqlite::Result<Vec<String>> {
        self.column("SELECT \"group\" FROM member WHERE user=?1", &[Sql::Text(user.to_owned())])
    }
}

/// Where the fields of a user filter are. Policy names read the assignments.
pub fn user_column(field: &str) -> Option<Column> {
    let lower = field.to_ascii_lowercase();
    Some(match lower.as_str() {
        "identity" | "objectid" | "id" | "guid" => Column::Text("id".into()),
        "userprincipalname" | "windowsemailaddress" => Column::Text("upn".into()),
        "sipaddress" | "sipproxyaddress" => Column::Text("sip".into()),
        "displayname" | "name" => Column::Text("name".into()),
        "lineuri" => Column::Text("line".into()),
        "telephonenumber" | "phonenumber" | "number" => Column::Text("substr(line,5)".into()),
        "enterprisevoiceenabled" => Column::Flag("voice".into()),
        "accountenabled" | "enabled" => Column::Flag("enabled".into()),
        "issipenabled" => Column::Flag("COALESCE(json_extract(body,'$.isSipEnabled'),1)".into()),
        "whenchanged" => {
            Column::Text("COALESCE(json_extract(body,'$.whenChanged'),json_extract(body,'$.whenCreated'))".into())
        }
        "accounttype" => Column::Text("type".into()),
        "usagelocation" => Column::Text("location".into()),
        "department" => Column::Text("department".into()),
        "city" => Column::Text("city".into()),
        "assignedplan" | "assignedplans" | "featuretypes" => Column::Words("plans".into()),
        "hostedvoicemail" => Column::Flag("json_extract(body,'$.hostedVoiceMail')".into()),
        "surname" => Column::Text(extract("lastName")),
        "mail" => Column::Text(extract("userPrincipalName")),
        "mailnickname" => Column::Text(extract("alias")),
        "jobtitle" => Column::Text(extract("title")),
        "companyname" => Column::Text(extract("company")),
        "officelocation" => Column::Text(extract("office")),
        "createddatetime" => Column::Text(extract("whenCreated")),
        "pstnconnectivity" => Column::Text(PSTN_CONNECTIVITY.into()),
        "mcovalidationerror" | "uservalidationerrors" => Column::List("$.userValidationErrors".into()),
        "proxyaddresses" => Column::Words("(' SMTP:'||upn||' '||COALESCE(sip,'')||' ')".into()),
        "number/locationid" => Column::Text(of_number("LocationId")),
        "number/civicaddressid" => Column::Text(of_number("CivicAddressId")),
        _ => match types::grantable(field) {
            Some(policy) => {
                Column::Policy(format!("(SELECT policy FROM assignment WHERE user=user.id AND type='{}')", policy.name))
            }
            None => Column::Text(extract(stored_name(&lower)?)),
        },
    })
}

/// Users whose number is a direct routing number reach the network through their own site.
pub const PSTN_CONNECTIVITY: &str = "(SELECT CASE type WHEN 'DirectRouting' THEN 'OnPremises' ELSE 'Online' END \
                                     FROM number WHERE target=user.id LIMIT 1)";

fn of_number(member: &str) -> String {
    format!("(SELECT json_extract(number.body,'$.{member}') FROM number WHERE target=user.id LIMIT 1)")
}

/// The document's spelling of a field that has no column.
fn stored_name(lower: &str) -> Option<&'static str> {
    const NAMES: &[&str] = &[
        "alias",
        "givenName",
        "lastName",
        "onPremLineUri",
        "country",
        "countryAbbreviation",
        "company",
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
        "dirSyncEnabled",
        "hideFromAddressLists",
        "whenCreated",
        "serviceInstance",
        "softDeletionTimestamp",
        "mobilePhone",
    ];
    NAMES.iter().copied().find(|n| n.eq_ignore_ascii_case(lower))
}

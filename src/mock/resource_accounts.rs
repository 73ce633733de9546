//! Teams.PlatformService: resource accounts (application instances); Teams.MediaStorage: audio files.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use rusqlite::types::Value as Sql;
use serde_json::{Value, json};

use crate::call::{Answer, Call, Refusal, Reply, check_link, empty, ok, open_link};
use crate::ids;
use crate::json;
use crate::numbers::{self, Wish};
use crate::people::Person;
use crate::route::{Route, config, open};
use crate::seed;

pub const ROUTES: &[Route] = &[
    config("GET", "/Teams.PlatformService/v2/ApplicationInstances", list),
    config("GET", "/Teams.PlatformService/v2/Legacy/ApplicationInstances", legacy),
    config("GET", "/Teams.PlatformService/v2/ApplicationInstances/{id}", get),
    config("POST", "/Teams.PlatformService/v2/ApplicationInstances", create),
    config("PATCH PUT", "/Teams.PlatformService/v2/ApplicationInstances/{id}", change),
    config("PUT PATCH", "/Teams.PlatformService/v2/ApplicationInstances/{id}/telephoneNumber", set_number),
    config("POST", "/Teams.PlatformService/v2/ApplicationInstances/{id}/sync", sync),
    config("POST", "/Teams.MediaStorage/audiofile", import_audio),
    config("GET", "/Teams.MediaStorage/audiofile/{appId}", list_audio),
    config("GET", "/Teams.MediaStorage/audiofile/{appId}/{id}", get_audio),
    config("GET", "/Teams.MediaStorage/audiofile/{appId}/{id}/content", audio_content),
    config("DELETE", "/Teams.MediaStorage/audiofile/{appId}/{id}", remove_audio),
    open("GET", "/mock-download/audio/{id}", download_audio),
];

fn show(account: &Person, tenant: &str) -> Value {
    json!({
        "objectId": account.id(), "tenantId": tenant, "userPrincipalName": account.upn(),
        "applicationId": account.text("applicationId"), "displayName": account.text("displayName"),
        "phoneNumber": account.body.get("lineUri"), "acsResourceId": account.body.get("acsResourceId"),
    })
}

fn find(call: &Call, key: &str) -> Result<Person, Refusal> {
    let found = call.store.person(key)?.filter(Person::is_resource_account);
    found.ok_or_else(|| Refusal::newer(404, "NotFound", "userId was not found"))
}

fn show_one(call: &Call, key: &str) -> Result<Value, Refusal> {
    Ok(show(&find(call, key)?, &call.store.tenant_id()?))
}

const ACCOUNTS: &str = "type='ResourceAccount' AND deleted=0";

fn list(call: &Call) -> Answer {
    let size = call.page_size(call.query_number("pageSize"), 100, 999);
    let after: i64 = call.query("skipToken").and_then(|t| t.parse().ok()).unwrap_or(0);
    let pattern = format!("%{}%", call.query("keyword").unwrap_or_default());
    let condition = format!("{ACCOUNTS} AND seq>?1 AND (name LIKE ?2 OR upn LIKE ?2)");
    let rows = call.store.people(&condition, &[Sql::Integer(after), Sql::Text(pattern)], "seq", size + 1)?;
    let page: Vec<&Person> = rows.iter().take(size).collect();
    let tenant = call.store.tenant_id()?;
    let token = page.last().filter(|_| rows.len() > size).map(|p| p.seq.to_string());
    ok(
        json!({"applicationInstances": page.into_iter().map(|p| show(p, &tenant)).collect::<Vec<_>>(), "skipToken": token}),
    )
}

fn legacy(call: &Call) -> Answer {
    if let Some(identity) = call.query("identity") {
        return ok(json!([show_one(call, identity)?]));
    }
    let skip = call.query_number("skip").unwrap_or(0);
    let most = call.query_number("resultSize").unwrap_or(usize::MAX);
    let tenant = call.store.tenant_id()?;
    let rows = call.store.people(ACCOUNTS, &[], "seq", 100_000)?;
    ok(rows.iter().skip(skip).take(most).map(|p| show(p, &tenant)).collect())
}

fn get(call: &Call) -> Answer {
    ok(show_one(call, call.param("id"))?)
}

fn create(call: &Call) -> Answer {
    let body = &call.body;
    let bad = |text: String| Err(Refusal::newer(400, "BadRequest", text));
    let upn = json::filled(body, "userPrincipalName").unwrap_or_default();
    let Some((_, domain)) = upn.split_once('@') else {
        return bad(format!("'{upn}' is not a valid user principal name."));
    };
    if call.store.get("domain", domain)?.is_none() {
        return bad(format!("The domain '{domain}' is not a verified domain of the tenant."));
    }
    let application = json::filled(body, "applicationId").unwrap_or_default();
    if !ids::is_guid(&application) {
        return bad(format!("The application id '{application}' is not valid."));
    }
    if call.store.person(&upn)?.is_some() {
        let text = format!("A user with the user principal name '{upn}' already exists.");
        return Err(Refusal::newer(409, "Conflict", text));
    }
    let name =
        json::filled(body, "displayName").unwrap_or_else(|| upn.split('@').next().unwrap_or_default().to_owned());
    let id = ids::guid();
    let mut user = seed::resource_account(&id, &upn, &name, &application);
    user["whenCreated"] = json!(ids::now());
    call.store.save_person(&user)?;
    Ok(Reply::json(201, &show_one(call, &id)?))
}

fn change(call: &Call) -> Answer {
    let account = find(call, call.param("id"))?;
    let mut changes = json!({});
    for name in ["displayName", "applicationId", "acsResourceId"] {
        if let Some(value) = json::field(&call.body, name) {
            changes[name] = value.clone();
        }
    }
    call.store.change_person(&account, &changes)?;
    if json::field(&call.body, "onpremPhoneNumber").is_some() {
        change_number(call, account.id(), json::filled(&call.body, "onpremPhoneNumber"))?;
    }
    ok(show_one(call, account.id())?)
}

fn change_number(call: &Call, id: &str, number: Option<String>) -> Result<(), Refusal> {
    let account = find(call, id)?;
    match number {
        None => numbers::unassign(call.store, &account, None, None),
        Some(number) => numbers::assign(call.store, &account, &Wish { number, ..Wish::default() }),
    }
}

fn set_number(call: &Call) -> Answer {
    let account = find(call, call.param("id"))?;
    change_number(call, account.id(), json::filled(&call.body, "telephoneNumber"))?;
    ok(show_one(call, account.id())?)
}

fn sync(call: &Call) -> Answer {
    // The service answers this one's errors in plain text.
    let known = call.store.person(call.param("id"))?.is_some_and(|p| p.is_resource_account());
    if known {
        ok(json!(true))
    } else {
        Err(Refusal::plain(500, "Application instance was not found in the directory."))
    }
}

// Audio files.

const APPLICATIONS: &[&str] = &["OrgAutoAttendant", "HuntGroup", "TenantGlobal"];
const MOST_AUDIO: usize = 5 << 20;

fn show_audio(call: &Call, file: &Value) -> Value {
    let id = json::text(file, "Id").unwrap_or_default();
    let until = ids::seconds() + 60 * call.query_number("durationInMins").unwrap_or(60) as i64;
    let mut shown = file.clone();
    shown["Content"] = Value::Null;
    shown["DownloadUri"] = json!(open_link(call, &format!("mock-download/audio/{id}"), until));
    shown["DownloadUriExpiryTimestampOffset"] = json!(ids::stamp(until));
    shown
}

fn import_audio(call: &Call) -> Answer {
    let body = &call.body;
    let bad = |text: String| Err(Refusal::item(400, "BadRequest", text));
    let application = json::filled(body, "ApplicationId").unwrap_or_else(|| "TenantGlobal".into());
    let Some(application) = APPLICATIONS.iter().find(|a| a.eq_ignore_ascii_case(&application)) else {
        return bad(format!("The application id '{application}' is not valid."));
    };
    let name = json::filled(body, "OriginalFilename").unwrap_or_default();
    let extension = name.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase()).unwrap_or_default();
    if !["mp3", "wav", "wma"].contains(&extension.as_str()) {
        return bad(format!("The file '{name}' is not in a supported format (mp3, wav, wma)."));
    }
    let content = json::filled(body, "Content").unwrap_or_default();
    let Ok(bytes) = BASE64.decode(content.trim()) else { return bad("The content is not valid base64.".into()) };
    if bytes.is_empty() || bytes.len() > MOST_AUDIO {
        return bad("The content must have between 1 byte and 5 MB.".into());
    }
    let id = ids::guid().replace('-', "");
    let now = ids::now();
    let file = json!({
        "Id": id, "ApplicationId": application, "OriginalFilename": name, "ConvertedFilename": format!("{id}.wav"),
        "ContextId": json::text(body, "ContextId"), "DownloadUri": null, "DownloadUriExpiryTimestampOffset": null,
        "Duration": "00:00:10", "UploadedTimestampOffset": now, "LastAccessedTimestampOffset": now,
        "DeletionTimestampOffset": null, "Content": content,
    });
    call.store.put("audioFile", &id, &file)?;
    Ok(Reply::json(201, &show_audio(call, &file)))
}

fn audio(call: &Call) -> Result<Value, Refusal> {
    let id = call.param("id");
    let missing = || Refusal::item(404, "NotFound", format!("The audio file '{id}' was not found."));
    call.store.get("audioFile", id)?.ok_or_else(missing)
}

fn list_audio(call: &Call) -> Answer {
    let own = |f: &&Value| json::text(f, "ApplicationId").is_some_and(|a| a.eq_ignore_ascii_case(call.param("appId")));
    ok(call.store.list("audioFile")?.iter().filter(own).map(|f| show_audio(call, f)).collect())
}

fn get_audio(call: &Call) -> Answer {
    ok(show_audio(call, &audio(call)?))
}

fn content(file: &Value) -> Reply {
    let bytes = BASE64.decode(json::text(file, "Content").unwrap_or_default().trim()).unwrap_or_default();
    Reply::bytes("application/octet-stream", bytes)
}

fn audio_content(call: &Call) -> Answer {
    Ok(content(&audio(call)?))
}

fn download_audio(call: &Call) -> Answer {
    check_link(call)?;
    Ok(content(&audio(call)?))
}

fn remove_audio(call: &Call) -> Answer {
    let id = audio(call)?["Id"].clone();
    for (kind, what) in [
        ("callQueue", "call queue"),
        ("autoAttendant", "auto attendant"),
        ("config/TeamsCallHoldPolicy", "call hold policy"),
    ] {
        for (name, row) in call.store.entries(kind)? {
            if row.to_string().contains(&id.to_string()) {
                return Err(Refusal::item(
                    400,
                    "BadRequest",
                    format!("The audio file is in use by the {what} '{name}'."),
                ));
            }
        }
    }
    call.store.remove("audioFile", call.param("id"))?;
    empty(204)
}

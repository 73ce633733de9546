//! The identity platform's routes: tokens for seeded users and registered applications, device codes, discovery.
//!
//! A seeded user signs in with any password unless one was set for it; an empty one is wrong. The device code and the
//! browser sign in the administrator.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use ring::digest;
use serde_json::{Value, json};

use crate::call::{Answer, Call, Refusal, Reply, encode, ok, pairs};
use crate::ids;
use crate::json;
use crate::keys::{CONFIG_AUDIENCE, GRAPH_AUDIENCE, LIFETIME, unsigned_claims};
use crate::people::Person;
use crate::route::{Route, open};

pub const ROUTES: &[Route] = &[
    open("POST", "/{tenant}/oauth2/v2.0/token", token),
    open("POST", "/{tenant}/oauth2/v2.0/devicecode", device_code),
    open("GET", "/{tenant}/oauth2/v2.0/authorize", authorize),
    open("GET", "/{tenant}/oauth2/v2.0/logout", logout),
    open("GET", "/{tenant}/v2.0/.well-known/openid-configuration", openid),
    open("GET", "/common/discovery/instance", instance),
    open("GET", "/common/userrealm/{user}", realm),
    open("GET", "/AutoDiscover/AutoDiscoverservice.svc/root", autodiscover),
];

/// How long refresh tokens live, in seconds: 90 days.
const REFRESH: i64 = 90 * 86_400;

struct Form(Vec<(String, String)>);

impl Form {
    fn of(call: &Call) -> Form {
        Form(pairs(&String::from_utf8_lossy(call.raw)))
    }

    fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v)
    }
}

fn token(call: &Call) -> Answer {
    check_tenant(call)?;
    let form = Form::of(call);
    if form.get("client_id").is_empty() {
        return Err(failed(
            "invalid_request",
            900144,
            "The request body must contain the following parameter: 'client_id'.",
        ));
    }
    match form.get("grant_type") {
        "password" => with_password(call, &form),
        "client_credentials" => as_application(call, &form),
        "refresh_token" => with_refresh(call, &form),
        "authorization_code" => with_code(call, &form),
        "urn:ietf:params:oauth:grant-type:device_code" => with_device(call, &form),
        other => Err(failed(
            "unsupported_grant_type",
            70003,
            &format!("The app requested an unsupported grant type '{other}'."),
        )),
    }
}

fn with_password(call: &Call, form: &Form) -> Answer {
    let name = form.get("username");
    let Some(user) = call.store.person(name)? else {
        let text = format!(
            "The user account {name} does not exist in the {} directory. To sign into this application, the account must be \
             added to the directory.",
            call.store.tenant_id()?
        );
        return Err(failed("invalid_grant", 50034, &text));
    };
    let password = form.get("password");
    let wanted = json::filled(&user.body, "password");
    if password.is_empty() || wanted.is_some_and(|w| w != password) {
        return Err(failed(
            "invalid_grant",
            50126,
            "Error validating credentials due to invalid username or password.",
        ));
    }
    if user.is_resource_account() || !user.flag("accountEnabled") {
        return Err(failed("invalid_grant", 50057, "The user account is disabled."));
    }
    for_user(call, &user, form)
}

fn as_application(call: &Call, form: &Form) -> Answer {
    let id = form.get("client_id");
    let tenant = call.store.tenant_id()?;
    let Some(app) = call.store.get("application", id)? else {
        let text = format!("Application with identifier '{id}' was not found in the directory '{tenant}'.");
        return Err(failed("unauthorized_client", 700016, &text));
    };
    if form.get("client_assertion").is_empty() {
        if json::text(&app, "secret").as_deref() != Some(form.get("client_secret")) {
            let text = format!(
                "Invalid client secret provided. Ensure the secret being sent in the request is the client \
                                secret value, not the client secret ID, for a secret added to app '{id}'."
            );
            return Err(failed("invalid_client", 7000215, &text));
        }
    } else {
        let claims = unsigned_claims(form.get("client_assertion")).unwrap_or_default();
        let fits = ["iss", "sub"].iter().all(|c| json::text(&claims, c).as_deref() == Some(id));
        if !fits || json::integer(&claims, "exp").is_none_or(|exp| exp < ids::seconds()) {
            return Err(failed("invalid_client", 700027, "Client assertion failed signature validation."));
        }
    }
    let now = ids::seconds();
    let claims = json!({
        "aud": audience(form.get("scope")), "iss": issuer(&tenant), "iat": now, "nbf": now, "exp": now + LIFETIME,
        "appid": id, "app_displayname": json::text(&app, "displayName"), "idtyp": "app", "oid": json::text(&app, "objectId"),
        "sub": json::text(&app, "objectId"), "tid": tenant, "roles": ["application_access"], "wids": [], "ver": "1.0",
    });
    ok(json!({"token_type": "Bearer", "expires_in": LIFETIME, "ext_expires_in": LIFETIME,
              "access_token": call.keys.sign(&claims)}))
}

fn with_refresh(call: &Call, form: &Form) -> Answer {
    match call.keys.verify(form.get("refresh_token")).filter(|c| json::text(c, "typ").as_deref() == Some("refresh")) {
        Some(claims) => for_object(call, &claims, form),
        None => Err(failed("invalid_grant", 700082, "The refresh token has expired due to inactivity.")),
    }
}

fn with_code(call: &Call, form: &Form) -> Answer {
    let wrong = || failed("invalid_grant", 9002313, "The provided authorization code is malformed or invalid.");
    let claims = call.keys.verify(form.get("code")).ok_or_else(wrong)?;
    let digest = digest::digest(&digest::SHA256, form.get("code_verifier").as_bytes());
    let challenge = json::text(&claims, "challenge").unwrap_or_default();
    if json::text(&claims, "typ").as_deref() != Some("code") || challenge != BASE64.encode(digest) {
        return Err(failed("invalid_grant", 501481, "The Code_Verifier does not match the code_challenge supplied."));
    }
    for_object(call, &claims, form)
}

fn for_object(call: &Call, claims: &Value, form: &Form) -> Answer {
    let id = json::text(claims, "oid").unwrap_or_default();
    match call.store.person(&id)? {
        Some(user) if user.flag("accountEnabled") => for_user(call, &user, form),
        _ => Err(failed("invalid_grant", 50057, "The user account is disabled.")),
    }
}

fn with_device(call: &Call, form: &Form) -> Answer {
    let code = form.get("device_code");
    let Some(mut device) = call.store.get("device", code)? else {
        return Err(failed("bad_verification_code", 70018, "The verification code is invalid."));
    };
    if json::integer(&device, "expires").is_none_or(|e| e < ids::seconds()) {
        return Err(failed(
            "expired_token",
            70020,
            "The provided value for the input parameter 'device_code' is expired.",
        ));
    }
    // The second poll finds the sign-in done; the first is counted although it is refused.
    if json::integer(&device, "polls") == Some(0) {
        device["polls"] = json!(1);
        call.store.put("device", code, &device)?;
        let pending = failed(
            "authorization_pending",
            70016,
            "OAuth 2.0 device flow error. Authorization is pending. Continue polling.",
        );
        return Ok(pending.0);
    }
    call.store.remove("device", code)?;
    match administrator(call)? {
        Some(user) => for_user(call, &user, form),
        None => Err(failed("authorization_declined", 70004, "The user declined to authenticate.")),
    }
}

fn device_code(call: &Call) -> Answer {
    check_tenant(call)?;
    let code = ids::guid();
    let user_code = code[..8].to_ascii_uppercase();
    call.store.put("device", &code, &json!({"polls": 0, "expires": ids::seconds() + 900}))?;
    let address = format!("{}/devicelogin", call.base);
    ok(json!({
        "user_code": user_code, "device_code": code, "verification_uri": address, "expires_in": 900, "interval": 1,
        "message": format!("To sign in, use a web browser to open the page {address} and enter the code {user_code} to authenticate."),
    }))
}

fn authorize(call: &Call) -> Answer {
    check_tenant(call)?;
    let hint = call.query("login_hint").map(|h| call.store.person(h)).transpose()?.flatten();
    let Some(user) = (match hint {
        Some(user) => Some(user),
        None => administrator(call)?,
    }) else {
        return Err(failed("access_denied", 50058, "No user is signed in."));
    };
    let now = ids::seconds();
    let code = call.keys.sign(&json!({
        "typ": "code", "oid": user.id(), "exp": now + 600, "challenge": call.query("code_challenge"),
    }));
    let target = call.query("redirect_uri").unwrap_or("http://localhost");
    let state = call.query("state").unwrap_or_default();
    let mark = if target.contains('?') { '&' } else { '?' };
    let location = format!("{target}{mark}code={}&state={}", encode(&code), encode(state));
    Ok(Reply { status: 302, content_type: "text/html", ..Reply::default() }.header("Location", location))
}

fn logout(_: &Call) -> Answer {
    Ok(Reply::bytes("text/html", b"<html><body>You signed out of your account.</body></html>".to_vec()))
}

fn openid(call: &Call) -> Answer {
    check_tenant(call)?;
    let tenant = call.store.tenant_id()?;
    let at = |tail: &str| format!("{}/{tenant}/{tail}", call.base);
    ok(json!({
        "issuer": issuer(&tenant), "authorization_endpoint": at("oauth2/v2.0/authorize"),
        "token_endpoint": at("oauth2/v2.0/token"), "device_authorization_endpoint": at("oauth2/v2.0/devicecode"),
        "end_session_endpoint": at("oauth2/v2.0/logout"), "jwks_uri": at("discovery/v2.0/keys"),
        "userinfo_endpoint": format!("{}/oidc/userinfo", call.base), "tenant_region_scope": "EU",
        "cloud_instance_name": "microsoftonline.com", "msgraph_host": "graph.microsoft.com",
    }))
}

fn instance(call: &Call) -> Answer {
    let host = call.base.trim_start_matches("http://");
    ok(json!({
        "tenant_discovery_endpoint": format!("{}/common/v2.0/.well-known/openid-configuration", call.base),
        "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}],
    }))
}

fn realm(call: &Call) -> Answer {
    let user = call.param("user");
    let domain = user.rsplit('@').next().unwrap_or_default();
    let ours = call.store.get("domain", domain)?.is_some();
    ok(json!({
        "ver": "1.0", "account_type": if ours { "Managed" } else { "Unknown" }, "domain_name": domain,
        "cloud_instance_name": "microsoftonline.com", "cloud_audience_urn": "urn:federation:MicrosoftOnline",
    }))
}

fn autodiscover(call: &Call) -> Answer {
    let domain = call.query("originalDomain").unwrap_or_default();
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><AutodiscoverResponse AccessLocation=\"External\"><Root>\
         <Link token=\"External/RemotePowerShell\" href=\"{}/OcsPowershellOAuth?AdminDomain={}\"/></Root></AutodiscoverResponse>",
        call.base,
        encode(domain)
    );
    Ok(Reply::bytes("application/vnd.microsoft.rtc.autodiscover+xml", xml.into_bytes()))
}

fn for_user(call: &Call, user: &Person, form: &Form) -> Answer {
    let tenant = call.store.tenant_id()?;
    let scope = form.get("scope");
    let now = ids::seconds();
    let wids =
        if json::flag(&user.body, "administrator") == Some(true) { json!([GLOBAL_ADMINISTRATOR]) } else { json!([]) };
    let mut claims = json!({
        "aud": audience(scope), "iss": issuer(&tenant), "iat": now, "nbf": now, "exp": now + LIFETIME,
        "appid": form.get("client_id"), "idtyp": "user", "oid": user.id(), "sub": user.id(), "tid": tenant,
        "upn": user.upn(), "unique_name": user.upn(), "name": user.text("displayName"), "scp": "user_impersonation",
        "wids": wids, "ver": "1.0",
    });
    let access = call.keys.sign(&claims);
    let mut reply = json!({"token_type": "Bearer", "scope": scope, "expires_in": LIFETIME, "ext_expires_in": LIFETIME,
                           "access_token": access});
    let asks = |word: &str| scope.split(' ').any(|s| s == word);
    if asks("offline_access") || form.get("grant_type") != "password" {
        reply["refresh_token"] =
            json!(call.keys.sign(&json!({"typ": "refresh", "oid": user.id(), "exp": now + REFRESH})));
    }
    if asks("openid") {
        claims["aud"] = json!(form.get("client_id"));
        claims["preferred_username"] = json!(user.upn());
        reply["id_token"] = json!(call.keys.sign(&claims));
    }
    ok(reply)
}

/// The role template id that says "Global Administrator" in a token.
const GLOBAL_ADMINISTRATOR: &str = "62e90394-69f5-4237-9190-012177145e10";

fn administrator(call: &Call) -> Result<Option<Person>, Refusal> {
    Ok(call.store.person(&call.store.meta("administrator")?)?)
}

fn audience(scope: &str) -> &'static str {
    if scope.split(' ').any(|s| s.starts_with(CONFIG_AUDIENCE)) { CONFIG_AUDIENCE } else { GRAPH_AUDIENCE }
}

fn issuer(tenant: &str) -> String {
    format!("https://sts.windows.net/{tenant}/")
}

fn check_tenant(call: &Call) -> Result<(), Refusal> {
    let name = call.param("tenant");
    let general = ["organizations", "common"].iter().any(|g| g.eq_ignore_ascii_case(name));
    if general || name.eq_ignore_ascii_case(&call.store.tenant_id()?) || call.store.get("domain", name)?.is_some() {
        return Ok(());
    }
    let text = format!(
        "Tenant '{name}' not found. Check to make sure you have the correct tenant ID and are signing into \
                        the correct cloud."
    );
    Err(failed("invalid_tenant", 90002, &text))
}

fn failed(error: &str, code: u32, text: &str) -> Refusal {
    let (trace, correlation, now) = (ids::guid(), ids::guid(), ids::now().replace('T', " "));
    let status = if matches!(error, "invalid_client" | "unauthorized_client") { 401 } else { 400 };
    let description = format!("AADSTS{code}: {text} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {now}");
    Refusal(Reply::json(
        status,
        &json!({
            "error": error, "error_description": description, "error_codes": [code], "timestamp": now, "trace_id": trace,
            "correlation_id": correlation, "error_uri": format!("https://login.microsoftonline.com/error?code={code}"),
        }),
    ))
}

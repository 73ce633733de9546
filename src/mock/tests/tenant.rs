//! Sign-in, users, configurations, grants: the routes that every script starts with.

mod common;

use common::{reply, send, tenant};
use dialtone_http::{Request, fetch};
use serde_json::{Value, json};

const CONFIG: &str = "48ac35b8-9aa8-4d74-927d-1f4a14a0b239/.default offline_access openid";

fn token(t: &common::Tenant, form: &str) -> common::Reply {
    let url = format!("{}/organizations/oauth2/v2.0/token", t.mock.base_url);
    let request = Request::new("POST", &url).body("application/x-www-form-urlencoded", form.replace(' ', "%20"));
    reply(fetch(request, &mut || false).unwrap())
}

#[test]
fn sign_in_with_a_password_gives_tokens_for_one_audience() {
    let t = tenant();
    let upn = t.upn(0);
    let form = format!("grant_type=password&client_id=c&username={upn}&password=secret&scope={CONFIG}");
    let (status, body) = token(&t, &form);
    assert_eq!(status, 200, "{body}");
    let access = body["access_token"].as_str().unwrap();
    let base = &t.mock.base_url;
    assert_eq!(send(base, access, "GET", "/Teams.Tenant/serviceDiscovery", None).unwrap().status, 200);
    assert_eq!(send(base, "nonsense", "GET", "/Teams.Tenant/serviceDiscovery", None).unwrap().status, 401);
    let refresh = body["refresh_token"].as_str().unwrap();
    let form = format!(
        "grant_type=refresh_token&client_id=c&refresh_token={refresh}&scope=https://graph.microsoft.com/.default"
    );
    let (status, graph) = token(&t, &form);
    assert_eq!(status, 200, "{graph}");
    let graph = graph["access_token"].as_str().unwrap();
    assert_eq!(send(base, graph, "GET", "/Teams.Tenant/serviceDiscovery", None).unwrap().status, 401);

    let (status, body) =
        token(&t, "grant_type=password&client_id=c&username=nobody@contoso.example&password=x&scope=x");
    assert_eq!((status, &body["error_codes"]), (400, &json!([50034])));
    let (status, body) = token(&t, &format!("grant_type=password&client_id=c&username={upn}&password=&scope=x"));
    assert_eq!((status, &body["error_codes"]), (400, &json!([50126])));
}

#[test]
fn session_start_names_the_tenant() {
    let t = tenant();
    let discovery = t.get("/Teams.Tenant/serviceDiscovery");
    assert_eq!(discovery["Headers"]["X-MS-Forest"], "0a");
    let tenant = t.get("/teams.tenant/Tenants");
    assert_eq!(tenant["tenantId"], t.mock.tenant_id.as_str());
    assert!(tenant["verifiedDomains"].to_string().contains("contoso.onmicrosoft.com"));
    assert_eq!(t.get("/Teams.Tenant/tenants?select=tenantId").as_object().unwrap().len(), 1);
    assert_eq!(t.status("/Teams.Tenant/nothing"), 404);
}

#[test]
fn users_are_paged_filtered_and_found_by_any_name() {
    let t = tenant();
    let (mut path, mut seen) = ("/Teams.User/users?pagesize=25".to_owned(), Vec::new());
    let mut pages = 0;
    loop {
        let page = t.get(&path);
        seen.extend(page["users"].as_array().unwrap().iter().map(|u| u["objectId"].to_string()));
        pages += 1;
        match page["nextLink"].as_str() {
            Some(link) => path = link.to_owned(),
            None => break,
        }
    }
    let count = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!((pages, seen.len()), (3, count));
    assert_eq!(count, 63);

    let user = t.user(0);
    let id = user["objectId"].as_str().unwrap();
    for name in ["objectId", "userPrincipalName", "sipAddress"] {
        let key = user[name].as_str().unwrap();
        assert_eq!(t.get(&format!("/Teams.User/users/{key}"))["objectId"], id);
    }
    assert_eq!(t.status("/Teams.User/users/nobody@contoso.example"), 404);
    let city = t.get("/Teams.User/users?psfilter=City%20-eq%20'berlin'%20-and%20EnterpriseVoiceEnabled%20-eq%20$false");
    assert!(!city["users"].as_array().unwrap().is_empty());
    assert!(city["users"].as_array().unwrap().iter().all(|u| u["city"] == "Berlin"));
    assert_eq!(t.get("/Teams.User/users?top=1")["nextLink"], Value::Null);
    assert_eq!(t.status("/Teams.User/users?psfilter=Nothing%20-eq%201"), 400);
}

#[test]
fn a_policy_lives_its_life() {
    let t = tenant();
    let all = "/Skype.Policy/configurations/TeamsIPPhonePolicy";
    t.done("POST", all, json!({"Identity": "Lobby", "signInMode": "CommonAreaPhoneSignIn"}));
    t.refused("POST", all, json!({"Identity": "Tag:lobby"}), 409, "already exists");
    t.refused("POST", all, json!({"Identity": "Other", "Nonsense": 1}), 400, "Nonsense");
    let rows = t.get(all);
    assert_eq!((&rows[0]["Identity"], &rows[1]["Identity"]), (&json!("Global"), &json!("Tag:Lobby")));
    let one = format!("{all}/configuration/tag:LOBBY");
    t.done("PUT", &one, json!({"Description": "By the door"}));
    let policy = t.get(&one);
    assert_eq!(
        (&policy["SignInMode"], &policy["Description"]),
        (&json!("CommonAreaPhoneSignIn"), &json!("By the door"))
    );

    let upn = t.upn(0);
    let grant = format!("/Skype.Policy/users/{upn}/policies/TeamsIPPhonePolicy");
    t.refused("PATCH", &grant, json!({"PolicyName": "Nope"}), 400, "not found");
    t.done("PATCH", &grant, json!({"PolicyName": "Lobby"}));
    assert_eq!(t.get(&format!("/Teams.User/users/{upn}"))["teamsIPPhonePolicy"], "Lobby");
    let found = t.get("/Teams.User/users?psfilter=TeamsIPPhonePolicy%20-eq%20'Tag:Lobby'");
    assert_eq!(found["users"].as_array().unwrap().len(), 1);
    let (status, body) = t.delete(&one);
    assert!(status == 400 && body.to_string().contains("currently assigned to one or more users"), "{body}");
    t.done("PATCH", &grant, json!({"PolicyName": null}));
    assert_eq!(t.delete(&one).0, 204);
    assert_eq!(t.delete(&format!("{all}/configuration/Global")).0, 204);
    assert_eq!(t.status(&one), 404);
    assert_eq!(t.status("/Skype.Policy/configurations/NoSuchType"), 404);
}

#[test]
fn cloud_connector_relations_hold() {
    let t = tenant();
    let sites = "/Skype.Policy/configurations/HybridPSTNSite";
    let windows = "/Skype.Policy/configurations/TenantUpdateTimeWindow";
    let site = json!({"Identity": "Seattle", "EdgeFQDN": "sea.contoso.com", "BitsUpdateTimeWindowList": ["Night"]});
    t.refused("POST", sites, site.clone(), 400, "does not exist");
    t.refused(
        "POST",
        windows,
        json!({"Identity": "Night", "Type": "Weekly", "StartTime": "22:00", "Duration": "0.04:00:00"}),
        400,
        "DaysOfWeek",
    );
    t.done(
        "POST",
        windows,
        json!({"Identity": "Night", "Type": "Daily", "StartTime": "22:00", "Duration": "0.04:00:00"}),
    );
    t.done("POST", sites, site.clone());
    t.refused("POST", sites, site, 409, "already exists");
    assert_eq!(t.get(sites)[0]["Index"], 1);
    let (status, body) = t.delete(&format!("{windows}/configuration/night"));
    assert!(status == 400 && body.to_string().contains("in use"), "{body}");

    let appliances = "/Skype.Policy/configurations/HybridPSTNAppliance";
    let appliance = json!({"Name": "A1", "SiteName": "Seattle", "MediationServerIPAddress": "10.0.0.1", "MediationServerFqdn": "m1.contoso.com"});
    t.done("POST", appliances, appliance.clone());
    t.refused("POST", appliances, appliance, 400, "conflicts with existing appliance(s)");
    t.refused("POST", appliances, json!({"Name": "A2", "SiteName": "Nowhere", "MediationServerIPAddress": "10.0.0.2", "MediationServerFqdn": "m2.contoso.com"}), 400, "does not exist");

    let upn = t.upn(0);
    let settings = format!("/Teams.User/users/{upn}/pstnSettings");
    t.refused("PUT", &settings, json!({"HybridPSTNSiteName": "Nowhere"}), 400, "does not exist");
    t.done("PUT", &settings, json!({"HybridPSTNSiteName": "seattle", "AllowInternationalCalls": false}));
    let got = t.get(&settings);
    assert_eq!((&got["HybridPSTNSiteName"], &got["AllowInternationalCalls"]), (&json!("Seattle"), &json!(false)));
    t.done("PATCH", &format!("/Teams.User/users/{upn}"), json!({"EnterpriseVoiceEnabled": true}));
    assert_eq!(t.get(&format!("/Teams.User/users/{upn}"))["voicePolicy"], "HybridVoice");
    assert_eq!(t.delete(&format!("{sites}/configuration/Seattle")).0, 400);
    assert_eq!(t.delete(&format!("{sites}/configuration/Seattle?force=true")).0, 204);
    assert_eq!(t.get(&settings)["HybridPSTNSiteName"], Value::Null);
}

#[test]
fn voice_needs_a_licence_and_a_number_has_one_owner() {
    let t = tenant();
    let (one, other) = (t.upn(0), t.upn(1));
    let user = |upn: &str| format!("/Teams.User/users/{upn}");
    t.done(
        "PATCH",
        &user(&one),
        json!({"EnterpriseVoiceEnabled": "True", "HostedVoiceMail": true, "OnPremLineUri": "tel:+12065550142"}),
    );
    let got = t.get(&user(&one));
    assert_eq!((&got["lineUri"], &got["enterpriseVoiceEnabled"]), (&json!("tel:+12065550142"), &json!(true)));
    t.refused(
        "PATCH",
        &user(&other),
        json!({"LineUri": "tel:+12065550142"}),
        400,
        "already been assigned to another user",
    );
    let unlicensed =
        t.get("/Teams.User/users?psfilter=-not(AssignedPlan%20-like%20'*MCOEV*')%20-and%20AccountType%20-eq%20'User'");
    let upn = unlicensed["users"][0]["userPrincipalName"].as_str().unwrap();
    t.refused("PATCH", &user(upn), json!({"EnterpriseVoiceEnabled": true}), 400, "license");
    t.done("PATCH", &user(&one), json!({"LineUri": null}));
    assert_eq!(t.get(&user(&one))["lineUri"], Value::Null);
    t.done("PATCH", &user(&other), json!({"LineUri": "tel:+12065550142"}));
}

#[test]
fn voice_routing_relations_hold() {
    let t = tenant();
    let of = |kind: &str| format!("/Skype.Policy/configurations/{kind}");
    let route = json!({"Identity": "All", "NumberPattern": "^\\+\\d+", "OnlinePstnUsages": ["Local"]});
    t.refused("POST", &of("OnlineVoiceRoute"), route.clone(), 400, "PSTN usage");
    let usages = format!("{}/configuration/Global", of("OnlinePstnUsages"));
    t.done("PUT", &usages, json!({"Usage": ["Local", "Long"]}));
    t.done("POST", &of("OnlineVoiceRoute"), route);
    t.refused(
        "POST",
        &of("OnlineVoiceRoute"),
        json!({"Identity": "Bad", "NumberPattern": "(", "OnlinePstnUsages": []}),
        400,
        "regular expression",
    );
    t.refused("PUT", &usages, json!({"Usage": ["Long"]}), 400, "in use");
    t.done("PUT", &usages, json!({"Usage": ["Local"]}));
    t.refused(
        "POST",
        &of("OnlinePSTNGateway"),
        json!({"Identity": "sbc.other.org", "SipSignalingPort": 5061}),
        400,
        "domain",
    );
    t.done("POST", &of("OnlinePSTNGateway"), json!({"Identity": "sbc1.contoso.com", "SipSignalingPort": 5061}));
    let all = format!("{}/configuration/All", of("OnlineVoiceRoute"));
    t.refused("PUT", &all, json!({"OnlinePstnGatewayList": ["sbc2.contoso.com"]}), 400, "gateway");
    t.done("PUT", &all, json!({"OnlinePstnGatewayList": ["sbc1.contoso.com"]}));
    assert_eq!(t.delete(&format!("{}/configuration/sbc1.contoso.com", of("OnlinePSTNGateway"))).0, 400);
    t.done("POST", &of("OnlineVoiceRoute"), json!({"Identity": "First", "NumberPattern": ".*", "Priority": 0}));
    let rows = t.get(&of("OnlineVoiceRoute"));
    assert_eq!((&rows[0]["Priority"], &rows[1]["Priority"]), (&json!(1), &json!(0)));
}

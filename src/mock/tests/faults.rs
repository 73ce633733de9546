//! Fault rules and the request log.

mod common;

use common::{Folder, send, serve, tenant, tenant_with};
use dialtone_http::ErrorKind;
use dialtone_mock::{Options, Seed, start};
use serde_json::json;

const POLICIES: &str = "/Skype.Policy/configurations/TenantDialPlan";

fn plans(t: &common::Tenant) -> usize {
    t.get(POLICIES).as_array().unwrap().len()
}

#[test]
fn chosen_calls_fail_as_told() {
    let rules = "POST /Skype.Policy/* n=1 429 retry-after=7; POST /Skype.Policy/* n=2 503 text=\"try later\"; \
                 POST /Skype.Policy/* n=3 cut; POST /Skype.Policy/* n=4 cut-after; POST /Skype.Policy/* n=5 empty-500";
    let t = tenant_with(rules, Seed::default());
    let post = |n: u32| t.try_send("POST", POLICIES, Some(&json!({"Identity": format!("P{n}")})));
    let first = post(1).unwrap();
    assert_eq!((first.status, first.headers.get("Retry-After")), (429, Some("7")));
    let second = post(2).unwrap();
    assert_eq!((second.status, second.text()), (503, "try later".to_owned()));
    assert_eq!(plans(&t), 1);
    assert_eq!(post(3).unwrap_err().kind, ErrorKind::Cut);
    assert_eq!(plans(&t), 1);
    assert_eq!(post(4).unwrap_err().kind, ErrorKind::Cut);
    assert_eq!(plans(&t), 2);
    let fifth = post(5).unwrap();
    assert_eq!((fifth.status, fifth.body.len()), (500, 0));
    assert_eq!(plans(&t), 3);
    assert_eq!(post(6).unwrap().status, 201);
}

#[test]
fn rules_of_the_tenant_are_counted_in_its_store() {
    let t = tenant();
    t.done("POST", "/mock/faults", json!({"rules": "cmdlet=Get-CsTenant* every=2 500; /Teams.User/users page=5"}));
    let users = t.get("/Teams.User/users");
    assert_eq!(users["users"].as_array().unwrap().len(), 5);
    assert!(users["nextLink"].is_string());
    // Another server on the same store goes on counting.
    let other = serve(&t.folder, "", Seed::default());
    let ask = |base: &str| {
        let request = dialtone_http::Request::new("GET", &format!("{base}{POLICIES}"))
            .header("Authorization", &format!("Bearer {}", t.mock.token))
            .header("X-MS-CmdletName", "Get-CsTenantDialPlan");
        dialtone_http::fetch(request, &mut || false).unwrap().status
    };
    assert_eq!([ask(&t.mock.base_url), ask(&other.base_url), ask(&t.mock.base_url)], [200, 500, 200]);
    assert_eq!(t.get("/mock/faults")[0]["seen"], 3);
    assert_eq!(t.delete("/mock/faults").0, 204);
    assert_eq!(ask(&t.mock.base_url), 200);
    t.refused("POST", "/mock/faults", json!({"rules": "nonsense"}), 400, "not understood");
    let folder = Folder::new();
    assert!(start(Options { path: Some(folder.store()), faults: Some("bad".into()), ..Options::default() }).is_err());
}

#[test]
fn a_grant_may_become_readable_later() {
    let t = tenant_with("PATCH /Skype.Policy/users/* lag=60", Seed::default());
    t.done("POST", POLICIES, json!({"Identity": "Slow"}));
    let upn = t.upn(0);
    t.done("PATCH", &format!("/Skype.Policy/users/{upn}/policies/TenantDialPlan"), json!({"PolicyName": "Slow"}));
    assert!(t.get(&format!("/Teams.User/users/{upn}"))["tenantDialPlan"].is_null());
    // In use it is at once.
    assert_eq!(t.delete(&format!("{POLICIES}/configuration/Slow")).0, 400);
}

#[test]
fn every_request_is_in_the_log_and_no_secret_is() {
    let t = tenant_with("/Teams.User/users/nobody 404", Seed::default());
    let upn = t.upn(0);
    t.status("/Teams.User/users/nobody");
    let form = format!("grant_type=password&client_id=c&username={upn}&password=planted-secret&scope=x");
    let request = dialtone_http::Request::new("POST", &format!("{}/common/oauth2/v2.0/token", t.mock.base_url))
        .body("application/x-www-form-urlencoded", form);
    dialtone_http::fetch(request, &mut || false).unwrap();
    let log = t.get("/mock/log?path=/Teams.User/*");
    let lines = log.as_array().unwrap();
    assert_eq!(lines.len(), 2);
    assert_eq!((&lines[1]["status"], &lines[1]["fault"]), (&json!(404), &json!("/Teams.User/users/nobody 404")));
    let all = t.get("/mock/log").to_string();
    assert!(all.contains("/oauth2/v2.0/token") && !all.contains("planted-secret") && !all.contains(&t.mock.token));
    // The control routes are for the owner only.
    assert_eq!(send(&t.mock.base_url, "x", "GET", "/mock/log", None).unwrap().status, 401);
}

//! The store: what is answered is kept - over a restart, between processes, through kill -9 - and damage is told.

mod common;

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use common::{Folder, reply, send, serve, tenant, tenant_with};
use dialtone_mock::admin::{self, Change};
use dialtone_mock::{Options, Seed, StartError, StoreError, start};
use serde_json::json;

const POLICIES: &str = "/Skype.Policy/configurations/TenantDialPlan";

#[test]
fn a_restart_finds_everything_and_the_key_stays() {
    let folder = Folder::new();
    let first = serve(&folder, "", Seed::default());
    let body = json!({"Identity": "Kept", "NormalizationRules": [{"Name": "All", "Pattern": "^(\\d+)$", "Translation": "+1$1"}]});
    assert_eq!(send(&first.base_url, &first.token, "POST", POLICIES, Some(&body)).unwrap().status, 201);
    let (token, tenant) = (first.token.clone(), first.tenant_id.clone());
    drop(first);
    let second = serve(&folder, "", Seed { users: 5, number: 9 });
    assert_eq!((&second.token, &second.tenant_id), (&token, &tenant));
    let (_, plan) =
        reply(send(&second.base_url, &token, "GET", &format!("{POLICIES}/configuration/Kept"), None).unwrap());
    assert_eq!(plan["NormalizationRules"][0]["Translation"], "+1$1");
}

#[cfg(unix)]
#[test]
fn the_key_file_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let t = tenant();
    let mode = std::fs::metadata(t.folder.0.join("mock.sqlite.token")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn two_servers_see_one_tenant() {
    let t = tenant();
    let other = serve(&t.folder, "", Seed::default());
    let threads: Vec<_> = [&t.mock, &other]
        .into_iter()
        .enumerate()
        .map(|(n, mock)| {
            let (base, token) = (mock.base_url.clone(), mock.token.clone());
            std::thread::spawn(move || {
                for i in 0..50 {
                    let body = json!({"Identity": format!("Plan{n}-{i}")});
                    assert_eq!(send(&base, &token, "POST", POLICIES, Some(&body)).unwrap().status, 201);
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(t.get(POLICIES).as_array().unwrap().len(), 101);
}

/// Not a test: the server that `what_was_answered_survives_kill_9` kills.
#[test]
#[ignore = "started by another test"]
fn serve_until_killed() {
    let Some(path) = std::env::var_os("MOCK_TEST_STORE") else { return };
    let mock = start(Options { path: Some(path.into()), ..Options::default() }).unwrap();
    println!("\n{} {}", mock.base_url, mock.token);
    mock.wait(&mut || false);
}

#[test]
fn what_was_answered_survives_kill_9() {
    let folder = Folder::new();
    let mut made = Vec::new();
    for round in 0..3 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "serve_until_killed", "--ignored", "--nocapture"])
            .env("MOCK_TEST_STORE", folder.store())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let line =
            BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok).find(|l| l.starts_with("http"));
        let line = line.unwrap();
        let (base, token) = line.split_once(' ').unwrap();
        for i in 0..20 {
            let name = format!("Round{round}-{i}");
            let response = send(base, token, "POST", POLICIES, Some(&json!({"Identity": name}))).unwrap();
            assert_eq!(response.status, 201);
            made.push(name);
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    admin::check(&folder.store()).unwrap();
    let mock = serve(&folder, "", Seed::default());
    let (_, plans) = reply(send(&mock.base_url, &mock.token, "GET", POLICIES, None).unwrap());
    let text = plans.to_string();
    assert!(made.iter().all(|name| text.contains(&format!("Tag:{name}"))));
}

#[test]
fn a_damaged_or_foreign_file_is_left_alone() {
    let folder = Folder::new();
    std::fs::write(folder.store(), b"this is no database at all, but it is long enough to be looked at").unwrap();
    let before = std::fs::read(folder.store()).unwrap();
    let error = start(Options { path: Some(folder.store()), ..Options::default() }).unwrap_err();
    assert!(matches!(error, StartError::Store(StoreError::Damaged(..))), "{error}");
    assert!(error.to_string().contains("is damaged"));
    assert_eq!(std::fs::read(folder.store()).unwrap(), before);

    // A tenant whose end is missing.
    let t = tenant();
    let path = t.folder.store();
    drop(t.mock);
    admin::snapshot(&path, &folder.0.join("copy.sqlite")).unwrap();
    let whole = std::fs::read(folder.0.join("copy.sqlite")).unwrap();
    std::fs::write(folder.0.join("cut.sqlite"), &whole[..5000]).unwrap();
    let error = start(Options { path: Some(folder.0.join("cut.sqlite")), ..Options::default() }).unwrap_err();
    assert!(matches!(error, StartError::Store(StoreError::Damaged(..))), "{error}");
    assert_eq!(std::fs::read(folder.0.join("cut.sqlite")).unwrap(), whole[..5000]);
}

#[test]
fn a_folder_that_cannot_be_made_is_told() {
    let folder = Folder::new();
    std::fs::write(folder.0.join("file"), b"x").unwrap();
    let error = start(Options { path: Some(folder.0.join("file/mock.sqlite")), ..Options::default() }).unwrap_err();
    assert!(matches!(error, StartError::Store(StoreError::Unusable(..))), "{error}");
}

#[test]
fn equal_seeds_give_equal_tenants_and_big_ones_begin_like_small_ones() {
    let (a, b) = (tenant(), tenant());
    assert_eq!(
        admin::diff(&a.folder.store(), &b.folder.store()).unwrap().iter().filter(|d| d.kind != "meta").count(),
        0
    );
    let big = tenant_with("", Seed { users: 2000, number: 1 });
    assert_eq!(big.user(0)["userPrincipalName"], a.user(0)["userPrincipalName"]);
}

#[test]
fn snapshot_diff_restore_reset() {
    let t = tenant();
    let (path, copy) = (t.folder.store(), t.folder.0.join("before.sqlite"));
    admin::snapshot(&path, &copy).unwrap();
    assert!(admin::snapshot(&path, &copy).is_err());
    let upn = t.upn(0);
    t.done("POST", POLICIES, json!({"Identity": "New"}));
    t.done("PATCH", &format!("/Teams.User/users/{upn}"), json!({"HostedVoiceMail": true}));
    let differences = admin::diff(&copy, &path).unwrap();
    let shown: Vec<String> = differences.iter().map(ToString::to_string).collect();
    assert_eq!(
        shown,
        ["+ config/TenantDialPlan New".to_owned(), format!("~ user {upn}\n    hostedVoiceMail: false -> true")]
    );
    assert_eq!(differences[0].change, Change::Added);

    admin::restore(&path, &copy).unwrap();
    assert_eq!(admin::diff(&copy, &path).unwrap(), []);
    assert_eq!(t.status(&format!("{POLICIES}/configuration/New")), 404);
    admin::reset(&path, Seed { users: 10, number: 2 }).unwrap();
    assert_eq!(t.get("/Teams.User/users")["users"].as_array().unwrap().len(), 13);
}

#[test]
fn a_big_tenant_answers_quickly() {
    // A tenth of it, in the test build on a busy machine: only what grows with the tenant would take that long.
    let t = tenant_with("", Seed { users: 20_000, number: 1 });
    let begin = std::time::Instant::now();
    assert_eq!(t.get("/Teams.User/users?pagesize=1")["users"].as_array().unwrap().len(), 1);
    let id = t.user(0)["userPrincipalName"].as_str().unwrap().to_owned();
    let one = t.get(&format!("/Teams.User/users?psfilter=UserPrincipalName%20-eq%20'{id}'"));
    assert_eq!(one["users"].as_array().unwrap().len(), 1);
    assert!(begin.elapsed() < std::time::Duration::from_secs(3), "{:?}", begin.elapsed());
}

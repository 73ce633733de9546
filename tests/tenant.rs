//! Runs the scripts of `tests/tenant/cases`, each on a mock tenant of its own, and compares what they write with the
//! `.stdout` file beside them (`DIALTONE_RECORD=1` writes those files anew); and the rollout script:
//! twice, with a service that fails, and killed on the way.

use dialtone_tenant::definition::{self, Action, ConfigKind, Definition, Verb};
use dialtone_tenant::index;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

/// A folder that goes away with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = env::temp_dir().join(format!("dialtone-test-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a writable temporary folder");
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn run(folder: &Folder, arguments: &[&str]) -> Output {
    run_with_faults(folder, arguments, "")
}

fn run_with_faults(folder: &Folder, arguments: &[&str], faults: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dialtone"))
        .args(["-NoProfile", "-NonInteractive"])
        .args(arguments)
        .current_dir(&folder.0)
        .env("HOME", &folder.0)
        .env("DIALTONE_MOCK", folder.0.join("mock.sqlite"))
        .env("DIALTONE_MOCK_FAULTS", faults)
        .output()
        .expect("the binary starts")
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn cases_write_what_was_recorded() {
    let mut wrong = Vec::new();
    let mut cases: Vec<PathBuf> = fs::read_dir(root().join("tests/tenant/cases"))
        .expect("the folder of the cases")
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|e| e == "ps1"))
        .collect();
    cases.sort();
    assert!(!cases.is_empty());
    for case in cases {
        let name = case.file_stem().and_then(|s| s.to_str()).unwrap_or_default().to_owned();
        let folder = Folder::new(&name);
        let output = run(&folder, &["-File", &case.display().to_string()]);
        let shown = String::from_utf8_lossy(&output.stdout).replace("\r\n", "\n");
        let recording = case.with_extension("stdout");
        if env::var_os("DIALTONE_RECORD").is_some() {
            fs::write(&recording, &shown).expect("a writable recording");
            continue;
        }
        let expected = fs::read_to_string(&recording).unwrap_or_default();
        if shown != expected {
            let errors = String::from_utf8_lossy(&output.stderr);
            wrong.push(format!("== {name}\n-- expected\n{expected}\n-- shown\n{shown}\n-- errors\n{errors}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_rollout_runs_and_a_second_time_changes_nothing() {
    let folder = Folder::new("rollout");
    let script = root().join("scripts/cloud-pbx-rollout.ps1").display().to_string();
    let first = run(&folder, &["-File", &script]);
    let text = String::from_utf8_lossy(&first.stdout).into_owned() + &String::from_utf8_lossy(&first.stderr);
    assert!(first.status.success(), "{text}");
    assert!(text.contains("40 users, no failures."), "{text}");
    let report = folder.0.join("cloud-pbx-report");
    let csv = fs::read_to_string(report.join("cloud-pbx-users.csv")).expect("the CSV file");
    assert_eq!(csv.trim_end().lines().count(), 41, "{csv}");
    let html = fs::read_to_string(report.join("cloud-pbx-sites.html")).expect("the HTML file");
    assert!(html.contains("<h2>London: 24 of 24 users enabled</h2>"), "{html}");
    let second = run(&folder, &["-File", &script]);
    let text = String::from_utf8_lossy(&second.stdout).into_owned();
    assert!(second.status.success() && text.contains("Nothing changed"), "{text}");
}

#[test]
fn the_token_is_never_shown() {
    let folder = Folder::new("token");
    let command = "Connect-MicrosoftTeams -Verbose -Debug; Get-CsTenant -Verbose -Debug; Get-CsOnlineUser no@body -Verbose; \
                   $Error | Format-List * -Force; Set-CsUser no@body -HostedVoiceMail $true -WhatIf";
    let output = run(&folder, &["-Command", command]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    let token = fs::read_to_string(folder.0.join("mock.sqlite.token")).expect("the mock's key");
    assert!(text.contains("VERBOSE: GET /Teams.Tenant/tenants"), "{text}");
    assert!(!text.contains(token.trim()), "{text}");
}

#[test]
fn the_rollout_gets_through_faults() {
    let folder = Folder::new("faults");
    let script = root().join("scripts/cloud-pbx-rollout.ps1").display().to_string();
    let faults = "every=67 429 retry-after=0; every=101 503; every=131 cut; every=151 cut-after";
    let first = run_with_faults(&folder, &["-File", &script], faults);
    let text = String::from_utf8_lossy(&first.stdout).into_owned() + &String::from_utf8_lossy(&first.stderr);
    assert!(first.status.success() && text.contains("40 users, no failures."), "{text}");
    let second = run(&folder, &["-File", &script]);
    assert!(String::from_utf8_lossy(&second.stdout).contains("Nothing changed"));
}

#[test]
fn the_rollout_goes_on_where_it_was_killed() {
    let script = root().join("scripts/cloud-pbx-rollout.ps1").display().to_string();
    for fault in ["n=90 exit-after", "n=250 exit"] {
        let folder = Folder::new(&format!("kill-{}", fault.len()));
        let first = run_with_faults(&folder, &["-File", &script], fault);
        assert!(!first.status.success());
        let second = run(&folder, &["-File", &script]);
        let text = String::from_utf8_lossy(&second.stdout).into_owned();
        assert!(second.status.success() && text.contains("40 users, no failures."), "{fault}: {text}");
        let third = run(&folder, &["-File", &script]);
        assert!(String::from_utf8_lossy(&third.stdout).contains("Nothing changed"), "{fault}");
    }
}

/// All definitions, decoded.
fn definitions() -> impl Iterator<Item = Definition> {
    index::all().filter(|row| !row.is_function()).map(|row| definition::decode(row).expect("definitions decode"))
}

/// Runs a script made of the definitions; it says what went wrong, line by line, and ends with "done".
fn nothing_wrong(name: &str, lines: &[String]) {
    let folder = Folder::new(name);
    let script = folder.0.join("script.ps1");
    fs::write(&script, lines.join("\n") + "\n'done'\n").expect("a writable folder");
    let output = run(&folder, &["-File", &script.display().to_string()]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert_eq!(text.trim(), "done");
}

#[test]
fn every_listing_answers() {
    // What needs an argument that its page does not mark as mandatory, or reads another process's sessions.
    const LEFT_OUT: &[&str] = &[
        "Get-CsOnlineAudioFile",
        "Get-CsOnlineEnhancedEmergencyServiceDisclaimer",
        "Get-CsPersonalAttendantSettings",
        "Get-PSSession",
    ];
    let listing = |d: &Definition| {
        d.name.starts_with("Get-") && d.sets.iter().any(|set| set.slots.iter().all(|slot| !slot.mandatory))
    };
    let lines: Vec<String> = definitions()
        .filter(|d| listing(d) && !LEFT_OUT.contains(&d.name))
        .map(|d| format!("try {{ $null = {0} -ErrorAction Stop }} catch {{ \"{0}: $_\" }}", d.name))
        .collect();
    assert!(lines.len() > 150, "{}", lines.len());
    nothing_wrong("listings", &lines);
}

#[test]
fn every_policy_type_lives_its_life() {
    let user = "laura.stein@contoso.example";
    let mut lines = Vec::new();
    for new in definitions() {
        let Action::Config(Verb::New, config) = &new.action else { continue };
        if config.kind != ConfigKind::Policy {
            continue;
        }
        let noun = new.name.trim_start_matches("New-");
        let has = |verb: &str| index::find(&format!("{verb}-{noun}")).is_some();
        let describes =
            |d: &Definition| d.sets.iter().any(|set| set.slots.iter().any(|slot| slot.name == "Description"));
        let described = describes(&new);
        let settable = index::find(&format!("Set-{noun}"))
            .is_some_and(|row| definition::decode(row).is_ok_and(|set| describes(&set)));
        let description = if described { "-Description x" } else { "" };
        let mut steps = vec![format!(
            "$r = New-{noun} -Identity T1 {description} -ErrorAction Stop; if ($r.Identity -ne 'Tag:T1') {{ \"{noun}: New gives $r\" }}"
        )];
        if settable {
            steps.push(format!(
                "Set-{noun} -Identity T1 -Description y -ErrorAction Stop; \
                 if ((Get-{noun} -Identity T1 -ErrorAction Stop).Description -ne 'y') {{ '{noun}: Set has no effect' }}"
            ));
        }
        if has("Grant") && has("Remove") {
            steps.push(format!("Grant-{noun} -Identity {user} -PolicyName T1 -ErrorAction Stop"));
            steps.push(format!(
                "try {{ Remove-{noun} -Identity T1 -ErrorAction Stop; '{noun}: removed while assigned' }} \
                 catch {{ if (\"$_\" -notlike '*currently assigned*') {{ \"{noun}: $_\" }} }}"
            ));
            steps.push(format!("Grant-{noun} -Identity {user} -PolicyName $null -ErrorAction Stop"));
        }
        if has("Remove") {
            steps.push(format!(
                "Remove-{noun} -Identity T1 -ErrorAction Stop; \
                 try {{ Get-{noun} -Identity T1 -ErrorAction Stop; '{noun}: still there' }} \
                 catch {{ if (\"$_\" -notlike 'Management object not found*') {{ \"{noun}: $_\" }} }}"
            ));
        }
        lines.push(format!("try {{\n{}\n}} catch {{ \"{noun}: $_\" }}", steps.join("\n")));
    }
    assert!(lines.len() > 50, "{}", lines.len());
    nothing_wrong("policies", &lines);
}

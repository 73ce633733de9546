//! Runs the scripts of `tests/tenant/cases`, each on a mock tenant of its own, and compares what they write with the
//! `.stdout` file beside them (`DIALTONE_RECORD=1` writes those files anew); and the rollout script, twice.

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
    Command::new(env!("CARGO_BIN_EXE_dialtone"))
        .args(["-NoProfile", "-NonInteractive"])
        .args(arguments)
        .current_dir(&folder.0)
        .env("HOME", &folder.0)
        .env("DIALTONE_MOCK", folder.0.join("mock.sqlite"))
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

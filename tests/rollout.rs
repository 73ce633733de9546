//! The rollout script on the mock tenant under trouble: killed at the n-th request, failing requests, run twice. The
//! tenant has to end in the state of an untroubled run, compared by `dialtone mock diff`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// A folder with stores and reports that goes away with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = env::temp_dir().join(format!("dialtone-rollout-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a writable temporary folder");
        Folder(path)
    }

    fn store(&self, name: &str) -> PathBuf {
        self.0.join(format!("{name}.sqlite"))
    }

    fn command(&self, store: &str, faults: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dialtone"));
        command
            .current_dir(&self.0)
            .env("HOME", &self.0)
            .env("DIALTONE_MOCK", self.store(store))
            .env("DIALTONE_MOCK_FAULTS", faults);
        command
    }

    /// Runs the script; its exit code and what it wrote.
    fn roll_out(&self, store: &str, faults: &str) -> (i32, String) {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/cloud-pbx-rollout.ps1");
        let output = self
            .command(store, faults)
            .args(["-NoProfile", "-NonInteractive", "-File"])
            .arg(script)
            .arg("-ReportPath")
            .arg(self.0.join("report"))
            .output()
            .expect("the binary starts");
        let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
        (output.status.code().unwrap_or(-1), text)
    }

    /// What differs between two tenants.
    fn differences(&self, one: &str, other: &str) -> String {
        let output = self
            .command(one, "")
            .args(["mock", "diff"])
            .args([self.store(one), self.store(other)])
            .output()
            .expect("the binary starts");
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
    }
}

/// The exit code that the mock gives a process that a rule ends.
const KILLED: i32 = 70;

#[test]
fn a_run_that_was_killed_is_completed_by_the_next() {
    let folder = Folder::new("kill");
    let (code, text) = folder.roll_out("whole", "");
    assert_eq!(code, 0, "{text}");
    for (number, moment) in
        [(4, "exit"), (40, "exit-after"), (95, "exit"), (170, "exit-after"), (255, "exit"), (310, "exit-after")]
    {
        let store = format!("killed-{number}");
        let (code, text) = folder.roll_out(&store, &format!("n={number} {moment}"));
        assert_eq!(code, KILLED, "request {number}: {text}");
        let (code, text) = folder.roll_out(&store, "");
        assert_eq!(code, 0, "after request {number}: {text}");
        assert_eq!(folder.differences("whole", &store), "", "after request {number}");
    }
}

#[test]
fn a_second_run_changes_nothing() {
    let folder = Folder::new("twice");
    let (code, text) = folder.roll_out("first", "");
    assert_eq!(code, 0, "{text}");
    let copy = folder.command("first", "").args(["mock", "snapshot"]).arg(folder.store("before")).status();
    assert!(copy.expect("the binary starts").success());
    let (code, text) = folder.roll_out("first", "");
    assert_eq!(code, 0, "{text}");
    assert_eq!(folder.differences("before", "first"), "");
}

#[test]
fn failing_requests_are_repeated_and_nothing_is_written_twice() {
    let folder = Folder::new("faults");
    let (code, text) = folder.roll_out("whole", "");
    assert_eq!(code, 0, "{text}");
    let rules = "n=12 429 retry-after=0; n=41 503; n=77 cut; n=130 cut-after; n=204 503; n=260 cut-after";
    let (code, text) = folder.roll_out("troubled", rules);
    assert_eq!(code, 0, "{text}");
    assert_eq!(folder.differences("whole", "troubled"), "");
}

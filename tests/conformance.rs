//! Runs every recorded case under `tests/conformance/cases` and compares output, errors and exit code with what the
//! real PowerShell answered, byte for byte. `tests/conformance/known-failures.txt` lists the cases that differ; a case
//! that fails and is not listed, or is listed and passes, fails the run, so that the list only shrinks.
//!
//! `DIALTONE_CONFORMANCE_ONLY=text` runs the cases whose name holds the text and prints the differences;
//! `DIALTONE_CONFORMANCE_SHRINK=1` takes the cases that pass now out of the list.
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

const TIMEOUT: Duration = Duration::from_secs(60);

struct Case {
    name: String,
    script: PathBuf,
}

struct Outcome {
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    code: i32,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance")
}

fn cases(only: &str) -> Vec<Case> {
    let mut list = Vec::new();
    for topic in std::fs::read_dir(root().join("cases")).expect("the cases are part of the repository").flatten() {
        for file in std::fs::read_dir(topic.path()).into_iter().flatten().flatten() {
            let script = file.path();
            if script.extension().is_none_or(|e| e != "ps1") {
                continue;
            }
            let stem = script.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let name = format!("{}/{stem}", topic.file_name().to_string_lossy());
            if name.contains(only) {
                list.push(Case { name, script });
            }
        }
    }
    list.sort_by(|a, b| a.name.cmp(&b.name));
    list
}

fn replace(bytes: Vec<u8>, mark: &str) -> Vec<u8> {
    String::from_utf8_lossy(&bytes).replace(mark, "<DIR>").into_bytes()
}

/// Runs a case in a fresh directory. The directory's path has the length of the recording's, because long messages
/// wrap by it.
fn run(case: &Case, number: usize) -> Outcome {
    let base = std::env::temp_dir().join("dialtone-conformance");
    let work = base.join(format!("{:04}{number:04}", std::process::id() % 10000));
    let _ = std::fs::remove_dir_all(&work);
    std::fs::create_dir_all(work.join("home")).expect("the temporary directory can be written");
    let name = case.script.file_name().unwrap_or_default();
    std::fs::copy(&case.script, work.join(name)).expect("the case can be copied");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let child = Command::new(env!("CARGO_BIN_EXE_dialtone"))
        .args(["-NoProfile", "-NonInteractive", "-File"])
        .arg(name)
        .current_dir(&work)
        .env_clear()
        .env("PATH", path)
        .env("HOME", work.join("home"))
        .envs([("TZ", "UTC"), ("LANG", "en_US.UTF-8"), ("LC_ALL", "en_US.UTF-8"), ("TERM", "dumb"), ("NO_COLOR", "1")])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let outcome = wait(child);
    let mark = work.to_string_lossy().into_owned();
    let _ = std::fs::remove_dir_all(&work);
    Outcome { stdout: replace(outcome.stdout, &mark), stderr: replace(outcome.stderr, &mark), code: outcome.code }
}

/// Collects the output; a case that hangs is ended and counts as exit code 124.
fn wait(mut child: std::process::Child) -> Outcome {
    use std::io::Read;
    let (mut out, mut err) = (child.stdout.take(), child.stderr.take());
    let read = |pipe: Option<Box<dyn Read + Send>>| {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            if let Some(mut pipe) = pipe {
                let _ = pipe.read_to_end(&mut bytes);
            }
            bytes
        })
    };
    let stdout = read(out.take().map(|p| Box::new(p) as Box<dyn Read + Send>));
    let stderr = read(err.take().map(|p| Box::new(p) as Box<dyn Read + Send>));
    let begin = Instant::now();
    let code = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status.code().unwrap_or(134),
            Ok(None) if begin.elapsed() > TIMEOUT => {
                let _ = child.kill();
                let _ = child.wait();
                break 124;
            }
            Ok(None) => std::thread::sleep(Duration::from_millis(2)),
            Err(_) => break 125,
        }
    };
    Outcome { stdout: stdout.join().unwrap_or_default(), stderr: stderr.join().unwrap_or_default(), code }
}

fn recorded(case: &Case, extension: &str) -> Vec<u8> {
    std::fs::read(case.script.with_extension(extension)).unwrap_or_default()
}

/// What differs from the recording; nothing when the case passes.
fn difference(case: &Case, now: &Outcome) -> Option<String> {
    let code: i32 = String::from_utf8_lossy(&recorded(case, "exit")).trim().parse().unwrap_or(0);
    let mut text = String::new();
    for (what, want, have) in
        [("stdout", recorded(case, "stdout"), &now.stdout), ("stderr", recorded(case, "stderr"), &now.stderr)]
    {
        if want != *have {
            text.push_str(&format!(
                "--- {} {what}, recorded\n{}\n+++ now\n{}\n",
                case.name,
                String::from_utf8_lossy(&want),
                String::from_utf8_lossy(have)
            ));
        }
    }
    if code != now.code {
        text.push_str(&format!("{}: exit {}, recorded {code}\n", case.name, now.code));
    }
    (!text.is_empty()).then_some(text)
}

/// The known failures: name and reason, tab separated.
fn known() -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(root().join("known-failures.txt")).expect("the list is part of the repository");
    text.lines()
        .filter(|l| !l.starts_with('#') && !l.trim().is_empty())
        .map(|l| l.split_once('\t').map_or((l.to_owned(), String::new()), |(n, r)| (n.to_owned(), r.to_owned())))
        .collect()
}

#[test]
fn recorded_cases() {
    let only = std::env::var("DIALTONE_CONFORMANCE_ONLY").unwrap_or_default();
    let list = cases(&only);
    assert!(!list.is_empty(), "no case matches");
    let next = Mutex::new(0usize);
    let failed: Mutex<BTreeMap<String, String>> = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let at = {
                        let mut next = next.lock().expect("no thread panics with the lock");
                        *next += 1;
                        *next - 1
                    };
                    let Some(case) = list.get(at) else { break };
                    let outcome = run(case, at);
                    for bytes in [&outcome.stdout, &outcome.stderr] {
                        assert!(!String::from_utf8_lossy(bytes).contains("panicked at"), "{}: a panic", case.name);
                    }
                    if let Some(text) = difference(case, &outcome) {
                        failed.lock().expect("no thread panics with the lock").insert(case.name.clone(), text);
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().expect("all threads have ended");
    println!("{} of {} recorded cases as in PowerShell", list.len() - failed.len(), list.len());
    if !only.is_empty() {
        assert!(failed.is_empty(), "{}", failed.into_values().collect::<String>());
        return;
    }
    let known = known();
    let fixed: Vec<&String> = known.keys().filter(|n| !failed.contains_key(*n)).collect();
    if std::env::var_os("DIALTONE_CONFORMANCE_SHRINK").is_some() {
        let path = root().join("known-failures.txt");
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let kept: String = text
            .lines()
            .filter(|l| !fixed.iter().any(|n| l.split('\t').next() == Some(n.as_str())))
            .map(|l| format!("{l}\n"))
            .collect();
        std::fs::write(path, kept).expect("the list can be written");
        return;
    }
    let new: Vec<&String> = failed.keys().filter(|n| !known.contains_key(*n)).collect();
    assert!(
        new.is_empty() && fixed.is_empty(),
        "fail and are not listed: {new:?}\npass and are still listed (take them out): {fixed:?}"
    );
}

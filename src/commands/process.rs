//! Get-Process, Start-Process, Stop-Process, Wait-Process (over /proc and signals of the system's own `kill`).
use crate::record::{self, Record};
use crate::{texts, wildcard};
use dialtone_engine::command::{Command, Cx};
use dialtone_object::*;

struct Found {
    id: i32,
    name: String,
}

/// Running processes, by name; nothing where there is no /proc.
fn running() -> Vec<Found> {
    let mut all: Vec<Found> = std::fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|e| {
            let id = e.file_name().to_str()?.parse().ok()?;
            let name = std::fs::read_to_string(e.path().join("comm")).ok()?.trim().to_owned();
            Some(Found { id, name })
        })
        .collect();
    all.sort_by(|a, b| a.name.to_lowercase().cmp(&b.name.to_lowercase()).then(a.id.cmp(&b.id)));
    all
}

/// Pages of memory, by the kernel's count.
const PAGE: i64 = 4096;
/// Clock ticks per second, as Linux reports process times.
const TICKS: f64 = 100.0;

fn object(found: &Found) -> Value {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", found.id)).unwrap_or_default();
    // The fields behind the name, which may hold blanks.
    let fields: Vec<&str> = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().collect();
    let number = |at: usize| fields.get(at).and_then(|f| f.parse::<i64>().ok()).unwrap_or(0);
    let cpu = (number(11) + number(12)) as f64 / TICKS;
    let path = std::fs::read_link(format!("/proc/{}/exe", found.id))
        .map_or(Value::Null, |p| Value::from(p.to_string_lossy().into_owned()));
    let command = std::fs::read_to_string(format!("/proc/{}/cmdline", found.id)).unwrap_or_default();
    let fields = vec![
        Value::Int(found.id),
        Value::str(&found.name),
        Value::Double(cpu),
        Value::Long(number(21) * PAGE),
        Value::Long(number(20)),
        path,
        Value::from(command.trim_end_matches('\0').replace('\0', " ")),
        Value::Int(number(3) as i32),
        Value::Bool(false),
        Value::Null,
    ];
    Record::make(&record::PROCESS, fields)
}

fn no_name(name: &str) -> ErrorRecord {
    let text =
        format!("Cannot find a process with the name \"{name}\". Verify the process name and call the cmdlet again.");
    not_found("NoProcessFoundForGivenName", text, Value::str(name))
}
fn no_id(id: i32) -> ErrorRecord {
    let text = format!("Cannot find a process with the process identifier {id}.");
    not_found("NoProcessFoundForGivenId", text, Value::Int(id))
}
fn not_found(id: &str, text: String, target: Value) -> ErrorRecord {
    const TYPE: &str = "Microsoft.PowerShell.Commands.ProcessCommandException";
    ErrorRecord::new(TYPE, text, id, ErrorCategory::ObjectNotFound).with_target(target)
}

/// The processes that -Name, -Id or -InputObject name; what is missing is reported.
fn chosen(cx: &mut Cx) -> Res<Vec<Found>> {
    let all = running();
    let mut found = Vec::new();
    let pick = |p: &Found| Found { id: p.id, name: p.name.clone() };
    for name in texts(cx, "Name") {
        let hits: Vec<Found> = all.iter().filter(|p| wildcard::matches(&name, &p.name)).map(pick).collect();
        if hits.is_empty() && !wildcard::has(&name) {
            cx.error(no_name(&name))?;
        }
        found.extend(hits);
    }
    let mut ids: Vec<i32> = cx.args.list("Id").iter().filter_map(Value::as_int).collect();
    for input in cx.args.list("InputObject") {
        ids.extend(cx.en.get_property(&input, "Id")?.as_int());
    }
    for id in ids {
        match all.iter().find(|p| p.id == id) {
            Some(p) => found.push(pick(p)),
            None => cx.error(no_id(id))?,
        }
    }
    Ok(found)
}

#[derive(Default)]
pub struct GetProcess;

impl Command for GetProcess {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let some = ["Name", "Id", "InputObject"].iter().any(|n| cx.args.is_bound(n));
        let found = if some { chosen(cx)? } else { running() };
        for one in found {
            cx.write(object(&one))?;
        }
        Ok(())
    }
}

#[derive(Default)]
pub struct StopProcess;

impl Command for StopProcess {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        for one in chosen(cx)? {
            if !cx.should_process(&format!("{} ({})", one.name, one.id), "Stop-Process")? {
                continue;
            }
            let done = std::process::Command::new("kill").args(["-KILL", &one.id.to_string()]).status();
            if !done.is_ok_and(|s| s.success()) {
                let text = format!(
                    "Cannot stop process \"{} ({})\" because of the following error: Operation not permitted",
                    one.name, one.id
                );
                const TYPE: &str = "Microsoft.PowerShell.Commands.ProcessCommandException";
                let error = ErrorRecord::new(TYPE, text, "CouldNotStopProcess", ErrorCategory::CloseError);
                cx.error(error.with_target(object(&one)))?;
            } else if cx.args.switch("PassThru") {
                cx.write(object(&one))?;
            }
        }
        Ok(())
    }
}

#[derive(Default)]
pub struct WaitProcess;

impl Command for WaitProcess {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let limit = cx.args.is_bound("Timeout").then(|| cx.args.int("Timeout")).flatten();
        let start = std::time::Instant::now();
        for one in chosen(cx)? {
            while running().iter().any(|p| p.id == one.id) {
                cx.en.interrupted()?;
                if limit.is_some_and(|s| start.elapsed().as_secs() as i64 >= s) {
                    let text = format!(
                        "This command stopped operation because process \"{} ({})\" is not stopped in the specified time-out.",
                        one.name, one.id
                    );
                    const TYPE: &str = "System.TimeoutException";
                    let error = ErrorRecord::new(TYPE, text, "ProcessNotTerminated", ErrorCategory::CloseError);
                    cx.error(error.with_target(object(&one)))?;
                    break;
                }
                std::thread::sleep(std::time::Duration::from_millis(50));
            }
        }
        Ok(())
    }
}

#[derive(Default)]
pub struct StartProcess;

impl Command for StartProcess {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let file = cx.args.text("FilePath").unwrap_or_default();
        let args = texts(cx, "ArgumentList");
        if !cx.should_process(&file, "Start-Process")? {
            return Ok(());
        }
        let folder = match cx.args.text("WorkingDirectory") {
            Some(folder) => cx.en.resolve_path(&folder),
            None => cx.en.location.clone(),
        };
        let program = match cx.en.external(&file) {
            Some(dialtone_engine::resolve::Target::Native(path)) => path,
            _ if std::path::Path::new(&cx.en.resolve_path(&file)).is_file() => cx.en.resolve_path(&file),
            _ => file.as_str().to_owned(),
        };
        let mut command = std::process::Command::new(&program);
        // Arguments are joined and taken apart again, as the real one does.
        for arg in args {
            command.args(words(&arg));
        }
        command.current_dir(&folder).env_clear().envs(dialtone_engine::environment::all());
        cx.en.host.clone().flush();
        for (parameter, error) in [("RedirectStandardOutput", false), ("RedirectStandardError", true)] {
            if let Some(path) = cx.args.text(parameter) {
                let full = cx.en.resolve_path(&path);
                let file =
                    std::fs::File::create(&full).map_err(|e| cx.fail(crate::file_system::open_failure(&e, &full)))?;
                if error {
                    command.stderr(file)
                } else {
                    command.stdout(file)
                };
            }
        }
        if let Some(path) = cx.args.text("RedirectStandardInput") {
            let full = cx.en.resolve_path(&path);
            let file = std::fs::File::open(&full).map_err(|e| cx.fail(crate::file_system::open_failure(&e, &full)))?;
            command.stdin(file);
        }
        let mut child = match command.spawn() {
            Ok(child) => child,
            Err(_) => {
                let text = format!(
                    "This command cannot be run due to the error: An error occurred trying to start process '{file}' with working directory '{folder}'. No such file or directory"
                );
                return Err(cx.fail(ErrorRecord::new(
                    "System.InvalidOperationException",
                    text,
                    "InvalidOperationException",
                    ErrorCategory::InvalidOperation,
                )));
            }
        };
        let id = i32::try_from(child.id()).unwrap_or(0);
        let name = crate::path_text::leaf(&program);
        let made = object(&Found { id, name });
        if cx.args.switch("Wait") {
            let status = loop {
                cx.en.interrupted()?;
                match child.try_wait() {
                    Ok(Some(status)) => break status.code().unwrap_or(-1),
                    Ok(None) => std::thread::sleep(std::time::Duration::from_millis(10)),
                    Err(_) => break -1,
                }
            };
            if let Some(record) = made.get::<Record>() {
                record.set(8, Value::Bool(true));
                record.set(9, Value::Int(status));
            }
        }
        if cx.args.switch("PassThru") { cx.write(made) } else { Ok(()) }
    }
}

/// Splits a command line at its blanks; quotes keep words together.
fn words(line: &str) -> Vec<String> {
    let (mut all, mut word, mut quoted, mut any) = (Vec::new(), String::new(), false, false);
    for c in line.chars() {
        match c {
            '"' => {
                quoted = !quoted;
                any = true;
            }
            ' ' if !quoted => {
                if any || !word.is_empty() {
                    all.push(std::mem::take(&mut word));
                }
                any = false;
            }
            c => word.push(c),
        }
    }
    if any || !word.is_empty() {
        all.push(word);
    }
    all
}

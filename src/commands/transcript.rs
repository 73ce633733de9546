//! Start-Transcript, Stop-Transcript, Register-ArgumentCompleter, Get-Uptime, Unblock-File.
use crate::path_commands::places;
use crate::{file_system, texts};
use dialtone_engine::Engine;
use dialtone_engine::command::{Command, Cx};
use dialtone_object::*;
use std::cell::RefCell;
use std::rc::Rc;

/// The files of the transcripts that run, newest last.
#[derive(Default)]
struct Transcripts(RefCell<Vec<String>>);

fn transcripts(en: &mut Engine) -> Rc<Transcripts> {
    let service = en.services.entry("commands.transcripts").or_insert_with(|| Rc::new(Transcripts::default())).clone();
    service.downcast::<Transcripts>().unwrap_or_default()
}

const LINE: &str = "**********************\n";

fn stamp() -> String {
    time_format::format_date(time::now(), "yyyyMMddHHmmss", culture::invariant()).unwrap_or_default()
}

fn append(path: &str, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    std::fs::OpenOptions::new().create(true).append(true).open(path)?.write_all(text.as_bytes())
}

#[derive(Default)]
pub struct StartTranscript;

impl Command for StartTranscript {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let name = || format!("PowerShell_transcript.{}.{:08x}.{}.txt", host_name(), std::process::id(), stamp());
        let given = cx.args.text("Path").or_else(|| cx.args.text("LiteralPath"));
        let path = match (given, cx.args.text("OutputDirectory")) {
            (Some(path), _) => {
                let full = cx.en.resolve_path(&path);
                if std::path::Path::new(&full).is_dir() { file_system::under(&full, &name()) } else { full }
            }
            (None, Some(folder)) => file_system::under(&cx.en.resolve_path(&folder), &name()),
            (None, None) => file_system::under(&cx.en.resolve_path("~"), &name()),
        };
        if !cx.should_process(&path, "Start-Transcript")? {
            return Ok(());
        }
        let exists = std::path::Path::new(&path).exists();
        if exists && cx.args.switch("NoClobber") && !cx.args.switch("Append") {
            let text = format!("File {path} already exists and NoClobber was specified.");
            return Err(cx.fail(ErrorRecord::new(
                "System.UnauthorizedAccessException",
                text,
                "NoClobber",
                ErrorCategory::ResourceExists,
            )));
        }
        if !cx.args.switch("Append") {
            let _ = std::fs::remove_file(&path);
        }
        if let Some(parent) = std::path::Path::new(&path).parent() {
            // A folder that cannot be made shows in the error of the file.
            let _ = std::fs::create_dir_all(parent);
        }
        let head = if cx.args.switch("UseMinimalHeader") {
            format!("{LINE}PowerShell transcript start\nStart time: {}\n{LINE}", stamp())
        } else {
            let user = dialtone_engine::environment::get("USER").unwrap_or_else(|| "root".into());
            format!(
                "{LINE}PowerShell transcript start\nStart time: {}\nUsername: {user}\nRunAs User: {user}\nMachine: {}\nProcess ID: {}\n{LINE}",
                stamp(),
                host_name(),
                std::process::id()
            )
        };
        append(&path, &head).map_err(|e| {
            let (ty, message) = file_system::exception(&e, &path);
            let text = format!("Transcription cannot be started due to the error: {message}");
            cx.fail(ErrorRecord::new(ty, text, "CannotStartTranscription", ErrorCategory::InvalidOperation))
        })?;
        transcripts(cx.en).0.borrow_mut().push(path.clone());
        if let Ok(file) = std::fs::OpenOptions::new().append(true).open(&path) {
            cx.en.host.start_transcript(file, &path);
        }
        cx.write(Value::from(format!("Transcript started, output file is {path}")))
    }
}

fn host_name() -> String {
    std::fs::read_to_string("/etc/hostname").map_or_else(|_| "localhost".into(), |t| t.trim().to_owned())
}

#[derive(Default)]
pub struct StopTranscript;

impl Command for StopTranscript {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let last = transcripts(cx.en).0.borrow_mut().pop();
        let Some(path) = last else {
            return Err(cx.fail(ErrorRecord::new(
                "System.Management.Automation.PSInvalidOperationException",
                "An error occurred stopping transcription: The host is not currently transcribing.",
                "InvalidOperation",
                ErrorCategory::InvalidOperation,
            )));
        };
        cx.en.host.stop_transcript(&path);
        let tail = format!("{LINE}PowerShell transcript end\nEnd time: {}\n{LINE}", stamp());
        append(&path, &tail).map_err(|e| cx.fail(file_system::open_failure(&e, &path)))?;
        cx.write(Value::from(format!("Transcript stopped, output file is {path}")))
    }
}

/// Register-ArgumentCompleter: kept for the interactive part, by command and parameter.
#[derive(Default)]
pub struct RegisterArgumentCompleter;

/// What has been registered: command names, parameter, script block.
#[derive(Default)]
pub struct Completers(pub RefCell<Vec<Completer>>);

/// Commands, parameter (none for native programs), script block.
pub type Completer = (Vec<PsString>, Option<PsString>, Value);

/// The session's completers.
pub fn completers(en: &mut Engine) -> Rc<Completers> {
    let service = en.services.entry("commands.completers").or_insert_with(|| Rc::new(Completers::default())).clone();
    service.downcast::<Completers>().unwrap_or_default()
}

impl Command for RegisterArgumentCompleter {
    fn end(&mut self, cx: &mut Cx) -> Res<()> {
        let names = texts(cx, "CommandName");
        let parameter = cx.args.text("ParameterName");
        let block = cx.args.get("ScriptBlock").cloned().unwrap_or_default();
        completers(cx.en).0.borrow_mut().push((names, parameter, block));
        Ok(())
    }
}

#[derive(Default)]
pub struct GetUptime;

impl Command for GetUptime {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let text = std::fs::read_to_string("/proc/uptime").unwrap_or_default();
        let seconds: f64 = text.split_whitespace().next().and_then(|t| t.parse().ok()).unwrap_or(0.0);
        let ticks = seconds as i64 * time::SECOND;
        if cx.args.switch("Since") {
            let now = time::now();
            return cx.write(Value::DateTime(time::make(time::ticks(now) - ticks, time::kind(now))));
        }
        cx.write(Value::TimeSpan(ticks))
    }
}

/// Unblock-File: files carry no zone mark outside Windows.
#[derive(Default)]
pub struct UnblockFile;

impl Command for UnblockFile {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        for (text, found) in places(cx, true)? {
            let missing = found.is_empty() || found.iter().any(|p| !std::path::Path::new(&p.path).exists());
            if missing {
                let full = cx.en.resolve_path(&text);
                let error = crate::place::not_found(&full).with_target(Value::String(text));
                *error.id.borrow_mut() = "FileNotFound".into();
                cx.error(error)?;
            }
        }
        Ok(())
    }
}

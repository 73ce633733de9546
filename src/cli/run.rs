//! Runs what the command line asks for; exit codes are pwsh's.
use super::args::{self, What};
use super::session;
use dialtone_engine::Engine;
use dialtone_engine::host::HostSink;
use dialtone_object::*;
use std::io::{IsTerminal, Read, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

pub fn run(argv: &[String]) -> i32 {
    let args = match args::parse(argv) {
        Ok(args) => args,
        Err(message) => {
            eprintln!("{message}\n{}", args::USAGE);
            return 64;
        }
    };
    match &args.what {
        What::Version => {
            let name = if args.as_pwsh { "PowerShell" } else { "Dialtone" };
            let version = if args.as_pwsh { dialtone_engine::host_object::VERSION } else { env!("CARGO_PKG_VERSION") };
            println!("{name} {version}");
            0
        }
        What::Help => {
            println!("{}", args::USAGE);
            0
        }
        What::Sub(name, rest) => super::sub::run(name, rest),
        What::File(path, rest) => {
            let mut en = session::start(&args);
            finish(&mut en, |en| file(en, path, rest))
        }
        What::Command(text) => {
            let mut en = session::start(&args);
            finish(&mut en, |en| command(en, text))
        }
        What::Stdin => stdin(&args),
        What::Prompt if std::io::stdin().is_terminal() => {
            let mut en = session::start(&args);
            dialtone_shell::run(&mut en, !args.no_logo)
        }
        What::Prompt => stdin(&args),
    }
}

fn stdin(args: &args::Args) -> i32 {
    let mut en = session::start(args);
    let mut bytes = Vec::new();
    let _ = std::io::stdin().read_to_end(&mut bytes);
    let text = dialtone_syntax::decode(&bytes);
    finish(&mut en, |en| command(en, &text))
}

/// Writes what is left and maps the end of a run to an exit code.
fn finish(en: &mut Engine, what: impl FnOnce(&mut Engine) -> Res<i32>) -> i32 {
    let result = what(en);
    let host = en.host.clone();
    let ended = host.end_output(en);
    let code = match result.and_then(|code| ended.map(|()| code)) {
        Ok(code) => code,
        Err(flow) => match &*flow.0 {
            FlowKind::Exit(code) => *code,
            FlowKind::Error(error) => {
                let error = error.clone();
                en.log_error(&error);
                let _ = host.error(en, &error);
                1
            }
            FlowKind::Stopped => 130,
            _ => 0,
        },
    };
    host.flush();
    let _ = std::io::stdout().flush();
    code & 0xFF
}

/// `-File`: the script's own exit code, 1 after a terminating error.
fn file(en: &mut Engine, path: &str, rest: &[String]) -> Res<i32> {
    let full = en.full_path(path);
    if !std::path::Path::new(&full).is_file() {
        let host = en.host.clone();
        host.flush();
        eprintln!(
            "The argument '{path}' is not recognized as the name of a script file. Check the spelling of the name, or if a path was included, verify that the path is correct and try again."
        );
        eprintln!("{}", args::USAGE);
        return Ok(64);
    }
    en.run_file(&full, rest, &HostSink)?;
    Ok(0)
}

/// `-Command`: 1 when the last statement failed.
fn command(en: &mut Engine, text: &str) -> Res<i32> {
    let code = en.compile(text, None)?;
    let global = en.global.clone();
    en.run_top(&code, &global, &HostSink)?;
    Ok(i32::from(!en.ok))
}

static INTERRUPT: OnceLock<Arc<AtomicBool>> = OnceLock::new();

extern "C" fn on_interrupt(_: libc::c_int) {
    if let Some(flag) = INTERRUPT.get() {
        // A second Ctrl-C while the first was not heard ends the process.
        if flag.swap(true, Ordering::Relaxed) {
            // SAFETY: _exit is async-signal-safe.
            unsafe { libc::_exit(130) };
        }
    }
}

/// Ctrl-C stops the running pipeline.
pub fn watch_interrupt(flag: Arc<AtomicBool>) {
    if INTERRUPT.set(flag).is_ok() {
        // SAFETY: the handler only touches an atomic and calls _exit. A closed pipe is an error of `write`, not a signal.
        unsafe {
            libc::signal(libc::SIGINT, on_interrupt as *const () as libc::sighandler_t);
            libc::signal(libc::SIGPIPE, libc::SIG_IGN);
        }
    }
}

//! Native programs: arguments, standard input from the pipeline, output as lines, exit codes.
use crate::command::Sink;
use crate::machine::{Engine, Frame};
use crate::stage::StageKind;
use crate::streams::Redirects;
use dialtone_code::*;
use dialtone_object::*;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, ChildStdin, Command, Stdio};

pub fn is_executable(path: &std::path::Path) -> bool {
    std::fs::metadata(path).is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0)
}

pub struct NativeRun {
    path: String,
    name: String,
    args: Vec<String>,
    piped: bool,
    /// Last of its pipeline.
    last: bool,
    child: Option<Child>,
    stdin: Option<ChildStdin>,
    input: Vec<u8>,
}

impl Engine {
    pub(crate) fn prepare_native(
        &mut self,
        f: &Frame,
        c: &CommandCode,
        path: &str,
        place: (usize, usize),
    ) -> Res<StageKind> {
        let mut args = Vec::new();
        for a in &c.args {
            match a {
                Arg::Value { expr, span, kind } => {
                    let value = self.eval(f, expr)?;
                    match kind {
                        ArgKind::Bare
                            if matches!(expr, Expr::Const(Value::Int(_) | Value::Double(_) | Value::Long(_))) =>
                        {
                            args.push(f.code.source.slice(*span).to_owned());
                        }
                        ArgKind::Bare => self.bare_argument(&value, &mut args)?,
                        // `a,b` written out is one word.
                        _ if matches!(expr, Expr::List(_)) => {
                            let mut words = Vec::new();
                            self.native_argument(&value, &mut words)?;
                            args.push(words.join(","));
                        }
                        _ => self.native_argument(&value, &mut args)?,
                    }
                }
                Arg::Parameter { name, value, colon, .. } => {
                    let mut text = format!("-{name}");
                    if *colon {
                        text.push(':');
                    }
                    match value {
                        Some((e, _)) => {
                            let v = self.eval(f, e)?;
                            text.push_str(&self.to_text(&v));
                            args.push(text);
                        }
                        None => args.push(text),
                    }
                }
                Arg::Splat { variable, .. } => {
                    let value = self.eval(f, variable)?;
                    match value.base() {
                        Value::Dict(d) => {
                            for (k, v) in d.pairs() {
                                let text = format!("-{}:{}", self.to_text(&k), self.to_text(&v));
                                args.push(text);
                            }
                        }
                        _ => self.native_argument(&value, &mut args)?,
                    }
                }
            }
        }
        Ok(native(path, args, place))
    }

    pub(crate) fn prepare_native_values(
        &mut self,
        path: &str,
        argv: Vec<crate::bind::ArgVal>,
        place: (usize, usize),
    ) -> Res<StageKind> {
        let mut args = Vec::new();
        for v in crate::bind::rest_of(argv) {
            self.native_argument(&v, &mut args)?;
        }
        Ok(native(path, args, place))
    }

    /// Bare words: `~` and wildcards are expanded, as a Unix user expects.
    fn bare_argument(&mut self, value: &Value, args: &mut Vec<String>) -> Res<()> {
        let Value::String(s) = value else { return self.native_argument(value, args) };
        if s.as_str() == "~" || s.starts_with("~/") {
            args.push(self.full_path(s));
            return Ok(());
        }
        if s.contains(['*', '?', '[']) {
            let found = crate::glob::expand(self, s);
            if !found.is_empty() {
                args.extend(found);
                return Ok(());
            }
        }
        args.push(s.to_output().into_owned());
        Ok(())
    }

    fn native_argument(&mut self, value: &Value, args: &mut Vec<String>) -> Res<()> {
        match value.base() {
            Value::Array(_) | Value::List(_) => {
                for item in self.enumerate(value)? {
                    self.native_argument(&item, args)?;
                }
            }
            Value::Null | Value::Void => {}
            _ => args.push(self.to_text(value).to_output().into_owned()),
        }
        Ok(())
    }
}

fn native(path: &str, args: Vec<String>, place: (usize, usize)) -> StageKind {
    StageKind::Native(Box::new(NativeRun {
        path: path.to_owned(),
        name: path.rsplit('/').next().unwrap_or(path).to_owned(),
        args,
        piped: place.0 > 1,
        last: place.0 == place.1,
        child: None,
        stdin: None,
        input: Vec::new(),
    }))
}

impl NativeRun {
    pub fn begin(&mut self, _en: &mut Engine, _out: &dyn Sink, _r: &Redirects) -> Res<()> {
        Ok(())
    }

    pub fn process(&mut self, en: &mut Engine, input: Value, _out: &dyn Sink, _r: &Redirects) -> Res<()> {
        if matches!(input, Value::Unset) {
            return Ok(());
        }
        // Objects go in as the text the host would show.
        match input.base() {
            Value::String(s) => {
                self.input.extend_from_slice(s.to_output().as_bytes());
                self.input.push(b'\n');
            }
            _ => {
                let host = en.host.clone();
                let text = host.render(en, vec![input])?;
                self.input.extend_from_slice(text.as_bytes());
            }
        }
        Ok(())
    }

    pub fn end(&mut self, en: &mut Engine, out: &dyn Sink, redirects: &Redirects) -> Res<()> {
        en.host.flush();
        let mut command = Command::new(&self.path);
        command.args(&self.args).current_dir(&en.location).env_clear().envs(crate::environment::all());
        command.stdin(if self.piped { Stdio::piped() } else { Stdio::inherit() });
        // Straight to the terminal when nobody wants the output.
        let direct = self.last && out_is_host(out) && en.host.is_terminal();
        command.stdout(if direct { Stdio::inherit() } else { Stdio::piped() });
        command.stderr(if redirects.error.is_some() { Stdio::piped() } else { Stdio::inherit() });
        let mut child = command.spawn().map_err(|e| Flow::from(start_failed(&self.name, &e)))?;
        if let Some(mut stdin) = child.stdin.take() {
            let input = std::mem::take(&mut self.input);
            std::thread::spawn(move || {
                // A program that does not read to the end is no error.
                let _ = stdin.write_all(&input);
            });
        }
        let errors = child.stderr.take().map(|stderr| {
            std::thread::spawn(move || BufReader::new(stderr).split(b'\n').map_while(Result::ok).collect::<Vec<_>>())
        });
        let stdout = child.stdout.take();
        self.child = Some(child);
        let mut result = Ok(());
        if let Some(stdout) = stdout {
            let mut reader = BufReader::new(stdout);
            let mut line = Vec::new();
            loop {
                line.clear();
                match reader.read_until(b'\n', &mut line) {
                    Ok(0) | Err(_) => break,
                    Ok(_) => {
                        if line.last() == Some(&b'\n') {
                            line.pop();
                            if line.last() == Some(&b'\r') {
                                line.pop();
                            }
                        }
                        result = out.write(en, Value::from(String::from_utf8_lossy(&line).into_owned()));
                        if result.is_err() {
                            break;
                        }
                    }
                }
            }
        }
        if let Some(handle) = errors
            && let Some(sink) = redirects.error
        {
            for (at, line) in handle.join().unwrap_or_default().into_iter().enumerate() {
                let id = if at == 0 { "NativeCommandError" } else { "NativeCommandErrorMessage" };
                let text = String::from_utf8_lossy(&line).into_owned();
                let record = ErrorRecord::new(
                    "System.Management.Automation.RemoteException",
                    text.as_str(),
                    id,
                    ErrorCategory::NotSpecified,
                )
                .with_target(Value::str(&text));
                record.logged.set(true);
                let record = std::rc::Rc::new(record);
                sink.write(en, record.to_value())?;
            }
        }
        self.wait(en)?;
        result
    }

    fn wait(&mut self, en: &mut Engine) -> Res<()> {
        let Some(mut child) = self.child.take() else { return Ok(()) };
        let pid = child.id();
        let status = loop {
            match child.try_wait() {
                Ok(Some(status)) => break Some(status),
                Ok(None) if en.interrupted().is_err() => {
                    let _ = child.kill();
                    let _ = child.wait();
                    return Err(FlowKind::Stopped.into());
                }
                Ok(None) => std::thread::sleep(std::time::Duration::from_millis(1)),
                Err(_) => break None,
            }
        };
        use std::os::unix::process::ExitStatusExt;
        let code = status.map_or(-1, |s| s.code().unwrap_or_else(|| 128 + s.signal().unwrap_or(0)));
        let global = en.global.clone();
        en.set_in(&global, names::LAST_EXIT_CODE, Value::Int(code))?;
        if code != 0 {
            en.failed = true;
            let use_errors = en.lookup(names::PS_NATIVE_USE_ERROR_ACTION);
            if convert::to_bool(&use_errors) {
                let message =
                    format!("Program \"{}\" ended with non-zero exit code: {code} (0x{code:02X}).", self.name);
                let pid = Value::Int(pid as i32);
                let exception = Exception::named("System.Management.Automation.NativeCommandExitException", message)
                    .with("Path", Value::str(&self.path))
                    .with("ExitCode", Value::Int(code))
                    .with("ProcessId", pid);
                let error = ErrorRecord::from_exception(
                    exception.into_value(),
                    "ProgramExitedWithNonZeroCode",
                    ErrorCategory::NotSpecified,
                    Value::str(&self.path),
                );
                en.report_error(std::rc::Rc::new(error), None, &Redirects::default())?;
            }
        }
        Ok(())
    }

    pub fn clean(&mut self) {
        self.stdin.take();
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// True when the sink is the host itself.
fn out_is_host(out: &dyn Sink) -> bool {
    out.is_host()
}

fn start_failed(name: &str, e: &std::io::Error) -> ErrorRecord {
    let reason = match e.kind() {
        std::io::ErrorKind::PermissionDenied => "Permission denied".to_owned(),
        std::io::ErrorKind::NotFound => "No such file or directory".to_owned(),
        _ => e.to_string(),
    };
    ErrorRecord::new(
        "System.Management.Automation.ApplicationFailedException",
        format!(
            "Program '{name}' failed to run: An error occurred trying to start process '{name}' with working directory. {reason}"
        ),
        "NativeCommandFailed",
        ErrorCategory::ResourceUnavailable,
    )
}

//! Read-Host, Clear-Host, Get-Host, Get-Culture, Get-UICulture, Get-PSCallStack, Get-History, Get-TimeZone, Pause.
use crate::texts;
use dialtone_engine::command::{Command, Cx};
use dialtone_object::*;
use std::rc::Rc;

fn custom(type_name: &str, pairs: Vec<(&str, Value)>) -> Value {
    let pairs = pairs.into_iter().map(|(n, v)| (n.into(), v)).collect();
    Value::Custom(Rc::new(PSObject::from_pairs(pairs).with_type(type_name)))
}

#[derive(Default)]
pub struct ReadHost;

impl Command for ReadHost {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        if cx.en.non_interactive {
            return Err(cx.fail(dialtone_engine::confirm::non_interactive()));
        }
        let parts: Vec<String> = texts(cx, "Prompt").iter().map(|t| t.as_str().to_owned()).collect();
        let prompt = if parts.is_empty() { String::new() } else { format!("{}: ", parts.join(" ")) };
        let secret = cx.args.switch("AsSecureString") || cx.args.switch("MaskInput");
        let host = cx.en.host.clone();
        let line = host.read_line(cx.en, &prompt, secret)?.unwrap_or_default();
        if cx.args.switch("AsSecureString") {
            let made = crate::security::secure(cx.en, &line)?;
            return cx.write(made);
        }
        cx.write(Value::from(line))
    }
}

/// `Pause`: waits for Enter.
#[derive(Default)]
pub struct Pause;

impl Command for Pause {
    fn end(&mut self, cx: &mut Cx) -> Res<()> {
        if cx.en.non_interactive {
            return Err(cx.fail(dialtone_engine::confirm::non_interactive()));
        }
        let host = cx.en.host.clone();
        host.read_line(cx.en, "Press Enter to continue...: ", false).map(drop)
    }
}

#[derive(Default)]
pub struct ClearHost;

impl Command for ClearHost {
    fn end(&mut self, cx: &mut Cx) -> Res<()> {
        let host = cx.en.host.clone();
        if host.is_terminal() {
            // A terminal that is gone needs no clearing.
            let _ = host.write("\u{1b}[H\u{1b}[2J\u{1b}[3J", None, None);
        }
        Ok(())
    }
}

#[derive(Default)]
pub struct GetHost;

impl Command for GetHost {
    fn end(&mut self, cx: &mut Cx) -> Res<()> {
        let value = dialtone_engine::host_object::value(cx.en);
        cx.write(value)
    }
}

/// Get-Culture and Get-UICulture.
#[derive(Default)]
pub struct GetCulture;

impl Command for GetCulture {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let Some(ty) = types::find("System.Globalization.CultureInfo") else { return Ok(()) };
        let names = if cx.args.is_bound("Name") { texts(cx, "Name") } else { Vec::new() };
        if names.is_empty() {
            let value = cx.en.static_property(ty, "CurrentCulture")?;
            return cx.write(value);
        }
        for name in names {
            let value = cx.en.call_static(ty, "GetCultureInfo", &[Value::String(name)])?;
            cx.write(value)?;
        }
        Ok(())
    }
}

#[derive(Default)]
pub struct GetPSCallStack;

impl Command for GetPSCallStack {
    fn end(&mut self, cx: &mut Cx) -> Res<()> {
        let frames: Vec<(String, Option<Rc<ScriptPosition>>)> = cx
            .en
            .stack
            .iter()
            .rev()
            .map(|f| {
                let position = dialtone_engine::errors::position(&f.code.source, f.at);
                let name = if f.name.is_empty() { "<ScriptBlock>".to_owned() } else { f.name.to_string() };
                (name, Some(position))
            })
            .collect();
        for (name, position) in frames {
            let (location, script, line) = match &position {
                Some(p) => match &p.file {
                    Some(file) => {
                        let leaf = crate::path_text::leaf(file);
                        (format!("{leaf}: line {}", p.line), Value::String(file.clone()), p.line)
                    }
                    None => ("<No file>".to_owned(), Value::Null, p.line),
                },
                None => ("<No file>".to_owned(), Value::Null, 0),
            };
            let command = if name == "<ScriptBlock>" {
                match &script {
                    Value::String(s) => Value::from(crate::path_text::leaf(s)),
                    _ => Value::str("<ScriptBlock>"),
                }
            } else {
                Value::str(&name)
            };
            let made = custom(
                "System.Management.Automation.CallStackFrame",
                vec![
                    ("Command", command),
                    ("Location", Value::from(location)),
                    ("Arguments", Value::str("{}")),
                    ("FunctionName", Value::str(&name)),
                    ("ScriptName", script),
                    ("ScriptLineNumber", Value::Int(i32::try_from(line).unwrap_or(0))),
                    ("Position", position.as_ref().map_or(Value::Null, dialtone_engine::host_object::extent)),
                ],
            );
            cx.write(made)?;
        }
        Ok(())
    }
}

#[derive(Default)]
pub struct GetHistory;

impl Command for GetHistory {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let wanted: Vec<i64> = cx
            .args
            .list("Id")
            .iter()
            .filter_map(|v| match v.base() {
                Value::Long(n) => Some(*n),
                Value::Int(n) => Some(i64::from(*n)),
                _ => None,
            })
            .collect();
        for id in &wanted {
            if !cx.en.history.iter().any(|h| h.id == *id) {
                let text = format!("Cannot locate the history for Id {id}.");
                let error = ErrorRecord::new(
                    "System.ArgumentException",
                    text,
                    "GetHistoryNoHistoryForId",
                    ErrorCategory::ObjectNotFound,
                );
                cx.error(error.with_target(Value::Long(*id)))?;
            }
        }
        let count = cx.args.is_bound("Count").then(|| cx.args.int("Count")).flatten();
        let all: Vec<Value> = cx
            .en
            .history
            .iter()
            .filter(|h| wanted.is_empty() || wanted.contains(&h.id))
            .map(|h| {
                let state = if h.ok { "Completed" } else { "Failed" };
                custom(
                    "Microsoft.PowerShell.Commands.HistoryInfo",
                    vec![
                        ("Id", Value::Long(h.id)),
                        ("CommandLine", Value::str(&h.line)),
                        ("ExecutionStatus", Value::str(state)),
                        ("StartExecutionTime", Value::DateTime(h.start)),
                        ("EndExecutionTime", Value::DateTime(h.end)),
                        ("Duration", Value::TimeSpan(time::ticks(h.end) - time::ticks(h.start))),
                    ],
                )
            })
            .collect();
        let skip = count.map_or(0, |n| all.len().saturating_sub(usize::try_from(n).unwrap_or(0)));
        for item in all.into_iter().skip(skip) {
            cx.write(item)?;
        }
        Ok(())
    }
}

#[derive(Default)]
pub struct GetTimeZone;

impl Command for GetTimeZone {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let Some(ty) = types::find("System.TimeZoneInfo") else { return Ok(()) };
        let mut wanted = texts(cx, "Id");
        wanted.extend(texts(cx, "Name"));
        if wanted.is_empty() {
            let value = cx.en.static_property(ty, "Local")?;
            return cx.write(value);
        }
        for name in wanted {
            match cx.en.call_static(ty, "FindSystemTimeZoneById", &[Value::String(name.clone())]) {
                Ok(value) => cx.write(value)?,
                Err(flow) if flow.error().is_some() => {
                    let text = format!("The time zone name '{name}' was not found on the local computer.");
                    let error = ErrorRecord::new(
                        "System.TimeZoneNotFoundException",
                        text,
                        "TimeZoneNotFound",
                        ErrorCategory::InvalidArgument,
                    );
                    cx.error(error.with_target(Value::str("Name")))?;
                }
                Err(flow) => return Err(flow),
            }
        }
        Ok(())
    }
}

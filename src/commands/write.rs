//! Write-Output, Write-Host, Write-Error, Write-Warning, Write-Verbose, Write-Debug, Write-Information, Write-Progress.
use crate::texts;
use dialtone_engine::Engine;
use dialtone_engine::command::{Command, Cx};
use dialtone_engine::records::{HostMessage, InformationRecord};
use dialtone_object::*;

#[derive(Default)]
pub struct WriteOutput;

impl Command for WriteOutput {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let whole = cx.args.switch("NoEnumerate");
        let value =
            if cx.has_input() { cx.input.clone() } else { cx.args.get("InputObject").cloned().unwrap_or_default() };
        if whole { cx.write(value) } else { cx.write_all(value) }
    }
}

/// The name of the running script or command, as the Source of information records.
fn source(cx: &Cx) -> PsString {
    let script = cx.inv.info.position.as_ref().and_then(|p| p.file.clone());
    script.unwrap_or_else(|| cx.inv.name.clone())
}

#[derive(Default)]
pub struct WriteHost;

impl Command for WriteHost {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let value =
            if cx.has_input() { cx.input.clone() } else { cx.args.get("Object").cloned().unwrap_or(Value::Unset) };
        let separator = cx.args.value("Separator").cloned().map_or(" ".into(), |s| cx.en.to_text(&s));
        let mut text = String::new();
        host_text(cx.en, &value, &separator, &mut text)?;
        let colour = |name: &str| -> Option<u8> {
            let number = match cx.args.value(name)?.base() {
                Value::Object(o) => o.data().enum_number()?,
                _ => return None,
            };
            u8::try_from(number).ok()
        };
        let host = HostMessage {
            text: text.into(),
            no_newline: cx.args.switch("NoNewline"),
            foreground: colour("ForegroundColor"),
            background: colour("BackgroundColor"),
        };
        let record = InformationRecord {
            data: Value::Null,
            source: source(cx),
            tags: vec!["PSHOST".into()],
            time: time::now(),
            host: Some(host),
        };
        cx.stream(Stream::Information, Value::object(record))
    }
}

/// What Write-Host makes of an object: elements of collections joined by the separator, everything else by ToString().
fn host_text(en: &mut Engine, value: &Value, separator: &str, out: &mut String) -> Res<()> {
    match value.base() {
        v if v.is_null() => {}
        Value::String(s) => out.push_str(s),
        Value::Array(_) | Value::List(_) => joined(en, value, separator, out)?,
        Value::Object(o) if o.data().is_enumerable() => joined(en, value, separator, out)?,
        Value::Dict(d) => {
            let pairs = d.pairs();
            let pairs: Vec<String> =
                pairs.iter().map(|(k, v)| format!("[{}, {}]", en.to_text(k), en.to_text(v))).collect();
            out.push_str(&pairs.join(separator));
        }
        _ => match text::to_string(value) {
            Some(text) => out.push_str(&text),
            None => out.push_str(&en.to_text(value)),
        },
    }
    Ok(())
}

fn joined(en: &mut Engine, value: &Value, separator: &str, out: &mut String) -> Res<()> {
    for (at, item) in en.enumerate(value)?.iter().enumerate() {
        if at > 0 {
            out.push_str(separator);
        }
        host_text(en, item, separator, out)?;
    }
    Ok(())
}

#[derive(Default)]
pub struct WriteError;

impl Command for WriteError {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let record = self.record(cx);
        if let Some(text) = cx.args.text("RecommendedAction").filter(|t| !t.is_empty()) {
            let mut details = record.details.borrow_mut();
            let message = details.take().map_or_else(|| record.message(), |(message, _)| message);
            *details = Some((message, text));
        }
        for (name, field) in [
            ("CategoryActivity", &record.activity),
            ("CategoryReason", &record.reason),
            ("CategoryTargetName", &record.target_name),
            ("CategoryTargetType", &record.target_type),
        ] {
            if let Some(text) = cx.args.text(name).filter(|t| !t.is_empty()) {
                *field.borrow_mut() = Some(text);
            }
        }
        // The error belongs to the code that reports it.
        let (info, name) = cx.en.running_invocation();
        if record.activity.borrow().is_none() {
            *record.activity.borrow_mut() = Some("Write-Error".into());
        }
        if !name.is_empty() && record.invocation.borrow().is_none() {
            let id = record.id.borrow().clone();
            *record.id.borrow_mut() = format!("{id},{name}").into();
        }
        if record.invocation.borrow().is_none() {
            *record.invocation.borrow_mut() = Some(info);
        }
        cx.error(record).inspect_err(|flow| {
            // An error that ends the code that reports it shows the line of Write-Error when there is no other.
            if let Some(error) = flow.error() {
                let mut invocation = error.invocation.borrow_mut();
                if let Some(info) = invocation.as_ref().filter(|i| i.position.is_none()) {
                    let position = cx.inv.info.position.clone();
                    *invocation = Some(std::rc::Rc::new(InvocationInfo { position, ..(**info).clone() }));
                }
            }
        })
    }
}

impl WriteError {
    fn record(&self, cx: &mut Cx) -> ErrorRecord {
        let message = cx.args.text("Message");
        if let Some(given) = cx.args.value("ErrorRecord").and_then(|v| v.get::<error::ErrorObject>()) {
            // A copy: the record that was given may be in $Error already.
            let old = &given.0;
            let copy = ErrorRecord::from_exception(
                old.exception.clone(),
                old.id.borrow().clone(),
                old.category.get(),
                old.target.borrow().clone(),
            );
            copy.details.replace(old.details.borrow().clone());
            copy.activity.replace(old.activity.borrow().clone());
            copy.reason.replace(old.reason.borrow().clone());
            copy.invocation.replace(old.invocation.borrow().clone());
            copy.stack.replace(old.stack.borrow().clone());
            if let Some(message) = message {
                copy.details.replace(Some((message, "".into())));
            }
            return copy;
        }
        let category = cx.args.value("Category").cloned().map(|v| cx.en.to_text(&v));
        let category = category.and_then(|c| ErrorCategory::from_name(&c)).unwrap_or(ErrorCategory::NotSpecified);
        let target = cx.args.get("TargetObject").cloned().unwrap_or_default();
        let id = cx.args.text("ErrorId").filter(|t| !t.is_empty());
        match cx.args.value("Exception").cloned() {
            Some(exception) => {
                let name = types::clr_name(types::type_of(&exception)).into_owned();
                let record =
                    ErrorRecord::from_exception(exception, id.unwrap_or_else(|| name.into()), category, target);
                if let Some(message) = message {
                    record.details.replace(Some((message, "".into())));
                }
                record
            }
            None => {
                const TYPE: &str = "Microsoft.PowerShell.Commands.WriteErrorException";
                ErrorRecord::new(TYPE, message.unwrap_or_default(), id.unwrap_or_else(|| TYPE.into()), category)
                    .with_target(target)
            }
        }
    }
}

/// A cmdlet that writes its message to one stream.
pub struct WriteMessage(Stream);

impl WriteMessage {
    pub fn warning() -> WriteMessage {
        WriteMessage(Stream::Warning)
    }
    pub fn verbose() -> WriteMessage {
        WriteMessage(Stream::Verbose)
    }
    pub fn debug() -> WriteMessage {
        WriteMessage(Stream::Debug)
    }
}

impl Command for WriteMessage {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let text = cx.args.text("Message").unwrap_or_default();
        cx.stream(self.0, Value::String(text))
    }
}

#[derive(Default)]
pub struct WriteInformation;

impl Command for WriteInformation {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let data =
            if cx.has_input() { cx.input.clone() } else { cx.args.get("MessageData").cloned().unwrap_or_default() };
        let record =
            InformationRecord { data, source: source(cx), tags: texts(cx, "Tags"), time: time::now(), host: None };
        cx.stream(Stream::Information, Value::object(record))
    }
}

#[derive(Default)]
pub struct WriteProgress;

impl Command for WriteProgress {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let text = |name: &str| cx.args.text(name).map_or(Value::Null, Value::String);
        let number = |name: &str, default: i32| Value::Int(cx.args.int(name).map_or(default, |n| n as i32));
        let completed = cx.args.switch("Completed");
        let kind =
            dialtone_engine::vars::enum_value("System.Management.Automation.ProgressRecordType", i64::from(completed));
        let status = match text("Status") {
            Value::String(s) if !s.is_empty() => Value::String(s),
            _ => Value::str("Processing"),
        };
        let fields = vec![
            number("Id", 0),
            number("ParentId", -1),
            text("Activity"),
            status,
            text("CurrentOperation"),
            number("SecondsRemaining", -1),
            number("PercentComplete", -1),
            kind,
        ];
        let record = crate::record::Record::make(&crate::record::PROGRESS_RECORD, fields);
        cx.stream(Stream::Progress, record)
    }
}

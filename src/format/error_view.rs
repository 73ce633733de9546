//! The text of error records: ConciseView (with the line of the script), NormalView, CategoryView and DetailedView, by
//! `$ErrorView`.
use crate::host;
use crate::style::Style;
use dialtone_object::error::ErrorObject;
use dialtone_object::{ErrorCategory, ErrorRecord, Exception, Runtime, Value};
use std::rc::Rc;

#[derive(Clone, Copy, PartialEq, Debug)]
enum View {
    Concise,
    Normal,
    Category,
    Detailed,
}

fn current_view(rt: &mut dyn Runtime) -> View {
    let Some(value) = rt.variable("ErrorView").filter(|v| !v.is_null()) else { return View::Concise };
    match rt.to_text(&value).to_ascii_lowercase().as_str() {
        "conciseview" | "2" => View::Concise,
        "categoryview" | "1" => View::Category,
        "detailedview" | "3" => View::Detailed,
        _ => View::Normal,
    }
}

/// The record behind an object of the error view: itself, or the one that an exception carries.
pub fn record_of(object: &Value) -> Option<Rc<ErrorRecord>> {
    if let Some(error) = object.get::<ErrorObject>() {
        return Some(error.0.clone());
    }
    object.get::<Exception>().and_then(|e| e.record.borrow().as_ref().and_then(std::rc::Weak::upgrade))
}

/// The lines of a record as the host writes them: without empty ones.
pub fn host_lines(rt: &mut dyn Runtime, record: &Rc<ErrorRecord>) -> Vec<String> {
    let object = record.to_value();
    let style = host::host_style();
    let mut text = prefix(rt, &object);
    text.push_str(&self::text(rt, &object));
    if style.is_plain() {
        text = crate::cells::strip(&text).into_owned();
    }
    let lines = crate::wrap::split_lines(&text, &style.reset);
    lines.into_iter().filter(|l| !crate::cells::strip(l).is_empty()).collect()
}

fn is_native(record: &ErrorRecord) -> bool {
    matches!(record.id.borrow().as_str(), "NativeCommandErrorMessage" | "NativeCommandError")
}

/// The name of what failed, with a colon, in NormalView.
pub fn prefix(rt: &mut dyn Runtime, object: &Value) -> String {
    let Some(record) = record_of(object) else { return String::new() };
    if is_native(&record) || current_view(rt) != View::Normal {
        return String::new();
    }
    let style = host::host_style();
    let Some(info) = record.invocation.borrow().clone() else { return style.error };
    let mut name = info.name.to_string();
    let command = my_command(rt, &record);
    if !command.is_null() {
        match command_text(rt, &command, "CommandType").as_str() {
            "ExternalScript" => name = command_text(rt, &command, "Path"),
            "Script" => name = command_text(rt, &command, "ScriptBlock"),
            _ if matches!(name.as_str(), "" | "&" | ".") => name = command_text(rt, &command, "Name"),
            _ => {}
        }
    }
    if name.is_empty() { style.error } else { format!("{}{name} : ", style.error) }
}

fn command_text(rt: &mut dyn Runtime, command: &Value, property: &str) -> String {
    let value = rt.get_property(command, property).unwrap_or(Value::Null);
    rt.to_text(&value).to_string()
}

/// The text of an error.
pub fn text(rt: &mut dyn Runtime, object: &Value) -> String {
    let Some(record) = record_of(object) else { return rt.to_text(object).to_string() };
    let style = host::host_style();
    if is_native(&record) {
        return format!("{}{}{}", style.error, record.message(), style.reset);
    }
    match current_view(rt) {
        View::Concise => concise(rt, &record, &style),
        View::Normal => normal(rt, &record, &style),
        View::Category => format!("{}{}{}", style.error, category_text(rt, &record), style.reset),
        View::Detailed => {
            let text = crate::get_error::text(rt, object);
            format!("{}\n{text}\n\n{}", style.error, style.reset)
        }
    }
}

/// `CategoryInfo.GetMessage()`.
fn category_text(rt: &mut dyn Runtime, record: &Rc<ErrorRecord>) -> String {
    let info = rt.get_property(&record.to_value(), "CategoryInfo").unwrap_or(Value::Null);
    rt.to_text(&info).to_string()
}

fn category_part(rt: &mut dyn Runtime, record: &Rc<ErrorRecord>, part: &str) -> String {
    let info = rt.get_property(&record.to_value(), "CategoryInfo").unwrap_or(Value::Null);
    let value = rt.get_property(&info, part).unwrap_or(Value::Null);
    rt.to_text(&value).to_string()
}

/// `InvocationInfo.MyCommand`
fn my_command(rt: &mut dyn Runtime, record: &Rc<ErrorRecord>) -> Value {
    let info = rt.get_property(&record.to_value(), "InvocationInfo").unwrap_or(Value::Null);
    rt.get_property(&info, "MyCommand").unwrap_or(Value::Null)
}

/// What the user sees in front of the colon.
fn reason(rt: &mut dyn Runtime, record: &Rc<ErrorRecord>) -> String {
    // Errors that -ErrorAction Stop turned into terminating ones have the activity of their command.
    if record.thrown.get() && is_runtime_exception(record) && record.activity.borrow().is_none() {
        return "Exception".into();
    }
    let info = record.invocation.borrow().clone();
    let command = my_command(rt, record);
    let name = if command.is_null() { String::new() } else { command_text(rt, &command, "Name") };
    // A script is not a command that can be called by its name.
    let is_script =
        !name.is_empty() && matches!(command_text(rt, &command, "CommandType").as_str(), "ExternalScript" | "Script");
    if !name.is_empty() && !is_script {
        return name;
    }
    let activity = category_part(rt, record, "Activity");
    if !activity.is_empty() {
        return activity;
    }
    if !name.is_empty() {
        return name;
    }
    if let Some(name) = info.map(|i| i.name.to_string()).filter(|n| !n.is_empty()) {
        return name;
    }
    if record.category.get() != ErrorCategory::NotSpecified {
        return record.category.get().name().into();
    }
    let reason = category_part(rt, record, "Reason");
    if reason.is_empty() { "Error".into() } else { reason }
}

/// Only these say whether `throw` made them.
fn is_runtime_exception(record: &ErrorRecord) -> bool {
    let mut at = Some(record.exception_type());
    while let Some(ty) = at {
        if ty.full_name == "System.Management.Automation.RuntimeException" {
            return true;
        }
        at = ty.base;
    }
    false
}

fn message(record: &ErrorRecord) -> String {
    if let Some((details, _)) = &*record.details.borrow()
        && !details.is_empty()
    {
        return details.to_string();
    }
    let message = record.message().to_string();
    if record.category.get() == ErrorCategory::ParserError
        && let Some((_, rest)) = message.split_once("~\n")
    {
        // The message of a parse error begins with the position, which is shown here anyway.
        return rest.split("\n\n").next().unwrap_or(rest).to_owned();
    }
    message
}

fn concise(rt: &mut dyn Runtime, record: &Rc<ErrorRecord>, style: &Style) -> String {
    let position = record.invocation.borrow().as_ref().and_then(|i| i.position.clone());
    let (mut head, mut prefix) = (String::new(), String::new());
    let target = record.target.borrow().clone();
    let target = pester_target(&target);
    if let Some((file, line, text)) = target {
        head = format!("{}{file}\n", style.reset);
        prefix = line_detail(&mut head, &line, &format!(" {}\n", text.trim()), "", style);
    } else if let Some(p) = &position {
        let in_module = p.file.as_ref().is_some_and(|f| f.to_ascii_lowercase().ends_with(".psm1"));
        let parse_error = record.category.get() == ErrorCategory::ParserError
            && record.exception_type().full_name == "System.Management.Automation.ParentContainsErrorRecordException";
        if (parse_error || p.file.is_some() || p.line > 1) && !in_module {
            head = match &p.file {
                Some(file) => format!("{}{file}:{}\n", style.reset, p.line),
                None => "\n".into(),
            };
            let (line, marks) = p.source_and_marks();
            prefix = line_detail(&mut head, &p.line.to_string(), &format!(" {line}\n"), &format!(" {marks}"), style);
        }
    }
    let mut message = format!("{prefix}{}", message(record));
    if position.is_some_and(|p| p.file.is_some()) || record.category.get() == ErrorCategory::ParserError {
        message = wrap_message(&message.replace(['\n', '\t'], " "), &prefix);
        message.push('\n');
    }
    let reason = reason(rt, record);
    let mut text = format!("{0}{reason}: {head}{0}{message}{1}", style.error, style.reset);
    if let Some((_, action)) = &*record.details.borrow()
        && !action.trim().is_empty()
    {
        text.push_str(&format!("\n{}  Recommendation: {action}{}", style.error, style.reset));
    }
    text
}

/// Appends the line of the script with its number and the marks below; gives the prefix of the lines that follow.
fn line_detail(head: &mut String, number: &str, line: &str, marks: &str, style: &Style) -> String {
    let (accent, reset) = (&style.error_accent, &style.reset);
    let wide = " ".repeat(number.len().saturating_sub(4));
    let narrow = " ".repeat(4usize.saturating_sub(number.len()));
    head.push_str(&format!("{accent}{wide}Line |\n"));
    let mut line = line.to_owned();
    let (start, length) = (marks.find('~').unwrap_or(0), marks.trim().len());
    // Positions are in characters of the shown line.
    let byte = |n: usize| line.char_indices().nth(n).map_or(line.len(), |(at, _)| at);
    if length + 1 < line.chars().count() {
        let (from, to) = (byte(start), byte(start + length));
        line.insert_str(to, reset);
        line.insert_str(from, accent);
    }
    head.push_str(&format!("{accent}{narrow}{number} | {reset}{line}"));
    let prefix = format!("{accent}{wide}     | {}", style.error);
    if !marks.trim().is_empty() {
        head.push_str(&format!("{prefix}{marks}\n"));
    }
    prefix
}

/// A target that test frameworks give their failures: file, line number, text of the line.
fn pester_target(target: &Value) -> Option<(String, String, String)> {
    let Value::Dict(table) = target.base() else { return None };
    let get = |key: &str| table.get_str(key);
    let text = |v: Value| match v.base() {
        Value::String(s) => s.to_string(),
        Value::Int(n) => n.to_string(),
        Value::Long(n) => n.to_string(),
        _ => String::new(),
    };
    let (line, line_text) = (get("Line")?, get("LineText")?);
    Some((get("File").map(text).unwrap_or_default(), text(line), text(line_text)))
}

/// Breaks a message at the width of the window, each line behind the prefix.
fn wrap_message(message: &str, prefix: &str) -> String {
    let width = usize::try_from(host::console().width).unwrap_or(80);
    let prefix_width = crate::cells::strip(prefix).chars().count();
    let invisible = prefix.chars().count() - prefix_width;
    let length = |s: &str| s.chars().count();
    if width == 0 || length(message) - invisible <= width {
        return message.to_owned();
    }
    let first = cut_at_blank(message, width + invisible);
    let mut out = format!("{first}\n");
    let mut rest = message[first.len()..].trim();
    while length(rest) + prefix_width > width {
        let line = format!("{prefix}{rest}");
        let part = cut_at_blank(&line, width + invisible);
        if part.len() <= prefix.len() {
            break;
        }
        out.push_str(part);
        out.push('\n');
        rest = rest[part.len() - prefix.len()..].trim();
    }
    out.push_str(prefix);
    out.push_str(rest);
    out
}

/// The head of a text up to the last blank in its first `length` characters.
fn cut_at_blank(text: &str, length: usize) -> &str {
    let Some((end, _)) = text.char_indices().nth(length) else { return text };
    let head = &text[..end];
    head.rfind(char::is_whitespace).map_or(head, |at| &head[..at])
}

fn normal(rt: &mut dyn Runtime, record: &Rc<ErrorRecord>, style: &Style) -> String {
    let mut text = match &*record.details.borrow() {
        Some((details, _)) if !details.is_empty() => details.to_string(),
        _ => record.message().to_string(),
    };
    if let Some(info) = &*record.invocation.borrow()
        && (!info.command.is_null() || record.category.get() != ErrorCategory::ParserError)
        && let Some(position) = &info.position
    {
        text.push('\n');
        text.push_str(&position.message());
    }
    let (category, id) = (category_text(rt, record), full_id(rt, record));
    format!(
        "{}{text}\n+ CategoryInfo          : {category}\n+ FullyQualifiedErrorId : {id}{}",
        style.error, style.reset
    )
}

fn full_id(rt: &mut dyn Runtime, record: &Rc<ErrorRecord>) -> String {
    let id = rt.get_property(&record.to_value(), "FullyQualifiedErrorId").unwrap_or(Value::Null);
    rt.to_text(&id).to_string()
}

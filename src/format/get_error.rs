//! Get-Error's view: the properties of a record and of what it holds, indented.
use crate::host;
use crate::style::Style;
use dialtone_object::error::ErrorObject;
use dialtone_object::{Exception, Runtime, Value};

const MAX_DEPTH: usize = 10;

/// The outline of an error record (or exception), without the blank line before.
pub fn text(rt: &mut dyn Runtime, object: &Value) -> String {
    let style = host::host_style();
    let mut out = String::new();
    show(rt, object, 0, 1, &style, &mut out);
    out
}

fn is_error(value: &Value) -> bool {
    value.get::<Exception>().is_some() || value.get::<ErrorObject>().is_some()
}

fn count(rt: &mut dyn Runtime, value: &Value) -> usize {
    crate::text::elements(rt, value).and_then(Result::ok).map_or(1, |items| items.len())
}

/// What compares equal to null or an empty text: zero and false, too.
fn is_nothing(value: &Value) -> bool {
    match value.base() {
        Value::String(s) => s.is_empty(),
        Value::Bool(b) => !b,
        Value::Int(n) => *n == 0,
        Value::Long(n) => *n == 0,
        v => v.is_null(),
    }
}

fn show(rt: &mut dyn Runtime, object: &Value, indent: usize, depth: usize, style: &Style, out: &mut String) {
    let prefix = " ".repeat(indent);
    let mut properties = rt.properties(object);
    if object.get::<Exception>().is_some() {
        let name = rt.type_names(object).first().cloned().unwrap_or_default();
        properties.insert(0, ("Type".into(), Value::String(name)));
    }
    properties.retain(|(name, value)| name.as_str() != "PSErrorIndex" && !is_nothing(value));
    let width = properties.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    properties.retain(|(_, value)| count(rt, value) > 0);
    for (name, value) in properties {
        let pad = " ".repeat(width - name.len());
        out.push_str(&format!("{prefix}{}{name}{pad} : {}", style.accent, style.reset));
        let inner = indent + 4;
        let nested = is_error(&value)
            || rt
                .type_names(&value)
                .first()
                .is_some_and(|n| n.as_str() == "System.Management.Automation.InvocationInfo");
        if nested {
            if depth >= MAX_DEPTH {
                out.push('…');
            } else {
                out.push('\n');
                show(rt, &value, inner, depth + 1, style, out);
            }
        } else if name.as_str() == "StackTrace" {
            out.push('\n');
            out.push_str(&rt.to_text(&value));
        } else if let Value::Dict(table) = value.base() {
            out.push('\n');
            let mut pairs: Vec<(String, String)> =
                table.pairs().iter().map(|(k, v)| (rt.to_text(k).to_string(), rt.to_text(v).to_string())).collect();
            pairs.sort();
            for (key, text) in pairs {
                let text = if key == "Authorization" { "…".into() } else { text };
                out.push_str(&format!("{prefix}    {}{key} : {}{text}\n", style.accent, style.reset));
            }
        } else if let Some(Ok(items)) = crate::text::elements(rt, &value).filter(|_| name.as_str() != "Data") {
            list(rt, &items, indent, depth, style, out);
        } else if let Value::Type(ty) = value.base() {
            out.push_str(&format!("[{}]", ty.full_name));
        } else {
            let text = crate::text::scalar(rt, &value, false);
            let lines: Vec<&str> = text.trim().split('\n').collect();
            if lines.len() > 1 {
                for line in lines {
                    out.push_str(&format!("\n{prefix}    {line}"));
                }
            } else {
                out.push_str(text.trim());
            }
        }
        out.push('\n');
    }
    while out.ends_with('\n') {
        out.pop();
    }
}

fn list(rt: &mut dyn Runtime, items: &[Value], indent: usize, depth: usize, style: &Style, out: &mut String) {
    if depth >= MAX_DEPTH {
        out.push('…');
        return;
    }
    let prefix = " ".repeat(indent + indent + 4 + 2);
    for (n, item) in items.iter().enumerate() {
        out.push('\n');
        match item.base() {
            Value::Type(ty) => out.push_str(&format!("{prefix}[{}]", ty.full_name)),
            Value::Custom(_) | Value::Object(_) => {
                if n > 0 {
                    out.push('\n');
                }
                show(rt, item, indent + 4, depth + 1, style, out);
            }
            _ => out.push_str(&format!("{prefix}{}", rt.to_text(item))),
        }
    }
}

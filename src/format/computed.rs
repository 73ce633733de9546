//! Columns of built-in views that are computed: short PowerShell code over `$_`, compiled once, and functions by name.
use crate::error_view;
use dialtone_object::{Res, Runtime, Value};
use std::cell::RefCell;
use std::collections::HashMap;

thread_local! {
    static BLOCKS: RefCell<HashMap<String, Value>> = RefCell::new(HashMap::new());
}

/// The script block of a piece of code.
pub fn block(rt: &mut dyn Runtime, code: &str) -> Res<Value> {
    if let Some(block) = BLOCKS.with(|b| b.borrow().get(code).cloned()) {
        return Ok(block);
    }
    let block = rt.script_block(code)?;
    BLOCKS.with(|b| b.borrow_mut().insert(code.to_owned(), block.clone()));
    Ok(block)
}

/// The value of a named computation for an object.
pub fn value(rt: &mut dyn Runtime, name: &str, object: &Value) -> Res<Value> {
    Ok(match name {
        "ErrorPrefix" => Value::from(error_view::prefix(rt, object)),
        "ErrorText" => Value::from(error_view::text(rt, object)),
        "GetError" => Value::from(crate::get_error::text(rt, object)),
        "ModuleDirectory" => return module_directory(rt, object),
        "ModulePreRelease" => {
            let data = rt.get_property(object, "PrivateData").unwrap_or(Value::Null);
            let data = rt.get_property(&data, "PSData").unwrap_or(Value::Null);
            rt.get_property(&data, "Prerelease").unwrap_or(Value::Null)
        }
        "ModuleEdition" => module_edition(rt, object),
        "WebContent" => Value::from(shorten(&property_text(rt, object, "Content"))),
        "WebRawContent" => Value::from(shorten(&property_text(rt, object, "RawContent"))),
        _ => Value::Null,
    })
}

fn property_text(rt: &mut dyn Runtime, object: &Value, name: &str) -> String {
    let value = rt.get_property(object, name).unwrap_or(Value::Null);
    rt.to_text(&value).to_string()
}

/// The first 200 characters of a response.
fn shorten(text: &str) -> String {
    let text = text.replace('\r', "");
    match text.char_indices().nth(200) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

/// The folder that holds a module's folder (or the folder of its version).
fn module_directory(rt: &mut dyn Runtime, object: &Value) -> Res<Value> {
    let path = property_text(rt, object, "Path");
    let mut folder = std::path::Path::new(&path).parent();
    let is_version = |p: &std::path::Path| {
        let name = p.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        name.contains('.') && name.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
    };
    if folder.is_some_and(is_version) {
        folder = folder.and_then(|f| f.parent());
    }
    Ok(folder.and_then(|f| f.parent()).map(|f| f.to_string_lossy().into_owned()).into())
}

/// `Desk`, `Core` or both; the editions a module says it works with.
fn module_edition(rt: &mut dyn Runtime, object: &Value) -> Value {
    let editions = rt.get_property(object, "CompatiblePSEditions").unwrap_or(Value::Null);
    let list = rt.enumerate(&editions).unwrap_or_default();
    let mut names: Vec<String> = list.iter().map(|v| rt.to_text(v).replace("Desktop", "Desk")).collect();
    names.retain(|n| !n.is_empty());
    names.sort_unstable_by(|a, b| b.cmp(a));
    if names.is_empty() { Value::str("Desk") } else { Value::from(names.join(",")) }
}

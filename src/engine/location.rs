//! The current location and what paths mean.
use crate::machine::Engine;
use dialtone_object::*;
use std::rc::Rc;

impl Engine {
    /// The full path a path text means: relative to the location, `~`, `\` as `/`, the FileSystem provider's prefixes.
    pub fn full_path(&self, path: &str) -> String {
        let path = path
            .strip_prefix("Microsoft.PowerShell.Core\\FileSystem::")
            .or_else(|| path.strip_prefix("FileSystem::"))
            .unwrap_or(path);
        let path = path.replace('\\', "/");
        let home = || crate::environment::get("HOME").unwrap_or_default();
        let lower = path.to_ascii_lowercase();
        let joined = if path == "~" {
            home()
        } else if let Some(rest) = path.strip_prefix("~/") {
            format!("{}/{rest}", home())
        } else if path.starts_with('/') {
            path
        } else if lower.starts_with("temp:") {
            format!("{}/{}", std::env::temp_dir().display(), path[5..].trim_start_matches('/'))
        } else {
            format!("{}/{path}", self.location)
        };
        normalise(&joined)
    }
}

/// Takes out `.`, `..` and doubled slashes without asking the file system.
pub fn normalise(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            p => parts.push(p),
        }
    }
    let mut out = String::with_capacity(path.len());
    for p in &parts {
        out.push('/');
        out.push_str(p);
    }
    if out.is_empty() || path.ends_with('/') {
        out.push('/');
    }
    out
}

/// `$PWD`
pub fn path_info(en: &mut Engine) -> Value {
    let location = en.location.clone();
    let object = PSObject::from_pairs(vec![("Path".into(), Value::from(location))])
        .with_type("System.Management.Automation.PathInfo");
    Value::Custom(Rc::new(object))
}

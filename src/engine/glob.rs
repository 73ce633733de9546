//! Wildcard expansion of paths.
use crate::machine::Engine;

/// Paths that match a pattern, sorted; relative patterns give relative paths. Hidden names only when the pattern
/// starts with a dot.
pub fn expand(en: &mut Engine, pattern: &str) -> Vec<String> {
    let absolute = pattern.starts_with('/');
    let mut found = vec![if absolute { "/".to_owned() } else { String::new() }];
    for part in pattern.split('/').filter(|p| !p.is_empty()) {
        let mut next = Vec::new();
        for base in &found {
            let join = |name: &str| match base.as_str() {
                "" => name.to_owned(),
                b if b.ends_with('/') => format!("{b}{name}"),
                b => format!("{b}/{name}"),
            };
            if !part.contains(['*', '?', '[']) {
                let path = join(part);
                if std::path::Path::new(&en.full_path(&path)).exists() {
                    next.push(path);
                }
                continue;
            }
            let dir = en.full_path(if base.is_empty() { "." } else { base });
            let Ok(entries) = std::fs::read_dir(&dir) else { continue };
            let mut names: Vec<String> =
                entries.flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect();
            names.sort();
            for name in names {
                if (!name.starts_with('.') || part.starts_with('.')) && en.like(part, &name) {
                    next.push(join(&name));
                }
            }
        }
        found = next;
    }
    found
}

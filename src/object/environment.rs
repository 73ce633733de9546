//! `$env:`: the session's environment, a copy of the process's that child processes inherit. Kept here because
//! changing the process's own environment is unsafe while other threads run.
use std::cell::RefCell;
use std::collections::BTreeMap;

thread_local! {
    static VARIABLES: RefCell<Option<BTreeMap<String, String>>> = const { RefCell::new(None) };
}

fn with<T>(f: impl FnOnce(&mut BTreeMap<String, String>) -> T) -> T {
    VARIABLES.with(|v| {
        let mut v = v.borrow_mut();
        let map = v.get_or_insert_with(|| {
            std::env::vars_os()
                .map(|(k, v)| (k.to_string_lossy().into_owned(), v.to_string_lossy().into_owned()))
                .collect()
        });
        f(map)
    })
}

/// Value of a variable; names are case-sensitive as on Linux.
pub fn get(name: &str) -> Option<String> {
    with(|map| map.get(name).cloned())
}
/// Sets a variable, or removes it.
pub fn set(name: &str, value: Option<&str>) {
    with(|map| match value {
        Some(v) if !v.is_empty() => {
            map.insert(name.to_owned(), v.to_owned());
        }
        _ => {
            map.remove(name);
        }
    });
}
/// All variables, sorted by name.
pub fn all() -> Vec<(String, String)> {
    with(|map| map.iter().map(|(k, v)| (k.clone(), v.clone())).collect())
}

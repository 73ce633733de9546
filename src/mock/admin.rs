//! What `dialtone mock ...` does with a tenant, on its file: no server has to run, and one that runs sees the result
//! with its next request.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use serde_json::Value;

use crate::faults;
use crate::seed;
use crate::store::{Store, StoreError};
use crate::{Handle, Options, StartError, start};

pub use crate::seed::Seed;

/// Why a command on a tenant failed.
#[derive(Debug)]
pub enum AdminError {
    Store(StoreError),
    /// A snapshot, or another file that was named.
    File(PathBuf, String),
    /// A fault rule that is not understood.
    Rule(String),
}

impl fmt::Display for AdminError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AdminError::Store(error) => error.fmt(f),
            AdminError::File(path, text) => write!(f, "'{}': {text}.", path.display()),
            AdminError::Rule(text) => write!(f, "The fault rule {text}."),
        }
    }
}

impl std::error::Error for AdminError {}

impl From<StoreError> for AdminError {
    fn from(error: StoreError) -> AdminError {
        AdminError::Store(error)
    }
}

type Result<T> = std::result::Result<T, AdminError>;

fn open(path: &Path) -> Result<Store> {
    Ok(Store::open(path, |store| seed::fill(store, Seed::default()))?)
}

fn failed(path: &Path, error: rusqlite::Error) -> AdminError {
    AdminError::Store(StoreError::Unusable(path.to_owned(), error.to_string()))
}

/// Serves the tenant until `interrupted` says so (asked ten times a second); `ready` is told where it answers.
pub fn serve(
    options: Options,
    ready: impl FnOnce(&Handle),
    interrupted: &mut dyn FnMut() -> bool,
) -> std::result::Result<(), StartError> {
    let handle = start(options)?;
    ready(&handle);
    handle.wait(interrupted);
    Ok(())
}

/// Empties the tenant and fills it anew, in one step. The seed is one that `Seed::default` gives, or 10 to 200,000 users.
pub fn reset(path: &Path, seed: Seed) -> Result<()> {
    let store = open(path)?;
    store.refill(|store| seed::fill(store, seed)).map_err(|e| failed(path, e))
}

/// The same as `reset` with this number of users.
pub fn seed(path: &Path, users: usize) -> Result<()> {
    reset(path, Seed { users, ..Seed::default() })
}

/// Copies the tenant into a new file that `restore` and `diff` take. An existing file is not overwritten.
pub fn snapshot(path: &Path, to: &Path) -> Result<()> {
    if to.exists() {
        return Err(AdminError::File(to.to_owned(), "the file exists already".into()));
    }
    let store = open(path)?;
    // Written aside first, so that a snapshot that is there is whole.
    let aside = with_suffix(to, ".part");
    let _ = fs::remove_file(&aside);
    let copied = store.db.execute("VACUUM INTO ?1", [aside.to_string_lossy()]).map_err(|e| failed(path, e));
    let done = copied.and_then(|_| fs::rename(&aside, to).map_err(|e| AdminError::File(to.to_owned(), e.to_string())));
    if done.is_err() {
        let _ = fs::remove_file(&aside);
    }
    done
}

/// Puts the tenant back into the state of a snapshot, in one step; the log and the fault rules go with it.
pub fn restore(path: &Path, from: &Path) -> Result<()> {
    if !from.is_file() {
        return Err(AdminError::File(from.to_owned(), "the snapshot does not exist".into()));
    }
    // Looked at before the tenant is touched.
    let snapshot = Store::open(from, |_| Ok(()))?;
    drop(snapshot);
    let store = open(path)?;
    let attach = |sql: &str| store.db.execute(sql, [from.to_string_lossy()]).map_err(|e| failed(path, e));
    attach("ATTACH DATABASE ?1 AS snapshot")?;
    let copied = store.transaction(|store| -> rusqlite::Result<()> {
        for table in TABLES.iter().chain(&["log", "fault"]) {
            store.db.execute_batch(&format!(
                "DELETE FROM main.{table}; INSERT INTO main.{table} SELECT * FROM snapshot.{table};"
            ))?;
        }
        Ok(())
    });
    let detached = store.db.execute_batch("DETACH DATABASE snapshot");
    copied.and(detached).map_err(|e| failed(path, e))
}

/// The tables that are the tenant's state.
const TABLES: &[&str] = &["meta", "document", "user", "number", "licence", "assignment", "member"];

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// One difference between two states.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// `user`, `number`, `assignment`, `config/TenantDialPlan`, ...
    pub kind: String,
    pub identity: String,
    pub change: Change,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    Added,
    Removed,
    /// Member, value before, value after.
    Changed(Vec<(String, Value, Value)>),
}

impl fmt::Display for Difference {
    /// `+ user jane@...`, `- number +1...`, or `~ user jane@...` with a line for each member.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.change {
            Change::Added => write!(f, "+ {} {}", self.kind, self.identity),
            Change::Removed => write!(f, "- {} {}", self.kind, self.identity),
            Change::Changed(members) => {
                write!(f, "~ {} {}", self.kind, self.identity)?;
                members.iter().try_for_each(|(name, before, after)| write!(f, "\n    {name}: {before} -> {after}"))
            }
        }
    }
}

/// What changed from one state (a tenant's file or a snapshot) to another. When it changed is left out.
pub fn diff(before: &Path, after: &Path) -> Result<Vec<Difference>> {
    let (mut old, new) = (state(before)?, state(after)?);
    let mut out = Vec::new();
    let mut add = |(kind, identity): (String, String), change| out.push(Difference { kind, identity, change });
    for (key, value) in new {
        match old.remove(&key) {
            None => add(key, Change::Added),
            Some(known) if known != value => {
                let members = changed_members(&known, &value);
                if !members.is_empty() {
                    add(key, Change::Changed(members));
                }
            }
            Some(_) => {}
        }
    }
    for (key, _) in old {
        add(key, Change::Removed);
    }
    out.sort_by(|a, b| (&a.kind, &a.identity).cmp(&(&b.kind, &b.identity)));
    Ok(out)
}

type State = std::collections::BTreeMap<(String, String), Value>;

fn state(path: &Path) -> Result<State> {
    if !path.is_file() {
        return Err(AdminError::File(path.to_owned(), "the file does not exist".into()));
    }
    let store = Store::open(path, |_| Ok(()))?;
    read_state(&store.db).map_err(|e| failed(path, e))
}

fn read_state(db: &Connection) -> rusqlite::Result<State> {
    const QUERIES: &[&str] = &[
        "SELECT body, kind, id FROM document",
        "SELECT body, 'user', upn FROM user",
        "SELECT body, 'number', number FROM number",
        "SELECT json_object('policy', policy), 'assignment', user.upn || ' ' || assignment.type
         FROM assignment JOIN user ON user.id=assignment.user",
        "SELECT '{}', 'member', \"group\" || ' ' || user FROM member",
        "SELECT json_object('value', value), 'meta', key FROM meta",
    ];
    let mut out = State::new();
    for sql in QUERIES {
        let mut query = db.prepare(sql)?;
        let rows = query.query_map([], |row| Ok(((row.get(1)?, row.get(2)?), crate::store::body(row)?)))?;
        for row in rows {
            let (key, body) = row?;
            out.insert(key, body);
        }
    }
    Ok(out)
}

fn changed_members(before: &Value, after: &Value) -> Vec<(String, Value, Value)> {
    let (Some(old), Some(new)) = (before.as_object(), after.as_object()) else {
        return vec![("value".to_owned(), before.clone(), after.clone())];
    };
    let names: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let value = |map: &serde_json::Map<String, Value>, name: &str| map.get(name).cloned().unwrap_or(Value::Null);
    let told = names.into_iter().filter(|n| n.as_str() != "password");
    let rows = told.map(|n| (n.clone(), value(old, n), value(new, n)));
    rows.filter(|(_, a, b)| a != b && !(is_stamp(b) && (is_stamp(a) || a.is_null()))).collect()
}

/// What is in the tenant: name of a count and the count.
pub fn info(path: &Path) -> Result<Vec<(&'static str, String)>> {
    let store = open(path)?;
    let read = |store: &Store| -> rusqlite::Result<Vec<(&'static str, String)>> {
        let count = |sql: &str| store.count(sql, &[]).map(|n| n.to_string());
        Ok(vec![
            ("Tenant", store.tenant_id()?),
            ("Administrator", store.meta("administrator")?),
            ("Created", store.meta("created")?),
            ("Seed", store.meta("seed")?),
            ("Users", count("SELECT count(*) FROM user WHERE deleted=0")?),
            ("Numbers", count("SELECT count(*) FROM number")?),
            ("Assigned numbers", count("SELECT count(*) FROM number WHERE target IS NOT NULL")?),
            ("Policy assignments", count("SELECT count(*) FROM assignment")?),
            ("Configurations", count("SELECT count(*) FROM document WHERE kind LIKE 'config/%'")?),
            ("Hybrid PSTN sites", count("SELECT count(*) FROM document WHERE kind='hybridSite'")?),
            ("Fault rules", count("SELECT count(*) FROM fault")?),
            ("Logged requests", count("SELECT count(*) FROM log")?),
        ])
    };
    read(&store).map_err(|e| failed(path, e))
}

/// Whether a value says when something happened: two runs of the same script differ in it.
fn is_stamp(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.parse::<jiff::Timestamp>().is_ok())
}

/// One line of the request log.
#[derive(Clone, Debug)]
pub struct LogLine {
    pub seq: i64,
    pub time: String,
    pub method: String,
    /// With the query.
    pub target: String,
    pub cmdlet: String,
    pub status: i64,
    pub micros: i64,
    /// The fault rules that took the request.
    pub fault: Option<String>,
}

/// The last requests, oldest first.
pub fn log(path: &Path, most: usize) -> Result<Vec<LogLine>> {
    let store = open(path)?;
    read_log(&store.db, most).map_err(|e| failed(path, e))
}

fn read_log(db: &Connection, most: usize) -> rusqlite::Result<Vec<LogLine>> {
    let mut query = db.prepare("SELECT * FROM (SELECT * FROM log ORDER BY seq DESC LIMIT ?1) ORDER BY seq")?;
    let lines = query.query_map([most as i64], |row| {
        let query: String = row.get("query")?;
        let path: String = row.get("path")?;
        Ok(LogLine {
            seq: row.get("seq")?,
            time: row.get("time")?,
            method: row.get("method")?,
            target: if query.is_empty() { path } else { format!("{path}?{query}") },
            cmdlet: row.get::<_, Option<String>>("cmdlet")?.unwrap_or_default(),
            status: row.get("status")?,
            micros: row.get("micros")?,
            fault: row.get("fault")?,
        })
    })?;
    lines.collect()
}

/// Adds fault rules to the tenant (the language is described in `faults.rs` and the README); `clear` takes those that
/// are there away first. Gives all rules with the number of calls that each fitted.
pub fn faults(path: &Path, rules: &str, clear: bool) -> Result<Vec<(String, i64)>> {
    let parsed = faults::parse(rules).map_err(AdminError::Rule)?;
    let store = open(path)?;
    let work = |store: &Store| -> rusqlite::Result<Vec<(String, i64)>> {
        if clear {
            faults::clear(store)?;
        }
        faults::add(store, &parsed)?;
        faults::list(store)
    };
    store.transaction(work).map_err(|e| failed(path, e))
}

/// Checks the whole file; `Ok` says that it is sound.
pub fn check(path: &Path) -> Result<()> {
    let store = open(path)?;
    let told: String =
        store.db.pragma_query_value(None, "integrity_check", |row| row.get(0)).map_err(|e| failed(path, e))?;
    match told.as_str() {
        "ok" => Ok(()),
        _ => Err(AdminError::Store(StoreError::Damaged(path.to_owned(), told))),
    }
}

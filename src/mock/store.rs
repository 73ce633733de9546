//! The tenant's state: one SQLite file, written ahead, safe against the end of the process at any point.
//!
//! Most of the state is documents: JSON by kind and identity, in the order they were made. Users and numbers have
//! columns beside the document for what is searched (`people`, `numbers`), assignments of policies are rows. Two
//! processes may have the file open: each request is one transaction that takes the write lock at its start.

use std::cmp::Ordering;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::types::Value as Sql;
use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, params, params_from_iter};
use serde_json::Value;

/// Marks the file as a mock tenant (`PRAGMA application_id`): "Dial".
const APPLICATION: i64 = 0x4469_616c;
const VERSION: i64 = 2;

const SCHEMA: &str = "
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE document (
  seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL COLLATE NOCASE, body TEXT NOT NULL, UNIQUE (kind, id));
CREATE TABLE user (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE COLLATE NOCASE, upn TEXT NOT NULL UNIQUE COLLATE NOCASE,
  sip TEXT UNIQUE COLLATE NOCASE, name TEXT COLLATE NOCASE, line TEXT COLLATE NOCASE, voice INTEGER NOT NULL,
  enabled INTEGER NOT NULL, type TEXT NOT NULL COLLATE NOCASE, location TEXT COLLATE NOCASE,
  department TEXT COLLATE NOCASE, city TEXT COLLATE NOCASE, plans TEXT NOT NULL COLLATE NOCASE,
  deleted INTEGER NOT NULL, body TEXT NOT NULL);
CREATE INDEX user_name ON user (name);
CREATE INDEX user_line ON user (line);
CREATE INDEX user_voice ON user (voice);
CREATE INDEX user_department ON user (department);
CREATE INDEX user_city ON user (city);
CREATE INDEX user_location ON user (location);
CREATE TABLE number (
  number TEXT PRIMARY KEY, type TEXT NOT NULL COLLATE NOCASE, status TEXT NOT NULL COLLATE NOCASE,
  target TEXT COLLATE NOCASE, body TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX number_target ON number (target);
CREATE TABLE licence (
  sku TEXT NOT NULL COLLATE NOCASE, user TEXT NOT NULL COLLATE NOCASE, PRIMARY KEY (sku, user)) WITHOUT ROWID;
CREATE INDEX licence_user ON licence (user);
CREATE TABLE assignment (
  user TEXT NOT NULL COLLATE NOCASE, type TEXT NOT NULL COLLATE NOCASE, policy TEXT COLLATE NOCASE,
  previous TEXT, visible INTEGER NOT NULL, PRIMARY KEY (user, type)) WITHOUT ROWID;
CREATE INDEX assignment_policy ON assignment (type, policy);
CREATE TABLE member (
  \"group\" TEXT NOT NULL COLLATE NOCASE, user TEXT NOT NULL COLLATE NOCASE, PRIMARY KEY (\"group\", user)) WITHOUT ROWID;
CREATE INDEX member_user ON member (user);
CREATE TABLE log (
  seq INTEGER PRIMARY KEY, time TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL, query TEXT NOT NULL,
  cmdlet TEXT, correlation TEXT, caller TEXT, status INTEGER NOT NULL, micros INTEGER NOT NULL, fault TEXT);
CREATE TABLE fault (seq INTEGER PRIMARY KEY, rule TEXT NOT NULL, seen INTEGER NOT NULL);
";

/// Why the store cannot be used. The text names the file and says that nothing in it was changed.
#[derive(Debug)]
pub enum StoreError {
    /// Not a database, or one whose pages are damaged.
    Damaged(PathBuf, String),
    /// A database of another program.
    Foreign(PathBuf),
    /// Made before the first release, in a form that is no longer read.
    Older(PathBuf),
    /// Made by a newer version.
    Newer(PathBuf),
    /// The file or its folder cannot be read or written, or stays locked.
    Unusable(PathBuf, String),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let advice = "The file was left as it is. Move it away, or name another one in DIALTONE_MOCK; a new tenant is \
                      made where no file is.";
        match self {
            StoreError::Damaged(p, text) => {
                write!(f, "The mock tenant's database '{}' is damaged ({text}). {advice}", p.display())
            }
            StoreError::Foreign(p) => write!(f, "'{}' is a database of another program. {advice}", p.display()),
            StoreError::Older(p) => {
                write!(f, "The mock tenant '{}' was made by an older version of Dialtone. {advice}", p.display())
            }
            StoreError::Newer(p) => {
                write!(f, "The mock tenant '{}' was made by a newer version of Dialtone. {advice}", p.display())
            }
            StoreError::Unusable(p, text) => {
                write!(f, "The mock tenant's database '{}' cannot be used: {text}.", p.display())
            }
        }
    }
}

impl std::error::Error for StoreError {}

/// An open tenant.
pub struct Store {
    pub db: Connection,
    pub path: PathBuf,
}

impl Store {
    /// Opens the file; where there is none yet, makes it and fills it with `seed`.
    pub fn open(path: &Path, seed: impl Fn(&Store) -> rusqlite::Result<()>) -> Result<Store, StoreError> {
        let fail = |error| explain(path, error);
        if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|e| StoreError::Unusable(path.into(), e.to_string()))?;
        }
        let db = Connection::open(path).map_err(fail)?;
        db.busy_timeout(Duration::from_secs(15)).map_err(fail)?;
        db.set_prepared_statement_cache_capacity(256);
        let store = Store { db, path: path.to_owned() };
        store.identify()?;
        store.configure().map_err(fail)?;
        store.transaction(|store| store.create(&seed)).map_err(fail)?;
        Ok(store)
    }

    /// Looks at what the file is before anything is written to it.
    fn identify(&self) -> Result<(), StoreError> {
        let pragma = |name: &str| self.db.query_row(name, [], |row| row.get::<_, i64>(0));
        let fail = |error| explain(&self.path, error);
        let objects = pragma("SELECT count(*) FROM sqlite_schema").map_err(fail)?;
        if objects == 0 {
            return Ok(());
        }
        if pragma("PRAGMA application_id").map_err(fail)? != APPLICATION {
            return Err(StoreError::Foreign(self.path.clone()));
        }
        match pragma("PRAGMA user_version").map_err(fail)?.cmp(&VERSION) {
            Ordering::Less => Err(StoreError::Older(self.path.clone())),
            Ordering::Equal => Ok(()),
            Ordering::Greater => Err(StoreError::Newer(self.path.clone())),
        }
    }

    fn configure(&self) -> rusqlite::Result<()> {
        // Another process may be switching the file to write-ahead at this moment, which the busy timeout does not cover.
        for attempt in 0.. {
            match self.db.query_row("PRAGMA journal_mode=WAL", [], |row| row.get::<_, String>(0)) {
                Ok(_) => break,
                Err(error) if attempt < 100 && error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {
                    std::thread::sleep(Duration::from_millis(20));
                }
                Err(error) => return Err(error),
            }
        }
        self.db.execute_batch("PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000; PRAGMA temp_store=MEMORY;")
    }

    fn create(&self, seed: &impl Fn(&Store) -> rusqlite::Result<()>) -> rusqlite::Result<()> {
        let tables: i64 = self.db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        if tables > 0 {
            return Ok(());
        }
        self.db.execute_batch(SCHEMA)?;
        self.db.execute_batch(&format!("PRAGMA application_id={APPLICATION}; PRAGMA user_version={VERSION};"))?;
        seed(self)
    }

    /// Empties the tenant and fills it anew, in one step.
    pub fn refill(&self, seed: impl Fn(&Store) -> rusqlite::Result<()>) -> rusqlite::Result<()> {
        self.transaction(|store| {
            for table in ["meta", "document", "user", "number", "licence", "assignment", "member", "log", "fault"] {
                store.db.execute(&format!("DELETE FROM {table}"), [])?;
            }
            seed(store)
        })
    }

    /// Runs `work` under the write lock; commits unless it fails.
    pub fn transaction<T, E: From<rusqlite::Error>>(&self, work: impl FnOnce(&Store) -> Result<T, E>) -> Result<T, E> {
        self.db.execute_batch("BEGIN IMMEDIATE")?;
        let result = work(self);
        let end = if result.is_ok() { "COMMIT" } else { "ROLLBACK" };
        match (self.db.execute_batch(end), result) {
            (Err(error), Ok(_)) => {
                // A commit that failed leaves the transaction open.
                let _ = self.db.execute_batch("ROLLBACK");
                Err(error.into())
            }
            (_, result) => result,
        }
    }

    /// Runs `work` inside the transaction; what it did is undone if it fails.
    pub fn attempt<T, E: From<rusqlite::Error>>(&self, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        self.db.execute_batch("SAVEPOINT attempt")?;
        let result = work();
        let end = if result.is_ok() { "RELEASE attempt" } else { "ROLLBACK TO attempt; RELEASE attempt" };
        self.db.execute_batch(end)?;
        result
    }

    // Documents.

    pub fn get(&self, kind: &str, id: &str) -> rusqlite::Result<Option<Value>> {
        let mut query = self.db.prepare_cached("SELECT body FROM document WHERE kind=?1 AND id=?2")?;
        query.query_row(params![kind, id], body).optional()
    }

    /// All documents of a kind in the order they were made.
    pub fn list(&self, kind: &str) -> rusqlite::Result<Vec<Value>> {
        let mut query = self.db.prepare_cached("SELECT body FROM document WHERE kind=?1 ORDER BY seq")?;
        query.query_map([kind], body)?.collect()
    }

    /// Documents of a kind with their identities.
    pub fn entries(&self, kind: &str) -> rusqlite::Result<Vec<(String, Value)>> {
        let mut query = self.db.prepare_cached("SELECT body, id FROM document WHERE kind=?1 ORDER BY seq")?;
        query.query_map([kind], |row| Ok((row.get(1)?, body(row)?)))?.collect()
    }

    /// Adds a document, or replaces it in its place.
    pub fn put(&self, kind: &str, id: &str, document: &Value) -> rusqlite::Result<()> {
        let mut statement = self.db.prepare_cached(
            "INSERT INTO document (kind, id, body) VALUES (?1, ?2, ?3)
             ON CONFLICT (kind, id) DO UPDATE SET body=excluded.body",
        )?;
        statement.execute(params![kind, id, document.to_string()]).map(drop)
    }

    /// Whether there was such a document.
    pub fn remove(&self, kind: &str, id: &str) -> rusqlite::Result<bool> {
        let mut statement = self.db.prepare_cached("DELETE FROM document WHERE kind=?1 AND id=?2")?;
        Ok(statement.execute(params![kind, id])? > 0)
    }

    pub fn meta(&self, key: &str) -> rusqlite::Result<String> {
        let mut query = self.db.prepare_cached("SELECT value FROM meta WHERE key=?1")?;
        Ok(query.query_row([key], |row| row.get(0)).optional()?.unwrap_or_default())
    }

    pub fn set_meta(&self, key: &str, value: &str) -> rusqlite::Result<()> {
        self.db.execute("INSERT OR REPLACE INTO meta VALUES (?1, ?2)", params![key, value]).map(drop)
    }

    pub fn tenant_id(&self) -> rusqlite::Result<String> {
        self.meta("tenant")
    }

    /// The first column of each row of a query that is built at run time.
    pub fn column(&self, sql: &str, values: &[Sql]) -> rusqlite::Result<Vec<String>> {
        let mut query = self.db.prepare_cached(sql)?;
        query.query_map(params_from_iter(values), |row| row.get(0))?.collect()
    }

    /// The bodies of a query whose first column is one.
    pub fn bodies(&self, sql: &str, values: &[Sql]) -> rusqlite::Result<Vec<Value>> {
        let mut query = self.db.prepare_cached(sql)?;
        query.query_map(params_from_iter(values), body)?.collect()
    }

    /// The number a query counts.
    pub fn count(&self, sql: &str, values: &[Sql]) -> rusqlite::Result<i64> {
        let mut query = self.db.prepare_cached(sql)?;
        query.query_row(params_from_iter(values), |row| row.get(0))
    }
}

/// The first column as JSON.
pub fn body(row: &Row) -> rusqlite::Result<Value> {
    let text = row.get_ref(0)?.as_str()?;
    serde_json::from_str(text)
        .map_err(|e| rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(e)))
}

fn explain(path: &Path, error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
            StoreError::Damaged(path.into(), error.to_string())
        }
        _ => StoreError::Unusable(path.into(), error.to_string()),
    }
}

//! The mock tenant: a Teams and Skype for Business Online tenant on 127.0.0.1 with a store of its own.
//!
//! It answers the routes of the real services (Teams ConfigAPI, Microsoft Graph, the identity platform) to any client
//! that has a bearer, enforces their relations with their texts, and keeps its state in one SQLite file. The cmdlets
//! reach it over HTTP only; nothing here knows of them. A request goes `server` -> `route` -> the handler in the file of
//! its service (`users`, `grants`, `configuration`, `telephone`, ...), which works on the `store` in one transaction.
//!
//! To add a route: a line in the `ROUTES` of its service's file and a handler `fn(&Call) -> Answer` beside it; refuse with
//! the constructor of `Refusal` that has the service's shape; a line in `tests/tenant/shapes.txt` if it reads. To add a
//! configuration type: a line in `data/types.json`, and what it demands beyond the pattern in `relations.rs`.

#![recursion_limit = "256"]

pub mod admin;
mod associations;
mod call;
mod call_queues;
mod call_records;
mod calling;
mod collection;
pub mod command;
mod conferencing;
mod configuration;
mod control;
mod dial_plan;
mod faults;
mod filter;
mod grants;
mod graph_reports;
mod graph_teams;
mod graph_users;
mod hybrid;
mod identity;
mod ids;
mod json;
mod keys;
mod locations;
mod names;
mod number_orders;
mod numbers;
mod people;
mod relations;
mod resource_accounts;
mod route;
mod schedules;
mod seed;
mod server;
mod services;
mod store;
mod telephone;
mod tenant_record;
mod types;
mod users;
mod voice_apps;

use std::fmt;
use std::io;
use std::path::PathBuf;

pub use seed::Seed;
pub use server::default_path;
pub use store::StoreError;

use faults::Faults;
use keys::Keys;
use route::Route;
use store::Store;

/// The table of routes: one list for each service.
const ROUTES: &[&[Route]] = &[
    tenant_record::ROUTES,
    configuration::ROUTES,
    hybrid::ROUTES,
    grants::ROUTES,
    users::ROUTES,
    dial_plan::ROUTES,
    telephone::ROUTES,
    number_orders::ROUTES,
    locations::ROUTES,
    conferencing::ROUTES,
    voice_apps::ROUTES,
    schedules::ROUTES,
    associations::ROUTES,
    call_queues::ROUTES,
    collection::ROUTES,
    resource_accounts::ROUTES,
    calling::ROUTES,
    services::ROUTES,
    graph_users::ROUTES,
    graph_teams::ROUTES,
    graph_reports::ROUTES,
    identity::ROUTES,
    control::ROUTES,
];

/// How a mock is started.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The store; `None`: `DIALTONE_MOCK`, else `dialtone/mock.sqlite` in the user's data folder.
    pub path: Option<PathBuf>,
    /// What a store that is not there yet is filled with.
    pub seed: Seed,
    /// The port of 127.0.0.1; 0: any free one.
    pub port: u16,
    /// Fault rules of this server; `None`: those of `DIALTONE_MOCK_FAULTS`. See `admin::faults` for the language.
    pub faults: Option<String>,
}

/// A running mock. It ends with this value.
pub struct Handle {
    /// `http://127.0.0.1:port`: the base of every service.
    pub base_url: String,
    /// The bearer that opens every route.
    pub token: String,
    pub tenant_id: String,
    /// The user that the bearer stands for.
    pub administrator: String,
    pub path: PathBuf,
    running: server::Running,
}

// The token is a secret.
impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Handle({}, {})", self.base_url, self.path.display())
    }
}

impl Handle {
    /// Blocks until the server ends by itself, asking `interrupted` ten times a second.
    pub fn wait(&self, interrupted: &mut dyn FnMut() -> bool) {
        while !self.running.task.is_finished() && !interrupted() {
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.running.task.abort();
    }
}

/// Why a mock does not start.
#[derive(Debug)]
pub enum StartError {
    Store(StoreError),
    /// The key file beside the store.
    Key(PathBuf, io::Error),
    /// The port or the network thread.
    Server(io::Error),
    /// A fault rule that is not understood.
    Faults(String),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StartError::Store(error) => error.fmt(f),
            StartError::Key(path, error) => {
                write!(f, "The mock tenant's key file '{}' cannot be used: {error}.", path.display())
            }
            StartError::Server(error) => write!(f, "The mock tenant's server cannot start: {error}."),
            StartError::Faults(text) => write!(f, "The fault rule {text}."),
        }
    }
}

impl std::error::Error for StartError {}

/// Opens the store (making and filling it if it is not there) and serves it until the handle is dropped.
pub fn start(options: Options) -> Result<Handle, StartError> {
    let rules = match options.faults {
        Some(text) => text,
        None => std::env::var("DIALTONE_MOCK_FAULTS").unwrap_or_default(),
    };
    let rules = faults::parse(&rules).map_err(StartError::Faults)?;
    let path = options.path.unwrap_or_else(default_path);
    let store = Store::open(&path, |store| seed::fill(store, options.seed)).map_err(StartError::Store)?;
    let keys = Keys::load(&path).map_err(|e| StartError::Key(keys::key_path(&path), e))?;
    let failed = |e: rusqlite::Error| StartError::Store(StoreError::Unusable(path.clone(), e.to_string()));
    let tenant_id = store.tenant_id().map_err(failed)?;
    let administrator = store.meta("administrator").map_err(failed)?;
    let token = keys.owner().to_owned();
    let running = server::start(store, keys, Faults::new(rules), options.port).map_err(StartError::Server)?;
    Ok(Handle { base_url: format!("http://{}", running.address), token, tenant_id, administrator, path, running })
}

//! The session with a tenant: address, token, what discovery told, and how it came to be. One is open per process; the
//! first online cmdlet opens it on the embedded mock tenant when nothing else was chosen.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use serde_json::Value as Json;

use crate::api_error::{ApiError, get};
use crate::exchange::{self, Call, Failure, Listener};
use crate::ids;
use crate::secret::Secret;

/// Where a tenant answers and the token it takes.
#[derive(Debug, Clone)]
pub struct Address {
    /// Scheme, host and port, without a slash at the end.
    pub base: String,
    pub token: Secret,
}

/// Starts the embedded mock tenant, or finds the one that runs, and tells where it answers.
pub type StartMock = fn() -> Result<Address, String>;

static START_MOCK: OnceLock<StartMock> = OnceLock::new();
static CURRENT: Mutex<Option<Arc<Session>>> = Mutex::new(None);
/// A sign-in to a real tenant was refused: what follows it in the script was not meant for the mock tenant.
static REFUSED: AtomicBool = AtomicBool::new(false);

/// Called once by the binary, which alone knows the mock.
pub fn set_mock(start: StartMock) {
    let _ = START_MOCK.set(start);
}

/// An open session.
#[derive(Debug)]
pub struct Session {
    id: String,
    address: Mutex<Address>,
    /// Whether somebody chose this tenant, or it is the mock because nobody chose any.
    chosen: bool,
    mock: bool,
    /// Who signed in.
    pub account: String,
    pub tenant_id: String,
    /// The tenant's `*.onmicrosoft.com` name.
    pub domain: String,
    /// All verified domains.
    pub domains: Vec<String>,
    display_name: String,
    headers: Vec<(&'static str, String)>,
}

impl Session {
    #[must_use]
    pub fn base(&self) -> String {
        self.address().base.clone()
    }

    /// The mock answers for Graph under the same address.
    #[must_use]
    pub fn graph_base(&self) -> String {
        self.base()
    }

    #[must_use]
    pub fn token(&self, _graph: bool) -> Secret {
        self.address().token.clone()
    }

    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    #[must_use]
    pub fn is_mock(&self) -> bool {
        self.mock
    }

    #[must_use]
    pub fn is_chosen(&self) -> bool {
        self.chosen
    }

    /// As verbose lines and the output of Connect-MicrosoftTeams name it.
    #[must_use]
    pub fn tenant_name(&self) -> &str {
        if self.display_name.is_empty() { &self.domain } else { &self.display_name }
    }

    pub fn discovered_headers(&self) -> impl Iterator<Item = (&'static str, String)> {
        self.headers.iter().cloned()
    }

    /// Gets a new token; false when there is no way to one.
    pub fn renew(&self) -> bool {
        let Some(Ok(fresh)) = self.mock.then(|| START_MOCK.get().map(|start| start())).flatten() else { return false };
        *self.address.lock().unwrap_or_else(PoisonError::into_inner) = fresh;
        true
    }

    fn address(&self) -> std::sync::MutexGuard<'_, Address> {
        self.address.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The open session, if there is one.
#[must_use]
pub fn current() -> Option<Arc<Session>> {
    CURRENT.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Remembers that a sign-in was refused, so that nothing falls back to the mock tenant until somebody signs in to it.
pub fn refuse() {
    close();
    REFUSED.store(true, Ordering::Relaxed);
}

/// Forgets the session and its token.
pub fn close() {
    REFUSED.store(false, Ordering::Relaxed);
    *CURRENT.lock().unwrap_or_else(PoisonError::into_inner) = None;
}

/// The open session, opened on the default tenant if there is none.
///
/// # Errors
/// When the default tenant does not answer.
pub fn current_or_default(listener: &mut dyn Listener) -> Result<Arc<Session>, Failure> {
    match current() {
        Some(session) => Ok(session),
        None if REFUSED.load(Ordering::Relaxed) => {
            let text = "No session: the sign-in to a real tenant was refused. Run Connect-MicrosoftTeams first.";
            Err(Failure::Api(ApiError::unanswered(text.into(), "")))
        }
        None => open_mock(listener),
    }
}

/// The session under another account's name.
#[must_use]
pub fn set_account(session: Arc<Session>, account: Option<String>) -> Arc<Session> {
    let Some(account) = account else { return session };
    let named = Session {
        account,
        id: session.id.clone(),
        address: Mutex::new(session.address().clone()),
        tenant_id: session.tenant_id.clone(),
        domain: session.domain.clone(),
        domains: session.domains.clone(),
        display_name: session.display_name.clone(),
        headers: session.headers.clone(),
        ..*session
    };
    let named = Arc::new(named);
    *CURRENT.lock().unwrap_or_else(PoisonError::into_inner) = Some(named.clone());
    named
}

/// Whether the user named the mock tenant as the one to work on: by the environment, or by `dialtone tenant use mock`.
#[must_use]
pub fn mock_is_chosen() -> bool {
    let named = std::env::var_os("DIALTONE_MOCK").is_some_and(|path| !path.is_empty());
    named || choice().is_some_and(|path| std::fs::read_to_string(path).is_ok_and(|text| text.trim() == "mock"))
}

/// Remembers, or forgets, that the mock tenant is the one to work on.
///
/// # Errors
/// When the file in the user's configuration folder cannot be written.
pub fn choose_mock(chosen: bool) -> std::io::Result<()> {
    let path = choice().ok_or_else(|| std::io::Error::other("neither XDG_CONFIG_HOME nor HOME is set"))?;
    if chosen {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        return std::fs::write(path, "mock\n");
    }
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// The file that names the tenant in use.
fn choice() -> Option<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let configuration = folder("XDG_CONFIG_HOME").or_else(|| folder("HOME").map(|home| home.join(".config")))?;
    Some(configuration.join("dialtone").join("tenant"))
}

/// Opens a session on the mock tenant: starts it if needed, asks for discovery and the tenant record.
///
/// # Errors
/// When the mock cannot be started (a corrupt store) or does not answer.
pub fn open_mock(listener: &mut dyn Listener) -> Result<Arc<Session>, Failure> {
    let failed = |text: String| Failure::Api(ApiError::unanswered(text, ""));
    let start = START_MOCK.get().ok_or_else(|| failed("This build has no mock tenant.".into()))?;
    let address = start().map_err(|reason| failed(format!("The mock tenant cannot be started: {reason}")))?;
    let mut session = Session {
        id: ids::guid(),
        address: Mutex::new(address),
        chosen: mock_is_chosen(),
        mock: true,
        account: String::new(),
        tenant_id: String::new(),
        domain: String::new(),
        domains: Vec::new(),
        display_name: String::new(),
        headers: Vec::new(),
    };
    discover(&mut session, listener)?;
    session.account = format!("admin@{}", session.domain);
    let session = Arc::new(session);
    *CURRENT.lock().unwrap_or_else(PoisonError::into_inner) = Some(session.clone());
    Ok(session)
}

/// The first calls of a session, section 2.1: forest and admin service from discovery, identity from the tenant record,
/// which repeats the discovery block.
fn discover(session: &mut Session, listener: &mut dyn Listener) -> Result<(), Failure> {
    let tenant = exchange::call(session, Call::get("/Teams.Tenant/tenants", "GetTenant_Get"), listener, None)?.body;
    let text = |json: &Json, name: &str| get(json, name).and_then(Json::as_str).unwrap_or_default().to_owned();
    let discovery = get(&tenant, "serviceDiscovery").cloned().unwrap_or(Json::Null);
    if let Some(forest) = get(&discovery, "Headers").map(|h| text(h, "X-MS-Forest")).filter(|f| !f.is_empty()) {
        session.headers.push(("X-MS-Forest", forest));
    }
    let admin = get(&discovery, "Endpoints").map(|e| text(e, "AdminServiceEndpoint")).filter(|e| !e.is_empty());
    if let Some(admin) = admin {
        session.headers.push(("X-MS-Target-Uri", format!("https://{admin}/")));
    }
    session.tenant_id = text(&tenant, "tenantId");
    session.display_name = text(&tenant, "displayName");
    session.domains = get(&tenant, "verifiedDomains")
        .and_then(Json::as_array)
        .map(|list| list.iter().map(|d| text(d, "name")).filter(|n| !n.is_empty()).collect())
        .unwrap_or_default();
    let admin_domain = |name: &&String| name.strip_suffix(".onmicrosoft.com").is_some_and(|label| !label.contains('.'));
    session.domain = session.domains.iter().find(admin_domain).or(session.domains.first()).cloned().unwrap_or_default();
    Ok(())
}

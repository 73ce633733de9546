//! The few odd ones: signing in and out, and the session objects of the remoting era, which have no request of their
//! own. Their signatures are in `cmdlets/connect.toml` like everybody's.

use std::rc::Rc;
use std::sync::{Mutex, PoisonError};

use dialtone_engine::module_info::ModuleInfo;
use dialtone_object::{ErrorCategory, ErrorRecord, PSObject, Res, Runtime, Value};

use crate::command::{Run, Stop, operation};
use crate::exchange::Call;
use crate::session::{self, Session};
use crate::{convert, ids};

/// Runs the hook of that name.
pub fn run(name: &str, run: &mut Run) -> Res<()> {
    run.reported(|run| match name {
        "connect" => connect(run),
        "disconnect" => disconnect(run),
        "online-session" => online_session(run),
        "get-session" => get_session(run),
        "remove-session" => remove_session(run),
        "import-session" => import_session(run),
        "request" => request(run),
        "nothing" => Ok(()),
        other => Err(internal(other)),
    })
}

fn internal(hook: &str) -> Stop {
    let text = format!("No hook is called {hook}.");
    ErrorRecord::runtime("InternalError", text, ErrorCategory::NotImplemented).into()
}

/// Parameters that carry the identity of an application or tokens made elsewhere: they belong to a real tenant and are
/// of no use to the mock.
const REAL: [&str; 9] = [
    "AccessTokens",
    "AadAccessToken",
    "MsAccessToken",
    "Certificate",
    "CertificateThumbprint",
    "ApplicationId",
    "Identity",
    "ManagedServiceSecret",
    "TeamsEnvironmentName",
];

/// Connect-MicrosoftTeams: opens the session, says plainly when it is the mock's, and gives Account, Environment, Tenant
/// and TenantId.
fn connect(run: &mut Run) -> Result<(), Stop> {
    if let Some(name) = REAL.iter().find(|name| run.cx.args.value(name).is_some()) {
        return Err(not_configured(run, &format!("-{name} signs in to a real tenant")));
    }
    if !run.cx.should_process("Microsoft Teams", run.definition.name)? {
        return Ok(());
    }
    let session = sign_in(run)?;
    say_mock(run, &session)?;
    let environment = if session.is_mock() { "DialtoneMock" } else { "AzureCloud" };
    let object = PSObject::from_pairs(vec![
        ("Account".into(), Value::str(&session.account)),
        ("Environment".into(), Value::str(environment)),
        ("Tenant".into(), Value::str(&session.tenant_id)),
        ("TenantId".into(), Value::str(&session.tenant_id)),
    ])
    .with_type("Microsoft.TeamsCmdlets.Powershell.Connect.Models.PSAzureContext");
    run.cx.write(Value::Custom(Rc::new(object)))?;
    Ok(())
}

/// A fresh session for the account that was given, if any.
fn sign_in(run: &mut Run) -> Result<std::sync::Arc<Session>, Stop> {
    session::close();
    let opened = run.open(session::open_mock)?;
    let user = user_name(run)?;
    let belongs = |text: &str, domains: &[String]| domains.iter().any(|domain| domain.eq_ignore_ascii_case(text));
    if let Some(user) = &user {
        // An account of the mock's own domains is the mock's; any other belongs to a tenant that is not there, and its
        // password goes nowhere.
        let domain = user.rsplit_once('@').map(|(_, domain)| domain);
        if !session::mock_is_chosen() && domain.is_some_and(|domain| !belongs(domain, &opened.domains)) {
            return Err(not_configured(run, &format!("'{user}' is no account of the mock tenant")));
        }
    }
    if let Some(tenant) = run.cx.args.text("TenantId").filter(|t| !t.is_empty()) {
        let known = opened.tenant_id.eq_ignore_ascii_case(&tenant) || belongs(&tenant, &opened.domains);
        if !known && !session::mock_is_chosen() {
            return Err(not_configured(run, &format!("'{tenant}' is not the mock tenant")));
        }
    }
    Ok(session::set_account(opened, user))
}

/// The user name of -Credential, -UserName or -AccountId.
fn user_name(run: &mut Run) -> Result<Option<String>, Stop> {
    if let Some(credential) = run.cx.args.value("Credential").cloned() {
        let name = run.cx.en.get_property(&credential, "UserName")?;
        return Ok(Some(run.cx.en.to_text(&name).to_string()));
    }
    let named = ["AccountId", "UserName"].iter().find_map(|name| run.cx.args.text(name));
    Ok(named.map(|name| name.to_string()).filter(|name| !name.is_empty()))
}

fn not_configured(run: &mut Run, why: &str) -> Stop {
    session::refuse();
    let text = format!(
        "{why}, but no real tenant is configured, and such a sign-in never falls back to the mock tenant. Real tenants \
         cannot be configured in this version yet; to work on the mock tenant, call {} without it, or choose the mock \
         tenant with 'dialtone tenant use mock' or the environment variable DIALTONE_MOCK.",
        run.definition.name
    );
    let error = ErrorRecord::new(
        "System.InvalidOperationException",
        text,
        "TenantNotConfigured",
        ErrorCategory::AuthenticationError,
    );
    run.cx.fail(error).into()
}

fn say_mock(run: &mut Run, session: &Session) -> Result<(), Stop> {
    if session.is_mock() {
        let text =
            format!("Connected to the mock tenant '{}' on this machine, not to a real one.", session.tenant_name());
        run.cx.warn(&text)?;
    }
    Ok(())
}

fn disconnect(run: &mut Run) -> Result<(), Stop> {
    if run.cx.should_process("Microsoft Teams", run.definition.name)? {
        session::close();
    }
    Ok(())
}

/// The remoting sessions that scripts think they hold.
#[derive(Clone)]
struct Remote {
    id: i32,
    name: String,
    instance: String,
}

static REMOTES: Mutex<Vec<Remote>> = Mutex::new(Vec::new());

fn remotes() -> std::sync::MutexGuard<'static, Vec<Remote>> {
    REMOTES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// New-CsOnlineSession: signs in and gives an object that looks like the remoting session scripts expect.
fn online_session(run: &mut Run) -> Result<(), Stop> {
    let session = sign_in(run)?;
    say_mock(run, &session)?;
    let remote = {
        let mut list = remotes();
        let id = list.iter().map(|r| r.id).max().unwrap_or(0) + 1;
        let name = match id {
            1 => "SfBPowerShellSession".to_owned(),
            _ => format!("SfBPowerShellSession{id}"),
        };
        let remote = Remote { id, name, instance: ids::guid() };
        list.push(remote.clone());
        session_object(&remote)
    };
    run.cx.write(remote)?;
    Ok(())
}

const SESSION_TYPE: &str = "System.Management.Automation.Runspaces.PSSession";

fn session_object(remote: &Remote) -> Value {
    let object = PSObject::from_pairs(vec![
        ("Id".into(), Value::Int(remote.id)),
        ("Name".into(), Value::str(&remote.name)),
        ("ComputerName".into(), Value::str("admin0a.online.lync.com")),
        ("ComputerType".into(), Value::str("RemoteMachine")),
        ("State".into(), Value::str("Opened")),
        ("ConfigurationName".into(), Value::str("Microsoft.PowerShell")),
        ("Availability".into(), Value::str("Available")),
        ("InstanceId".into(), Value::str(&remote.instance)),
    ])
    .with_type(SESSION_TYPE);
    Value::Custom(Rc::new(object))
}

/// Get-PSSession: the open ones, by -Name, -Id or -ComputerName.
fn get_session(run: &mut Run) -> Result<(), Stop> {
    let all = remotes().clone();
    for remote in &all {
        let value = session_object(remote);
        let mut hit = true;
        for parameter in ["Name", "Id", "ComputerName"] {
            let wanted = run.cx.args.list(parameter);
            if !wanted.is_empty() {
                let own = run.cx.en.get_property(&value, parameter)?;
                let mut any = false;
                for pattern in &wanted {
                    let like = dialtone_object::text_operators::like(run.cx.en, &own, pattern, false, false)?;
                    any |= matches!(like, Value::Bool(true));
                }
                hit &= any;
            }
        }
        if hit {
            run.cx.write(value)?;
        }
    }
    Ok(())
}

/// Remove-PSSession: by object, id or name; the last one that goes signs out.
fn remove_session(run: &mut Run) -> Result<(), Stop> {
    let mut gone: Vec<i32> = Vec::new();
    // A bare number or name stands for the session, too.
    let mut names = run.cx.args.list("Name");
    for session in run.cx.args.list("Session").into_iter().chain(run.cx.args.list("Id")) {
        match session.base() {
            Value::Int(id) => gone.push(*id),
            Value::String(_) => names.push(session),
            _ => gone.extend(run.cx.en.get_property(&session, "Id")?.as_int()),
        }
    }
    for pattern in names {
        let all: Vec<(i32, String)> = remotes().iter().map(|r| (r.id, r.name.clone())).collect();
        for (id, name) in all {
            let hit = dialtone_object::text_operators::like(run.cx.en, &Value::str(&name), &pattern, false, false)?;
            if matches!(hit, Value::Bool(true)) {
                gone.push(id);
            }
        }
    }
    for id in gone {
        if run.cx.should_process(&format!("Session {id}"), "Remove-PSSession")? {
            remotes().retain(|r| r.id != id);
        }
    }
    if remotes().is_empty() {
        session::close();
    }
    Ok(())
}

/// Invoke-TenantRequest: any route, for composites. -List names the part of the reply with the rows, -Raw gives text.
fn request(run: &mut Run) -> Result<(), Stop> {
    let session = run.session()?;
    let text = |run: &Run, name: &str| run.cx.args.text(name).map(|t| t.to_string()).unwrap_or_default();
    let method = Some(text(run, "Method").to_ascii_uppercase()).filter(|m| !m.is_empty()).unwrap_or("GET".into());
    let body = match run.cx.args.value("Body").cloned() {
        Some(body) => Some(convert::to_json(&body, run.cx.en)?),
        None => None,
    };
    let reads = method == "GET";
    let call = Call { method, path: text(run, "Path"), body, operation: operation(run.definition.name), reads };
    let list = Some(text(run, "List")).filter(|list| !list.is_empty());
    if call.method == "GET" && list.is_some() {
        return run.listing(&session, call, list.as_deref(), None);
    }
    if call.method != "GET" && !run.allowed(&session, &call.path, &call)? {
        return Ok(());
    }
    let raw = run.cx.args.switch("Raw");
    match run.call(&session, call, None)? {
        serde_json::Value::String(text) if raw => Ok(run.cx.write(Value::str(&text))?),
        other if raw => Ok(run.cx.write(Value::str(&other.to_string()))?),
        other => run.show(crate::reply::page(other, list.as_deref()).rows),
    }
}

/// Import-PSSession: the cmdlets are here already, so that only the module object which scripts hand on is made.
fn import_session(run: &mut Run) -> Result<(), Stop> {
    let tag = ids::guid();
    let name = format!("tmp_{}.{}", &tag[..8], &tag[9..12]);
    let module = run.cx.en.empty_module(&name);
    run.cx.write(Value::object(ModuleInfo(module)))?;
    Ok(())
}

//! The server: takes connections on 127.0.0.1, checks the bearer, applies faults, runs the handler in one transaction
//! and writes the log line in the same one, so that an answer is never given for what was not committed.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Router as Axum;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use rusqlite::params;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::call::{Answer, Call, Caller, Refusal, Reply, Tuning, pairs};
use crate::faults::{Effect, Faults, Moment};
use crate::ids;
use crate::json;
use crate::keys::{Keys, opens};
use crate::route::{Audience, Found, Params, Route, Router};
use crate::store::Store;

/// Bigger bodies are refused; audio files may have 5 MB before base64.
const MOST_BODY: usize = 32 << 20;

/// What all requests of a server share.
pub(crate) struct Shared {
    pub store: Mutex<Store>,
    pub keys: Keys,
    pub router: Router,
    pub faults: Faults,
    pub base: String,
}

/// A server that runs until it is dropped.
pub(crate) struct Running {
    pub address: SocketAddr,
    pub task: JoinHandle<()>,
}

/// Binds a port of 127.0.0.1 (0: one that is free) and serves on the shared network thread.
pub(crate) fn start(store: Store, keys: Keys, faults: Faults, port: u16) -> io::Result<Running> {
    let runtime = dialtone_http::runtime().map_err(io::Error::other)?;
    // Bound before the first request can be made; the listener itself belongs to the runtime.
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let shared = Arc::new(Shared {
        store: Mutex::new(store),
        keys,
        router: Router::new(crate::ROUTES),
        faults,
        base: format!("http://{address}"),
    });
    let task = runtime.spawn(async move {
        let app = Axum::new().fallback(answer).with_state(shared);
        if let Ok(listener) = TcpListener::from_std(listener) {
            // Ends with the task only.
            let _ = axum::serve(listener, app).await;
        }
    });
    Ok(Running { address, task })
}

/// The request as the handlers see it, before a route is found.
struct Incoming {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: Bytes,
}

impl Incoming {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    /// The cmdlet behind the call, from the header of the module or its user agent.
    fn cmdlet(&self) -> &str {
        let agent = || self.header("User-Agent")?.split('/').nth(2);
        let operation = self.header("X-MS-CmdletName").or_else(agent).unwrap_or_default();
        // The module's operation ids end in the way of the call: Get-CsTenant_Get.
        operation.split('_').next().unwrap_or_default()
    }
}

/// What is sent back, and how.
struct Outcome {
    reply: Reply,
    delay: Duration,
    cut: bool,
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let text = |v: &HeaderValue| String::from_utf8_lossy(v.as_bytes()).into_owned();
    let headers = head.headers.iter().map(|(n, v)| (n.as_str().to_owned(), text(v))).collect();
    let outcome = match to_bytes(body, MOST_BODY).await {
        Err(_) => Outcome {
            reply: Refusal::gateway(413, "RequestEntityTooLarge", "The request body is too large.").0,
            delay: Duration::ZERO,
            cut: false,
        },
        Ok(body) => handle(
            &shared,
            &Incoming {
                method: head.method.as_str().to_owned(),
                path: head.uri.path().to_owned(),
                query: head.uri.query().unwrap_or_default().to_owned(),
                headers,
                body,
            },
        ),
    };
    if !outcome.delay.is_zero() {
        tokio::time::sleep(outcome.delay).await;
    }
    respond(outcome)
}

fn respond(Outcome { reply, cut, .. }: Outcome) -> Response {
    // A body that fails at once makes the connection end before anything was sent.
    let body = match cut {
        true => Body::from_stream(Broken),
        false => Body::from(reply.body),
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let content_type = (!reply.content_type.is_empty()).then(|| ("content-type", reply.content_type.to_owned()));
    for (name, value) in content_type.into_iter().chain(reply.headers) {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

/// A body whose first piece is an error.
struct Broken;

impl futures_core::Stream for Broken {
    type Item = Result<Bytes, io::Error>;

    fn poll_next(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Ready(Some(Err(io::ErrorKind::ConnectionReset.into())))
    }
}

fn handle(shared: &Shared, incoming: &Incoming) -> Outcome {
    let store = shared.store.lock().unwrap_or_else(PoisonError::into_inner);
    let begin = Instant::now();
    let control = incoming.path.starts_with("/mock/");
    let mut effect = Effect::default();
    let done = store.transaction(|store| -> Result<Reply, rusqlite::Error> {
        if !control {
            effect = shared.faults.due(store, &incoming.method, &incoming.path, incoming.cmdlet())?;
        }
        if effect.exit == Some(Moment::Before) {
            std::process::exit(70);
        }
        let (reply, caller) = match (effect.status, effect.cut) {
            (Some(status), _) => (failure(status, &effect), String::new()),
            (None, Some(Moment::Before)) => (Reply::default(), String::new()),
            _ => carry_out(shared, store, incoming, effect.tuning()),
        };
        if !control {
            log(store, incoming, &caller, &reply, begin.elapsed(), &effect)?;
        }
        Ok(reply)
    });
    if effect.exit == Some(Moment::After) {
        std::process::exit(70);
    }
    let mut reply = done.unwrap_or_else(|error| Refusal::from(error).0);
    if effect.empty_500 && reply.status < 400 {
        reply = Reply { status: 500, ..Reply::default() };
    }
    if let Some(text) = effect.warning {
        reply = reply.header("X-Ms-ConfigApi-PowerShell-WarningMessage", text);
    }
    if let Some(id) = incoming.header("x-ms-correlation-id") {
        reply = reply.header("x-ms-correlation-id", id);
    }
    if let Some(id) = incoming.header("client-request-id") {
        reply = reply.header("request-id", ids::guid()).header("client-request-id", id);
    }
    Outcome { reply, delay: Duration::from_millis(effect.latency_ms), cut: effect.cut.is_some() }
}

/// The answer of a fault rule.
fn failure(status: u16, effect: &Effect) -> Reply {
    if let Some(text) = &effect.plain_text {
        return Refusal::plain(status, text.clone()).0;
    }
    let (code, text) = match status {
        401 => ("InvalidAuthenticationToken", "Access token has expired or is not yet valid."),
        429 => ("TooManyRequests", "Too many requests. Please retry later."),
        503 => ("ServiceUnavailable", "Service is unavailable. Please try again."),
        504 => ("GatewayTimeout", "The gateway did not receive a response in time."),
        _ => ("InternalServerError", "An unexpected error occurred."),
    };
    let reply = Refusal::gateway(status, code, text).0;
    match &effect.retry_after {
        Some(seconds) => reply.header("Retry-After", seconds.clone()),
        None => reply,
    }
}

/// Finds the route, checks the bearer and runs the handler; a refusal undoes what the handler did.
fn carry_out(shared: &Shared, store: &Store, incoming: &Incoming, tuning: Tuning) -> (Reply, String) {
    let mut name = String::new();
    let mut work = || -> Answer {
        let (route, params) = find_route(shared, incoming)?;
        let caller = authenticate(shared, store, route, incoming)?;
        name.clone_from(&caller.name);
        let call = Call {
            store,
            params,
            query: pairs(&incoming.query),
            headers: incoming.headers.clone(),
            body: read_body(route, incoming)?,
            raw: &incoming.body,
            caller,
            base: &shared.base,
            path: &incoming.path,
            tuning,
            keys: &shared.keys,
            router: &shared.router,
        };
        (route.handler)(&call)
    };
    let reply = store.attempt(&mut work).unwrap_or_else(|refusal| refusal.0);
    (reply, name)
}

fn find_route(shared: &Shared, incoming: &Incoming) -> Result<(&'static Route, Params), Refusal> {
    let graph = incoming.path.starts_with("/v1.0/") || incoming.path.starts_with("/beta/");
    match shared.router.find(&incoming.method, &incoming.path) {
        Found::Route(route, params) => Ok((route, params)),
        Found::Method => Err(Refusal::gateway(
            405,
            "MethodNotAllowed",
            format!("The requested resource does not support http method '{}'.", incoming.method),
        )),
        Found::Nothing if graph => {
            Err(Refusal::graph(400, "BadRequest", "Resource not found for the segment in the request."))
        }
        Found::Nothing => Err(Refusal::gateway(404, "NotFound", format!("No route matches '{}'.", incoming.path))),
    }
}

fn authenticate(shared: &Shared, store: &Store, route: &Route, incoming: &Incoming) -> Result<Caller, Refusal> {
    let nobody = Caller { object_id: ids::ZERO.into(), name: String::new() };
    if route.audience == Audience::Open {
        return Ok(nobody);
    }
    let refuse = |text: &str| match route.audience {
        Audience::Graph => Refusal::graph(401, "InvalidAuthenticationToken", text),
        _ => Refusal::gateway(401, "Unauthorized", text),
    };
    let header = incoming.header("Authorization").unwrap_or_default();
    let (scheme, bearer) = header.split_once(' ').unwrap_or_default();
    if !scheme.eq_ignore_ascii_case("Bearer") || bearer.is_empty() {
        return Err(refuse("Access token is empty.").header("WWW-Authenticate", "Bearer"));
    }
    if shared.keys.is_owner(bearer) {
        let administrator = store.meta("administrator")?;
        let person = store.person(&administrator)?;
        return Ok(Caller { object_id: person.map_or(nobody.object_id, |p| p.id().to_owned()), name: administrator });
    }
    let claims = shared.keys.verify(bearer).filter(|c| json::text(c, "typ").is_none());
    let Some(claims) = claims else {
        return Err(refuse("Invalid credential: the access token has expired or is not valid."));
    };
    if !opens(&json::text(&claims, "aud").unwrap_or_default(), route.audience) {
        return Err(refuse("Invalid credential: the access token was issued for another audience."));
    }
    let name = json::text(&claims, "upn").or_else(|| json::text(&claims, "appid")).unwrap_or_default();
    Ok(Caller { object_id: json::text(&claims, "oid").unwrap_or_default(), name })
}

/// JSON where a body is there; sign-in sends forms, which the handler reads itself.
fn read_body(route: &Route, incoming: &Incoming) -> Result<Value, Refusal> {
    if incoming.body.is_empty() || route.audience == Audience::Open {
        return Ok(Value::Null);
    }
    let text = incoming.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&incoming.body);
    serde_json::from_slice(text)
        .map_err(|e| Refusal::gateway(400, "BadRequest", format!("The request body is not valid JSON: {e}.")))
}

/// How many log lines are kept.
const MOST_LOG: i64 = 20_000;

fn log(
    store: &Store,
    incoming: &Incoming,
    caller: &str,
    reply: &Reply,
    took: Duration,
    effect: &Effect,
) -> rusqlite::Result<()> {
    let mut insert = store.db.prepare_cached(
        "INSERT INTO log (time,method,path,query,cmdlet,correlation,caller,status,micros,fault)
         VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)",
    )?;
    insert.execute(params![
        ids::now(),
        incoming.method,
        incoming.path,
        incoming.query,
        incoming.cmdlet(),
        incoming.header("x-ms-correlation-id"),
        caller,
        reply.status,
        took.as_micros() as i64,
        (!effect.rules.is_empty()).then(|| effect.rules.join("; ")),
    ])?;
    let last = store.db.last_insert_rowid();
    if last % 1000 == 0 {
        store.db.execute("DELETE FROM log WHERE seq<=?1", [last - MOST_LOG])?;
    }
    Ok(())
}

/// Where the store is when nothing else is said: `DIALTONE_MOCK`, else the user's data folder.
pub fn default_path() -> PathBuf {
    let var = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    if let Some(path) = var("DIALTONE_MOCK") {
        return path;
    }
    let data = var("XDG_DATA_HOME").filter(|p| p.is_absolute());
    let data = data.or_else(|| Some(var("HOME")?.join(".local/share"))).unwrap_or_else(std::env::temp_dir);
    data.join("dialtone/mock.sqlite")
}

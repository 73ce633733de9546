//! One call of the service: headers, retry, renewal of the token, errors. The rules for repeating:
//!
//! - 429 is obeyed: wait as long as Retry-After says (10 s without it), then the same request again, whatever it is.
//! - 500, 502, 503, 504 and broken connections are repeated with growing, jittered pauses when the request may be carried
//!   out twice without harm: GET, PUT, PATCH (merges of fixed values) and DELETE.
//! - A POST that changes something is repeated only when it certainly was not carried out (nobody listened, 503), or when the caller's check
//!   says that it was not.
//! - A DELETE that finds nothing at its second try has done its work at the first.

use std::time::{Duration, Instant};

use dialtone_http::{Error, ErrorKind, Pending, Request, Response};
use serde_json::Value as Json;

use crate::api_error::ApiError;
use crate::ids;
use crate::session::Session;

/// How often a request is sent at most.
const TRIES: u32 = 8;
/// The wait of a 429 that gives none, from section 2.5 of the tenant API.
const DEFAULT_RETRY_AFTER: Duration = Duration::from_secs(10);
/// First pause after a transient failure; doubles each time up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// What is sent.
#[derive(Debug, Clone)]
pub struct Call {
    pub method: String,
    /// Path with query, below the service's address.
    pub path: String,
    pub body: Option<Json>,
    /// The internal operation name that goes into X-MS-CmdletName.
    pub operation: String,
    /// Changes nothing, so that it may be repeated even if it is a POST.
    pub reads: bool,
}

impl Call {
    #[must_use]
    pub fn get(path: impl Into<String>, operation: &str) -> Call {
        Call { method: "GET".into(), path: path.into(), body: None, operation: operation.into(), reads: true }
    }

    /// A request that changes something.
    #[must_use]
    pub fn change(method: &str, path: String, body: Option<Json>, operation: &str) -> Call {
        Call { method: method.into(), path, body, operation: operation.into(), reads: false }
    }

    /// The request as -WhatIf and -Verbose show it.
    #[must_use]
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// Why a call gave nothing.
#[derive(Debug)]
pub enum Failure {
    Api(ApiError),
    /// Ctrl-C.
    Interrupted,
}

/// What the caller is told while it waits.
pub trait Listener {
    /// A note for the warning stream.
    fn warn(&mut self, text: &str);
    fn verbose(&mut self, text: &str);
    fn interrupted(&mut self) -> bool;
}

/// The answer to a call.
pub struct Answer {
    /// Null when the service sent no body, a string when it sent no JSON (the CSV of a report).
    pub body: Json,
}

/// A call under way.
pub struct Started {
    call: Call,
    correlation: String,
    pending: Result<Pending<Response>, Error>,
}

/// Sends without waiting for the answer.
#[must_use]
pub fn start(session: &Session, call: Call) -> Started {
    let correlation = ids::guid();
    let pending = dialtone_http::send(request(session, &call, &correlation));
    Started { call, correlation, pending }
}

/// Asks the service whether a request whose answer got lost took effect.
pub type Check<'a> = &'a mut dyn FnMut(&mut dyn Listener) -> Result<bool, Failure>;

/// Sends and waits, repeating by the rules at the head of this file. With a check, a POST whose answer got lost is
/// repeated when the check says that it did nothing.
///
/// # Errors
/// The service's error, or that the wait was interrupted.
pub fn call(
    session: &Session,
    call: Call,
    listener: &mut dyn Listener,
    check: Option<Check<'_>>,
) -> Result<Answer, Failure> {
    finish(session, start(session, call), listener, check)
}

/// Waits for a started call, repeating it if needed.
///
/// # Errors
/// The service's error, or that the wait was interrupted.
pub fn finish(
    session: &Session,
    started: Started,
    listener: &mut dyn Listener,
    mut check: Option<Check<'_>>,
) -> Result<Answer, Failure> {
    let Started { call, mut correlation, mut pending } = started;
    let mut renewed = false;
    // An earlier try may have been carried out although its answer got lost.
    let mut maybe_done = false;
    let mut attempt = 1;
    loop {
        listener.verbose(&format!("{} [{}]", call.line(), session.tenant_name()));
        let (error, wait, lost) = match pending.and_then(|p| p.wait(&mut || listener.interrupted())) {
            Err(error) if error.kind == ErrorKind::Interrupted => return Err(Failure::Interrupted),
            Err(error) => {
                let unsent = matches!(error.kind, ErrorKind::Refused | ErrorKind::Resolve);
                let failed = ApiError::unanswered(format!("The service could not be reached: {error}"), &correlation);
                if !unsent && !matches!(error.kind, ErrorKind::Timeout | ErrorKind::Cut | ErrorKind::Other) {
                    return Err(Failure::Api(failed));
                }
                (failed, pause(attempt), !unsent)
            }
            Ok(answer) if answer.is_success() => {
                if let Some(text) = answer.headers.get("X-Ms-ConfigApi-PowerShell-WarningMessage") {
                    listener.warn(text);
                }
                let text = answer.text();
                let body = serde_json::from_str(&text).unwrap_or_else(|_| match text.is_empty() {
                    true => Json::Null,
                    false => Json::String(text),
                });
                return Ok(Answer { body });
            }
            Ok(answer) => {
                let error = ApiError::read(answer.status, &answer.text(), &correlation);
                match answer.status {
                    404 if call.method == "DELETE" && maybe_done => return Ok(Answer { body: Json::Null }),
                    401 if !renewed && session.renew() => {
                        renewed = true;
                        (error, Duration::ZERO, false)
                    }
                    429 => (error, retry_after(&answer).unwrap_or(DEFAULT_RETRY_AFTER), false),
                    503 => (error, retry_after(&answer).unwrap_or_else(|| pause(attempt)), false),
                    500 | 502 | 504 => (error, pause(attempt), true),
                    _ => return Err(Failure::Api(error)),
                }
            }
        };
        if lost && call.method == "POST" && !call.reads {
            let Some(check) = &mut check else { return Err(Failure::Api(error)) };
            if check(listener)? {
                return Ok(Answer { body: Json::Null });
            }
        }
        if attempt >= TRIES {
            return Err(Failure::Api(error));
        }
        maybe_done |= lost;
        if !wait.is_zero() {
            let why = if error.status == 0 { error.message } else { format!("{} {}", error.status, error.code) };
            listener.warn(&format!("{}: {why}. Trying again in {:.1} s.", call.line(), wait.as_secs_f64()));
            sleep(wait, listener)?;
        }
        attempt += 1;
        correlation = ids::guid();
        pending = dialtone_http::send(request(session, &call, &correlation));
    }
}

fn retry_after(answer: &Response) -> Option<Duration> {
    answer.headers.get("Retry-After")?.trim().parse().ok().map(Duration::from_secs_f64)
}

/// The pause before the next try: doubling, give or take a quarter, so that many clients do not return together.
fn pause(attempt: u32) -> Duration {
    let base = (FIRST_PAUSE * 2u32.saturating_pow(attempt - 1)).min(LONGEST_PAUSE);
    base.mul_f64(0.75 + (ids::random() % 1000) as f64 / 2000.0)
}

pub fn sleep(time: Duration, listener: &mut dyn Listener) -> Result<(), Failure> {
    let end = Instant::now() + time;
    while let Some(left) = end.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
        if listener.interrupted() {
            return Err(Failure::Interrupted);
        }
        std::thread::sleep(left.min(Duration::from_millis(50)));
    }
    Ok(())
}

fn request(session: &Session, call: &Call, correlation: &str) -> Request {
    let graph = call.path.starts_with("/v1.0/") || call.path.starts_with("/beta/");
    let base = if graph { session.graph_base() } else { session.base() };
    let mut request = Request::new(&call.method, &format!("{base}{}", call.path))
        .header("Accept", "application/json")
        .header("Authorization", &format!("Bearer {}", session.token(graph).expose()));
    if graph {
        request = request.header("client-request-id", correlation);
        // Reports answer with the address of a CSV file.
        request.redirects.limit = 5;
    } else {
        request = request
            .header("x-ms-correlation-id", correlation)
            .header("X-MS-CmdletName", &call.operation)
            .header("x-ms-client-session-id", session.id())
            .header("User-Agent", concat!("Dialtone/", env!("CARGO_PKG_VERSION")));
        for (name, value) in session.discovered_headers() {
            request = request.header(name, &value);
        }
    }
    match &call.body {
        Some(body) => request.body("application/json", body.to_string().into_bytes()),
        None => request,
    }
}

//! The interpreter: one `Command` for every definition. It reads the parameters, asks -WhatIf and -Confirm, sends what
//! the definition says and writes what comes back.

use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use dialtone_engine::{Command, Cx};
use dialtone_object::convert::to_bool;
use dialtone_object::{ErrorCategory, ErrorRecord, Exception, Flow, FlowKind, PsString, Res, Runtime, Value};
use serde_json::Value as Json;

use crate::api_error::ApiError;
use crate::bound::Bound;
use crate::convert::{self, RowMaker};
use crate::definition::{Action, Column, Definition, Paged, Poll, Route};
use crate::exchange::{self, Call, Check, Failure, Listener, Started};
use crate::index::{self, Row};
use crate::reply;
use crate::session::{self, Session};
use crate::template::Holes;
use crate::{config, definition, hooks, ids, template};

/// One invocation of an online cmdlet.
pub struct Online {
    definition: Rc<Definition>,
    rows: Option<RowMaker>,
}

impl Online {
    #[must_use]
    pub fn new(definition: Rc<Definition>) -> Online {
        Online { definition, rows: None }
    }
}

impl Command for Online {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let definition = self.definition.clone();
        let mut run = Run { definition: &definition, rows: &mut self.rows, flow: None, cx };
        run.process()
    }
}

/// One pass of an invocation: the definition and where its results go.
pub struct Run<'r, 'c> {
    pub definition: &'r Definition,
    rows: &'r mut Option<RowMaker>,
    /// What a warning ended with (-WarningAction Stop), raised when the call is over.
    flow: Option<Flow>,
    pub cx: &'r mut Cx<'c>,
}

impl Run<'_, '_> {
    fn process(&mut self) -> Res<()> {
        match &self.definition.action {
            Action::Hook(name) => hooks::run(name, self),
            Action::Object(defaults) => self.build(defaults),
            Action::Request(routes) => self.reported(|run| run.request(routes)),
            Action::Poll { start, poll } => self.reported(|run| run.poll(start, poll)),
            Action::Config(verb, config) => self.reported(|run| config::run(run, *verb, config)),
        }
    }

    /// Runs a part whose service errors are this cmdlet's non-terminating errors.
    pub fn reported(&mut self, part: impl FnOnce(&mut Self) -> Result<(), Stop>) -> Res<()> {
        let outcome = part(self);
        if let Some(flow) = self.flow.take() {
            return Err(flow);
        }
        match outcome {
            Ok(()) => Ok(()),
            Err(Stop::Flow(flow)) => Err(flow),
            Err(Stop::Failure(Failure::Interrupted)) => Err(FlowKind::Stopped.into()),
            Err(Stop::Failure(Failure::Api(error))) => {
                let record = error_record(&error, self.definition);
                self.cx.error(record)
            }
        }
    }

    /// The open session; opening it on the default tenant if need be.
    pub fn session(&mut self) -> Result<Arc<Session>, Stop> {
        self.open(session::current_or_default)
    }

    /// Opens a session; without one nothing goes on, so that a failure ends the command.
    pub fn open(
        &mut self,
        open: impl FnOnce(&mut dyn Listener) -> Result<Arc<Session>, Failure>,
    ) -> Result<Arc<Session>, Stop> {
        open(self).map_err(|failure| match failure {
            Failure::Api(error) => self.cx.fail(error_record(&error, self.definition)).into(),
            Failure::Interrupted => failure.into(),
        })
    }

    /// Sends one call and waits.
    pub fn call(&mut self, session: &Session, call: Call, check: Option<Check<'_>>) -> Result<Json, Stop> {
        Ok(exchange::call(session, call, self, check)?.body)
    }

    /// Asks -WhatIf and -Confirm, and gives the first changing cmdlet of a process on a mock that nobody chose its
    /// warning.
    pub fn allowed(&mut self, session: &Session, target: &str, call: &Call) -> Result<bool, Stop> {
        if !self.cx.should_process(target, self.definition.name)? {
            if self.what_if() {
                let body = call.body.as_ref().map(|b| format!(" {}", masked(b))).unwrap_or_default();
                let host = self.cx.en.host.clone();
                // A host that cannot write any more has nobody who would read it.
                let _ = host.write(&format!("         {}{body}\n", call.line()), None, None);
            }
            return Ok(false);
        }
        static WARNED: AtomicBool = AtomicBool::new(false);
        if session.is_mock() && !session.is_chosen() && !WARNED.swap(true, Ordering::Relaxed) {
            eprintln!(
                "WARNING: {} changes the mock tenant '{}' on this machine, because no tenant was chosen. \
                 'dialtone tenant use mock' chooses it and silences this warning.",
                self.definition.name,
                session.tenant_name()
            );
        }
        Ok(true)
    }

    fn what_if(&mut self) -> bool {
        let given = self.cx.inv.common.what_if;
        given.unwrap_or_else(|| self.cx.en.variable("WhatIfPreference").is_some_and(|v| to_bool(&v)))
    }

    fn request(&mut self, routes: &[Route]) -> Result<(), Stop> {
        let session = self.session()?;
        let bound = Bound::read(self.cx, &session)?;
        let Some(route) = choose(routes, &bound) else {
            return Err(self.missing(routes));
        };
        let mut call = self.fill(route, &bound)?;
        if let Some(part) = &route.merge {
            self.merge(&session, &mut call, part)?;
        }
        if self.definition.changes {
            let target = bound.identity.clone().unwrap_or_else(|| session.tenant_name().to_owned());
            if !self.allowed(&session, &target, &call)? {
                return Ok(());
            }
        }
        let list = route.list.as_deref();
        if route.method() == "GET" {
            let limit = limit_of(&bound);
            return match &route.page {
                Some(paged) if limit.is_none() && !bound.has("Skip") => self.pieces(&session, &call, list, paged),
                _ => self.listing(&session, call, list, limit),
            };
        }
        let path = call.path.split('?').next().unwrap_or_default().to_owned();
        let body = match &route.check {
            Some(check) => {
                let instance = Call::get(template::path(check, &bound), &call.operation);
                self.call(&session, call, Some(&mut |listener| exists(&session, instance.clone(), listener)))?
            }
            None => self.call(&session, call, None)?,
        };
        let rows = reply::page(body, list).rows;
        match bound.switch("PassThru") {
            // A changed user comes back as Get-CsOnlineUser would give it, whatever the service answers.
            true if path.starts_with("/Teams.User/users/") => {
                let user = self.call(&session, Call::get(path, &operation(self.definition.name)), None)?;
                self.show_as(index::find("Get-CsOnlineUser"), vec![user])
            }
            passes if passes || self.definition.shows => self.show(rows),
            _ => Ok(()),
        }
    }

    /// Puts what was given over the object that is there, for an update that replaces all of it.
    fn merge(&mut self, session: &Session, call: &mut Call, part: &str) -> Result<(), Stop> {
        let path = call.path.split('?').next().unwrap_or_default();
        let current = self.call(session, Call::get(path, &call.operation), None)?;
        let mut rows = reply::page(current, (part != "*").then_some(part)).rows;
        let (Some(Json::Object(mut whole)), Some(Json::Object(given))) = (rows.pop(), call.body.take()) else {
            return Ok(());
        };
        for (name, value) in given {
            let key = whole.keys().find(|k| k.eq_ignore_ascii_case(&name)).cloned().unwrap_or(name);
            whole.insert(key, value);
        }
        call.body = Some(Json::Object(whole));
        Ok(())
    }

    /// A listing of a service that cuts it off: asks for the next piece until one comes back short.
    fn pieces(&mut self, session: &Session, call: &Call, list: Option<&str>, paged: &Paged) -> Result<(), Stop> {
        let separator = if call.path.contains('?') { '&' } else { '?' };
        for piece in 0.. {
            let mut call = call.clone();
            let skip = piece * paged.size;
            call.path = format!("{}{separator}{}={}&skip={skip}", call.path, paged.top, paged.size);
            let rows = reply::page(self.call(session, call, None)?, list).rows;
            let last = rows.len() < paged.size;
            self.show(rows)?;
            if last {
                break;
            }
        }
        Ok(())
    }

    /// The request of a route. A path that lacks one of its parts would mean another thing, often the whole listing.
    fn fill(&self, route: &Route, bound: &Bound) -> Result<Call, Stop> {
        let empty = |name: &&str| bound.value(name).is_none_or(|value| template::text(&value).is_empty());
        if let Some(name) = template::names(route.path()).find(empty) {
            let message = format!("Specify a value for the parameter {name}.");
            return Err(parameter_missing(message));
        }
        let path = template::path(route.path(), bound);
        let query = template::query(route.query.iter(), bound);
        let method = route.method();
        let body = match &route.body {
            Some(body) => template::body(body, bound),
            None if route.bodyless || method == "GET" || method == "DELETE" => None,
            None => {
                let used: Vec<&str> = template::names(route.path())
                    .chain(route.query.values().flat_map(|q| template::names(q)))
                    .collect();
                Some(self.numbered(bound.default_body(&used)))
            }
        };
        let path = if query.is_empty() { path } else { format!("{path}?{query}") };
        Ok(Call {
            method: method.to_owned(),
            path,
            body,
            operation: operation(self.definition.name),
            reads: !self.definition.changes,
        })
    }

    /// Words that travel as numbers, as numbers.
    fn numbered(&self, mut body: Json) -> Json {
        for (name, value) in body.as_object_mut().into_iter().flatten() {
            let at = value.as_str().and_then(|text| {
                self.definition.words_of(name)?.iter().position(|word| word.eq_ignore_ascii_case(text))
            });
            if let Some(at) = at {
                *value = at.into();
            }
        }
        body
    }

    /// No route holds: what the first one would have needed.
    fn missing(&self, routes: &[Route]) -> Stop {
        let wanted: Vec<&str> = routes.iter().flat_map(|r| r.when.split(',')).map(str::trim).collect();
        let message = format!("Specify one of these parameters: {}.", wanted.join(", "));
        parameter_missing(message)
    }

    /// Writes all rows of a listing, page by page; the next page is on its way while the rows of this one go down the
    /// pipeline, and a pipeline that has enough ends the paging.
    pub fn listing(
        &mut self,
        session: &Session,
        first: Call,
        list: Option<&str>,
        limit: Option<usize>,
    ) -> Result<(), Stop> {
        let template = first.clone();
        let mut left = limit.unwrap_or(usize::MAX);
        let mut started: Option<Started> = Some(exchange::start(session, first));
        while let Some(call) = started.take() {
            let body = exchange::finish(session, call, self, None)?.body;
            let page = reply::page(body, list);
            let enough = page.rows.len() >= left;
            if let Some(next) = page.next.filter(|_| !enough) {
                let mut call = template.clone();
                call.path = next_path(&call.path, &next);
                started = Some(exchange::start(session, call));
            }
            let rows: Vec<Json> = page.rows.into_iter().take(left).collect();
            left -= rows.len();
            self.show(rows)?;
        }
        Ok(())
    }

    /// Writes rows as this cmdlet's objects.
    pub fn show(&mut self, rows: Vec<Json>) -> Result<(), Stop> {
        for row in rows {
            let value = self.object(&row)?;
            self.cx.write(value)?;
        }
        Ok(())
    }

    /// Writes rows as another cmdlet's objects (-PassThru).
    pub fn show_as(&mut self, row: Option<&'static Row>, rows: Vec<Json>) -> Result<(), Stop> {
        let Some(definition) = row.and_then(|row| definition::decode(row).ok()) else { return Ok(()) };
        let mut run = Run { definition: &definition, rows: &mut None, flow: None, cx: self.cx };
        run.show(rows)
    }

    /// One row as an object.
    pub fn object(&mut self, row: &Json) -> Result<Value, Stop> {
        if !row.is_object() {
            return Ok(convert::from_json(row, crate::definition::Form::Plain, self.cx.en)?);
        }
        let shown = reply::properties(row, &self.definition.output);
        let mut names: Vec<PsString> = Vec::with_capacity(shown.len());
        let mut values = Vec::with_capacity(shown.len());
        for (name, json, form) in shown {
            let word = json.as_u64().and_then(|n| self.definition.words_of(&name)?.get(usize::try_from(n).ok()?));
            let json = word.map_or(json.clone(), |word| Json::String(word.clone()));
            values.push(convert::from_json(&json, form, self.cx.en)?);
            names.push(name.into());
        }
        let make = |names| RowMaker::new(names, self.definition.type_name.as_deref(), &self.definition.aliases);
        // With columns every row has the same names; without, the row itself has the say.
        if self.definition.output.is_empty() {
            return Ok(make(names).make(values));
        }
        Ok(self.rows.get_or_insert_with(|| make(names)).make(values))
    }

    fn build(&mut self, defaults: &std::collections::BTreeMap<String, Json>) -> Res<()> {
        let mut names: Vec<PsString> = Vec::new();
        let mut values = Vec::new();
        let columns: Vec<Column> = self.definition.output.clone();
        for column in columns {
            let parameter = column.path.join(".");
            let value = match self.cx.args.get(&parameter).filter(|_| self.cx.args.is_bound(&parameter)) {
                Some(value) => value.clone(),
                None => {
                    let default = match defaults.get(&column.name) {
                        Some(Json::String(text)) if text == "{guid}" => Json::String(ids::guid()),
                        other => other.cloned().unwrap_or(Json::Null),
                    };
                    convert::from_json(&default, column.form, self.cx.en)?
                }
            };
            names.push(column.name.into());
            values.push(value);
        }
        let object = RowMaker::new(names, self.definition.type_name.as_deref(), &self.definition.aliases).make(values);
        self.cx.write(object)
    }

    fn poll(&mut self, start: &[Route], poll: &Poll) -> Result<(), Stop> {
        let session = self.session()?;
        let bound = Bound::read(self.cx, &session)?;
        let Some(route) = choose(start, &bound) else { return Err(self.missing(start)) };
        let call = self.fill(route, &bound)?;
        if !self.allowed(&session, session.tenant_name(), &call)? {
            return Ok(());
        }
        let started = self.call(&session, call, None)?;
        let id = match &started {
            Json::String(id) => id.clone(),
            other => ["Id", "OperationId", "OrderId"]
                .iter()
                .find_map(|name| crate::api_error::get(other, name)?.as_str().map(str::to_owned))
                .unwrap_or_default(),
        };
        let holes = |name: &str| (name == "id").then(|| Json::String(id.clone()));
        let path = poll.request.split_once(' ').map_or(poll.request.as_str(), |(_, path)| path);
        loop {
            let call = Call::get(template::path(path, &holes), &operation(self.definition.name));
            let state = self.call(&session, call, None)?;
            let word = crate::api_error::get(&state, &poll.state).map(template::text).unwrap_or_default();
            if poll.until.iter().any(|end| end.eq_ignore_ascii_case(&word)) {
                return self.show(vec![state]);
            }
            exchange::sleep(std::time::Duration::from_secs(1), self)?;
        }
    }
}

/// Why a part of an invocation ended early.
pub enum Stop {
    Flow(Flow),
    Failure(Failure),
}

impl From<Flow> for Stop {
    fn from(flow: Flow) -> Stop {
        Stop::Flow(flow)
    }
}
impl From<Failure> for Stop {
    fn from(failure: Failure) -> Stop {
        Stop::Failure(failure)
    }
}
impl From<ErrorRecord> for Stop {
    fn from(error: ErrorRecord) -> Stop {
        Stop::Flow(error.into())
    }
}

impl Listener for Run<'_, '_> {
    fn warn(&mut self, text: &str) {
        if let Err(flow) = self.cx.warn(text) {
            self.flow.get_or_insert(flow);
        }
    }
    fn verbose(&mut self, text: &str) {
        if let Err(flow) = self.cx.verbose(text) {
            self.flow.get_or_insert(flow);
        }
    }
    fn interrupted(&mut self) -> bool {
        self.flow.is_some() || self.cx.en.check_interrupt().is_err()
    }
}

/// Whether something is there, for the check of a POST whose answer got lost.
pub fn exists(session: &Session, instance: Call, listener: &mut dyn Listener) -> Result<bool, Failure> {
    match exchange::call(session, instance, listener, None) {
        Ok(_) => Ok(true),
        Err(Failure::Api(error)) if error.status == 404 => Ok(false),
        Err(other) => Err(other),
    }
}

/// The first route whose parameters were all given.
fn choose<'r>(routes: &'r [Route], bound: &Bound) -> Option<&'r Route> {
    routes
        .iter()
        .find(|route| route.when.split(',').map(str::trim).filter(|n| !n.is_empty()).all(|name| bound.has(name)))
}

/// How many rows the caller wants at most; 0 and "Unlimited" are no limit.
fn limit_of(bound: &Bound) -> Option<usize> {
    let given = ["ResultSize", "Top", "First"].iter().find_map(|name| bound.text(name))?;
    given.parse().ok().filter(|n| *n > 0)
}

/// The path of the next page. A link carries a `skiptoken` that joins the query of the first page; Graph's links are
/// whole addresses, and some services give the bare token.
fn next_path(path: &str, next: &str) -> String {
    if let Some(at) = next.find("/v1.0/") {
        return next[at..].to_owned();
    }
    let token = next
        .split(['?', '&'])
        .find_map(|part| part.strip_prefix("skiptoken=").or_else(|| part.strip_prefix("$skiptoken=")))
        .map_or_else(|| template::encode(next), str::to_owned);
    let base = path.split("skiptoken=").next().unwrap_or(path).trim_end_matches(['?', '&']);
    let separator = if base.contains('?') { '&' } else { '?' };
    format!("{base}{separator}skiptoken={token}")
}

/// A call that names too little.
fn parameter_missing(message: String) -> Stop {
    ErrorRecord::new("System.ArgumentException", message, "ParameterMissing", ErrorCategory::InvalidArgument).into()
}

/// The name of the internal operation, as the module's own header has it: `Get-CsOnlineUser` -> `Get-CsOnlineUser_Get`.
pub fn operation(name: &str) -> String {
    format!("{name}_{}", name.split_once('-').map_or("Invoke", |(verb, _)| verb))
}

/// A body for the eyes: secrets are stars.
fn masked(body: &Json) -> Json {
    const SECRETS: [&str; 4] = ["password", "secret", "token", "pin"];
    match body {
        Json::Object(map) => {
            let hide = |key: &str| SECRETS.iter().any(|s| key.to_ascii_lowercase().ends_with(s));
            let shown =
                map.iter().map(|(k, v)| (k.clone(), if hide(k) && !v.is_boolean() { "***".into() } else { masked(v) }));
            Json::Object(shown.collect())
        }
        Json::Array(items) => Json::Array(items.iter().map(masked).collect()),
        other => other.clone(),
    }
}

/// The service's error as PowerShell's: the exception carries Code and Message, the id starts with the word for the
/// status.
pub fn error_record(error: &ApiError, definition: &Definition) -> ErrorRecord {
    let policy_stack = matches!(definition.action, Action::Config(..));
    let (exception, category) = match policy_stack {
        true => ("Microsoft.Teams.Policy.Administration.Cmdlets.Core.PolicyRpException", ErrorCategory::NotSpecified),
        false => ("Microsoft.Teams.ConfigAPI.Cmdlets.Generated.Runtime.RestException", ErrorCategory::InvalidOperation),
    };
    let exception = Exception::named(exception, error.message.as_str())
        .with("Code", Value::str(&error.code))
        .with("StatusCode", Value::Int(i32::from(error.status)))
        .with("CorrelationId", Value::str(&error.correlation));
    ErrorRecord::from_exception(exception.into_value(), error.id_word(), category, Value::Null)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_next_page_keeps_the_query() {
        assert_eq!(next_path("/u?a=1", "https://h/u?skiptoken=t1&x=2"), "/u?a=1&skiptoken=t1");
        assert_eq!(next_path("/u?a=1&skiptoken=t1", "t 2"), "/u?a=1&skiptoken=t%202");
        assert_eq!(next_path("/u", "https://g/v1.0/users?$skip=3"), "/v1.0/users?$skip=3");
    }

    #[test]
    fn secrets_are_masked() {
        let shown =
            masked(&json!({"TenantKey": "k", "AccessToken": "x", "a": {"Password": "y"}, "ResetLeaderPin": true}));
        assert_eq!(
            shown,
            json!({"TenantKey": "k", "AccessToken": "***", "a": {"Password": "***"}, "ResetLeaderPin": true})
        );
    }
}

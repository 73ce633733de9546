//! What a handler gets and gives: one request with its store transaction, and the answer or the refusal.
//!
//! Each service has its own shape for errors (tenant-api.md, section 2.4); `Refusal` has one constructor for each.

use serde_json::{Value, json};

use crate::ids;
use crate::keys::Keys;
use crate::route::Router;
use crate::store::Store;

/// Who signed in.
#[derive(Clone, Debug)]
pub struct Caller {
    pub object_id: String,
    pub name: String,
}

/// One request, matched and authenticated; everything it does happens in one transaction.
pub struct Call<'a> {
    pub store: &'a Store,
    pub(crate) params: Vec<(&'static str, String)>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: Vec<(String, String)>,
    pub body: Value,
    /// The body as it came, for forms and files.
    pub raw: &'a [u8],
    pub caller: Caller,
    /// `http://127.0.0.1:port`, for links in answers.
    pub base: &'a str,
    pub path: &'a str,
    pub tuning: Tuning,
    pub(crate) keys: &'a Keys,
    pub(crate) router: &'a Router,
}

/// What fault rules change in the behaviour of one request without failing it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tuning {
    /// Pages are cut to this many rows.
    pub page: Option<usize>,
    /// Grants become readable after this many seconds.
    pub lag: i64,
    /// Every second user of a batch fails.
    pub half_failed: bool,
}

impl Call<'_> {
    /// A value of the path template; empty when the template has no such name.
    pub fn param(&self, name: &str) -> &str {
        self.params.iter().find(|(n, _)| *n == name).map_or("", |(_, v)| v)
    }

    /// A value of the query string; names are compared without regard to case. Empty values count as absent.
    pub fn query(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map(|(_, v)| v.as_str()).filter(|v| !v.is_empty())
    }

    pub fn query_flag(&self, name: &str) -> bool {
        self.query(name).is_some_and(|v| v.eq_ignore_ascii_case("true") || v == "1")
    }

    pub fn query_number(&self, name: &str) -> Option<usize> {
        self.query(name)?.parse().ok()
    }

    /// The query as an object, for routes whose values travel in the address.
    pub fn query_object(&self) -> Value {
        Value::Object(self.query.iter().map(|(n, v)| (n.clone(), Value::String(v.clone()))).collect())
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    /// Rows of a page: what was asked, within what the route allows and a fault rule sets.
    pub fn page_size(&self, asked: Option<usize>, default: usize, most: usize) -> usize {
        asked.unwrap_or(default).clamp(1, most).min(self.tuning.page.unwrap_or(most).max(1))
    }

    /// This request's address with other values for some query names, for "next" links.
    pub fn link(&self, changes: &[(&str, &str)]) -> String {
        let kept = self.query.iter().filter(|(n, _)| !changes.iter().any(|(c, _)| c.eq_ignore_ascii_case(n)));
        let pairs = kept.map(|(n, v)| (n.as_str(), v.as_str())).chain(changes.iter().copied());
        let query: Vec<String> = pairs.map(|(n, v)| format!("{}={}", encode(n), encode(v))).collect();
        format!("{}{}?{}", self.base, self.path, query.join("&"))
    }
}

/// Percent-encodes a query name or value; `$` stays readable in OData names.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'$' => out.push(byte as char),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// Percent-decodes a path segment or, with `plus`, a query or form value.
pub fn decode(text: &str, plus: bool) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let hex = bytes.get(at + 1..at + 3).and_then(|h| std::str::from_utf8(h).ok());
        match (byte, hex.and_then(|h| u8::from_str_radix(h, 16).ok())) {
            (b'%', Some(value)) => {
                out.push(value);
                at += 2;
            }
            (b'+', _) if plus => out.push(b' '),
            _ => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Name and value pairs of a query string or form.
pub fn pairs(text: &str) -> Vec<(String, String)> {
    let split = |p: &str| {
        let (n, v) = p.split_once('=').unwrap_or((p, ""));
        (decode(n, true), decode(v, true))
    };
    text.split('&').filter(|p| !p.is_empty()).map(split).collect()
}

/// An answer.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    pub status: u16,
    pub content_type: &'static str,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

/// What a handler returns.
pub type Answer = Result<Reply, Refusal>;

impl Reply {
    pub fn json(status: u16, body: &Value) -> Reply {
        Reply {
            status,
            content_type: "application/json; charset=utf-8",
            body: body.to_string().into(),
            ..Reply::default()
        }
    }

    pub fn bytes(content_type: &'static str, body: Vec<u8>) -> Reply {
        Reply { status: 200, content_type, body, ..Reply::default() }
    }

    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Reply {
        self.headers.push((name, value.into()));
        self
    }
}

/// 200 with a JSON body.
pub fn ok(body: Value) -> Answer {
    Ok(Reply::json(200, &body))
}

/// 204, or another success code, without a body.
pub fn empty(status: u16) -> Answer {
    Ok(Reply { status, ..Reply::default() })
}

/// A request that is not carried out; its changes are rolled back.
#[derive(Clone, Debug)]
pub struct Refusal(pub Reply);

impl Refusal {
    fn json(status: u16, body: Value) -> Refusal {
        Refusal(Reply::json(status, &body))
    }

    /// The gateway in front of the services: `{error:{code,message}}`.
    pub fn gateway(status: u16, code: &str, message: impl Into<String>) -> Refusal {
        Refusal::json(status, json!({"error": {"code": code, "message": message.into()}}))
    }

    /// Skype.Policy: `{Message}`.
    pub fn policy(status: u16, message: impl Into<String>) -> Refusal {
        Refusal::json(status, json!({"Message": message.into()}))
    }

    /// Validation of configurations: a message and one entry for the field.
    pub fn invalid(message: impl Into<String>, field: &str) -> Refusal {
        let message = message.into();
        Refusal::json(400, json!({"message": message, "errors": [{"message": message, "field": field}]}))
    }

    /// Users, packages and other newer services: `{code,message,action}`.
    pub fn newer(status: u16, code: &str, message: impl Into<String>) -> Refusal {
        Refusal::json(status, json!({"code": code, "message": message.into(), "action": null}))
    }

    /// Skype.TelephoneNumberMgmt: `{Code,Message}`, the code being the status word.
    pub fn number(status: u16, message: impl Into<String>) -> Refusal {
        Refusal::json(status, json!({"Code": status_word(status), "Message": message.into()}))
    }

    /// Skype.Ncs: code, sub-code and reason.
    pub fn location(status: u16, sub_code: &str, reason: impl Into<String>) -> Refusal {
        Refusal::json(
            status,
            json!({"Code": status_word(status), "SubCode": sub_code, "Reason": reason.into(),
                   "CorrelationId": ids::guid(), "DebugContent": null, "GenevaLogsUrl": null}),
        )
    }

    /// ApiErrorItem, as voice applications and conferencing send it.
    pub fn item(status: u16, code: &str, message: impl Into<String>) -> Refusal {
        Refusal::json(
            status,
            json!({"Code": code, "Message": message.into(), "Target": null, "TimeStampUtc": ids::now(),
                   "CorrelationId": ids::guid(), "InnerError": null, "Details": [], "AdditionalDetails": null}),
        )
    }

    /// Microsoft Graph.
    pub fn graph(status: u16, code: &str, message: impl Into<String>) -> Refusal {
        let (id, date) = (ids::guid(), ids::now());
        Refusal::json(
            status,
            json!({"error": {"code": code, "message": message.into(),
                   "innerError": {"date": date.trim_end_matches('Z'), "request-id": id, "client-request-id": id}}}),
        )
    }

    /// Services that answer errors in plain text.
    pub fn plain(status: u16, text: impl Into<String>) -> Refusal {
        Refusal(Reply { status, content_type: "text/plain", body: text.into().into_bytes(), ..Reply::default() })
    }

    pub fn header(self, name: &'static str, value: impl Into<String>) -> Refusal {
        Refusal(self.0.header(name, value))
    }
}

/// The store failed: damaged pages, a full disk, a lock that nobody gave back.
impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Refusal {
        Refusal::gateway(500, "InternalServerError", format!("The mock tenant's database failed: {error}"))
    }
}

fn status_word(status: u16) -> &'static str {
    match status {
        400 => "BadRequest",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "NotFound",
        409 => "Conflict",
        429 => "TooManyRequests",
        503 => "ServiceUnavailable",
        _ => "InternalServerError",
    }
}

/// An address under the server that needs no bearer until `until` (seconds): its signature says so.
pub fn open_link(call: &Call, path: &str, until: i64) -> String {
    let key = call.keys.sign(&json!({"path": format!("/{path}"), "exp": until}));
    format!("{}/{path}?key={}", call.base, encode(&key))
}

/// Whether the signature of such an address is there and holds.
pub fn check_link(call: &Call) -> Result<(), Refusal> {
    let claims = call.query("key").and_then(|key| call.keys.verify(key)).unwrap_or_default();
    if claims["path"] == call.path {
        return Ok(());
    }
    Err(Refusal::plain(403, "The link has expired or is not valid."))
}

//! Requests and responses as plain data: what crosses between the engine's thread and the network's.

use std::time::Duration;

/// A request. Headers go out in the order given, `Host` first.
#[derive(Clone)]
pub struct Request {
    pub method: String,
    /// Absolute, `http` or `https`.
    pub url: String,
    pub headers: Headers,
    pub body: Vec<u8>,
    /// For the whole exchange, from the connection to the last byte; `None` waits for ever.
    pub timeout: Option<Duration>,
    pub redirects: Redirects,
    pub transport: Transport,
}

impl Request {
    /// A request without headers and body that follows no redirect and gives up after 100 s, as HttpClient does.
    pub fn new(method: &str, url: &str) -> Request {
        Request {
            method: method.to_owned(),
            url: url.to_owned(),
            headers: Headers::default(),
            body: Vec::new(),
            timeout: Some(Duration::from_secs(100)),
            redirects: Redirects::default(),
            transport: Transport::default(),
        }
    }

    pub fn header(mut self, name: &str, value: &str) -> Request {
        self.headers.push(name, value);
        self
    }

    pub fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Request {
        self.body = body.into();
        self.header("Content-Type", content_type)
    }
}

// Bodies and the Authorization header may hold secrets, so that only the request line is shown.
impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} ({} bytes)", self.method, self.url, self.body.len())
    }
}

/// How the 3xx answers are treated. The default follows none: the answer is the caller's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Redirects {
    /// How many are followed; one more is an error of kind `Redirects`. 0 follows none.
    pub limit: usize,
    /// Keep `Authorization` when the redirect leaves the host (`-PreserveAuthorizationOnRedirect`).
    pub keep_authorization: bool,
    /// Keep the method where 301, 302 and 303 would turn it into GET (`-PreserveHttpMethodOnRedirect`).
    pub keep_method: bool,
    /// Follow from https to http (`-AllowInsecureRedirect`).
    pub allow_insecure: bool,
}

/// What the connection is made with. Requests with equal settings share connections.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Transport {
    pub proxy: Proxy,
    /// Accept any certificate (`-SkipCertificateCheck`).
    pub skip_certificate_check: bool,
}

/// Which proxy is asked.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub enum Proxy {
    /// The environment's (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`).
    #[default]
    System,
    /// None, also where the environment names one.
    Direct,
    /// This one, with a user name and password if it wants them.
    Url(String, Option<(String, String)>),
}

impl std::fmt::Debug for Proxy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Proxy::System => f.write_str("System"),
            Proxy::Direct => f.write_str("Direct"),
            Proxy::Url(url, _) => write!(f, "Url({url})"),
        }
    }
}

/// Header lines in order, names as written; a name may occur several times.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Headers(Vec<(String, String)>);

impl Headers {
    pub fn push(&mut self, name: &str, value: &str) {
        self.0.push((name.to_owned(), value.to_owned()));
    }

    /// Sets the first header of this name, or adds it.
    pub fn set(&mut self, name: &str, value: &str) {
        match self.0.iter_mut().find(|(n, _)| n.eq_ignore_ascii_case(name)) {
            Some(found) => found.1 = value.to_owned(),
            None => self.push(name, value),
        }
    }

    pub fn remove(&mut self, name: &str) {
        self.0.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
    }

    /// The first value of this name; names are compared without regard to case.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(n, v)| (n.as_str(), v.as_str()))
    }
}

/// A complete answer.
#[derive(Clone)]
pub struct Response {
    pub status: u16,
    /// The reason phrase, the standard one where the protocol carries none.
    pub reason: String,
    /// `1.0`, `1.1`, `2.0` or `3.0`.
    pub version: &'static str,
    pub headers: Headers,
    pub body: Vec<u8>,
    /// The address that answered, after redirects.
    pub url: String,
}

impl Response {
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The body as text, U+FFFD where it is no UTF-8. A byte order mark is left out.
    pub fn text(&self) -> String {
        let body = self.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.body);
        String::from_utf8_lossy(body).into_owned()
    }
}

// Bodies hold tokens, so that only the status line is shown.
impl std::fmt::Debug for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} ({} bytes)", self.status, self.reason, self.body.len())
    }
}

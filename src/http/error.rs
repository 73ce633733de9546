//! Why an exchange gave no answer. The kinds are those that callers act on: retry, ask the user, give up.

use std::error::Error as StdError;
use std::fmt;
use std::io;

/// What went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The request cannot be sent as it is: bad address, method or header.
    Invalid,
    /// The host name has no address.
    Resolve,
    /// Nobody listens there, or the way is closed.
    Refused,
    /// No TLS session: certificate or protocol.
    Tls,
    /// The time was up before the answer was complete.
    Timeout,
    /// The connection ended before the answer was complete; the request may have been carried out.
    Cut,
    /// More redirects than allowed, or one from https to http.
    Redirects,
    /// The caller was interrupted (Ctrl-C) while it waited.
    Interrupted,
    /// Anything else.
    Other,
}

/// A failed exchange: kind, the host it was meant for and the text of the innermost cause.
#[derive(Clone, Debug)]
pub struct Error {
    pub kind: ErrorKind,
    pub message: String,
    /// `host:port`, empty when the address could not be read.
    pub authority: String,
    /// The operating system's error number, where one is behind it.
    pub code: Option<i32>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Error {
        Error { kind, message: message.into(), authority: String::new(), code: None }
    }

    pub(crate) fn interrupted() -> Error {
        Error::new(ErrorKind::Interrupted, "The operation was canceled.")
    }

    /// Sorts reqwest's error by the causes behind it.
    pub(crate) fn classify(error: &reqwest::Error, authority: &str) -> Error {
        let mut found = Error::new(ErrorKind::Other, error.to_string());
        found.authority = authority.to_owned();
        if error.is_builder() {
            found.kind = ErrorKind::Invalid;
        }
        let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
        while let Some(current) = cause {
            found.message = current.to_string();
            if let Some(io) = current.downcast_ref::<io::Error>() {
                found.take_io(io, error.is_connect());
            }
            if current.downcast_ref::<rustls::Error>().is_some() {
                found.kind = ErrorKind::Tls;
            } else if found.message.starts_with("dns error") || found.message.starts_with("failed to lookup") {
                found.kind = ErrorKind::Resolve;
            } else if found.message.contains("closed before message completed") {
                found.kind = ErrorKind::Cut;
            }
            // An io::Error hides the error it carries from `source`, which gives that error's own source instead.
            let carried = current.downcast_ref::<io::Error>().and_then(|e| e.get_ref());
            cause = match carried {
                Some(inner) => Some(inner as &(dyn StdError + 'static)),
                None => current.source(),
            };
        }
        if error.is_timeout() {
            found.kind = ErrorKind::Timeout;
        } else if found.kind == ErrorKind::Other && (error.is_body() || error.is_decode() || error.is_request()) {
            found.kind = if error.is_connect() { ErrorKind::Refused } else { ErrorKind::Cut };
        }
        found
    }

    fn take_io(&mut self, error: &io::Error, connecting: bool) {
        self.code = error.raw_os_error().or(self.code);
        let kind = match error.kind() {
            io::ErrorKind::TimedOut => ErrorKind::Timeout,
            io::ErrorKind::ConnectionRefused | io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
                ErrorKind::Refused
            }
            io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::UnexpectedEof => ErrorKind::Cut,
            _ if connecting && self.kind == ErrorKind::Other && error.raw_os_error().is_some() => ErrorKind::Refused,
            _ => return,
        };
        self.kind = kind;
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.authority.is_empty() {
            true => f.write_str(&self.message),
            false => write!(f, "{} ({})", self.message, self.authority),
        }
    }
}

impl StdError for Error {}

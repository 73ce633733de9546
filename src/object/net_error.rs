//! What .NET's parsing and formatting methods throw, before anybody knows in which command it happened.
use crate::error::{ErrorRecord, Flow};
use std::borrow::Cow;

/// An exception's type and message.
#[derive(Clone, Debug, PartialEq)]
pub struct NetError {
    pub exception: &'static str,
    pub message: Cow<'static, str>,
}

impl NetError {
    pub fn new(exception: &'static str, message: impl Into<Cow<'static, str>>) -> NetError {
        NetError { exception, message: message.into() }
    }
    /// The exception as a method throws it; callers that convert wrap the message instead.
    pub fn record(&self) -> ErrorRecord {
        ErrorRecord::dotnet(self.exception, &*self.message)
    }
}
impl From<NetError> for Flow {
    fn from(e: NetError) -> Flow {
        e.record().into()
    }
}

pub fn format_error(message: impl Into<Cow<'static, str>>) -> NetError {
    NetError::new("System.FormatException", message)
}
pub fn overflow(message: impl Into<Cow<'static, str>>) -> NetError {
    NetError::new("System.OverflowException", message)
}

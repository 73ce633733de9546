//! The one HTTP client of Dialtone: tenant cmdlets, web cmdlets and the .NET web classes all send through here.
//!
//! Nothing is started before the first use. Then one thread runs one current-thread tokio runtime; the client (reqwest)
//! and the mock tenant's server live on it, and only bytes cross to the thread of the engine, whose values are `!Send`.
//! A caller describes a [`Request`], gets a [`Pending`] at once and collects the [`Response`] when it needs it, so that
//! the next page can be on its way while the current one is used; waiting asks the caller every 50 ms whether it was
//! interrupted.

mod body;
mod client;
mod error;
mod message;
mod pending;
mod runtime;

pub use body::Incoming;
pub use client::{fetch, open, send};
pub use error::{Error, ErrorKind};
pub use message::{Headers, Proxy, Redirects, Request, Response, Transport};
pub use pending::Pending;
pub use runtime::runtime;

#[cfg(test)]
mod tests;

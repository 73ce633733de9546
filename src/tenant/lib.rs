//! Online cmdlets: the definitions of `cmdlets/`, the session with the tenant APIs (sign-in, paging, retry, errors), and
//! the interpreter that turns the one into the other.
//!
//! `index` finds a cmdlet's definition, `definition` decodes it with the help of `syntax`, `template` fills requests
//! from parameters, `session` and `exchange` send them, `reply` reads what comes back. `command` runs a definition, `config` the
//! five cmdlets of a configuration type, `hooks` the few odd ones; `provider` brings them all into the engine.

pub mod api_error;
mod bound;
mod command;
mod config;
mod convert;
pub mod definition;
pub mod exchange;
mod hooks;
mod ids;
pub mod index;
mod meta;
mod provider;
#[cfg(test)]
mod reference_tests;
mod reply;
pub mod secret;
pub mod session;
pub mod syntax;
mod template;

pub use provider::OnlineCmdlets;
pub use secret::Secret;
pub use session::{Address, set_mock};

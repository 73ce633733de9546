//! Online cmdlets: the definitions of `cmdlets/`, the session with the tenant APIs (sign-in, paging, retry, errors), and
//! the interpreter that turns the one into the other.
//!
//! `index` finds a cmdlet's definition, `definition` decodes it with the help of `syntax`, `template` fills requests
//! from parameters, `session` sends them, `reply` reads what comes back.

pub mod api_error;
pub mod definition;
pub mod exchange;
mod ids;
pub mod index;
#[cfg(test)]
mod reference_tests;
mod reply;
pub mod secret;
pub mod session;
pub mod syntax;
mod template;

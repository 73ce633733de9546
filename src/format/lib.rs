//! Format-* and the default display: views, tables, lists, wide. The only place that lays out text.
//!
//! Objects go through a [`Front`], which decides how they look and turns them into packets, and an [`Output`], which
//! writes packets as lines. Format-* cmdlets are a `Front` that sends its packets down the pipeline; Out-* cmdlets are
//! a [`Formatter`]: a `Front` for what is not formatted yet, and an `Output`.
mod browse;
mod cells;
mod computed;
mod custom;
mod custom_view;
mod defaults;
pub mod error_view;
mod formatter;
mod front;
mod generate;
mod get_error;
pub mod host;
mod list;
mod output;
pub mod packet;
pub mod parameters;
mod property;
pub mod ps1xml;
pub mod ps_style;
pub mod style;
mod table;
mod text;
pub mod views;
mod widths;
mod wrap;

pub use cells::{strip, width};
pub use formatter::Formatter;
pub use front::Front;
pub use output::{Clock, Lines, Output, Screen, system_clock};
pub use packet::FormatObject;
pub use parameters::{Expand, Keys, Parameters};
pub use views::Kind;

#[cfg(test)]
mod tests;

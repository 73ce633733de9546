//! Built-in cmdlets, one file per noun group.

pub mod aliases;
pub mod format_commands;
pub mod metadata;
pub mod out_commands;

//! Built-in cmdlets, one file per noun group.

pub mod aliases;
pub mod metadata;

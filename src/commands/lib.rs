//! Built-in cmdlets, one file per noun group.

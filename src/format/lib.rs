//! Format-* and the default display: views, tables, lists, wide. The only place that lays out text.

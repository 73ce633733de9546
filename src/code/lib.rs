//! AST to resolved code: variable slots, constants, call sites.

//! The machine: scopes, pipelines, parameter binding, streams, errors, modules.

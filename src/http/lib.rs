//! The one HTTP client: a lazily started tokio runtime with reqwest.

//! The mock tenant: HTTP server, SQLite store, seeds, faults.

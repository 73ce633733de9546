//! The thread that all network code runs on: one current-thread tokio runtime, started at the first use and never
//! stopped (the process ends with it).

use std::sync::OnceLock;
use std::thread;

use tokio::runtime::{Builder, Handle};

/// The runtime's handle; starts the thread at the first call. The text of an error is the operating system's.
pub fn runtime() -> Result<&'static Handle, String> {
    static RUNTIME: OnceLock<Result<Handle, String>> = OnceLock::new();
    RUNTIME.get_or_init(start).as_ref().map_err(Clone::clone)
}

fn start() -> Result<Handle, String> {
    let runtime = Builder::new_current_thread().enable_all().build().map_err(|e| e.to_string())?;
    let handle = runtime.handle().clone();
    thread::Builder::new()
        .name("dialtone-net".into())
        .spawn(move || runtime.block_on(std::future::pending::<()>()))
        .map_err(|e| e.to_string())?;
    Ok(handle)
}

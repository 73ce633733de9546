//! The wait of the engine's thread for something that the network thread does.

use std::future::Future;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::AbortHandle;

use crate::error::{Error, ErrorKind};
use crate::runtime::runtime;

/// How often a waiting caller is asked whether it was interrupted: Ctrl-C has to work within 100 ms.
const INTERVAL: Duration = Duration::from_millis(50);

/// An exchange under way. Dropping it gives it up.
pub struct Pending<T> {
    result: oneshot::Receiver<Result<T, Error>>,
    task: AbortHandle,
}

impl<T: Send + 'static> Pending<T> {
    pub(crate) fn spawn(work: impl Future<Output = Result<T, Error>> + Send + 'static) -> Result<Pending<T>, Error> {
        let handle = runtime().map_err(|text| Error::new(ErrorKind::Other, text))?;
        let (sender, result) = oneshot::channel();
        let task = handle.spawn(async move {
            // The receiver is gone when the caller gave up: nothing to tell.
            let _ = sender.send(work.await);
        });
        Ok(Pending { result, task: task.abort_handle() })
    }

    /// Whether `wait` would answer at once.
    pub fn is_ready(&self) -> bool {
        self.task.is_finished()
    }

    /// Waits for the answer; `interrupted` is asked every 50 ms, and `true` gives the exchange up.
    pub fn wait(mut self, interrupted: &mut dyn FnMut() -> bool) -> Result<T, Error> {
        let lost = || Err(Error::new(ErrorKind::Other, "the network thread gave up the request"));
        wait_for(&mut self.result, interrupted)?.unwrap_or_else(|_| lost())
    }
}

impl<T> Drop for Pending<T> {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Blocks on a future of the network thread, with the same interruption.
pub(crate) fn wait_for<F: Future + Unpin>(
    mut future: F,
    interrupted: &mut dyn FnMut() -> bool,
) -> Result<F::Output, Error> {
    let handle = runtime().map_err(|text| Error::new(ErrorKind::Other, text))?;
    loop {
        match handle.block_on(async { tokio::time::timeout(INTERVAL, &mut future).await }) {
            Ok(output) => return Ok(output),
            Err(_) if interrupted() => return Err(Error::interrupted()),
            Err(_) => {}
        }
    }
}

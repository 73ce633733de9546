//! The wait of the engine's thread for something that the network thread does.

use std::future::Future;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use tokio::task::AbortHandle;

use crate::error::{Error, ErrorKind};
use crate::runtime::runtime;

/// How often a waiting caller is asked whether it was interrupted: Ctrl-C has to work within 100 ms.
const INTERVAL: Duration = Duration::from_millis(50);

/// An exchange under way. Dropping it gives it up.
pub struct Pending<T> {
    result: Receiver<Result<T, Error>>,
    task: AbortHandle,
}

impl<T: Send + 'static> Pending<T> {
    pub(crate) fn spawn(work: impl Future<Output = Result<T, Error>> + Send + 'static) -> Result<Pending<T>, Error> {
        let handle = runtime().map_err(|text| Error::new(ErrorKind::Other, text))?;
        let (sender, result) = channel();
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
    pub fn wait(self, interrupted: &mut dyn FnMut() -> bool) -> Result<T, Error> {
        let lost = || Err(Error::new(ErrorKind::Other, "the network thread gave up the request"));
        receive(&self.result, interrupted)?.unwrap_or_else(lost)
    }
}

impl<T> Drop for Pending<T> {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The next thing from the network thread; `None` when no more will come. The clock is this thread's own, so that a busy
/// network thread does not delay an interruption.
pub(crate) fn receive<T>(from: &Receiver<T>, interrupted: &mut dyn FnMut() -> bool) -> Result<Option<T>, Error> {
    loop {
        match from.recv_timeout(INTERVAL) {
            Ok(value) => return Ok(Some(value)),
            Err(RecvTimeoutError::Disconnected) => return Ok(None),
            Err(RecvTimeoutError::Timeout) if interrupted() => return Err(Error::interrupted()),
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}

//! Answers that arrive piece by piece: downloads into files, listings whose first row should show early.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use bytes::Bytes;
use tokio::sync::Semaphore;

use crate::error::Error;
use crate::message::{Headers, Response};
use crate::pending::receive;

/// How many pieces wait for a slow reader before the connection is held back.
const QUEUE: usize = 16;

/// A piece of a body, or why there is no more.
pub(crate) type Piece = Result<Bytes, Error>;

/// The reader's end of a body.
pub(crate) struct Pieces {
    queue: Receiver<Piece>,
    room: Arc<Semaphore>,
}

/// The network's end of a body.
pub(crate) struct Feed {
    queue: Sender<Piece>,
    room: Arc<Semaphore>,
}

/// Both ends of a body that is read more slowly than it comes.
pub(crate) fn channels() -> (Feed, Pieces) {
    let (sender, receiver) = channel();
    let room = Arc::new(Semaphore::new(QUEUE));
    (Feed { queue: sender, room: room.clone() }, Pieces { queue: receiver, room })
}

impl Feed {
    /// Waits for room and hands a piece over; `false` when the reader has gone.
    pub(crate) async fn send(&self, piece: Piece) -> bool {
        // The reader gives the permit back when it takes the piece, and closes the semaphore when it goes.
        match self.room.acquire().await {
            Ok(permit) => {
                permit.forget();
                self.queue.send(piece).is_ok()
            }
            Err(_) => false,
        }
    }
}

impl Drop for Pieces {
    fn drop(&mut self) {
        self.room.close();
    }
}

/// An answer whose head is here and whose body comes by `next`.
pub struct Incoming {
    pub status: u16,
    pub reason: String,
    pub version: &'static str,
    pub headers: Headers,
    pub url: String,
    pub(crate) pieces: Pieces,
}

impl Incoming {
    /// The next piece of the body; `None` after the last.
    pub fn next(&mut self, interrupted: &mut dyn FnMut() -> bool) -> Result<Option<Bytes>, Error> {
        let piece = receive(&self.pieces.queue, interrupted)?;
        self.pieces.room.add_permits(1);
        piece.transpose()
    }

    /// Collects the rest.
    pub fn complete(mut self, interrupted: &mut dyn FnMut() -> bool) -> Result<Response, Error> {
        let mut body = Vec::new();
        while let Some(piece) = self.next(interrupted)? {
            body.extend_from_slice(&piece);
        }
        let Incoming { status, reason, version, headers, url, .. } = self;
        Ok(Response { status, reason, version, headers, body, url })
    }
}

//! Answers that arrive piece by piece: downloads into files, listings whose first row should show early.

use bytes::Bytes;
use tokio::sync::mpsc::{self, Receiver, Sender};

use crate::error::Error;
use crate::message::{Headers, Response};
use crate::pending::wait_for;

/// How many pieces wait for a slow reader before the connection is held back.
const QUEUE: usize = 16;

/// A piece of a body, or why there is no more.
pub(crate) type Piece = Result<Bytes, Error>;

/// An answer whose head is here and whose body comes by `next`.
pub struct Incoming {
    pub status: u16,
    pub reason: String,
    pub version: &'static str,
    pub headers: Headers,
    pub url: String,
    pub(crate) pieces: Receiver<Piece>,
}

impl Incoming {
    pub(crate) fn channel() -> (Sender<Piece>, Receiver<Piece>) {
        mpsc::channel(QUEUE)
    }

    /// The next piece of the body; `None` after the last.
    pub fn next(&mut self, interrupted: &mut dyn FnMut() -> bool) -> Result<Option<Bytes>, Error> {
        let piece = wait_for(Box::pin(self.pieces.recv()), interrupted)?;
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

//! What keeps appenders of several processes from storing a record twice: a commit expects the end
//! of the stream up to which the sender knows everything, and leaves out what is there already.

use std::fmt;
use std::sync::Arc;

use async_nats::header::NATS_MESSAGE_ID;
use futures_util::future::BoxFuture;
use tokio::sync::{Mutex, MutexGuard};
use uuid::Uuid;

use crate::Headers;

/// What the sender of commits knows of the stream.
pub trait KnownLog: fmt::Debug + Send + Sync {
    /// Returns the sequence up to which every message is known.
    fn known(&self) -> u64;

    /// Records that a commit of the sender itself is the next message.
    fn stored(&self, sequence: u64);

    /// Waits until the stream is known up to a sequence.
    fn reach(&self, sequence: u64) -> BoxFuture<'_, ()>;

    /// Returns the position of the first record in what is known that has the id of a record which
    /// is being appended.
    fn find(&self, record: &[u8]) -> Option<u64>;
}

/// The fence of the appenders of one process. They take turns, since each commit expects the one
/// before it. Clones share the turns.
#[derive(Clone, Debug)]
pub struct Fence {
    log: Arc<dyn KnownLog>,
    turn: Arc<Mutex<()>>,
    nonce: Arc<str>,
}

impl Fence {
    /// Creates a fence for one process.
    pub fn new(log: impl KnownLog + 'static) -> Self {
        Self {
            log: Arc::new(log),
            turn: Arc::default(),
            nonce: nonce(),
        }
    }

    /// Returns true if a stored message is a commit of this process.
    #[must_use]
    pub fn is_own(&self, headers: &Headers) -> bool {
        let id = headers.get(NATS_MESSAGE_ID.as_ref());
        id.is_some_and(|id| id.contains(&*self.nonce))
    }

    pub(super) fn log(&self) -> &dyn KnownLog {
        &*self.log
    }

    pub(super) fn nonce(&self) -> Arc<str> {
        Arc::clone(&self.nonce)
    }

    /// Waits for the turn, which lasts until the guard is dropped.
    pub(super) async fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().await
    }
}

/// Returns what tells the commits of one process from those of others.
pub(super) fn nonce() -> Arc<str> {
    Uuid::new_v4().simple().to_string().into()
}

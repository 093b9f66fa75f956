//! Folds the log into the archive: every commit once, completely, in order.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use detente_apply::Prefetch;
use detente_jetstream::Connection;
use detente_jetstream::reader::{Options, ReadError, StreamReader};
use detente_jetstream::stream_info;
use detente_jetstream::topology::EVENTS;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::archive::Archive;
use crate::metrics;

/// The delay before a stream that does not exist is looked up again.
const RETRY_AFTER: Duration = Duration::from_millis(200);

/// The progress of the fold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The last commit that was folded completely.
    pub position: u64,
    /// The end of the log when the replay began; `None` until it is known.
    pub replay_to: Option<u64>,
    /// The time at which the last commit was folded.
    pub folded: Option<Instant>,
    /// The number of messages of the log that are missing or no commits, and the last one.
    pub damaged: Option<(u64, u64)>,
}

impl Progress {
    /// Returns true if the log was folded up to its end at the start.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.replay_to.is_some_and(|head| self.position >= head)
    }
}

/// Folds the log; ends only with an error, or with the runtime.
pub(crate) async fn fold_log(
    connection: Connection,
    archive: Arc<Mutex<Archive>>,
    progress: watch::Sender<Progress>,
) -> Result<(), ReadError> {
    let mut reader = Prefetch::start(
        StreamReader::open_when_present(&connection, EVENTS, 1, Options::events()).await?,
    );
    let head = head(&connection).await;
    progress.send_modify(|progress| progress.replay_to = Some(head));
    while let Some(commit) = reader.next().await {
        let commit = commit?;
        let position = commit.message.sequence;
        archive
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .apply_commit(&commit);
        metrics::set_position(position);
        let is_damaged = commit.message.is_damaged;
        if is_damaged {
            metrics::damaged();
        }
        progress.send_modify(|progress| {
            progress.position = position;
            if is_damaged {
                let (count, _) = progress.damaged.unwrap_or_default();
                progress.damaged = Some((count + 1, position));
            }
            progress.folded = Some(Instant::now());
        });
    }
    // The reader's task was ended from outside, which ends this task too.
    Ok(())
}

/// Returns the head of the log, which exists; retries until the server answers.
async fn head(connection: &Connection) -> u64 {
    loop {
        match stream_info::head(connection, EVENTS).await {
            Ok(head) => return head,
            Err(_) => tokio::time::sleep(RETRY_AFTER).await,
        }
    }
}

//! Reading ahead: the log is read, its digests checked and its records skimmed on one core while
//! another folds.

use detente_jetstream::Message;
use detente_jetstream::reader::{EventsReader, ReadError};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::Skimmed;

/// Commits that may wait to be folded; of a full log, some tens of megabytes.
const WAITING_MAX: usize = 64;

/// A commit that was read ahead.
#[derive(Debug)]
pub struct Commit {
    /// The message.
    pub message: Message,
    /// Its records, skimmed.
    pub skimmed: Skimmed,
}

/// A reader that runs ahead of whoever folds.
#[derive(Debug)]
pub struct Ahead {
    commits: mpsc::Receiver<Result<Commit, ReadError>>,
    task: JoinHandle<()>,
}

impl Ahead {
    /// Lets a reader run ahead, until it fails or this is dropped.
    #[must_use]
    pub fn start(mut reader: EventsReader) -> Self {
        let (sender, commits) = mpsc::channel(WAITING_MAX);
        let task = tokio::spawn(async move {
            loop {
                let commit = reader.next().await.map(|message| Commit {
                    skimmed: Skimmed::of(&message.payload),
                    message,
                });
                let failed = commit.is_err();
                if sender.send(commit).await.is_err() || failed {
                    return;
                }
            }
        });
        Self { commits, task }
    }

    /// The next commit, in strict order.
    ///
    /// # Errors
    /// What the reader failed with; after that, and if its task was ended from outside, `None`.
    pub async fn next(&mut self) -> Option<Result<Commit, ReadError>> {
        self.commits.recv().await
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        self.task.abort();
    }
}

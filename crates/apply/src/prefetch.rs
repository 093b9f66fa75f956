//! Prefetching commits: one task reads the log, checks digests and decodes records in part, while
//! another folds.

use detente_jetstream::Message;
use detente_jetstream::reader::{ReadError, StreamReader};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::CommitSkim;

/// The most commits that wait to be folded: some tens of megabytes if all are full.
const WAITING_MAX: usize = 64;

/// A prefetched commit.
#[derive(Debug)]
pub struct Commit {
    /// The message.
    pub message: Message,
    /// Its records, partly decoded.
    pub skim: CommitSkim,
}

/// A reader that runs ahead of the fold, in a task of its own.
#[derive(Debug)]
pub struct Prefetch {
    commits: mpsc::Receiver<Result<Commit, ReadError>>,
    task: JoinHandle<()>,
}

impl Prefetch {
    /// Spawns the task. It ends when the reader fails or this value is dropped.
    #[must_use]
    pub fn start(mut reader: StreamReader) -> Self {
        let (sender, commits) = mpsc::channel(WAITING_MAX);
        let task = tokio::spawn(async move {
            loop {
                let commit = reader.next().await.map(|message| Commit {
                    skim: CommitSkim::new(&message.payload),
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

    /// Returns the next commit, in the order of the log; `None` after the reader has failed or
    /// the task was aborted.
    ///
    /// # Errors
    /// Returns the error of the reader, once.
    pub async fn next(&mut self) -> Option<Result<Commit, ReadError>> {
        self.commits.recv().await
    }
}

impl Drop for Prefetch {
    fn drop(&mut self) {
        self.task.abort();
    }
}

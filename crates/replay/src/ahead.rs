//! Reading ahead: the log is read and its digests checked on one core while another folds.

use detente_stream::Message;
use detente_stream::reader::{EventsReader, ReadError};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Commits that may wait to be folded; of a full log, some tens of megabytes.
const WAITING_MAX: usize = 64;

/// A reader that runs ahead of whoever folds.
#[derive(Debug)]
pub struct Ahead {
    messages: mpsc::Receiver<Result<Message, ReadError>>,
    task: JoinHandle<()>,
}

impl Ahead {
    /// Lets a reader run ahead, until it fails or this is dropped.
    #[must_use]
    pub fn start(mut reader: EventsReader) -> Self {
        let (sender, messages) = mpsc::channel(WAITING_MAX);
        let task = tokio::spawn(async move {
            loop {
                let message = reader.next().await;
                let failed = message.is_err();
                if sender.send(message).await.is_err() || failed {
                    return;
                }
            }
        });
        Self { messages, task }
    }

    /// The next message, in strict order.
    ///
    /// # Errors
    /// What the reader failed with; after that, and if its task was ended from outside, `None`.
    pub async fn next(&mut self) -> Option<Result<Message, ReadError>> {
        self.messages.recv().await
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        self.task.abort();
    }
}

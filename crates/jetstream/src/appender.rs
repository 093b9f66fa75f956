//! The appender: a group commit without a timer.
//!
//! A commit leaves as soon as the one before it is acknowledged, or a place in the window is
//! free, with everything that waits: one message, one fsync, all or nothing, and every caller is
//! answered after the acknowledgement. So a lone report waits for nobody, and under load the
//! commits fill by themselves.

mod flight;
mod queue;
mod run;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::Connection;
use crate::commit::{RECORDS_MAX, framed_len};
use queue::Item;

/// How many callers may wait in the channel before the next one has to wait to get in.
const QUEUE_LEN: usize = 4 * RECORDS_MAX;

/// How to append.
#[derive(Clone, Debug)]
pub struct Options {
    /// The subject of the commits, such as [`crate::topology::REPORT`].
    pub subject: String,
    /// The most records in a commit, at most [`RECORDS_MAX`].
    pub records_max: usize,
    /// The most bytes in a commit; `None` is half of what the server takes in one message.
    pub bytes_max: Option<usize>,
    /// How many commits that are not full may be in flight. One is best: two share the same
    /// callers, and cost two fsyncs where one would do (measured: half the records a second).
    pub window: usize,
    /// How many commits may be in flight when the next one is full to the brim. More than one
    /// pays off only where a message takes long to the server and back: a thousand records are
    /// enough to make one at a time fast (measured: four at a time were never faster).
    pub full_window: usize,
    /// How long to wait for one acknowledgement before the commit is sent again.
    pub ack_within: Duration,
    /// How long a commit is tried before its callers are told that nobody knows its fate.
    pub give_up_after: Duration,
}

impl Options {
    /// The usual options for a subject.
    pub fn new(subject: impl Into<String>) -> Options {
        Options {
            subject: subject.into(),
            records_max: RECORDS_MAX,
            bytes_max: None,
            window: 1,
            full_window: 1,
            ack_within: Duration::from_secs(5),
            give_up_after: Duration::from_secs(20),
        }
    }
}

/// Where a record is: the commit's sequence in the stream, and its place in the commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The sequence of the commit in EVENTS.
    pub sequence: u64,
    /// The place of the record in the commit, from nought.
    pub index_in_commit: u32,
}

/// Why a record was not appended, or may not have been.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// The record does not fit into any commit.
    #[error("the record has {bytes} bytes, the limit is {bytes_max}")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The most that it may have.
        bytes_max: usize,
    },
    /// The appender has stopped; nothing was stored.
    #[error("the appender has stopped")]
    Stopped,
    /// The server refused; nothing was stored.
    #[error("the server refuses the commit: {reason}")]
    Refused {
        /// What the server says.
        reason: Arc<str>,
    },
    /// The server could not be reached, or had no place; nothing was stored.
    #[error("the commit was not taken within {waited_ms} ms: {reason}")]
    Unavailable {
        /// How long it was tried.
        waited_ms: u64,
        /// What happened last.
        reason: Arc<str>,
    },
    /// The commit was sent and no answer came: it may be stored or not. Sending the same record
    /// again is harmless.
    #[error(
        "the commit was sent, and no answer came within {waited_ms} ms: it may be stored or not"
    )]
    Unknown {
        /// How long it was tried.
        waited_ms: u64,
    },
}

/// The appender's task.
#[derive(Debug)]
pub struct Appender;

/// Appends records. Clones share the task.
#[derive(Clone, Debug)]
pub struct AppenderHandle {
    queue: mpsc::Sender<Item>,
    record_max: usize,
}

impl Appender {
    /// Starts the task. It ends, after it has sent and answered all that waits, when it is
    /// cancelled or when the last handle is dropped.
    pub fn start(
        conn: &Connection,
        options: Options,
        stop: CancellationToken,
    ) -> (AppenderHandle, JoinHandle<()>) {
        let records_max = options.records_max.clamp(1, RECORDS_MAX);
        let options = Options {
            records_max,
            ..options
        };
        let half = conn.max_payload() / 2;
        let bytes_max = options.bytes_max.map_or(half, |bytes| bytes.min(half));
        // A record costs its tag and its length besides its bytes.
        let overhead = framed_len(bytes_max) - bytes_max;
        let record_max = bytes_max.saturating_sub(overhead);
        let (queue, receiver) = mpsc::channel(QUEUE_LEN);
        let task = run::run(conn.clone(), options, bytes_max, receiver, stop);
        (AppenderHandle { queue, record_max }, tokio::spawn(task))
    }
}

impl AppenderHandle {
    /// Appends one record, and answers when it is on disk.
    pub async fn append(&self, record: Bytes) -> Result<Position, AppendError> {
        self.append_traced(record, None).await
    }

    /// Appends one record. The first trace context of a commit goes into its headers.
    pub async fn append_traced(
        &self,
        record: Bytes,
        traceparent: Option<&str>,
    ) -> Result<Position, AppendError> {
        self.check(&record)?;
        let (reply, answer) = oneshot::channel();
        let item = Item::One {
            record,
            traceparent: traceparent.map(Box::from),
            reply,
        };
        self.queue
            .send(item)
            .await
            .map_err(|_| AppendError::Stopped)?;
        answer.await.unwrap_or(Err(AppendError::Stopped))
    }

    /// Appends many records, filling commits to the brim, and answers when all of them are
    /// settled: one answer for each record, in the order given.
    pub async fn append_many(&self, records: Vec<Bytes>) -> Vec<Result<Position, AppendError>> {
        let count = records.len();
        let mut refused: Vec<(usize, AppendError)> = Vec::new();
        let mut taken = Vec::with_capacity(count);
        for (index, record) in records.into_iter().enumerate() {
            match self.check(&record) {
                Ok(()) => taken.push(record),
                Err(error) => refused.push((index, error)),
            }
        }
        let mut answers = self.append_checked(taken).await;
        for (index, error) in refused {
            answers.insert(index.min(answers.len()), Err(error));
        }
        answers
    }

    /// The most bytes that one record may have.
    pub fn record_max(&self) -> usize {
        self.record_max
    }

    async fn append_checked(&self, records: Vec<Bytes>) -> Vec<Result<Position, AppendError>> {
        let count = records.len();
        if count == 0 {
            return Vec::new();
        }
        let (reply, answer) = oneshot::channel();
        let stopped = || vec![Err(AppendError::Stopped); count];
        match self.queue.send(Item::Many { records, reply }).await {
            Ok(()) => answer.await.unwrap_or_else(|_| stopped()),
            Err(_) => stopped(),
        }
    }

    fn check(&self, record: &Bytes) -> Result<(), AppendError> {
        if record.len() <= self.record_max {
            return Ok(());
        }
        Err(AppendError::TooLarge {
            bytes: record.len(),
            bytes_max: self.record_max,
        })
    }
}

//! The appender: group commit without a timer.
//!
//! A commit is sent as soon as the previous one is acknowledged, with all records that wait: one
//! message, one fsync, all or nothing. Every caller is answered after the acknowledgement. So a
//! single report is sent at once, and under load the commits grow by themselves. One commit is in
//! flight at a time: two would share the same callers and cost two fsyncs (measured: half the
//! records per second).

mod fence;
mod publish;
mod queue;
mod run;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::Connection;
use crate::commit::{RECORDS_MAX, framed_len};
use queue::{Answer, Call};

pub use fence::{Fence, KnownLog};

/// The capacity of the channel from the callers to the task.
const QUEUE_LEN: usize = 4 * RECORDS_MAX;

/// The settings of an appender.
#[derive(Clone, Debug)]
pub struct Options {
    /// The subject of the commits, such as [`crate::topology::REPORT`].
    pub subject: String,
    /// The time for which a commit is retried before its callers get [`AppendError::Unknown`] or
    /// [`AppendError::Unavailable`].
    pub give_up_after: Duration,
    /// The most weight of a commit; a heavier record has a commit of its own.
    pub weight_max: usize,
    /// What keeps other appenders from storing the same records; `None` for one that is alone.
    pub fence: Option<Fence>,
}

/// A record to append.
#[derive(Clone, Debug)]
pub struct Weighed {
    /// The encoded record.
    pub bytes: Bytes,
    /// The work that readers have with it, in any unit: see [`Options::weight_max`].
    pub weight: usize,
}

impl From<Bytes> for Weighed {
    /// Makes a record without weight.
    fn from(bytes: Bytes) -> Self {
        Self { bytes, weight: 0 }
    }
}

impl Options {
    /// Creates the default options for a subject.
    pub fn new(subject: impl Into<String>) -> Self {
        Self {
            subject: subject.into(),
            give_up_after: Duration::from_secs(20),
            weight_max: usize::MAX,
            fence: None,
        }
    }
}

/// The place of a record in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// The sequence of its commit.
    pub position: u64,
    /// True if the log was found to have a record with its id, perhaps with other content: another
    /// appender stored it, or an attempt whose answer was lost.
    pub is_found: bool,
}

/// The error returned when a record was not, or may not have been, appended.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// The record does not fit into any commit.
    #[error("the record has {bytes} bytes, the limit is {bytes_max}")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        bytes_max: usize,
    },
    /// The appender has stopped; nothing was stored.
    #[error("the appender has stopped")]
    Stopped,
    /// The server refused; nothing was stored.
    #[error("the server refuses the commit: {reason}")]
    Refused {
        /// The server's error.
        reason: Arc<str>,
    },
    /// The server could not be reached, or could not store it; nothing was stored.
    #[error("the commit was not stored within {waited_ms} ms: {reason}")]
    Unavailable {
        /// The time for which it was tried, in milliseconds.
        waited_ms: u64,
        /// The last error.
        reason: Arc<str>,
    },
    /// There is no room left; nothing was stored.
    #[error("there is no room for more records: {reason}")]
    Full {
        /// The server's error, or another reason.
        reason: Arc<str>,
    },
    /// The commit was sent without an answer: it may be stored or not. Sending the same record
    /// again is harmless.
    #[error("the commit was sent without an answer within {waited_ms} ms: it may be stored or not")]
    Unknown {
        /// The time for which it was tried, in milliseconds.
        waited_ms: u64,
    },
}

/// Appends records. Clones share the task that sends them.
#[derive(Clone, Debug)]
pub struct Appender {
    queue: mpsc::Sender<Call>,
    record_max: usize,
    /// Since when the commit in flight is without an answer.
    unanswered: watch::Receiver<Option<Instant>>,
}

impl Appender {
    /// Starts the task. When it is cancelled or the last clone is dropped, it sends and answers
    /// everything that waits, and ends.
    pub fn start(
        conn: &Connection,
        options: Options,
        stop: CancellationToken,
    ) -> (Self, JoinHandle<()>) {
        let bytes_max = conn.max_payload() / 2;
        // A record also takes its tag and length.
        let overhead = framed_len(bytes_max) - bytes_max;
        let record_max = bytes_max.saturating_sub(overhead);
        let (queue, receiver) = mpsc::channel(QUEUE_LEN);
        let (sender, unanswered) = watch::channel(None);
        let task = run::run(conn.clone(), options, bytes_max, receiver, sender, stop);
        let appender = Self {
            queue,
            record_max,
            unanswered,
        };
        (appender, tokio::spawn(task))
    }

    /// Returns the time for which the commit in flight has been without an answer.
    pub fn unanswered(&self) -> Duration {
        let since = *self.unanswered.borrow();
        since.map_or(Duration::ZERO, |since| since.elapsed())
    }

    /// Appends one record, and returns its position, the sequence of its commit, when it is on disk.
    pub async fn append(&self, record: Bytes) -> Result<u64, AppendError> {
        let mut answers = self.append_many(vec![record], None).await;
        let answer = answers.pop().unwrap_or(Err(AppendError::Stopped));
        answer.map(|appended| appended.position)
    }

    /// Appends records in commits as full as possible. Returns when all are settled, with one
    /// result per record in the given order. The first trace context of a commit is put into its
    /// headers.
    pub async fn append_many(
        &self,
        records: Vec<impl Into<Weighed>>,
        traceparent: Option<&str>,
    ) -> Vec<Result<Appended, AppendError>> {
        let records: Vec<Weighed> = records.into_iter().map(Into::into).collect();
        let checks: Vec<_> = records.iter().map(|record| self.check(record)).collect();
        let accepted = records.into_iter().zip(&checks);
        let accepted = accepted.filter_map(|(record, check)| check.is_ok().then_some(record));
        let answers = self.send(accepted.collect(), traceparent).await;
        let mut answers = answers.into_iter();
        let mut answer = || answers.next().unwrap_or(Err(AppendError::Stopped));
        let answered = checks
            .into_iter()
            .map(|check| check.and_then(|()| answer()));
        answered.collect()
    }

    /// Returns the answers to records; none if the appender has stopped.
    async fn send(&self, records: Vec<Weighed>, traceparent: Option<&str>) -> Vec<Answer> {
        if records.is_empty() {
            return Vec::new();
        }
        let (call, answers) = Call::new(records, traceparent);
        match self.queue.send(call).await {
            Ok(()) => answers.await.unwrap_or_default(),
            Err(_) => Vec::new(),
        }
    }

    fn check(&self, record: &Weighed) -> Result<(), AppendError> {
        let bytes = record.bytes.len();
        if bytes <= self.record_max {
            return Ok(());
        }
        Err(AppendError::TooLarge {
            bytes,
            bytes_max: self.record_max,
        })
    }
}

//! The projector's commit: one writer of a RELATIONS stream, fenced.
//!
//! Each message expects the stream's last sequence, so of two writers only one can go on. The
//! last message's headers are the caller's checkpoint: opening the writer gives that message, and
//! whatever was sent and not answered is found there, or is not there.

mod batch;
mod outgoing;
mod replies;
mod resolve;
mod singles;

use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use crate::backoff::Backoff;
use crate::headers::BadHeader;
use crate::inspect::{self, InspectError};
use crate::topology::Projection;
use crate::{Connection, Message};
use outgoing::Prepared;
use replies::Replies;

pub use outgoing::Outgoing;

/// Up to so many messages go singly: each costs one fsync, some 0.3 ms, while a batch of any size
/// costs 3 to 5 ms, since it is staged first (measured on one server).
pub const SINGLES_MAX: usize = 12;
/// The same for a stream with replicas, where a single costs as much as half a batch.
pub const SINGLES_MAX_REPLICATED: usize = 2;
/// The server takes so many messages in one atomic batch.
pub const BATCH_MAX: usize = 1_000;
/// The bytes of one batch: it is staged in the server's memory before it is stored.
pub const BATCH_BYTES_MAX: usize = 16 << 20;
/// The header by which a message of ours is known again.
const ID: &str = "Detente-Id";
/// How long to wait for an answer before looking what was stored.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// How long a commit is tried before it is given up.
const GIVE_UP_AFTER: Duration = Duration::from_secs(60);

/// Why a commit was not, or not wholly, published. The writer is of no use afterwards: open a new
/// one, and go on from the last message that it gives.
#[derive(Debug, thiserror::Error)]
pub enum RelationsError {
    /// Another writer was faster.
    #[error("another writer has written message {sequence} of stream {stream}")]
    Fenced {
        /// The stream.
        stream: String,
        /// The first sequence that is not ours.
        sequence: u64,
    },
    /// The stream ends before what was read or written: it is not the same stream any more.
    #[error("stream {stream} ends at {head}, but it went up to {known} before")]
    Rewound {
        /// The stream.
        stream: String,
        /// Where we knew its end.
        known: u64,
        /// Where it ends.
        head: u64,
    },
    /// A message cannot be sent as it is; nothing was.
    #[error("message {index} of the commit cannot be sent: {source}")]
    Message {
        /// Its place in the commit.
        index: usize,
        /// What is wrong.
        source: BadOutgoing,
    },
    /// The server refuses.
    #[error("the server refuses the commit, {landed} messages of it are stored: {reason}")]
    Refused {
        /// How many of the commit's messages are stored.
        landed: usize,
        /// What the server says.
        reason: String,
    },
    /// The server was out of reach for too long.
    #[error(
        "the commit was tried for {waited_s} s, {landed} messages of it are known to be stored"
    )]
    Unavailable {
        /// How many of the commit's messages are known to be stored.
        landed: usize,
        /// How long it was tried.
        waited_s: u64,
    },
    /// This writer has failed, or a commit of it was dropped half-way.
    #[error("this writer does not know what it has stored; open it anew")]
    Stale,
    /// The stream could not be looked at.
    #[error(transparent)]
    Inspect(#[from] InspectError),
}

/// What is wrong with a message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadOutgoing {
    /// The subject's end is none.
    #[error("{given:?} is no end of a subject, such as AFG.KAZ")]
    Subject {
        /// The end as given.
        given: String,
    },
    /// A header cannot be carried, or is the server's own.
    #[error(transparent)]
    Header(#[from] BadHeader),
    /// It is too large.
    #[error("it has {bytes} bytes, the server takes {bytes_max}")]
    TooLarge {
        /// Its size with headers.
        bytes: usize,
        /// The most that the server takes.
        bytes_max: usize,
    },
}

/// The only writer of a projection's RELATIONS stream, as long as it wins.
#[derive(Debug)]
pub struct RelationsWriter {
    conn: Connection,
    stream: String,
    projection: Projection,
    replies: Replies,
    last: u64,
    singles_max: usize,
    sent: u64,
    stale: bool,
}

/// Why a try has not stored everything.
enum Trouble {
    /// Somebody, perhaps an earlier try of ours, has moved the stream's end.
    WrongSequence,
    /// The answer is missing, or the server cannot right now.
    Unsure(String),
    /// The server will never take it.
    Refused(String),
}

impl RelationsWriter {
    /// Opens the stream for writing, and gives its last message, which holds the checkpoint.
    pub async fn open(
        conn: &Connection,
        projection: &Projection,
    ) -> Result<(RelationsWriter, Option<Message>), RelationsError> {
        let stream = projection.stream();
        let info = inspect::info(conn, &stream).await?;
        let last = info.state.last_sequence;
        let message = match last {
            0 => None,
            last => inspect::read_one(conn, &stream, last).await?,
        };
        // Without its checkpoint the caller would begin anew, and say everything twice.
        if last > 0 && message.is_none() {
            let source = format!("its last message, {last}, is not there").into();
            return Err(InspectError::Server { stream, source }.into());
        }
        let replicated = info.config.num_replicas > 1;
        let writer = RelationsWriter {
            replies: Replies::open(conn)
                .await
                .map_err(|source| InspectError::Server {
                    stream: stream.clone(),
                    source: source.into(),
                })?,
            conn: conn.clone(),
            stream,
            projection: projection.clone(),
            last,
            singles_max: if replicated {
                SINGLES_MAX_REPLICATED
            } else {
                SINGLES_MAX
            },
            sent: 0,
            stale: false,
        };
        Ok((writer, message))
    }

    /// The last sequence of the stream, as far as this writer knows.
    pub fn last_sequence(&self) -> u64 {
        self.last
    }

    /// Publishes messages in order and gives their sequences, when all of them are on disk. A few
    /// go each by itself; more go in atomic batches of up to [`BATCH_MAX`], so a
    /// reader may see the commit in parts: give each message what it takes to know its part.
    pub async fn publish(&mut self, commit: Vec<Outgoing>) -> Result<Vec<u64>, RelationsError> {
        if self.stale {
            return Err(RelationsError::Stale);
        }
        let prepared = self.prepare(commit)?;
        let first = self.last + 1;
        // If this future is dropped half-way, nobody knows what was stored.
        self.stale = true;
        self.publish_all(&prepared).await?;
        self.stale = false;
        Ok((first..=self.last).collect())
    }

    fn prepare(&mut self, commit: Vec<Outgoing>) -> Result<Vec<Prepared>, RelationsError> {
        let bytes_max = self.conn.max_payload();
        let mut prepared = Vec::with_capacity(commit.len());
        for (index, outgoing) in commit.into_iter().enumerate() {
            self.sent += 1;
            let id = format!("{}-{}", self.replies.nonce(), self.sent);
            let message = Prepared::new(outgoing, &self.projection, id, bytes_max);
            prepared.push(message.map_err(|source| RelationsError::Message { index, source })?);
        }
        Ok(prepared)
    }

    async fn publish_all(&mut self, commit: &[Prepared]) -> Result<(), RelationsError> {
        let started = Instant::now();
        let mut backoff = Backoff::new(Duration::from_millis(20), Duration::from_secs(1));
        let mut landed = 0;
        while let Some(rest) = commit.get(landed..)
            && !rest.is_empty()
        {
            let (sent, outcome) = if rest.len() <= self.singles_max {
                (rest, self.send_singles(rest).await)
            } else {
                let batch = &rest[..batch_len(rest)];
                (batch, self.send_batch(batch).await)
            };
            let trouble = match outcome {
                Ok(()) => {
                    landed += sent.len();
                    self.last += sent.len() as u64;
                    backoff.reset();
                    continue;
                }
                Err(trouble) => trouble,
            };
            // Whatever went wrong, the stream itself says what was stored.
            let waited = started.elapsed();
            let found =
                tokio::time::timeout(GIVE_UP_AFTER.saturating_sub(waited), self.resolve(sent));
            let waited_s = waited.as_secs();
            let found = match found.await {
                Ok(found) => found?,
                Err(_) => return Err(RelationsError::Unavailable { landed, waited_s }),
            };
            landed += found;
            self.last += found as u64;
            match trouble {
                Trouble::Refused(reason) if found == 0 => {
                    return Err(RelationsError::Refused { landed, reason });
                }
                Trouble::Refused(_) | Trouble::WrongSequence => {}
                Trouble::Unsure(why) => tracing::warn!(why, landed, "a commit is sent again"),
            }
            if found == 0 {
                if started.elapsed() >= GIVE_UP_AFTER {
                    return Err(RelationsError::Unavailable { landed, waited_s });
                }
                tokio::time::sleep(backoff.wait()).await;
            }
        }
        Ok(())
    }
}

/// How many messages go into the next batch: at least one, within both limits.
fn batch_len(messages: &[Prepared]) -> usize {
    let mut bytes = 0;
    let fitting = messages.iter().take(BATCH_MAX).take_while(|message| {
        bytes += message.bytes;
        bytes <= BATCH_BYTES_MAX
    });
    fitting.count().max(1)
}

impl Outgoing {
    /// A message without headers.
    pub fn new(subject_suffix: impl Into<String>, payload: impl Into<Bytes>) -> Outgoing {
        Outgoing {
            subject_suffix: subject_suffix.into(),
            headers: Vec::new(),
            payload: payload.into(),
        }
    }
}

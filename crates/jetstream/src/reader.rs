//! An ordered reader: every message of a stream once, in sequence, then new ones as they come.
//!
//! It uses a plain pull consumer, and creates a new one after the last returned sequence when the
//! connection is lost, the consumer is gone, a heartbeat is missing or a message was lost. The
//! client library's ordered consumer is not used: recreated before it returned a message, it starts
//! again at the first message of the stream.

mod renew;
mod session;

use std::fmt;
use std::time::Duration;

use futures_util::future::BoxFuture;

use crate::commit::{FrameError, verify_digest};
use crate::stream_info::{self, StreamInfoError};
use crate::{Connection, Incarnation, Message};
use renew::Place;
use session::{Next, Session};

/// The interval at which a missing stream is looked for.
const PRESENT_POLL: Duration = Duration::from_millis(200);

/// The settings of a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// What becomes of a message without the right digest of a commit.
    pub damaged: Damaged,
    /// True if a missing sequence is an error.
    pub continuous: bool,
    /// The most messages in one pull.
    pub pull_messages: usize,
}

/// What becomes of a message without the right digest of a commit: damaged, or published by another
/// program than a gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damaged {
    /// Digests are not checked.
    Unchecked,
    /// It is an error.
    Refused,
    /// It is returned as a commit without records, and logged.
    PassedOver,
}

impl Options {
    /// Options for EVENTS: what is no commit of a gateway has no effect, and no message may be
    /// missing.
    pub fn events() -> Self {
        Self {
            damaged: Damaged::PassedOver,
            continuous: true,
            pull_messages: 10_000,
        }
    }

    /// Options for CHANGES: no message may be missing; the messages have no digest.
    pub fn changes() -> Self {
        Self {
            damaged: Damaged::Unchecked,
            ..Self::events()
        }
    }
}

/// The error that stopped reading. Errors that a new consumer may solve are not reported.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// A message is missing.
    #[error("stream {stream} has no message {expected}; the next one is {found}")]
    Gap {
        /// The stream.
        stream: String,
        /// The sequence that is missing.
        expected: u64,
        /// The next one that exists.
        found: u64,
    },
    /// The position to start or resume from is after the end of the stream: the stream was
    /// replaced.
    #[error("stream {stream} ends at {head}, but it was read up to {read} before")]
    Ahead {
        /// The stream.
        stream: String,
        /// The last sequence that was read.
        read: u64,
        /// The end of the stream.
        head: u64,
    },
    /// The stream was deleted and made again.
    #[error("stream {stream} was made again: it is {found}, and {expected} was read before")]
    Replaced {
        /// The stream.
        stream: String,
        /// The incarnation that was read before.
        expected: Incarnation,
        /// That of the stream.
        found: Incarnation,
    },
    /// A message is damaged.
    #[error("message {sequence} of stream {stream} is damaged: {source}")]
    Digest {
        /// The stream.
        stream: String,
        /// The message.
        sequence: u64,
        /// The cause.
        source: FrameError,
    },
    /// The stream does not exist (any more), or could not be read when the reader was opened.
    #[error(transparent)]
    StreamInfo(#[from] StreamInfoError),
}

/// Reads a stream in order.
pub struct StreamReader {
    conn: Connection,
    stream: String,
    incarnation: Incarnation,
    options: Options,
    last: u64,
    consumer: ConsumerState,
}

enum ConsumerState {
    /// No consumer exists; `old` is to be deleted.
    Idle { old: Option<String> },
    /// A consumer is being created. The future is kept here, so that it makes progress even if
    /// callers drop [`StreamReader::next`] again and again.
    Renewing(BoxFuture<'static, Result<Session, ReadError>>),
    /// A consumer exists.
    Reading(Box<Session>),
}

impl StreamReader {
    /// Opens a stream as [`StreamReader::open`] does, and waits while it does not exist.
    ///
    /// # Errors
    /// [`ReadError::Ahead`].
    pub async fn open_when_present(
        connection: &Connection,
        stream: &str,
        from: u64,
        options: Options,
    ) -> Result<Self, ReadError> {
        loop {
            match Self::open(connection, stream, from, options).await {
                Err(ReadError::StreamInfo(_)) => {
                    tokio::time::sleep(PRESENT_POLL).await;
                }
                opened => return opened,
            }
        }
    }

    /// Opens a stream at a sequence; 0 and 1 are both its beginning.
    pub async fn open(
        conn: &Connection,
        stream: impl Into<String>,
        from_sequence: u64,
        options: Options,
    ) -> Result<Self, ReadError> {
        let stream = stream.into();
        let last = from_sequence.saturating_sub(1);
        let end = stream_info::end(conn, &stream).await?;
        if last > end.sequence {
            return Err(ReadError::Ahead {
                stream,
                read: last,
                head: end.sequence,
            });
        }
        Ok(Self {
            conn: conn.clone(),
            stream,
            incarnation: end.incarnation,
            options,
            last,
            consumer: ConsumerState::Idle { old: None },
        })
    }

    /// Returns the incarnation of the stream; no message of another one is returned.
    pub const fn incarnation(&self) -> Incarnation {
        self.incarnation
    }

    /// Refuses another incarnation of the stream than an expected one.
    ///
    /// # Errors
    /// [`ReadError::Replaced`].
    pub fn expect(self, expected: Incarnation) -> Result<Self, ReadError> {
        check_incarnation(&self.stream, expected, self.incarnation)?;
        Ok(self)
    }

    /// Returns the last sequence that [`StreamReader::next`] returned.
    pub fn last_sequence(&self) -> u64 {
        self.last
    }

    /// Returns the next message, and waits while there is none. It is cancel safe. After an error
    /// it may be called again.
    pub async fn next(&mut self) -> Result<Message, ReadError> {
        loop {
            match &mut self.consumer {
                ConsumerState::Idle { old } => {
                    let renewing = renew::renew(
                        self.conn.clone(),
                        self.stream.clone(),
                        Place {
                            incarnation: self.incarnation,
                            last: self.last,
                        },
                        self.options,
                        old.take(),
                    );
                    self.consumer = ConsumerState::Renewing(Box::pin(renewing));
                }
                ConsumerState::Renewing(renewing) => {
                    let renewed = renewing.await;
                    // A finished future must not be polled again.
                    self.consumer = ConsumerState::Idle { old: None };
                    self.consumer = ConsumerState::Reading(Box::new(renewed?));
                }
                ConsumerState::Reading(session) => match session.next(self.last).await {
                    Next::Message(mut message) => match self.check(&mut message) {
                        Ok(()) => {
                            self.last = message.sequence;
                            return Ok(message);
                        }
                        Err(error) => {
                            self.retire();
                            return Err(error);
                        }
                    },
                    Next::Lost { why } => {
                        let (stream, last) = (&self.stream, self.last);
                        tracing::debug!(stream, last, why, "creating a new consumer");
                        self.retire();
                    }
                },
            }
        }
    }

    fn check(&self, message: &mut Message) -> Result<(), ReadError> {
        let (sequence, expected) = (message.sequence, self.last + 1);
        if self.options.continuous && sequence != expected {
            return Err(ReadError::Gap {
                stream: self.stream.clone(),
                expected,
                found: sequence,
            });
        }
        if self.options.damaged == Damaged::Unchecked {
            return Ok(());
        }
        let Err(source) = verify_digest(&message.payload, &message.headers) else {
            return Ok(());
        };
        let stream = self.stream.clone();
        if self.options.damaged == Damaged::Refused {
            return Err(ReadError::Digest {
                stream,
                sequence,
                source,
            });
        }
        tracing::error!(
            stream, sequence, error = %source,
            "a message is no commit and has no effect; `detente verify` says more"
        );
        message.pass_over();
        Ok(())
    }

    fn retire(&mut self) {
        let old = match &self.consumer {
            ConsumerState::Reading(session) => Some(session.consumer().to_owned()),
            ConsumerState::Idle { .. } | ConsumerState::Renewing(_) => None,
        };
        self.consumer = ConsumerState::Idle { old };
    }
}

fn check_incarnation(
    stream: &str,
    expected: Incarnation,
    found: Incarnation,
) -> Result<(), ReadError> {
    if expected == found {
        return Ok(());
    }
    Err(ReadError::Replaced {
        stream: stream.to_owned(),
        expected,
        found,
    })
}

impl fmt::Debug for StreamReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamReader")
            .field("stream", &self.stream)
            .field("last", &self.last)
            .finish_non_exhaustive()
    }
}

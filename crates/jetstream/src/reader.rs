//! An ordered reader: every message of a stream once, in sequence, and then each as it comes.
//!
//! It reads with a plain pull consumer that it makes anew from the last sequence it gave
//! whenever anything is in doubt: the link was cut, the consumer is gone, a heartbeat is missing,
//! a message was lost on the way. The client library's own ordered consumer starts again at the
//! first message if it is remade before it gave one, so it is not used.

mod renew;
mod session;

use std::fmt;
use std::time::Duration;

use futures_util::future::BoxFuture;

use crate::commit::{FrameError, verify_digest};
use crate::inspect::{self, InspectError};
use crate::{Connection, Message};
use session::{Next, Session};

/// How long to wait before a missing stream is looked for again.
const PRESENT_POLL: Duration = Duration::from_millis(200);

/// How to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Whether each message must have the digest of a commit.
    pub verify: bool,
    /// Whether a sequence that is not there is an error.
    pub continuous: bool,
    /// The most messages in one pull.
    pub pull_messages: usize,
    /// The most bytes in one pull: it bounds what is buffered, and must exceed one message.
    pub pull_bytes: usize,
}

impl Options {
    /// For EVENTS: digests are checked, and nothing may be missing.
    pub fn events() -> Options {
        Options {
            verify: true,
            continuous: true,
            pull_messages: 10_000,
            pull_bytes: 32 << 20,
        }
    }

    /// For RELATIONS: nothing may be missing; the messages bear no digest.
    pub fn relations() -> Options {
        Options {
            verify: false,
            ..Options::events()
        }
    }
}

/// Why nothing more can be read. Whatever a new try may mend is mended silently.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// A message is not there, though nothing may be deleted.
    #[error("stream {stream} holds no message {expected}; the next one is {found}")]
    Gap {
        /// The stream.
        stream: String,
        /// The sequence that is missing.
        expected: u64,
        /// The next one that is there.
        found: u64,
    },
    /// The reader is to begin, or go on, after the end of the stream: it is not the stream that
    /// was read before.
    #[error("stream {stream} ends at {head}, but it was read up to {read} before")]
    Ahead {
        /// The stream.
        stream: String,
        /// The last sequence that was read.
        read: u64,
        /// Where the stream ends.
        head: u64,
    },
    /// A message is damaged.
    #[error("message {sequence} of stream {stream} is damaged: {source}")]
    Digest {
        /// The stream.
        stream: String,
        /// The message.
        sequence: u64,
        /// What is wrong.
        source: FrameError,
    },
    /// There is no such stream.
    #[error("there is no stream {stream}")]
    NoStream {
        /// The stream.
        stream: String,
    },
    /// The stream could not be looked at when the reader was opened.
    #[error(transparent)]
    Open(#[from] InspectError),
}

/// Reads a stream in order, for ever.
pub struct EventsReader {
    conn: Connection,
    stream: String,
    options: Options,
    last: u64,
    stage: Stage,
}

enum Stage {
    /// There is no consumer; the last one, if any, is of no more use.
    Idle { old: Option<String> },
    /// A consumer is being made. It is kept here and not in the caller's future, so that a wait
    /// that is dropped again and again still comes to something.
    Renewing(BoxFuture<'static, Result<Session, ReadError>>),
    /// There is one.
    Reading(Box<Session>),
}

impl EventsReader {
    /// Opens a stream, and waits as long as it does not exist.
    ///
    /// # Errors
    /// As [`EventsReader::open`], except for a stream that is missing.
    pub async fn open_when_present(
        connection: &Connection,
        stream: &str,
        from: u64,
        options: Options,
    ) -> Result<Self, ReadError> {
        loop {
            match Self::open(connection, stream, from, options).await {
                Err(ReadError::NoStream { .. } | ReadError::Open(_)) => {
                    tokio::time::sleep(PRESENT_POLL).await;
                }
                opened => return opened,
            }
        }
    }

    /// Opens a stream; the first message given is that at `from_sequence` (nought and one are
    /// both the beginning).
    pub async fn open(
        conn: &Connection,
        stream: impl Into<String>,
        from_sequence: u64,
        options: Options,
    ) -> Result<EventsReader, ReadError> {
        let stream = stream.into();
        let last = from_sequence.saturating_sub(1);
        let head = inspect::head(conn, &stream)
            .await
            .map_err(|error| match error {
                InspectError::NoStream { stream } => ReadError::NoStream { stream },
                InspectError::Server { .. } => ReadError::Open(error),
            })?;
        if last > head {
            return Err(ReadError::Ahead {
                stream,
                read: last,
                head,
            });
        }
        let stage = Stage::Idle { old: None };
        Ok(EventsReader {
            conn: conn.clone(),
            stream,
            options,
            last,
            stage,
        })
    }

    /// The last sequence that was given.
    pub fn last_sequence(&self) -> u64 {
        self.last
    }

    /// The next message. It waits for ever while there is none; dropping the wait loses nothing.
    /// After an error the reader looks again when asked.
    pub async fn next(&mut self) -> Result<Message, ReadError> {
        loop {
            match &mut self.stage {
                Stage::Idle { old } => {
                    let (conn, stream) = (self.conn.clone(), self.stream.clone());
                    let renewing = renew::renew(conn, stream, self.last, self.options, old.take());
                    self.stage = Stage::Renewing(Box::pin(renewing));
                }
                Stage::Renewing(renewing) => {
                    let renewed = renewing.await;
                    // A future that has ended must not be asked again.
                    self.stage = Stage::Idle { old: None };
                    self.stage = Stage::Reading(Box::new(renewed?));
                }
                Stage::Reading(session) => match session.next(self.last).await {
                    Next::Message(message) => match self.check(&message) {
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
                        tracing::debug!(stream, last, why, "reading anew");
                        self.retire();
                    }
                },
            }
        }
    }

    fn check(&self, message: &Message) -> Result<(), ReadError> {
        let found = message.sequence;
        let expected = self.last + 1;
        if self.options.continuous && found != expected {
            return Err(ReadError::Gap {
                stream: self.stream.clone(),
                expected,
                found,
            });
        }
        if self.options.verify {
            let verified = verify_digest(&message.payload, &message.headers);
            verified.map_err(|source| {
                let stream = self.stream.clone();
                ReadError::Digest {
                    stream,
                    sequence: found,
                    source,
                }
            })?;
        }
        Ok(())
    }

    fn retire(&mut self) {
        let old = match &self.stage {
            Stage::Reading(session) => Some(session.consumer().to_owned()),
            Stage::Idle { .. } | Stage::Renewing(_) => None,
        };
        self.stage = Stage::Idle { old };
    }
}

impl fmt::Debug for EventsReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventsReader")
            .field("stream", &self.stream)
            .field("last", &self.last)
            .finish_non_exhaustive()
    }
}

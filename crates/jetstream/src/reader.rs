//! An ordered reader: every message of a stream once, in sequence, then new ones as they come.
//!
//! It uses a plain pull consumer, and creates a new one after the last returned sequence when the
//! connection is lost, the consumer is gone, a heartbeat is missing or a message was lost. A server
//! that cannot read its own file sends nothing, so after a silence messages are asked for. The
//! client library's ordered consumer is not used: recreated before it returned a message, it starts
//! again at the first message of the stream.

mod error;
mod renew;
mod session;
#[cfg(test)]
mod tests;

use std::fmt;
use std::time::Duration;

use futures_util::future::BoxFuture;
use time::OffsetDateTime;
use tokio::runtime::Handle;

use crate::commit::verify_digest;
use crate::stream_info;
use crate::{Connection, Incarnation, Message};
use renew::Place;
use session::{Next, Session, delete_consumer};

pub use error::ReadError;

/// The interval at which a stream is asked for again that is missing or cannot be read.
const PRESENT_POLL: Duration = Duration::from_millis(200);

/// The settings of a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// What becomes of a message without the right digest of a commit.
    pub damaged: Damaged,
    /// True if a missing message is noticed: it is an error if digests are not checked, and else
    /// returned as one that is damaged.
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
    /// It is returned as it is, and marked.
    Kept,
    /// It is returned as a commit without records, marked and logged.
    PassedOver,
}

impl Options {
    /// Options for EVENTS: what is no commit of a gateway, is missing or cannot be read has no
    /// effect.
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

/// Reads a stream in order.
pub struct StreamReader {
    conn: Connection,
    stream: String,
    incarnation: Incarnation,
    options: Options,
    last: u64,
    /// The time at which the last message that is there was stored.
    last_stored: Option<OffsetDateTime>,
    /// The messages up to this one may be missing, and are asked for one by one.
    hole_to: u64,
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
        let end = stream_info::end_from(conn, &stream, last).await?;
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
            last_stored: None,
            hole_to: 0,
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

    /// Goes on after a sequence, past messages that are missing.
    pub fn pass_over(&mut self, to: u64) {
        self.last = self.last.max(to);
        self.retire();
    }

    /// Returns the next message, and waits while there is none. It is cancel safe. After an error
    /// it may be called again.
    pub async fn next(&mut self) -> Result<Message, ReadError> {
        loop {
            if self.last < self.hole_to {
                match self.look_into_hole().await? {
                    Some(message) => return Ok(message),
                    None => continue,
                }
            }
            match &mut self.consumer {
                ConsumerState::Idle { old } => {
                    let renewing = renew::renew(
                        self.conn.clone(),
                        self.stream.clone(),
                        Place {
                            incarnation: self.incarnation,
                            last: self.last,
                            last_stored: self.last_stored,
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
                    Next::Message(message) => {
                        if let Some(message) = self.take(message)? {
                            return Ok(message);
                        }
                    }
                    Next::Silent { head } => self.hole_to = head,
                    Next::Lost { why } => {
                        let (stream, last) = (&self.stream, self.last);
                        tracing::debug!(stream, last, why, "creating a new consumer");
                        self.retire();
                    }
                },
            }
        }
    }

    /// Takes a message of the consumer; `None` if those before it are looked for first.
    fn take(&mut self, message: Message) -> Result<Option<Message>, ReadError> {
        let found = message.sequence;
        if self.options.continuous && found != self.last + 1 {
            self.retire();
            if !self.options.notices_damage() {
                return Err(self.gap(found));
            }
            self.hole_to = found - 1;
            return Ok(None);
        }
        Ok(Some(self.accept(message)))
    }

    fn accept(&mut self, mut message: Message) -> Message {
        self.check(&mut message);
        self.last = message.sequence;
        self.last_stored = Some(message.published);
        message
    }

    /// Asks the server for the next message, which may be missing, or its file damaged; `None` if
    /// there is no answer.
    async fn look_into_hole(&mut self) -> Result<Option<Message>, ReadError> {
        let sequence = self.last + 1;
        self.conn.connected().await;
        match stream_info::read_one(&self.conn, &self.stream, sequence).await {
            Ok(Some(message)) => {
                self.hole_to = 0;
                Ok(Some(self.accept(message)))
            }
            Ok(None) => {
                // A consumer may have stopped before it.
                self.retire();
                if !self.has_reached(sequence).await {
                    // A new consumer finds out what became of the stream.
                    self.hole_to = 0;
                    return Ok(None);
                }
                if !self.options.notices_damage() {
                    return Err(self.gap(sequence + 1));
                }
                let stream = &self.stream;
                let advice = error::advice(stream);
                tracing::error!(
                    stream,
                    sequence,
                    "a message is missing or cannot be read, and has no effect; {advice}"
                );
                self.last = sequence;
                Ok(Some(Message::missing(sequence, self.last_stored)))
            }
            Err(error) => {
                tracing::warn!(%error, "the stream cannot be read");
                // A new consumer finds out whether the stream is still there.
                self.retire();
                self.hole_to = 0;
                tokio::time::sleep(PRESENT_POLL).await;
                Ok(None)
            }
        }
    }

    /// Returns true if the stream is still the same, and not shorter than this.
    async fn has_reached(&mut self, sequence: u64) -> bool {
        let end = stream_info::end(&self.conn, &self.stream).await;
        end.is_ok_and(|end| end.incarnation == self.incarnation && end.sequence >= sequence)
    }

    fn gap(&self, found: u64) -> ReadError {
        ReadError::Gap {
            stream: self.stream.clone(),
            expected: self.last + 1,
            found,
        }
    }

    /// Marks a message without the right digest of a commit.
    fn check(&self, message: &mut Message) {
        if !self.options.notices_damage() {
            return;
        }
        let Err(error) = verify_digest(&message.payload, &message.headers) else {
            return;
        };
        message.is_damaged = true;
        if self.options.damaged == Damaged::PassedOver {
            let (stream, sequence) = (&self.stream, message.sequence);
            tracing::error!(
                stream, sequence, %error,
                "a message is no commit and has no effect; `detente verify` says more"
            );
            message.pass_over();
        }
    }

    fn retire(&mut self) {
        let old = match &mut self.consumer {
            ConsumerState::Reading(session) => Some(session.consumer().to_owned()),
            ConsumerState::Idle { old } => old.take(),
            ConsumerState::Renewing(_) => None,
        };
        self.consumer = ConsumerState::Idle { old };
    }
}

impl Options {
    fn notices_damage(&self) -> bool {
        self.damaged != Damaged::Unchecked
    }
}

/// A reader that is gone gives its consumer back at once.
impl Drop for StreamReader {
    fn drop(&mut self) {
        let consumer = match &self.consumer {
            ConsumerState::Reading(session) => session.consumer().to_owned(),
            ConsumerState::Idle { old: Some(old) } => old.clone(),
            ConsumerState::Idle { old: None } | ConsumerState::Renewing(_) => return,
        };
        if let Ok(runtime) = Handle::try_current()
            && self.conn.is_connected()
        {
            let (conn, stream) = (self.conn.clone(), self.stream.clone());
            runtime.spawn(async move { delete_consumer(&conn, &stream, &consumer).await });
        }
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

//! Bringing a log back: every commit at the sequence that it had, or none.
//!
//! Each commit expects to follow the one before, so sequences cannot shift. While it goes on, the
//! EVENTS stream has settings that every service refuses. Where it is broken off, it can be gone
//! on with: what is there already is compared, and the rest is added.

use std::collections::VecDeque;
use std::future::IntoFuture as _;

use async_nats::header::{HeaderMap, HeaderValue, NATS_EXPECTED_LAST_SEQUENCE};
use async_nats::jetstream::context::PublishAckFuture;
use bytes::Bytes;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::headers::{self, BadHeader, STORED};
use crate::inspect::{self, InspectError};
use crate::topology::{self, EVENTS, RESTORE, Replicas, STANDING, TopologyError};
use crate::{Connection, Message};

/// The commits that may be on their way: the server writes one after the other.
const WINDOW: usize = 64;
/// What a commit expected when it was sent is no part of it.
const EXPECTED: &str = "Nats-Expected-";

/// A commit as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its sequence.
    pub sequence: u64,
    /// Its subject.
    pub subject: String,
    /// Its headers.
    pub headers: Vec<(String, String)>,
    /// Its payload.
    pub payload: Bytes,
    /// When it was stored.
    pub stored: OffsetDateTime,
}

/// Why a log was not brought back.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The server holds something already.
    #[error(
        "the server holds messages in {stream} already; a log is restored into an empty server only"
    )]
    NotEmpty {
        /// The stream.
        stream: String,
    },
    /// The server holds the beginning of another log.
    #[error("an earlier restore brought back another log: commit {sequence} differs")]
    Other {
        /// The first commit that differs.
        sequence: u64,
    },
    /// The commits are not in order.
    #[error("commit {found} comes where {expected} should")]
    Order {
        /// The next sequence.
        expected: u64,
        /// What came.
        found: u64,
    },
    /// The subject is none of a log.
    #[error("commit {sequence} is on subject {subject:?}")]
    Subject {
        /// The commit.
        sequence: u64,
        /// Its subject.
        subject: String,
    },
    /// A header cannot be sent.
    #[error(transparent)]
    Header(#[from] BadHeader),
    /// The server did not take a commit.
    #[error("commit {sequence} was not taken: {source}; run it again to go on from there")]
    Refused {
        /// The commit.
        sequence: u64,
        /// What the client says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The stream could not be made, or made ready.
    #[error(transparent)]
    Topology(#[from] TopologyError),
    /// The stream could not be looked at.
    #[error(transparent)]
    Inspect(#[from] InspectError),
}

/// A log that is being brought back.
#[derive(Debug)]
pub struct Restorer {
    conn: Connection,
    replicas: Replicas,
    last: u64,
    there: u64,
    window: VecDeque<(u64, PublishAckFuture)>,
}

impl Kept {
    /// A commit as it is read.
    pub fn of(message: Message) -> Kept {
        let is_own = |name: &str| name != STORED && !name.starts_with(EXPECTED);
        let all = message.headers.iter().filter(|(name, _)| is_own(name));
        let mut headers: Vec<_> = all.map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
        // The client keeps them in no order.
        headers.sort_unstable();
        Kept {
            sequence: message.sequence,
            headers,
            subject: message.subject,
            payload: message.payload,
            stored: message.published,
        }
    }
}

impl Restorer {
    /// Makes an empty server ready, or goes on with what was broken off.
    pub async fn begin(conn: &Connection, replicas: Replicas) -> Result<Restorer, RestoreError> {
        match topology::begin_restore(conn, replicas).await? {
            Err(stream) => Err(RestoreError::NotEmpty { stream }),
            Ok(there) => Ok(Restorer {
                conn: conn.clone(),
                replicas,
                last: 0,
                there,
                window: VecDeque::new(),
            }),
        }
    }

    /// How many commits were there already, from a try that was broken off.
    pub fn there(&self) -> u64 {
        self.there
    }

    /// Brings the next commit back. It may be on its way when this answers.
    pub async fn put(&mut self, kept: Kept) -> Result<(), RestoreError> {
        let (sequence, expected) = (kept.sequence, self.last + 1);
        if sequence != expected {
            let found = sequence;
            return Err(RestoreError::Order { expected, found });
        }
        self.last = sequence;
        if sequence <= self.there {
            let held = inspect::read_one(&self.conn, EVENTS, sequence).await?;
            return match held.map(Kept::of) {
                Some(held) if held == kept => Ok(()),
                Some(_) | None => Err(RestoreError::Other { sequence }),
            };
        }
        while self.window.len() >= WINDOW {
            self.settle().await?;
        }
        self.send(kept).await
    }

    /// Waits until all that was put is on disk.
    pub async fn pause(&mut self) -> Result<(), RestoreError> {
        while !self.window.is_empty() {
            self.settle().await?;
        }
        Ok(())
    }

    /// Waits until all is on disk, and makes the log one that is in use.
    pub async fn end(mut self) -> Result<u64, RestoreError> {
        self.pause().await?;
        if self.there > self.last {
            let sequence = self.last + 1;
            return Err(RestoreError::Other { sequence });
        }
        topology::end_restore(&self.conn, self.replicas).await?;
        Ok(self.last)
    }

    async fn send(&mut self, kept: Kept) -> Result<(), RestoreError> {
        let sequence = kept.sequence;
        let Some(rest) = kept.subject.strip_prefix(STANDING) else {
            let subject = kept.subject;
            return Err(RestoreError::Subject { sequence, subject });
        };
        let mut map = HeaderMap::new();
        for (name, value) in &kept.headers {
            headers::insert(&mut map, name, value)?;
        }
        let refused = |source| RestoreError::Refused { sequence, source };
        let stored = kept.stored.format(&Rfc3339);
        let stored = stored.map_err(|error| refused(error.into()))?;
        headers::insert(&mut map, STORED, &stored)?;
        map.insert(NATS_EXPECTED_LAST_SEQUENCE, HeaderValue::from(sequence - 1));
        let subject = format!("{RESTORE}{rest}");
        let jetstream = self.conn.jetstream();
        let sent = jetstream
            .publish_with_headers(subject, map, kept.payload)
            .await;
        let ack = sent.map_err(|error| refused(error.into()))?;
        self.window.push_back((sequence, ack));
        Ok(())
    }

    async fn settle(&mut self) -> Result<(), RestoreError> {
        let Some((sequence, ack)) = self.window.pop_front() else {
            return Ok(());
        };
        match ack.into_future().await {
            Ok(ack) if ack.sequence == sequence => Ok(()),
            Ok(ack) => {
                let source = format!("it was stored as {}", ack.sequence).into();
                Err(RestoreError::Refused { sequence, source })
            }
            Err(error) => {
                let source = error.into();
                Err(RestoreError::Refused { sequence, source })
            }
        }
    }
}

//! Restores a log: every commit at its original sequence.
//!
//! Each commit expects the sequence before its own, so sequences cannot shift. Meanwhile the EVENTS
//! stream has settings that every service refuses. An interrupted restore can be resumed: commits
//! that are restored already are compared, and the rest is added.

use std::collections::VecDeque;
use std::future::IntoFuture as _;

use async_nats::header::{HeaderMap, HeaderValue, NATS_EXPECTED_LAST_SEQUENCE};
use async_nats::jetstream::context::PublishAckFuture;
use bytes::Bytes;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::commit::{DIGEST, LOST, digest, verify_digest};
use crate::headers::{self, BadHeader, STORED};
use crate::stream_info::{self, StreamInfoError};
use crate::topology::{self, EVENTS, REPORT, RESTORE, Replicas, STORED_AS, TopologyError};
use crate::{Connection, Message};

/// The most commits in flight; the server writes one after the other.
const WINDOW: usize = 64;
/// The prefix of headers that are not kept: the expectations of a commit when it was published.
const EXPECTED: &str = "Nats-Expected-";
/// The prefix of headers with a meaning for the server: none of a foreign message is kept.
const OF_SERVER: &str = "Nats-";
/// The header with the id of a message, which is not kept: commits of the same records share it, and
/// the server would not store the second one again. Backups of earlier versions have it.
const MESSAGE_ID: &str = "Nats-Msg-Id";

/// A commit as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCommit {
    /// Its sequence.
    pub sequence: u64,
    /// Its subject.
    pub subject: String,
    /// Its headers.
    pub headers: Vec<(String, String)>,
    /// Its payload.
    pub payload: Bytes,
    /// The time at which it was stored.
    pub stored: OffsetDateTime,
}

/// The error returned when a log was not restored.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The server holds data already.
    #[error(
        "the server holds messages in {stream} already; a log is restored into an empty server only"
    )]
    NotEmpty {
        /// The stream.
        stream: String,
    },
    /// The server holds a part of another log.
    #[error("an earlier restore brought back another log: commit {sequence} differs")]
    Other {
        /// The first commit that differs.
        sequence: u64,
    },
    /// The commits are not in order.
    #[error("expected commit {expected}, not {found}")]
    Order {
        /// The next sequence.
        expected: u64,
        /// The sequence of the given commit.
        found: u64,
    },
    /// The subject is not one of the log.
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
    /// The server did not store a commit.
    #[error("commit {sequence} was not stored: {source}; run the restore again to resume it")]
    Refused {
        /// The commit.
        sequence: u64,
        /// The client's error.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The stream could not be created or changed.
    #[error(transparent)]
    Topology(#[from] TopologyError),
    /// The stream could not be read.
    #[error(transparent)]
    StreamInfo(#[from] StreamInfoError),
}

/// A restore in progress.
#[derive(Debug)]
pub struct Restorer {
    conn: Connection,
    replicas: Replicas,
    last: u64,
    already_restored: u64,
    window: VecDeque<(u64, PublishAckFuture)>,
}

impl StoredCommit {
    /// Returns the mark in the place of a commit that was lost. Readers find no record in it.
    #[must_use]
    pub fn lost(sequence: u64, stored: OffsetDateTime) -> Self {
        Self {
            sequence,
            subject: REPORT.to_owned(),
            headers: vec![(LOST.to_owned(), "true".to_owned())],
            payload: Bytes::new(),
            stored,
        }
    }

    /// Returns true if it marks a commit that was lost.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        self.payload.is_empty() && self.header(LOST).is_some()
    }

    /// Returns true if it does not have the right digest of a commit.
    #[must_use]
    pub fn is_damaged(&self) -> bool {
        let stored = self.header(DIGEST);
        let stored = stored.and_then(|stored| u64::from_str_radix(stored, 16).ok());
        stored != Some(digest(&self.payload))
    }

    fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let (_, value) = headers.find(|(own, _)| own == name)?;
        Some(value)
    }
}

impl From<Message> for StoredCommit {
    fn from(message: Message) -> Self {
        let is_foreign = verify_digest(&message.payload, &message.headers).is_err();
        let of_server = if is_foreign { OF_SERVER } else { EXPECTED };
        let is_own =
            |name: &str| name != STORED && name != MESSAGE_ID && !name.starts_with(of_server);
        let all = message.headers.iter().filter(|(name, _)| is_own(name));
        let mut headers: Vec<_> = all.map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
        // The client library iterates over them in no order.
        headers.sort_unstable();
        Self {
            sequence: message.sequence,
            headers,
            subject: message.subject,
            payload: message.payload,
            stored: message.published,
        }
    }
}

impl Restorer {
    /// Prepares an empty server, or resumes an interrupted restore.
    pub async fn begin(conn: &Connection, replicas: Replicas) -> Result<Self, RestoreError> {
        let already_restored = topology::begin_restore(conn, replicas).await?;
        Ok(Self {
            conn: conn.clone(),
            replicas,
            last: 0,
            already_restored,
            window: VecDeque::new(),
        })
    }

    /// Returns the number of commits that an interrupted restore has already restored.
    pub fn already_restored(&self) -> u64 {
        self.already_restored
    }

    /// Restores the next commit. It may still be in flight when this returns.
    pub async fn put(&mut self, mut commit: StoredCommit) -> Result<(), RestoreError> {
        let (sequence, expected) = (commit.sequence, self.last + 1);
        if sequence != expected {
            return Err(RestoreError::Order {
                expected,
                found: sequence,
            });
        }
        self.last = sequence;
        commit.headers.retain(|(name, _)| name != MESSAGE_ID);
        if sequence <= self.already_restored {
            let stored = stream_info::read_one(&self.conn, EVENTS, sequence).await?;
            if stored.map(StoredCommit::from) == Some(commit) {
                return Ok(());
            }
            return Err(RestoreError::Other { sequence });
        }
        while self.window.len() >= WINDOW {
            self.await_ack().await?;
        }
        self.send(commit).await
    }

    /// Waits until every commit that was put is on disk.
    pub async fn flush(&mut self) -> Result<(), RestoreError> {
        while !self.window.is_empty() {
            self.await_ack().await?;
        }
        Ok(())
    }

    /// Waits until every commit is on disk, and puts the log in use.
    pub async fn finish(mut self) -> Result<(), RestoreError> {
        self.flush().await?;
        if self.already_restored > self.last {
            let sequence = self.last + 1;
            return Err(RestoreError::Other { sequence });
        }
        Ok(topology::end_restore(&self.conn, self.replicas).await?)
    }

    async fn send(&mut self, commit: StoredCommit) -> Result<(), RestoreError> {
        let sequence = commit.sequence;
        let Some(rest) = commit.subject.strip_prefix(STORED_AS) else {
            let subject = commit.subject;
            return Err(RestoreError::Subject { sequence, subject });
        };
        let mut map = HeaderMap::new();
        for (name, value) in &commit.headers {
            headers::insert(&mut map, name, value)?;
        }
        let refused = |source| RestoreError::Refused { sequence, source };
        let stored = commit.stored.format(&Rfc3339);
        let stored = stored.map_err(|error| refused(error.into()))?;
        headers::insert(&mut map, STORED, &stored)?;
        map.insert(NATS_EXPECTED_LAST_SEQUENCE, HeaderValue::from(sequence - 1));
        let subject = format!("{RESTORE}{rest}");
        let jetstream = self.conn.jetstream();
        let sent = jetstream
            .publish_with_headers(subject, map, commit.payload)
            .await;
        let ack = sent.map_err(|error| refused(error.into()))?;
        self.window.push_back((sequence, ack));
        Ok(())
    }

    async fn await_ack(&mut self) -> Result<(), RestoreError> {
        let Some((sequence, ack)) = self.window.pop_front() else {
            return Ok(());
        };
        let source = match ack.into_future().await {
            Ok(ack) if ack.sequence == sequence => return Ok(()),
            Ok(ack) => format!("it was stored as {}", ack.sequence).into(),
            Err(error) => error.into(),
        };
        Err(RestoreError::Refused { sequence, source })
    }
}

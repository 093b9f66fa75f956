//! The entries of the `relations` bucket: read all at once, written by compare-and-set.
//!
//! Each entry names its projection, its position and the log that it was derived from in its headers,
//! so writers compare entries without reading views. A writer names the revision that it replaces; if
//! another one has written since, the write is a conflict.

use std::collections::BTreeMap;
use std::time::Duration;

use async_nats::header::{HeaderMap, HeaderValue};
use async_nats::jetstream::consumer::{Consumer, DeliverPolicy, pull};
use async_nats::jetstream::context::PublishErrorKind;
use async_nats::jetstream::message::PublishMessage;
use bytes::Bytes;
use futures_util::StreamExt;

use crate::checkpoint::POSITION;
use crate::consumer::ephemeral;
use crate::message::OPERATION;
use crate::stream_info::{self, StreamInfoError};
use crate::topology::{EVENTS, Projection, RELATIONS_BUCKET, bucket_stream};
use crate::{Connection, Headers, Incarnation, Message};

/// The header with the projection of an entry.
const PROJECTION: &str = "Detente-Projection";
/// The header with the incarnation of the log that an entry was derived from.
const LOG: &str = "Detente-Log";
/// The timeout of an answer to a write.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);
/// The timeout of the next message while all entries are read.
const READ_TIMEOUT: Duration = Duration::from_secs(10);
/// The number of entries that are requested at once while all are read.
const PULL_MESSAGES: usize = 1_000;

/// The projection and position of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryStamp {
    /// The projection.
    pub projection: Projection,
    /// The last commit that the view takes in.
    pub position: u64,
}

/// What is known of a key without its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryHead {
    /// The revision, which the next write has to name.
    pub revision: u64,
    /// The projection and position, if the headers name them.
    pub stamp: Option<EntryStamp>,
    /// The log that the view was derived from; `None` if the headers do not name it.
    pub log: Option<Incarnation>,
    /// True if the key was deleted.
    pub is_deleted: bool,
}

/// The error returned when an entry was not written, or perhaps not.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The key has another revision.
    #[error("another client has written the key")]
    Conflict,
    /// The server refuses it or did not answer: it may be stored.
    #[error("the key may not be written: {0}")]
    Unsure(String),
}

/// The bucket of the latest views.
#[derive(Clone, Debug)]
pub struct ViewBucket {
    conn: Connection,
    stream: String,
    log: Option<Incarnation>,
}

impl EntryStamp {
    /// Parses the headers of an entry.
    #[must_use]
    pub fn parse(headers: &Headers) -> Option<Self> {
        Some(Self {
            projection: Projection::new(headers.get(PROJECTION)?).ok()?,
            position: headers.get(POSITION)?.parse().ok()?,
        })
    }
}

impl ViewBucket {
    /// Returns the bucket, which exists; see [`crate::topology::ensure_relations_bucket`].
    #[must_use]
    pub fn new(conn: &Connection) -> Self {
        Self {
            conn: conn.clone(),
            stream: bucket_stream(RELATIONS_BUCKET),
            log: None,
        }
    }

    /// Returns the bucket as a writer of views that are derived from a log.
    #[must_use]
    pub fn of_log(conn: &Connection, log: Incarnation) -> Self {
        Self {
            log: Some(log),
            ..Self::new(conn)
        }
    }

    /// Returns the largest view that is written, in bytes: a quarter of a mebibyte, or less if the
    /// server's limit leaves less beside the headers.
    #[must_use]
    pub fn view_bytes_max(&self) -> usize {
        (self.conn.max_payload().saturating_sub(1 << 10)).min(256 << 10)
    }

    /// Reads every key with its revision and stamp, deleted ones too.
    ///
    /// # Errors
    /// If the server does not answer.
    pub async fn heads(&self) -> Result<BTreeMap<String, EntryHead>, StreamInfoError> {
        let failed = |source: async_nats::Error| StreamInfoError::Server {
            stream: self.stream.clone(),
            source,
        };
        self.read_heads().await.map_err(failed)
    }

    /// Reads every key as [`ViewBucket::heads`] does, for a writer. An entry of another log counts
    /// as one of position 0: it does not name this log, or is beyond its end, though commits are
    /// stored before views take them in.
    ///
    /// # Errors
    /// If the server does not answer.
    pub async fn heads_of_log(&self) -> Result<BTreeMap<String, EntryHead>, StreamInfoError> {
        let mut heads = self.heads().await?;
        let stamps = heads.values().filter_map(|head| head.stamp.as_ref());
        let known = stamps.map(|stamp| stamp.position).max().unwrap_or(0);
        let end = stream_info::end_from(&self.conn, EVENTS, known)
            .await?
            .sequence;
        for head in heads.values_mut() {
            if let Some(stamp) = &mut head.stamp
                && (stamp.position > end || head.log != self.log)
            {
                stamp.position = 0;
            }
        }
        Ok(heads)
    }

    async fn read_heads(&self) -> Result<BTreeMap<String, EntryHead>, async_nats::Error> {
        let stream = self
            .conn
            .jetstream()
            .get_stream_no_info(&self.stream)
            .await?;
        let config = pull::Config {
            headers_only: true,
            ..ephemeral(DeliverPolicy::All, READ_TIMEOUT)
        };
        let consumer: Consumer<pull::Config> = stream.create_consumer(config).await?;
        let name = consumer.cached_info().name.clone();
        let (mut heads, prefix) = (BTreeMap::new(), subject(""));
        let mut messages = consumer
            .stream()
            .max_messages_per_batch(PULL_MESSAGES)
            .messages()
            .await?;
        let mut pending = consumer.cached_info().num_pending;
        while pending > 0 {
            let next = tokio::time::timeout(READ_TIMEOUT, messages.next()).await?;
            let message = next.ok_or("the consumer has ended")??;
            let info = message.info()?;
            let (sequence, stored) = (info.stream_sequence, info.published);
            pending = info.pending;
            let message = Message::delivered(message.message, sequence, stored);
            if let Some(key) = message.subject.strip_prefix(&*prefix) {
                heads.insert(key.to_owned(), EntryHead::from(&message));
            }
        }
        if let Err(error) = stream.delete_consumer(&name).await {
            tracing::debug!(%error, "a consumer was not deleted, and will expire");
        }
        Ok(heads)
    }

    /// Reads one key, as [`ViewBucket::heads`] does; `None` if it never existed.
    ///
    /// # Errors
    /// If the server does not answer.
    pub async fn head(&self, key: &str) -> Result<Option<EntryHead>, StreamInfoError> {
        let subject = subject(key);
        let message = stream_info::last_on_subject(&self.conn, &self.stream, &subject).await?;
        Ok(message.as_ref().map(EntryHead::from))
    }

    /// Writes a view over a revision, 0 for a key that never existed. Returns the new revision.
    ///
    /// # Errors
    /// [`WriteError`].
    pub async fn put(
        &self,
        key: &str,
        stamp: &EntryStamp,
        view: Bytes,
        expected: u64,
    ) -> Result<u64, WriteError> {
        let mut headers = HeaderMap::new();
        headers.insert(PROJECTION, stamp.projection.as_str());
        headers.insert(POSITION, HeaderValue::from(stamp.position));
        if let Some(log) = self.log {
            headers.insert(LOG, log.to_string());
        }
        self.write(key, headers, view, expected).await
    }

    /// Marks a key as deleted over a revision. Returns the new revision.
    ///
    /// # Errors
    /// [`WriteError`].
    pub async fn delete(&self, key: &str, expected: u64) -> Result<u64, WriteError> {
        let mut headers = HeaderMap::new();
        headers.insert(OPERATION, "DEL");
        self.write(key, headers, Bytes::new(), expected).await
    }

    async fn write(
        &self,
        key: &str,
        headers: HeaderMap,
        payload: Bytes,
        expected: u64,
    ) -> Result<u64, WriteError> {
        let message = PublishMessage::build()
            .payload(payload)
            .headers(headers)
            .expected_last_subject_sequence(expected);
        let writing = async {
            let sent = self.conn.jetstream().send_publish(subject(key), message);
            sent.await?.await
        };
        match tokio::time::timeout(ANSWER_TIMEOUT, writing).await {
            Ok(Ok(stored)) => Ok(stored.sequence),
            Ok(Err(error)) if error.kind() == PublishErrorKind::WrongLastSequence => {
                Err(WriteError::Conflict)
            }
            Ok(Err(error)) => Err(WriteError::Unsure(error.to_string())),
            Err(_) => Err(WriteError::Unsure("no answer in time".to_owned())),
        }
    }
}

impl From<&Message> for EntryHead {
    fn from(message: &Message) -> Self {
        Self {
            revision: message.sequence,
            stamp: EntryStamp::parse(&message.headers),
            log: message.headers.get(LOG).and_then(Incarnation::parse),
            is_deleted: message.is_deletion(),
        }
    }
}

/// Returns the subject of a key.
fn subject(key: &str) -> String {
    format!("$KV.{RELATIONS_BUCKET}.{key}")
}

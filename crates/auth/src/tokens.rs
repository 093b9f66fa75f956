//! The bucket of tokens: creation, listing and revocation.

use bytes::Bytes;
use detente_jetstream::Connection;
use detente_jetstream::kv::{KvBucket, KvError};
use detente_jetstream::stream_info::{self, StreamInfoError};
use detente_jetstream::topology::{self, Replicas, TopologyError, bucket_stream};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use time::OffsetDateTime;

use crate::record::Record;
use crate::token::TokenId;

/// The most concurrent reads.
const AT_ONCE: usize = 16;
/// The most attempts to write a record that others write at the same time.
const TRIES: usize = 3;

/// The reason why tokens cannot be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum TokensError {
    /// The bucket cannot be read or written.
    #[error(transparent)]
    Kv(#[from] KvError),
    /// The revision of the bucket cannot be read.
    #[error(transparent)]
    StreamInfo(#[from] StreamInfoError),
    /// The bucket has other settings.
    #[error(transparent)]
    Topology(#[from] TopologyError),
    /// The token does not exist.
    #[error("there is no token {0}")]
    Unknown(String),
    /// A record cannot be serialised: an internal error.
    #[error("the token cannot be serialised: {0}")]
    Write(#[from] serde_json::Error),
}

impl TokensError {
    /// Returns true if the same request may succeed later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Kv(error) => error.is_transient(),
            Self::StreamInfo(error) => error.is_transient(),
            Self::Topology(error) => error.is_transient(),
            Self::Unknown(_) | Self::Write(_) => false,
        }
    }
}

/// An open bucket of tokens.
#[derive(Clone, Debug)]
pub struct Tokens {
    bucket: KvBucket,
}

/// The tokens of a server, for an operator.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokensReport {
    /// True if a token was ever created, so one is needed from then on.
    pub is_enforced: bool,
    /// The number of tokens that are not revoked.
    pub usable: usize,
    /// The ids of those that cannot be read, and so admit nobody.
    pub unreadable: Vec<String>,
}

impl TokensReport {
    /// Reads the tokens. Nothing is changed.
    ///
    /// # Errors
    /// If the server does not answer.
    pub async fn of(connection: &Connection) -> Result<Self, TokensError> {
        let Some(revision) = revision(connection).await? else {
            return Ok(Self::default());
        };
        let bucket = KvBucket::open(connection, topology::Bucket::Tokens).await?;
        let keys = bucket.keys("").await?;
        let records = Tokens { bucket }.list().await?;
        let is_read = |key: &String| records.iter().any(|record| record.id.as_str() == key);
        Ok(Self {
            is_enforced: revision > 0,
            usable: records.iter().filter(|record| record.is_usable()).count(),
            unreadable: keys.into_iter().filter(|key| !is_read(key)).collect(),
        })
    }
}

/// Returns the revision of the latest change; `None` if no token was ever created.
pub(crate) async fn revision(connection: &Connection) -> Result<Option<u64>, TokensError> {
    match stream_info::head(connection, &bucket_stream(topology::Bucket::Tokens.name())).await {
        Ok(revision) => Ok(Some(revision)),
        Err(StreamInfoError::NoStream { .. }) => Ok(None),
        Err(error @ StreamInfoError::Server { .. }) => Err(error.into()),
    }
}

/// Returns all readable records.
pub(crate) async fn load(connection: &Connection) -> Result<Vec<Record>, TokensError> {
    let bucket = KvBucket::open(connection, topology::Bucket::Tokens).await?;
    Tokens { bucket }.list().await
}

async fn get(bucket: KvBucket, key: String) -> Result<Option<Record>, KvError> {
    let entry = bucket.get(&key).await?;
    let record = entry.and_then(|entry| Record::parse(&key, &entry.value));
    if record.is_none() {
        tracing::warn!(token = key, "ignoring an unreadable token record");
    }
    Ok(record)
}

impl Tokens {
    /// Opens the bucket if it is there.
    ///
    /// # Errors
    /// If the server does not answer.
    pub async fn find(connection: &Connection) -> Result<Option<Self>, TokensError> {
        if revision(connection).await?.is_none() {
            return Ok(None);
        }
        let bucket = KvBucket::open(connection, topology::Bucket::Tokens).await?;
        Ok(Some(Self { bucket }))
    }

    /// Opens the bucket; creates it if it is missing.
    ///
    /// # Errors
    /// If the server does not answer, or the bucket has other settings.
    pub async fn open(connection: &Connection, replicas: Replicas) -> Result<Self, TokensError> {
        if revision(connection).await?.is_none() {
            topology::ensure_bucket(connection, topology::Bucket::Tokens, replicas).await?;
        }
        let bucket = KvBucket::open(connection, topology::Bucket::Tokens).await?;
        Ok(Self { bucket })
    }

    /// Returns all readable records, in order of creation.
    ///
    /// # Errors
    /// If the server does not answer.
    pub async fn list(&self) -> Result<Vec<Record>, TokensError> {
        let keys = self.bucket.keys("").await?;
        let read = keys.into_iter().map(|key| get(self.bucket.clone(), key));
        let read: Vec<Option<Record>> = stream::iter(read).buffered(AT_ONCE).try_collect().await?;
        let mut records: Vec<Record> = read.into_iter().flatten().collect();
        records.sort_by(|a, b| (a.created, &a.id).cmp(&(b.created, &b.id)));
        Ok(records)
    }

    /// Stores a new record.
    ///
    /// # Errors
    /// If the server does not answer, or another token has the id.
    pub async fn add(&self, record: &Record) -> Result<(), TokensError> {
        let bytes = Bytes::from(record.to_json()?);
        self.bucket.set(record.id.as_str(), bytes, None).await?;
        Ok(())
    }

    /// Revokes a token permanently. One that is already revoked keeps its time of revocation.
    ///
    /// # Errors
    /// If the token does not exist, or the server does not answer.
    pub async fn revoke(&self, id: &str, now: OffsetDateTime) -> Result<Record, TokensError> {
        let unknown = || TokensError::Unknown(id.to_owned());
        let key = TokenId::parse(id).ok_or_else(unknown)?;
        for tries in 1.. {
            let stored = self.bucket.get(key.as_str()).await?.ok_or_else(unknown)?;
            let mut record = Record::parse(id, &stored.value).ok_or_else(unknown)?;
            if !record.is_usable() {
                return Ok(record);
            }
            record.revoked = Some(now);
            let bytes = Bytes::from(record.to_json()?);
            match self.bucket.set(id, bytes, Some(stored.revision)).await {
                Ok(_) => return Ok(record),
                Err(KvError::Conflict { .. }) if tries < TRIES => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(unknown())
    }
}

//! The bucket of tokens: making, listing and revoking.

use bytes::Bytes;
use detente_jetstream::Connection;
use detente_jetstream::control::{Control, ControlError};
use detente_jetstream::inspect::{self, InspectError};
use detente_jetstream::topology::{self, Replicas, TOKENS_BUCKET, TopologyError, bucket_stream};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use time::OffsetDateTime;

use crate::record::Record;
use crate::token::TokenId;

/// How many records are fetched at once.
const AT_ONCE: usize = 16;
/// How often a record is written again because somebody else has written it in between.
const TRIES: usize = 3;

/// Why tokens cannot be read or set.
#[derive(Debug, thiserror::Error)]
pub enum TokensError {
    /// The bucket cannot be read or set.
    #[error(transparent)]
    Control(#[from] ControlError),
    /// The bucket cannot be looked at.
    #[error(transparent)]
    Inspect(#[from] InspectError),
    /// The bucket is not as it must be.
    #[error(transparent)]
    Topology(#[from] TopologyError),
    /// There is no such token.
    #[error("there is no token {0}")]
    Unknown(String),
    /// A record could not be written: a fault of this program.
    #[error("the token cannot be written down: {0}")]
    Write(#[from] serde_json::Error),
}

/// The bucket of tokens, opened.
#[derive(Clone, Debug)]
pub struct Tokens {
    control: Control,
}

/// The revision of the latest change of any token; `None` where there never was a token.
pub(crate) async fn revision(connection: &Connection) -> Result<Option<u64>, TokensError> {
    match inspect::head(connection, &bucket_stream(TOKENS_BUCKET)).await {
        Ok(revision) => Ok(Some(revision)),
        Err(InspectError::NoStream { .. }) => Ok(None),
        Err(error @ InspectError::Server { .. }) => Err(error.into()),
    }
}

/// All records; those that cannot be read are left out, and open no door.
pub(crate) async fn read(connection: &Connection) -> Result<Vec<Record>, TokensError> {
    let control = Control::open_tokens(connection).await?;
    Tokens { control }.list().await
}

async fn one(control: Control, key: String) -> Result<Option<Record>, ControlError> {
    let held = control.get(&key).await?;
    let record = held.and_then(|held| Record::read(&key, &held.value));
    if record.is_none() {
        tracing::warn!(
            token = key,
            "a token's record cannot be read; it opens no door"
        );
    }
    Ok(record)
}

impl Tokens {
    /// Opens the bucket, and makes it where there is none.
    ///
    /// # Errors
    /// When the server does not answer, or the bucket has other settings.
    pub async fn open(connection: &Connection, replicas: Replicas) -> Result<Self, TokensError> {
        if revision(connection).await?.is_none() {
            topology::ensure_tokens(connection, replicas).await?;
        }
        let control = Control::open_tokens(connection).await?;
        Ok(Self { control })
    }

    /// All records, in order of creation.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn list(&self) -> Result<Vec<Record>, TokensError> {
        let keys = self.control.keys("").await?;
        let read = keys.into_iter().map(|key| one(self.control.clone(), key));
        let read: Vec<Option<Record>> = stream::iter(read).buffered(AT_ONCE).try_collect().await?;
        let mut records: Vec<Record> = read.into_iter().flatten().collect();
        records.sort_by(|a, b| (a.created, &a.id).cmp(&(b.created, &b.id)));
        Ok(records)
    }

    /// Keeps a new record.
    ///
    /// # Errors
    /// When the server does not answer, or another token has the id.
    pub async fn add(&self, record: &Record) -> Result<(), TokensError> {
        let bytes = Bytes::from(record.write()?);
        self.control.set(record.id.as_str(), bytes, None).await?;
        Ok(())
    }

    /// Revokes a token, for good. One that was revoked before keeps its moment.
    ///
    /// # Errors
    /// When there is none of that id, or the server does not answer.
    pub async fn revoke(&self, id: &str, now: OffsetDateTime) -> Result<Record, TokensError> {
        let unknown = || TokensError::Unknown(id.to_owned());
        let key = TokenId::parse(id).ok_or_else(unknown)?;
        for tries in 1.. {
            let held = self.control.get(key.as_str()).await?.ok_or_else(unknown)?;
            let mut record = Record::read(id, &held.value).ok_or_else(unknown)?;
            if !record.is_usable() {
                return Ok(record);
            }
            record.revoked = Some(now);
            let bytes = Bytes::from(record.write()?);
            match self.control.set(id, bytes, Some(held.revision)).await {
                Ok(_) => return Ok(record),
                Err(ControlError::Conflict { .. }) if tries < TRIES => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(unknown())
    }
}

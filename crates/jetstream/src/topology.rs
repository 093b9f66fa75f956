//! Streams and buckets: created if missing, checked if present.
//!
//! A stream with other settings is refused, naming the field, its value and the required one; it is
//! never edited, except that the `relations` bucket of version 0.1 loses its source.

mod bucket;
mod check;
mod config;
mod restore_mode;

use std::fmt;

use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::context::{CreateStreamErrorKind, UpdateStreamErrorKind};
use async_nats::jetstream::stream::Config;

use crate::transient::may_pass;
use crate::{Connection, stream_info};

pub use bucket::ensure_relations_bucket;
pub use config::bucket_stream;
pub(crate) use restore_mode::{RESTORE, STORED_AS, begin_restore, end_restore};

/// The stream of commits: the log.
pub const EVENTS: &str = "EVENTS";
/// The subject of commits with reports of fewer than 1,000 new records.
pub const REPORT: &str = "detente.events.report";
/// The subject of commits with larger reports, which have an appender of their own.
pub const IMPORT: &str = "detente.events.import";
/// The subject of the daily ticks.
pub const TICK: &str = "detente.events.tick";
/// The bucket with the latest view of each relation.
pub const RELATIONS_BUCKET: &str = "relations";

/// The longest name of a projection, which is part of stream names, subjects and cursors.
const PROJECTION_LEN_MAX: usize = 64;

/// The error returned when a stream is not usable.
#[derive(Debug, thiserror::Error)]
pub enum TopologyError {
    /// The stream exists with other settings.
    #[error(
        "stream {stream} has {field} = {found}, but it must be {wanted}; change it or use another server"
    )]
    Mismatch {
        /// The stream.
        stream: String,
        /// The setting, by its name in the server's configuration.
        field: &'static str,
        /// Its value.
        found: String,
        /// The required value.
        wanted: String,
    },
    /// The stream was there or was created, and the server does not know it: a cluster that elects a
    /// leader may not know it yet, or have lost it.
    #[error("stream {stream} was created, but the server does not know it")]
    Unknown {
        /// The stream.
        stream: String,
    },
    /// The server refuses the request or does not answer.
    #[error("stream {stream} cannot be {operation}: {source}")]
    Server {
        /// The stream.
        stream: String,
        /// The operation that was tried.
        operation: &'static str,
        /// The client's error.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// A key-value bucket of the services.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bucket {
    /// The state that the services must agree on.
    Control,
    /// Records about tokens. It is a bucket of its own so that a server with users can restrict
    /// access to it.
    Tokens,
    /// Webhooks and their progress. It is a bucket of its own so that its changes do not change the
    /// revision of [`Bucket::Control`].
    Webhooks,
}

/// The number of servers that store each message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Replicas {
    /// One: a single server.
    #[default]
    One,
    /// Three: a cluster that survives the loss of one server.
    Three,
}

/// The name of a projection, fit for stream names, subjects and cursors.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Projection(String);

/// A name that is not valid for a projection.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{given:?} is not a name of a projection: use 1 to {PROJECTION_LEN_MAX} letters, digits or underscores"
)]
pub struct BadProjection {
    /// The name as given.
    pub given: String,
}

/// Creates or checks the EVENTS stream.
pub async fn ensure_events(conn: &Connection, replicas: Replicas) -> Result<(), TopologyError> {
    ensure(conn, config::events(replicas)).await
}

/// Creates or checks a projection's CHANGES stream.
pub async fn ensure_changes(
    conn: &Connection,
    projection: &Projection,
    replicas: Replicas,
) -> Result<(), TopologyError> {
    ensure(conn, config::changes(projection, replicas)).await
}

/// Creates or checks a bucket.
pub async fn ensure_bucket(
    conn: &Connection,
    bucket: Bucket,
    replicas: Replicas,
) -> Result<(), TopologyError> {
    ensure(conn, config::service_bucket(bucket, replicas)).await
}

/// Deletes a projection's CHANGES stream, if there is one. Its changes can only be derived again
/// from the log.
pub async fn delete_changes(
    conn: &Connection,
    projection: &Projection,
) -> Result<(), TopologyError> {
    let stream = projection.stream();
    if find(conn, &stream).await?.is_none() {
        return Ok(());
    }
    let deleted = conn.jetstream().delete_stream(&stream).await;
    deleted
        .map(drop)
        .map_err(|error| TopologyError::server(&stream, "deleted", error))
}

/// Creates a stream, or checks the one that exists.
async fn ensure(conn: &Connection, wanted: Config) -> Result<(), TopologyError> {
    if let Some(existing) = find(conn, &wanted.name).await? {
        return check::same(&existing, &wanted);
    }
    create(conn, wanted.clone()).await?;
    // Another client may have created it first, with other settings.
    match find(conn, &wanted.name).await? {
        Some(created) => check::same(&created, &wanted),
        None => Err(TopologyError::Unknown {
            stream: wanted.name,
        }),
    }
}

/// Creates a stream, unless it exists.
async fn create(conn: &Connection, config: Config) -> Result<(), TopologyError> {
    let stream = config.name.clone();
    match conn.jetstream().create_stream(config).await {
        Ok(_) => {
            tracing::info!(stream, "created a stream");
            Ok(())
        }
        Err(error) => match error.kind() {
            CreateStreamErrorKind::JetStream(inner)
                if inner.error_code() == ErrorCode::STREAM_NAME_EXIST =>
            {
                Ok(())
            }
            _ => Err(TopologyError::server(&stream, "created", error)),
        },
    }
}

async fn update(conn: &Connection, config: Config) -> Result<(), TopologyError> {
    let stream = config.name.clone();
    let updated = conn.jetstream().update_stream(config).await;
    updated.map(drop).map_err(|error| {
        let operation = match error.kind() {
            UpdateStreamErrorKind::NotFound => "found any more",
            _ => "updated",
        };
        TopologyError::server(&stream, operation, error)
    })
}

/// Returns the settings of a stream, if it exists.
async fn find(conn: &Connection, stream: &str) -> Result<Option<Config>, TopologyError> {
    let info = stream_info::if_exists(stream_info::info(conn, stream).await);
    let info = info.map_err(|error| TopologyError::server(stream, "looked up", error))?;
    Ok(info.map(|info| info.config))
}

impl TopologyError {
    /// Returns true if the same request may succeed later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Mismatch { .. } => false,
            Self::Unknown { .. } => true,
            Self::Server { source, .. } => may_pass(source.as_ref()),
        }
    }

    fn server(
        stream: &str,
        operation: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Server {
            stream: stream.to_owned(),
            operation,
            source: source.into(),
        }
    }
}

impl Bucket {
    /// Returns the name of the bucket.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Control => "detente_control",
            Self::Tokens => "detente_tokens",
            Self::Webhooks => "detente_webhooks",
        }
    }
}

impl Replicas {
    /// Returns the number.
    pub fn count(self) -> usize {
        match self {
            Replicas::One => 1,
            Replicas::Three => 3,
        }
    }
}

impl Projection {
    /// Checks a name. A dash is not allowed: it separates the name from the sequence in a cursor.
    pub fn new(name: &str) -> Result<Self, BadProjection> {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if (1..=PROJECTION_LEN_MAX).contains(&name.len()) && name.bytes().all(is_allowed) {
            return Ok(Self(name.to_owned()));
        }
        Err(BadProjection {
            given: name.to_owned(),
        })
    }

    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the name of its CHANGES stream.
    pub fn stream(&self) -> String {
        format!("CHANGES_{}", self.0)
    }

    /// Returns the subject of a relation's messages; `pair` is of the form `AFG.KAZ`.
    pub fn subject(&self, pair: &str) -> String {
        format!("detente.changes.{}.{pair}", self.0)
    }
}

impl fmt::Display for Projection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_projections_fit_stream_names_subjects_and_cursors() {
        for good in ["a", "2026_1", "9f86d081884c7d65"] {
            assert_eq!(
                Projection::new(good).map(|p| p.to_string()),
                Ok(good.to_owned())
            );
        }
        for bad in ["", "a.b", "a-b", "a b", "*", "ك", &"x".repeat(65)] {
            assert_eq!(
                Projection::new(bad),
                Err(BadProjection {
                    given: (*bad).to_owned()
                })
            );
        }
        let projection = Projection::new("p1").expect("a good name");
        assert_eq!(projection.stream(), "CHANGES_p1");
        assert_eq!(projection.subject("AFG.KAZ"), "detente.changes.p1.AFG.KAZ");
    }
}

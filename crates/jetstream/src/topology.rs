//! The streams and buckets: created when missing, checked when there.
//!
//! A stream that exists with other settings is never edited: it is refused, with the field, what
//! it is and what it must be. The one thing that moves is what feeds the `relations` bucket.

mod bucket;
mod check;
mod emptied;
mod fill;
mod wanted;

use std::fmt;

use async_nats::jetstream::context::{CreateStreamErrorKind, GetStreamErrorKind};
use async_nats::jetstream::stream::Config;

use crate::Connection;

pub use bucket::{Fed, feed_relations_bucket, relations_bucket_feed, unfeed_relations_bucket};
pub(crate) use emptied::{RESTORE, STANDING, begin_restore, end_restore};
pub(crate) use fill::{FILLED_FROM, OPERATION};
pub use wanted::bucket_stream;

/// The stream of commits: the truth.
pub const EVENTS: &str = "EVENTS";
/// Where people's and programs' reports are appended.
pub const REPORT: &str = "detente.events.report";
/// Where bulk imports are appended.
pub const IMPORT: &str = "detente.events.import";
/// Where the day's tick is appended.
pub const TICK: &str = "detente.events.tick";
/// The bucket with the latest view of each relation.
pub const RELATIONS_BUCKET: &str = "relations";
/// The bucket with what the services must agree on.
pub const CONTROL_BUCKET: &str = "detente_control";
/// The bucket with what is kept of tokens.
pub const TOKENS_BUCKET: &str = "detente_tokens";
/// The bucket with the webhooks, and how far each came.
pub const WEBHOOKS_BUCKET: &str = "detente_webhooks";

/// The longest name of a projection: it is part of stream names, subjects and cursors.
const PROJECTION_LEN_MAX: usize = 64;

/// Why the topology is not as it must be.
#[derive(Debug, thiserror::Error)]
pub enum TopologyError {
    /// A stream is there with other settings.
    #[error(
        "stream {stream} has {field} = {found}, but it must be {wanted}; change it or take another server"
    )]
    Mismatch {
        /// The stream.
        stream: String,
        /// The setting, by its name in the server's configuration.
        field: &'static str,
        /// What it is.
        found: String,
        /// What it must be.
        wanted: String,
    },
    /// The server refuses or does not answer.
    #[error("stream {stream} cannot be {deed}: {source}")]
    Server {
        /// The stream.
        stream: String,
        /// What was tried.
        deed: &'static str,
        /// What the server says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// How many servers keep a copy of each message.
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

/// A name that no projection can bear.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{given:?} is no name of a projection: 1 to {PROJECTION_LEN_MAX} letters, digits or underscores"
)]
pub struct BadProjection {
    /// The name as given.
    pub given: String,
}

/// Makes sure of the EVENTS stream.
pub async fn ensure_events(conn: &Connection, replicas: Replicas) -> Result<(), TopologyError> {
    ensure(conn, wanted::events(replicas)).await.map(drop)
}

/// Makes sure of a projection's RELATIONS stream.
pub async fn ensure_relations(
    conn: &Connection,
    projection: &Projection,
    replicas: Replicas,
) -> Result<(), TopologyError> {
    ensure(conn, wanted::relations(projection, replicas))
        .await
        .map(drop)
}

/// Makes sure of the control bucket.
pub async fn ensure_control(conn: &Connection, replicas: Replicas) -> Result<(), TopologyError> {
    ensure(conn, wanted::control(replicas)).await.map(drop)
}

/// Makes sure of the bucket of tokens.
pub async fn ensure_tokens(conn: &Connection, replicas: Replicas) -> Result<(), TopologyError> {
    ensure(conn, wanted::tokens(replicas)).await.map(drop)
}

/// Makes sure of the bucket of webhooks.
pub async fn ensure_webhooks(conn: &Connection, replicas: Replicas) -> Result<(), TopologyError> {
    ensure(conn, wanted::webhooks(replicas)).await.map(drop)
}

/// Deletes a projection's RELATIONS stream: its changes are gone for good, and can only be told
/// again from the log. Says whether there was one.
pub async fn delete_relations(
    conn: &Connection,
    projection: &Projection,
) -> Result<bool, TopologyError> {
    let stream = projection.stream();
    if found(conn, &stream).await?.is_none() {
        return Ok(false);
    }
    let deleted = conn.jetstream().delete_stream(&stream).await;
    deleted
        .map(|_| true)
        .map_err(|error| TopologyError::Server {
            stream,
            deed: "deleted",
            source: error.into(),
        })
}

/// Creates a stream, or checks the one that is there. Says what was there.
async fn ensure(conn: &Connection, wanted: Config) -> Result<Option<Config>, TopologyError> {
    match found(conn, &wanted.name).await? {
        Some(found) => check::same(&found, &wanted).map(|()| Some(found)),
        None => match create(conn, wanted.clone()).await? {
            Created::Now => Ok(None),
            // Somebody else was faster: his settings are checked like any other's.
            Created::Before => match found(conn, &wanted.name).await? {
                Some(found) => check::same(&found, &wanted).map(|()| Some(found)),
                None => Ok(None),
            },
        },
    }
}

enum Created {
    Now,
    Before,
}

async fn create(conn: &Connection, config: Config) -> Result<Created, TopologyError> {
    let stream = config.name.clone();
    match conn.jetstream().create_stream(config).await {
        Ok(_) => {
            tracing::info!(stream, "created a stream");
            Ok(Created::Now)
        }
        Err(error) => match error.kind() {
            CreateStreamErrorKind::JetStream(inner)
                if inner.error_code() == async_nats::jetstream::ErrorCode::STREAM_NAME_EXIST =>
            {
                Ok(Created::Before)
            }
            _ => Err(TopologyError::Server {
                stream,
                deed: "created",
                source: error.into(),
            }),
        },
    }
}

async fn found(conn: &Connection, stream: &str) -> Result<Option<Config>, TopologyError> {
    match conn.jetstream().get_stream(stream).await {
        Ok(stream) => Ok(Some(stream.cached_info().config.clone())),
        Err(error) => match error.kind() {
            GetStreamErrorKind::JetStream(inner)
                if inner.error_code() == async_nats::jetstream::ErrorCode::STREAM_NOT_FOUND =>
            {
                Ok(None)
            }
            _ => {
                let stream = stream.to_owned();
                Err(TopologyError::Server {
                    stream,
                    deed: "looked up",
                    source: error.into(),
                })
            }
        },
    }
}

// === impl Replicas ===

impl Replicas {
    /// The number.
    pub fn count(self) -> usize {
        match self {
            Replicas::One => 1,
            Replicas::Three => 3,
        }
    }
}

// === impl Projection ===

impl Projection {
    /// Reads a name. A dash is not allowed: it parts the name from the sequence in a cursor.
    pub fn new(name: &str) -> Result<Projection, BadProjection> {
        let fits = (1..=PROJECTION_LEN_MAX).contains(&name.len());
        if fits
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        {
            return Ok(Projection(name.to_owned()));
        }
        Err(BadProjection {
            given: name.to_owned(),
        })
    }

    /// The name itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The stream of its changes.
    pub fn stream(&self) -> String {
        format!("RELATIONS_{}", self.0)
    }

    /// The subject of one relation's changes, `pair` being `AFG.KAZ`.
    pub fn subject(&self, pair: &str) -> String {
        format!("detente.relations.{}.{pair}", self.0)
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
    fn projections_are_named_so_that_they_fit_everywhere() {
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
        assert_eq!(projection.stream(), "RELATIONS_p1");
        assert_eq!(
            projection.subject("AFG.KAZ"),
            "detente.relations.p1.AFG.KAZ"
        );
    }
}

//! The `relations` bucket, and which projection feeds it.
//!
//! The server copies each message of the active RELATIONS stream into the bucket, so any NATS
//! client can get and watch the latest views. To switch, the bucket is cut off from the old
//! projection, emptied, and joined to the new one: no view of the old one stays behind, at the
//! price of a moment in which the bucket fills anew.

use async_nats::jetstream::context::UpdateStreamErrorKind;
use async_nats::jetstream::stream::Config;

use super::check::{self, sources};
use super::{Projection, RELATIONS_BUCKET, Replicas, TopologyError, create, found, wanted};
use crate::Connection;

/// What was done to feed the bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fed {
    /// The bucket was created.
    Created,
    /// It was fed by this projection already.
    Already,
    /// It was fed by something else before.
    Switched {
        /// The stream that fed it, or `none`.
        from: String,
    },
}

/// Makes sure of the bucket, and that this projection feeds it.
pub async fn feed_relations_bucket(
    conn: &Connection,
    projection: &Projection,
    replicas: Replicas,
) -> Result<Fed, TopologyError> {
    let wanted = wanted::relations_bucket(Some(projection), replicas);
    let Some(found_config) = found(conn, &wanted.name).await? else {
        create(conn, wanted).await?;
        return Ok(Fed::Created);
    };
    if check::same(&found_config, &wanted).is_ok() {
        return Ok(Fed::Already);
    }
    // Everything but the sources must be right before anything is touched.
    let unfed = Config {
        sources: None,
        ..found_config.clone()
    };
    check::same(&unfed, &wanted::relations_bucket(None, replicas))?;
    let from = sources(&found_config);
    update(conn, unfed.clone()).await?;
    purge(conn, &wanted.name).await?;
    let sources = wanted.sources;
    update(conn, Config { sources, ..unfed }).await?;
    tracing::info!(%projection, from, "the relations bucket is fed by another projection");
    Ok(Fed::Switched { from })
}

/// The stream that feeds the bucket, if there is a bucket and it is fed.
pub async fn relations_bucket_feed(conn: &Connection) -> Result<Option<String>, TopologyError> {
    let config = found(conn, &wanted::bucket_stream(RELATIONS_BUCKET)).await?;
    let sources = config.and_then(|config| config.sources).unwrap_or_default();
    Ok(sources.into_iter().next().map(|source| source.name))
}

async fn update(conn: &Connection, config: Config) -> Result<(), TopologyError> {
    let stream = config.name.clone();
    match conn.jetstream().update_stream(config).await {
        Ok(_) => Ok(()),
        Err(error) => {
            let deed = match error.kind() {
                UpdateStreamErrorKind::NotFound => "found any more",
                _ => "updated",
            };
            Err(TopologyError::Server {
                stream,
                deed,
                source: error.into(),
            })
        }
    }
}

async fn purge(conn: &Connection, stream: &str) -> Result<(), TopologyError> {
    let handle = conn.jetstream().get_stream_no_info(stream).await;
    let handle = handle.map_err(|error| failed(stream, "looked up", error))?;
    handle
        .purge()
        .await
        .map_err(|error| failed(stream, "emptied", error))?;
    Ok(())
}

fn failed(
    stream: &str,
    deed: &'static str,
    source: impl std::error::Error + Send + Sync + 'static,
) -> TopologyError {
    TopologyError::Server {
        stream: stream.to_owned(),
        deed,
        source: Box::new(source),
    }
}

//! The `relations` bucket, and which projection feeds it.
//!
//! The server copies each message of the active RELATIONS stream into the bucket, so any NATS
//! client can get and watch the latest views. To switch, the bucket is cut off from the old
//! projection, each key is given the new one's latest view (see `fill`), and the bucket is
//! joined to the new stream right after those. So every key has a view at every moment, and the
//! old one's or the new one's, whole; what waits is only what comes in between. A switch that was
//! broken off anywhere is found unfed, or fed by the old one, and done again.

use async_nats::jetstream::context::UpdateStreamErrorKind;
use async_nats::jetstream::stream::Config;

use super::check::{self, sources};
use super::{Projection, RELATIONS_BUCKET, Replicas, TopologyError, create, fill, found, wanted};
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

/// Makes sure of the bucket, and that this projection feeds it. Whoever switches from another
/// projection sees to it that this one has told what the other one has, else a key goes back.
pub async fn feed_relations_bucket(
    conn: &Connection,
    projection: &Projection,
    replicas: Replicas,
) -> Result<Fed, TopologyError> {
    let wanted = wanted::relations_bucket(Some((projection, 1)), replicas);
    let Some(found_config) = found(conn, &wanted.name).await? else {
        create(conn, wanted).await?;
        return Ok(Fed::Created);
    };
    if check::same(&found_config, &wanted).is_ok() {
        fill::mend(conn, projection).await?;
        return Ok(Fed::Already);
    }
    let from = sources(&found_config);
    let unfed = cut_off(conn, found_config, replicas).await?;
    let filled = fill::fill(conn, projection).await?;
    let wanted = wanted::relations_bucket(Some((projection, filled + 1)), replicas);
    let sources = wanted.sources;
    update(conn, Config { sources, ..unfed }).await?;
    tracing::info!(%projection, from, "the relations bucket is fed by another projection");
    Ok(Fed::Switched { from })
}

/// Cuts the bucket off from whatever feeds it, unless that is this projection: its views stay as
/// they are until it is fed again.
pub async fn unfeed_relations_bucket(
    conn: &Connection,
    unless: &Projection,
    replicas: Replicas,
) -> Result<(), TopologyError> {
    let wanted = wanted::relations_bucket(Some((unless, 1)), replicas);
    match found(conn, &wanted.name).await? {
        Some(config) if check::same(&config, &wanted).is_err() => {
            cut_off(conn, config, replicas).await.map(drop)
        }
        Some(_) | None => Ok(()),
    }
}

async fn cut_off(
    conn: &Connection,
    found: Config,
    replicas: Replicas,
) -> Result<Config, TopologyError> {
    let is_fed = found.sources.as_ref().is_some_and(|fed| !fed.is_empty());
    // Everything but the sources must be right before anything is touched.
    let unfed = Config {
        sources: None,
        ..found
    };
    check::same(&unfed, &wanted::relations_bucket(None, replicas))?;
    if is_fed {
        update(conn, unfed.clone()).await?;
    }
    Ok(unfed)
}

/// The stream that feeds the bucket, if there is a bucket and it is fed.
pub async fn relations_bucket_feed(conn: &Connection) -> Result<Option<String>, TopologyError> {
    let config = found(conn, &wanted::bucket_stream(RELATIONS_BUCKET)).await?;
    let sources = config.and_then(|config| config.sources).unwrap_or_default();
    Ok(sources.into_iter().next().map(|source| source.name))
}

pub(super) async fn update(conn: &Connection, config: Config) -> Result<(), TopologyError> {
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

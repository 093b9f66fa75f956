//! The `relations` bucket and its source.
//!
//! The server copies each message of the active RELATIONS stream into the bucket, so that any NATS
//! client can read and watch the latest views. A switch removes the source, sets each key to the
//! new projection's latest view (see `backfill`) and adds the new stream as source from there on.
//! At every moment each key holds a complete view of the old or the new projection. An interrupted
//! switch leaves the bucket without a source or with the old one, and is repeated.

use async_nats::jetstream::context::UpdateStreamErrorKind;
use async_nats::jetstream::stream::Config;

use super::check::{self, sources};
use super::{
    Projection, RELATIONS_BUCKET, Replicas, TopologyError, backfill, config, create, find,
};
use crate::Connection;

/// Creates or checks the bucket, and makes a projection its source. At a switch, the projection
/// must first have published everything that the other one has, or keys would go back to older
/// views.
pub async fn set_bucket_source(
    conn: &Connection,
    projection: &Projection,
    replicas: Replicas,
) -> Result<(), TopologyError> {
    let wanted = config::relations_bucket(Some((projection, 1)), replicas);
    let Some(existing) = find(conn, &wanted.name).await? else {
        return create(conn, wanted).await;
    };
    if check::same(&existing, &wanted).is_ok() {
        return backfill::repair_keys(conn, projection).await;
    }
    let from = sources(&existing);
    let unfed = remove_source(conn, existing, replicas).await?;
    let filled = backfill::fill(conn, projection).await?;
    let wanted = config::relations_bucket(Some((projection, filled + 1)), replicas);
    let sources = wanted.sources;
    update(conn, Config { sources, ..unfed }).await?;
    tracing::info!(%projection, from, "the relations bucket has a new source");
    Ok(())
}

/// Removes the bucket's source unless it is `unless`. The views stay until there is a new source.
pub async fn remove_bucket_source(
    conn: &Connection,
    unless: &Projection,
    replicas: Replicas,
) -> Result<(), TopologyError> {
    let wanted = config::relations_bucket(Some((unless, 1)), replicas);
    match find(conn, &wanted.name).await? {
        Some(existing) if check::same(&existing, &wanted).is_err() => {
            remove_source(conn, existing, replicas).await.map(drop)
        }
        Some(_) | None => Ok(()),
    }
}

async fn remove_source(
    conn: &Connection,
    existing: Config,
    replicas: Replicas,
) -> Result<Config, TopologyError> {
    let has_source = existing.sources.as_ref().is_some_and(|fed| !fed.is_empty());
    // All other settings must be right before anything is changed.
    let unfed = Config {
        sources: None,
        ..existing
    };
    check::same(&unfed, &config::relations_bucket(None, replicas))?;
    if has_source {
        update(conn, unfed.clone()).await?;
    }
    Ok(unfed)
}

/// Returns the stream that is the bucket's source, if there is one.
pub async fn bucket_source(conn: &Connection) -> Result<Option<String>, TopologyError> {
    let existing = find(conn, &config::bucket_stream(RELATIONS_BUCKET)).await?;
    let sources = existing
        .and_then(|config| config.sources)
        .unwrap_or_default();
    Ok(sources.into_iter().next().map(|source| source.name))
}

pub(super) async fn update(conn: &Connection, config: Config) -> Result<(), TopologyError> {
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

//! The bucket of the latest views.

use async_nats::jetstream::stream::Config;

use super::{Replicas, TopologyError, check, config, ensure, find, update};
use crate::Connection;

/// Creates or checks the `relations` bucket. In version 0.1 the server copied the views from the
/// change feed; such a source is removed, and the views stay.
///
/// # Errors
/// [`TopologyError`] if the bucket has other settings, or the server does not answer.
pub async fn ensure_relations_bucket(
    conn: &Connection,
    replicas: Replicas,
) -> Result<(), TopologyError> {
    let wanted = config::relations_bucket(replicas);
    let existing = find(conn, &wanted.name).await?;
    let copied = existing.filter(|existing| {
        let sources = existing.sources.as_ref();
        sources.is_some_and(|sources| !sources.is_empty())
    });
    if let Some(copied) = copied {
        let sources = check::sources(&copied);
        let alone = Config {
            sources: None,
            ..copied
        };
        // All other settings must be right before anything is changed.
        check::same(&alone, &wanted)?;
        update(conn, alone).await?;
        tracing::info!(sources, "the relations bucket is not copied any more");
    }
    ensure(conn, wanted).await
}

//! The EVENTS stream while it is restored: it listens where nobody else speaks.
//!
//! Its settings are not those of a log in use, so every service refuses it until the last commit
//! is back; then they are made so. A server that holds something already is refused.

use async_nats::jetstream::stream::{Config, SubjectTransform};
use futures_util::TryStreamExt;

use super::{EVENTS, Replicas, TopologyError, check, create, found, wanted};
use crate::Connection;
use crate::inspect;

/// Where the commits of a log that is restored are sent.
pub(crate) const RESTORE: &str = "detente.restore.";
/// Where they stand when they are stored.
pub(crate) const STANDING: &str = "detente.events.";
/// Streams that must be empty, by how their names begin.
const OURS: [&str; 5] = [EVENTS, "RELATIONS_", "KV_relations", "QUARANTINE", "DRAFTS"];

/// Makes a server ready to take a log, or goes on where that was broken off; gives the last
/// sequence that it holds. `None` if it holds something else; then that is named.
pub(crate) async fn begin_restore(
    conn: &Connection,
    replicas: Replicas,
) -> Result<Result<u64, String>, TopologyError> {
    let failed = |source: Box<dyn std::error::Error + Send + Sync>| TopologyError::Server {
        stream: EVENTS.to_owned(),
        deed: "looked up",
        source,
    };
    let names: Vec<String> = conn
        .jetstream()
        .stream_names()
        .try_collect()
        .await
        .map_err(|error| failed(error.into()))?;
    let wanted = restoring(replicas);
    let there = found(conn, EVENTS).await?;
    let goes_on = there
        .as_ref()
        .is_some_and(|there| check::same(there, &wanted).is_ok());
    for name in names {
        let is_ours = OURS.iter().any(|ours| name.starts_with(ours));
        if !is_ours || name == EVENTS && goes_on {
            continue;
        }
        let held = inspect::count(conn, &name).await;
        let held = held.map_err(|error| failed(error.into()))?;
        if held.is_some_and(|held| held > 0) {
            return Ok(Err(name));
        }
    }
    match there {
        None => {
            create(conn, wanted).await?;
        }
        Some(_) if goes_on => {}
        Some(_) => super::bucket::update(conn, wanted).await?,
    }
    let head = inspect::head(conn, EVENTS).await;
    Ok(Ok(head.map_err(|error| failed(error.into()))?))
}

/// Makes the restored log one that is in use.
pub(crate) async fn end_restore(
    conn: &Connection,
    replicas: Replicas,
) -> Result<(), TopologyError> {
    super::bucket::update(conn, wanted::events(replicas)).await?;
    super::ensure_events(conn, replicas).await
}

fn restoring(replicas: Replicas) -> Config {
    Config {
        subjects: vec![format!("{RESTORE}*")],
        subject_transform: Some(SubjectTransform {
            source: format!("{RESTORE}*"),
            destination: format!("{STANDING}{{{{wildcard(1)}}}}"),
        }),
        ..wanted::events(replicas)
    }
}

//! The EVENTS stream while a log is restored into it.
//!
//! It then has a subject of its own and other settings than a log in use, so every service refuses
//! it until the last commit is back. A server that holds data already is refused.

use async_nats::jetstream::stream::{Config, SubjectTransform};
use futures_util::TryStreamExt;

use super::{EVENTS, Replicas, TopologyError, check, config, create, find};
use crate::restore::RestoreError;
use crate::{Connection, stream_info};

/// The prefix of the subjects to which the commits are published.
pub(crate) const RESTORE: &str = "detente.restore.";
/// The prefix of the subjects under which they are stored.
pub(crate) const STORED_AS: &str = "detente.events.";
/// The prefixes of the streams that must be empty; `RELATIONS_` is that of version 0.1.
const MUST_BE_EMPTY: [&str; 4] = [EVENTS, "CHANGES_", "RELATIONS_", "KV_relations"];

/// Prepares an empty server for a restore, or resumes one. Returns the last sequence that is
/// restored already.
pub(crate) async fn begin_restore(
    conn: &Connection,
    replicas: Replicas,
) -> Result<u64, RestoreError> {
    let failed = |error| TopologyError::server(EVENTS, "looked up", error);
    let names = conn.jetstream().stream_names().try_collect().await;
    let names: Vec<String> =
        names.map_err(|error| TopologyError::server(EVENTS, "looked up", error))?;
    let wanted = restoring(replicas);
    let existing = find(conn, EVENTS).await?;
    let resumes = existing
        .as_ref()
        .is_some_and(|existing| check::same(existing, &wanted).is_ok());
    for name in names {
        let must_be_empty = MUST_BE_EMPTY.iter().any(|prefix| name.starts_with(prefix));
        if !must_be_empty || name == EVENTS && resumes {
            continue;
        }
        let count = stream_info::count(conn, &name).await.map_err(failed)?;
        if count.is_some_and(|count| count > 0) {
            return Err(RestoreError::NotEmpty { stream: name });
        }
    }
    match existing {
        None => create(conn, wanted).await?,
        Some(_) if resumes => {}
        Some(_) => super::update(conn, wanted).await?,
    }
    Ok(stream_info::head(conn, EVENTS).await.map_err(failed)?)
}

/// Gives the restored log the settings of a log in use.
pub(crate) async fn end_restore(
    conn: &Connection,
    replicas: Replicas,
) -> Result<(), TopologyError> {
    super::update(conn, config::events(replicas)).await?;
    super::ensure_events(conn, replicas).await
}

fn restoring(replicas: Replicas) -> Config {
    Config {
        subjects: vec![format!("{RESTORE}*")],
        subject_transform: Some(SubjectTransform {
            source: format!("{RESTORE}*"),
            destination: format!("{STORED_AS}{{{{wildcard(1)}}}}"),
        }),
        ..config::events(replicas)
    }
}

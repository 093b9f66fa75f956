//! The required settings of each stream.

use std::time::Duration;

use async_nats::jetstream::stream::{Config, DiscardPolicy, RetentionPolicy, StorageType};

use super::{Bucket, EVENTS, IMPORT, Projection, RELATIONS_BUCKET, REPORT, Replicas, TICK};

/// The time for which the server recognises a message's id. The appender gives up earlier (see
/// [`crate::appender::Options::give_up_after`]), so none of its retries is stored twice; a longer
/// window costs memory.
const DUPLICATE_WINDOW: Duration = Duration::from_secs(60);

/// The log: nothing is ever discarded, deleted or purged.
pub(super) fn events(replicas: Replicas) -> Config {
    Config {
        subjects: vec![REPORT.to_owned(), IMPORT.to_owned(), TICK.to_owned()],
        duplicate_window: DUPLICATE_WINDOW,
        description: Some("Detente: commits of records; the truth, kept for ever".to_owned()),
        ..unlimited(EVENTS, replicas)
    }
}

/// The change feed of one projection. It may only be deleted as a whole.
pub(super) fn changes(projection: &Projection, replicas: Replicas) -> Config {
    Config {
        subjects: vec![projection.subject(">")],
        allow_atomic_publish: true,
        description: Some("Detente: the changes of relations".to_owned()),
        ..unlimited(&projection.stream(), replicas)
    }
}

/// The latest views, written by the projector of the projection in force.
pub(super) fn relations_bucket(replicas: Replicas) -> Config {
    let description = "Detente: the latest view of each relation";
    bucket(RELATIONS_BUCKET, description, replicas)
}

/// A bucket that is only written by the services.
pub(super) fn service_bucket(bucket: Bucket, replicas: Replicas) -> Config {
    let description = match bucket {
        Bucket::Control => "Detente: active projection, tokens, webhooks",
        Bucket::Tokens => "Detente: what is kept of tokens",
        Bucket::Webhooks => "Detente: webhooks, and how far each came",
    };
    self::bucket(bucket.name(), description, replicas)
}

/// Returns the name of the stream behind a bucket.
pub fn bucket_stream(bucket: &str) -> String {
    format!("KV_{bucket}")
}

fn unlimited(name: &str, replicas: Replicas) -> Config {
    Config {
        name: name.to_owned(),
        retention: RetentionPolicy::Limits,
        storage: StorageType::File,
        // There are no limits; if one is set, the stream must refuse messages, not drop old ones.
        discard: DiscardPolicy::New,
        max_messages: -1,
        max_bytes: -1,
        max_messages_per_subject: -1,
        max_consumers: -1,
        num_replicas: replicas.count(),
        deny_delete: true,
        deny_purge: true,
        allow_direct: true,
        ..Config::default()
    }
}

/// The settings of a key-value bucket with a history of one.
fn bucket(name: &str, description: &str, replicas: Replicas) -> Config {
    Config {
        name: bucket_stream(name),
        subjects: vec![format!("$KV.{name}.>")],
        max_messages_per_subject: 1,
        deny_purge: false,
        allow_rollup: true,
        description: Some(description.to_owned()),
        ..unlimited(name, replicas)
    }
}

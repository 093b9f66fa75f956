//! The settings that each stream must have.

use std::time::Duration;

use async_nats::jetstream::stream::{
    Config, DiscardPolicy, RetentionPolicy, Source, StorageType, SubjectTransform,
};

use super::{
    CONTROL_BUCKET, EVENTS, IMPORT, Projection, RELATIONS_BUCKET, REPORT, Replicas, TICK,
    TOKENS_BUCKET, WEBHOOKS_BUCKET,
};

/// How long the server knows a message's id again. The appender gives a commit up well before
/// (see `appender::Options::give_up_after`), so none of its retries is stored twice; a longer
/// window would only cost memory.
const DUPLICATE_WINDOW: Duration = Duration::from_secs(60);

/// The truth: nothing is ever discarded, deleted or purged.
pub(super) fn events(replicas: Replicas) -> Config {
    Config {
        subjects: vec![REPORT.to_owned(), IMPORT.to_owned(), TICK.to_owned()],
        duplicate_window: DUPLICATE_WINDOW,
        description: Some("Detente: commits of records; the truth, kept for ever".to_owned()),
        ..kept(EVENTS, replicas)
    }
}

/// The change feed of one projection. It may be deleted as a whole when the projection is done.
pub(super) fn relations(projection: &Projection, replicas: Replicas) -> Config {
    Config {
        subjects: vec![projection.subject(">")],
        allow_atomic_publish: true,
        description: Some(
            "Detente: views of relations with the changes that led to them".to_owned(),
        ),
        ..kept(&projection.stream(), replicas)
    }
}

/// The latest views, fed by the server itself from a message of a projection on: nobody else
/// writes here, but whoever fills it at a switch.
pub(super) fn relations_bucket(feed: Option<(&Projection, u64)>, replicas: Replicas) -> Config {
    Config {
        sources: feed.map(|(projection, from)| vec![source(projection, from)]),
        description: Some("Detente: the latest view of each relation".to_owned()),
        ..bucket(RELATIONS_BUCKET, replicas)
    }
}

/// What the services must agree on.
pub(super) fn control(replicas: Replicas) -> Config {
    Config {
        description: Some("Detente: active projection, tokens, webhooks".to_owned()),
        ..bucket(CONTROL_BUCKET, replicas)
    }
}

/// What is kept of tokens.
pub(super) fn tokens(replicas: Replicas) -> Config {
    Config {
        description: Some("Detente: what is kept of tokens".to_owned()),
        ..bucket(TOKENS_BUCKET, replicas)
    }
}

/// The webhooks, and how far each came.
pub(super) fn webhooks(replicas: Replicas) -> Config {
    Config {
        description: Some("Detente: webhooks, and how far each came".to_owned()),
        ..bucket(WEBHOOKS_BUCKET, replicas)
    }
}

/// The name of the stream behind a bucket.
pub fn bucket_stream(bucket: &str) -> String {
    format!("KV_{bucket}")
}

fn kept(name: &str, replicas: Replicas) -> Config {
    Config {
        name: name.to_owned(),
        retention: RetentionPolicy::Limits,
        storage: StorageType::File,
        // There are no limits; if somebody sets one, the stream must refuse and not forget.
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

/// What a NATS client takes for a key-value bucket with a history of one.
fn bucket(name: &str, replicas: Replicas) -> Config {
    Config {
        name: bucket_stream(name),
        subjects: vec![format!("$KV.{name}.>")],
        max_messages_per_subject: 1,
        deny_purge: false,
        allow_rollup: true,
        ..kept(name, replicas)
    }
}

fn source(projection: &Projection, from: u64) -> Source {
    Source {
        name: projection.stream(),
        // Else the server feeds the bucket only with what comes after its last message.
        start_sequence: Some(from),
        subject_transforms: vec![SubjectTransform {
            source: projection.subject("*.*"),
            destination: format!("$KV.{RELATIONS_BUCKET}.{{{{wildcard(1)}}}}.{{{{wildcard(2)}}}}"),
        }],
        ..Source::default()
    }
}

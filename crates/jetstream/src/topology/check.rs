//! Compares a stream's settings with the required ones.

use async_nats::jetstream::stream::{Config, PersistenceMode, Source};

use super::TopologyError;

/// Refuses the first setting that differs. More replicas and a longer duplicate window than required
/// are accepted.
pub(super) fn same(found: &Config, wanted: &Config) -> Result<(), TopologyError> {
    let mismatch = |field, found, wanted_value| {
        let stream = wanted.name.clone();
        Err(TopologyError::Mismatch {
            stream,
            field,
            found,
            wanted: wanted_value,
        })
    };
    for ((field, found), (_, wanted)) in settings(found).into_iter().zip(settings(wanted)) {
        if found != wanted {
            return mismatch(field, found, wanted);
        }
    }
    // The longer one recognises the same retries.
    if found.duplicate_window < wanted.duplicate_window {
        let least = format!("{:?} or more", wanted.duplicate_window);
        let found = format!("{:?}", found.duplicate_window);
        return mismatch("duplicate_window", found, least);
    }
    if found.num_replicas < wanted.num_replicas {
        let least = format!("{} or more", wanted.num_replicas);
        return mismatch("num_replicas", found.num_replicas.to_string(), least);
    }
    Ok(())
}

/// Describes a stream's sources in one line.
pub(super) fn sources(config: &Config) -> String {
    let describe = |source: &Source| {
        let transforms: Vec<String> = source
            .subject_transforms
            .iter()
            .map(|transform| format!("{} to {}", transform.source, transform.destination))
            .collect();
        format!("{} ({})", source.name, transforms.join(", "))
    };
    let sources: Vec<String> = config.sources.iter().flatten().map(describe).collect();
    if sources.is_empty() {
        "none".to_owned()
    } else {
        sources.join("; ")
    }
}

/// Returns every setting that could lose, change, add or reveal a message, or keep readers out, by
/// the server's names.
fn settings(config: &Config) -> Vec<(&'static str, String)> {
    let mut subjects = config.subjects.clone();
    subjects.sort();
    let lower = |value: &dyn std::fmt::Debug| format!("{value:?}").to_lowercase();
    let mirror = config.mirror.as_ref();
    let persist_async = matches!(config.persist_mode, Some(PersistenceMode::Async));
    vec![
        ("subjects", subjects.join(", ")),
        ("storage", lower(&config.storage)),
        ("retention", lower(&config.retention)),
        ("discard", lower(&config.discard)),
        (
            "discard_new_per_subject",
            config.discard_new_per_subject.to_string(),
        ),
        ("max_age", format!("{:?}", config.max_age)),
        ("max_msgs", limit(config.max_messages)),
        ("max_bytes", limit(config.max_bytes)),
        (
            "max_msgs_per_subject",
            limit(config.max_messages_per_subject),
        ),
        ("max_msg_size", limit(config.max_message_size.into())),
        ("no_ack", config.no_ack.to_string()),
        ("sealed", config.sealed.to_string()),
        ("deny_delete", config.deny_delete.to_string()),
        ("deny_purge", config.deny_purge.to_string()),
        ("allow_direct", config.allow_direct.to_string()),
        ("allow_rollup_hdrs", config.allow_rollup.to_string()),
        ("allow_atomic", config.allow_atomic_publish.to_string()),
        ("allow_msg_ttl", config.allow_message_ttl.to_string()),
        (
            "persist_mode",
            if persist_async { "async" } else { "default" }.to_owned(),
        ),
        (
            "mirror",
            mirror.map_or("none", |mirror| &mirror.name).to_owned(),
        ),
        ("sources", sources(config)),
        (
            "subject_transform",
            format!("{:?}", config.subject_transform),
        ),
        ("max_consumers", limit(config.max_consumers.into())),
        ("republish", format!("{:?}", config.republish)),
        ("consumer_limits", format!("{:?}", config.consumer_limits)),
        (
            "first_seq",
            config.first_sequence.unwrap_or(1).max(1).to_string(),
        ),
        (
            "allow_msg_counter",
            config.allow_message_counter.to_string(),
        ),
        (
            "allow_msg_schedules",
            config.allow_message_schedules.to_string(),
        ),
    ]
}

/// Formats a limit; the server treats 0 and negative numbers as "none".
fn limit(value: i64) -> String {
    if value <= 0 {
        "none".to_owned()
    } else {
        value.to_string()
    }
}

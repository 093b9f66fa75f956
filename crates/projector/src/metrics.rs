//! The projector's metrics: names and recording functions.

use std::time::Duration;

use metrics::{
    Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};

use crate::progress::Progress;

/// The last commit whose changes are published.
pub const POSITION: &str = "detente_projector_position";
/// The number of commits whose changes are not published yet.
pub const LAG: &str = "detente_projector_lag";
/// Published changes.
pub const CHANGES_TOTAL: &str = "detente_projector_changes_total";
/// Published messages.
pub const MESSAGES_TOTAL: &str = "detente_projector_messages_total";
/// Time from publishing messages to their acknowledgement.
pub const PUBLISH_SECONDS: &str = "detente_projector_publish_seconds";
/// Records that could not be decoded, and were skipped.
pub const SKIPPED_TOTAL: &str = "detente_projector_skipped_total";

/// Describes the metrics for their recorder.
pub fn describe() {
    describe_gauge!(POSITION, "The last commit whose changes are published.");
    describe_gauge!(
        LAG,
        "The number of commits whose changes are not published yet."
    );
    describe_counter!(CHANGES_TOTAL, "Published changes.");
    describe_counter!(MESSAGES_TOTAL, "Published messages.");
    describe_histogram!(
        PUBLISH_SECONDS,
        Unit::Seconds,
        "Time from publishing messages to their acknowledgement."
    );
    describe_counter!(
        SKIPPED_TOTAL,
        "Records that could not be decoded, and were skipped."
    );
}

pub(crate) fn published(messages: usize, changes: usize, took: Duration) {
    counter!(MESSAGES_TOTAL).increment(messages as u64);
    counter!(CHANGES_TOTAL).increment(changes as u64);
    histogram!(PUBLISH_SECONDS).record(took);
}

pub(crate) fn progressed(progress: &Progress) {
    gauge!(POSITION).set(progress.position as f64);
    gauge!(LAG).set(progress.lag() as f64);
}

pub(crate) fn skipped(position: u64, records: u64) {
    tracing::warn!(position, records, "records could not be decoded");
    counter!(SKIPPED_TOTAL).increment(records);
}

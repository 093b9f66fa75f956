//! The projector's metrics: names, and one function per happening.

use std::time::Duration;

use metrics::{
    Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};

use crate::progress::Progress;

/// The last commit of which everything is told.
pub const POSITION: &str = "detente_projector_position";
/// How many commits of the log are not told yet.
pub const LAG: &str = "detente_projector_lag";
/// Changes told.
pub const CHANGES_TOTAL: &str = "detente_projector_changes_total";
/// Messages published.
pub const MESSAGES_TOTAL: &str = "detente_projector_messages_total";
/// From the hand-over of messages to their acknowledgement.
pub const PUBLISH_SECONDS: &str = "detente_projector_publish_seconds";
/// Records that were not understood, and skipped.
pub const SKIPPED_TOTAL: &str = "detente_projector_skipped_total";

/// Describes the metrics to whatever collects them.
pub fn describe() {
    describe_gauge!(POSITION, "The last commit of which everything is told.");
    describe_gauge!(LAG, "How many commits of the log are not told yet.");
    describe_counter!(CHANGES_TOTAL, "Changes told.");
    describe_counter!(MESSAGES_TOTAL, "Messages published.");
    describe_histogram!(
        PUBLISH_SECONDS,
        Unit::Seconds,
        "From the hand-over of messages to their acknowledgement."
    );
    describe_counter!(
        SKIPPED_TOTAL,
        "Records that were not understood, and skipped."
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
    tracing::warn!(position, records, "records were not understood");
    counter!(SKIPPED_TOTAL).increment(records);
}

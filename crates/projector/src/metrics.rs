//! The projector's metrics: names and recording functions.

use std::time::Duration;

use detente_domain::relations::Pair;
use metrics::{counter, gauge, histogram};

use crate::progress::Progress;

detente_api::metrics_table! {
    POSITION gauge "detente_projector_position" "The last commit whose changes are published.";
    LAG gauge "detente_projector_lag"
        "The number of commits whose changes are not published yet.";
    LEADS gauge "detente_projector_leads"
        "1 while this projector publishes; 0 while it stands by for another one.";
    CHANGES_TOTAL counter "detente_projector_changes_total" "Published changes.";
    MESSAGES_TOTAL counter "detente_projector_messages_total" "Published messages.";
    PUBLISH_SECONDS seconds "detente_projector_publish_seconds"
        "Time from publishing messages to their acknowledgement.";
    VIEWS_TOTAL counter "detente_projector_views_total"
        "Views written to the relations bucket.";
    OMITTED_TOTAL counter "detente_projector_omitted_total"
        "Changes and views that are too large for a message, and were left out.";
    SKIPPED_TOTAL counter "detente_projector_skipped_total"
        "Records that could not be decoded, and were skipped.";
}

pub(crate) fn published(messages: usize, changes: usize, took: Duration) {
    counter!(MESSAGES_TOTAL).increment(messages as u64);
    counter!(CHANGES_TOTAL).increment(changes as u64);
    histogram!(PUBLISH_SECONDS).record(took);
}

pub(crate) fn views_written(views: usize) {
    counter!(VIEWS_TOTAL).increment(views as u64);
}

pub(crate) fn progressed(progress: &Progress) {
    gauge!(POSITION).set(progress.position as f64);
    gauge!(LAG).set(progress.lag() as f64);
    gauge!(LEADS).set(f64::from(u8::from(progress.leads)));
}

pub(crate) fn omitted(changes: u64) {
    tracing::error!(
        changes,
        "a change is too large for a message, and a mark is in its place"
    );
    counter!(OMITTED_TOTAL).increment(changes);
}

pub(crate) fn view_omitted(pair: Pair, position: u64) {
    tracing::error!(%pair, position, "a view is too large for a message, and is left out");
    counter!(OMITTED_TOTAL).increment(1);
}

pub(crate) fn skipped(position: u64, records: u64) {
    tracing::warn!(position, records, "records could not be decoded");
    counter!(SKIPPED_TOTAL).increment(records);
}

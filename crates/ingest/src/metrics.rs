//! Metrics of the gateway: names, labels, and a function for each event.

use std::time::Duration;

use detente_api::submission::ReportOutcome;
use metrics::{counter, gauge, histogram};

use crate::error::Failure;
use crate::probe::Disk;

detente_api::metrics_table! {
    RECORDS_TOTAL counter "detente_ingest_records_total" "Records by outcome.";
    FAILURES_TOTAL counter "detente_ingest_failures_total"
        "Requests that failed through no fault of the client.";
    TICKS_TOTAL counter "detente_ingest_ticks_total" "Ticks that were appended.";
    LOG_END gauge "detente_ingest_log_end" "The last commit of the log, looked at once a second.";
    COMMIT_SECONDS seconds "detente_ingest_commit_seconds"
        "From sending a commit to its acknowledgement.";
    LOG_BYTES gauge "detente_log_bytes" "Bytes of the messages of the log.";
    LOG_BYTES_MAX gauge "detente_log_bytes_max"
        "Bytes that all streams of the account may take, if it has a limit.";
    DISK_FREE_BYTES gauge "detente_disk_free_bytes"
        "Free bytes on the disk of the log, if it is one of this machine.";
}

/// `accepted`, `repeated` or `refused`.
pub const OUTCOME: &str = "outcome";
/// The stable code of a failure.
pub const CODE: &str = "code";

pub(crate) fn log_ends(position: u64) {
    gauge!(LOG_END).set(position as f64);
}

pub(crate) fn answered(answer: &ReportOutcome) {
    let repeated = answer
        .accepted
        .iter()
        .filter(|accepted| accepted.repeat)
        .count();
    count("accepted", answer.accepted.len() - repeated);
    count("repeated", repeated);
    count("refused", answer.refused.len());
}

pub(crate) fn failed(failure: &Failure) {
    let accepted = failure.accepted.len();
    tracing::error!(
        code = failure.code.as_str(),
        accepted,
        "a request failed: {failure}"
    );
    counter!(FAILURES_TOTAL, CODE => failure.code.as_str()).increment(1);
}

pub(crate) fn room(log: Option<u64>, max: Option<u64>, disk: Option<Disk>) {
    if let Some(bytes) = log {
        gauge!(LOG_BYTES).set(bytes as f64);
    }
    if let Some(bytes) = max {
        gauge!(LOG_BYTES_MAX).set(bytes as f64);
    }
    if let Some(disk) = disk {
        gauge!(DISK_FREE_BYTES).set(disk.free as f64);
    }
}

pub(crate) fn committed(took: Duration) {
    histogram!(COMMIT_SECONDS).record(took);
}

pub(crate) fn ticked(day: detente_domain::day::Day, position: u64) {
    tracing::info!(%day, position, "appended the tick of a new day");
    counter!(TICKS_TOTAL).increment(1);
}

fn count(outcome: &'static str, records: usize) {
    if records > 0 {
        counter!(RECORDS_TOTAL, OUTCOME => outcome).increment(records as u64);
    }
}

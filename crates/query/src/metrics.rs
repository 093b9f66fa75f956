//! Metrics of reads.

use std::time::Duration;

use metrics::{counter, histogram};

detente_api::metrics_table! {
    REQUESTS_TOTAL counter "detente_query_requests_total" "Answers by route and status.";
    REQUEST_SECONDS seconds "detente_query_request_seconds" "The duration of answers.";
}

/// The route's pattern.
pub const ROUTE: &str = "route";
/// The HTTP status.
pub const STATUS: &str = "status";

pub(crate) fn count_answer(route: &str, status: u16, took: Duration) {
    let route = route.to_owned();
    histogram!(REQUEST_SECONDS, ROUTE => route.clone()).record(took);
    counter!(REQUESTS_TOTAL, ROUTE => route, STATUS => status.to_string()).increment(1);
}

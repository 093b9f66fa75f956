//! Metrics of reads.

use std::time::Duration;

use metrics::{Unit, counter, describe_counter, describe_histogram, histogram};

/// Answers by route and status; labels [`ROUTE`] and [`STATUS`].
pub const REQUESTS_TOTAL: &str = "detente_query_requests_total";
/// The duration of answers; label [`ROUTE`].
pub const REQUEST_SECONDS: &str = "detente_query_request_seconds";

/// The route's pattern.
pub const ROUTE: &str = "route";
/// The HTTP status.
pub const STATUS: &str = "status";

/// Describes the metrics to the recorder.
pub fn describe() {
    describe_counter!(REQUESTS_TOTAL, "Answers by route and status.");
    describe_histogram!(REQUEST_SECONDS, Unit::Seconds, "The duration of answers.");
    detente_read_model::metrics::describe();
    detente_feed::metrics::describe();
}

pub(crate) fn count_answer(route: &str, status: u16, took: Duration) {
    let route = route.to_owned();
    histogram!(REQUEST_SECONDS, ROUTE => route.clone()).record(took);
    counter!(REQUESTS_TOTAL, ROUTE => route, STATUS => status.to_string()).increment(1);
}

//! What whoever runs a service asks it: the same doors for every role.

use serde_json::json;

use crate::describe::{Operation, Shape};
use crate::reply::JSON;

const TAG: &str = "Operation";

/// `GET /livez`.
#[must_use]
pub fn live() -> Operation {
    Operation::get("/livez", "live", TAG, "Whether the process runs")
        .answers(200, "It does.", "text/plain", Shape::Text)
        .open()
}

/// `GET /readyz`.
#[must_use]
pub fn ready() -> Operation {
    let shape = || Shape::As(json!({"type": "object", "required": ["ready", "failing"]}));
    Operation::get(
        "/readyz",
        "ready",
        TAG,
        "Whether it does its work, and what fails if not",
    )
    .answers(200, "It does.", JSON, shape())
    .answers(503, "It does not.", JSON, shape())
    .open()
}

/// `GET /metrics`.
#[must_use]
pub fn metrics() -> Operation {
    Operation::get(
        "/metrics",
        "metrics",
        TAG,
        "Metrics in the text form of Prometheus",
    )
    .answers(
        200,
        "The metrics of the process.",
        "text/plain",
        Shape::Text,
    )
}

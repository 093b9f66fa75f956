//! The operator's routes, the same for every service.

use serde_json::json;

use crate::describe::{Operation, Shape};
use crate::reply::JSON;

const TAG: &str = "Operation";

/// `GET /livez`.
#[must_use]
pub fn live() -> Operation {
    Operation::get("/livez", "live", TAG, "Liveness: whether the process runs")
        .answers(200, "The process runs.", "text/plain", Shape::Text)
        .public()
}

/// `GET /readyz`.
#[must_use]
pub fn ready() -> Operation {
    let shape = || Shape::Schema(json!({"type": "object", "required": ["ready", "failing"]}));
    Operation::get(
        "/readyz",
        "ready",
        TAG,
        "Whether it does its work, and what fails if not",
    )
    .answers(200, "Ready.", JSON, shape())
    .answers(503, "Not ready.", JSON, shape())
    .public()
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

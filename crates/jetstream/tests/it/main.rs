//! The whole crate against a real nats-server, started by the crate's own supervisor.

#![expect(
    clippy::expect_used,
    reason = "a test fails by panicking, its helpers too"
)]

mod appender;
mod reader;
mod relations;
mod service;
mod support;
mod topology;

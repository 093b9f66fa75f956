//! Tests with a real nats-server.
#![expect(
    clippy::expect_used,
    reason = "a test fails by panicking, its helpers too"
)]

mod access;
mod disk;
mod server;

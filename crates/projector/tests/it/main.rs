//! Tests of the supervised projector with a real nats-server.

#![expect(
    clippy::expect_used,
    reason = "a helper of a test fails where it fails"
)]

mod endings;
mod feed;
mod history;
mod restarts;
mod standby;
mod support;
mod views;

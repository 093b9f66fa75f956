//! Tests of the gateway over HTTP and NATS with a real nats-server.

#![expect(
    clippy::expect_used,
    reason = "a helper of a test fails where it fails"
)]

mod admission;
mod failure;
mod full;
mod gateways;
mod keys;
mod limits;
mod nats;
mod repeats;
mod support;
mod ticks;

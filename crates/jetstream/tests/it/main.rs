//! Tests with a real nats-server.

#![expect(
    clippy::expect_used,
    reason = "a test fails by panicking, its helpers too"
)]

mod appender;
mod cluster;
mod connect;
mod denied;
mod feed_writer;
mod fence;
mod reader;
mod reader_damage;
mod restore;
mod service;
mod support;
mod topology;

//! Access to NATS JetStream.
//!
//! Streams and buckets ([`topology`]), the group-commit [`appender`], the ordered [`reader`], the
//! fenced writer of a change feed ([`feed_writer`]), key-value buckets ([`kv`], [`views`]), what can
//! be asked of the server ([`stream_info`], [`leader`], [`account`]), [`progress`], the NATS [`service`] and [`restore`]. Records, views and replies are opaque bytes here. The crate reads
//! neither environment variables nor the wall clock.

pub mod account;
pub mod appender;
pub mod backoff;
pub mod commit;
pub mod connect;
pub mod feed_writer;
pub mod headers;
pub mod kv;
pub mod leader;
pub mod progress;
pub mod reader;
pub mod restore;
pub mod server_report;
pub mod service;
pub mod stream_info;
pub mod topology;
pub mod version;
pub mod views;

mod across_reconnects;
mod checkpoint;
mod consumer;
mod denied;
mod incarnation;
mod message;
mod reminder;
mod transient;

pub use checkpoint::Checkpoint;
pub use connect::Connection;
pub use headers::Headers;
pub use incarnation::Incarnation;
pub use message::Message;
pub use version::Version;

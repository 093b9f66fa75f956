//! The HTTP endpoints of reads and subscriptions.
//!
//! This crate follows the log through `detente-read-model` and never appends to it.

pub mod http;
mod markdown;
pub mod metrics;

pub use http::router;

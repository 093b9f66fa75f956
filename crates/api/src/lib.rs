//! Requests, views and refusals of the API: the names and messages that clients see.
//!
//! | module | contents |
//! |---|---|
//! | [`request`] | one typed struct for each question, parsed from HTTP, JSON and protobuf |
//! | [`json`] | events and amendments in JSON, NDJSON and CloudEvents, validated when parsed |
//! | [`view`] | the answers, shared by HTTP, the console, the command line and NATS |
//! | [`table`] | the columns of lists as CSV |
//! | [`message`] | submissions and views in protobuf |
//! | [`proto`] | the generated protobuf messages |
//! | [`refusal`] | errors of clients, with stable codes |
//!
//! This crate contains no rules of the fold and opens no sockets.

pub mod failure;
pub mod json;
pub mod message;
pub mod proto;
pub mod refusal;
pub mod request;
pub mod table;
pub mod view;

mod topic;

pub use failure::FailureCode;
pub use refusal::{Code, Refusal};

//! Requests, views and refusals of the API: the names and messages that clients see.
//!
//! | module | contents |
//! |---|---|
//! | [`request`] | one typed struct for each question, parsed from HTTP, JSON and protobuf |
//! | [`submission`] | events and amendments in JSON, CloudEvents and protobuf, validated when parsed |
//! | [`view`] | the answers, shared by HTTP, gRPC, NATS and the command line |
//! | [`table`] | the columns of lists as CSV |
//! | [`text`] | text that others wrote, made safe for where it is shown |
//! | [`message`] | views in protobuf |
//! | [`proto`] | the generated protobuf messages |
//! | [`refusal`] | errors of clients, with stable codes |
//!
//! [`metrics_table!`] defines the metrics of a service, whose names operators see.
//!
//! This crate contains no rules of the fold and opens no sockets.

pub mod failure;
pub mod message;
pub mod proto;
pub mod refusal;
pub mod request;
pub mod submission;
pub mod table;
pub mod text;
pub mod view;

mod metrics;
mod topic;

pub use failure::FailureCode;
pub use refusal::{Code, Refusal};

//! Requests, views and refusals of the API: every field name, message and status code that a
//! client sees.
//!
//! - [`refusal`]: what was wrong with a request and what to do;
//! - [`parse`]: parties and relations as people name them;
//! - [`json`]: events and amendments as JSON, NDJSON and CloudEvents, read strictly;
//! - [`view`]: the answers, shared by HTTP, the console, the command line and NATS; [`table`]
//!   names the columns of lists;
//! - [`message`]: the same requests and answers as protobuf ([`proto`] is generated).
//!
//! It has no rule of the fold and opens no socket.

pub mod proto;

pub mod parse;
pub mod refusal;
pub mod request;

pub mod json;

pub mod message;
pub mod table;
pub mod view;

pub use refusal::{Code, Refusal};

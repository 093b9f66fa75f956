//! Events and amendments that clients submit, in JSON or in protobuf, and the answer to them.
//!
//! Parsing a row returns all its refusals (at most 24), not only the first, and a bad row does not affect the
//! others. Everything that parses may be stored: all limits, and all rules of admission that need
//! neither a clock nor the log, are checked here, by the same code for both formats.

mod amendment;
mod background;
mod body;
mod cloud_event;
mod dto;
mod event;
mod idempotency;
mod input;
mod json;
mod outcome;
mod parties;
mod proto;
mod report;
mod rows;
mod rows_splitter;
pub mod schema;
mod validator;

pub use amendment::{Amend, Amendment, amendment};
pub use body::{BODY_RELATIONS_MAX, BodyKind, Row, check_count, too_many_rows};
pub use cloud_event::{foreign_id, header_attributes, header_text};
pub use dto::{DetailDto, EventDto, PatchDto, ReportDto};
pub use event::{Draft, RELATIONS_MAX, event};
pub use idempotency::{IDEMPOTENCY_KEY, IdempotencyKey, KeyedRequest};
pub use json::parse_json;
pub use outcome::{Accepted, Refused, ReportOutcome};
pub use proto::{from_message, from_messages};
pub use rows::{BodyFormat, Submission, binary, json_rows, single, submissions};
pub use validator::SUGGESTIONS_MAX;

//! Events and amendments in JSON: strict parsing, and structs for serialisation.
//!
//! Parsing a row returns all its refusals, not only the first, and a bad row does not affect the
//! others. Everything that parses may be stored: all limits, and all rules of admission that need
//! neither a clock nor the log, are checked here.

mod amendment;
mod cloud_event;
mod dto;
mod event;
mod idempotency;
mod outcome;
mod parties;
mod report;
mod rows;
mod rows_splitter;
mod validator;

pub use amendment::{Amend, Amendment, amendment};
pub use cloud_event::foreign_id;
pub use dto::{DetailDto, EventDto, PatchDto, ReportDto};
pub use event::{Draft, TITLE_MAX, event};
pub use idempotency::{IDEMPOTENCY_KEY, IdempotencyKey, KEY_MAX, KeyedRequest};
pub use outcome::{Accepted, Refused, ReportOutcome};
pub use report::{PUBLISHER_MAX, QUOTE_MAX, URL_MAX};
pub use rows::{BodyFormat, MEDIA_TYPES, Submission, binary, single, submissions};

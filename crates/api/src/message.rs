//! The protobuf API: views as messages, and messages as submissions.
//!
//! A message has the fields of the JSON, with the same names. Objects that JSON flattens are nested
//! (`cited`, `key`), null is an absent field, and words of closed lists are enums. Submissions are
//! converted to their JSON and parsed like it, so both formats follow the same rules.

mod field;
mod submission;
mod views;

pub use submission::submission;

/// The type URL of the message with all refusals of a request, in the details of its status.
pub const REFUSALS_URL: &str = "type.googleapis.com/detente.v1.Refusals";

//! Views as messages of the protobuf API.
//!
//! A message has the fields of the JSON, with the same names. Objects that JSON flattens are nested
//! (`cited`, `key`), null is an absent field, and words of closed lists are enums.

mod field;
mod views;

/// The type URL of the message with all refusals of a request, in the details of its status.
pub const REFUSALS_URL: &str = "type.googleapis.com/detente.v1.Refusals";

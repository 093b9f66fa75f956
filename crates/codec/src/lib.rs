//! The protobuf encoding of the log.
//!
//! [`record`] encodes and decodes whole records. [`mod@skim`] decodes only the fields that a fold
//! needs and skips the rest. Bytes that were once written can be read for ever; `tests/fixtures`
//! keeps some of each kind. This crate has no rule of the fold and opens no socket.

mod proto;

pub mod record;
pub mod skim;

pub use record::{NotUnderstood, Read, Unreadable, decode, encode};
pub use skim::{EventSkim, Skim, skim};

//! The protobuf encoding of the log.
//!
//! [`record`] encodes and decodes whole records. [`mod@skim`] decodes only the fields that a fold
//! needs and skips the rest. Old bytes stay readable for ever; `tests/fixtures` has some of each
//! kind. This crate has no rule of the fold and opens no socket.

pub mod proto;
pub mod record;
pub mod skim;

pub use record::{Decoded, NotUnderstood, Unreadable, decode, encode};
pub use skim::{EventSkim, Skim, skim};

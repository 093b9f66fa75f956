//! The protobuf encoding of the log.
//!
//! [`record`] encodes and decodes whole records. [`mod@skim`] decodes only the fields that a fold
//! needs and skips the rest. Old bytes stay readable forever; `tests/fixtures` has samples of each
//! kind. This crate contains no fold rules and opens no sockets.

pub mod proto;
pub mod record;
pub mod skim;

pub use record::{Decoded, NotUnderstood, Unreadable, decode, encode};
pub use skim::{Skim, skim};

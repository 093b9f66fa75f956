//! Protobuf, JSON and TOML forms of the words, both ways, and the refusals.
//!
//! This room owns every field name, tag number and status code that leaves the process. It holds
//! no rule of the fold and opens no socket: bytes come in as arguments, values go out.
//!
//! - the log: [`record`] writes and reads records, [`mod@skim`] reads what a replay folds and skips
//!   the rest;
//! - the doors: [`json`] reads events and amendments strictly and writes them back, [`refusal`]
//!   says what was wrong and what to do;
//! - the rules: [`rulebook`] reads the commented TOML file, and names the projection;
//! - the answers: [`view`] holds the JSON of relations, countries, changes and events, which the
//!   API, the console, the command line and NATS share; [`table`] says which columns a list has;
//!   [`mod@api`] gives them as protobuf, and reads reports in it.

mod near;
pub mod proto;
#[cfg(test)]
mod strategies;

pub mod record;
pub mod skim;

pub mod json;
pub mod refusal;

pub mod rulebook;

pub mod api;
pub mod table;
pub mod view;

pub use record::{NotUnderstood, Read, Unreadable, decode, encode};
pub use refusal::{Code, Refusal};
pub use skim::{EventSkim, Skim, skim};

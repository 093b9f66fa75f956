//! Rulebooks as commented TOML files.
//!
//! [`examine`] and [`parse()`] read a file into the rules of `detente-domain` and report every
//! problem with its line. Numbers are read from their digits, never through floating point: `0.3`
//! is 300 thousandths on every machine. [`differences`] compares two files, [`stored`] is the
//! form in which the registry keeps one, and [`projection_id`] names the projection of one.

pub mod stored;

mod decimal;
mod diff;
mod hints;
mod lints;
mod messages;
mod parse;
mod problem;
mod projection;
mod reader;
mod sections;

pub use diff::{EvidenceSummary, KeyDifference, differences};
pub use parse::{DEFAULT, Examined, default_rulebook, examine, parse};
pub use problem::Problem;
pub use projection::{id_in_name, next_name, projection_id};
pub use stored::{Origin, Stored};

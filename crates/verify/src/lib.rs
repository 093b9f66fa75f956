//! Verification of everything that is stored and published.
//!
//! [`verify`] reads the whole log, checks each commit, derives every message of the change feed
//! with the projector's own code and compares byte for byte; then it compares each entry of the
//! bucket of the latest views with the fold at the entry's position. It writes nothing and continues after a finding where possible. It
//! needs the memory of a chronicle and of one group of messages.
//!
//! Reading order: [`report`] (the findings), `scanner` (a stream with its gaps), `log` (the
//! commits), `feed` (the messages), `bucket`, `control`, `notes`, [`run`] (all of them).

pub mod report;
pub mod run;

mod bucket;
mod control;
mod diff;
mod error;
mod feed;
mod log;
mod notes;
mod scanner;

pub use error::Error;
pub use report::{Code, Finding, Report};
pub use run::{Progress, verify};

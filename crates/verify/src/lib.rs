//! Verifying: the whole log is read again and refolded, and compared with all that was published.
//!
//! This room writes nothing. It checks each commit of the log, derives every message of the change
//! feed with the projector's own code, and compares byte for byte; then it compares the bucket of
//! the latest views with the feed. It goes on after what it finds, as far as that can be judged.
//! It needs the memory of a chronicle, and of the feed no more than one group of messages.
//!
//! Reading order: [`report`] (what can be found), `walk` (a stream with its holes), `log` (the
//! commits), `feed` (the messages against the fold), `bucket`, [`run`] (all of it).

pub mod report;

mod walk;

mod log;

mod differ;
mod feed;

mod bucket;

mod loose;

pub mod run;

pub use report::{Code, Finding, Report};
pub use run::{Deps, Error, Progress, verify};

//! Applies the commits of the log to a chronicle.
//!
//! Every process that folds the log applies commits in the same way: records are decoded partly,
//! and in full only where that is not enough. This crate holds no rule and keeps no state.

mod apply;
mod commit_skim;
mod prefetch;

pub use apply::{RecordOutcome, apply};
pub use commit_skim::CommitSkim;
pub use prefetch::{Commit, Prefetch};

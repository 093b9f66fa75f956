//! From the log to a chronicle.
//!
//! Every process that folds the log applies commits in the same way: partly decoded, and decoded
//! whole only where that is not enough. This crate holds no rule and keeps no state.

mod ahead;
mod skimmed;
mod take;

pub use ahead::{Ahead, Commit};
pub use skimmed::Skimmed;
pub use take::{Record, take, take_skimmed};

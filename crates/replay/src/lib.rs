//! From the log into a chronicle.
//!
//! Everybody who folds the log (the projector, each query replica, a bench) takes commits in the
//! same way: skimmed, and decoded whole only where skimming is not enough. Here is that way, once;
//! and the [`shelf`], which says under which rulebook. It holds no rule, keeps no state, and
//! answers nobody.

mod ahead;
pub mod shelf;
mod skimmed;
mod take;

pub use ahead::{Ahead, Commit};
pub use shelf::{Book, Shelf, ShelfError, Standing};
pub use skimmed::Skimmed;
pub use take::{Record, take, take_skimmed};

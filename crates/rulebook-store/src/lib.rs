//! The rulebooks that are stored in the control bucket.
//!
//! Every process that folds the log uses it: the projector, the query service and the command line.
//! [`store`] reads and writes the bucket, `control` finds what it names despite damage, `snapshot`
//! chooses the rulebook to fold under, and
//! `progress` measures the progress of building a projection.

pub mod store;

mod control;
mod progress;
mod snapshot;

pub use progress::ProjectionProgress;
pub use snapshot::{CompiledRulebook, StoreSnapshot};
pub use store::{Error, Rebuild, RulebookStore};

//! The registry of rulebooks in the control bucket.
//!
//! Every process that folds the log uses it: the projector, the query service and the command line.
//! [`store`] reads and writes the registry, `snapshot` chooses the rulebook to fold under, and
//! `progress` measures the progress of building a projection.

pub mod store;

mod progress;
mod snapshot;

pub use progress::ProjectionProgress;
pub use snapshot::{CompiledRulebook, RegistrySnapshot};
pub use store::{Error, RulebookStore};

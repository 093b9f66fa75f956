//! The registry of rulebooks in the control bucket.
//!
//! Every process that folds the log uses it: the projector, the query service and the command
//! line. [`store`] reads and writes the registry, `snapshot` decides what to fold under, and
//! `progress` measures how far a projection is built.

pub mod store;

mod progress;
mod snapshot;

pub use progress::ProjectionProgress;
pub use snapshot::{CompiledRulebook, RegistrySnapshot};
pub use store::{Error, RulebookStore};

//! The gRPC door: reports, reads and subscriptions.
//!
//! It says what HTTP says: reports end in [`detente_ingest::Gateway::submit`], questions in
//! [`detente_read_model::handlers`], and readers of changes are followed by
//! [`detente_read_model::watcher::Live`]. The messages and their fields are in `wire`; here are the
//! services, the statuses, and how the door behaves. It holds no rule and keeps nothing.
//!
//! Reading order: [`proto`] (the services as generated), `caller` (who asks), `status` (refusals
//! and failures), `report`, `relations`, `changes` (one service each), `health`, `around` (what
//! surrounds every call), [`serve()`] (start and end).

pub mod proto;

mod caller;
mod status;

mod changes;
mod relations;
mod report;

mod around;
mod health;
mod serve;

pub use serve::{Deps, serve};

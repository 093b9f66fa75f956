//! Reports, reads and subscriptions over gRPC.
//!
//! This crate is an adapter: reports go to [`detente_ingest::Gateway::report`], reads to
//! [`detente_read_model::handlers`], and subscriptions to [`detente_read_model::watcher::Watcher`].
//! The messages are in `detente_api`; here are the services, the statuses and the layers. It has no
//! rules and no state.
//!
//! Reading order: [`proto`] (the generated services), `caller` (authentication), `status` (refusals
//! and failures), `report`, `relations`, `changes` (a service each), `health`, `layers`,
//! [`serve()`] (start and end).

pub mod proto;

mod caller;
mod status;

mod changes;
mod relations;
mod report;

mod health;
mod layers;
mod serve;

pub use serve::{Deps, serve};

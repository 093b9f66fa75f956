//! Webhooks: changes, delivered to those who asked for them.
//!
//! A webhook is an address, a filter and a secret, kept in a bucket with the place up to which it
//! was told. One process of all delivers, the one that holds the lease; what it forgets in a crash
//! it delivers again under the same id. Only the reading that answers is told of, so a rulebook
//! that is being built has no effect outside. This room never folds, and never appends to the log.
//!
//! Reading order: [`hook`] and [`entry`] (what a webhook is), [`lanes`] (how far it came, and what waits),
//! [`schedule`], [`address`] (where it may go), `line` (to a receiver), `delivery` (one request) and `attempt`
//! (which),
//! `worker` (one webhook), `lease` and [`service`] with `running` (which process, and which
//! webhooks), `store` (the bucket), [`http`] with [`view`] (the doors), [`file`](mod@file).

pub mod entry;
pub mod hook;
pub mod lanes;

pub mod schedule;

pub mod address;

mod attempt;
mod delivery;
mod line;
mod worker;

mod lease;
mod running;
pub mod service;
mod store;

pub mod file;
pub mod http;
pub mod view;

pub mod metrics;

pub use http::router;
pub use service::{Deps, Webhooks};

//! Webhooks: changes, sent to HTTP receivers.
//!
//! A webhook is an address, a filter and a secret, stored in a bucket with the cursor up to which
//! its changes are delivered. Among several processes, the one with the lease delivers. Deliveries
//! that are lost in a crash are repeated under the same ids. Only changes of the read model in
//! force are sent, so a rulebook that is still being built has no effect outside. This crate
//! neither folds nor appends to the log.
//!
//! Reading order: `webhook` and `request`, `queues` (progress and what is due), `schedule`,
//! `address` (allowed destinations), `pinned_client`, `delivery` (one request), `attempt` (the next
//! one), `worker` (one webhook), `pool` (all of them), `lease` and `service`, `store` (the bucket),
//! `http` with [`view`], [`file`](mod@file).

mod deps;
mod error;

mod request;
mod webhook;

mod queues;
mod schedule;

mod address;
mod attempt;
mod delivery;
mod pinned_client;

mod lease;
mod pool;
mod service;
mod store;
mod worker;

pub mod file;
mod http;
pub mod view;

pub mod metrics;

pub use deps::{DeliveryOptions, Random, WebhookDeps};
pub use http::router;
pub use request::WebhookRequest;
pub use service::Webhooks;
pub use webhook::Status;

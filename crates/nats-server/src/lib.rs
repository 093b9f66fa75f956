//! Finds, fetches and supervises a local nats-server.

mod child;
mod config;
mod fetch;
mod find;
mod home;
mod local;
mod ready;
mod supervise;

pub use find::{Binary, FindError, Search, find_or_fetch};
pub use local::*;

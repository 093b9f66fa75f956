//! Reads and subscriptions: what the log comes to, asked for over HTTP.
//!
//! This room follows the log and never appends to it. [`archive`] is what a reader keeps in
//! memory, [`answers`] are pure readings of it, which the command line uses too when it folds a
//! file; the rest follows the streams and speaks HTTP.
//!
//! Reading order: [`archive`], [`answers`], [`service`] (start, tasks), [`readings`] (of several
//! rulebooks, and the switch), `follow` (the log), [`feed`] (the changes) with
//! [`cursor`], [`questions`] with their [`params`] (what every door asks), [`pace`] (a replay's
//! time), [`health`], `brief` (answers for people), [`http`] (the doors).

pub mod archive;

pub mod answers;

pub mod readings;
pub mod service;

mod follow;
mod library;

pub mod cursor;
pub mod feed;

pub mod params;
pub mod questions;

pub mod pace;

pub mod health;

mod brief;
pub mod http;

pub mod failure;
pub mod metrics;

pub use failure::{Failure, No};
pub use http::router;
pub use readings::Readings;
pub use service::{Clock, Deps, Query};

//! The log as a chronicle that can be asked.
//!
//! Reading order: [`archive`] (what is kept in memory), [`queries`] (pure answers from it, also for
//! a file), [`read_model`] (one rulebook, following the log), [`read_models`] (several, and the
//! switch between them), [`handlers`] (one function for each question, whatever the transport).

pub mod archive;

pub mod queries;

pub mod read_model;
pub mod read_models;

mod follow;
pub mod metrics;
mod records;

pub mod handlers;
pub mod params;

mod pages;
pub mod watcher;

pub mod health;
pub mod pace;

pub use read_model::{Clock, Deps, Query};
pub use read_models::Readings;

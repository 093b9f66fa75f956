//! The log folded in memory, and the reads that it answers.
//!
//! Reading order: [`archive`] (what is kept in memory), [`queries`] (pure functions of it),
//! [`read_model`] (one rulebook, following the log), [`read_models`] (several, and the switch
//! between them), [`source`] (what reads need), [`handlers`] (one function for each request,
//! whatever the transport).

pub mod archive;

pub mod queries;

pub mod read_model;
pub mod read_models;

mod follow;
pub mod metrics;

mod records;
pub mod source;

mod clocks;
mod event_views;
pub mod handlers;

mod pages;
pub mod watcher;

pub mod health;
pub mod pace;

pub use read_model::{Clock, ReadModel, ReadModelDeps, SwitchState};
pub use read_models::ReadModels;
pub use source::ReadSource;

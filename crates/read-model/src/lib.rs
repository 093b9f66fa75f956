//! The log folded in memory, and the reads that it answers.
//!
//! Reading order: [`archive`] (the state in memory), [`queries`] (pure functions of it),
//! [`read_model`] (one rulebook, following the log), [`read_models`] (several, and the switch
//! between them), [`source`] (the input of reads), [`handlers`] (the answer to each request,
//! over any transport), [`mod@board`] (many conducts side by side), [`course`] (one conduct over time), [`mod@publishers`] (what the log has from each), [`mod@preview`] (rows that are not in the log).

pub mod archive;

pub mod queries;

pub mod read_model;
pub mod read_models;

mod follow;
pub mod metrics;

mod records;
pub mod source;
mod turns;

pub mod board;
mod clocks;
pub mod course;
pub mod day_frames;
pub mod event_views;
pub mod handlers;
pub mod preview;
pub mod publishers;

mod pages;
pub mod watcher;

pub mod health;
pub mod pace;

pub use handlers::ReadRequest;
pub use read_model::{Clock, ReadModel, ReadModelDeps, SwitchState};
pub use read_models::ReadModels;
pub use source::ReadSource;

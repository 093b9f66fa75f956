//! The laws of the chronicle, over random histories.

mod history;
mod laws;
mod rules;

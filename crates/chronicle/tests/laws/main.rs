//! The laws of the chronicle, over random histories.

mod grown;
mod history;
mod laws;
mod rules;

//! The chronicle against a model that remembers records and nothing else.
//!
//! The model has no rows, no caches and no resumed folds. For every question it reads all records
//! again, up to the one that was known, and folds everything from nothing.

#[path = "../laws/grown.rs"]
mod grown;
#[path = "../laws/history.rs"]
mod history;
#[path = "../laws/rules.rs"]
mod rules;

mod agree;
mod belief;
mod naive;
mod versions;

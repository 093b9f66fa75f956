//! The chronicle against a naive model.
//!
//! The model has no versions, caches or resumed folds. For every question it reads all records up
//! to the known position again and folds them from nothing.

mod agree;
mod belief;
mod items;
mod naive;
mod regimes;
mod versions;

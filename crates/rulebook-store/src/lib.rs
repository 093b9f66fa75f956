//! Rulebooks in the control bucket: which are kept, which is in force, which is the candidate.
//!
//! It sits beside the key-value store of `detente-jetstream`, which knows no rule, and is used by
//! every process that folds the log: the projector, the query service and the command line.

pub mod shelf;

pub use shelf::{Book, Shelf, ShelfError, Standing};

//! Sample records and the binary under test, for the black-box tests and the benches.

pub mod product;
pub mod sample;

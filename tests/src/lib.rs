//! Sample records, random numbers and the binary under test, for the black-box tests and the
//! benches.

pub mod product;
pub mod random;
pub mod sample;

//! Sample records, random numbers, a NATS client and the binary under test, for the black-box tests
//! and the benches.

pub mod nats;
pub mod product;
pub mod random;
pub mod sample;

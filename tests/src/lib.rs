//! What the black-box tests and benches share: sample records, a real nats-server, the binary.

pub mod product;
pub mod sample;
pub mod server;

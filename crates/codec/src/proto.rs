//! The generated messages of `proto/detente/v1/record.proto`; `tests/it/generated.rs` compares them
//! with the proto files.

include!("generated/detente.v1.rs");

//! The messages of `proto/detente/v1/record.proto`, generated; `tests/it/generated.rs` compares
//! them with the proto file.

include!("generated/detente.v1.rs");

//! The generated protobuf messages of `proto/`, for doors that speak protobuf themselves.
//! `tests/generated.rs` keeps them what `proto/` says.

include!("generated/detente.v1.rs");

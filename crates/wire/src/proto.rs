//! The generated protobuf messages of `proto/`, for doors that speak protobuf themselves.
//! `tests/generated.rs` keeps them what `proto/` says.

include!("gen/detente.v1.rs");

//! The protobuf messages that are generated from `proto/`; a test keeps them up to date.

include!("generated/detente.v1.rs");

//! The generated services of `proto/`, with their clients, and their description for clients that
//! have no proto files. `tests/it/generated.rs` keeps them what `proto/` says.

#![expect(clippy::allow_attributes, reason = "generated")]

include!("generated/detente.v1.rs");

/// The files of the API, as an encoded `FileDescriptorSet`.
pub const DESCRIPTION: &[u8] = include_bytes!("generated/detente.v1.binpb");

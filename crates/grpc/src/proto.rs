//! The generated services of `proto/`, their clients (feature `client`), and their description for
//! reflection. `tests/it/generated.rs` keeps them in step with `proto/`.

#![expect(clippy::allow_attributes, reason = "generated")]

include!("generated/detente.v1.rs");

/// The proto files of the API, as an encoded `FileDescriptorSet`.
pub const DESCRIPTION: &[u8] = include_bytes!("generated/detente.v1.binpb");

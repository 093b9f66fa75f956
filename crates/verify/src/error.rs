//! Errors of verifying.

use detente_jetstream::kv::KvError;
use detente_jetstream::reader::ReadError;
use detente_jetstream::stream_info::StreamInfoError;

/// An error that ends verifying early.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The state of a stream cannot be read.
    #[error(transparent)]
    StreamInfo(#[from] StreamInfoError),
    /// A stream cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The control bucket cannot be read.
    #[error(transparent)]
    Kv(#[from] KvError),
    /// A view cannot be serialised.
    #[error("a view cannot be serialised: {0}")]
    Serialize(#[from] serde_json::Error),
}

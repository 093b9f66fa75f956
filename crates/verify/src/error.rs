//! Errors of verifying.

use detente_jetstream::reader::ReadError;
use detente_jetstream::stream_info::StreamInfoError;
use detente_jetstream::topology::TopologyError;

/// An error that ends verifying early.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The state of a stream cannot be read.
    #[error(transparent)]
    StreamInfo(#[from] StreamInfoError),
    /// A stream cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The configuration of the bucket cannot be read.
    #[error(transparent)]
    Topology(#[from] TopologyError),
}

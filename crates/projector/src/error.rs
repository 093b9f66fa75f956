//! Why a projector stops.

use detente_jetstream::control::ControlError;
use detente_jetstream::inspect::InspectError;
use detente_jetstream::reader::ReadError;
use detente_jetstream::relations::RelationsError;
use detente_jetstream::topology::TopologyError;
use detente_rulebook_store::ShelfError;

/// Why a projector stopped though nobody asked it to.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A stream or bucket is not as it must be.
    #[error(transparent)]
    Topology(#[from] TopologyError),
    /// The active projection could not be read or set.
    #[error(transparent)]
    Control(#[from] ControlError),
    /// The rulebook in force cannot be had.
    #[error(transparent)]
    Shelf(ShelfError),
    /// A stream could not be looked at.
    #[error(transparent)]
    Inspect(#[from] InspectError),
    /// The log cannot be read on: a commit is missing or damaged, and its sequence is named.
    #[error("the log cannot be read: {0}")]
    Read(#[from] ReadError),
    /// Another projector has taken over. Whoever is to stand by starts again: a new projector
    /// goes on from what the other one has written.
    #[error("another projector has written message {sequence} of {stream}")]
    Fenced {
        /// The stream.
        stream: String,
        /// The first message that is not ours.
        sequence: u64,
    },
    /// The changes could not be published.
    #[error("the changes cannot be published: {0}")]
    Publish(RelationsError),
    /// The last message of the change feed is no checkpoint.
    #[error("message {sequence} of {stream} has no checkpoint in its headers")]
    Checkpoint {
        /// The stream.
        stream: String,
        /// The message.
        sequence: u64,
    },
    /// The change feed is ahead of the log: they do not belong together.
    #[error("the changes are told up to commit {position}, but the log ends at {head}")]
    Ahead {
        /// The position of the last change told.
        position: u64,
        /// The end of the log.
        head: u64,
    },
    /// What was half published was other than what is derived now.
    #[error("the commits up to {position} were told in {told} messages, but come to {derived}")]
    Diverged {
        /// The last of the commits.
        position: u64,
        /// How many messages the feed speaks of.
        told: usize,
        /// How many there are now.
        derived: usize,
    },
    /// A view could not be written as JSON.
    #[error("a view cannot be written: {0}")]
    Write(#[from] serde_json::Error),
    /// The fold broke off: a fault of this program.
    #[error("the fold broke off: {0}")]
    Broken(tokio::task::JoinError),
}

impl From<RelationsError> for Error {
    fn from(error: RelationsError) -> Self {
        match error {
            RelationsError::Fenced { stream, sequence } => Self::Fenced { stream, sequence },
            RelationsError::Inspect(error) => Self::Inspect(error),
            other => Self::Publish(other),
        }
    }
}

impl From<ShelfError> for Error {
    fn from(error: ShelfError) -> Self {
        match error {
            ShelfError::Control(error) => Self::Control(error),
            other => Self::Shelf(other),
        }
    }
}

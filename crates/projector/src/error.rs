//! Errors of a projector.

use detente_jetstream::feed_writer::FeedWriterError;
use detente_jetstream::kv::KvError;
use detente_jetstream::reader::ReadError;
use detente_jetstream::stream_info::StreamInfoError;
use detente_jetstream::topology::TopologyError;
use detente_rulebook_store::Error as StoreError;

/// The error that stopped a projector.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A stream or bucket has other settings, or is unreachable.
    #[error(transparent)]
    Topology(#[from] TopologyError),
    /// The active projection could not be read or set.
    #[error(transparent)]
    Kv(#[from] KvError),
    /// The rulebook in force could not be loaded.
    #[error(transparent)]
    RulebookStore(StoreError),
    /// A stream could not be read.
    #[error(transparent)]
    StreamInfo(#[from] StreamInfoError),
    /// A commit is missing or damaged, or the log is gone.
    #[error("the log cannot be read: {0}")]
    Read(#[from] ReadError),
    /// Another projector has taken over. A new one can be started as a standby; it continues after
    /// the messages of the other one.
    #[error("another projector has written message {sequence} of {stream}")]
    Fenced {
        /// The stream.
        stream: String,
        /// The first message of the other projector.
        sequence: u64,
    },
    /// The change feed has lost messages since it was followed, or was made anew. A new projector
    /// continues after those that it has.
    #[error(
        "{stream} ends at message {end}, but it went up to {known} before, or it was made anew; a \
         projector that starts anew publishes what is missing"
    )]
    FeedLost {
        /// The stream.
        stream: String,
        /// Its end.
        end: u64,
        /// Its last known end.
        known: u64,
    },
    /// The changes could not be published, or it is not known which are.
    #[error("the changes cannot be published: {0}")]
    Publish(FeedWriterError),
    /// The last message of the change feed has no checkpoint.
    #[error(
        "message {sequence} of {stream} has no checkpoint in its headers; `detente rebuild` makes \
         another feed"
    )]
    Checkpoint {
        /// The stream.
        stream: String,
        /// The message.
        sequence: u64,
    },
    /// The change feed is ahead of the log: they do not belong together.
    #[error(
        "the changes are published up to commit {position}, but the log ends at {head}; if the log \
         is right, `detente rebuild` makes another feed"
    )]
    Ahead {
        /// The position of the last published change.
        position: u64,
        /// The end of the log.
        head: u64,
    },
    /// The change feed was derived from another log: the commit of its checkpoint has another
    /// digest.
    #[error(
        "the log is not the one that {stream} was derived from: commit {position} has the digest \
         {found}, and the feed names {wanted}; `detente verify` says more, and `detente rebuild` \
         makes another feed"
    )]
    OtherLog {
        /// The stream of the feed.
        stream: String,
        /// The position of the last published change.
        position: u64,
        /// The digest in the headers of the feed.
        wanted: String,
        /// The digest of the commit in the log.
        found: String,
    },
    /// A partly published group has another number of messages than the derived one.
    #[error(
        "the commits up to {position} were published in {published} messages, but {derived} are \
         derived; `detente rebuild` makes another feed"
    )]
    Diverged {
        /// The last of the commits.
        position: u64,
        /// The number of messages in the feed.
        published: usize,
        /// The number of derived messages.
        derived: usize,
    },
    /// A view could not be serialised.
    #[error("a view cannot be serialised: {0}")]
    Serialize(#[from] serde_json::Error),
    /// A task panicked: a bug.
    #[error("a task of the projector failed: {0}")]
    Panicked(tokio::task::JoinError),
}

impl Error {
    /// Converts an error of the setup, which creates the streams first: if the server does not know
    /// one, that may pass. Later it does not.
    pub(crate) fn of_setup(self) -> Self {
        match self {
            Self::StreamInfo(StreamInfoError::NoStream { stream })
            | Self::Read(ReadError::StreamInfo(StreamInfoError::NoStream { stream })) => {
                Self::Topology(TopologyError::Unknown { stream })
            }
            other => other,
        }
    }

    /// Returns true if a projector that stands by starts anew after this error, and continues from
    /// the checkpoint that the feed has then.
    pub(crate) const fn starts_anew(&self) -> bool {
        matches!(self, Self::Fenced { .. } | Self::FeedLost { .. })
    }

    /// Returns true if NATS was away or busy, so that the same may succeed later.
    pub(crate) fn is_transient(&self) -> bool {
        match self {
            Self::Topology(error) => error.is_transient(),
            Self::Kv(error) => error.is_transient(),
            Self::StreamInfo(error) | Self::Read(ReadError::StreamInfo(error)) => {
                error.is_transient()
            }
            Self::Publish(error) => matches!(error, FeedWriterError::Unavailable { .. }),
            _ => false,
        }
    }

    /// Returns true if the server did not do what it was asked, for whatever reason.
    pub(crate) const fn is_of_server(&self) -> bool {
        matches!(
            self,
            Self::Topology(TopologyError::Server { .. })
                | Self::Kv(KvError::Server { .. } | KvError::Conflict { .. })
        )
    }
}

impl From<FeedWriterError> for Error {
    fn from(error: FeedWriterError) -> Self {
        match error {
            FeedWriterError::Fenced { stream, sequence } => Self::Fenced { stream, sequence },
            FeedWriterError::StreamInfo(error) => Self::StreamInfo(error),
            other => Self::Publish(other),
        }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Kv(error) => Self::Kv(error),
            other => Self::RulebookStore(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_that_is_not_known_passes_while_streams_are_created_and_not_later() {
        let error = || {
            let stream = "EVENTS".to_owned();
            Error::StreamInfo(StreamInfoError::NoStream { stream })
        };
        assert!(error().of_setup().is_transient());
        assert!(!error().is_transient());
    }
}

//! Errors: refusals of a request, and failures of the service.

use detente_api::Refusal;
use detente_feed::{Error as FeedError, Failure};
use detente_jetstream::kv::KvError;
use detente_jetstream::reader::ReadError;
use detente_jetstream::topology::TopologyError;

/// The reason why webhooks were not read or changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The request is wrong.
    #[error("{0}")]
    Refused(Refusal),
    /// The bucket or the feed cannot be read or written.
    #[error("{0}")]
    Failed(String),
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<FeedError> for Error {
    fn from(error: FeedError) -> Self {
        match error {
            FeedError::Refused(refusal) => Self::Refused(refusal),
            FeedError::Failed(failure) => failure.into(),
        }
    }
}

/// Converts errors of other crates to failures.
macro_rules! failures {
    ($($error:ty),+) => {$(
        impl From<$error> for Error {
            fn from(error: $error) -> Self {
                Self::Failed(error.to_string())
            }
        }
    )+};
}
failures!(Failure, KvError, ReadError, TopologyError);

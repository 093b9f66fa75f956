//! Errors of reads: refusals of invalid requests, and failures of this program.

use detente_api::{FailureCode, Refusal};
use detente_jetstream::reader::ReadError;
use detente_jetstream::stream_info::StreamInfoError;

/// The error of a read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The request was invalid.
    Refused(Refusal),
    /// The service failed.
    Failed(Failure),
}

/// A failure of the service.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Failure {
    /// The kind of failure.
    pub code: FailureCode,
    /// A description of the failure.
    pub reason: String,
}

impl Failure {
    /// Returns a failure whose cause is only in the log of the service.
    #[must_use]
    pub fn internal() -> Self {
        Self {
            code: FailureCode::Internal,
            reason: "internal error; the log of the query service has the cause".to_owned(),
        }
    }

    fn log_unavailable(error: &dyn std::error::Error) -> Self {
        Self {
            code: FailureCode::LogUnavailable,
            reason: error.to_string(),
        }
    }
}

impl From<StreamInfoError> for Failure {
    fn from(error: StreamInfoError) -> Self {
        Self::log_unavailable(&error)
    }
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        Self::log_unavailable(&error)
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl<F: Into<Failure>> From<F> for Error {
    fn from(failure: F) -> Self {
        Self::Failed(failure.into())
    }
}

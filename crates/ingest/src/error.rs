//! Errors and failures of the gateway. A fault of the client is a refusal.

use detente_api::submission::Accepted;
use detente_api::{FailureCode, Refusal};
use detente_http::reply::{self, RETRY_WITH_IDS};
use detente_jetstream::appender::AppendError;
use detente_jetstream::reader::ReadError;
use detente_jetstream::stream_info::StreamInfoError;
use detente_jetstream::topology::TopologyError;
use serde::{Serialize, Serializer};

use crate::tick::TickError;

/// The reason why the gateway did not start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The stream of the log has other settings.
    #[error(transparent)]
    Topology(#[from] TopologyError),
    /// The head of the log cannot be read.
    #[error(transparent)]
    StreamInfo(#[from] StreamInfoError),
    /// The tail of the log cannot be read; the error names a damaged or missing commit.
    #[error("the log's tail cannot be read: {0}")]
    Read(#[from] ReadError),
    /// The tick of the day was not appended.
    #[error("the day's tick was not appended: {0}")]
    Tick(TickError),
}

impl Error {
    /// Returns true if NATS was away or is not ready, so that the same may succeed later. The log was
    /// created before it is read: if the server does not know it, that passes too.
    pub(crate) fn is_transient(&self) -> bool {
        match self {
            Self::Topology(error) => error.is_transient(),
            Self::StreamInfo(error) | Self::Read(ReadError::StreamInfo(error)) => {
                error.is_transient() || matches!(error, StreamInfoError::NoStream { .. })
            }
            Self::Read(_) | Self::Tick(_) => false,
        }
    }
}

/// The reason why a batch was not stored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReportError {
    /// The batch as a whole was refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The gateway failed.
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// The reason why a batch was not wholly stored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Failure {
    /// The stable code.
    pub code: FailureCode,
    /// The cause, for people.
    pub reason: String,
    /// The rows that are in the log nevertheless.
    pub accepted: Vec<Accepted>,
}

// === impl Failure ===

impl Failure {
    pub(crate) const fn new(code: FailureCode, reason: String) -> Self {
        Self {
            code,
            reason,
            accepted: Vec::new(),
        }
    }

    /// Returns the failure for an internal error, such as a panic.
    pub(crate) fn internal() -> Self {
        let reason = "the gateway failed; its log has the cause".to_owned();
        Self::new(FailureCode::Internal, reason)
    }

    /// Returns the failure of work whose request has ended; nobody waits for it.
    pub(crate) fn cancelled() -> Self {
        let reason = "the request has ended, and nothing was stored".to_owned();
        Self::new(FailureCode::LogUnavailable, reason)
    }

    /// Returns the failure in the form of HTTP.
    pub(crate) fn as_http(&self) -> reply::Failure<'_> {
        let advice = match self.code {
            FailureCode::LogUnavailable => {
                "Send it again in a moment, with the same ids: what is stored already is answered \
                 as a repeat."
            }
            FailureCode::LogFull => {
                "Make room for the log, or wait until its operator has; then send it again, with \
                 the same ids."
            }
            FailureCode::OutcomeUnknown | FailureCode::Internal => RETRY_WITH_IDS,
        };
        let failure = reply::Failure::with_code(self.code, &self.reason);
        failure.advice(advice).accepted(&self.accepted)
    }
}

impl From<&AppendError> for Failure {
    fn from(error: &AppendError) -> Self {
        let code = match error {
            AppendError::Unknown { .. } => FailureCode::OutcomeUnknown,
            AppendError::Full { .. } => FailureCode::LogFull,
            AppendError::TooLarge { .. }
            | AppendError::Stopped
            | AppendError::Refused { .. }
            | AppendError::Unavailable { .. } => FailureCode::LogUnavailable,
        };
        Self::new(code, error.to_string())
    }
}

impl Serialize for Failure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_http().serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_that_was_created_and_is_not_known_passes() {
        let stream = "EVENTS".to_owned();
        let unknown = StreamInfoError::NoStream { stream };
        assert!(Error::StreamInfo(unknown).is_transient());
    }
}

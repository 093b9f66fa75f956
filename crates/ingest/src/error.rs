//! Failures: ours, and never the client's. What a client did wrong is a refusal.

use detente_api::json::Accepted;
use detente_jetstream::appender::AppendError;
use detente_jetstream::inspect::InspectError;
use detente_jetstream::reader::ReadError;
use detente_jetstream::topology::TopologyError;
use serde::{Serialize, Serializer};

/// Why the gateway did not start, or stopped.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The log is not as it must be.
    #[error(transparent)]
    Topology(#[from] TopologyError),
    /// The log could not be looked at.
    #[error(transparent)]
    Inspect(#[from] InspectError),
    /// The log's tail cannot be read; a damaged or missing commit is named.
    #[error("the log's tail cannot be read: {0}")]
    Read(#[from] ReadError),
    /// The day's tick was not appended.
    #[error("the day's tick was not appended: {0}")]
    Tick(AppendError),
    /// The door broke.
    #[error("the HTTP listener failed: {0}")]
    Http(#[from] std::io::Error),
}

/// Why a request was not wholly stored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Failure {
    /// What kind of failure it is.
    pub code: FailureCode,
    /// What happened, in words.
    pub reason: String,
    /// The rows that are in the log in spite of it.
    pub accepted: Vec<Accepted>,
}

/// The stable words of failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureCode {
    /// The log takes nothing right now; what is not listed as accepted is not stored.
    LogUnavailable,
    /// The log did not answer: what is not listed as accepted may be stored or not.
    OutcomeUnknown,
    /// A fault of this program.
    Internal,
}

// === impl Failure ===

impl Failure {
    /// The failure that an append's error is.
    pub(crate) fn of(error: &AppendError) -> Self {
        let code = match error {
            AppendError::Unknown { .. } => FailureCode::OutcomeUnknown,
            AppendError::TooLarge { .. }
            | AppendError::Stopped
            | AppendError::Refused { .. }
            | AppendError::Unavailable { .. } => FailureCode::LogUnavailable,
        };
        Self {
            code,
            reason: error.to_string(),
            accepted: Vec::new(),
        }
    }

    pub(crate) fn internal() -> Self {
        let reason = "the gateway failed; its log says how".to_owned();
        Self {
            code: FailureCode::Internal,
            reason,
            accepted: Vec::new(),
        }
    }
}

// === impl FailureCode ===

impl FailureCode {
    /// The stable word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LogUnavailable => "log_unavailable",
            Self::OutcomeUnknown => "outcome_unknown",
            Self::Internal => "internal",
        }
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::LogUnavailable | Self::OutcomeUnknown => 503,
            Self::Internal => 500,
        }
    }

    /// What it means, for a person.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::LogUnavailable => "The log takes nothing right now",
            Self::OutcomeUnknown => "The log did not answer",
            Self::Internal => "The gateway failed",
        }
    }

    /// What to do.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::LogUnavailable => {
                "Send it again in a moment, with the same ids: what is stored already is answered \
                 as a repeat."
            }
            Self::OutcomeUnknown | Self::Internal => {
                "Send it again with the same ids: what is stored already is answered as a repeat, \
                 and nothing is stored twice."
            }
        }
    }
}

impl Serialize for FailureCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

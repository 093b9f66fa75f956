//! Failures: ours, and never the client's. What a client did wrong is a refusal.

use detente_api::Refusal;
use detente_jetstream::inspect::InspectError;
use detente_jetstream::reader::ReadError;
use serde::{Serialize, Serializer};

use crate::NotHere;

/// Why a question was not answered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Failure {
    /// What kind of failure it is.
    pub code: FailureCode,
    /// What happened, in words.
    pub reason: String,
}

/// Why a question was not answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum No {
    /// It cannot be.
    Refused(Refusal),
    /// It could not be.
    Failed(Failure),
}

/// The stable words of failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureCode {
    /// The log or the change feed cannot be read right now.
    LogUnavailable,
    /// A fault of this program.
    Internal,
}

// === impl Failure ===

impl Failure {
    pub fn internal() -> Self {
        let reason = "the query service failed; its log says how".to_owned();
        Self {
            code: FailureCode::Internal,
            reason,
        }
    }
}

impl From<InspectError> for Failure {
    fn from(error: InspectError) -> Self {
        Self {
            code: FailureCode::LogUnavailable,
            reason: error.to_string(),
        }
    }
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        Self {
            code: FailureCode::LogUnavailable,
            reason: error.to_string(),
        }
    }
}

// === impl No ===

impl From<Refusal> for No {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Failure> for No {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<NotHere> for No {
    fn from(not_here: NotHere) -> Self {
        match not_here {
            NotHere::Refused(refusal) => Self::Refused(refusal),
            NotHere::Failed(failure) => Self::Failed(failure),
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
            Self::Internal => "internal",
        }
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::LogUnavailable => 503,
            Self::Internal => 500,
        }
    }

    /// What it means, for a person.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::LogUnavailable => "The log cannot be read right now",
            Self::Internal => "The query service failed",
        }
    }
}

impl Serialize for FailureCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

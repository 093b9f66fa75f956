//! Errors.

use std::error::Error as StdError;

use detente_api::refusal::Problem;
use detente_api::submission::{Accepted, ReportOutcome};
use serde::Deserialize;

use crate::Row;

type Cause = Box<dyn StdError + Send + Sync>;

/// An error of a request.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The server refused the request; the same request will be refused again.
    #[error("{} ({})", .0.detail, .0.code.as_str())]
    Refused(Box<Problem>),
    /// The server failed, or returned a code that this version does not know.
    #[error("{0}")]
    Failed(Box<Failure>),
    /// The server did not respond.
    #[error("no answer from {server}: {}", innermost(&**cause))]
    Unreachable {
        /// The address of the server.
        server: String,
        /// The cause.
        #[source]
        cause: Cause,
    },
    /// The response cannot be decoded.
    #[error("cannot decode the response of {server}: {cause}")]
    InvalidResponse {
        /// The address of the server.
        server: String,
        /// The cause.
        #[source]
        cause: Cause,
    },
    /// The client cannot be built with this configuration.
    #[error("{message}")]
    Setup {
        /// The message.
        message: String,
    },
    /// Some rows of a report have no answer: they may or may not be stored.
    #[error("{} rows are stored, {} have no answer: {}", .0.answered.accepted.len(), .0.rows.len(), .0.cause)]
    Partial(Box<PartialFailure>),
}

/// A failure of the server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, thiserror::Error)]
#[error("{detail} ({code}, {status})")]
pub struct Failure {
    /// The HTTP status.
    #[serde(skip)]
    pub status: u16,
    /// The stable code, such as `log_unavailable`; empty if there is none.
    #[serde(default)]
    pub code: String,
    /// The message.
    pub detail: String,
    /// The suggested action; empty if there is none.
    #[serde(default)]
    pub advice: String,
    /// Rows that were stored before the failure.
    #[serde(default)]
    pub accepted: Vec<Accepted>,
}

/// A report that was interrupted.
#[derive(Debug)]
pub struct PartialFailure {
    /// The answers so far.
    pub answered: ReportOutcome,
    /// The rows without an answer. They keep their ids, so they can be sent again at any time
    /// ([`crate::Client::send`]): rows that are already stored are answered as repeats.
    pub rows: Vec<Row>,
    /// The error that interrupted the report.
    pub cause: Error,
}

// === impl Error ===

impl Error {
    /// Returns the problem, if the server refused the request.
    #[must_use]
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Refused(problem) => Some(problem),
            Self::Partial(partial) => partial.cause.problem(),
            Self::Failed(_)
            | Self::Unreachable { .. }
            | Self::InvalidResponse { .. }
            | Self::Setup { .. } => None,
        }
    }

    /// Returns the HTTP status, if the server responded.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Refused(problem) => Some(problem.status),
            Self::Failed(failure) => Some(failure.status),
            Self::Partial(partial) => partial.cause.status(),
            Self::Unreachable { .. } | Self::InvalidResponse { .. } | Self::Setup { .. } => None,
        }
    }

    /// Returns true if the same request may succeed later: the server did not respond, or it is
    /// busy, starting or behind.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        // Timeouts, rate limits, and gateways or services that are unavailable.
        let passes = |status| matches!(status, 408 | 429 | 502..=504);
        matches!(self, Self::Unreachable { .. })
            || self.status().is_some_and(passes)
            || matches!(self, Self::Partial(partial) if partial.cause.is_transient())
    }

    pub(crate) fn disconnected(server: &str, message: &'static str) -> Self {
        Self::Unreachable {
            server: server.to_owned(),
            cause: message.into(),
        }
    }
}

/// Returns the root cause, which is the most informative.
fn innermost<'e>(error: &'e (dyn StdError + 'static)) -> &'e (dyn StdError + 'static) {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause
}

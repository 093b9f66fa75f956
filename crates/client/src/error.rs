//! What keeps a question from being answered.

use std::error::Error as StdError;

use detente_api::json::{Accepted, Answer};
use detente_api::refusal::Problem;

use crate::Rows;

type Cause = Box<dyn StdError + Send + Sync>;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// What was asked or sent is refused: the same again is refused again.
    #[error("{} ({})", .0.detail, .0.code.as_str())]
    Refused(Box<Problem>),
    /// The server could not do it, or says something that this version does not know.
    #[error("{0}")]
    Failed(Box<Failed>),
    /// No answer came.
    #[error("no answer from {server}: {}", innermost(&**cause))]
    Unreachable {
        /// Who was asked.
        server: String,
        /// What came in between.
        #[source]
        cause: Cause,
    },
    /// An answer came that says something else than this version expects.
    #[error("the answer of {server} is not understood: {cause}")]
    NotUnderstood {
        /// Who was asked.
        server: String,
        /// What is wrong with it.
        #[source]
        cause: Cause,
    },
    /// The client cannot be made so.
    #[error("{what}")]
    Setup {
        /// What is wrong.
        what: String,
    },
    /// Some rows of a report have no answer: they may be stored or not.
    #[error("{} rows are stored, {} have no answer: {}", .0.answered.accepted.len(), .0.rows.len(), .0.cause)]
    Unfinished(Box<Unfinished>),
}

/// What a server says that could not do it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail} ({code}, {status})")]
pub struct Failed {
    /// The HTTP status.
    pub status: u16,
    /// The stable word, such as `log_unavailable`; empty where there is none.
    pub code: String,
    /// What happened.
    pub detail: String,
    /// What to do; empty where nothing is said.
    pub advice: String,
    /// Rows that are in the log in spite of it.
    pub accepted: Vec<Accepted>,
}

/// A report that broke off.
#[derive(Debug)]
pub struct Unfinished {
    /// What was answered.
    pub answered: Answer,
    /// The rows without an answer. They have their ids, so they can be sent again at any time
    /// ([`crate::Client::send`]): what is stored already is answered as a repeat.
    pub rows: Rows,
    /// What keeps them from being answered.
    pub cause: Error,
}

// === impl Error ===

impl Error {
    /// The problem, where this is a refusal.
    #[must_use]
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Refused(problem) => Some(problem),
            Self::Unfinished(unfinished) => unfinished.cause.problem(),
            Self::Failed(_)
            | Self::Unreachable { .. }
            | Self::NotUnderstood { .. }
            | Self::Setup { .. } => None,
        }
    }

    /// The HTTP status, where there was an answer with one.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Refused(problem) => Some(problem.status),
            Self::Failed(failed) => Some(failed.status),
            Self::Unfinished(unfinished) => unfinished.cause.status(),
            Self::Unreachable { .. } | Self::NotUnderstood { .. } | Self::Setup { .. } => None,
        }
    }

    /// Whether the same may succeed in a moment: nobody answered, or the server is busy, starting
    /// or behind.
    #[must_use]
    pub fn may_heal(&self) -> bool {
        match self {
            Self::Unreachable { .. } => true,
            Self::Refused(problem) => is_passing(problem.status),
            Self::Failed(failed) => is_passing(failed.status),
            Self::Unfinished(unfinished) => unfinished.cause.may_heal(),
            Self::NotUnderstood { .. } | Self::Setup { .. } => false,
        }
    }

    pub(crate) fn silent(server: &str, what: &'static str) -> Self {
        Self::Unreachable {
            server: server.to_owned(),
            cause: what.into(),
        }
    }
}

/// Too slow, too many requests; a gateway or a service that does not do its work right now.
const fn is_passing(status: u16) -> bool {
    matches!(status, 408 | 429 | 502..=504)
}

/// What an error goes back to in the end: the layers above it say less.
pub(crate) fn innermost<'e>(error: &'e (dyn StdError + 'static)) -> &'e (dyn StdError + 'static) {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause
}

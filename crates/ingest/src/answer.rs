//! Answers as JSON, the same over HTTP and NATS.

use detente_api::refusal::{Problem, Refusal};
use detente_api::submission::{Accepted, Refused, ReportOutcome};
use detente_http::reply::JSON;
use schemars::JsonSchema;
use serde::Serialize;

use crate::error::{Failure, ReportError};

/// The answer to a batch.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Answer {
    /// At least one row is in the log.
    Stored(ReportOutcome),
    /// Every row was refused.
    Rejected(Rejected),
    /// The batch was refused.
    Refused(Problem),
    /// The batch was not wholly stored.
    Failed(Failure),
}

/// A problem, with the rows that were refused.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Rejected {
    /// The problem.
    #[serde(flatten)]
    problem: Problem,
    /// Always empty.
    accepted: Vec<Accepted>,
    /// The rows that were refused.
    refused: Vec<Refused>,
}

impl From<Result<ReportOutcome, ReportError>> for Answer {
    fn from(outcome: Result<ReportOutcome, ReportError>) -> Self {
        match outcome {
            Ok(outcome) if outcome.status() < 400 => Self::Stored(outcome),
            Ok(outcome) => {
                let refusals = outcome.refused.iter();
                let refusals = refusals.flat_map(|row| row.refusals.iter().cloned());
                match Problem::from_refusals(refusals.collect()) {
                    Some(problem) => Self::Rejected(Rejected {
                        problem,
                        accepted: outcome.accepted,
                        refused: outcome.refused,
                    }),
                    None => Self::Stored(outcome),
                }
            }
            Err(ReportError::Refused(refusal)) => Self::Refused(Problem::new(refusal)),
            Err(ReportError::Failed(failure)) => Self::Failed(failure),
        }
    }
}

impl Answer {
    /// Returns the HTTP status.
    pub(crate) fn status(&self) -> u16 {
        match self {
            Self::Stored(outcome) => outcome.status(),
            Self::Rejected(Rejected { problem, .. }) | Self::Refused(problem) => problem.status,
            Self::Failed(failure) => failure.code.status(),
        }
    }

    /// Returns the media type.
    pub(crate) const fn media_type(&self) -> &'static str {
        match self {
            Self::Stored(_) => JSON,
            Self::Rejected(_) | Self::Refused(_) | Self::Failed(_) => Problem::MEDIA_TYPE,
        }
    }

    /// Returns the code and title of a problem; `None` if something is stored.
    pub(crate) fn error(&self) -> Option<(&str, &str)> {
        match self {
            Self::Stored(_) => None,
            Self::Rejected(Rejected { problem, .. }) | Self::Refused(problem) => {
                Some((problem.code.as_str(), &problem.title))
            }
            Self::Failed(failure) => Some((failure.code.as_str(), failure.code.title())),
        }
    }

    /// Reduces the refusals of each row to the code and title of the first.
    pub(crate) fn shorten(&mut self) {
        let (problem, rows) = match self {
            Self::Stored(outcome) => (None, &mut outcome.refused[..]),
            Self::Rejected(Rejected {
                problem, refused, ..
            }) => (Some(problem), &mut refused[..]),
            Self::Refused(problem) => (Some(problem), &mut [][..]),
            Self::Failed(_) => return,
        };
        let rows = rows.iter_mut().map(|row| &mut row.refusals);
        for refusals in rows.chain(problem.map(|problem| &mut problem.refusals)) {
            if let Some(first) = refusals.first() {
                *refusals = vec![Refusal::new(first.code, first.code.title())];
            }
        }
    }
}

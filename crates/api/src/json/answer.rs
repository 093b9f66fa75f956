//! The answer to a report: what was accepted, what was refused, row by row.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::refusal::Refusal;

/// The answer to a body of events.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Answer {
    /// The rows that are in the log.
    pub accepted: Vec<Accepted>,
    /// The rows that are not.
    pub refused: Vec<Refused>,
}

/// A row that is in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Accepted {
    /// The row's number.
    pub row: usize,
    /// Its id.
    pub id: Uuid,
    /// The position of the commit that brought it.
    pub position: u64,
    /// It was there before: the position is the first one's.
    pub repeat: bool,
}

/// A row that is not in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Refused {
    /// The row's number.
    pub row: usize,
    /// Everything that is wrong with it.
    pub refusals: Vec<Refusal>,
}

impl Answer {
    /// The HTTP status: 201 where something is new, 200 where all was there before, and the
    /// status of the first refusal where nothing was accepted.
    #[must_use]
    pub fn status(&self) -> u16 {
        let first = self
            .refused
            .first()
            .and_then(|refused| refused.refusals.first());
        match (self.accepted.is_empty(), first) {
            (true, Some(refusal)) => refusal.code.status(),
            _ if self.accepted.iter().any(|accepted| !accepted.repeat) => 201,
            _ => 200,
        }
    }
}

//! The answer to submitted rows: the accepted rows, and the refused ones.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::refusal::Refusal;

/// The answer to submitted rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ReportOutcome {
    /// The rows that are in the log.
    pub accepted: Vec<Accepted>,
    /// The rows that were refused.
    pub refused: Vec<Refused>,
}

/// A row that is in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Accepted {
    /// The number of the row, from 1: its index in the array, or its line in NDJSON.
    pub row: usize,
    /// The id of the record.
    pub id: Uuid,
    /// The position of the record in the log.
    pub position: u64,
    /// True if the log already had the record; `position` is then that of the first occurrence.
    pub repeat: bool,
}

/// A row that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Refused {
    /// The number of the row, from 1: its index in the array, or its line in NDJSON.
    pub row: usize,
    /// The refusals of the row, at most 24.
    pub refusals: Vec<Refusal>,
}

impl ReportOutcome {
    /// Returns the HTTP status: 201 if a row is new, 200 if the log already had all that were
    /// accepted, and the status of the first refusal if none was accepted.
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

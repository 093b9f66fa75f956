//! Refusals, and the answer to rows that were reported.

use crate::json::{Accepted, Refused};
use crate::proto;
use crate::refusal::Refusal;

/// The name of all refusals of a request among the details of its status.
pub const REFUSALS_URL: &str = "type.googleapis.com/detente.v1.Refusals";

impl From<&Refusal> for proto::Refusal {
    fn from(refusal: &Refusal) -> Self {
        Self {
            code: refusal.code.as_str().to_owned(),
            field: refusal.field.clone(),
            given: refusal.given.clone(),
            allowed: refusal.allowed.clone(),
            message: refusal.message.clone(),
        }
    }
}

impl From<&Accepted> for proto::AcceptedRow {
    fn from(accepted: &Accepted) -> Self {
        Self {
            row: row(accepted.row),
            id: accepted.id.to_string(),
            position: accepted.position,
            repeat: accepted.repeat,
        }
    }
}

impl From<&Refused> for proto::RefusedRow {
    fn from(refused: &Refused) -> Self {
        Self {
            row: row(refused.row),
            refusals: super::all(&refused.refusals),
        }
    }
}

/// Bodies have far fewer rows than this holds.
fn row(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

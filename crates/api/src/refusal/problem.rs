//! Refusals as `application/problem+json` (RFC 9457).

use serde::{Deserialize, Serialize};

use super::{Code, Refusal};

/// A problem: the answer to a request that was refused as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Problem {
    /// Names the kind of problem: `urn:detente:refusal:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it means.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong this time.
    pub detail: String,
    /// The stable code of the first refusal.
    pub code: Code,
    /// What to do.
    pub advice: String,
    /// Everything that was wrong, with fields and what is allowed.
    pub refusals: Vec<Refusal>,
}

// === impl Problem ===

impl Problem {
    /// The media type of a problem.
    pub const MEDIA_TYPE: &str = "application/problem+json";

    /// The problem of one refusal.
    #[must_use]
    pub fn one(refusal: Refusal) -> Self {
        Self::with(refusal.code, refusal.to_string(), vec![refusal])
    }

    /// The problem of several; the first gives code and status. `None` without any.
    #[must_use]
    pub fn of(refusals: Vec<Refusal>) -> Option<Self> {
        let first = refusals.first()?;
        let detail = match refusals.len() {
            1 => first.to_string(),
            count => format!("{first} (and {} more)", count - 1),
        };
        Some(Self::with(first.code, detail, refusals))
    }

    fn with(code: Code, detail: String, refusals: Vec<Refusal>) -> Self {
        Self {
            kind: format!("urn:detente:refusal:{}", code.as_str()),
            title: code.title().to_owned(),
            status: code.status(),
            detail,
            code,
            advice: code.advice().to_owned(),
            refusals,
        }
    }
}

//! Refusals as `application/problem+json` (RFC 9457).

use serde::{Deserialize, Serialize};

use super::{Code, Refusal};

/// The answer to a request that was refused as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Problem {
    /// The type of the problem: `urn:detente:refusal:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The title of the code.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// The message of the first refusal, with the number of further ones.
    pub detail: String,
    /// The stable code of the first refusal.
    pub code: Code,
    /// Advice to the client.
    pub advice: String,
    /// All refusals, with fields and allowed values.
    pub refusals: Vec<Refusal>,
}

// === impl Problem ===

impl Problem {
    /// The media type of a problem.
    pub const MEDIA_TYPE: &str = "application/problem+json";

    /// Creates the problem of one refusal.
    #[must_use]
    pub fn new(refusal: Refusal) -> Self {
        Self::with(refusal.code, refusal.to_string(), vec![refusal])
    }

    /// Creates the problem of several refusals, with the code and status of the first. Returns
    /// `None` if there are none.
    #[must_use]
    pub fn from_refusals(refusals: Vec<Refusal>) -> Option<Self> {
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

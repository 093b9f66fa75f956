//! The stored rulebooks: the one in force, and the next one.

use serde::{Deserialize, Serialize};

use detente_rulebook::Origin;

/// The rulebook in force here, with the other stored ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct RulebookView {
    /// The projection of the rulebook.
    pub projection: String,
    /// The version in the rulebook.
    pub version: String,
    /// The text of the rulebook.
    pub toml: String,
    /// The stored rulebooks.
    #[serde(flatten)]
    pub rulebooks: RulebooksView,
}

/// The stored rulebooks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct RulebooksView {
    /// The projection in force; null before the first.
    pub active: Option<String>,
    /// The projection that was in force before it.
    pub previous: Option<String>,
    /// The next projection, while it is being built.
    pub candidate: Option<CandidateView>,
    /// All stored rulebooks, in order of their projections.
    pub kept: Vec<StoredRulebookView>,
}

/// A rulebook that is to come into force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct CandidateView {
    /// Its projection.
    pub projection: String,
    /// The state of the build.
    pub state: CandidateState,
    /// The reason if it makes no progress.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The last commit whose changes are published; null if there is none yet.
    #[serde(rename = "told")]
    pub published: Option<u64>,
    /// The last commit that this service has folded under it; absent if unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folded: Option<u64>,
    /// The position of the end of the log.
    pub head: u64,
}

/// The state of a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CandidateState {
    /// It is being built.
    Building,
    /// It makes no progress, and is retried.
    Failed,
}

/// A stored rulebook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct StoredRulebookView {
    /// Its projection.
    pub projection: String,
    /// The version in the rulebook; null if it cannot be read here.
    pub version: Option<String>,
    /// The origin: shipped with the program, or adopted from a file.
    pub origin: Option<Origin>,
    /// True if this version of the program folds under it. If not, its changes stay readable, but
    /// no new ones are published.
    pub is_followed: bool,
    /// The error in the rulebook or its projection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

//! The rulebooks that are kept, which one is in force, and which one is to follow.

use serde::{Deserialize, Serialize};

use detente_rulebook::kept::Origin;

/// The rulebook that an answer rests on, with those beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct RulebookView {
    /// The projection that answers here.
    pub projection: String,
    /// The version that its rulebook bears.
    pub version: String,
    /// The rulebook as it is written.
    pub toml: String,
    /// What stands beside it.
    #[serde(flatten)]
    pub shelf: ShelfView,
}

/// The rulebooks that are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ShelfView {
    /// The projection in force; null before any was.
    pub active: Option<String>,
    /// The one that was in force before it.
    pub previous: Option<String>,
    /// The one that is to follow, while it is being built.
    pub candidate: Option<CandidateView>,
    /// All that are kept, in order of their projections.
    pub kept: Vec<KeptView>,
}

/// A rulebook that is to come into force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct CandidateView {
    /// Its projection.
    pub projection: String,
    /// `building`, or `failed`: tried again, and not getting on.
    pub state: CandidateState,
    /// Why it is not getting on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Its changes are told up to this commit; null where nobody has begun.
    pub told: Option<u64>,
    /// The service that answers has folded it up to this commit; null where that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folded: Option<u64>,
    /// The end of the log.
    pub head: u64,
}

/// How a candidate is getting on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CandidateState {
    /// It is being built.
    Building,
    /// It is tried again, and not getting on.
    Failed,
}

/// A rulebook that is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct KeptView {
    /// Its projection.
    pub projection: String,
    /// The version that it bears; null where it cannot be read here.
    pub version: Option<String>,
    /// Whether it shipped, or was given.
    pub origin: Option<Origin>,
    /// Whether this version of the program folds under it. The changes of one that it does not
    /// stay readable, and are not told any further.
    pub is_followed: bool,
    /// What is wrong with it, or with its projection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

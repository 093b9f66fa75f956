//! Comparison of two rulebooks over one log.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{DirectionView, Named, Text};
use crate::submission::DetailDto;
use crate::topic::Topic;
use detente_rulebook::KeyDifference;

/// The differences under another rulebook, and their reasons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComparisonView {
    /// The rulebook in force.
    pub active: ComparedRulebook,
    /// The rulebook that it is compared with.
    pub given: ComparedRulebook,
    /// The keys in which the rulebooks differ.
    pub rules: Vec<KeyDifference>,
    /// The last commit that both projections have folded.
    pub known_at: u64,
    /// The first day compared; `..` for the open beginning.
    pub since: String,
    /// The last day compared.
    pub to: String,
    /// The number of relations.
    pub relations: usize,
    /// The number of relations that differ on some day.
    pub relations_differing: usize,
    /// The number of spans of days that differ.
    pub spans: usize,
    /// The differences by dimension or register, in order of words.
    pub by_dimension: Vec<DimensionCountView>,
    /// The differences, in order of relations.
    pub items: Vec<DifferingSpanView>,
    /// The number of differences that are not listed.
    pub left_out: usize,
}

/// One of the rulebooks that are compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComparedRulebook {
    /// Its projection.
    pub projection: String,
    /// The version in the rulebook.
    pub version: String,
}

/// The number of differences of a dimension or register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DimensionCountView {
    /// The dimension or register.
    pub dimension: Named<Topic>,
    /// The number of conducts or entries that differ.
    pub subjects: usize,
    /// The number of spans.
    pub spans: usize,
    /// The number of days, without those of an open beginning.
    pub days: i64,
}

/// A span of days that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DifferingSpanView {
    /// The relation: both codes, in order.
    pub relation: String,
    /// The conduct; null for values that both sides share.
    pub direction: Option<DirectionView>,
    /// A dimension, `declared`, `posture` or a register.
    pub dimension: Named<Topic>,
    /// The details that name a register's entry.
    pub key: Option<BTreeMap<Text, DetailDto>>,
    /// The organisation whose act the entry is, which counts for its members.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub via: Option<Text>,
    /// The first day.
    pub day: String,
    /// The first day after the span; null if it lasts up to the last day compared.
    pub until: Option<String>,
    /// The value under the rulebook in force.
    pub from: Text,
    /// The value under the other rulebook.
    pub to: Text,
    /// The keys that differ and can change this value, given its evidence.
    pub rules: Vec<String>,
    /// The events behind either value: the causes first, then those with the most weight.
    pub evidence: Vec<ComparisonEvidenceView>,
    /// The total number of events.
    pub evidence_count: usize,
}

/// An event that a value rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComparisonEvidenceView {
    /// Its id.
    pub event: Uuid,
    /// Its kind.
    pub kind: String,
    /// The earliest day of its date.
    pub day: String,
    /// The grade of its report.
    pub grade: String,
    /// Its position in the log.
    pub position: u64,
}

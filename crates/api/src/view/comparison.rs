//! Two rulebooks compared over one log.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{DirectionView, Word};
use crate::json::DetailForm;
use detente_rulebook::Difference;

/// What reads differently under another rulebook, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComparisonView {
    /// The rulebook in force.
    pub active: SideView,
    /// The rulebook that it is compared with.
    pub given: SideView,
    /// The keys in which they differ.
    pub rules: Vec<Difference>,
    /// The last commit that both have folded.
    pub known_at: u64,
    /// The first day that was looked at; `..` for the open beginning.
    pub since: String,
    /// The last.
    pub to: String,
    /// How many relations there are.
    pub relations: usize,
    /// How many of them read differently somewhere.
    pub relations_differing: usize,
    /// How many spans of days read differently, in all.
    pub spans: usize,
    /// How much each dimension or register moves, in order of words.
    pub by_dimension: Vec<DimensionCountView>,
    /// The differences, in order of relations.
    pub items: Vec<ReadingView>,
    /// How many more there are.
    pub left_out: usize,
}

/// A rulebook that is compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SideView {
    /// Its projection.
    pub projection: String,
    /// The version that it bears.
    pub version: String,
}

/// How much a dimension or register moves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DimensionCountView {
    /// Its word.
    pub dimension: Word,
    /// In how many conducts or entries.
    pub subjects: usize,
    /// Over how many spans.
    pub spans: usize,
    /// Over how many days, those of an open beginning left out.
    pub days: i64,
}

/// Days in a row that read differently.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadingView {
    /// The relation: both codes, in order.
    pub relation: String,
    /// Whose conduct; null for what both sides share.
    pub direction: Option<DirectionView>,
    /// A dimension, `declared`, `posture` or a register.
    pub dimension: Word,
    /// The details that name a register's entry.
    pub key: Option<BTreeMap<Word, DetailForm>>,
    /// The first day.
    pub day: String,
    /// The first day after; null where it is so up to the last day looked at.
    pub until: Option<String>,
    /// What the rulebook in force says.
    pub from: Word,
    /// What the other one says.
    pub to: Word,
    /// The keys that differ and can move this, given its evidence.
    pub rules: Vec<String>,
    /// What either reading rests on: what brought it first, then the heaviest.
    pub evidence: Vec<WordView>,
    /// How many events that is in all.
    pub evidence_count: usize,
}

/// An event that a reading rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WordView {
    /// Its id.
    pub event: Uuid,
    /// Its kind.
    pub kind: String,
    /// The first day on which it may have been so.
    pub day: String,
    /// The grade of its report.
    pub grade: String,
    /// Where it stands in the log.
    pub position: u64,
}

//! Changes, and the message that tells them.

use std::collections::BTreeMap;

use detente_domain::day::Day;
use detente_domain::routes::Pair;
use detente_domain::state::{Change, Dispute, Held, Subject};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::relation::ids;
use super::{ABSENT, DisputeView, RelationView, UNKNOWN, Word, borrowed, code, entry};
use crate::json::DetailForm;

/// Where and when a change came about: the commit that brought it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// The commit's position.
    pub position: u64,
    /// The UTC day on which the commit was recorded.
    pub recorded: Day,
}

/// A change of a relation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ChangeView {
    /// The relation: both codes, in order, such as `AFG-TJK`.
    pub relation: String,
    /// Whose conduct moved; null for what both sides share.
    pub direction: Option<DirectionView>,
    /// A dimension, `declared`, `posture` or a register.
    pub dimension: Word,
    /// The details that name a register's entry; null for a dimension.
    pub key: Option<BTreeMap<Word, DetailForm>>,
    /// What it was: a level or status, `unknown`, or `absent` for an entry.
    pub from: Word,
    /// What it is, in the same words.
    pub to: Word,
    /// The authority that held a mission before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub controlled_by_from: Option<Word>,
    /// The authority that holds it from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub controlled_by_to: Option<Word>,
    /// What it was rested on an imprecise date, within its bounds.
    pub was_uncertain: bool,
    /// What it is rests on an imprecise date, within its bounds.
    pub uncertain: bool,
    /// The day from which it is so; `..` for an open beginning.
    pub day: String,
    /// Where the past is read otherwise: the first day after the span; null up to the present.
    pub until: Option<String>,
    /// `happened`, `learned` or `lapsed`.
    pub occasion: Word,
    /// The events that caused it; none where time alone did.
    pub causes: Vec<Uuid>,
    /// Days from the day on which it was so to the day on which it was recorded.
    pub lag_days: Option<i32>,
    /// An event among the causes is disputed.
    #[serde(default)]
    pub disputed: bool,
    /// Those that are, with both sides, as it was known at the position.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub disputes: Vec<DisputeView>,
    /// The position of the commit that brought it.
    pub position: u64,
    /// Where a reader resumes after it; filled by readers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// Whose conduct, and towards whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct DirectionView {
    /// Whose.
    pub from: Word,
    /// Towards whom.
    pub to: Word,
}

/// A message of the RELATIONS stream: a relation after a commit, with what the commit changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct RelationMessage {
    /// The relation: both codes, in order, such as `AFG-TJK`.
    pub relation: String,
    /// The position of the commit.
    pub position: u64,
    /// What the commit changed.
    pub changes: Vec<ChangeView>,
    /// Both conducts after it: of the first code towards the second, and back.
    pub conducts: [RelationView; 2],
}

/// The name of a relation: both codes, in order, such as `AFG-TJK`.
#[must_use]
pub(super) fn relation(pair: Pair) -> String {
    format!("{}-{}", pair.a().code(), pair.b().code())
}

// === impl ChangeView ===

impl ChangeView {
    /// The view of a change that a commit brought.
    #[must_use]
    pub fn of(change: &Change, occurrence: Occurrence) -> Self {
        let (direction, dimension, key, nothing) = match &change.subject {
            Subject::Conduct(direction, dimension) => {
                (Some(*direction), dimension.as_str(), None, UNKNOWN)
            }
            Subject::Entry(key) => (key.by, key.register.as_str(), Some(entry::key(key)), ABSENT),
        };
        let direction = direction.map(|direction| {
            let (from, to) = change.pair.ends(direction);
            DirectionView {
                from: code(from),
                to: code(to),
            }
        });
        let word = |held: Option<Held>| borrowed(held.map_or(nothing, |held| held.word));
        let holder = |held: Option<Held>| held.and_then(|held| held.controlled_by).map(code);
        let uncertain = |held: Option<Held>| held.is_some_and(|held| held.uncertain);
        let is_civil = !change.day.is_open() && !occurrence.recorded.is_open();
        Self {
            relation: relation(change.pair),
            direction,
            dimension: borrowed(dimension),
            key,
            from: word(change.from),
            to: word(change.to),
            controlled_by_from: holder(change.from),
            controlled_by_to: holder(change.to),
            was_uncertain: uncertain(change.from),
            uncertain: uncertain(change.to),
            day: change.day.to_string(),
            until: super::civil(change.until),
            occasion: borrowed(change.occasion.as_str()),
            causes: ids(&change.causes),
            lag_days: is_civil.then(|| occurrence.recorded.since(change.day)),
            disputed: false,
            disputes: Vec::new(),
            position: occurrence.position,
            cursor: None,
        }
    }

    /// The same change with both sides of those of its causes that are disputed.
    #[must_use]
    pub fn with_disputes(mut self, disputes: &[Dispute]) -> Self {
        self.disputed = !disputes.is_empty();
        self.disputes = disputes.iter().map(DisputeView::of).collect();
        self
    }
}

// === impl RelationMessage ===

impl RelationMessage {
    /// The message about a relation after a commit.
    #[must_use]
    pub fn of(
        pair: Pair,
        conducts: [RelationView; 2],
        changes: &[Change],
        occurrence: Occurrence,
    ) -> Self {
        Self {
            relation: relation(pair),
            position: occurrence.position,
            changes: changes
                .iter()
                .map(|change| ChangeView::of(change, occurrence))
                .collect(),
            conducts,
        }
    }
}

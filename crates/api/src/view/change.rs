//! Changes, and the message that publishes them.

use std::collections::BTreeMap;

use detente_domain::day::Day;
use detente_domain::state::{Change, Dispute, Held, Occasion, Subject};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::relation::ids;
use super::{
    ABSENT, DisputeView, Named, Text, UNKNOWN, borrowed, code, days_between, entry, json_len,
};
use crate::submission::DetailDto;
use crate::topic::Topic;

/// The most causes that a change names.
const CAUSES_MAX: usize = 100;
/// The most disputes that a change describes: each may name many parties.
const DISPUTES_MAX: usize = 20;

/// The position and day of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommitStamp {
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
    /// The conduct that changed; null for values that both sides share.
    pub direction: Option<DirectionView>,
    /// A dimension, `declared`, `posture` or a register.
    pub dimension: Named<Topic>,
    /// The details that name a register's entry; null for a dimension.
    pub key: Option<BTreeMap<Text, DetailDto>>,
    /// The organisation whose act the entry is, which counts for its members.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub via: Option<Text>,
    /// The value before: a level or status, `unknown`, or `absent` for an entry.
    pub from: Text,
    /// The value after, in the same words.
    pub to: Text,
    /// The authority that held a mission before the change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub controlled_by_from: Option<Text>,
    /// The authority that holds the mission after the change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub controlled_by_to: Option<Text>,
    /// True if the day is within the bounds of an imprecise date that the value before rests on.
    pub was_uncertain: bool,
    /// True if the day is within the bounds of an imprecise date that the value after rests on.
    pub uncertain: bool,
    /// True if the value before was stale: without new evidence for the rulebook's time.
    #[serde(default)]
    pub was_stale: bool,
    /// True if the value after is stale: without new evidence for the rulebook's time.
    #[serde(default)]
    pub stale: bool,
    /// True if the value before was presumed, and not declared.
    #[serde(default)]
    pub was_presumed: bool,
    /// True if the value after is presumed, and not declared.
    #[serde(default)]
    pub presumed: bool,
    /// The first day of the value after; `..` for an open beginning.
    pub day: String,
    /// The first day after the span, if only a span of the past changed; null up to the present.
    pub until: Option<String>,
    /// The occasion of the change.
    pub occasion: Named<Occasion>,
    /// The events that caused the change, at most the first 100; empty if only time passed.
    #[schemars(length(max = 100))]
    pub causes: Vec<Uuid>,
    /// The number of all causes, if there are more than `causes` names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub causes_total: Option<usize>,
    /// Days from `day` to the day on which the change was recorded; null if a day is open.
    pub lag_days: Option<i32>,
    /// True if a cause is disputed.
    #[serde(default)]
    pub disputed: bool,
    /// The disputed causes, with both sides, as known at the position; at most the first 20.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 20))]
    pub disputes: Vec<DisputeView>,
    /// The number of all disputed causes, if there are more than `disputes` describes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disputes_total: Option<usize>,
    /// The position of the commit that made the change.
    pub position: u64,
    /// The cursor after the change; set by readers of the feed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// The two ends of a conduct.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct DirectionView {
    /// The state whose conduct it is.
    pub from: Text,
    /// The state that the conduct is towards.
    pub to: Text,
}

/// A message of the CHANGES stream: the changes of one relation that were published together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ChangesMessage {
    /// The relation: both codes, in order, such as `AFG-TJK`.
    pub relation: String,
    /// The position of the last commit among those that made the changes.
    pub position: u64,
    /// The changes; those of a group of commits may take several messages.
    pub changes: Vec<ChangeView>,
    /// The number of changes in whose place this message is, if they are too large for one; it has
    /// no others then.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub omitted: u64,
}

/// Returns true if there is none, so that the number is left out.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
pub(super) const fn is_zero(number: &u64) -> bool {
    *number == 0
}

// === impl ChangeView ===

impl ChangeView {
    /// Creates the view of a change that a commit made.
    #[must_use]
    pub fn new(change: &Change, stamp: CommitStamp) -> Self {
        let (direction, entry, nothing) = match &change.subject {
            Subject::Conduct(direction, _) => (Some(*direction), None, UNKNOWN),
            Subject::Entry(key) => (key.by, Some(key), ABSENT),
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
        let is = |held: Option<Held>, flag: fn(Held) -> bool| held.is_some_and(flag);
        let (from, to) = (change.from, change.to);
        Self {
            relation: change.pair.to_string(),
            direction,
            dimension: Named((&change.subject).into()),
            key: entry.map(entry::key),
            via: entry.and_then(|key| key.via).map(code),
            from: word(from),
            to: word(to),
            controlled_by_from: holder(from),
            controlled_by_to: holder(to),
            was_uncertain: is(from, |held| held.uncertain),
            uncertain: is(to, |held| held.uncertain),
            was_stale: is(from, |held| held.stale),
            stale: is(to, |held| held.stale),
            was_presumed: is(from, |held| held.presumed),
            presumed: is(to, |held| held.presumed),
            day: change.day.to_string(),
            until: super::civil(change.until),
            occasion: Named(change.occasion),
            causes: ids(first(&change.causes, CAUSES_MAX)),
            causes_total: total(&change.causes, CAUSES_MAX),
            lag_days: days_between(Some(change.day), Some(stamp.recorded)),
            disputed: false,
            disputes: Vec::new(),
            disputes_total: None,
            position: stamp.position,
            cursor: None,
        }
    }

    /// Adds the disputes about its causes.
    #[must_use]
    pub fn with_disputes(mut self, disputes: &[Dispute]) -> Self {
        self.disputed = !disputes.is_empty();
        let described = first(disputes, DISPUTES_MAX);
        self.disputes = described.iter().map(DisputeView::from).collect();
        self.disputes_total = total(disputes, DISPUTES_MAX);
        self
    }

    /// Returns its length as JSON, in bytes.
    #[must_use]
    pub fn json_len(&self) -> usize {
        json_len(self)
    }

    /// Returns the number of its causes, also of those that it does not name.
    #[must_use]
    pub fn cause_count(&self) -> usize {
        self.causes_total.unwrap_or(self.causes.len())
    }
}

/// Returns at most the first `most` items.
fn first<T>(all: &[T], most: usize) -> &[T] {
    all.get(..most).unwrap_or(all)
}

/// Returns the number of items, if there are more than `most`.
fn total<T>(all: &[T], most: usize) -> Option<usize> {
    (all.len() > most).then_some(all.len())
}

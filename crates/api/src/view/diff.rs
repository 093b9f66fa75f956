//! Differences between two points of the two clocks.

use std::collections::BTreeMap;

use detente_domain::day::Day;
use detente_domain::edtf::canonical;
use detente_domain::event::EventId;
use detente_domain::fold::{Difference, PointValue};
use detente_domain::kind::Kind;
use detente_domain::relations::{Direction, Pair};
use detente_domain::state::{Occasion, Subject};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::event::by_id;
use super::fit::keep_first;
use super::{
    ABSENT, Decimal1, EventView, Fit, LocalizedText, Named, Text, UNKNOWN, borrowed, civil, code,
    days_between, entry, sentences,
};
use crate::submission::DetailDto;
use crate::topic::Topic;

/// The differences between two points: what was learned, and what happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct DiffView {
    /// The state whose conduct it is.
    pub from: Text,
    /// The state that the conduct is towards.
    pub to: Text,
    /// The first point.
    pub before: PointView,
    /// The second point.
    pub after: PointView,
    /// The projection.
    pub projection: String,
    /// Differences in what was known of the day of `before`, between the two positions.
    pub learned: Vec<DifferenceView>,
    /// The number of all of these, if there are more than `learned` holds. The history of the
    /// relation, in pages, has them all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub learned_total: Option<usize>,
    /// Differences between the two days, as known at the position of `after`.
    pub happened: Vec<DifferenceView>,
    /// The number of all of these, if there are more than `happened` holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub happened_total: Option<usize>,
}

/// A point of both clocks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct PointView {
    /// The day.
    pub at: String,
    /// The position of the log.
    pub known_at: u64,
}

/// A difference of one dimension, or of one entry of a register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct DifferenceView {
    /// A dimension, `declared`, `posture` or a register.
    pub dimension: Named<Topic>,
    /// The details that name a register's entry; null for a dimension.
    pub key: Option<BTreeMap<Text, DetailDto>>,
    /// The state whose act the entry is, if it belongs to one side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Text>,
    /// The organisation whose act the entry is, which counts for its members.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub via: Option<Text>,
    /// The occasion of the difference.
    pub occasion: Named<Occasion>,
    /// The value at the first point.
    pub from: ValueView,
    /// The value at the second point.
    pub to: ValueView,
    /// The day since which the second value holds.
    pub since: Option<String>,
    /// The events that explain the difference; empty if only time passed.
    pub causes: Vec<CauseView>,
    /// The total number of causes.
    pub cause_count: usize,
    /// The reasons for the second value, in one line.
    pub line: LocalizedText,
}

/// The value of a dimension or an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ValueView {
    /// A level or status, `unknown`, or `absent` for an entry.
    pub level: Text,
    /// The index, or for threat the strain; null if there is neither.
    pub number: Option<Decimal1>,
    /// The number in thousandths.
    pub number_milli: Option<i64>,
    /// The authority that holds a mission.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub controlled_by: Option<Text>,
    /// True if the day is within the bounds of an imprecise date that the value rests on.
    pub uncertain: bool,
    /// True if there has been no evidence for the rulebook's time.
    pub stale: bool,
    /// True if it is presumed, and not declared.
    pub presumed: bool,
    /// True if it rests on a disputed event.
    pub disputed: bool,
}

/// An event that explains a difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct CauseView {
    /// The event.
    pub event: Uuid,
    /// Its kind.
    pub kind: Text,
    /// The label of its kind.
    pub label: LocalizedText,
    /// Its date, in EDTF.
    pub occurred: String,
    /// True if it was retracted, or is represented by a linked event.
    pub silent: bool,
    /// The position since which it has been believed in its present form.
    pub settled: u64,
    /// Days from its date to the day on which that was recorded.
    pub lag_days: Option<i32>,
    /// Its titles, by language.
    #[serde(default)]
    pub title: BTreeMap<String, String>,
}
/// What is known about an event that caused a difference.
#[derive(Clone, Copy, Debug)]
pub struct CauseFacts {
    /// The event.
    pub event: EventId,
    /// Its kind.
    pub kind: Kind,
    /// The first day of its date.
    pub earliest: Day,
    /// The last day of its date.
    pub latest: Day,
    /// True if it was retracted, or a linked event counts for both.
    pub silent: bool,
    /// The position since which it has been believed in its present form.
    pub settled: u64,
    /// The day on which that form was recorded.
    pub recorded: Option<Day>,
}

impl DiffView {
    /// Returns every event that is a cause.
    pub fn causes(&self) -> impl Iterator<Item = Uuid> {
        let all = self.learned.iter().chain(&self.happened);
        all.flat_map(|difference| &difference.causes)
            .map(|cause| cause.event)
    }

    /// Adds the titles of events.
    pub fn resolve(&mut self, views: &[EventView]) {
        let views = by_id(views);
        let all = self.learned.iter_mut().chain(&mut self.happened);
        for cause in all.flat_map(|difference| &mut difference.causes) {
            if let Some(view) = views.get(&cause.event) {
                cause.title.clone_from(&view.event.title);
            }
        }
    }
}

impl Fit for DiffView {
    fn longest(&self) -> usize {
        let all = self.learned.iter().chain(&self.happened);
        let causes = all.map(|difference| difference.causes.len());
        let lengths = causes.chain([self.learned.len(), self.happened.len()]);
        lengths.max().unwrap_or(0)
    }

    /// Keeps the first ones: dimensions come before entries.
    fn shorten(&mut self, limit: usize) {
        keep_first(&mut self.learned, limit, &mut self.learned_total);
        keep_first(&mut self.happened, limit, &mut self.happened_total);
        for difference in self.learned.iter_mut().chain(&mut self.happened) {
            difference.causes.truncate(limit);
        }
    }
}

impl PointView {
    /// Creates the view of a point.
    #[must_use]
    pub fn new(at: Day, known_at: u64) -> Self {
        Self {
            at: at.to_string(),
            known_at,
        }
    }
}

impl DifferenceView {
    /// Creates the view of a difference, with the causes to list. `line` summarises the reasons
    /// for a dimension; the line of an entry is made here.
    #[must_use]
    pub fn new(
        difference: &Difference,
        pair: Pair,
        causes: Vec<CauseView>,
        line: Option<LocalizedText>,
    ) -> Self {
        let (entry, nothing) = match &difference.subject {
            Subject::Conduct(..) => (None, UNKNOWN),
            Subject::Entry(key) => (Some(key), ABSENT),
        };
        let line = match entry {
            Some(key) => sentences::entry_line(key, difference, causes.first()),
            None => line.unwrap_or_default(),
        };
        let by = entry.and_then(|key| key.by);
        Self {
            dimension: Named((&difference.subject).into()),
            key: entry.map(entry::key),
            by: by.map(|by: Direction| code(pair.ends(by).0)),
            via: entry.and_then(|key| key.via).map(code),
            occasion: Named(difference.occasion),
            from: ValueView::new(&difference.from, nothing),
            to: ValueView::new(&difference.to, nothing),
            since: civil(difference.day),
            causes,
            cause_count: difference.causes.len(),
            line,
        }
    }

    /// Returns true if more than the number differs.
    #[must_use]
    pub fn changes_level(&self) -> bool {
        fn level(value: &ValueView) -> (&str, Option<&str>, [bool; 4]) {
            let flags = [value.uncertain, value.stale, value.presumed, value.disputed];
            (&value.level, value.controlled_by.as_deref(), flags)
        }
        level(&self.from) != level(&self.to)
    }
}

impl ValueView {
    fn new(value: &PointValue, nothing: &'static str) -> Self {
        let held = value.held;
        Self {
            level: borrowed(held.map_or(nothing, |held| held.word)),
            number: value.number.map(Decimal1::from_thousandths),
            number_milli: value.number,
            controlled_by: held.and_then(|held| held.controlled_by).map(code),
            uncertain: held.is_some_and(|held| held.uncertain),
            stale: held.is_some_and(|held| held.stale),
            presumed: held.is_some_and(|held| held.presumed),
            disputed: value.disputed,
        }
    }
}

impl CauseView {
    /// Creates the view of a cause, without its titles.
    #[must_use]
    pub fn new(facts: &CauseFacts) -> Self {
        Self {
            event: facts.event.0,
            kind: borrowed(facts.kind.as_str()),
            label: LocalizedText::label(facts.kind),
            occurred: canonical(facts.earliest, facts.latest),
            silent: facts.silent,
            settled: facts.settled,
            lag_days: days_between(Some(facts.earliest), facts.recorded),
            title: BTreeMap::new(),
        }
    }
}

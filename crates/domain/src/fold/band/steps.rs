//! The limits of one level, by day, and a level within them.

use crate::day::Day;
use crate::event::EventId;
use crate::fold::sorted;
use crate::fold::structure::{first_of_difference, first_where};
use crate::level::Level;
use crate::rulebook::Rulebook;
use crate::state::{Band, Limit};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The limits of one level, in order of days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BandSteps {
    steps: Vec<(Day, Band)>,
    /// The events that begin a limit, in order of days.
    begun: Vec<(Day, EventId)>,
    /// The events that end a limit, in order of days.
    ended: Vec<(Day, EventId)>,
    /// The last days of the dates of events that begin a limit, for imprecise dates.
    settled: BTreeMap<EventId, Day>,
}

/// A limit over a span of days.
#[derive(Clone, Copy)]
pub(super) struct Span {
    pub(super) from: Day,
    /// The first day on which it no longer holds.
    pub(super) until: Day,
    /// The event that ends it; `None` if time alone does.
    pub(super) ended_by: Option<EventId>,
    /// The last day of the date of the event that begins it.
    pub(super) settled: Day,
    pub(super) ceiling: bool,
    pub(super) limit: Limit,
}

/// The order of limits of one sort: the strictest level first; of equals, the one that holds
/// longest, then the first event.
type Strictness = (usize, Reverse<Day>, Day, EventId);

impl Span {
    fn strictness(&self) -> Strictness {
        let level = self.limit.level as usize;
        let rank = if self.ceiling {
            level
        } else {
            Level::ALL.len() - level
        };
        (rank, Reverse(self.until), self.from, self.limit.event)
    }
}

impl BandSteps {
    pub(super) fn new(spans: &[Span]) -> Self {
        let begun = spans.iter().map(|span| (span.from, span.limit.event));
        let begun = sorted(begun);
        let begins = spans.iter().map(|span| (span.from, true, span));
        let ends = spans.iter().map(|span| (span.until, false, span));
        let mut edges: Vec<(Day, bool, &Span)> = begins.chain(ends).collect();
        edges.sort_by_key(|(day, begins, _)| (*day, *begins));
        // The spans that hold, the strictest first: ceilings, then floors.
        let mut holding: [BTreeMap<Strictness, Limit>; 2] = Default::default();
        let mut steps: Vec<(Day, Band)> = Vec::new();
        for edges in edges.chunk_by(|one, other| one.0 == other.0) {
            for (_, begins, span) in edges {
                let holding = &mut holding[usize::from(!span.ceiling)];
                if *begins {
                    holding.insert(span.strictness(), span.limit);
                } else {
                    holding.remove(&span.strictness());
                }
            }
            let [ceiling, floor] = holding
                .each_ref()
                .map(|holding| holding.first_key_value().map(|(_, limit)| *limit));
            let band = Band { ceiling, floor };
            let before = steps.last().map_or(Band::default(), |(_, last)| *last);
            if before != band && edges[0].0 != Day::MAX {
                steps.push((edges[0].0, band));
            }
        }
        let ended = spans
            .iter()
            .filter_map(|span| Some((span.until, span.ended_by?)));
        let dates = spans.iter().filter(|span| span.from < span.settled);
        let dates = dates.map(|span| (span.limit.event, span.settled));
        Self {
            ended: sorted(ended),
            settled: dates.collect(),
            steps,
            begun,
        }
    }

    /// Returns true unless a day is within the bounds of the date of an event that begins a limit.
    pub(in crate::fold) fn is_settled(&self, event: EventId, day: Day) -> bool {
        self.settled
            .get(&event)
            .is_none_or(|settled| *settled <= day)
    }

    /// Returns the first day on which levels or events of the limits of two differ, or the events
    /// that begin or end them do.
    pub(in crate::fold) fn first_difference(&self, other: &Self) -> Option<Day> {
        let key = |limit: Option<Limit>| limit.map(|limit| (limit.level, limit.event));
        let same = |one: &Band, other: &Band| {
            key(one.ceiling) == key(other.ceiling) && key(one.floor) == key(other.floor)
        };
        let days = [
            first_where(&self.steps, &other.steps, same),
            first_of_difference(&self.begun, &other.begun),
            first_of_difference(&self.ended, &other.ended),
        ];
        days.into_iter().flatten().min()
    }

    /// Returns the limits on a day.
    #[must_use]
    pub fn at(&self, day: Day) -> Band {
        let begun = self.steps.partition_point(|(from, _)| *from <= day);
        self.steps[..begun]
            .last()
            .map_or(Band::default(), |(_, band)| *band)
    }

    /// Iterates over the days, after one or all, on which the limits change.
    pub(in crate::fold) fn days_after(&self, after: Option<Day>) -> impl Iterator<Item = Day> {
        let begun = self.steps.partition_point(|(day, _)| Some(*day) <= after);
        self.steps[begun..].iter().map(|(day, _)| *day)
    }

    /// Returns the first day with a limit.
    pub(in crate::fold) fn first(&self) -> Option<Day> {
        self.steps.first().map(|(day, _)| *day)
    }

    /// Returns the last day on which a limit begins.
    pub(in crate::fold) fn last_begin(&self) -> Option<Day> {
        self.begun.last().map(|(day, _)| *day)
    }

    /// Returns the events whose limits change those of a day: by beginning on it, or ending on it.
    pub(in crate::fold) fn causes(&self, day: Day) -> impl Iterator<Item = EventId> {
        let place = self
            .steps
            .binary_search_by_key(&day, |(from, _)| *from)
            .ok();
        let band = place.map(|place| self.steps[place].1).unwrap_or_default();
        let limits = [band.ceiling, band.floor].into_iter().flatten();
        let begins = move |event: &EventId| self.begun.binary_search(&(day, *event)).is_ok();
        let begun = limits.map(|limit| limit.event).filter(begins);
        let first = self.ended.partition_point(|(ended, _)| *ended < day);
        let ended = self.ended[first..].iter();
        let ended = ended.take_while(move |(ended, _)| place.is_some() && *ended == day);
        begun.chain(ended.map(|(_, event)| *event))
    }
}

impl Band {
    /// Returns an index within the limits, under a strain.
    ///
    /// It rises with the index and falls with strain.
    #[must_use]
    pub fn limit(self, index: i64, strain: i64, rules: &Rulebook) -> i64 {
        let mut limited = index;
        if let Some(level) = self.holds_up(strain, rules) {
            limited = limited.max(held_up(level, strain, rules));
        }
        if let Some(ceiling) = self.ceiling {
            limited = limited.min(rules.highest(ceiling.level));
        }
        limited
    }

    /// Returns the level that the floor holds up under a strain, if it does.
    pub(in crate::fold) fn holds_up(self, strain: i64, rules: &Rulebook) -> Option<Level> {
        let floor = self.floor.filter(|_| strain < rules.floor_breaks_at)?;
        Some(floor.level)
    }

    /// Returns true if it limits nothing.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.ceiling.is_none() && self.floor.is_none()
    }
}

/// Returns the index that a floor holds up under a strain: the lowest of its level at the strain at
/// which it breaks, and with less strain up to half a level above.
fn held_up(level: Level, strain: i64, rules: &Rulebook) -> i64 {
    let breaks_at = rules.floor_breaks_at.max(1);
    let (lowest, highest) = (rules.lowest(level), rules.highest(level));
    let room = (highest - lowest) / 2;
    lowest + room * (breaks_at - strain).max(0) / breaks_at
}

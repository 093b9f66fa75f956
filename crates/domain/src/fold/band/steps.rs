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
#[derive(Clone, Debug, Default)]
pub struct BandSteps {
    /// The spans of all limits, in order of their ends.
    spans: Vec<Span>,
    by_day: ByDay,
    /// The last days of the dates of events that begin a limit, for imprecise dates.
    settled: BTreeMap<EventId, Day>,
}

/// What follows from spans, in order of days.
#[derive(Clone, Debug, Default)]
struct ByDay {
    steps: Vec<(Day, Band)>,
    /// The events that begin a limit.
    begun: Vec<(Day, EventId)>,
    /// The events that end a limit.
    ended: Vec<(Day, EventId)>,
}

/// The most spans that are added one by one.
const FEW: usize = 8;

/// A limit over a span of days.
#[derive(Clone, Copy, Debug)]
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
    fn key(&self) -> (bool, Strictness) {
        (self.ceiling, self.strictness())
    }

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
    pub(super) fn new(spans: Vec<Span>) -> Self {
        let mut steps = Self::default();
        steps.replace(&[], spans);
        steps
    }

    /// Removes spans, and adds others. Returns the first day of a difference: see
    /// [`BandSteps::first_difference`].
    pub(super) fn replace(&mut self, gone: &[Span], new: Vec<Span>) -> Option<Day> {
        let from = gone.iter().chain(&new).map(|span| span.from).min()?;
        self.remove(gone);
        let dates = new.iter().filter(|span| span.from < span.settled);
        self.settled
            .extend(dates.map(|span| (span.limit.event, span.settled)));
        if new.len() > FEW {
            self.spans.extend(new);
            self.spans.sort_by_key(|span| span.until);
        } else {
            for span in new {
                let place = self
                    .spans
                    .partition_point(|other| other.until <= span.until);
                self.spans.insert(place, span);
            }
        }
        let was = self.by_day.split_off(from);
        let is = self.by_day(from);
        let day = was.first_difference(&is);
        self.by_day.extend(is);
        day
    }

    /// Removes spans, each as often as it is given.
    fn remove(&mut self, gone: &[Span]) {
        let Some(first) = gone.iter().map(|span| span.until).min() else {
            return;
        };
        let mut rest: BTreeMap<(bool, Strictness), usize> = BTreeMap::new();
        for span in gone {
            *rest.entry(span.key()).or_default() += 1;
        }
        let later = self.spans.split_off(self.ending(first));
        self.spans.extend(later.into_iter().filter(|span| {
            let count = rest.get_mut(&span.key()).filter(|count| **count > 0);
            count.map(|count| *count -= 1).is_none()
        }));
    }

    /// Returns the place of the first span that ends on a day or later.
    fn ending(&self, day: Day) -> usize {
        self.spans.partition_point(|span| span.until < day)
    }

    /// Computes what follows from a day on; there is nothing yet.
    fn by_day(&self, day: Day) -> ByDay {
        let spans = &self.spans[self.ending(day)..];
        let (mut later, mut held) = (Vec::new(), BTreeMap::new());
        for span in spans {
            if span.from >= day {
                later.push(span);
                continue;
            }
            // Of a level, the first of those that hold already also holds longest.
            let first = held.entry((span.ceiling, span.limit.level)).or_insert(span);
            if span.strictness() < first.strictness() {
                *first = span;
            }
        }
        later.sort_by_key(|span| span.from);
        let days = later.iter().map(|span| span.from);
        let ends = spans.iter().map(|span| span.until);
        let days = sorted(days.chain(ends.filter(|day| *day != Day::MAX)));
        let begun = later.iter().map(|span| (span.from, span.limit.event));
        let ended = spans
            .iter()
            .filter_map(|span| Some((span.until, span.ended_by?)));
        let mut by_day = ByDay {
            steps: Vec::new(),
            begun: sorted(begun),
            ended: sorted(ended),
        };
        let before = self.by_day.steps.last();
        let mut before = before.map_or(Band::default(), |(_, last)| *last);
        // The spans that hold, the strictest first: ceilings, then floors.
        let mut holding: [BTreeMap<Strictness, &Span>; 2] = Default::default();
        let mut begins = held.into_values().chain(later).peekable();
        for day in days {
            while let Some(span) = begins.next_if(|span| span.from <= day) {
                holding[usize::from(!span.ceiling)].insert(span.strictness(), span);
            }
            let [ceiling, floor] = holding.each_mut().map(|holding| {
                while let Some(first) = holding.first_entry() {
                    if day < first.get().until {
                        return Some(first.get().limit);
                    }
                    first.remove();
                }
                None
            });
            let band = Band { ceiling, floor };
            if before != band {
                by_day.steps.push((day, band));
                before = band;
            }
        }
        by_day
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
        self.by_day.first_difference(&other.by_day)
    }

    /// Returns the limits on a day.
    #[must_use]
    pub fn at(&self, day: Day) -> Band {
        let begun = self.by_day.steps.partition_point(|(from, _)| *from <= day);
        self.by_day.steps[..begun]
            .last()
            .map_or(Band::default(), |(_, band)| *band)
    }

    /// Iterates over the days, after one or all, on which the limits change.
    pub(in crate::fold) fn days_after(&self, after: Option<Day>) -> impl Iterator<Item = Day> {
        let begun = self
            .by_day
            .steps
            .partition_point(|(day, _)| Some(*day) <= after);
        self.by_day.steps[begun..].iter().map(|(day, _)| *day)
    }

    /// Returns the first day with a limit.
    pub(in crate::fold) fn first(&self) -> Option<Day> {
        self.by_day.steps.first().map(|(day, _)| *day)
    }

    /// Returns the last day on which a limit begins.
    pub(in crate::fold) fn last_begin(&self) -> Option<Day> {
        self.by_day.begun.last().map(|(day, _)| *day)
    }

    /// Returns the events whose limits change those of a day: by beginning on it, or ending on it.
    pub(in crate::fold) fn causes(&self, day: Day) -> impl Iterator<Item = EventId> {
        let place = self
            .by_day
            .steps
            .binary_search_by_key(&day, |(from, _)| *from)
            .ok();
        let band = place
            .map(|place| self.by_day.steps[place].1)
            .unwrap_or_default();
        let limits = [band.ceiling, band.floor].into_iter().flatten();
        let begins = move |event: &EventId| self.by_day.begun.binary_search(&(day, *event)).is_ok();
        let begun = limits.map(|limit| limit.event).filter(begins);
        let first = self.by_day.ended.partition_point(|(ended, _)| *ended < day);
        let ended = self.by_day.ended[first..].iter();
        let ended = ended.take_while(move |(ended, _)| place.is_some() && *ended == day);
        begun.chain(ended.map(|(_, event)| *event))
    }
}

impl ByDay {
    fn first_difference(&self, other: &Self) -> Option<Day> {
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

    /// Removes what is of a day or later, and returns it.
    fn split_off(&mut self, day: Day) -> Self {
        fn split_off<T>(values: &mut Vec<(Day, T)>, day: Day) -> Vec<(Day, T)> {
            values.split_off(values.partition_point(|(other, _)| *other < day))
        }
        Self {
            steps: split_off(&mut self.steps, day),
            begun: split_off(&mut self.begun, day),
            ended: split_off(&mut self.ended, day),
        }
    }

    /// Adds what is of later days.
    fn extend(&mut self, later: Self) {
        self.steps.extend(later.steps);
        self.begun.extend(later.begun);
        self.ended.extend(later.ended);
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

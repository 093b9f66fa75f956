//! Replay by valid day: the frames of all relations in order of days, derived a few at a time.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::num::NonZeroUsize;
use std::ops::RangeInclusive;

use detente_api::view::ReplayFrame;
use detente_chronicle::{Point, Position};
use detente_domain::day::Day;
use detente_domain::fold::Timeline;
use detente_domain::relations::Pair;
use detente_domain::state::Change;
use detente_feed::Filter;

use super::{ReplayPlace, frame, set_cursor};
use crate::archive::Archive;
use crate::queries::history;

/// The most frames that are derived together. The fold of a relation is looked up once for each, so
/// one that is no longer cached is not made for every frame.
const BATCH: usize = 512;

/// The most changes of a frame, so that it stays within some hundred kilobytes. A day of a relation
/// with more has several frames.
const CHANGES_MAX: usize = 256;

/// A day of a relation: frames are in this order. The number is that of the relation.
type Place = (Day, usize);

/// The steps of the relations that match, as known at a position: a frame for each day of a
/// relation, or more than one if it has many changes, in order of days and relations.
///
/// It holds a day for each relation and some hundred frames, however long the log is. The archive is
/// needed for one relation at a time.
#[derive(Debug)]
pub struct DayReplay {
    filter: Filter,
    days: RangeInclusive<Day>,
    known: Position,
    /// The beginning of every cursor.
    prefix: String,
    /// The relations, in order of their names.
    pairs: Vec<Pair>,
    /// The first day of each relation that may have a further frame.
    upcoming: BinaryHeap<Reverse<Place>>,
    /// The next frames, by the latest; at most a batch.
    batch: BinaryHeap<Place>,
    batch_max: usize,
    changes_max: usize,
    /// The frame after which it begins, if its day has more.
    begun: Option<ReplayPlace>,
    /// The first days of the relations that have a part in the batch.
    gathered: Vec<Place>,
    /// The frames of the batch that were derived, those of a place in order.
    derived: Vec<(Place, ReplayFrame)>,
    /// Frames that are ready, in order.
    ready: VecDeque<ReplayFrame>,
}

impl DayReplay {
    /// Begins the replay of some days. Cursors begin with the projection.
    #[must_use]
    pub fn new(
        archive: &Archive,
        filter: Filter,
        days: RangeInclusive<Day>,
        projection: &str,
        known: u64,
    ) -> Self {
        let (chronicle, position) = (archive.chronicle(), Position(known));
        // A relation that was first touched later must not show in an earlier answer.
        let pairs = chronicle
            .pairs()
            .filter(|pair| filter.matches_pair(*pair) && chronicle.was_touched(*pair, position));
        let mut pairs: Vec<Pair> = pairs.collect();
        pairs.sort_by_cached_key(ToString::to_string);
        let first = |number| Reverse((*days.start(), number));
        Self {
            upcoming: (0..pairs.len()).map(first).collect(),
            filter,
            days,
            known: position,
            prefix: format!("{projection}-{known}"),
            pairs,
            batch: BinaryHeap::new(),
            batch_max: BATCH,
            changes_max: CHANGES_MAX,
            begun: None,
            gathered: Vec::new(),
            derived: Vec::new(),
            ready: VecDeque::new(),
        }
    }

    /// Begins after a place instead, whether or not that has a frame.
    #[must_use]
    pub fn after(mut self, place: ReplayPlace) -> Self {
        let name = place.pair.to_string();
        // The open beginning is a day of its own, before the first civil one.
        let next = place.day.next().max(Day::FIRST);
        let first = |(number, pair): (usize, &Pair)| {
            let other = pair.to_string();
            let is_past = other < name || other == name && place.part.is_none();
            let day = if is_past { next } else { place.day };
            Reverse((day.max(*self.days.start()), number))
        };
        self.upcoming = self.pairs.iter().enumerate().map(first).collect();
        self.begun = place.part.map(|_| place);
        self
    }

    /// Returns the next frame, if it is derived.
    pub fn pop(&mut self) -> Option<ReplayFrame> {
        self.ready.pop_front()
    }

    /// Returns true if the next frame is derived.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        !self.ready.is_empty()
    }

    /// Derives the next frame, with the archive locked until then.
    pub fn next(&mut self, archive: &mut Archive) -> Option<ReplayFrame> {
        while !self.is_ready() && self.advance(archive) {}
        self.pop()
    }

    /// Returns the relation that [`DayReplay::advance`] folds next, and the position, if that fold is
    /// not cached and has at least so many versions.
    #[must_use]
    pub fn next_long(&self, archive: &Archive, versions_min: usize) -> Option<(Pair, Position)> {
        let last = self.last();
        let upcoming = self.upcoming.peek().map(|Reverse(first)| *first);
        let upcoming = upcoming.filter(|first| *first <= last);
        let (_, number) = upcoming.or_else(|| self.gathered.last().copied())?;
        let pair = self.pairs.get(number).copied()?;
        let folds_long = archive
            .chronicle()
            .folds_long(pair, self.known, versions_min);
        folds_long.then_some((pair, self.known))
    }

    /// Derives more from one relation. Returns false if there are no more frames.
    pub fn advance(&mut self, archive: &mut Archive) -> bool {
        if self.gather(archive) {
            return true;
        }
        if let Some(first) = self.gathered.pop() {
            self.derive(archive, first);
            return true;
        }
        // A batch that is not full had place for all that was left.
        let is_over = self.batch.is_empty();
        self.batch.clear();
        self.derived.sort_by_key(|(place, _)| *place);
        let derived = self.derived.drain(..);
        self.ready.extend(derived.map(|(_, frame)| frame));
        !is_over
    }

    /// Adds the days of the next relation to the batch. Returns false if the batch is complete.
    fn gather(&mut self, archive: &mut Archive) -> bool {
        let last = self.last();
        let next = self.upcoming.peek().map(|Reverse(first)| *first);
        let Some(first) = next.filter(|first| *first <= last) else {
            return false;
        };
        self.upcoming.pop();
        self.gathered.push(first);
        let (from, number) = first;
        let folded = archive
            .chronicle_mut()
            .fold(self.pairs[number], Some(self.known));
        let mut days: Vec<Day> = Vec::new();
        for timeline in folded.timelines.values() {
            days.extend(days_from(timeline, from).take(self.batch_max));
        }
        days.sort_unstable();
        days.dedup();
        for day in days {
            if day > *self.days.end() || (day, number) > self.last() {
                break;
            }
            self.batch.push((day, number));
            if self.batch.len() > self.batch_max {
                self.batch.pop();
            }
        }
        true
    }

    /// Returns the last place that can be in the batch.
    fn last(&self) -> Place {
        let latest = self.batch.peek().copied();
        let is_full = self.batch.len() >= self.batch_max;
        latest
            .filter(|_| is_full)
            .unwrap_or((*self.days.end(), usize::MAX))
    }

    /// Derives the frames of a relation that are in the batch.
    fn derive(&mut self, archive: &mut Archive, (from, number): Place) {
        let (pair, last) = (self.pairs[number], self.last());
        let is_in_batch = |day: Day| (day, number) <= last;
        let folded = archive.chronicle_mut().fold(pair, Some(self.known));
        let (mut steps, mut next): (Vec<Change>, Option<Day>) = (Vec::new(), None);
        for (subject, timeline) in &folded.timelines {
            let changes = history::changes(pair, subject, timeline, from..=last.0);
            steps.extend(changes.filter(|step| is_in_batch(step.day)));
            let later = days_from(timeline, from.max(last.0)).find(|day| !is_in_batch(*day));
            next = next.into_iter().chain(later).min();
        }
        drop(folded);
        let next = next.filter(|day| day <= self.days.end());
        self.upcoming.extend(next.map(|day| Reverse((day, number))));
        history::sort(&mut steps);
        let point = Point {
            at: *self.days.end(),
            known: self.known,
        };
        for steps in steps.chunk_by(|one, other| one.day == other.day) {
            let Some(day) = steps.first().map(|step| step.day) else {
                continue;
            };
            // Parts are counted before the filter, so that a cursor does not depend on it.
            let parts = steps.chunks(self.changes_max);
            let last = parts.len();
            for (part, steps) in (1..).zip(parts) {
                let part = NonZeroUsize::new(part).filter(|part| part.get() < last);
                let place = ReplayPlace { day, pair, part };
                if self.is_before(place) {
                    continue;
                }
                let views = history::views(archive, steps, point);
                if let Some(mut frame) = frame(&self.filter, pair, day, self.known.0, views) {
                    set_cursor(&mut frame, &self.prefix, place);
                    self.derived.push(((day, number), frame));
                }
            }
        }
    }

    /// Returns true if the replay begins after a frame.
    fn is_before(&self, place: ReplayPlace) -> bool {
        let begun = self
            .begun
            .filter(|begun| (begun.day, begun.pair) == (place.day, place.pair));
        begun.is_some_and(|begun| place.part.is_some_and(|part| Some(part) <= begun.part))
    }
}

/// Returns the days of the steps of a timeline, from a day on, each once.
fn days_from(timeline: &Timeline, from: Day) -> impl Iterator<Item = Day> {
    let (_, steps) = history::split(&timeline.steps, from);
    let days = steps.chunk_by(|one, other| one.day == other.day);
    days.filter_map(|steps| steps.first()).map(|step| step.day)
}

#[cfg(test)]
mod tests;

//! Replay by valid day: the frames of all relations in order of days, derived a few at a time.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
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

/// A day of a relation: frames are in this order. The number is that of the relation.
type Place = (Day, usize);

/// The steps of the relations that match, as known at a position: a frame for each day of a
/// relation, in order of days and relations.
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
    /// The first days of the relations that have a part in the batch.
    gathered: Vec<Place>,
    /// The frames of the batch that were derived.
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
            let is_past = pair.to_string() <= name;
            let day = if is_past { next } else { place.day };
            Reverse((day.max(*self.days.start()), number))
        };
        self.upcoming = self.pairs.iter().enumerate().map(first).collect();
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
        self.derived.sort_unstable_by_key(|(place, _)| *place);
        for ((day, number), mut frame) in self.derived.drain(..) {
            let pair = self.pairs[number];
            set_cursor(&mut frame, &self.prefix, ReplayPlace { day, pair });
            self.ready.push_back(frame);
        }
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
            let views = history::views(archive, steps, point);
            let frame = frame(&self.filter, pair, day, self.known.0, views);
            self.derived
                .extend(frame.map(|frame| ((day, number), frame)));
        }
    }
}

/// Returns the days of the steps of a timeline, from a day on, each once.
fn days_from(timeline: &Timeline, from: Day) -> impl Iterator<Item = Day> {
    let (_, steps) = history::split(&timeline.steps, from);
    let days = steps.chunk_by(|one, other| one.day == other.day);
    days.filter_map(|steps| steps.first()).map(|step| step.day)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use detente_domain::edtf::Edtf;
    use detente_domain::record::{Body, Record};
    use detente_testkit::histories::{records, rules};
    use proptest::prelude::*;

    use super::*;

    /// Returns the frames, with so many of them in a batch.
    fn replayed(
        archive: &mut Archive,
        filter: &str,
        known: u64,
        batch_max: usize,
    ) -> Vec<ReplayFrame> {
        replayed_after(archive, filter, known, batch_max, None)
    }

    /// Returns the frames after a place.
    fn replayed_after(
        archive: &mut Archive,
        filter: &str,
        known: u64,
        batch_max: usize,
        place: Option<ReplayPlace>,
    ) -> Vec<ReplayFrame> {
        let filter = match filter {
            "" => Filter::default(),
            dimension => Filter::parse(&detente_api::request::FilterRequest {
                dimension: vec![dimension.to_owned()],
                ..Default::default()
            })
            .unwrap(),
        };
        let days = Day::MIN..=Day::LAST;
        let mut replay = DayReplay::new(archive, filter, days, "p", known);
        replay.batch_max = batch_max;
        if let Some(place) = place {
            replay = replay.after(place);
        }
        let frames = std::iter::from_fn(|| {
            let frame = replay.next(archive);
            let held = replay.ready.len() + replay.batch.len() + replay.derived.len();
            assert!(held <= batch_max, "{held} frames are held");
            frame
        });
        frames.collect()
    }

    /// Generates records; some of the events have an open beginning.
    fn partly_open() -> impl Strategy<Value = Vec<Record>> {
        let are_open = proptest::collection::vec(proptest::bool::weighted(0.2), 60);
        (records(60), are_open).prop_map(|(mut records, are_open)| {
            for (record, is_open) in records.iter_mut().zip(are_open) {
                if let Body::Reported(event) = &mut record.body
                    && is_open
                {
                    let last = event.occurred.latest();
                    event.occurred = Edtf::parse(&format!("../{last}")).expect("a date");
                }
            }
            records
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn frames_are_the_same_however_many_are_derived_together(records in partly_open()) {
            let mut archive = Archive::new(Arc::clone(&rules()));
            for (position, record) in (1..).zip(&records) {
                archive.apply(position, record);
            }
            let known = records.len() as u64;
            for (filter, known) in [("", known), ("", known / 2), ("security", known)] {
                let whole = replayed(&mut archive, filter, known, usize::MAX);
                let order = whole.iter().map(|frame| (frame.day(), frame.frame.relation.clone()));
                prop_assert!(order.is_sorted_by(|one, next| one < next));
                for batch_max in [1, 2, 7] {
                    let frames = replayed(&mut archive, filter, known, batch_max);
                    prop_assert_eq!(&frames, &whole);
                }
                // It goes on after any frame.
                for (number, frame) in whole.iter().enumerate().step_by(5) {
                    let place = frame.frame.cursor.strip_prefix(&format!("p-{known}-"));
                    let place = place.and_then(ReplayPlace::parse);
                    prop_assert!(place.is_some(), "{}", frame.frame.cursor);
                    let rest = replayed_after(&mut archive, filter, known, 7, place);
                    prop_assert_eq!(&rest, &whole[number + 1..]);
                }
                // Each relation has the steps that it has alone, once each.
                let pairs: Vec<Pair> = archive.chronicle().pairs().collect();
                let position = Position(known);
                let steps = pairs.iter().filter(|pair| archive.chronicle().was_touched(**pair, position));
                let steps: Vec<Pair> = steps.copied().collect();
                let steps = steps.into_iter().map(|pair| {
                    let folded = archive.chronicle_mut().fold(pair, Some(position));
                    let timelines = folded.timelines.iter();
                    let days = Day::MIN..=Day::LAST;
                    let of = |(subject, timeline)| history::changes(pair, subject, timeline, days.clone());
                    timelines.flat_map(of).filter(|step| {
                        filter.is_empty() || detente_api::request::Topic::from(&step.subject).as_str() == filter
                    }).count()
                });
                let changes = whole.iter().map(|frame| frame.frame.changes.len());
                prop_assert_eq!(changes.sum::<usize>(), steps.sum::<usize>());
            }
        }

        #[test]
        fn what_is_folded_next_is_told_before(records in partly_open()) {
            let mut archive = Archive::new(Arc::clone(&rules()));
            for (position, record) in (1..).zip(&records) {
                archive.apply(position, record);
            }
            let days = Day::MIN..=Day::LAST;
            let known = records.len() as u64;
            let mut replay = DayReplay::new(&archive, Filter::default(), days, "p", known);
            loop {
                let next = replay.next_long(&archive, 0);
                let is_over = !replay.advance(&mut archive);
                if let Some((pair, known)) = next {
                    prop_assert!(!archive.chronicle().folds_long(pair, known, 0), "{}", pair);
                }
                if is_over {
                    break;
                }
            }
        }
    }
}

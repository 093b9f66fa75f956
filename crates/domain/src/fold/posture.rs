//! Posture: the average of the known indices, by the rulebook's weights, and its trajectory.
//!
//! The average of monotonic indices need not be monotonic: between two days it is bounded by the
//! averages of their bounds.

use super::bounds::{BoundsCursor, SumBounds};
use super::crossings::{self, LevelTracker, Signal, reading};
use super::index;
use super::{DimensionSums, Item, Timeline, sorted};
use crate::day::Day;
use crate::dimension::Weighed;
use crate::event::EventId;
use crate::level::{Level, Trajectory};
use crate::rulebook::Rulebook;

/// The index of the posture by day.
struct PostureSignal<'a> {
    sums: &'a [DimensionSums; 6],
    bounds: &'a [SumBounds<'a>; 6],
    rules: &'a Rulebook,
    items: &'a [Item<'a>],
}

/// Computes the index of the posture on a day, in thousandths; `None` if nothing is known.
#[must_use]
pub fn blend(sums: &[DimensionSums; 6], rules: &Rulebook, day: Day) -> Option<i64> {
    average(rules, |weighed| {
        let sums = &sums[weighed.index()];
        known(sums, day).then(|| reading(sums, weighed, rules, day).index)
    })
}

/// Computes the index that a day would have without the events of the trajectory's window; 0 if
/// nothing was known before it.
#[must_use]
pub fn without_window(sums: &[DimensionSums; 6], rules: &Rulebook, day: Day) -> i64 {
    let begun = day.plus(-i32::from(rules.trajectory_days));
    let without = average(rules, |weighed| {
        let sums = &sums[weighed.index()];
        known(sums, begun).then(|| {
            let decay = &rules.dimension(weighed).decay;
            index::read(sums.table.up_to(day, begun, decay), weighed, rules).index
        })
    });
    without.unwrap_or(0)
}

/// Returns the trajectory of a day that has the given index.
pub(super) fn trajectory(
    sums: &[DimensionSums; 6],
    rules: &Rulebook,
    day: Day,
    index: i64,
) -> Trajectory {
    match index - without_window(sums, rules, day) {
        moved if moved >= rules.trajectory_step => Trajectory::Warming,
        moved if moved <= -rules.trajectory_step => Trajectory::Cooling,
        _ => Trajectory::Steady,
    }
}

/// Returns true if a dimension has any evidence by a day.
pub(super) fn known(sums: &DimensionSums, day: Day) -> bool {
    sums.terms.first().is_some_and(|term| term.from <= day)
}

/// Computes the average of the known indices, by the rulebook's weights.
pub(super) fn average(rules: &Rulebook, index: impl Fn(Weighed) -> Option<i64>) -> Option<i64> {
    let (mut total, mut weights) = (0i64, 0i64);
    for weighed in rules.blended() {
        if let Some(index) = index(weighed) {
            let weight = i64::from(rules.posture[weighed.index()]);
            total += index * weight;
            weights += weight;
        }
    }
    (weights > 0).then(|| total / weights)
}

/// Computes the timeline of the posture.
pub(super) fn timeline(
    sums: &[DimensionSums; 6],
    bounds: &[SumBounds<'_>; 6],
    rules: &Rulebook,
    earlier: Option<(&Timeline, Day)>,
    items: &[Item<'_>],
) -> Timeline {
    let blended = rules.blended();
    let mut breaks: Vec<Day> = blended
        .flat_map(|weighed| sums[weighed.index()].breaks.iter().copied())
        .collect();
    // Sorted runs, one for each dimension, which a stable sort merges.
    breaks.sort();
    breaks.dedup();
    let words = Level::ALL.map(Level::as_str);
    let mut tracker = LevelTracker::new(&rules.levels, &words, earlier);
    let last_events = rules.blended();
    let last_events =
        last_events.filter_map(|weighed| crossings::last_event(&sums[weighed.index()]));
    tracker.timeline.last_event = last_events.max();
    let fading = rules
        .blended()
        .map(|weighed| rules.dimension(weighed).decay.span());
    let signal = PostureSignal {
        sums,
        bounds,
        rules,
        items,
    };
    tracker.run(&signal, &breaks, fading.max().unwrap_or(0));
    tracker.timeline
}

impl PostureSignal<'_> {
    /// Returns true if a dimension is included, and known on a day.
    fn counts(&self, weighed: Weighed, day: Day) -> bool {
        let place = weighed.index();
        self.rules.posture[place] > 0 && known(&self.sums[place], day)
    }

    /// Averages the bounds of the dimensions; `None` if one has none, or nothing is known.
    fn average(
        &self,
        day: Day,
        bounds: impl Fn(Weighed) -> Option<(i64, i64)>,
    ) -> Option<(i64, i64)> {
        let mut ends = [[None; 6]; 2];
        for weighed in Weighed::ALL {
            if self.counts(weighed, day) {
                let (least, greatest) = bounds(weighed)?;
                ends[0][weighed.index()] = Some(least);
                ends[1][weighed.index()] = Some(greatest);
            }
        }
        let [least, greatest] =
            ends.map(|ends| average(self.rules, |weighed| ends[weighed.index()]));
        least.zip(greatest)
    }
}

impl Signal for PostureSignal<'_> {
    type Cursor = [BoundsCursor; 6];

    fn begin(&self) -> Self::Cursor {
        self.bounds.each_ref().map(SumBounds::begin)
    }

    fn advance(&self, cursors: &mut Self::Cursor, to: Day) {
        for weighed in Weighed::ALL {
            if self.counts(weighed, to) {
                let place = weighed.index();
                self.bounds[place].advance(&mut cursors[place], to);
            }
        }
    }

    fn on(&self, cursors: &Self::Cursor, day: Day) -> Option<(i64, i64)> {
        self.average(day, |weighed| {
            let place = weighed.index();
            self.bounds[place].on(&cursors[place], |reading, _| reading.index)
        })
    }

    fn between(&self, ends: (&Self::Cursor, &Self::Cursor), first: Day) -> Option<(i64, i64)> {
        self.average(first, |weighed| {
            let place = weighed.index();
            let ends = (&ends.0[place], &ends.1[place]);
            self.bounds[place].between(ends, |reading, _| reading.index)
        })
    }

    fn value(&self, day: Day) -> Option<i64> {
        blend(self.sums, self.rules, day)
    }

    fn causes(&self, day: Day) -> Vec<EventId> {
        let blended = self.rules.blended();
        sorted(
            blended.flat_map(|weighed| {
                crossings::causes(&self.sums[weighed.index()], day, self.items)
            }),
        )
    }
}

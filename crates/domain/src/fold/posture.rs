//! Posture: the rulebook's blend of the indices of all known dimensions, and its trajectory.
//!
//! A blend of indices that each only rise or only fall need not do either: between two days it is
//! bounded by the blends of their bounds.

use super::index::{self, Reading};
use super::mass::Sums;
use super::walk::{self, Curve, Track, reading};
use super::{Item, Sum, Timeline};
use crate::day::Day;
use crate::dimension::Weighed;
use crate::event::EventId;
use crate::level::{Level, Trajectory};
use crate::rulebook::Rulebook;

/// The blended index of a day, in thousandths; `None` where nothing is known.
#[must_use]
pub fn blend(sums: &[Sum; 6], rules: &Rulebook, day: Day) -> Option<i64> {
    average(rules, |weighed| {
        let sum = &sums[weighed.index()];
        known(sum, day).then(|| reading(sum, weighed, rules, day).index)
    })
}

/// The blended index that a day would have had nothing happened in the last window; 0 where
/// nothing was known before it.
#[must_use]
pub fn without_window(sums: &[Sum; 6], rules: &Rulebook, day: Day) -> i64 {
    let begun = day.plus(-i32::from(rules.trajectory_days));
    let without = average(rules, |weighed| {
        let sum = &sums[weighed.index()];
        known(sum, begun).then(|| {
            let left = sum.mass.up_to(day, begun, &rules.dimension(weighed).decay);
            index::read(left, weighed, rules).index
        })
    });
    without.unwrap_or(0)
}

/// What the evidence of the last window did to the posture of a day.
#[must_use]
pub fn trajectory(sums: &[Sum; 6], rules: &Rulebook, day: Day) -> Option<Trajectory> {
    let with = blend(sums, rules, day)?;
    let moved = with - without_window(sums, rules, day);
    Some(match moved {
        moved if moved >= rules.trajectory_step => Trajectory::Warming,
        moved if moved <= -rules.trajectory_step => Trajectory::Cooling,
        _ => Trajectory::Steady,
    })
}

pub(super) fn known(sum: &Sum, day: Day) -> bool {
    sum.terms.first().is_some_and(|term| term.from <= day)
}

fn average(rules: &Rulebook, index: impl Fn(Weighed) -> Option<i64>) -> Option<i64> {
    let (mut total, mut weights) = (0i64, 0i64);
    for weighed in Weighed::ALL {
        let weight = i64::from(rules.posture[weighed.index()]);
        if weight > 0
            && let Some(index) = index(weighed)
        {
            total += index * weight;
            weights += weight;
        }
    }
    (weights > 0).then(|| total / weights)
}

pub(super) fn timeline(
    sums: &[Sum; 6],
    rules: &Rulebook,
    earlier: Option<(&Timeline, Day)>,
    items: &[Item<'_>],
) -> Timeline {
    let blended = || {
        Weighed::ALL
            .into_iter()
            .filter(|weighed| rules.posture[weighed.index()] > 0)
    };
    let mut breaks: Vec<Day> = blended()
        .flat_map(|weighed| sums[weighed.index()].breaks.iter().copied())
        .collect();
    breaks.sort_unstable();
    breaks.dedup();
    let words: Vec<&'static str> = Level::ALL.iter().map(|level| level.word()).collect();
    let mut track = Track::begin(&rules.levels, &words, earlier);
    track.timeline.last_event = blended()
        .filter_map(|weighed| walk::last_event(&sums[weighed.index()]))
        .max();
    let fading = blended().map(|weighed| rules.dimension(weighed).decay.span());
    let fading = fading.max().unwrap_or(0);
    track.walk(&Blend { sums, rules, items }, breaks, fading);
    track.timeline
}

struct Blend<'a> {
    sums: &'a [Sum; 6],
    rules: &'a Rulebook,
    items: &'a [Item<'a>],
}

impl Curve for Blend<'_> {
    /// The sums of the dimensions known.
    type Point = [Option<Sums>; 6];

    fn at(&self, day: Day) -> Self::Point {
        Weighed::ALL.map(|weighed| {
            let sum = &self.sums[weighed.index()];
            let counts = self.rules.posture[weighed.index()] > 0 && known(sum, day);
            counts.then(|| sum.mass.at(day, &self.rules.dimension(weighed).decay))
        })
    }

    fn value(&self, point: Self::Point) -> Option<i64> {
        average(self.rules, |weighed| {
            let sums = point[weighed.index()]?;
            Some(index::read(sums, weighed, self.rules).index)
        })
    }

    fn range(
        &self,
        (first, from): (Day, Self::Point),
        (last, to): (Day, Self::Point),
    ) -> Option<(i64, i64)> {
        let ranges = Weighed::ALL.map(|weighed| {
            let place = weighed.index();
            let ends = ((first, from[place]?), (last, to[place]?));
            let index = |reading: Reading| reading.index;
            Some(walk::range(
                &self.sums[place],
                weighed,
                self.rules,
                ends,
                index,
            ))
        });
        let least = average(self.rules, |weighed| Some(ranges[weighed.index()]?.0))?;
        let greatest = average(self.rules, |weighed| Some(ranges[weighed.index()]?.1))?;
        Some((least, greatest))
    }

    fn rough(&self, (first, from): (Day, Self::Point), last: Day) -> Option<(i64, i64)> {
        let ranges = Weighed::ALL.map(|weighed| {
            let place = weighed.index();
            let ends = ((first, from[place]?), last);
            let index = |reading: Reading| reading.index;
            Some(walk::rough(
                &self.sums[place],
                weighed,
                self.rules,
                ends,
                index,
            ))
        });
        let least = average(self.rules, |weighed| Some(ranges[weighed.index()]?.0))?;
        let greatest = average(self.rules, |weighed| Some(ranges[weighed.index()]?.1))?;
        Some((least, greatest))
    }

    fn causes(&self, day: Day) -> Vec<EventId> {
        let mut causes: Vec<EventId> = Weighed::ALL
            .into_iter()
            .filter(|weighed| self.rules.posture[weighed.index()] > 0)
            .flat_map(|weighed| walk::causes(&self.sums[weighed.index()], day, self.items))
            .collect();
        causes.sort_unstable();
        causes.dedup();
        causes
    }
}

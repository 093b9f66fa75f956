//! Posture: the rulebook's blend of the indices of all known dimensions, and its trajectory.
//!
//! A blend of indices that each only rise or only fall need not do either: between two days it is
//! bounded by the blends of their bounds.

use super::index::{self, Reading};
use super::roll::{Course, Roll};
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
    blend(sums, rules, day).map(|with| moved(sums, rules, day, with))
}

/// The trajectory of a day with that blended index.
pub(super) fn moved(sums: &[Sum; 6], rules: &Rulebook, day: Day, with: i64) -> Trajectory {
    match with - without_window(sums, rules, day) {
        moved if moved >= rules.trajectory_step => Trajectory::Warming,
        moved if moved <= -rules.trajectory_step => Trajectory::Cooling,
        _ => Trajectory::Steady,
    }
}

pub(super) fn known(sum: &Sum, day: Day) -> bool {
    sum.terms.first().is_some_and(|term| term.from <= day)
}

/// The average of the indices that are known, by the rulebook's weights.
pub(super) fn average(rules: &Rulebook, index: impl Fn(Weighed) -> Option<i64>) -> Option<i64> {
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
    courses: &[Course<'_>; 6],
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
    // Each dimension's are in order: runs, that a stable sort merges.
    breaks.sort();
    breaks.dedup();
    let words: Vec<&'static str> = Level::ALL.iter().map(|level| level.as_str()).collect();
    let mut track = Track::begin(&rules.levels, &words, earlier);
    track.timeline.last_event = blended()
        .filter_map(|weighed| walk::last_event(&sums[weighed.index()]))
        .max();
    let fading = blended().map(|weighed| rules.dimension(weighed).decay.span());
    let fading = fading.max().unwrap_or(0);
    let blend = Blend {
        sums,
        courses,
        rules,
        items,
    };
    track.walk(&blend, &breaks, fading);
    track.timeline
}

struct Blend<'a> {
    sums: &'a [Sum; 6],
    courses: &'a [Course<'a>; 6],
    rules: &'a Rulebook,
    items: &'a [Item<'a>],
}

impl Blend<'_> {
    /// Whether a dimension is blended, and known on a day.
    fn counts(&self, weighed: Weighed, day: Day) -> bool {
        let place = weighed.index();
        self.rules.posture[place] > 0 && known(&self.sums[place], day)
    }

    /// Blends the bounds of the dimensions; `None` where one has none, or nothing is known.
    fn bounds(
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
        let [least, greatest] = ends.map(|ends| average(self.rules, |one| ends[one.index()]));
        least.zip(greatest)
    }
}

impl Curve for Blend<'_> {
    type Roll = [Roll; 6];

    fn begin(&self) -> Self::Roll {
        self.courses.each_ref().map(Course::begin)
    }

    fn advance(&self, rolls: &mut Self::Roll, to: Day) {
        for weighed in Weighed::ALL {
            if self.counts(weighed, to) {
                let place = weighed.index();
                self.courses[place].advance(&mut rolls[place], to);
            }
        }
    }

    fn on(&self, rolls: &Self::Roll, day: Day) -> Option<(i64, i64)> {
        self.bounds(day, |weighed| {
            let place = weighed.index();
            let index = |reading: Reading, _| reading.index;
            self.courses[place].on(&rolls[place], weighed, self.rules, index)
        })
    }

    fn between(&self, ends: (&Self::Roll, &Self::Roll), first: Day) -> Option<(i64, i64)> {
        self.bounds(first, |weighed| {
            let place = weighed.index();
            let ends = (&ends.0[place], &ends.1[place]);
            let index = |reading: Reading, _| reading.index;
            self.courses[place].between(ends, weighed, self.rules, index)
        })
    }

    fn value(&self, day: Day) -> Option<i64> {
        blend(self.sums, self.rules, day)
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

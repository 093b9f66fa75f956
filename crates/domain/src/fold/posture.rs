//! Posture: the rulebook's blend of the indices of all known dimensions, and its trajectory.
//!
//! A blend of indices that each rise or fall need not do either, so a crossing is not bisected
//! for: an interval is passed over only when the bounds of its terms show that the level cannot
//! change in it, and halved otherwise, down to single days.

use super::index;
use super::walk::{Track, causes, last_event, reading};
use super::{Item, Sum, Timeline};
use crate::day::Day;
use crate::dimension::Weighed;
use crate::level::{Level, Trajectory, judge};
use crate::rulebook::Rulebook;

/// The blended index of a day, in thousandths; `None` where nothing is known.
#[must_use]
pub fn blend(sums: &[Sum; 6], rules: &Rulebook, day: Day) -> Option<i64> {
    average(rules, |weighed| {
        let sum = &sums[weighed.index()];
        known(sum, day).then(|| reading(sum, weighed, rules, day).index)
    })
}

/// What the evidence of the last window did to the posture of a day.
#[must_use]
pub fn trajectory(sums: &[Sum; 6], rules: &Rulebook, day: Day) -> Option<Trajectory> {
    let with = blend(sums, rules, day)?;
    let begun = day.plus(-i32::from(rules.trajectory_days));
    let without = average(rules, |weighed| {
        let sum = &sums[weighed.index()];
        known(sum, begun).then(|| {
            let left = sum.mass.up_to(day, begun, &rules.dimension(weighed).decay);
            index::read(left, weighed, rules).index
        })
    });
    let moved = with - without.unwrap_or(0);
    Some(match moved {
        moved if moved >= rules.trajectory_step => Trajectory::Warming,
        moved if moved <= -rules.trajectory_step => Trajectory::Cooling,
        _ => Trajectory::Steady,
    })
}

fn known(sum: &Sum, day: Day) -> bool {
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
            .filter(|w| rules.posture[w.index()] > 0)
    };
    let mut breaks: Vec<Day> = blended()
        .flat_map(|weighed| sums[weighed.index()].breaks.iter().copied())
        .collect();
    breaks.sort_unstable();
    breaks.dedup();
    let mut walk = Walk {
        sums,
        rules,
        track: Track::begin(earlier, |held| {
            Level::ALL
                .iter()
                .position(|level| level.word() == held.word)
        }),
    };
    walk.track.timeline.last_event = blended()
        .filter_map(|weighed| last_event(&sums[weighed.index()]))
        .max();
    walk.track.clip(&mut breaks);
    let end = blended()
        .map(|w| rules.dimension(w).decay.span())
        .max()
        .unwrap_or(0);
    for (place, from) in breaks.iter().enumerate() {
        let next = breaks
            .get(place + 1)
            .copied()
            .unwrap_or_else(|| from.plus(end).next());
        if let Some(value) = blend(sums, rules, *from) {
            let level = judge(&rules.levels, walk.track.level, value);
            if walk.track.level != Some(level) {
                let mut caused: Vec<_> = blended()
                    .flat_map(|weighed| causes(&sums[weighed.index()], *from, items))
                    .collect();
                caused.sort_unstable();
                caused.dedup();
                walk.track
                    .step(*from, level, Level::ALL[level].word(), caused);
            }
        }
        walk.between(from.next(), next.prev());
    }
    walk.track.timeline
}

struct Walk<'a> {
    sums: &'a [Sum; 6],
    rules: &'a Rulebook,
    track: Track,
}

impl Walk<'_> {
    /// Walks the days of an interval without breaks, both ends included.
    fn between(&mut self, first: Day, last: Day) {
        let mut rest = vec![(first, last)];
        while let Some((first, last)) = rest.pop() {
            if first > last || self.level_holds(first, last) {
                continue;
            }
            if first == last {
                if let Some(value) = blend(self.sums, self.rules, first) {
                    let level = judge(&self.rules.levels, self.track.level, value);
                    self.track
                        .step(first, level, Level::ALL[level].word(), Vec::new());
                }
                continue;
            }
            let middle = first.plus(last.since(first) / 2);
            rest.push((middle.next(), last));
            rest.push((first, middle));
        }
    }

    /// Whether the level cannot change between two days: the blend of the least and of the
    /// greatest index that each dimension has there both leave it.
    fn level_holds(&self, first: Day, last: Day) -> bool {
        let end = |pick: fn(i64, i64) -> i64| {
            average(self.rules, |weighed| {
                let sum = &self.sums[weighed.index()];
                let at = |day| reading(sum, weighed, self.rules, day).index;
                known(sum, first).then(|| pick(at(first), at(last)))
            })
        };
        let (Some(least), Some(greatest)) = (end(i64::min), end(i64::max)) else {
            return true;
        };
        let holds =
            |value| Some(judge(&self.rules.levels, self.track.level, value)) == self.track.level;
        holds(least - 1) && holds(greatest + 1)
    }
}

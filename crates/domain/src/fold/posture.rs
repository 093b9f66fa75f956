//! Posture: the index of the dimensions' pooled masses, within the limits of standing facts, and
//! its trajectory.
//!
//! Masses are pooled, and not indices averaged, so that no hostile act raises it: an average rises
//! when mild bad news comes first in a dimension. Machine-coded rows have no part in it: their cap
//! depends on the people's mass, which would let strain raise machine-coded warmth. It is never
//! warmer than security by more than the rulebook's lead, while security is below 0.

use super::band;
use super::bounds::{BoundsCursor, Spread, SumBounds};
use super::crossings::{self, LevelRule, LevelTracker, Sample, Signal};
use super::index::{self, Reading};
use super::silence::Silence;
use super::sums::Sums;
use super::{DimensionSums, Lean, Timeline, sorted};
use crate::day::Day;
use crate::dimension::Weighed;
use crate::event::EventId;
use crate::level::{Level, Trajectory, judge};
use crate::rulebook::Rulebook;

/// What the posture of one conduct is computed from.
#[derive(Clone, Copy)]
pub(super) struct Pool<'a> {
    /// The sums, by [`Weighed::index`].
    pub(super) sums: &'a [Lean<DimensionSums>; 6],
    /// The limits, as in [`crate::rulebook::Limits`].
    pub(super) bands: &'a [Lean<band::BandSteps>; band::LEVELS],
    /// The rulebook.
    pub(super) rules: &'a Rulebook,
}

/// The posture by day.
struct PostureSignal<'a> {
    pool: Pool<'a>,
    bounds: &'a [SumBounds<'a>; 6],
    silence: &'a Silence,
    events: &'a [(EventId, bool)],
}

/// A day's posture.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pooled {
    /// The index of the pooled masses, and the masses.
    pub(super) reading: Reading,
    /// The strain of security, to which a floor gives way.
    pub(super) force: i64,
    /// The most that security allows, while it is below 0.
    pub(super) security: Option<i64>,
}

impl<'a> Pool<'a> {
    /// Returns true if a posture is known by a day.
    pub(super) fn is_known(&self, day: Day) -> bool {
        let limited = self.bands[band::POSTURE].first();
        let mut dimensions = self.rules.pooled();
        dimensions.any(|weighed| self.sums[weighed.index()].is_known(day))
            || limited.is_some_and(|first| first <= day)
    }

    /// Returns the posture of a day; `None` if nothing is known.
    pub(super) fn on(&self, day: Day) -> Option<Pooled> {
        let read = |weighed: Weighed| self.reading(weighed, day);
        self.is_known(day).then(|| self.pooled(day, read))
    }

    /// Computes the reading of a dimension on a day, without machine-coded rows.
    pub(super) fn reading(&self, weighed: Weighed, day: Day) -> Reading {
        let sums = self.sums[weighed.index()].table.at(day, &self.rules.memory);
        index::read(sums.by_people(), weighed, self.rules)
    }

    /// Pools readings.
    fn pooled(&self, day: Day, read: impl Fn(Weighed) -> Reading) -> Pooled {
        let rule = &self.rules.posture;
        let (mut warmth, mut strained) = (0i64, 0i64);
        for weighed in self.rules.pooled() {
            let reading = read(weighed);
            let weight = i64::from(rule.weights[weighed.index()]);
            warmth = warmth.saturating_add(reading.warmth.saturating_mul(weight));
            strained = strained.saturating_add(reading.strain.saturating_mul(weight));
        }
        let (warmth, strained) = (warmth / 1000, strained / 1000);
        let reading = Reading {
            warmth,
            strain: strained,
            index: index::of(warmth, strained, rule.damping),
        };
        let security = read(Weighed::Security);
        Pooled {
            reading,
            force: security.strain,
            security: self.security(day, security),
        }
    }

    /// Returns the most that security allows.
    fn security(&self, day: Day, reading: Reading) -> Option<i64> {
        let known = self.sums[Weighed::Security.index()].is_known(day);
        let band = self.bands[Weighed::Security.index()].at(day);
        let index = band.limit(reading.index, reading.strain, self.rules);
        (known && index < 0).then(|| index + self.rules.posture.security_lead)
    }

    /// Returns the sample of a day's posture.
    fn sample(&self, day: Day, pooled: Pooled) -> Sample {
        let band = self.bands[band::POSTURE].at(day);
        let security = pooled.security;
        let security = security.map(|most| judge(&self.rules.levels, None, most));
        let security = security.and_then(|level| Level::ALL.get(level).copied());
        let ceiling = band.ceiling.map(|limit| limit.level);
        Sample {
            value: pooled.reading.index,
            floor: band.holds_up(pooled.force, self.rules),
            ceiling: ceiling.into_iter().chain(security).min(),
        }
    }

    /// Returns the index within all limits of a day.
    pub(super) fn limit(&self, day: Day, pooled: Pooled) -> i64 {
        let band = self.bands[band::POSTURE].at(day);
        let limited = band.limit(pooled.reading.index, pooled.force, self.rules);
        pooled.security.map_or(limited, |most| limited.min(most))
    }

    /// Returns the balance of the evidence of the window before a day, in thousandths: warmth less
    /// strain, pooled. Machine-coded rows have no part in it.
    pub(super) fn balance(&self, day: Day) -> i64 {
        let rules = self.rules;
        let begun = day.plus(-i32::from(rules.trajectory_days));
        let balance = |weighed: Weighed| {
            let table = &self.sums[weighed.index()].table;
            let sums = table.since(begun, day, &rules.memory);
            let reading = index::read(sums.by_people(), weighed, rules);
            let weight = i64::from(rules.posture.weights[weighed.index()]);
            (reading.warmth - reading.strain).saturating_mul(weight) / 1000
        };
        rules.pooled().map(balance).sum()
    }

    /// Returns the trajectory of a day.
    pub(super) fn trajectory(&self, day: Day) -> Trajectory {
        match self.balance(day) {
            moved if moved >= self.rules.trajectory_step => Trajectory::Warming,
            moved if moved <= -self.rules.trajectory_step => Trajectory::Cooling,
            _ => Trajectory::Steady,
        }
    }

    /// Returns the spans without recent evidence in any dimension that is pooled, by the days of
    /// each.
    pub(super) fn silence(&self) -> Silence {
        let recent = self.rules.pooled().flat_map(|weighed| {
            let evidence = self.sums[weighed.index()].recent();
            evidence.map(move |days| recent(weighed, days, self.rules))
        });
        Silence::new(sorted(recent).into_iter(), 0)
    }
}

/// Returns the first day of evidence, and the last on which it is recent, for the first and last
/// days that it covers.
pub(super) fn recent(weighed: Weighed, (from, last): (Day, Day), rules: &Rulebook) -> (Day, Day) {
    let days = rules.dimension(weighed).stale_days;
    (from, last.plus(i32::try_from(days).unwrap_or(i32::MAX)))
}

impl Pool<'_> {
    /// Returns the days, after one or all, between which every sum only fades and no limit changes.
    fn breaks(&self, silence: &Silence, after: Option<Day>) -> Vec<Day> {
        // Security leads even if it is not pooled.
        let pooled = self.rules.pooled().chain([Weighed::Security]);
        let breaks = pooled.flat_map(|weighed| {
            let own = &self.sums[weighed.index()].breaks;
            let own = crossings::days_after(own, after).iter().copied();
            own.chain(self.bands[weighed.index()].days_after(after))
        });
        let limits = self.bands[band::POSTURE].days_after(after);
        let breaks = breaks.chain(limits).chain(silence.days(after));
        sorted(breaks.filter(|day| *day != Day::MAX))
    }
}

/// Computes the timeline of the posture.
pub(super) fn timeline(
    pool: Pool<'_>,
    bounds: &[SumBounds<'_>; 6],
    (silence, events): (&Silence, &[(EventId, bool)]),
    (earlier, until): (Option<(Timeline, Day)>, Day),
) -> Timeline {
    let Pool { sums, bands, rules } = pool;
    let own = || rules.pooled().map(|weighed| &*sums[weighed.index()]);
    let words = Level::ALL.map(Level::as_str);
    let rule = LevelRule {
        bounds: &rules.levels,
        words: &words,
        is_threat: false,
    };
    let mut tracker = LevelTracker::new(rule, earlier, until);
    let last = own().filter_map(crossings::last_event).max();
    let last = last.max(bands[band::POSTURE].last_begin());
    tracker.timeline.last_event = last.filter(|_| pool.is_known(Day::MAX));
    let breaks = pool.breaks(silence, tracker.resumes_from());
    let signal = PostureSignal {
        pool,
        bounds,
        silence,
        events,
    };
    tracker.run(&signal, &breaks, crossings::longest_span(rules));
    tracker.timeline
}

impl PostureSignal<'_> {
    /// Returns samples of the posture with bounds of each dimension's sums. Others of the index of
    /// security, and of that of the pooled masses, bring them nearer.
    fn samples(
        &self,
        day: Day,
        bounds: impl Fn(usize) -> Option<(Sums, Sums)>,
        [security, index]: [Option<[i64; 2]>; 2],
    ) -> Option<[Sample; 2]> {
        let pool = self.pool;
        let mut ends = [[Reading::default(); 6]; 2];
        for weighed in Weighed::ALL {
            let place = weighed.index();
            let (least, greatest) = bounds(place)?;
            for (end, sums) in ends.iter_mut().zip(index::extremes(least, greatest)) {
                // Of the others, only the masses count.
                end[place] = match weighed {
                    Weighed::Security => index::read(sums, weighed, pool.rules),
                    _ => index::masses(sums, weighed),
                };
            }
        }
        if let Some([least, greatest]) = security {
            let [coldest, warmest] = ends
                .each_mut()
                .map(|end| &mut end[Weighed::Security.index()].index);
            *coldest = (*coldest).max(least - crossings::ROUNDINGS);
            *warmest = (*warmest).min(greatest + crossings::ROUNDINGS);
        }
        let pooled = ends.map(|end| pool.pooled(day, |weighed| end[weighed.index()]));
        let [coldest, warmest] = pooled.map(|pooled| pooled.reading);
        let mut samples = pooled.map(|pooled| pool.sample(day, pooled));
        let off = self.off(coldest.warmth.saturating_add(warmest.strain));
        crossings::narrow(&mut samples, index, off);
        pool.is_known(day).then_some(samples)
    }

    /// Returns the most by which the index of pooled masses, of this sum or a greater one, differs
    /// from that of exact ones: each is rounded for each dimension, and then once more.
    fn off(&self, masses: i64) -> i64 {
        let rule = &self.pool.rules.posture;
        let weights: i64 = rule.weights.iter().map(|weight| i64::from(*weight)).sum();
        let rounded = 3 + weights / 1000;
        let by = masses.saturating_add(rule.damping) - 2 * rounded;
        crossings::ROUNDINGS + 20_000 * rounded / by.max(1)
    }
}

impl Signal for PostureSignal<'_> {
    type Cursor = [BoundsCursor; 6];

    fn begin(&self, to: Day) -> Self::Cursor {
        self.bounds.each_ref().map(|bounds| bounds.begin(to))
    }

    fn advance(&self, cursors: &mut Self::Cursor, to: Day) {
        for (bounds, cursor) in self.bounds.iter().zip(cursors) {
            bounds.advance(cursor, to);
        }
    }

    fn on(&self, cursors: &Self::Cursor, day: Day) -> Option<[Sample; 2]> {
        let bounds = |place: usize| self.bounds[place].sums(&cursors[place]);
        self.samples(day, bounds, [None; 2])
    }

    fn between(&self, ends: (&Self::Cursor, &Self::Cursor), first: Day) -> Option<[Sample; 2]> {
        let rules = self.pool.rules;
        let cursors = |place: usize| (&ends.0[place], &ends.1[place]);
        let bounds = |place: usize| self.bounds[place].between(cursors(place));
        let security = Weighed::Security.index();
        let mut alone = Spread::default();
        alone.add(&self.bounds[security], cursors(security), [1; 2]);
        let damping = rules.dimension(Weighed::Security).damping;
        let alone = alone.index(i128::from(damping) * 1000);
        let mut spread = Spread::default();
        for weighed in rules.pooled() {
            let place = weighed.index();
            let weight = i128::from(rules.posture.weights[place]);
            let warmth = if weighed == Weighed::Threat {
                0
            } else {
                weight
            };
            spread.add(&self.bounds[place], cursors(place), [warmth, weight]);
        }
        // The weights are thousandths, and the sums millionths.
        let pooled = spread.index(i128::from(rules.posture.damping) * 1_000_000);
        self.samples(first, bounds, [alone, pooled])
    }

    fn value(&self, day: Day) -> Option<Sample> {
        let pooled = self.pool.on(day)?;
        Some(self.pool.sample(day, pooled))
    }

    fn is_released(&self, day: Day) -> bool {
        // The end of a threat is not friendlier evidence of a conduct.
        let warmed = self.pool.rules.pooled();
        let mut warmed = warmed.filter(|weighed| *weighed != Weighed::Threat);
        warmed.any(|weighed| {
            let released = &self.pool.sums[weighed.index()].released;
            released
                .binary_search_by_key(&day, |(from, _)| *from)
                .is_ok()
        })
    }

    fn is_stale(&self, day: Day) -> bool {
        self.silence.holds(day) && self.pool.bands[band::POSTURE].at(day).is_empty()
    }

    fn causes(&self, day: Day) -> Vec<EventId> {
        let dimensions = self.pool.rules.pooled();
        let causes = dimensions.chain([Weighed::Security]).flat_map(|weighed| {
            let place = weighed.index();
            crossings::causes(
                &self.pool.sums[place],
                &self.pool.bands[place],
                day,
                self.events,
            )
        });
        sorted(causes.chain(self.pool.bands[band::POSTURE].causes(day)))
    }
}

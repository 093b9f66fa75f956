//! Timelines judged day by day, without bounds, for comparison with those of the fold.

use detente_domain::day::Day;
use detente_domain::dimension::{Dimension, Weighed};
use detente_domain::fold::band::BandSteps;
use detente_domain::fold::index::{self, Reading};
use detente_domain::fold::{DimensionSums, Folded, Timeline};
use detente_domain::kind::Kind;
use detente_domain::level::{Level, Threat, judge};
use detente_domain::relations::Direction;
use detente_domain::rulebook::{POSTURE, Rulebook};
use detente_domain::state::Band;
use detente_testkit::notation::{ParsedEvent, party};
use proptest::prelude::*;

/// The first day of the histories, in days since 1970.
pub(crate) const FIRST: i32 = 18_800;

/// What a level is judged by on a day.
struct Judged {
    /// The value of the sums.
    value: i64,
    released: bool,
    /// The lowest level, while a floor holds.
    floor: Option<Level>,
    /// The highest levels.
    ceilings: [Option<Level>; 2],
    stale: bool,
}

impl Judged {
    /// A level of the sums, within the limits.
    fn limited(&self, level: usize) -> usize {
        let floor = self.floor.map_or(0, |floor| floor as usize);
        let ceilings = self.ceilings.iter().flatten();
        ceilings.fold(level.max(floor), |level, ceiling| {
            level.min(*ceiling as usize)
        })
    }
}

/// A step: its day, its word, and whether it is stale.
type Found = (Day, &'static str, bool);

/// The steps found by judging every day, from the first to the last.
fn every_day(
    days: (Day, Day),
    next: impl Fn(Option<usize>, &Judged) -> usize,
    word: impl Fn(usize) -> &'static str,
    on: impl Fn(Day) -> Option<Judged>,
) -> Vec<Found> {
    let (mut day, last) = days;
    let (mut level, mut held) = (None, None);
    let mut steps = Vec::new();
    while day <= last {
        if let Some(judged) = on(day) {
            let summed = next(level, &judged);
            let shown = (judged.limited(summed), judged.stale);
            if held != Some(shown) {
                steps.push((day, word(shown.0), shown.1));
            }
            (level, held) = (Some(summed), Some(shown));
        }
        day = day.next();
    }
    steps
}

fn found(timeline: Option<&Timeline>) -> Vec<Found> {
    let steps = timeline.into_iter().flat_map(|timeline| &timeline.steps);
    let known = steps.filter_map(|step| Some((step.day, step.held?)));
    known
        .map(|(day, held)| (day, held.word, held.stale))
        .collect()
}

/// The level of an index that follows another: silence alone does not raise it.
fn follows(rules: &Rulebook, from: Option<usize>, on: &Judged) -> usize {
    let level = judge(&rules.levels, from, on.value);
    match from {
        Some(from) if !on.released => level.min(from),
        _ => level,
    }
}

/// The level of threat that follows another: silence alone does not end it.
fn threatens(rules: &Rulebook, from: Option<usize>, on: &Judged) -> usize {
    let level = judge(&rules.threat, from, on.value);
    match from {
        Some(from) if !on.released => level.max(from.min(1)),
        _ => level,
    }
}

/// One conduct, judged without bounds.
struct Naive<'a> {
    folded: &'a Folded,
    direction: Direction,
    rules: &'a Rulebook,
    /// The days of events that end a threat.
    disbanded: &'a [Day],
    /// The first days with a limit, as [`Folded::bands`].
    limited: &'a [[Option<Day>; 7]; 2],
}

impl Naive<'_> {
    fn sums(&self, weighed: Weighed) -> &DimensionSums {
        &self.folded.sums[self.direction.index()][weighed.index()]
    }

    fn band(&self, place: usize) -> &BandSteps {
        &self.folded.bands[self.direction.index()][place]
    }

    /// Whether there was a limit on a day, or before.
    fn is_limited_by(&self, place: usize, day: Day) -> bool {
        let direction = self.direction.index();
        self.limited[direction][place].is_some_and(|first| first <= day)
    }

    fn is_known(&self, weighed: Weighed, day: Day) -> bool {
        let mut terms = self.sums(weighed).terms.iter();
        terms.any(|term| term.from <= day && !term.side.machine)
            || self.is_limited_by(weighed.index(), day)
    }

    /// Whether the last evidence by people is older than the dimension's days; `None` without any.
    fn is_silent(&self, weighed: Weighed, day: Day) -> Option<bool> {
        let days = i64::from(self.rules.dimension(weighed).stale_days);
        let terms = self.sums(weighed).terms.iter();
        let begun = terms.filter(|term| term.from <= day && !term.side.machine);
        let last = begun.map(|term| term.fade).max();
        last.map(|last| i64::from(day.since(last)) > days)
    }

    /// Whether friendlier evidence begins, or for threat a group ended and nothing threatened since.
    fn is_released(&self, weighed: Weighed, day: Day) -> bool {
        let mut terms = self.sums(weighed).terms.iter();
        match weighed {
            Weighed::Threat => {
                let disbanded = self.disbanded.iter().filter(|ended| **ended <= day);
                let mut disbanded = disbanded.filter(|ended| self.is_known(weighed, **ended));
                disbanded.any(|ended| {
                    let since = |from: Day| *ended <= from && from <= day;
                    let terms = self.sums(weighed).terms.iter();
                    let mut strains = terms.filter(|term| term.side.strain && !term.side.machine);
                    *ended == day || !strains.any(|term| since(term.from))
                })
            }
            _ => terms.any(|term| term.from == day && !term.side.strain && !term.side.machine),
        }
    }

    fn floor(&self, band: Band, strain: i64) -> Option<Level> {
        let floor = band.floor.map(|limit| limit.level);
        floor.filter(|_| strain < self.rules.floor_breaks_at)
    }

    /// The reading without machine-coded rows, which decide no level.
    fn by_people(&self, weighed: Weighed, day: Day) -> Reading {
        let mut sums = self.sums(weighed).table.at(day, &self.rules.memory);
        (sums.machine_warmth, sums.machine_strain) = (0, 0);
        index::read(sums, weighed, self.rules)
    }

    fn weighed(&self, weighed: Weighed, day: Day) -> Option<Judged> {
        let reading = self.by_people(weighed, day);
        let band = self.band(weighed.index()).at(day);
        let threat = weighed == Weighed::Threat;
        let judged = Judged {
            value: if threat {
                reading.strain
            } else {
                reading.index
            },
            floor: self.floor(band, reading.strain),
            ceilings: [band.ceiling.map(|limit| limit.level), None],
            released: self.is_released(weighed, day),
            stale: self.is_silent(weighed, day) == Some(true) && band.is_empty(),
        };
        self.is_known(weighed, day).then_some(judged)
    }

    fn posture(&self, day: Day) -> Option<Judged> {
        let rules = self.rules;
        let weight = |weighed: Weighed| i64::from(rules.posture.weights[weighed.index()]);
        let blended = Weighed::ALL.into_iter().filter(|one| weight(*one) > 0);
        let blended: Vec<Weighed> = blended.collect();
        let pooled = |mass: fn(Reading) -> i64| {
            let masses = blended.iter();
            let masses = masses.map(|one| mass(self.by_people(*one, day)) * weight(*one));
            masses.sum::<i64>() / 1000
        };
        let (warmth, strain) = (pooled(|one| one.warmth), pooled(|one| one.strain));
        let reading = Reading {
            warmth,
            strain,
            index: index::of(warmth, strain, rules.posture.damping),
        };
        let band = self.band(POSTURE).at(day);
        // Strain of security alone breaks a floor of the posture.
        let force = self.by_people(Weighed::Security, day).strain;
        let security = self.is_known(Weighed::Security, day).then(|| {
            let reading = self.by_people(Weighed::Security, day);
            let band = self.band(Weighed::Security.index()).at(day);
            band.limit(reading.index, reading.strain, rules)
        });
        let security = security.filter(|index| *index < 0);
        let security = security.map(|index| {
            let most = index + rules.posture.security_lead;
            Level::ALL[judge(&rules.levels, None, most)]
        });
        let silent = blended.iter().filter_map(|one| self.is_silent(*one, day));
        let silent: Vec<bool> = silent.collect();
        let silent = !silent.is_empty() && silent.iter().all(|silent| *silent);
        let known = blended.iter().any(|one| self.is_known(*one, day));
        (known || self.is_limited_by(POSTURE, day)).then_some(Judged {
            value: reading.index,
            floor: self.floor(band, force),
            ceilings: [band.ceiling.map(|limit| limit.level), security],
            released: blended
                .iter()
                .any(|one| *one != Weighed::Threat && self.is_released(*one, day)),
            stale: silent && band.is_empty(),
        })
    }
}

pub(crate) fn compare(
    folded: &Folded,
    events: &[ParsedEvent],
    rules: &Rulebook,
) -> Result<(), TestCaseError> {
    // Nothing is left, and all is stale, twelve half-lives of at most 40 days after the last date.
    let days = (Day::new(FIRST - 2), Day::new(FIRST + 270 + 12 * 40));
    // The threats and their ends are those that Tajikistan reports.
    let ended =
        |one: &&ParsedEvent| one.act.kind == Kind::GroupDisbanded && rules.moves_ladders(one.grade);
    let disbanded = events.iter().filter(ended);
    let disbanded: Vec<Day> = disbanded.map(|one| one.occurred.earliest()).collect();
    let limited = folded.bands.each_ref().map(|levels| {
        levels.each_ref().map(|band| {
            let mut all = std::iter::successors(Some(days.0), |day| Some(day.next()));
            let mut all = all.by_ref().take_while(|day| *day <= days.1);
            all.find(|day| !band.at(*day).is_empty())
        })
    });
    for direction in Direction::BOTH {
        let threatened = folded.pair.ends(direction).0 == party("TJK");
        let naive = Naive {
            folded,
            direction,
            rules,
            disbanded: if threatened { &disbanded } else { &[] },
            limited: &limited,
        };
        let steps = |dimension| {
            let mut steps = found(folded.conduct(direction, dimension));
            steps.retain(|(day, ..)| *day <= days.1);
            steps
        };
        let level = |place: usize| Level::ALL[place].as_str();
        let follows = |from: Option<usize>, on: &Judged| follows(rules, from, on);
        for weighed in Weighed::ALL {
            let on = |day| naive.weighed(weighed, day);
            let expected = if weighed == Weighed::Threat {
                let threatens = |from: Option<usize>, on: &Judged| threatens(rules, from, on);
                every_day(days, threatens, |place| Threat::ALL[place].as_str(), on)
            } else {
                every_day(days, follows, level, on)
            };
            let found = steps(Dimension::Weighed(weighed));
            prop_assert_eq!(found, expected, "{:?}", weighed);
        }
        let expected = every_day(days, follows, level, |day| naive.posture(day));
        prop_assert_eq!(steps(Dimension::Posture), expected, "posture");
    }
    Ok(())
}

//! The differences between two points in time, on the valid and the known clock.
//!
//! Along the valid clock, with the same knowledge, a difference *happened* if an event of the
//! subject takes effect in between, and otherwise *lapsed*. Along the known clock, on one day, it
//! was *learned*. A path along both clocks goes through the point with the earlier day and the
//! later knowledge: first what was learned about the first day, then what happened since, as known
//! now.

use super::regime::Regimes;
use super::{Folded, crossings, evidence, posture, read, registers, representation};
use crate::day::Day;
use crate::dimension::{Dimension, Weighed};
use crate::event::EventId;
use crate::relations::Direction;
use crate::rulebook::Rulebook;
use crate::state::{Held, Occasion, Subject};
use std::collections::BTreeSet;

/// A difference of one subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The subject: a dimension of the conduct, or a register entry.
    pub subject: Subject,
    /// The reason for the difference.
    pub occasion: Occasion,
    /// The earlier value.
    pub from: PointValue,
    /// The later value.
    pub to: PointValue,
    /// The day since which the later value holds, as known at the end of its part of the path.
    pub day: Option<Day>,
    /// The events that caused it, in order of ids; empty if time alone did.
    pub causes: Vec<EventId>,
}

/// The value of a subject at a point.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PointValue {
    /// The value; `None` is unknown.
    pub held: Option<Held>,
    /// The index or, for threat, the strain, in thousandths; `None` for subjects without one.
    pub number: Option<i64>,
    /// True if it rests on a disputed event.
    pub disputed: bool,
}

/// The knowledge of one time: a fold, with the data needed to read it.
#[derive(Clone, Copy, Debug)]
pub struct Belief<'a> {
    /// The fold.
    pub folded: &'a Folded,
    /// The regimes of both states.
    pub regimes: Regimes<'a>,
    /// The rulebook.
    pub rules: &'a Rulebook,
    /// The conduct.
    pub direction: Direction,
}

/// Returns the differences between two days with the same knowledge, in order of subjects.
#[must_use]
pub fn elapsed(belief: Belief<'_>, from: Day, to: Day) -> Vec<Difference> {
    let differs = |subject: &Subject| {
        let (before, after) = (belief.value(subject, from), belief.value(subject, to));
        if before == after {
            return None;
        }
        let causes = belief.causes(subject, from, to);
        let occasion = if causes.is_empty() {
            Occasion::Lapsed
        } else {
            Occasion::Happened
        };
        Some(Difference {
            subject: subject.clone(),
            occasion,
            from: before,
            to: after,
            day: belief.since(subject, to),
            causes: causes.into_iter().collect(),
        })
    };
    belief.subjects().iter().filter_map(differs).collect()
}

/// Returns the differences between the knowledge of two times about one day, in order of subjects.
/// `touched` are the events that are known differently.
#[must_use]
pub fn learned(
    before: Belief<'_>,
    after: Belief<'_>,
    at: Day,
    touched: &BTreeSet<EventId>,
) -> Vec<Difference> {
    let mut subjects = before.subjects();
    subjects.extend(after.subjects());
    let differs = |subject: &Subject| {
        let (was, is) = (before.value(subject, at), after.value(subject, at));
        if was == is {
            return None;
        }
        let mut sources = before.sources(subject, at);
        sources.extend(after.sources(subject, at));
        let mut causes: Vec<EventId> = touched.intersection(&sources).copied().collect();
        if causes.is_empty() {
            causes.extend(touched);
        }
        Some(Difference {
            subject: subject.clone(),
            occasion: Occasion::Learned,
            from: was,
            to: is,
            day: after.since(subject, at),
            causes,
        })
    };
    subjects.iter().filter_map(differs).collect()
}

impl Belief<'_> {
    /// Returns the dimensions of the conduct and the register entries of the relation.
    fn subjects(&self) -> BTreeSet<Subject> {
        let own = |subject: &&Subject| match subject {
            Subject::Conduct(direction, _) => *direction == self.direction,
            Subject::Entry(_) => true,
        };
        self.folded.timelines.keys().filter(own).cloned().collect()
    }

    /// Returns the value of a subject on a day.
    fn value(&self, subject: &Subject, day: Day) -> PointValue {
        let timeline = self.folded.timelines.get(subject);
        let (number, disputed) = match subject {
            Subject::Conduct(direction, dimension) => self.number(*direction, *dimension, day),
            Subject::Entry(key) => {
                let updates = self.folded.entries.0.get(key);
                let entry = updates.and_then(|updates| registers::entry_at(updates, day));
                (None, entry.is_some_and(|entry| entry.update.disputed))
            }
        };
        PointValue {
            held: timeline.and_then(|timeline| timeline.held(day)),
            number,
            disputed,
        }
    }

    /// Returns the number of a dimension on a day, and whether it rests on a disputed event.
    fn number(&self, direction: Direction, dimension: Dimension, day: Day) -> (Option<i64>, bool) {
        let (folded, rules) = (self.folded, self.rules);
        match dimension {
            Dimension::Weighed(weighed) => {
                let sums = folded.sums(direction, weighed);
                if !posture::known(sums, day) {
                    return (None, false);
                }
                let reading = crossings::reading(sums, weighed, rules, day);
                let basis = evidence::basis(folded, direction, weighed, day, rules);
                (Some(reading.judged(weighed)), basis.disputed)
            }
            Dimension::Posture => {
                let sums = &folded.sums[direction.index()];
                let disputed = read::posture_is_disputed(folded, direction, day, rules);
                (posture::blend(sums, rules, day), disputed)
            }
            Dimension::Recognition | Dimension::Declared => {
                let recognition = folded.recognition[direction.index()].at(day, 0);
                (None, recognition.basis.disputed)
            }
            Dimension::Representation => {
                let (pair, entries) = (folded.pair, &folded.entries);
                let accepted = representation::at(pair, direction, entries, &self.regimes, day);
                (None, accepted.basis.disputed)
            }
        }
    }

    /// Returns the day since which a subject has its value of a day.
    fn since(&self, subject: &Subject, day: Day) -> Option<Day> {
        let step = self.folded.timelines.get(subject)?.at(day)?;
        Some(step.day)
    }

    /// Returns the events that take effect on a subject after one day, up to another.
    fn causes(&self, subject: &Subject, from: Day, to: Day) -> BTreeSet<EventId> {
        let within = |day: Day| from < day && day <= to;
        match subject {
            Subject::Conduct(
                direction,
                dimension @ (Dimension::Weighed(_) | Dimension::Posture),
            ) => self.effective(*direction, *dimension, within),
            Subject::Conduct(
                _,
                Dimension::Recognition | Dimension::Declared | Dimension::Representation,
            )
            | Subject::Entry(_) => {
                let steps = self.folded.timelines.get(subject);
                let steps = steps.into_iter().flat_map(|timeline| &timeline.steps);
                let steps = steps.filter(|step| within(step.day));
                steps.flat_map(|step| step.causes.iter().copied()).collect()
            }
        }
    }

    /// Returns the events that begin, close or reduce weights of a dimension, or of the dimensions
    /// of the posture, on such days.
    fn effective(
        &self,
        direction: Direction,
        dimension: Dimension,
        within: impl Fn(Day) -> bool + Copy,
    ) -> BTreeSet<EventId> {
        match dimension {
            Dimension::Weighed(weighed) => self.effective_in(direction, weighed, within),
            _ => {
                let blended = self.rules.blended();
                blended
                    .flat_map(|weighed| self.effective_in(direction, weighed, within))
                    .collect()
            }
        }
    }

    fn effective_in(
        &self,
        direction: Direction,
        weighed: Weighed,
        within: impl Fn(Day) -> bool,
    ) -> BTreeSet<EventId> {
        let sums = self.folded.sums(direction, weighed);
        let begun = sums.terms.iter().filter(|term| within(term.from));
        let ended = sums.terms.iter().filter(|term| within(term.until));
        let takeovers = sums.takeovers.iter().filter(|one| within(one.day));
        let event = |place: u32| {
            let place = usize::try_from(place).ok()?;
            self.folded.events.get(place).map(|(event, _)| *event)
        };
        let places = begun
            .map(|term| term.item)
            .chain(ended.filter_map(|term| term.ended_by));
        let any = posture::known(sums, Day::MAX);
        places
            .filter_map(event)
            .chain(takeovers.filter(|_| any).map(|takeover| takeover.event))
            .collect()
    }

    /// Returns the events that a subject rests on, or could rest on, on a day.
    fn sources(&self, subject: &Subject, day: Day) -> BTreeSet<EventId> {
        let folded = self.folded;
        match subject {
            Subject::Conduct(
                direction,
                dimension @ (Dimension::Weighed(_) | Dimension::Posture),
            ) => self.effective(*direction, *dimension, |other| other <= day),
            Subject::Conduct(direction, Dimension::Recognition | Dimension::Declared) => {
                let recognition = folded.recognition[direction.index()].at(day, usize::MAX);
                recognition.basis.evidence.into_iter().collect()
            }
            Subject::Conduct(direction, Dimension::Representation) => {
                let ends = folded.pair.ends(*direction);
                let updates = representation::sources(&folded.entries, ends).flatten();
                updates.map(|update| update.event).collect()
            }
            Subject::Entry(key) => {
                let updates = folded.entries.0.get(key).into_iter().flatten();
                updates.map(|update| update.event).collect()
            }
        }
    }
}

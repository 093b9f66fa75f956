//! The difference between two points of the two clocks.
//!
//! Along the valid clock, under one belief, the world moved: what differs *happened*, if an event
//! of the subject takes effect in between, and else *lapsed*. Along the known clock, on one day,
//! our belief moved: what differs was *learned*. A way along both goes through the corner at the
//! earlier day and the later belief: first what was learned of the day that it starts from, then
//! what happened since, as it is known now.

use super::evidence;
use super::posture;
use super::regime::Regimes;
use super::registers;
use super::walk;
use super::{Folded, read, representation};
use crate::day::Day;
use crate::dimension::{Dimension, Register, Weighed};
use crate::event::EventId;
use crate::routes::Direction;
use crate::rulebook::Rulebook;
use crate::state::{Held, Occasion, Subject};
use std::collections::BTreeSet;

/// What differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What moved: a dimension of the conduct, or an entry of a register.
    pub subject: Subject,
    /// Which part of the way it belongs to.
    pub occasion: Occasion,
    /// How it stood.
    pub from: Standing,
    /// How it stands.
    pub to: Standing,
    /// The day since which it stands so, as believed at the end of that part.
    pub day: Option<Day>,
    /// The events that moved it, in order of ids; none where time alone did.
    pub causes: Vec<EventId>,
}

/// How a subject stands at one point.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// What holds; `None` is unknown.
    pub held: Option<Held>,
    /// The index, or of threat the strain, in thousandths; `None` for what has neither.
    pub number: Option<i64>,
    /// It rests on a disputed event.
    pub disputed: bool,
}

/// A fold, with what is needed to read it.
#[derive(Clone, Copy, Debug)]
pub struct Belief<'a> {
    /// The fold.
    pub folded: &'a Folded,
    /// Who governs.
    pub regimes: Regimes<'a>,
    /// The rulebook.
    pub rules: &'a Rulebook,
    /// The conduct.
    pub direction: Direction,
}

/// What differs between two days under one belief, in order of subjects.
#[must_use]
pub fn elapsed(belief: Belief<'_>, from: Day, to: Day) -> Vec<Difference> {
    let differs = |subject: &Subject| {
        let (before, after) = (belief.standing(subject, from), belief.standing(subject, to));
        if before == after {
            return None;
        }
        let causes = belief.causes(subject, from, to);
        Some(Difference {
            subject: subject.clone(),
            occasion: if causes.is_empty() {
                Occasion::Lapsed
            } else {
                Occasion::Happened
            },
            from: before,
            to: after,
            day: belief.since(subject, to),
            causes: causes.into_iter().collect(),
        })
    };
    belief.subjects().iter().filter_map(differs).collect()
}

/// What differs between two beliefs on one day, in order of subjects. `touched` are the events
/// that one belief takes for something else than the other.
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
        let (was, is) = (before.standing(subject, at), after.standing(subject, at));
        if was == is {
            return None;
        }
        let mut concerned = before.concerned(subject, at);
        concerned.extend(after.concerned(subject, at));
        let mut causes: Vec<EventId> = touched.intersection(&concerned).copied().collect();
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
    /// The dimensions of the conduct, and the entries of the relation's registers.
    fn subjects(&self) -> BTreeSet<Subject> {
        let own = |subject: &&Subject| match subject {
            Subject::Conduct(direction, _) => *direction == self.direction,
            Subject::Entry(_) => true,
        };
        self.folded.timelines.keys().filter(own).cloned().collect()
    }

    /// How a subject stands on a day.
    fn standing(&self, subject: &Subject, day: Day) -> Standing {
        let held = self
            .folded
            .timelines
            .get(subject)
            .and_then(|timeline| timeline.held(day));
        let (number, disputed) = match subject {
            Subject::Conduct(direction, dimension) => self.weight(*direction, *dimension, day),
            Subject::Entry(key) => {
                let marks = self.folded.entries.0.get(key);
                let shown =
                    marks.and_then(|marks| Some(marks[registers::shown(marks, day)?.place]));
                (None, shown.is_some_and(|mark| mark.disputed))
            }
        };
        Standing {
            held,
            number,
            disputed,
        }
    }

    fn weight(&self, direction: Direction, dimension: Dimension, day: Day) -> (Option<i64>, bool) {
        let (folded, rules) = (self.folded, self.rules);
        match dimension {
            Dimension::Weighed(weighed) => {
                let sum = folded.sum(direction, weighed);
                if !posture::known(sum, day) {
                    return (None, false);
                }
                let reading = walk::reading(sum, weighed, rules, day);
                let basis = evidence::weights(folded, direction, weighed, day, rules);
                (Some(reading.judged(weighed)), basis.disputed)
            }
            Dimension::Posture => {
                let sums = &folded.sums[direction.index()];
                let disputed = read::blend_is_disputed(folded, direction, day, rules);
                (posture::blend(sums, rules, day), disputed)
            }
            Dimension::Recognition | Dimension::Declared => {
                let (standing, _) = folded.recognition[direction.index()].resting_on(day, 0);
                (None, standing.disputed)
            }
            Dimension::Representation => {
                let entries = &folded.entries;
                let pair = folded.pair;
                let accepted = representation::at(pair, direction, entries, &self.regimes, day);
                (None, accepted.disputed)
            }
        }
    }

    /// Since when a subject stands as it does on a day.
    fn since(&self, subject: &Subject, day: Day) -> Option<Day> {
        let step = self.folded.timelines.get(subject)?.at(day)?;
        Some(step.day)
    }

    /// The events that take effect on a subject after one day, up to another.
    fn causes(&self, subject: &Subject, from: Day, to: Day) -> BTreeSet<EventId> {
        let within = |day: Day| from < day && day <= to;
        match subject {
            Subject::Conduct(direction, Dimension::Weighed(weighed)) => {
                self.moved(*direction, *weighed, within)
            }
            Subject::Conduct(direction, Dimension::Posture) => self
                .blended()
                .flat_map(|weighed| self.moved(*direction, weighed, within))
                .collect(),
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

    fn blended(&self) -> impl Iterator<Item = Weighed> {
        let weights = self.rules.posture;
        Weighed::ALL
            .into_iter()
            .filter(move |weighed| weights[weighed.index()] > 0)
    }

    /// The events that begin, close or restart what a dimension is summed from, on such days.
    fn moved(
        &self,
        direction: Direction,
        weighed: Weighed,
        within: impl Fn(Day) -> bool,
    ) -> BTreeSet<EventId> {
        let sum = self.folded.sum(direction, weighed);
        let begun = sum.terms.iter().filter(|term| within(term.from));
        let ended = sum.terms.iter().filter(|term| within(term.until));
        let restarted = sum.restarts.iter().filter(|restart| within(restart.day));
        let event = |place: u32| {
            let place = usize::try_from(place).ok()?;
            self.folded.events.get(place).map(|(event, _)| *event)
        };
        let places = begun
            .map(|term| term.item)
            .chain(ended.filter_map(|term| term.ended_by));
        let anything = posture::known(sum, Day::MAX);
        places
            .filter_map(event)
            .chain(restarted.filter(|_| anything).map(|restart| restart.event))
            .collect()
    }

    /// The events that a subject rests on, or could rest on, on a day.
    fn concerned(&self, subject: &Subject, day: Day) -> BTreeSet<EventId> {
        let upto = |other: Day| other <= day;
        let folded = self.folded;
        match subject {
            Subject::Conduct(direction, Dimension::Weighed(weighed)) => {
                self.moved(*direction, *weighed, upto)
            }
            Subject::Conduct(direction, Dimension::Posture) => self
                .blended()
                .flat_map(|weighed| self.moved(*direction, weighed, upto))
                .collect(),
            Subject::Conduct(direction, Dimension::Recognition | Dimension::Declared) => {
                let standing = folded.recognition[direction.index()].at(day);
                standing.evidence.into_iter().collect()
            }
            Subject::Conduct(direction, Dimension::Representation) => {
                let (host, sender) = folded.pair.ends(*direction);
                let own = representation::entries_of(&folded.entries, host, sender);
                let relations = folded.entries.0.iter();
                let relations = relations.filter(|(key, _)| key.register == Register::Relations);
                own.map(|(_, marks)| marks)
                    .chain(relations.map(|(_, marks)| marks.as_slice()))
                    .flatten()
                    .map(|mark| mark.event)
                    .collect()
            }
            Subject::Entry(key) => {
                let marks = folded.entries.0.get(key).into_iter().flatten();
                marks.map(|mark| mark.event).collect()
            }
        }
    }
}

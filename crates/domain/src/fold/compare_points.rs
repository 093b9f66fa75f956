//! The differences between two points in time, on the valid and the known clock.
//!
//! Along the valid clock, with the same knowledge, a difference *happened* if an event of the
//! subject takes effect in between, and otherwise *lapsed*. Along the known clock, on one day, it
//! was *learned*. A path along both clocks goes through the point with the earlier day and the
//! later knowledge: first what was learned about the first day, then what happened since, as known
//! now.

use super::band::POSTURE;
use super::{FoldedConduct, crossings, life, registers, representation};
use crate::day::Day;
use crate::dimension::{Dimension, Weighed};
use crate::event::EventId;
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

/// Returns the differences between two days with the same knowledge, in order of subjects.
#[must_use]
pub fn elapsed(conduct: FoldedConduct<'_>, from: Day, to: Day) -> Vec<Difference> {
    let subjects = conduct.subjects();
    differences(&subjects, (conduct, from), (conduct, to), |subject| {
        let causes = conduct.causes(subject, from, to);
        let occasion = if causes.is_empty() {
            Occasion::Lapsed
        } else {
            Occasion::Happened
        };
        (occasion, causes.into_iter().collect())
    })
}

/// Returns the differences between the knowledge of two times about one day, in order of subjects.
/// `touched` are the events that are known differently.
#[must_use]
pub fn learned(
    before: FoldedConduct<'_>,
    after: FoldedConduct<'_>,
    at: Day,
    touched: &BTreeSet<EventId>,
) -> Vec<Difference> {
    let mut subjects = before.subjects();
    subjects.extend(after.subjects());
    differences(&subjects, (before, at), (after, at), |subject| {
        let mut sources = before.sources(subject, at);
        sources.extend(after.sources(subject, at));
        let mut causes: Vec<EventId> = touched.intersection(&sources).copied().collect();
        if causes.is_empty() {
            causes.extend(touched);
        }
        (Occasion::Learned, causes)
    })
}

/// Returns the differences of subjects between two points. `reason` gives the occasion and the
/// causes of the difference of a subject.
fn differences(
    subjects: &BTreeSet<Subject>,
    (before, from): (FoldedConduct<'_>, Day),
    (after, to): (FoldedConduct<'_>, Day),
    reason: impl Fn(&Subject) -> (Occasion, Vec<EventId>),
) -> Vec<Difference> {
    let difference = |subject: &Subject| {
        let (was, is) = (before.value(subject, from), after.value(subject, to));
        if was == is {
            return None;
        }
        let (occasion, causes) = reason(subject);
        let timeline = after.folded.timelines.get(subject);
        Some(Difference {
            subject: subject.clone(),
            occasion,
            from: was,
            to: is,
            day: timeline.and_then(|timeline| Some(timeline.at(to)?.day)),
            causes,
        })
    };
    subjects.iter().filter_map(difference).collect()
}

impl FoldedConduct<'_> {
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
            Subject::Conduct(_, dimension) => self.number(*dimension, day),
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
    fn number(&self, dimension: Dimension, day: Day) -> (Option<i64>, bool) {
        let (sums, rules) = (self.sums(), self.rules);
        match dimension {
            Dimension::Weighed(weighed) => {
                let sums = &sums[weighed.index()];
                if !sums.is_known(day) || !life::of(self.folded.pair).contains(&day) {
                    return (None, false);
                }
                let reading = crossings::reading(sums, weighed, rules, day);
                let disputed = self.basis(weighed, day).disputed;
                if weighed == Weighed::Threat {
                    return (Some(reading.strain), disputed);
                }
                (Some(self.index(weighed, reading, day)), disputed)
            }
            Dimension::Posture => {
                let mut dimensions = rules.pooled();
                let disputed = dimensions.any(|weighed| self.basis(weighed, day).disputed);
                let pooled = self.pool().on(day);
                let pooled = pooled.filter(|_| life::of(self.folded.pair).contains(&day));
                let index = pooled.map(|pooled| self.pool().limit(day, pooled));
                (index, disputed)
            }
            Dimension::Recognition | Dimension::Declared => {
                (None, self.recognition(day, 0).basis.disputed)
            }
            Dimension::Representation => (None, self.representation(day).basis.disputed),
        }
    }

    /// Returns the events that take effect on a subject after one day, up to another.
    fn causes(&self, subject: &Subject, from: Day, to: Day) -> BTreeSet<EventId> {
        let within = |day: Day| from < day && day <= to;
        match subject {
            Subject::Conduct(_, dimension @ (Dimension::Weighed(_) | Dimension::Posture)) => {
                self.effective(*dimension, within)
            }
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
    fn effective(&self, dimension: Dimension, within: impl Fn(Day) -> bool) -> BTreeSet<EventId> {
        let dimensions: Vec<Weighed> = match dimension {
            Dimension::Weighed(weighed) => vec![weighed],
            _ => self.rules.pooled().collect(),
        };
        // A set is built from a list: inserting one by one is several times slower.
        let mut events = Vec::new();
        for weighed in dimensions {
            let sums = &self.sums()[weighed.index()];
            let begun = sums.terms.iter().filter(|term| within(term.from));
            events.extend(begun.filter_map(|term| Some(self.folded.event(term.item)?.0)));
            events.extend(self.limiting(weighed.index(), &within));
            if sums.is_known(Day::MAX) {
                let takeovers = sums.table.takeovers.iter();
                let takeovers = takeovers.filter(|takeover| within(takeover.day));
                events.extend(takeovers.map(|takeover| takeover.event));
            }
        }
        if dimension == Dimension::Posture {
            events.extend(self.limiting(POSTURE, &within));
        }
        events.into_iter().collect()
    }

    /// Returns the events whose limits of a level hold from such days on.
    fn limiting(&self, level: usize, within: impl Fn(Day) -> bool) -> Vec<EventId> {
        let band = &self.pool().bands[level];
        let days = band.days_after(None).filter(|day| within(*day));
        days.flat_map(|day| band.causes(day)).collect()
    }

    /// Returns the events that a subject rests on, or could rest on, on a day.
    fn sources(&self, subject: &Subject, day: Day) -> BTreeSet<EventId> {
        let folded = self.folded;
        match subject {
            Subject::Conduct(_, dimension @ (Dimension::Weighed(_) | Dimension::Posture)) => {
                self.effective(*dimension, |other| other <= day)
            }
            Subject::Conduct(_, Dimension::Recognition | Dimension::Declared) => {
                let recognition = self.recognition(day, usize::MAX);
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

//! Applying records.

use super::Chronicle;
use crate::amendments::{Amendment, AmendmentKind, Denial};
use crate::corroboration::GradedReport;
use crate::versions::{Content, Position};
use detente_domain::day::Day;
use detente_domain::event::{Act, EventId, EventSkim, Report};
use detente_domain::party::Party;
use detente_domain::record::{Body, CorrectionRank, Record, RecordId};
use std::collections::BTreeSet;

/// The result of applying a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// The record is new.
    New,
    /// The record was applied before.
    Repeat,
    /// An earlier record has the id and other content; the first by position counts.
    Clash,
}

/// What the records of the present commit change, which is worked out once, at its end.
#[derive(Debug, Default)]
pub(super) struct Unsettled {
    /// The events that were amended.
    events: BTreeSet<EventId>,
    /// The states of which an authority or a membership was reported.
    pub(super) states: BTreeSet<Party>,
}

impl Chronicle {
    /// Opens a commit: what its records change is worked out once, by [`Chronicle::close_commit`],
    /// and not to be read before. Outside of a commit, it is worked out after each record.
    pub const fn open_commit(&mut self) {
        self.is_open = true;
    }

    /// Closes the commit at a position, even one without records.
    pub fn close_commit(&mut self, position: Position) {
        self.advance_to(position);
        self.settle(position);
        self.is_open = false;
    }

    /// Works out what the records since the last time change.
    fn settle(&mut self, position: Position) {
        let events = std::mem::take(&mut self.unsettled.events);
        if !events.is_empty() {
            self.resolve(position, events);
        }
        for state in std::mem::take(&mut self.unsettled.states) {
            self.update_regime(position, state);
        }
    }

    /// Notes events that are to be resolved again.
    fn unsettle(&mut self, events: impl IntoIterator<Item = EventId>) {
        self.unsettled.events.extend(events);
    }

    /// Applies a first report. `decode` is called for an encoded act that was not met before; if it
    /// returns `None`, the record is counted and skipped, and so does this.
    pub fn apply_reported(
        &mut self,
        position: Position,
        reported: EventSkim<&[u8]>,
        decode: impl FnOnce(&[u8]) -> Option<Act>,
    ) -> Option<Applied> {
        let act = match self.acts.find_raw(reported.act) {
            Some(act) => act,
            None => {
                let Some(act) = decode(reported.act) else {
                    self.skip();
                    self.advance_to(position);
                    return None;
                };
                let act = self.intern(&act);
                self.acts.remember_raw(reported.act, act);
                act
            }
        };
        let content = Content {
            act,
            earliest: reported.earliest,
            latest: reported.latest,
            grade: reported.grade,
            publisher: self.publishers.intern(reported.publisher),
            disputed: false,
            hidden: false,
        };
        let applied = self.report(position, reported.event, content);
        if !self.is_open {
            self.settle(position);
        }
        Some(applied)
    }

    /// Applies a record. Records may arrive in any order and any number of times.
    pub fn apply(&mut self, position: Position, record: &Record) -> Applied {
        self.advance_to(position);
        let applied = self.apply_record(position, record);
        if !self.is_open {
            self.settle(position);
        }
        applied
    }

    fn apply_record(&mut self, position: Position, record: &Record) -> Applied {
        match &record.body {
            Body::Reported(event) => {
                let content = Content {
                    act: self.intern(&event.act),
                    earliest: event.occurred.earliest(),
                    latest: event.occurred.latest(),
                    grade: event.report.grade,
                    publisher: self.publishers.intern(event.report.publisher.as_bytes()),
                    disputed: false,
                    hidden: false,
                };
                self.report(position, EventId(record.id.0), content)
            }
            Body::Corroborated { event, report } => {
                let report = self.graded(report);
                let kind = AmendmentKind::Corroborated(report);
                self.amend(position, record.id, *event, kind)
            }
            Body::Disputed {
                event, by, report, ..
            } => {
                let denial = Denial {
                    by: *by,
                    grade: report.grade,
                };
                self.amend(position, record.id, *event, AmendmentKind::Disputed(denial))
            }
            Body::Corrected {
                event,
                patch,
                report,
            } => {
                let kind = AmendmentKind::Corrected {
                    patch: Box::new(patch.clone()),
                    rank: CorrectionRank::new(report, record.id),
                    report: self.graded(report),
                };
                self.amend(position, record.id, *event, kind)
            }
            Body::Retracted { record: target, .. } => self.retract(position, record.id, *target),
            Body::Linked { one, other } => self.link(position, record.id, *one, *other, false),
            Body::Unlinked { one, other } => self.link(position, record.id, *one, *other, true),
            Body::Tick { day } => self.tick(position, *day),
        }
    }

    fn graded(&mut self, report: &Report) -> GradedReport {
        GradedReport {
            publisher: self.publishers.intern(report.publisher.as_bytes()),
            grade: report.grade,
        }
    }

    fn report(&mut self, position: Position, event: EventId, content: Content) -> Applied {
        self.advance_to(position);
        if self.is_amendment(event.into()) {
            return self.known_before(position, event.into(), false);
        }
        let version = match self.versions.insert_first(event, position, content) {
            Ok(version) => version,
            Err(first) => {
                let same = self.versions.get(first).content() == content;
                return self.known_before(position, event.into(), same);
            }
        };
        self.counts.events += 1;
        self.attach(version, position, event, content);
        if self.is_amended(event) || self.retractions.has_any(event.into()) {
            self.unsettle([event]);
        }
        Applied::New
    }

    fn known_before(&mut self, position: Position, id: RecordId, same: bool) -> Applied {
        if same {
            self.counts.repeats += 1;
            Applied::Repeat
        } else {
            self.counts.clashes += 1;
            self.clashes.push((position, id));
            Applied::Clash
        }
    }

    /// Returns true if an amendment, a retraction or a link has this id.
    pub(super) fn is_amendment(&self, id: RecordId) -> bool {
        self.event_of.contains_key(&id)
            || self.retractions.position(id).is_some()
            || self.links.position(id).is_some()
    }

    /// Counts an amendment with a new id; for a known id, returns its outcome: repeated or
    /// clashing.
    fn reject_known(&mut self, position: Position, id: RecordId, same: bool) -> Option<Applied> {
        if self.is_amendment(id) || self.versions.first(EventId(id.0)).is_some() {
            return Some(self.known_before(position, id, same));
        }
        self.counts.amendments += 1;
        None
    }

    fn amend(
        &mut self,
        position: Position,
        id: RecordId,
        event: EventId,
        kind: AmendmentKind,
    ) -> Applied {
        let earlier = self.amendment(id);
        let same = earlier.is_some_and(|(of, earlier)| of == event && earlier.kind == kind);
        if let Some(applied) = self.reject_known(position, id, same) {
            return applied;
        }
        let amendment = Amendment { id, position, kind };
        let amendments = self.amended.entry(event).or_default();
        let place = u32::try_from(amendments.len()).unwrap_or(u32::MAX);
        amendments.push(amendment);
        self.event_of.insert(id, (event, place));
        self.unsettle([event]);
        Applied::New
    }

    fn retract(&mut self, position: Position, id: RecordId, target: RecordId) -> Applied {
        let same = self.retractions.target(id) == Some(target);
        if let Some(applied) = self.reject_known(position, id, same) {
            return applied;
        }
        // The target may itself be a retraction, and this one may join two chains of them.
        if let Some(end) = self.retractions.insert(position, id, target) {
            // `end` is no retraction, so these are events; an event itself has none.
            let mut subjects = self.subjects(end);
            if subjects.is_empty() {
                subjects.push(end);
            }
            self.unsettle(subjects.into_iter().map(|subject| EventId(subject.0)));
        }
        Applied::New
    }

    fn link(
        &mut self,
        position: Position,
        id: RecordId,
        one: EventId,
        other: EventId,
        cut: bool,
    ) -> Applied {
        let ends = (one.min(other), one.max(other));
        let same = self.links.ends(id) == Some(ends);
        if let Some(applied) = self.reject_known(position, id, same) {
            return applied;
        }
        self.links.insert(position, id, ends, cut);
        self.unsettle([one, other]);
        Applied::New
    }

    fn tick(&mut self, position: Position, day: Day) -> Applied {
        if self.ticks.last().is_some_and(|(_, last)| day <= *last) {
            self.counts.repeats += 1;
            return Applied::Repeat;
        }
        self.ticks.push((position, day));
        Applied::New
    }
}

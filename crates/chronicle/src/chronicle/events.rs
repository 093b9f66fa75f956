//! Reading events as known at a position.

use super::Chronicle;
use crate::amendments::{GradedCorrection, corrected_date};
use crate::corroboration::{CombinedGrade, GradedReport};
use crate::versions::Position;
use detente_domain::background::{self, BackgroundEvent};
use detente_domain::day::Day;
use detente_domain::event::{Act, EventId};
use detente_domain::grade::Grade;
use detente_domain::publisher::Publisher;
use detente_domain::record::RecordId;

/// An event as known at a position.
#[derive(Clone, Copy, Debug)]
pub struct BelievedEvent<'a> {
    /// Its id.
    pub event: EventId,
    /// The commit that first reported it; 0 for an event of the background.
    pub position: Position,
    /// The commit since which it has its present content.
    pub settled: Position,
    /// Its act, with amendments applied.
    pub act: &'a Act,
    /// The first day on which it may have happened.
    pub earliest: Day,
    /// The last day on which it may have happened.
    pub latest: Day,
    /// The grade of its best-weighted report, raised by further publishers as the rulebook says.
    pub grade: Grade,
    /// The grade of its best-weighted report alone.
    pub reported_grade: Grade,
    /// The number of independent publishers that report it or an event linked with it.
    pub publishers: usize,
    /// The number of those with a grade that the rulebook counts.
    pub vouching: usize,
    /// True if it is denied or contradicted.
    pub disputed: bool,
    /// True if it is retracted, or represented by another event that it is linked with.
    pub hidden: bool,
}

/// A correction that has effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Correction {
    /// Its record.
    pub record: RecordId,
    /// True if the date of the event is that of this correction.
    pub gives_date: bool,
}

impl BelievedEvent<'static> {
    fn of_background(event: &'static BackgroundEvent) -> Self {
        Self {
            event: event.id,
            position: Position(0),
            settled: Position(0),
            act: &event.act,
            earliest: event.earliest,
            latest: event.latest,
            grade: event.grade,
            reported_grade: event.grade,
            publishers: 1,
            vouching: 1,
            disputed: false,
            hidden: false,
        }
    }
}

impl Chronicle {
    /// Returns the publisher of the first report of an event; `None` for an event of the background.
    #[must_use]
    pub fn first_publisher(&self, event: EventId) -> Option<&Publisher> {
        let first = self.versions.get(self.versions.first(event)?);
        self.publishers.get(first.content().publisher)
    }

    /// Returns an event as known at a position (now, without one); `None` if it was not known.
    /// Events of the background are known at every position.
    #[must_use]
    pub fn event(&self, event: EventId, known: Option<Position>) -> Option<BelievedEvent<'_>> {
        let Some(first) = self.versions.first(event) else {
            return background::find(event).map(BelievedEvent::of_background);
        };
        let known = known.unwrap_or(self.head);
        let version = self.versions.at(event, known)?;
        let content = self.versions.get(version).content();
        let report = self.versions.get(first).content().report();
        let combined = self.combined_grade(event, report, known);
        Some(BelievedEvent {
            event,
            position: self.versions.get(first).position(),
            settled: self.versions.get(version).position(),
            act: &self.acts.get(content.act).act,
            earliest: content.earliest,
            latest: content.latest,
            grade: content.grade,
            reported_grade: combined.reported,
            publishers: combined.publishers,
            vouching: combined.vouching,
            disputed: content.disputed,
            hidden: content.hidden,
        })
    }

    /// Returns the corrections of an event that have effect, as known at a position, the best last.
    /// Other corrections stand beside the event and change nothing.
    #[must_use]
    pub fn corrections(&self, event: EventId, known: Position) -> Vec<Correction> {
        let Some(first) = self.versions.first(event) else {
            return Vec::new();
        };
        let first = self.versions.get(first).content();
        let corrections = self.corrections_in_effect(event, first.report(), known);
        let date = corrected_date(&first, &corrections, &self.rules);
        let correction = |correction: &GradedCorrection<'_>| Correction {
            record: correction.id,
            gives_date: date.by == Some(correction.id),
        };
        corrections.iter().map(correction).collect()
    }

    /// Returns the corrections of an event with this first report that have effect, as known at a
    /// position, the best last.
    pub(super) fn corrections_in_effect(
        &self,
        event: EventId,
        first: GradedReport,
        known: Position,
    ) -> Vec<GradedCorrection<'_>> {
        let reports = self.reports(event, known);
        let best = CombinedGrade::new(first, &reports, &self.rules).reported;
        let amendments = self.amendments_in_force(event, known);
        amendments.corrections(first, best, &self.rules)
    }

    /// Iterates over all events in order of arrival: id and position of the first report.
    pub fn events(&self) -> impl DoubleEndedIterator<Item = (EventId, Position)> {
        self.versions
            .firsts()
            .map(|version| (version.event, version.position()))
    }

    /// Combines the reports of an event and of the events linked with it, as known at a position.
    /// For a retracted event, only its first report counts.
    pub(super) fn combined_grade(
        &self,
        event: EventId,
        first: GradedReport,
        known: Position,
    ) -> CombinedGrade {
        let mut reports = Vec::new();
        if self.is_amended(event) {
            for member in self.links.group(event, &self.retractions, known) {
                reports.extend(self.reports(member, known));
            }
        }
        CombinedGrade::new(first, &reports, &self.rules)
    }

    /// Returns the first report of an event and those that corroborate it, as known at a position;
    /// none while the event is not reported and when it is retracted.
    pub(super) fn reports(&self, event: EventId, known: Position) -> Vec<GradedReport> {
        let first = self.versions.first(event);
        let Some(first) = first.filter(|_| self.is_in_force(event, known)) else {
            return Vec::new();
        };
        let first = self.versions.get(first).content().report();
        let amendments = self.amendments_in_force(event, known);
        std::iter::once(first).chain(amendments.reports()).collect()
    }
}

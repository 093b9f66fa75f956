//! The amendments of events: corroborations, disputes and corrections.
//!
//! What they result in is computed from the set of records, so their order of arrival does not
//! matter: a record is in force unless a record in force retracts it, a correction has effect only
//! if it is graded well enough, and those that have effect are ranked by grade, publication and id.

use crate::corroboration::GradedReport;
use crate::retractions::Retractions;
use crate::versions::{Content, Position};
use detente_domain::day::Day;
use detente_domain::event::Act;
use detente_domain::grade::Grade;
use detente_domain::party::Party;
use detente_domain::record::{CorrectionRank, Patch, RecordId};
use detente_domain::rulebook::Rulebook;

/// An amendment of one event.
#[derive(Clone, Debug)]
pub(crate) struct Amendment {
    /// The record's id.
    pub(crate) id: RecordId,
    /// Its position in the log.
    pub(crate) position: Position,
    /// Its kind and content.
    pub(crate) kind: AmendmentKind,
}

/// The kind of an amendment, with its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AmendmentKind {
    Corroborated(GradedReport),
    Disputed(Denial),
    Corrected {
        patch: Box<Patch>,
        rank: CorrectionRank,
        report: GradedReport,
    },
}

/// A denial of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Denial {
    /// The party that denies it; `None` if a source contradicts it.
    pub(crate) by: Option<Party>,
    /// The grade of its report.
    pub(crate) grade: Grade,
}

/// A correction of an event.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GradedCorrection<'a> {
    pub(crate) id: RecordId,
    pub(crate) patch: &'a Patch,
    rank: CorrectionRank,
    report: GradedReport,
}

/// The amendments of one event that are in force, as known at a position.
#[derive(Debug)]
pub(crate) struct AmendmentsInForce<'a>(Vec<&'a Amendment>);

impl<'a> AmendmentsInForce<'a> {
    pub(crate) fn new(all: &'a [Amendment], retractions: &Retractions, known: Position) -> Self {
        let in_force = all.iter().filter(|amendment| {
            amendment.position <= known && retractions.in_force(amendment.id, known)
        });
        Self(in_force.collect())
    }

    /// Returns the reports that corroborate the event.
    pub(crate) fn reports(&self) -> impl Iterator<Item = GradedReport> {
        self.0.iter().filter_map(|amendment| match amendment.kind {
            AmendmentKind::Corroborated(report) => Some(report),
            AmendmentKind::Disputed(_) | AmendmentKind::Corrected { .. } => None,
        })
    }

    /// Returns the denials of the event.
    pub(crate) fn denials(&self) -> impl Iterator<Item = Denial> {
        self.0.iter().filter_map(|amendment| match amendment.kind {
            AmendmentKind::Disputed(denial) => Some(denial),
            AmendmentKind::Corroborated(_) | AmendmentKind::Corrected { .. } => None,
        })
    }

    /// Returns the corrections of the event that have effect, the best last: those of the publisher
    /// of its first report, and those that weigh at least as much as its best report.
    pub(crate) fn corrections(
        &self,
        first: GradedReport,
        best: Grade,
        rules: &Rulebook,
    ) -> Vec<GradedCorrection<'a>> {
        let corrections = self.0.iter().filter_map(|amendment| match &amendment.kind {
            AmendmentKind::Corrected {
                patch,
                rank,
                report,
            } => Some(GradedCorrection {
                id: amendment.id,
                patch,
                rank: *rank,
                report: *report,
            }),
            AmendmentKind::Corroborated(_) | AmendmentKind::Disputed(_) => None,
        });
        let needed = rules.grade_weight(best);
        let has_effect = |correction: &GradedCorrection<'_>| {
            correction.report.publisher == first.publisher
                || rules.grade_weight(correction.report.grade) >= needed
        };
        let mut corrections: Vec<GradedCorrection<'a>> = corrections.filter(has_effect).collect();
        corrections.sort_by_key(|correction| correction.rank);
        corrections
    }
}

/// A date that corrections lead to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CorrectedDate {
    /// The first day on which the event may have happened.
    pub(crate) earliest: Day,
    /// The last day.
    pub(crate) latest: Day,
    /// The correction that gives it; `None` if the first report does.
    pub(crate) by: Option<RecordId>,
}

/// Applies corrections to the date of a first report, the best last. Of equal weights a coarser date
/// does not replace a finer one within it.
pub(crate) fn corrected_date(
    first: &Content,
    corrections: &[GradedCorrection<'_>],
    rules: &Rulebook,
) -> CorrectedDate {
    let mut date = CorrectedDate {
        earliest: first.earliest,
        latest: first.latest,
        by: None,
    };
    let mut weight = rules.grade_weight(first.grade);
    for correction in corrections {
        let Some(given) = &correction.patch.occurred else {
            continue;
        };
        let (earliest, latest) = (given.earliest(), given.latest());
        let contains = earliest <= date.earliest && date.latest <= latest;
        let is_coarser = contains && (earliest, latest) != (date.earliest, date.latest);
        let own = rules.grade_weight(correction.report.grade);
        if is_coarser && own == weight {
            continue;
        }
        weight = own;
        date = CorrectedDate {
            earliest,
            latest,
            by: Some(correction.id),
        };
    }
    date
}

/// Applies corrections to an act, the best last. Admission does not look the event up, so together
/// they may make it invalid (without a required detail, or with a party on both sides): then each
/// is applied only if the result is valid.
pub(crate) fn corrected(act: &Act, corrections: &[GradedCorrection<'_>]) -> Act {
    let is_valid = |act: &Act| act.check().is_ok();
    let patches = || corrections.iter().map(|correction| correction.patch);
    let all = patches().fold(act.clone(), |act, patch| patch.applied(&act));
    if is_valid(&all) || !is_valid(act) {
        return all;
    }
    patches().fold(act.clone(), |valid, patch| {
        let next = patch.applied(&valid);
        if is_valid(&next) { next } else { valid }
    })
}

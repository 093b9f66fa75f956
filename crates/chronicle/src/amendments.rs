//! Amended events: corroborations, disputes and corrections, and the event that they result in.
//!
//! The result is computed from the set of records, so their order of arrival does not matter:
//! rival corrections of a field are ranked by grade, publication and id, and a record is in force
//! unless a record in force retracts it.

use crate::corroboration::GradedReport;
use crate::retractions::Retractions;
use crate::versions::Position;
use detente_domain::day::Day;
use detente_domain::edtf::Edtf;
use detente_domain::event::{Act, EventId};
use detente_domain::party::Party;
use detente_domain::record::{CorrectionRank, Patch, RecordId};
use std::collections::BTreeSet;

/// The first report of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Original {
    pub(crate) act: Act,
    pub(crate) earliest: Day,
    pub(crate) latest: Day,
    pub(crate) report: GradedReport,
}

/// An amendment of one event.
#[derive(Clone, Debug)]
pub struct Amendment {
    /// The record's id.
    pub id: RecordId,
    /// Its position in the log.
    pub position: Position,
    /// Its kind and content.
    pub(crate) kind: AmendmentKind,
}

/// The kind of an amendment, with its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AmendmentKind {
    Corroborated(GradedReport),
    Disputed(Option<Party>),
    Corrected {
        patch: Box<Patch>,
        rank: CorrectionRank,
    },
}

/// An event that has amendments.
#[derive(Debug, Default)]
pub(crate) struct AmendedEvent {
    /// `None` until the event is reported.
    pub(crate) original: Option<Original>,
    pub(crate) amendments: Vec<Amendment>,
}

/// An event with its amendments applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EffectiveEvent {
    pub(crate) act: Act,
    pub(crate) earliest: Day,
    pub(crate) latest: Day,
    pub(crate) disputed: bool,
    /// The first report and those that corroborate it.
    pub(crate) reports: Vec<GradedReport>,
}

impl AmendedEvent {
    /// Returns true if it has an amendment with this id and content.
    pub(crate) fn contains(&self, id: RecordId, kind: &AmendmentKind) -> bool {
        let mut own = self.amendments.iter();
        own.any(|one| one.id == id && one.kind == *kind)
    }

    /// Returns the event with its amendments applied; `None` while it is not reported and when it
    /// is retracted.
    pub(crate) fn effective(
        &self,
        event: EventId,
        retractions: &Retractions,
    ) -> Option<EffectiveEvent> {
        let original = self.original.as_ref()?;
        if !retractions.in_force(event.into(), Position::LATEST) {
            return None;
        }
        let mut corrections: Vec<(&CorrectionRank, &Patch)> = self
            .in_force(retractions, Position::LATEST)
            .filter_map(|one| match &one.kind {
                AmendmentKind::Corrected { patch, rank } => Some((rank, &**patch)),
                AmendmentKind::Corroborated(_) | AmendmentKind::Disputed(_) => None,
            })
            .collect();
        corrections.sort_by_key(|(rank, _)| **rank);
        let patches: Vec<&Patch> = corrections.into_iter().map(|(_, patch)| patch).collect();
        let mut dates = patches.iter().filter_map(|patch| patch.occurred.as_ref());
        let date = dates.next_back();
        Some(EffectiveEvent {
            act: corrected(&original.act, &patches),
            earliest: date.map_or(original.earliest, Edtf::earliest),
            latest: date.map_or(original.latest, Edtf::latest),
            disputed: self
                .in_force(retractions, Position::LATEST)
                .any(|one| matches!(one.kind, AmendmentKind::Disputed(_))),
            reports: self.reports(event, retractions, Position::LATEST),
        })
    }

    /// Returns the first report and those that corroborate it, as known at a position; none while
    /// the event is not reported and when it is retracted.
    pub(crate) fn reports(
        &self,
        event: EventId,
        retractions: &Retractions,
        known: Position,
    ) -> Vec<GradedReport> {
        let in_force = retractions.in_force(event.into(), known);
        let Some(original) = self.original.as_ref().filter(|_| in_force) else {
            return Vec::new();
        };
        let further = self
            .in_force(retractions, known)
            .filter_map(|one| match one.kind {
                AmendmentKind::Corroborated(report) => Some(report),
                AmendmentKind::Disputed(_) | AmendmentKind::Corrected { .. } => None,
            });
        std::iter::once(original.report).chain(further).collect()
    }

    /// Returns the amendments in force, as known at a position.
    fn in_force(
        &self,
        retractions: &Retractions,
        known: Position,
    ) -> impl Iterator<Item = &Amendment> {
        self.amendments
            .iter()
            .filter(move |one| one.position <= known && retractions.in_force(one.id, known))
    }

    /// Returns the parties whose denials are in force; none for disputes by sources alone.
    pub(crate) fn denied_by(&self, retractions: &Retractions, known: Position) -> BTreeSet<Party> {
        self.in_force(retractions, known)
            .filter_map(|one| match one.kind {
                AmendmentKind::Disputed(by) => by,
                AmendmentKind::Corroborated(_) | AmendmentKind::Corrected { .. } => None,
            })
            .collect()
    }
}

/// Applies corrections to an act, the best last. Admission does not look the event up, so together
/// they may make it invalid (without a required detail, or with a party on both sides): then each
/// is applied only if the result is valid.
fn corrected(act: &Act, patches: &[&Patch]) -> Act {
    let is_valid = |act: &Act| act.check().is_ok();
    let all = patches
        .iter()
        .fold(act.clone(), |act, patch| patch.applied(&act));
    if is_valid(&all) || !is_valid(act) {
        return all;
    }
    patches.iter().fold(act.clone(), |held, patch| {
        let next = patch.applied(&held);
        if is_valid(&next) { next } else { held }
    })
}

//! The amendments of events: corroborations, disputes and corrections.
//!
//! What they result in is computed from the set of records, so their order of arrival does not
//! matter: rival corrections of a field are ranked by grade, publication and id, and a record is in
//! force unless a record in force retracts it.

use crate::corroboration::GradedReport;
use crate::retractions::Retractions;
use crate::versions::Position;
use detente_domain::event::Act;
use detente_domain::party::Party;
use detente_domain::record::{CorrectionRank, Patch, RecordId};

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
    Disputed(Option<Party>),
    Corrected {
        patch: Box<Patch>,
        rank: CorrectionRank,
    },
}

/// The amendments of one event that are in force, as known at a position.
#[derive(Debug)]
pub(crate) struct AmendmentsInForce<'a>(Vec<&'a AmendmentKind>);

impl<'a> AmendmentsInForce<'a> {
    pub(crate) fn new(all: &'a [Amendment], retractions: &Retractions, known: Position) -> Self {
        let in_force = all.iter().filter(|amendment| {
            amendment.position <= known && retractions.in_force(amendment.id, known)
        });
        Self(in_force.map(|amendment| &amendment.kind).collect())
    }

    /// Returns the reports that corroborate the event.
    pub(crate) fn reports(&self) -> impl Iterator<Item = GradedReport> {
        self.0.iter().filter_map(|kind| match kind {
            AmendmentKind::Corroborated(report) => Some(*report),
            AmendmentKind::Disputed(_) | AmendmentKind::Corrected { .. } => None,
        })
    }

    /// Returns who disputes the event; `None` for a dispute by sources alone.
    pub(crate) fn disputed_by(&self) -> impl Iterator<Item = Option<Party>> {
        self.0.iter().filter_map(|kind| match kind {
            AmendmentKind::Disputed(by) => Some(*by),
            AmendmentKind::Corroborated(_) | AmendmentKind::Corrected { .. } => None,
        })
    }

    /// Returns the corrections of the event, the best last.
    pub(crate) fn patches(&self) -> Vec<&'a Patch> {
        let mut corrections: Vec<(&CorrectionRank, &Patch)> = self
            .0
            .iter()
            .filter_map(|kind| match kind {
                AmendmentKind::Corrected { patch, rank } => Some((rank, &**patch)),
                AmendmentKind::Corroborated(_) | AmendmentKind::Disputed(_) => None,
            })
            .collect();
        corrections.sort_by_key(|(rank, _)| **rank);
        corrections.into_iter().map(|(_, patch)| patch).collect()
    }
}

/// Applies corrections to an act, the best last. Admission does not look the event up, so together
/// they may make it invalid (without a required detail, or with a party on both sides): then each
/// is applied only if the result is valid.
pub(crate) fn corrected(act: &Act, patches: &[&Patch]) -> Act {
    let is_valid = |act: &Act| act.check().is_ok();
    let all = patches
        .iter()
        .fold(act.clone(), |act, patch| patch.applied(&act));
    if is_valid(&all) || !is_valid(act) {
        return all;
    }
    patches.iter().fold(act.clone(), |valid, patch| {
        let next = patch.applied(&valid);
        if is_valid(&next) { next } else { valid }
    })
}

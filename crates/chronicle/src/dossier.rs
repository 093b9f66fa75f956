//! Dossiers: what amendments make of an event.
//!
//! Only events that have been amended have one. What the event is taken for is computed from the
//! set of its records, so their order of arrival does not matter: rival corrections of one field
//! go by grade, publication and id; a record counts unless a record that itself counts takes it
//! back.

use crate::rows::Position;
use crate::standing::Said;
use detente_domain::day::Day;
use detente_domain::edtf::Edtf;
use detente_domain::event::{Act, EventId};
use detente_domain::party::Party;
use detente_domain::record::{Authority, Patch, RecordId};
use hashbrown::{HashMap, HashSet};
use std::collections::BTreeSet;

/// What was first reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Original {
    pub(crate) act: Act,
    pub(crate) earliest: Day,
    pub(crate) latest: Day,
    pub(crate) report: Said,
}

/// An amendment of one event.
#[derive(Clone, Debug)]
pub struct Amendment {
    /// The record's id.
    pub id: RecordId,
    /// Where it stands in the log.
    pub position: Position,
    /// What it does.
    pub(crate) what: What,
}

/// What an amendment does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Corroborated(Said),
    Disputed(Option<Party>),
    Corrected {
        patch: Box<Patch>,
        authority: Authority,
    },
}

/// The records of one event.
#[derive(Debug, Default)]
pub(crate) struct Dossier {
    pub(crate) original: Option<Original>,
    pub(crate) amendments: Vec<Amendment>,
}

/// What an event comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Effective {
    pub(crate) act: Act,
    pub(crate) earliest: Day,
    pub(crate) latest: Day,
    pub(crate) disputed: bool,
    /// Its first report, and those that corroborate it.
    pub(crate) reports: Vec<Said>,
}

/// Retractions: which record each takes back, and since when that is known.
#[derive(Debug, Default)]
pub(crate) struct Retractions {
    target_of: HashMap<RecordId, (Position, RecordId)>,
    of: HashMap<RecordId, Vec<RecordId>>,
}

impl Retractions {
    /// Takes a retraction whose id was not met before.
    pub(crate) fn insert(&mut self, position: Position, id: RecordId, target: RecordId) {
        self.target_of.insert(id, (position, target));
        self.of.entry(target).or_default().push(id);
    }

    /// Where a retraction stands.
    pub(crate) fn position(&self, id: RecordId) -> Option<Position> {
        self.target_of.get(&id).map(|(position, _)| *position)
    }

    /// Every retraction: where it stands, and what it takes back.
    pub(crate) fn all(&self) -> impl Iterator<Item = (RecordId, Position, RecordId)> {
        let all = self.target_of.iter();
        all.map(|(id, (position, target))| (*id, *position, *target))
    }

    /// What a retraction takes back.
    pub(crate) fn targets(&self, id: RecordId) -> Option<RecordId> {
        self.targets_by(id, NOW)
    }

    fn targets_by(&self, id: RecordId, known: Position) -> Option<RecordId> {
        let (position, target) = self.target_of.get(&id)?;
        (*position <= known).then_some(*target)
    }

    /// Whether any retraction names the record.
    pub(crate) fn of_any(&self, record: RecordId) -> bool {
        self.of.contains_key(&record)
    }

    pub(crate) fn contains(&self, id: RecordId) -> bool {
        self.target_of.contains_key(&id)
    }

    /// The first retraction that counts and takes a record back, by what was known at a position.
    pub(crate) fn taken_back_by(&self, record: RecordId, known: Position) -> Option<RecordId> {
        let by = self.of.get(&record).into_iter().flatten().copied();
        let counts = |by: &RecordId| {
            self.targets_by(*by, known).is_some()
                && self.ends_at(*by, known).is_some()
                && self.counts(*by, known)
        };
        by.filter(counts).min()
    }

    /// The record that a chain of retractions ends at; `None` if it runs in a circle.
    pub(crate) fn ends_at(&self, record: RecordId, known: Position) -> Option<RecordId> {
        let mut at = record;
        for _ in 0..=self.target_of.len() {
            match self.targets_by(at, known) {
                Some(target) => at = target,
                None => return Some(at),
            }
        }
        None
    }

    /// Whether a record counts, by what was known at a position: no retraction that counts takes
    /// it back. Those that run in a circle take nothing back.
    pub(crate) fn counts(&self, record: RecordId, known: Position) -> bool {
        // Retractions of a record, and of those, form a tree; walk it from the leaves.
        let mut order = vec![record];
        let mut seen: HashSet<RecordId> = order.iter().copied().collect();
        let mut next = 0;
        while let Some(at) = order.get(next).copied() {
            next += 1;
            for by in self.of.get(&at).into_iter().flatten() {
                if seen.insert(*by) {
                    order.push(*by);
                }
            }
        }
        let mut taken_back: HashSet<RecordId> = HashSet::new();
        for at in order
            .iter()
            .rev()
            .filter(|at| self.ends_at(**at, known).is_some())
        {
            if !taken_back.contains(at)
                && let Some(target) = self.targets_by(*at, known)
            {
                taken_back.insert(target);
            }
        }
        !taken_back.contains(&record)
    }
}

/// All that is known.
pub(crate) const NOW: Position = Position(u64::MAX);

impl Dossier {
    /// Whether it has an amendment of that id which does just that.
    pub(crate) fn holds(&self, id: RecordId, what: &What) -> bool {
        let mut own = self.amendments.iter();
        own.any(|one| one.id == id && one.what == *what)
    }

    /// What the event comes to; `None` while it is pending or when it is retracted.
    pub(crate) fn effective(&self, event: EventId, retractions: &Retractions) -> Option<Effective> {
        let original = self.original.as_ref()?;
        if !retractions.counts(event.into(), NOW) {
            return None;
        }
        let mut corrections: Vec<(&Authority, &Patch)> = self
            .live(retractions, NOW)
            .filter_map(|one| match &one.what {
                What::Corrected { patch, authority } => Some((authority, &**patch)),
                What::Corroborated(_) | What::Disputed(_) => None,
            })
            .collect();
        corrections.sort_by_key(|(authority, _)| **authority);
        let patches: Vec<&Patch> = corrections.into_iter().map(|(_, patch)| patch).collect();
        let mut dates = patches.iter().filter_map(|patch| patch.occurred.as_ref());
        let date = dates.next_back();
        Some(Effective {
            act: corrected(&original.act, &patches),
            earliest: date.map_or(original.earliest, Edtf::earliest),
            latest: date.map_or(original.latest, Edtf::latest),
            disputed: self
                .live(retractions, NOW)
                .any(|one| matches!(one.what, What::Disputed(_))),
            reports: self.reports(event, retractions, NOW),
        })
    }

    /// The first report and those that corroborate it, by what was known at a position; none while
    /// the event is pending or when it is retracted.
    pub(crate) fn reports(
        &self,
        event: EventId,
        retractions: &Retractions,
        known: Position,
    ) -> Vec<Said> {
        let stands = retractions.counts(event.into(), known);
        let Some(original) = self.original.as_ref().filter(|_| stands) else {
            return Vec::new();
        };
        let further = self
            .live(retractions, known)
            .filter_map(|one| match one.what {
                What::Corroborated(said) => Some(said),
                What::Disputed(_) | What::Corrected { .. } => None,
            });
        std::iter::once(original.report).chain(further).collect()
    }

    /// The amendments that count, by what was known at a position.
    fn live(&self, retractions: &Retractions, known: Position) -> impl Iterator<Item = &Amendment> {
        self.amendments
            .iter()
            .filter(move |one| one.position <= known && retractions.counts(one.id, known))
    }

    /// The parties whose denials count; no party where only sources contradict.
    pub(crate) fn denied_by(&self, retractions: &Retractions, known: Position) -> BTreeSet<Party> {
        self.live(retractions, known)
            .filter_map(|one| match one.what {
                What::Disputed(by) => by,
                What::Corroborated(_) | What::Corrected { .. } => None,
            })
            .collect()
    }
}

/// An act with its corrections, the best last. Admission does not look the event up, so they may
/// leave it unfit (without a detail that its kind needs, or with a party on both sides): then each
/// counts only if what it leaves is fit.
fn corrected(act: &Act, patches: &[&Patch]) -> Act {
    let is_fit = |act: &Act| act.check().is_ok();
    let all = patches
        .iter()
        .fold(act.clone(), |act, patch| patch.applied(&act));
    if is_fit(&all) || !is_fit(act) {
        return all;
    }
    patches.iter().fold(act.clone(), |held, patch| {
        let next = patch.applied(&held);
        if is_fit(&next) { next } else { held }
    })
}

//! Dossiers: what amendments make of an event.
//!
//! Only events that have been amended have one. What the event is taken for is computed from the
//! set of its records, so their order of arrival does not matter: rival corrections of one field
//! go by grade, publication and id; a record counts unless a record that itself counts takes it
//! back.

use crate::rows::Position;
use detente_domain::day::Day;
use detente_domain::event::{Act, EventId};
use detente_domain::grade::Grade;
use detente_domain::party::Party;
use detente_domain::record::{Authority, Patch, RecordId};
use detente_domain::rulebook::Rulebook;
use hashbrown::{HashMap, HashSet};
use std::collections::BTreeSet;

/// What was first reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Original {
    pub(crate) act: Act,
    pub(crate) earliest: Day,
    pub(crate) latest: Day,
    pub(crate) grade: Grade,
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
    Corroborated(Grade),
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
    pub(crate) grade: Grade,
    pub(crate) disputed: bool,
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
    pub(crate) fn effective(
        &self,
        event: EventId,
        retractions: &Retractions,
        rules: &Rulebook,
    ) -> Option<Effective> {
        let original = self.original.as_ref()?;
        if !retractions.counts(event.into(), NOW) {
            return None;
        }
        let live: Vec<&Amendment> = self
            .amendments
            .iter()
            .filter(|one| retractions.counts(one.id, NOW))
            .collect();
        let mut effective = Effective {
            act: original.act.clone(),
            earliest: original.earliest,
            latest: original.latest,
            grade: original.grade,
            disputed: live.iter().any(|one| matches!(one.what, What::Disputed(_))),
        };
        let mut corrections: Vec<(&Authority, &Patch)> = live
            .iter()
            .filter_map(|one| match &one.what {
                What::Corrected { patch, authority } => Some((authority, &**patch)),
                What::Corroborated(_) | What::Disputed(_) => None,
            })
            .collect();
        corrections.sort_by_key(|(authority, _)| **authority);
        for (_, patch) in corrections {
            effective.correct(patch);
        }
        for one in live {
            if let What::Corroborated(grade) = one.what {
                effective.grade = better(effective.grade, grade, rules);
            }
        }
        Some(effective)
    }

    /// The parties whose denials count; no party where only sources contradict.
    pub(crate) fn denied_by(&self, retractions: &Retractions, known: Position) -> BTreeSet<Party> {
        self.amendments
            .iter()
            .filter(|one| one.position <= known && retractions.counts(one.id, known))
            .filter_map(|one| match one.what {
                What::Disputed(by) => by,
                What::Corroborated(_) | What::Corrected { .. } => None,
            })
            .collect()
    }
}

/// The grade that weighs more; of two that weigh the same, the one nearer to A1.
pub(crate) fn better(one: Grade, other: Grade, rules: &Rulebook) -> Grade {
    let rank = |grade: Grade| (rules.grade_weight(grade), std::cmp::Reverse(grade));
    if rank(other) > rank(one) { other } else { one }
}

impl Effective {
    /// Applies a correction; a field that it would empty stays.
    fn correct(&mut self, patch: &Patch) {
        if let Some(kind) = patch.kind {
            self.act.kind = kind;
        }
        if let Some(actors) = patch.actors.as_ref().filter(|actors| !actors.is_empty()) {
            self.act.actors.clone_from(actors);
        }
        if let Some(recipients) = &patch.recipients {
            self.act.recipients.clone_from(recipients);
        }
        if let Some(occurred) = &patch.occurred {
            self.earliest = occurred.earliest();
            self.latest = occurred.latest();
        }
        for (field, value) in &patch.details {
            match value {
                Some(value) => self.act.details.set(*field, value.clone()),
                None => self.act.details.clear(*field),
            }
        }
    }
}

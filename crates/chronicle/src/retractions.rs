//! Retractions, which may be retracted in turn.

use crate::versions::Position;
use detente_domain::record::RecordId;
use hashbrown::{HashMap, HashSet};

/// All retractions.
#[derive(Debug, Default)]
pub(crate) struct Retractions {
    /// By retraction: its position and the retracted record.
    target_of: HashMap<RecordId, (Position, RecordId)>,
    /// By record: the retractions of it.
    of: HashMap<RecordId, Vec<RecordId>>,
    /// By retraction: a record further on in its chain.
    shortcuts: HashMap<RecordId, RecordId>,
}

impl Retractions {
    /// Adds a retraction with a new id. Returns the record at the end of its chain; `None` if the
    /// chain is a cycle.
    pub(crate) fn insert(
        &mut self,
        position: Position,
        id: RecordId,
        target: RecordId,
    ) -> Option<RecordId> {
        self.target_of.insert(id, (position, target));
        self.of.entry(target).or_default().push(id);
        let end = self.last_of(target);
        (end != id).then(|| {
            self.shortcuts.insert(id, end);
            end
        })
    }

    /// Follows a chain of retractions to its end, and shortens the way there. A cycle ends at the
    /// retraction that closed it.
    fn last_of(&mut self, record: RecordId) -> RecordId {
        let mut end = record;
        while let Some(next) = self.shortcuts.get(&end) {
            end = *next;
        }
        let mut at = record;
        while let Some(next) = self.shortcuts.get_mut(&at) {
            at = std::mem::replace(next, end);
        }
        end
    }

    /// Returns the position of a retraction.
    pub(crate) fn position(&self, id: RecordId) -> Option<Position> {
        self.target_of.get(&id).map(|(position, _)| *position)
    }

    /// Iterates over all retractions: id, position and retracted record.
    pub(crate) fn all(&self) -> impl Iterator<Item = (RecordId, Position, RecordId)> {
        let all = self.target_of.iter();
        all.map(|(id, (position, target))| (*id, *position, *target))
    }

    /// Returns the record that a retraction retracts.
    pub(crate) fn target(&self, id: RecordId) -> Option<RecordId> {
        self.target_at(id, Position::LATEST)
    }

    fn target_at(&self, id: RecordId, known: Position) -> Option<RecordId> {
        let (position, target) = self.target_of.get(&id)?;
        (*position <= known).then_some(*target)
    }

    /// Returns true if any retraction, effective or not, names the record.
    pub(crate) fn has_any(&self, record: RecordId) -> bool {
        self.of.contains_key(&record)
    }

    /// Returns the effective retraction of a record with the lowest id, as known at a position.
    pub(crate) fn retracted_by(&self, record: RecordId, known: Position) -> Option<RecordId> {
        let by = self.of.get(&record).into_iter().flatten().copied();
        let is_effective = |by: &RecordId| {
            self.target_at(*by, known).is_some()
                && self.chain_end(*by, known).is_some()
                && self.in_force(*by, known)
        };
        by.filter(is_effective).min()
    }

    /// Returns the retractions whose chains are cycles.
    pub(crate) fn in_cycles(&self) -> impl Iterator<Item = (Position, RecordId)> {
        // Until a chain has ended, its records count as being in a cycle.
        let mut ends: HashMap<RecordId, bool> = HashMap::new();
        for record in self.target_of.keys() {
            let (mut chain, mut at) = (Vec::new(), *record);
            let ended = loop {
                if let Some(ended) = ends.get(&at) {
                    break *ended;
                }
                let Some((_, target)) = self.target_of.get(&at) else {
                    break true;
                };
                ends.insert(at, false);
                chain.push(at);
                at = *target;
            };
            ends.extend(chain.into_iter().map(|record| (record, ended)));
        }
        let all = self.target_of.iter();
        let cyclic = all.filter(move |(record, _)| ends.get(*record) == Some(&false));
        cyclic.map(|(record, (position, _))| (*position, *record))
    }

    /// Follows a chain of retractions to the record at its end; `None` if the chain is a cycle.
    pub(crate) fn chain_end(&self, record: RecordId, known: Position) -> Option<RecordId> {
        let mut at = record;
        for _ in 0..=self.target_of.len() {
            match self.target_at(at, known) {
                Some(target) => at = target,
                None => return Some(at),
            }
        }
        None
    }

    /// Returns true if a record is in force, as known at a position: no retraction in force
    /// retracts it. Retractions in a cycle have no effect.
    pub(crate) fn in_force(&self, record: RecordId, known: Position) -> bool {
        // All chains of retractions of the record lead to it, and so into a cycle if it is in one.
        if !self.has_any(record) || self.chain_end(record, known).is_none() {
            return true;
        }
        // Retractions of a record, and of those, form a tree; walk it from the leaves.
        let mut order = vec![record];
        let mut next = 0;
        while let Some(at) = order.get(next) {
            let by = self.of.get(at).into_iter().flatten();
            order.extend(by.filter(|by| self.target_at(**by, known).is_some()));
            next += 1;
        }
        let mut retracted: HashSet<RecordId> = HashSet::new();
        for at in order[1..].iter().rev() {
            if !retracted.contains(at)
                && let Some(target) = self.target_at(*at, known)
            {
                retracted.insert(target);
            }
        }
        !retracted.contains(&record)
    }
}

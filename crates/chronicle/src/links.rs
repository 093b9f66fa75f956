//! Links between events that are the same development.

use crate::retractions::Retractions;
use crate::versions::Position;
use detente_domain::event::EventId;
use detente_domain::record::RecordId;
use hashbrown::HashMap;
use std::collections::BTreeSet;

/// Two events, the one with the smaller id first.
pub(crate) type Ends = (EventId, EventId);

/// All links and unlinks.
#[derive(Debug, Default)]
pub(crate) struct Links {
    /// By event: the linking records and the linked events.
    made: HashMap<EventId, Vec<(RecordId, EventId)>>,
    /// By pair of events: the records that unlink them.
    cut: HashMap<Ends, Vec<RecordId>>,
    /// By record: its position and events.
    records: HashMap<RecordId, (Position, Ends)>,
}

impl Links {
    /// Adds a record with a new id; `cut` if it unlinks.
    pub(crate) fn insert(&mut self, position: Position, id: RecordId, ends: Ends, cut: bool) {
        self.records.insert(id, (position, ends));
        if cut {
            self.cut.entry(ends).or_default().push(id);
        } else {
            let (one, other) = ends;
            self.made.entry(one).or_default().push((id, other));
            self.made.entry(other).or_default().push((id, one));
        }
    }

    /// Returns the position of a record.
    pub(crate) fn position(&self, id: RecordId) -> Option<Position> {
        self.records.get(&id).map(|(position, _)| *position)
    }

    /// Iterates over all records: id, position and events.
    pub(crate) fn all(&self) -> impl Iterator<Item = (RecordId, Position, Ends)> {
        let all = self.records.iter();
        all.map(|(id, (position, ends))| (*id, *position, *ends))
    }

    /// Returns the events that a record links or unlinks.
    pub(crate) fn ends(&self, id: RecordId) -> Option<Ends> {
        self.records.get(&id).map(|(_, ends)| *ends)
    }

    /// Returns true if any record, in force or not, links the event.
    pub(crate) fn has(&self, event: EventId) -> bool {
        self.made.contains_key(&event)
    }

    /// Returns the events linked with an event, itself included, as known at a position.
    pub(crate) fn group(
        &self,
        event: EventId,
        retractions: &Retractions,
        known: Position,
    ) -> BTreeSet<EventId> {
        let in_force = |record: &RecordId| {
            let position = self.position(*record);
            position.is_some_and(|position| position <= known)
                && retractions.in_force(*record, known)
        };
        let is_cut = |ends: Ends| self.cut.get(&ends).into_iter().flatten().any(in_force);
        let mut reached = BTreeSet::from([event]);
        let mut rest = vec![event];
        let mut cut = HashMap::new();
        while let Some(at) = rest.pop() {
            for (record, other) in self.made.get(&at).into_iter().flatten() {
                if reached.contains(other) || !in_force(record) {
                    continue;
                }
                let ends = (at.min(*other), at.max(*other));
                if !*cut.entry(ends).or_insert_with(|| is_cut(ends)) {
                    reached.insert(*other);
                    rest.push(*other);
                }
            }
        }
        reached
    }
}

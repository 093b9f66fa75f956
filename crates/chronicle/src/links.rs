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

    /// Returns the events reachable by any links, in force or not, itself included.
    pub(crate) fn ever_linked(&self, event: EventId) -> BTreeSet<EventId> {
        self.reach(event, |_, _, _| true)
    }

    /// Returns the events linked with an event, itself included, as known at a position.
    pub(crate) fn group(
        &self,
        event: EventId,
        retractions: &Retractions,
        known: Position,
    ) -> BTreeSet<EventId> {
        let in_force = |record: RecordId| {
            let position = self.position(record);
            position.is_some_and(|position| position <= known)
                && retractions.in_force(record, known)
        };
        self.reach(event, |record, one, other| {
            let ends = (one.min(other), one.max(other));
            let cuts = self.cut.get(&ends).into_iter().flatten();
            in_force(record) && !cuts.into_iter().any(|cut| in_force(*cut))
        })
    }

    fn reach(
        &self,
        event: EventId,
        follows: impl Fn(RecordId, EventId, EventId) -> bool,
    ) -> BTreeSet<EventId> {
        let mut reached = BTreeSet::from([event]);
        let mut rest = vec![event];
        while let Some(at) = rest.pop() {
            for (record, other) in self.made.get(&at).into_iter().flatten() {
                if follows(*record, at, *other) && reached.insert(*other) {
                    rest.push(*other);
                }
            }
        }
        reached
    }
}

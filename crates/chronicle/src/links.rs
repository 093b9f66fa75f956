//! Links: which events are one.

use crate::dossier::Retractions;
use crate::rows::Position;
use detente_domain::event::EventId;
use detente_domain::record::RecordId;
use hashbrown::HashMap;
use std::collections::BTreeSet;

/// Two events, the one with the smaller id first.
pub(crate) type Ends = (EventId, EventId);

/// What records say of events being one.
#[derive(Debug, Default)]
pub(crate) struct Links {
    /// By event: the events it was said to be one with, and by which record.
    made: HashMap<EventId, Vec<(RecordId, EventId)>>,
    /// Records that say that two are not one.
    cut: HashMap<Ends, Vec<RecordId>>,
    /// What each record is about, and since when it is known.
    records: HashMap<RecordId, (Position, Ends)>,
}

impl Links {
    /// Takes a record whose id was not met before: `cut` if it says that the two are not one.
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

    /// Where a record stands.
    pub(crate) fn position(&self, id: RecordId) -> Option<Position> {
        self.records.get(&id).map(|(position, _)| *position)
    }

    /// Every record: where it stands, and what it is about.
    pub(crate) fn all(&self) -> impl Iterator<Item = (RecordId, Position, Ends)> {
        let all = self.records.iter();
        all.map(|(id, (position, ends))| (*id, *position, *ends))
    }

    /// The events that a record is about.
    pub(crate) fn ends(&self, id: RecordId) -> Option<Ends> {
        self.records.get(&id).map(|(_, ends)| *ends)
    }

    /// Whether any record ever made it one with another event.
    pub(crate) fn has(&self, event: EventId) -> bool {
        self.made.contains_key(&event)
    }

    /// Every event that any link, counting or not, leads to, itself included.
    pub(crate) fn ever_linked(&self, event: EventId) -> BTreeSet<EventId> {
        self.reach(event, |_, _, _| true)
    }

    /// The events that are one with an event, itself included, by what was known at a position.
    pub(crate) fn group(
        &self,
        event: EventId,
        retractions: &Retractions,
        known: Position,
    ) -> BTreeSet<EventId> {
        let counts = |record: RecordId| {
            let taken = self.records.get(&record);
            taken.is_some_and(|(position, _)| *position <= known)
                && retractions.counts(record, known)
        };
        self.reach(event, |record, one, other| {
            let ends = (one.min(other), one.max(other));
            let cuts = self.cut.get(&ends).into_iter().flatten();
            counts(record) && !cuts.into_iter().any(|cut| counts(*cut))
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

//! Auditing a log: amendments of unknown records, and cycles of retractions.

use super::Chronicle;
use crate::versions::Position;
use detente_domain::event::EventId;
use detente_domain::record::RecordId;

/// An amendment of a record that is not in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pending {
    /// Its position in the log.
    pub position: Position,
    /// Its id.
    pub record: RecordId,
    /// The record that is not in the log.
    pub missing: RecordId,
}

impl Chronicle {
    /// Returns the amendments of records that are not in the log, in order of positions.
    #[must_use]
    pub fn pending(&self) -> Vec<Pending> {
        let mut pending = Vec::new();
        let mut add = |position, record, missing| {
            pending.push(Pending {
                position,
                record,
                missing,
            });
        };
        let is_event = |event: EventId| self.versions.first(event).is_some();
        for (event, amendments) in &self.amended {
            if !is_event(*event) {
                for amendment in amendments {
                    add(amendment.position, amendment.id, (*event).into());
                }
            }
        }
        for (record, position, (one, other)) in self.links.all() {
            for end in [one, other] {
                if !is_event(end) {
                    add(position, record, end.into());
                }
            }
        }
        for (record, position, target) in self.retractions.all() {
            if !self.is_amendment(target) && !is_event(EventId(target.0)) {
                add(position, record, target);
            }
        }
        pending.sort_unstable();
        pending
    }

    /// Returns the retractions in cycles, which have no effect, in order of positions.
    #[must_use]
    pub fn retraction_cycles(&self) -> Vec<(Position, RecordId)> {
        let mut cycles: Vec<_> = self.retractions.in_cycles().collect();
        cycles.sort_unstable();
        cycles
    }
}

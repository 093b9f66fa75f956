//! What is loose in a log: amendments of what is not there, and retractions in a circle.

use crate::chronicle::Chronicle;
use crate::dossier::NOW;
use crate::rows::Position;
use detente_domain::event::EventId;
use detente_domain::record::RecordId;

/// An amendment that waits for what it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pending {
    /// Where it stands in the log.
    pub position: Position,
    /// Its id.
    pub record: RecordId,
    /// What it names and nobody has recorded.
    pub missing: RecordId,
}

impl Chronicle {
    /// Amendments of an event, or of a record, that is not in the log; in order of positions.
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
        let is_event = |event: EventId| self.rows.first(event).is_some();
        for (event, dossier) in &self.dossiers {
            if !is_event(*event) {
                for one in &dossier.amendments {
                    add(one.position, one.id, (*event).into());
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
            if !self.known_record(target) && !is_event(EventId(target.0)) {
                add(position, record, target);
            }
        }
        pending.sort_unstable();
        pending
    }

    /// Retractions that run in a circle, and so take nothing back; in order of positions.
    #[must_use]
    pub fn circles(&self) -> Vec<(Position, RecordId)> {
        let all = self.retractions.all();
        let mut circles: Vec<_> = all
            .filter(|(record, _, _)| self.retractions.ends_at(*record, NOW).is_none())
            .map(|(record, position, _)| (position, record))
            .collect();
        circles.sort_unstable();
        circles
    }
}

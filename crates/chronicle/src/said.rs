//! What was said about events: their amendments, who denies them, and which are one.

use crate::chronicle::Chronicle;
use crate::dossier::Amendment;
use crate::rows::Position;
use detente_domain::event::EventId;
use detente_domain::party::Party;
use detente_domain::record::RecordId;
use detente_domain::state::{Dispute, State};
use std::collections::BTreeSet;

impl Chronicle {
    /// The amendments of an event, in order of arrival.
    #[must_use]
    pub fn amendments(&self, event: EventId) -> &[Amendment] {
        self.dossiers
            .get(&event)
            .map(|dossier| &*dossier.amendments)
            .unwrap_or_default()
    }

    /// Where a record stands that was taken: an event's, an amendment's, a retraction's or a
    /// link's. `None` for an id that no record has, yet; ticks are not asked for.
    #[must_use]
    pub fn record(&self, record: RecordId) -> Option<Position> {
        let row = self.rows.first(EventId(record.0));
        let event = row.map(|row| self.rows.get(row).position());
        let amendment = || {
            let mut own = self.amendments(*self.about.get(&record)?).iter();
            let held = own.find(|one| one.id == record)?;
            Some(held.position)
        };
        event
            .or_else(amendment)
            .or_else(|| self.retractions.position(record))
            .or_else(|| self.links.position(record))
    }

    /// The records that an amendment is about: its event, the two ends of a link, or what a
    /// retraction takes back. Empty for an event, and for an id that no record has.
    #[must_use]
    pub fn subjects(&self, record: RecordId) -> Vec<RecordId> {
        let event = self.about.get(&record).map(|event| vec![(*event).into()]);
        let ends = || {
            let (one, other) = self.links.ends(record)?;
            Some(vec![one.into(), other.into()])
        };
        let taken_back = || Some(vec![self.retractions.targets(record)?]);
        event.or_else(ends).or_else(taken_back).unwrap_or_default()
    }

    /// The events that are one with an event, itself left out, by what was known at a position.
    #[must_use]
    pub fn same_as(&self, event: EventId, known: Position) -> Vec<EventId> {
        let group = self.links.group(event, &self.retractions, known);
        group.into_iter().filter(|one| *one != event).collect()
    }

    /// Both sides of those events that are disputed, by what was believed at a position.
    pub fn disputes(&self, events: &[EventId], known: Position) -> Vec<Dispute> {
        let sides = |event: &EventId| {
            let held = self.event(*event, Some(known))?;
            (held.disputed && !held.silent).then(|| Dispute {
                event: *event,
                claimed_by: held.act.actors.clone(),
                denied_by: self.denied_by(*event, known),
            })
        };
        events.iter().filter_map(sides).collect()
    }

    pub(crate) fn name_deniers(&self, state: &mut State, known: Option<Position>) {
        for dispute in &mut state.disputes {
            dispute.denied_by = self.denied_by(dispute.event, known.unwrap_or(self.head));
        }
    }

    /// The parties that deny an event, or one that is one with it, in order of their codes.
    pub(crate) fn denied_by(&self, event: EventId, known: Position) -> Vec<Party> {
        let group = self.links.group(event, &self.retractions, known);
        let counts = |member: &EventId| {
            let first = self.rows.first(*member);
            first.is_some_and(|row| self.rows.get(row).position() <= known)
                && self.retractions.counts((*member).into(), known)
        };
        let dossiers = group
            .iter()
            .filter(|member| counts(member))
            .filter_map(|member| self.dossiers.get(member));
        let by: BTreeSet<Party> = dossiers
            .flat_map(|dossier| dossier.denied_by(&self.retractions, known))
            .collect();
        by.into_iter().collect()
    }
}

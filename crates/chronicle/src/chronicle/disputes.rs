//! Reading amendments, links and disputes.

use super::Chronicle;
use crate::amendments::{Amendment, AmendmentsInForce};
use crate::versions::Position;
use detente_domain::event::EventId;
use detente_domain::party::Party;
use detente_domain::record::RecordId;
use detente_domain::state::{Dispute, State};
use std::collections::BTreeSet;

impl Chronicle {
    /// Returns the amendments of an event, in order of arrival.
    pub(super) fn amendments(&self, event: EventId) -> &[Amendment] {
        self.amended.get(&event).map_or(&[], Vec::as_slice)
    }

    /// Returns the amendments of an event that are in force, as known at a position.
    pub(super) fn amendments_in_force(
        &self,
        event: EventId,
        known: Position,
    ) -> AmendmentsInForce<'_> {
        AmendmentsInForce::new(self.amendments(event), &self.retractions, known)
    }

    /// Returns true if any record, in force or not, amends the event or links it.
    pub(super) fn is_amended(&self, event: EventId) -> bool {
        self.amended.contains_key(&event) || self.links.has(event)
    }

    /// Returns the position of a record: of an event, an amendment, a retraction or a link. `None`
    /// for an unknown id and for ticks.
    #[must_use]
    pub fn record(&self, record: RecordId) -> Option<Position> {
        let event = self.versions.reported_at(EventId(record.0));
        let amendment = || {
            let mut own = self.amendments(*self.event_of.get(&record)?).iter();
            let amendment = own.find(|amendment| amendment.id == record)?;
            Some(amendment.position)
        };
        event
            .or_else(amendment)
            .or_else(|| self.retractions.position(record))
            .or_else(|| self.links.position(record))
    }

    /// Returns the records that an amendment is about: its event, both events of a link, or the
    /// target of a retraction. Empty for an event and for an unknown id.
    #[must_use]
    pub fn subjects(&self, record: RecordId) -> Vec<RecordId> {
        let event = self
            .event_of
            .get(&record)
            .map(|event| vec![(*event).into()]);
        let ends = || {
            let (one, other) = self.links.ends(record)?;
            Some(vec![one.into(), other.into()])
        };
        let target = || Some(vec![self.retractions.target(record)?]);
        event.or_else(ends).or_else(target).unwrap_or_default()
    }

    /// Returns the events linked with an event, itself left out, as known at a position.
    #[must_use]
    pub fn same_as(&self, event: EventId, known: Position) -> Vec<EventId> {
        let group = self.links.group(event, &self.retractions, known);
        group
            .into_iter()
            .filter(|member| *member != event)
            .collect()
    }

    /// Returns both sides of the events that are disputed, as known at a position.
    pub fn disputes(&self, events: &[EventId], known: Position) -> Vec<Dispute> {
        let sides = |event: &EventId| {
            let believed = self.event(*event, Some(known))?;
            (believed.disputed && !believed.hidden).then(|| Dispute {
                event: *event,
                claimed_by: believed.act.actors.clone(),
                denied_by: self.denied_by(*event, known),
            })
        };
        events.iter().filter_map(sides).collect()
    }

    /// Fills in the deniers of the disputes in a state.
    pub(super) fn name_deniers(&self, state: &mut State, known: Option<Position>) {
        for dispute in &mut state.disputes {
            dispute.denied_by = self.denied_by(dispute.event, known.unwrap_or(self.head));
        }
    }

    /// Returns true if an event was reported and not retracted, as known at a position.
    pub(super) fn is_in_force(&self, event: EventId, known: Position) -> bool {
        let reported = self.versions.reported_at(event);
        reported.is_some_and(|position| position <= known)
            && self.retractions.in_force(event.into(), known)
    }

    /// Returns the parties that deny an event or one linked with it, in order of codes.
    pub(super) fn denied_by(&self, event: EventId, known: Position) -> Vec<Party> {
        let group = self.links.group(event, &self.retractions, known);
        let mut by = BTreeSet::new();
        for member in group {
            if self.is_in_force(member, known) {
                let amendments = self.amendments_in_force(member, known);
                by.extend(amendments.disputed_by().flatten());
            }
        }
        by.into_iter().collect()
    }
}

//! Reading amendments, links and disputes.

use super::Chronicle;
use crate::amendments::{Amendment, AmendmentsInForce, Denial};
use crate::versions::{Content, Position};
use detente_domain::details::Field;
use detente_domain::event::{Act, EventId};
use detente_domain::party::Party;
use detente_domain::publisher::Publisher;
use detente_domain::record::RecordId;
use detente_domain::state::{Dispute, State};
use std::collections::BTreeSet;

impl Chronicle {
    /// Returns the amendments of an event, in order of arrival.
    pub(super) fn amendments(&self, event: EventId) -> &[Amendment] {
        self.amended.get(&event).map_or(&[], Vec::as_slice)
    }

    /// Returns an amendment, with its event.
    pub(super) fn amendment(&self, id: RecordId) -> Option<(EventId, &Amendment)> {
        let (event, place) = *self.event_of.get(&id)?;
        let amendment = self.amendments(event).get(place as usize)?;
        Some((event, amendment))
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
        let amendment = || Some(self.amendment(record)?.1.position);
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
            .map(|(event, _)| vec![(*event).into()]);
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

    /// Returns the publisher of the first report of an event, if the event is disputed, as known at a
    /// position.
    #[must_use]
    pub fn disputed_publisher(&self, event: EventId, known: Position) -> Option<&Publisher> {
        let version = self.versions.at(event, known)?;
        let content = self.versions.get(version).content();
        let is_disputed = content.disputed && !content.hidden;
        is_disputed.then(|| self.first_publisher(event))?
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
                by.extend(amendments.denials().filter_map(|denial| denial.by));
            }
        }
        by.into_iter().collect()
    }

    /// Returns the part of its weight that denials of an event with this content, or of one linked
    /// with it, take away, in thousandths, as known at a position (now, without one): that of the
    /// strongest denial. A denial that weighs as much as the best report takes away what the
    /// rulebook says, a weaker one as much less as it weighs less, and one by the accused only the
    /// rulebook's part of that.
    pub(super) fn denied(&self, event: EventId, content: &Content, known: Option<Position>) -> u32 {
        // Most events are not, and need not be found.
        if !content.disputed {
            return 0;
        }
        let Some(first) = self.versions.first(event) else {
            return 0;
        };
        let known = known.unwrap_or(self.head);
        let first = self.versions.get(first).content().report();
        let combined = self.combined_grade(event, first, known);
        let reported = self.rules.grade_weight(combined.reported);
        let act = &self.acts.get(content.act).act;
        let taken = |denial: Denial| {
            let most = u64::from(1000 - self.rules.disputed.min(1000));
            let weight = self.rules.grade_weight(denial.grade).min(reported);
            let part = (most * weight).checked_div(reported).unwrap_or(most);
            if denial.by.is_some_and(|by| is_accused(act, by)) {
                part * u64::from(self.rules.accused.min(1000)) / 1000
            } else {
                part
            }
        };
        let group = self.links.group(event, &self.retractions, known);
        let counted = group
            .into_iter()
            .filter(|member| self.is_in_force(*member, known));
        let strongest = counted
            .filter_map(|member| {
                let amendments = self.amendments_in_force(member, known);
                amendments.denials().map(taken).max()
            })
            .max();
        strongest.map_or(0, |taken| u32::try_from(taken).unwrap_or(1000))
    }
}

/// Returns true if a denial by a party is one by the accused: an actor, or one of the same state. The
/// states among the actors of a threat report it; accused are its armed groups, and the state from
/// whose territory it comes.
fn is_accused(act: &Act, party: Party) -> bool {
    let from = act.details.party(Field::From);
    let from = from.filter(|_| act.kind.is_threat());
    let actors = act.actors.iter().copied();
    let actors = actors.filter(|actor| from.is_none() || actor.state().is_none());
    let same_state = |one: Party| party.state().is_some() && one.state() == party.state();
    let mut accused = actors.chain(from);
    accused.any(|one| one == party || same_state(one))
}

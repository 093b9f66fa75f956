//! Adding events to the evidence of recognition.

use super::claim::standings;
use super::{Bound, DatedEvent, LadderState, claim};
use crate::day::Day;
use crate::event::EventId;
use crate::fold::Item;
use crate::relations::{Direction, Pair};
use crate::rulebook::Rulebook;
use crate::state::Since;

impl DatedEvent {
    pub(super) const fn new(item: &Item<'_>) -> Self {
        Self {
            event: item.event,
            disputed: item.disputed,
            since: Since {
                earliest: item.earliest,
                latest: item.latest,
            },
        }
    }

    /// By day; of one day, by id.
    pub(super) const fn order(&self) -> (Day, EventId) {
        (self.since.earliest, self.event)
    }
}

impl LadderState {
    /// Replaces the claims by those of items, which are in order of effect and include all that
    /// make one.
    pub(in crate::fold) fn set_claims(
        &mut self,
        items: &[Item<'_>],
        direction: Direction,
        pair: Pair,
        rules: &Rulebook,
    ) {
        let (_, object) = pair.ends(direction);
        for tenure in &mut self.tenures {
            tenure.claims.clear();
        }
        for item in items.iter().filter(|item| rules.moves_ladders(item.grade)) {
            let mut tenures = self.tenures.iter_mut().rev();
            let tenure = tenures.find(|tenure| tenure.first_day() <= item.earliest);
            let Some(tenure) = tenure else { continue };
            if let Some(claim) = claim(item, direction, object, tenure.takeover) {
                tenure.claims.push((DatedEvent::new(item), claim));
            }
        }
        for tenure in &mut self.tenures {
            tenure.earliest = standings(&tenure.dated(Bound::Earliest));
            tenure.latest = standings(&tenure.dated(Bound::Latest));
        }
    }

    /// Adds an item that moves ladders, but for its claim. Returns true if it leaves the rungs and
    /// statements as they are; false if it may not.
    pub(in crate::fold) fn add(
        &mut self,
        item: &Item<'_>,
        direction: Direction,
        rules: &Rulebook,
    ) -> bool {
        let mut tenures = self.tenures.iter_mut().rev();
        let Some(tenure) = tenures.find(|tenure| tenure.first_day() <= item.earliest) else {
            return true;
        };
        let (event, rule) = (DatedEvent::new(item), rules.kind(item.act.kind));
        let insert = |events: &mut Vec<DatedEvent>| {
            let place = events.partition_point(|other| other.order() <= event.order());
            events.insert(place, event);
        };
        if rule.signal && item.acts_itself(direction) {
            insert(&mut tenure.signals);
        }
        if !(rule.contact && item.is_own()) {
            return true;
        }
        let before: Vec<Day> = tenure.days().collect();
        insert(&mut tenure.contacts);
        for bound in [Bound::Earliest, Bound::Latest] {
            let days = &mut tenure.contact_days[bound as usize];
            let day = bound.of(event.since);
            if let Err(place) = days.binary_search(&day) {
                days.insert(place, day);
            }
        }
        let causes = before.contains(&item.earliest) || tenure.first_day() == item.earliest;
        !causes && tenure.days().eq(before)
    }
}

//! The ends of refusals to recognise, as the ladder of recognition has them.

use super::{End, Facts};
use crate::day::Day;
use crate::event::EventId;
use crate::fold::Item;
use crate::fold::recognition::{self, Claim, Effect};
use crate::kind::Kind;
use crate::relations::Direction;

/// The events by which recognition follows a refusal, by direction: the index of the item, and the
/// day.
#[derive(Default)]
pub(super) struct Refusals([Vec<(usize, Day, EventId)>; 2]);

impl Refusals {
    pub(super) fn new(facts: Facts<'_>) -> Self {
        let Facts { items, rules, .. } = facts;
        Self(Direction::BOTH.map(|direction| {
            let recognises = |item: &Item<'_>| {
                let claim = claim(facts, item, direction);
                let effect = claim.map(|claim| claim.effect);
                rules.moves_ladders(item.grade)
                    && matches!(effect, Some(Effect::Recognises(_) | Effect::Implies))
            };
            let items = items.iter().enumerate();
            let recognising = items.filter(|(_, item)| recognises(item));
            recognising
                .map(|(place, item)| (place, item.earliest, item.event))
                .collect()
        }))
    }

    /// Returns the end of the limits of an item in the direction of its act: for a refusal, the
    /// next takeover of the object or the next recognition; `None` if it refuses nobody who
    /// governs. Other items have no such end.
    pub(super) fn end(
        &self,
        facts: Facts<'_>,
        (place, item): (usize, &Item<'_>),
        acting: Direction,
    ) -> Option<End> {
        if !matches!(
            item.act.kind,
            Kind::RecognitionRefused | Kind::RecognitionWithdrawn
        ) {
            return Some((Day::MAX, None));
        }
        let effect = claim(facts, item, acting)?.effect;
        if effect != Effect::Refuses {
            return None;
        }
        let recognising = &self.0[acting.index()];
        let after = recognising.partition_point(|(other, ..)| *other <= place);
        let recognised = recognising.get(after).map(|(_, day, event)| (*day, *event));
        let takeover = facts.regimes.of_object(acting).next_takeover(item.earliest);
        let takeover = takeover.map(|takeover| (takeover.day, takeover.event));
        let first = recognised.into_iter().chain(takeover).min();
        Some(first.map_or((Day::MAX, None), |(day, event)| (day, Some(event))))
    }
}

fn claim(facts: Facts<'_>, item: &Item<'_>, direction: Direction) -> Option<Claim> {
    let (_, object) = facts.pair.ends(direction);
    let governing = facts.regimes.of_object(direction).governing(item.earliest);
    recognition::claim(item, direction, object, governing)
}

//! Regimes: the authorities that govern a state, by day, from `authority.changed` events.

use super::Item;
use crate::day::Day;
use crate::event::EventId;
use crate::party::{Party, PartyKind};
use crate::relations::{DirectedAct, Direction, Pair};

/// A change of the authority in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Takeover {
    /// The first day on which the authority governs.
    pub day: Day,
    /// The event of the change.
    pub event: EventId,
    /// The authority.
    pub authority: Party,
}

/// The authorities that govern a state, in order of days, without takeovers by the governing
/// authority itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Regime(Vec<Takeover>);

impl Regime {
    /// Makes a regime from takeovers in any order. Of several on one day, the event with the larger
    /// id counts.
    #[must_use]
    pub fn new(mut takeovers: Vec<Takeover>) -> Self {
        takeovers.sort_by_key(|takeover| (takeover.day, takeover.event));
        let mut regime: Vec<Takeover> = Vec::with_capacity(takeovers.len());
        for takeover in takeovers {
            if regime.last().is_some_and(|last| last.day == takeover.day) {
                regime.pop();
            }
            if regime
                .last()
                .is_none_or(|last| last.authority != takeover.authority)
            {
                regime.push(takeover);
            }
        }
        Self(regime)
    }

    /// The authority that governs on a day; `None` if it is unknown.
    #[must_use]
    pub fn governing(&self, day: Day) -> Option<Takeover> {
        let begun = self.0.partition_point(|takeover| takeover.day <= day);
        self.0[..begun].last().copied()
    }

    /// Returns true if an authority governs on a day.
    fn is_of(&self, authority: Party, day: Day) -> bool {
        self.governing(day)
            .is_some_and(|takeover| takeover.authority == authority)
    }

    /// All takeovers, in order of days.
    #[must_use]
    pub fn takeovers(&self) -> &[Takeover] {
        &self.0
    }
}

/// The regimes of both states of a pair.
#[derive(Clone, Copy, Debug)]
pub struct Regimes<'a> {
    /// The regime of the state whose code comes first.
    pub a: &'a Regime,
    /// The regime of the other.
    pub b: &'a Regime,
}

impl<'a> Regimes<'a> {
    /// The regime of the object of a conduct.
    #[must_use]
    pub const fn of_object(&self, direction: Direction) -> &'a Regime {
        match direction {
            Direction::Forward => self.b,
            Direction::Backward => self.a,
        }
    }

    /// Returns true if an authority governs, on a day, the state that it claims; a state governs
    /// itself.
    #[must_use]
    pub fn governs(&self, pair: Pair, authority: Party, day: Day) -> bool {
        if authority.kind() == PartyKind::State {
            return true;
        }
        let regime = match authority.claims() {
            Some(state) if state == pair.a() => self.a,
            Some(state) if state == pair.b() => self.b,
            _ => return false,
        };
        regime.is_of(authority, day)
    }
}

/// Returns the items with the directed acts that count: those whose authorities governed on the day.
///
/// Items are in the order in which they apply: by day, kind, then id.
pub(super) fn in_force<'a>(items: &[Item<'a>], regimes: &Regimes<'_>) -> Vec<Item<'a>> {
    let mut kept: Vec<Item<'a>> = items.to_vec();
    for item in &mut kept {
        for direction in Direction::BOTH {
            let governs = |authority: Option<Party>, regime: &Regime| {
                authority.is_none_or(|authority| regime.is_of(authority, item.earliest))
            };
            let counts = |act: &DirectedAct| {
                governs(act.by, regimes.of_object(direction.reverse()))
                    && governs(act.to, regimes.of_object(direction))
            };
            let slot = &mut item.directed[direction.index()];
            *slot = slot.filter(counts);
        }
    }
    kept.retain(|item| item.directed.iter().any(Option::is_some));
    kept.sort_by_key(|item| (item.earliest, item.act.kind, item.event));
    kept
}

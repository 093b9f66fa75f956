//! Regimes: the authorities that govern a state, and the organisations that it is a member of, by
//! day.

use crate::day::Day;
use crate::event::EventId;
use crate::party::{Party, PartyKind};
use crate::relations::{Direction, Pair};

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

/// A report that a state joined an organisation, or left it or was suspended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MembershipUpdate {
    /// The first day on which it takes effect.
    pub day: Day,
    /// The event.
    pub event: EventId,
    /// The organisation.
    pub organisation: Party,
    /// True if the state is a member from then on.
    pub joins: bool,
}

/// The days on which a state is a member of an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Membership {
    /// The organisation.
    pub organisation: Party,
    /// The first day.
    pub from: Day,
    /// The event by which it joined.
    pub event: EventId,
    /// The first day on which it is no longer a member, and the event by which it left.
    pub left: Option<(Day, EventId)>,
}

/// The authorities that govern a state, in order of days, without takeovers by the governing
/// authority itself; and its memberships.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Regime {
    takeovers: Vec<Takeover>,
    /// In order of organisations, then days.
    memberships: Vec<Membership>,
}

impl Regime {
    /// Makes a regime from takeovers and membership updates in any order. Of several takeovers on
    /// one day, the event with the larger id counts.
    #[must_use]
    pub fn new(mut takeovers: Vec<Takeover>, updates: Vec<MembershipUpdate>) -> Self {
        takeovers.sort_by_key(|takeover| (takeover.day, takeover.event));
        let mut kept: Vec<Takeover> = Vec::with_capacity(takeovers.len());
        for takeover in takeovers {
            if kept.last().is_some_and(|last| last.day == takeover.day) {
                kept.pop();
            }
            let same = |last: &Takeover| last.authority == takeover.authority;
            if !kept.last().is_some_and(same) {
                kept.push(takeover);
            }
        }
        Self {
            takeovers: kept,
            memberships: memberships(updates),
        }
    }

    /// The authority that governs on a day; `None` if it is unknown.
    #[must_use]
    pub fn governing(&self, day: Day) -> Option<Takeover> {
        let begun = self
            .takeovers
            .partition_point(|takeover| takeover.day <= day);
        self.takeovers[..begun].last().copied()
    }

    /// Returns true if an authority governs on a day.
    pub(super) fn is_of(&self, authority: Party, day: Day) -> bool {
        self.governing(day)
            .is_some_and(|takeover| takeover.authority == authority)
    }

    /// Returns the first and the last of the first days in a row, from a day on, on which an
    /// authority governs; the last is [`Day::MAX`] if nobody else is known to follow.
    pub(super) fn tenure(&self, authority: Party, from: Day) -> Option<(Day, Day)> {
        let begun = self
            .takeovers
            .partition_point(|takeover| takeover.day <= from);
        let rest = &self.takeovers[begun.saturating_sub(1)..];
        let place = rest
            .iter()
            .position(|takeover| takeover.authority == authority)?;
        let last = rest.get(place + 1).map_or(Day::MAX, |next| next.day.prev());
        Some((rest[place].day.max(from), last))
    }

    /// Iterates over the spans in which an authority governs: the first day, and the first day
    /// after them with the event of the next takeover.
    pub(super) fn tenures(
        &self,
        authority: Party,
    ) -> impl Iterator<Item = (Day, Option<(Day, EventId)>)> {
        let nexts = self.takeovers.iter().skip(1).map(Some).chain([None]);
        let spans = self.takeovers.iter().zip(nexts);
        let own = spans.filter(move |(takeover, _)| takeover.authority == authority);
        own.map(|(takeover, next)| (takeover.day, next.map(|next| (next.day, next.event))))
    }

    /// Returns the first takeover after a day.
    pub(super) fn next_takeover(&self, day: Day) -> Option<Takeover> {
        let begun = self
            .takeovers
            .partition_point(|takeover| takeover.day <= day);
        self.takeovers.get(begun).copied()
    }

    /// All takeovers, in order of days.
    #[must_use]
    pub fn takeovers(&self) -> &[Takeover] {
        &self.takeovers
    }

    /// All memberships, in order of organisations, then days.
    #[must_use]
    pub fn memberships(&self) -> &[Membership] {
        &self.memberships
    }

    /// Iterates over the memberships in one organisation, in order of days.
    pub fn in_organisation(&self, organisation: Party) -> impl Iterator<Item = &Membership> {
        let all = &self.memberships;
        let first = all.partition_point(|membership| membership.organisation < organisation);
        let own = all[first..].iter();
        own.take_while(move |membership| membership.organisation == organisation)
    }

    /// Returns the membership in an organisation on a day.
    #[must_use]
    pub fn member(&self, organisation: Party, day: Day) -> Option<&Membership> {
        let mut own = self.in_organisation(organisation);
        own.find(|membership| membership.from <= day && day < membership.until())
    }
}

impl Membership {
    /// The first day on which it no longer holds; [`Day::MAX`] if it has no end.
    #[must_use]
    pub fn until(&self) -> Day {
        self.left.map_or(Day::MAX, |(day, _)| day)
    }
}

/// Returns the spans of membership.
fn memberships(mut updates: Vec<MembershipUpdate>) -> Vec<Membership> {
    updates.sort_by_key(|update| (update.organisation, update.day, update.joins, update.event));
    let mut memberships: Vec<Membership> = Vec::new();
    for update in updates {
        let open = memberships.last_mut();
        let open = open.filter(|last| last.organisation == update.organisation);
        let open = open.filter(|last| last.left.is_none());
        match open {
            Some(last) if !update.joins => last.left = Some((update.day, update.event)),
            None if update.joins => memberships.push(Membership {
                organisation: update.organisation,
                from: update.day,
                event: update.event,
                left: None,
            }),
            _ => {}
        }
    }
    memberships
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

    /// The regime of the subject of a conduct.
    #[must_use]
    pub const fn of_subject(&self, direction: Direction) -> &'a Regime {
        self.of_object(direction.reverse())
    }

    /// Returns true if an authority governs, on a day, the state that it claims; a state governs
    /// itself.
    #[must_use]
    pub fn governs(&self, pair: Pair, authority: Party, day: Day) -> bool {
        if authority.kind() != PartyKind::Authority {
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

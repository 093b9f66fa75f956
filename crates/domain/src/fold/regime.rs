//! Regimes: the authorities that govern a state, and the organisations that it is a member of, by
//! day.

use super::Item;
use crate::day::Day;
use crate::details::Field;
use crate::event::EventId;
use crate::kind::{DurationClass, Kind};
use crate::party::{Party, PartyKind};
use crate::relations::{DirectedAct, Direction, Pair, Via};

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
    fn is_of(&self, authority: Party, day: Day) -> bool {
        self.governing(day)
            .is_some_and(|takeover| takeover.authority == authority)
    }

    /// Returns the first and the last of the first days in a row, from a day on, on which an
    /// authority governs; the last is [`Day::MAX`] if nobody else is known to follow.
    fn tenure(&self, authority: Party, from: Day) -> Option<(Day, Day)> {
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

    /// Returns the membership through which an act counts in a direction: that of a point on its
    /// day, that of a standing act the first that has not ended before it.
    pub(super) fn membership(
        &self,
        item: &Item<'_>,
        act: DirectedAct,
        direction: Direction,
    ) -> Option<&'a Membership> {
        let via = act.via?;
        let regime = if via.acts {
            self.of_subject(direction)
        } else {
            self.of_object(direction)
        };
        if item.act.kind.class() != DurationClass::Standing {
            return regime.member(via.organisation, item.earliest);
        }
        let mut own = regime.in_organisation(via.organisation);
        own.find(|membership| item.earliest < membership.until())
    }
}

/// Iterates over the authorities that act in an item, are acted upon or recognised, with the regimes
/// of the states that they claim.
fn authorities<'a>(
    item: &Item<'_>,
    regimes: &Regimes<'a>,
) -> impl Iterator<Item = (Party, &'a Regime)> {
    let of = item.act.details.party(Field::Of);
    let directed = item.directed.into_iter().zip(Direction::BOTH);
    let ends = directed.filter_map(|(act, direction)| Some((act?, direction)));
    let (subjects, objects) = (*regimes, *regimes);
    let authorities = ends.flat_map(move |(act, direction)| {
        let (subject, object) = (subjects.of_subject(direction), objects.of_object(direction));
        [(act.by, subject), (act.to, object), (of, object)]
    });
    authorities.filter_map(|(authority, regime)| Some((authority?, regime)))
}

/// Returns the first day of an item's date on which its authorities govern; the first of all, if
/// they never do in that time.
fn first_day(item: &Item<'_>, regimes: &Regimes<'_>) -> Day {
    if item.earliest == item.latest {
        return item.earliest;
    }
    authorities(item, regimes).fold(item.earliest, |day, (authority, regime)| {
        let days = regime.tenure(authority, day);
        days.map(|(first, _)| first)
            .filter(|first| *first <= item.latest)
            .unwrap_or(day)
    })
}

/// Returns the last day in a row, from an item's first on, on which its authorities govern.
pub(super) fn last_day(item: &Item<'_>, regimes: &Regimes<'_>) -> Day {
    let tenures = authorities(item, regimes)
        .filter_map(|(authority, regime)| regime.tenure(authority, item.earliest));
    let current = tenures.filter(|(first, _)| *first == item.earliest);
    current.map(|(_, last)| last).min().unwrap_or(Day::MAX)
}

/// Returns the items with the directed acts that count: those whose authorities governed on the
/// day, and those of organisations that the state was a member of. A date that is a range begins
/// when the authorities govern that it concerns.
///
/// Items are in the order in which they apply: by day, then the weaker grade first, then the less
/// exact date, the kind and the id. So of two contradicting reports of one day the better graded
/// holds, and at equal grade the one that knows the day.
pub(super) fn in_force<'a>(
    items: &[Item<'a>],
    regimes: &Regimes<'a>,
    rules: &crate::rulebook::Rulebook,
) -> Vec<Item<'a>> {
    let mut kept: Vec<Item<'a>> = items.to_vec();
    for item in &mut kept {
        item.earliest = first_day(item, regimes);
        for direction in Direction::BOTH {
            let governs = |authority: Option<Party>, regime: &Regime| {
                // What stands counts for whoever governs later, too: a list names the movement.
                let listing = matches!(item.act.kind, Kind::ListingAdded | Kind::ListingRemoved);
                authority.is_none_or(|authority| {
                    listing
                        && regime
                            .takeovers()
                            .iter()
                            .any(|takeover| takeover.authority == authority)
                        || regime.is_of(authority, item.earliest)
                })
            };
            let counts = |act: &DirectedAct| {
                governs(act.by, regimes.of_subject(direction))
                    && governs(act.to, regimes.of_object(direction))
            };
            let act = item.directed[direction.index()].filter(counts);
            let joined = act.and_then(|act| regimes.membership(item, act, direction));
            let act = act.filter(|act| act.via.is_none() || joined.is_some());
            item.directed[direction.index()] = act;
            if let Some(membership) = joined
                && item.earliest < membership.from
            {
                item.earliest = membership.from;
                item.latest = item.latest.max(membership.from);
            }
        }
        // Whether the rival's authority governs is not known here.
        item.rival = item.rival.filter(|(direction, act)| {
            let subject = regimes.of_subject(*direction);
            let governs = act.by.is_none_or(|by| subject.is_of(by, item.earliest));
            let acts = act.via.filter(|via| via.acts);
            let member = |via: Via| subject.member(via.organisation, item.earliest).is_some();
            governs && acts.is_none_or(member)
        });
    }
    kept.retain(|item| item.directed.iter().any(Option::is_some) || item.rival.is_some());
    kept.sort_by_key(|item| {
        let span = std::cmp::Reverse(item.latest.since(item.earliest));
        let weight = rules.grade_weight(item.grade);
        (item.earliest, weight, span, item.act.kind, item.event)
    });
    kept
}

//! Acts that change the regime of a state: who governs it, and what it is a member of.

use detente_domain::day::Day;
use detente_domain::details::Field;
use detente_domain::event::{Act, EventId};
use detente_domain::fold::Regime;
use detente_domain::fold::regime::{Membership, MembershipUpdate, Takeover};
use detente_domain::kind::Kind;
use detente_domain::party::{Party, PartyKind};
use std::cmp::Reverse;
use std::slice;

/// The effect of an act on the regimes of states.
#[derive(Clone, Debug)]
pub(crate) enum RegimeAct {
    /// An authority takes over a state.
    Takeover { state: Party, authority: Party },
    /// States join or leave organisations, or are suspended from them.
    Membership {
        states: Box<[Party]>,
        organisations: Box<[Party]>,
        joins: bool,
    },
}

/// What the regime of a state is made from.
#[derive(Debug, Default)]
pub(crate) struct RegimeParts {
    /// With the last day on which each may have happened.
    pub(crate) takeovers: Vec<(Takeover, Day)>,
    pub(crate) memberships: Vec<MembershipUpdate>,
}

impl RegimeAct {
    /// Returns the effect of an act; `None` if it changes no regime.
    pub(crate) fn of(act: &Act) -> Option<Self> {
        let joins = match act.kind {
            Kind::AuthorityChanged => {
                return Some(Self::Takeover {
                    state: act.details.party(Field::State)?,
                    authority: act.details.party(Field::Authority)?,
                });
            }
            Kind::MembershipJoined => true,
            Kind::MembershipLeft | Kind::MembershipSuspended => false,
            _ => return None,
        };
        let of = |parties: &[Party], kinds: &[PartyKind]| -> Box<[Party]> {
            let parties = parties.iter().copied();
            parties
                .filter(|party| kinds.contains(&party.kind()))
                .collect()
        };
        Some(Self::Membership {
            states: of(&act.actors, &[PartyKind::State, PartyKind::DeFacto]),
            organisations: of(&act.recipients, &[PartyKind::Organisation]),
            joins,
        })
    }

    /// Returns the states whose regimes it changes.
    pub(crate) fn states(&self) -> &[Party] {
        match self {
            Self::Takeover { state, .. } => slice::from_ref(state),
            Self::Membership { states, .. } => states,
        }
    }

    /// Iterates over the organisations that its states join.
    pub(crate) fn joined(&self) -> impl Iterator<Item = Party> {
        let organisations: &[Party] = match self {
            Self::Membership {
                organisations,
                joins: true,
                ..
            } => organisations,
            Self::Membership { .. } | Self::Takeover { .. } => &[],
        };
        organisations.iter().copied()
    }
}

impl RegimeParts {
    /// Adds what an act of an event, from its first to its last day, changes in the regime of one of
    /// its states.
    pub(crate) fn add(&mut self, act: &RegimeAct, event: EventId, (day, latest): (Day, Day)) {
        match act {
            RegimeAct::Takeover { authority, .. } => {
                let takeover = Takeover {
                    day,
                    event,
                    authority: *authority,
                };
                self.takeovers.push((takeover, latest));
            }
            RegimeAct::Membership {
                organisations,
                joins,
                ..
            } => {
                let update = |organisation: &Party| MembershipUpdate {
                    day,
                    event,
                    organisation: *organisation,
                    joins: *joins,
                };
                self.memberships.extend(organisations.iter().map(update));
            }
        }
    }

    pub(crate) fn into_regime(self) -> Regime {
        Regime::new(finest(self.takeovers), self.memberships)
    }
}

/// Returns the takeovers without those whose date contains that of another report of a takeover by
/// the same authority: the other one knows the day better.
fn finest(mut takeovers: Vec<(Takeover, Day)>) -> Vec<Takeover> {
    let date =
        |(takeover, latest): &(Takeover, Day)| (takeover.authority, Reverse(takeover.day), *latest);
    takeovers.sort_by_key(date);
    let mut kept = Vec::with_capacity(takeovers.len());
    // The earliest last day of the dates before, which begin on the same day or later.
    let mut earliest_last: Option<(Party, Day)> = None;
    for same in takeovers.chunk_by(|one, other| date(one) == date(other)) {
        let (authority, _, latest) = date(&same[0]);
        let before = earliest_last
            .filter(|(of, _)| *of == authority)
            .map(|(_, last)| last);
        if before.is_none_or(|last| latest < last) {
            kept.extend(same.iter().map(|(takeover, _)| *takeover));
        }
        let last = before.map_or(latest, |last| last.min(latest));
        earliest_last = Some((authority, last));
    }
    kept
}

/// Returns the first day on which acts may count otherwise under two regimes; `None` if they are
/// equal.
pub(crate) fn first_difference(before: &Regime, after: &Regime) -> Option<Day> {
    if before == after {
        return None;
    }
    if before.takeovers() != after.takeovers() {
        // What is dated to a range, and what stands, may depend on who governs later.
        return Some(Day::MIN);
    }
    let missing = |here: &Regime, there: &Regime| -> Vec<Day> {
        let own = here.memberships().iter();
        let key = |membership: &Membership| (membership.organisation, membership.from);
        let others = there.memberships();
        let own = own.filter(|membership| {
            let place = others.binary_search_by_key(&key(membership), key);
            place.is_err() || place.is_ok_and(|place| others[place] != **membership)
        });
        own.map(|membership| membership.from).collect()
    };
    let memberships = [missing(before, after), missing(after, before)];
    let first = memberships.into_iter().flatten().min();
    first.map(Day::prev)
}

//! Routes: which relations an event touches, and which way.

use crate::details::Field;
use crate::event::Act;
use crate::kind::Kind;
use crate::party::{Party, PartyKind};
use std::collections::BTreeMap;

/// An unordered pair of states, kept in order of their codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pair {
    a: Party,
    b: Party,
}

impl Pair {
    /// The pair of two different states; `None` for anything else.
    #[must_use]
    pub fn new(one: Party, other: Party) -> Option<Self> {
        let states = one.kind() == PartyKind::State && other.kind() == PartyKind::State;
        match one.code().cmp(other.code()) {
            std::cmp::Ordering::Less if states => Some(Self { a: one, b: other }),
            std::cmp::Ordering::Greater if states => Some(Self { a: other, b: one }),
            _ => None,
        }
    }

    /// The state whose code comes first.
    #[must_use]
    pub const fn a(self) -> Party {
        self.a
    }

    /// The state whose code comes second.
    #[must_use]
    pub const fn b(self) -> Party {
        self.b
    }

    /// The conduct of `from` towards the other; `None` if it is not of the pair.
    #[must_use]
    pub fn from(self, from: Party) -> Option<Direction> {
        match from {
            from if from == self.a => Some(Direction::Forward),
            from if from == self.b => Some(Direction::Backward),
            _ => None,
        }
    }

    /// Who conducts itself, and towards whom.
    #[must_use]
    pub const fn ends(self, direction: Direction) -> (Party, Party) {
        match direction {
            Direction::Forward => (self.a, self.b),
            Direction::Backward => (self.b, self.a),
        }
    }
}

/// One of the two conducts of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// Of `a` towards `b`.
    Forward,
    /// Of `b` towards `a`.
    Backward,
}

impl Direction {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::Forward, Self::Backward];

    /// The other one.
    #[must_use]
    pub const fn reverse(self) -> Self {
        match self {
            Self::Forward => Self::Backward,
            Self::Backward => Self::Forward,
        }
    }

    /// 0 forward, 1 backward.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// An act of one state towards the other, and the authorities that stand for them in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    /// The authority that acted, which must govern on the day for the act to be its state's.
    pub by: Option<Party>,
    /// The authority acted upon, likewise.
    pub to: Option<Party>,
}

/// A relation that an event touches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Touch {
    /// The relation.
    pub pair: Pair,
    /// The act in each direction, by [`Direction::index`].
    pub ways: [Option<Way>; 2],
}

/// The state that a party is, governs or claims; none for groups and organisations.
#[must_use]
pub fn state_of(party: Party) -> Option<Party> {
    match party.kind() {
        PartyKind::State => Some(party),
        PartyKind::Authority => party.claims(),
        PartyKind::Group | PartyKind::Organisation => None,
    }
}

/// The relations that an act touches, in order of their pairs' codes.
///
/// Actors act on recipients, each on each. With no recipient, several actors act on one another;
/// one actor acts on whom the details name (the other side of a mission, who is listed or
/// recognised). A threat reaches its recipients (or, without any, those who report it) out of the
/// territory that the details name; who carries it is nobody's conduct.
#[must_use]
pub fn touches(act: &Act) -> Vec<Touch> {
    let mut found = Found::default();
    if act.kind == Kind::AuthorityChanged {
        return Vec::new();
    }
    if act.kind.is_threat() {
        if let Some(territory) = act.details.party(Field::From) {
            let reached = |parties: &[Party]| {
                parties
                    .iter()
                    .filter_map(|p| state_of(*p))
                    .any(|state| state != territory)
            };
            let victims = if reached(&act.recipients) {
                &act.recipients
            } else {
                &act.actors
            };
            for victim in victims {
                found.add(*victim, territory);
            }
        }
    } else if act.recipients.is_empty() {
        for (place, one) in act.actors.iter().enumerate() {
            for other in &act.actors[place + 1..] {
                found.add(*one, *other);
                found.add(*other, *one);
            }
        }
        if let [actor] = act.actors[..] {
            for field in [Field::Of, Field::Listed, Field::Host, Field::Sender] {
                if let Some(object) = act.details.party(field) {
                    found.add(actor, object);
                }
            }
        }
    } else {
        for actor in &act.actors {
            for recipient in &act.recipients {
                found.add(*actor, *recipient);
            }
        }
    }
    found.0.into_values().collect()
}

#[derive(Default)]
struct Found(BTreeMap<(&'static str, &'static str), Touch>);

impl Found {
    fn add(&mut self, actor: Party, recipient: Party) {
        let (Some(from), Some(to)) = (state_of(actor), state_of(recipient)) else {
            return;
        };
        let Some(pair) = Pair::new(from, to) else {
            return;
        };
        let Some(direction) = pair.from(from) else {
            return;
        };
        let touch = self
            .0
            .entry((pair.a.code(), pair.b.code()))
            .or_insert(Touch {
                pair,
                ways: [None; 2],
            });
        let authority = |party: Party| (party.kind() == PartyKind::Authority).then_some(party);
        let way = Way {
            by: authority(actor),
            to: authority(recipient),
        };
        let slot = &mut touch.ways[direction.index()];
        // The state itself beside its authority makes the act unconditional.
        let merged = slot.map_or(way, |held| Way {
            by: held.by.and(way.by),
            to: held.to.and(way.to),
        });
        *slot = Some(merged);
    }
}

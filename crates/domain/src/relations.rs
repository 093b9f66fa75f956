//! Relations: unordered pairs of states, and the pairs that an act affects.

use crate::details::Field;
use crate::event::Act;
use crate::kind::Kind;
use crate::party::{Party, PartyKind};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;

/// An unordered pair of states, kept in order of their codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pair {
    a: Party,
    b: Party,
}

/// One of the two conducts of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// Of `a` towards `b`.
    Forward,
    /// Of `b` towards `a`.
    Backward,
}

/// An act of one state towards the other, and the authorities that act and are acted upon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DirectedAct {
    /// The authority that acted; it must govern on the day for the act to count as its state's.
    pub by: Option<Party>,
    /// The authority acted upon; it must govern on the day, too.
    pub to: Option<Party>,
}

/// A relation that an act affects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Affected {
    /// The relation.
    pub pair: Pair,
    /// The act in each direction, by [`Direction::index`].
    pub directed: [Option<DirectedAct>; 2],
}

/// Returns the relations that an act affects, in order of their pairs' codes.
///
/// Each actor acts on each recipient. Without recipients, several actors act on one another, and
/// one actor acts on the parties that the details name (the other side of a mission, the party
/// listed or recognised). A threat reaches its recipients (or, without any, its reporters) from the
/// territory that the details name; it is not the conduct of the group that carries it.
#[must_use]
pub fn affected(act: &Act) -> Vec<Affected> {
    let mut relations = Relations::default();
    if act.kind == Kind::AuthorityChanged {
        return Vec::new();
    }
    if act.kind.is_threat() {
        if let Some(territory) = act.details.party(Field::From) {
            let elsewhere = |party: &Party| party.state().is_some_and(|state| state != territory);
            let victims = if act.recipients.iter().any(elsewhere) {
                &act.recipients
            } else {
                &act.actors
            };
            for victim in victims {
                relations.add(*victim, territory);
            }
        }
    } else if act.recipients.is_empty() {
        for (place, actor) in act.actors.iter().enumerate() {
            for other in &act.actors[place + 1..] {
                relations.add(*actor, *other);
                relations.add(*other, *actor);
            }
        }
        if let [actor] = act.actors[..] {
            for field in [Field::Of, Field::Listed, Field::Host, Field::Sender] {
                if let Some(object) = act.details.party(field) {
                    relations.add(actor, object);
                }
            }
        }
    } else {
        for actor in &act.actors {
            for recipient in &act.recipients {
                relations.add(*actor, *recipient);
            }
        }
    }
    relations.0.into_values().collect()
}

impl Pair {
    /// Makes the pair of two different states; `None` for other parties.
    #[must_use]
    pub fn new(one: Party, other: Party) -> Option<Self> {
        let states = one.kind() == PartyKind::State && other.kind() == PartyKind::State;
        match one.cmp(&other) {
            Ordering::Less if states => Some(Self { a: one, b: other }),
            Ordering::Greater if states => Some(Self { a: other, b: one }),
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

    /// The conduct of `from` towards the other; `None` if it is not in the pair.
    #[must_use]
    pub fn from(self, from: Party) -> Option<Direction> {
        match from {
            from if from == self.a => Some(Direction::Forward),
            from if from == self.b => Some(Direction::Backward),
            _ => None,
        }
    }

    /// The subject and the object of a conduct.
    #[must_use]
    pub const fn ends(self, direction: Direction) -> (Party, Party) {
        match direction {
            Direction::Forward => (self.a, self.b),
            Direction::Backward => (self.b, self.a),
        }
    }
}

/// Both codes, such as `AFG-TJK`.
impl fmt::Display for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.a, self.b)
    }
}

impl Direction {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::Forward, Self::Backward];

    /// The opposite direction.
    #[must_use]
    pub const fn reverse(self) -> Self {
        match self {
            Self::Forward => Self::Backward,
            Self::Backward => Self::Forward,
        }
    }

    /// 0 for forward, 1 for backward.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }
}

#[derive(Default)]
struct Relations(BTreeMap<Pair, Affected>);

impl Relations {
    fn add(&mut self, actor: Party, recipient: Party) {
        let (Some(from), Some(to)) = (actor.state(), recipient.state()) else {
            return;
        };
        let pair = Pair::new(from, to);
        let Some((pair, direction)) = pair.and_then(|pair| Some((pair, pair.from(from)?))) else {
            return;
        };
        let affected = self.0.entry(pair).or_insert(Affected {
            pair,
            directed: [None; 2],
        });
        let authority = |party: Party| (party.kind() == PartyKind::Authority).then_some(party);
        let act = DirectedAct {
            by: authority(actor),
            to: authority(recipient),
        };
        let slot = &mut affected.directed[direction.index()];
        // The state itself beside its authority makes the act unconditional.
        *slot = Some(slot.map_or(act, |other| DirectedAct {
            by: other.by.and(act.by),
            to: other.to.and(act.to),
        }));
    }
}

//! Relations: unordered pairs of states, and the pairs that an act affects.

use crate::background;
use crate::details::Field;
use crate::dimension::Register;
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

/// An act of one state towards the other, and the parties through which it is that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DirectedAct {
    /// The authority that acted; it must govern on the day for the act to count as its state's.
    pub by: Option<Party>,
    /// The authority acted upon; it must govern on the day, too.
    pub to: Option<Party>,
    /// The organisation of which one of the states must be a member on the day.
    pub via: Option<Via>,
}

/// An organisation whose act counts for its members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Via {
    /// The organisation.
    pub organisation: Party,
    /// True if it acts, and so the subject must be a member; otherwise it is acted upon.
    pub acts: bool,
}

/// A relation that an act affects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Affected {
    /// The relation.
    pub pair: Pair,
    /// The act in each direction, by [`Direction::index`].
    pub directed: [Option<DirectedAct>; 2],
    /// Set if the act is one towards an exclusive rival of the object: recognising the one ends
    /// recognition of the other.
    pub rival: Option<(Direction, DirectedAct)>,
}

/// Returns the relations that an act affects, in order of their pairs' codes.
///
/// Each actor acts on each recipient. Without recipients, several actors act on one another, and
/// one actor acts on the parties that the details name (the other side of a mission, the party
/// listed or recognised). An organisation acts for each state that was ever its member; whether it
/// was one on the day is decided by the fold. Recognising a state concerns its rivals, too: see
/// [`Affected::rival`]. A threat reaches its recipients (or, without any, its reporters) from the
/// territory that the details name; it is not the conduct of the group that carries it. The end of
/// a group concerns the same relations as the threat that it was.
#[must_use]
pub fn affected(act: &Act) -> Vec<Affected> {
    affected_with(act, &|organisation| {
        background::members_ever(organisation).collect()
    })
}

/// Returns the relations that an act affects, as [`affected`] does, where `members` gives the states
/// that were ever members of an organisation.
#[must_use]
pub fn affected_with(act: &Act, members: &dyn Fn(Party) -> Vec<Party>) -> Vec<Affected> {
    let mut relations = Relations {
        by_pair: BTreeMap::new(),
        members,
    };
    if act.kind == Kind::AuthorityChanged || act.kind.register() == Some(Register::Memberships) {
        return Vec::new();
    }
    if act.kind.is_threat() || act.kind == Kind::GroupDisbanded {
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
                relations.add_all(*actor, *other);
                relations.add_all(*other, *actor);
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
    if act.kind.recognises() {
        relations.add_rivals();
    }
    relations.by_pair.into_values().collect()
}

/// Returns a bound of the number of relations that an act affects, without listing them:
/// organisations count for every state that was ever their member by the background.
#[must_use]
pub fn affected_at_most(act: &Act) -> usize {
    let ends = |party: &Party| match party.kind() {
        PartyKind::Organisation => background::members_ever(*party).count(),
        _ => 1,
    };
    let actors: usize = act.actors.iter().map(ends).sum();
    let recipients = act.recipients.iter();
    let recipients = recipients.filter(|party| party.kind() != PartyKind::Organisation);
    let recipients = recipients.count();
    if act.kind.is_threat() || act.kind == Kind::GroupDisbanded {
        actors + recipients
    } else if act.recipients.is_empty() {
        // Those of one party do not act on one another; a single actor acts on parties in details.
        let own: usize = act.actors.iter().map(|party| ends(party).pow(2)).sum();
        actors.max((actors.pow(2) - own) / 2)
    } else {
        actors * recipients
    }
}

impl Pair {
    /// Makes the pair of two different states or de facto states; `None` for other parties.
    #[must_use]
    pub fn new(one: Party, other: Party) -> Option<Self> {
        let is_end = |party: Party| matches!(party.kind(), PartyKind::State | PartyKind::DeFacto);
        let states = is_end(one) && is_end(other);
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

struct Relations<'m> {
    by_pair: BTreeMap<Pair, Affected>,
    /// The states that were ever members of an organisation.
    members: &'m dyn Fn(Party) -> Vec<Party>,
}

/// A side of an act: the state, and the parties through which the act is one of it.
#[derive(Clone, Copy)]
struct End {
    state: Party,
    authority: Option<Party>,
    organisation: Option<Party>,
}

impl Relations<'_> {
    /// Returns the states for which a party acts, or that are acted upon through it.
    fn ends(&self, party: Party) -> Vec<End> {
        let authority = (party.kind() == PartyKind::Authority).then_some(party);
        if let Some(state) = party.state() {
            return vec![End {
                state,
                authority,
                organisation: None,
            }];
        }
        let member = |state| End {
            state,
            authority: None,
            organisation: Some(party),
        };
        let members = (self.members)(party);
        members.into_iter().map(member).collect()
    }

    /// Adds an act of a party towards another, which is no organisation.
    fn add(&mut self, actor: Party, recipient: Party) {
        if recipient.kind() != PartyKind::Organisation {
            self.add_all(actor, recipient);
        }
    }

    /// Adds an act of a party towards another; those of organisations count for their members.
    fn add_all(&mut self, actor: Party, recipient: Party) {
        let recipients = self.ends(recipient);
        for actor in self.ends(actor) {
            for recipient in &recipients {
                self.add_ends(actor, *recipient);
            }
        }
    }

    fn add_ends(&mut self, actor: End, recipient: End) {
        let Some(affected) = self.entry(actor.state, recipient.state) else {
            return;
        };
        let (affected, direction) = affected;
        let acts = actor.organisation.map(|organisation| Via {
            organisation,
            acts: true,
        });
        let acted_upon = recipient.organisation.map(|organisation| Via {
            organisation,
            acts: false,
        });
        let act = DirectedAct {
            by: actor.authority,
            to: recipient.authority,
            via: acts.or(acted_upon),
        };
        let slot = &mut affected.directed[direction.index()];
        // The state itself beside its authority or organisation makes the act unconditional.
        *slot = Some(slot.map_or(act, |other| DirectedAct {
            by: other.by.and(act.by),
            to: other.to.and(act.to),
            via: other.via.and(act.via),
        }));
    }

    fn entry(&mut self, from: Party, to: Party) -> Option<(&mut Affected, Direction)> {
        let pair = Pair::new(from, to)?;
        let direction = pair.from(from)?;
        let affected = self.by_pair.entry(pair).or_insert(Affected {
            pair,
            directed: [None; 2],
            rival: None,
        });
        Some((affected, direction))
    }

    /// Adds the relations with the rivals of the states that an act recognises.
    fn add_rivals(&mut self) {
        let recognised = self.by_pair.values().flat_map(|affected| {
            let acts = |direction: &Direction| affected.directed[direction.index()].is_some();
            let directions = Direction::BOTH.into_iter().filter(acts);
            directions.filter_map(|direction| {
                let act = affected.directed[direction.index()]?;
                Some((affected.pair.ends(direction), act))
            })
        });
        let recognised: Vec<((Party, Party), DirectedAct)> = recognised.collect();
        for ((from, to), act) in recognised {
            for rival in to.ever_rivals() {
                if let Some((affected, direction)) = self.entry(from, rival)
                    && affected.directed[direction.index()].is_none()
                {
                    affected.rival = Some((direction, act));
                }
            }
        }
    }
}

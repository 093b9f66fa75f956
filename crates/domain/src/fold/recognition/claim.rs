//! Claims: what an event says about recognition, and what several come to.

use crate::day::Day;
use crate::details::Field;
use crate::fold::Item;
use crate::fold::regime::Takeover;
use crate::kind::Kind;
use crate::level::{Declared, Recognition};
use crate::party::Party;
use crate::relations::Direction;

/// What an event says about recognition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::fold) struct Claim {
    /// The statement, if it makes one.
    pub(in crate::fold) statement: Option<Declared>,
    /// The effect on the rung.
    pub(in crate::fold) effect: Effect,
}

/// The effect of a claim on the rung.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::fold) enum Effect {
    /// Sets the rung that it declares.
    Recognises(Recognition),
    /// Implies `de_jure`: diplomatic relations begin, or begin again.
    Implies,
    /// Implies `de_jure`, unless the party has said otherwise: diplomatic relations are in place.
    Observes,
    /// Ends what was implied or declared, and leaves contacts as they are.
    Withholds,
    /// Ends what was implied or declared; earlier contacts no longer count.
    Refuses,
    /// Recognises an exclusive rival, which ends recognition.
    Rival,
}

/// What the claims up to a day come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    /// The rung that is declared or implied; `None` if the last claim denies it.
    pub(super) rung: Option<Recognition>,
    /// True if it is implied.
    pub(super) presumed: bool,
    /// The claim that set the rung, or denied it.
    pub(super) set_by: Option<usize>,
    /// The latest statement.
    pub(super) declared: Option<Declared>,
    /// The claim that made it.
    pub(super) declared_by: Option<usize>,
    /// The day of the latest refusal; only later contacts count.
    pub(super) refused: Day,
}

impl Default for Standing {
    fn default() -> Self {
        Self {
            rung: None,
            presumed: false,
            set_by: None,
            declared: None,
            declared_by: None,
            refused: Day::MIN,
        }
    }
}

/// Returns the claim of an item, in a direction, about a state or the authority that governs it;
/// `None` if it makes none, or one about another party. An organisation makes none for its members:
/// each of them recognises for itself.
pub(in crate::fold) fn claim(
    item: &Item<'_>,
    direction: Direction,
    object: Party,
    takeover: Option<Takeover>,
) -> Option<Claim> {
    let kind = item.act.kind;
    if item
        .rival
        .is_some_and(|(recognising, act)| recognising == direction && act.via.is_none())
    {
        let rival = object.rival(item.earliest)?;
        let named = item
            .act
            .details
            .party(Field::Of)
            .is_none_or(|of| of == rival);
        return named.then_some(Claim {
            statement: None,
            effect: Effect::Rival,
        });
    }
    if kind.establishes() && item.is_own() {
        return Some(Claim {
            statement: None,
            effect: if kind.is_observation() {
                Effect::Observes
            } else {
                Effect::Implies
            },
        });
    }
    let de_jure = item.act.details.text(Field::Form) == Some("de_jure");
    let (statement, effect) = match kind {
        Kind::RecognitionGranted if de_jure => (
            Declared::Recognises,
            Effect::Recognises(Recognition::DeJure),
        ),
        Kind::RecognitionGranted => (
            Declared::Recognises,
            Effect::Recognises(Recognition::DeFacto),
        ),
        Kind::RecognitionWithheld => (Declared::Withholds, Effect::Withholds),
        Kind::RecognitionRefused | Kind::RecognitionWithdrawn => {
            (Declared::Refuses, Effect::Refuses)
        }
        _ => return None,
    };
    let of = item.act.details.party(Field::Of)?;
    let meant = of == object || takeover.is_some_and(|takeover| takeover.authority == of);
    (meant && item.acts_itself(direction)).then_some(Claim {
        statement: Some(statement),
        effect,
    })
}

/// Returns what claims come to from each day on. Claims are given with their days and places, in
/// order of days.
pub(super) fn standings(claims: &[(Day, usize, Claim)]) -> Vec<(Day, Standing)> {
    let mut standing = Standing::default();
    let mut steps: Vec<(Day, Standing)> = Vec::with_capacity(claims.len());
    for (day, place, claim) in claims {
        standing.apply(*day, *place, *claim);
        match steps.last_mut() {
            Some((last, step)) if last == day => *step = standing,
            _ => steps.push((*day, standing)),
        }
    }
    steps
}

impl Standing {
    /// Returns true if the latest statement is no recognition.
    const fn denies(&self) -> bool {
        matches!(self.declared, Some(Declared::Refuses | Declared::Withholds))
    }

    fn apply(&mut self, day: Day, place: usize, claim: Claim) {
        if claim.statement.is_some() {
            self.declared = claim.statement;
            self.declared_by = Some(place);
        }
        let (rung, presumed) = match claim.effect {
            Effect::Recognises(rung) => (Some(rung), false),
            Effect::Observes if self.rung.is_some() || self.denies() => return,
            Effect::Implies if self.rung == Some(Recognition::DeJure) => return,
            Effect::Implies | Effect::Observes => (Some(Recognition::DeJure), true),
            Effect::Withholds | Effect::Refuses | Effect::Rival => (None, false),
        };
        if claim.effect == Effect::Refuses {
            self.refused = day;
        }
        self.rung = rung;
        self.presumed = presumed;
        self.set_by = Some(place);
    }
}

//! Recognition: which declaration or contact set the rung, and what else was considered.

use super::{Asked, Because, Cited, Ground, Ladder, Role, Stone, Uncounted, shares};
use crate::dimension::Dimension;
use crate::event::EventId;
use crate::fold::Item;
use crate::fold::recognition::{self, Said};
use crate::fold::regime::Takeover;
use crate::kind::Kind;
use crate::level::{Declared, Recognition};
use crate::party::Party;

pub(super) fn ladder(asked: Asked<'_>, dimension: Dimension) -> (Ground, Vec<Uncounted>) {
    let items = asked.in_force();
    let regime = asked.regimes.of_object(asked.direction);
    let authority = regime.governing(asked.at);
    let reader = Reader {
        asked,
        dimension,
        object: asked.folded.pair.ends(asked.direction).1,
        authority,
    };
    let standing = asked.folded.recognition[asked.direction.index()].at(asked.at);
    let considered: Vec<(&Item<'_>, Role, Option<Said>)> = items
        .iter()
        .filter(|item| reader.excluded(item).is_none())
        .flat_map(|item| reader.roles(item))
        .collect();
    let latest = considered
        .iter()
        .rev()
        .find_map(|(item, _, said)| said.map(|said| (item.event, item.earliest, said)));
    let contact = considered
        .iter()
        .find(|(_, role, _)| *role == Role::Contact)
        .map(|(item, ..)| item.event);
    let set = reader.set_by(latest.map(|(event, _, said)| (event, said)), contact);
    let mut stones: Vec<Stone> = Vec::new();
    let mut uncounted: Vec<Uncounted> = Vec::new();
    for (item, role, said) in considered.into_iter().rev() {
        let overtaken = latest.filter(|(event, ..)| said.is_some() && *event != item.event);
        match overtaken {
            Some((by, on, _)) => {
                uncounted.push(Uncounted::of(item, Because::Superseded { by, on }));
            }
            None => stones.push(Stone {
                cited: Cited::of(item),
                role,
                rung: reader.rung(role, said),
                sets: set == Some((item.event, role)),
            }),
        }
    }
    stones.sort_by_key(|stone| !stone.sets);
    uncounted.extend(reader.uncounted(&items));
    let ladder = Ladder {
        weakest: shares::weakest(asked.rules),
        authority,
        declared: standing.declared,
        disputed: standing.disputed,
        stones,
    };
    (Ground::Ladder(ladder), uncounted)
}

struct Reader<'a> {
    asked: Asked<'a>,
    dimension: Dimension,
    object: Party,
    authority: Option<Takeover>,
}

impl Reader<'_> {
    /// What an item is to the ladder, if it is admitted to it.
    fn roles<'i, 'b>(
        &self,
        item: &'i Item<'b>,
    ) -> impl Iterator<Item = (&'i Item<'b>, Role, Option<Said>)> {
        let acts = item.ways[self.asked.direction.index()].is_some();
        let rule = self.asked.rules.kind(item.act.kind);
        let whole = self.dimension == Dimension::Recognition;
        let said = recognition::said(item, self.object, self.authority).filter(|_| acts);
        let roles = [
            said.map(|said| (Role::Declaration, Some(said))),
            (whole && rule.contact).then_some((Role::Contact, None)),
            (whole && rule.signal && acts).then_some((Role::Signal, None)),
        ];
        roles
            .into_iter()
            .flatten()
            .map(move |(role, said)| (item, role, said))
    }

    /// Whether an item's kind could move the ladder, whatever it says and of whom.
    fn concerns(&self, item: &Item<'_>) -> bool {
        let acts = item.ways[self.asked.direction.index()].is_some();
        let rule = self.asked.rules.kind(item.act.kind);
        let speaks = matches!(
            item.act.kind,
            Kind::RecognitionGranted
                | Kind::RecognitionWithheld
                | Kind::RecognitionRefused
                | Kind::RecognitionWithdrawn
        );
        let whole = self.dimension == Dimension::Recognition;
        acts && (speaks || whole && rule.signal) || whole && rule.contact
    }

    /// Why an item is not considered at all.
    fn excluded(&self, item: &Item<'_>) -> Option<Because> {
        if !self.asked.rules.moves_ladders(item.grade) {
            return Some(Because::TooWeak);
        }
        if item.earliest > self.asked.at {
            return Some(Because::NotYet);
        }
        let takeover = self
            .authority
            .filter(|takeover| item.earliest < takeover.day)?;
        Some(Because::BeforeAuthority {
            by: takeover.event,
            on: takeover.day,
        })
    }

    /// The event that sets what holds, and as what.
    fn set_by(
        &self,
        latest: Option<(EventId, Said)>,
        contact: Option<EventId>,
    ) -> Option<(EventId, Role)> {
        let declares = latest.map(|(event, _)| (event, Role::Declaration));
        let recognises = latest.is_some_and(|(_, Said(_, rung))| rung.is_some());
        if recognises || self.dimension == Dimension::Declared {
            return declares;
        }
        contact.map(|event| (event, Role::Contact)).or(declares)
    }

    /// What an item stands for by itself.
    fn rung(&self, role: Role, said: Option<Said>) -> Option<&'static str> {
        match (role, said) {
            (_, Some(Said(declared, _))) if self.dimension == Dimension::Declared => {
                Some(Declared::as_str(declared))
            }
            (_, Some(Said(_, rung))) => Some(rung.unwrap_or(Recognition::None).as_str()),
            (Role::Contact, None) => Some(Recognition::Dealings.as_str()),
            (_, None) => None,
        }
    }

    fn uncounted(&self, items: &[Item<'_>]) -> Vec<Uncounted> {
        let concerning = items.iter().filter(|item| self.concerns(item));
        let reason = |item: &Item<'_>| {
            let idle = || self.roles(item).next().is_none();
            let other = || idle().then_some(Because::OtherAuthority);
            self.excluded(item).or_else(other)
        };
        let mut uncounted: Vec<Uncounted> = concerning
            .filter_map(|item| Some(Uncounted::of(item, reason(item)?)))
            .collect();
        uncounted.extend(self.asked.not_governing(items, |item| self.concerns(item)));
        uncounted.extend(self.asked.left_out(|item| self.concerns(item)));
        uncounted
    }
}

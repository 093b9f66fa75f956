//! The items of a fold, and the members for whom organisations act.

use super::belief::Content;
use super::versions::Version;
use detente_domain::background;
use detente_domain::event::{Act, EventId};
use detente_domain::fold::Item;
use detente_domain::fold::why::ExclusionReason;
use detente_domain::party::Party;
use detente_domain::relations::{self, Affected, Pair};
use std::collections::BTreeSet;

/// An item of a fold that owns its act.
pub(crate) struct OwnedItem {
    pub(crate) event: EventId,
    pub(crate) version: Version,
    pub(crate) exclusion: Option<ExclusionReason>,
    pub(crate) denied: u32,
}

/// The members of organisations that the log tells of.
#[derive(Default)]
pub(crate) struct Members(pub(crate) BTreeSet<(Party, Party)>);

impl OwnedItem {
    pub(crate) fn item(&self, pair: Pair, members: &Members) -> Option<Item<'_>> {
        let content = &self.version.content;
        let affected = members.affected(&content.act);
        let affected = affected
            .into_iter()
            .find(|affected| affected.pair == pair)?;
        Some(Item {
            event: self.event,
            act: &content.act,
            earliest: content.earliest,
            latest: content.latest,
            grade: content.grade,
            disputed: content.disputed,
            denied: if content.disputed { self.denied } else { 0 },
            directed: affected.directed,
            rival: affected.rival,
        })
    }
}

impl Members {
    pub(crate) fn affected(&self, act: &Act) -> Vec<Affected> {
        relations::affected_with(act, &|organisation| {
            let joined = self.0.iter().filter(|(of, _)| *of == organisation);
            let joined = joined.map(|(_, state)| *state);
            let all = background::members_ever(organisation).chain(joined);
            all.collect::<BTreeSet<Party>>().into_iter().collect()
        })
    }

    pub(crate) fn affects(&self, content: &Content, pair: Pair) -> bool {
        let affected = self.affected(&content.act);
        affected.iter().any(|affected| affected.pair == pair)
    }
}

/// Returns the items of a pair from the background's refusals, those of rivals included.
pub(crate) fn refusals(pair: Pair) -> Vec<Item<'static>> {
    let states = [pair.a(), pair.b()];
    let rivals = states.into_iter().flat_map(Party::ever_rivals);
    let all: BTreeSet<Party> = states.into_iter().chain(rivals).collect();
    let mut items = Vec::new();
    for one in &all {
        for other in all.range(..*one) {
            let other = Pair::new(*one, *other);
            for event in other.into_iter().flat_map(background::refusals_between) {
                let affected = relations::affected(&event.act).into_iter();
                for affected in affected.filter(|affected| affected.pair == pair) {
                    items.push(Item {
                        event: event.id,
                        act: &event.act,
                        earliest: event.earliest,
                        latest: event.latest,
                        grade: event.grade,
                        disputed: false,
                        denied: 0,
                        directed: affected.directed,
                        rival: affected.rival,
                    });
                }
            }
        }
    }
    items
}

/// Returns an event by which a state joined an organisation, of the background or the log.
pub(crate) fn membership(all: &[OwnedItem], event: EventId) -> Option<Item<'_>> {
    let background = background::find(event);
    let own = all.iter().find(|one| one.event == event);
    let item = |act, earliest, latest, grade, disputed| Item {
        event,
        act,
        earliest,
        latest,
        grade,
        disputed,
        denied: 0,
        directed: [None; 2],
        rival: None,
    };
    match (background, own) {
        (Some(told), _) => Some(item(
            &told.act,
            told.earliest,
            told.latest,
            told.grade,
            false,
        )),
        (None, Some(own)) => {
            let content = &own.version.content;
            let (earliest, latest) = (content.earliest, content.latest);
            Some(item(
                &content.act,
                earliest,
                latest,
                content.grade,
                content.disputed,
            ))
        }
        (None, None) => None,
    }
}

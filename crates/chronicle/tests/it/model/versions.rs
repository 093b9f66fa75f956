//! The content of each event after every record of the log.

use super::belief::{Belief, Content};
use detente_chronicle::Position;
use detente_domain::details::Field;
use detente_domain::event::EventId;
use detente_domain::party::Party;
use detente_domain::record::Record;
use detente_domain::relations::{self, Pair};
use detente_domain::rulebook::Rulebook;
use std::collections::BTreeMap;

/// The content of an event from a record of the log on, until its next version.
#[derive(Clone, Debug)]
pub(crate) struct Version {
    pub(crate) from: usize,
    pub(crate) position: Position,
    pub(crate) content: Content,
}

/// Versions, by event.
#[derive(Debug, Default)]
pub(crate) struct Versions {
    pub(crate) by_event: BTreeMap<EventId, Vec<Version>>,
}

impl Versions {
    pub(crate) fn new(log: &[(Position, Record)], rules: &Rulebook) -> Self {
        let mut versions = Self::default();
        for from in 0..log.len() {
            let belief = Belief::new(log[..=from].iter().map(|(_, record)| record), rules);
            for event in belief.events() {
                let Some(content) = belief.content(event) else {
                    continue;
                };
                let held = versions.by_event.entry(event).or_default();
                if held.last().is_none_or(|last| last.content != content) {
                    let position = log[from].0;
                    held.push(Version {
                        from,
                        position,
                        content,
                    });
                }
            }
        }
        versions
    }

    /// Returns the version of an event when so many records were known.
    pub(crate) fn at(&self, event: EventId, records: usize) -> Option<&Version> {
        let versions = self.by_event.get(&event)?;
        versions.iter().rev().find(|version| version.from < records)
    }

    pub(crate) fn events(&self) -> impl Iterator<Item = EventId> {
        self.by_event.keys().copied()
    }
}

pub(crate) fn affects(content: &Content, pair: Pair) -> bool {
    relations::affected(&content.act)
        .iter()
        .any(|affected| affected.pair == pair)
}

/// Returns the state whose authority an act changes, and the new authority.
pub(crate) fn takeover(content: &Content) -> Option<(Party, Party)> {
    if content.act.kind != detente_domain::kind::Kind::AuthorityChanged {
        return None;
    }
    let details = &content.act.details;
    Some((
        details.party(Field::State)?,
        details.party(Field::Authority)?,
    ))
}

//! What each event was taken for, after every record of the log.

use crate::belief::{Belief, Content};
use detente_chronicle::Position;
use detente_domain::details::Field;
use detente_domain::event::EventId;
use detente_domain::party::Party;
use detente_domain::record::Record;
use detente_domain::routes::{self, Pair};
use detente_domain::rulebook::Rulebook;
use std::collections::BTreeMap;

/// From a record of the log on, until the next version of the same event.
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
    pub(crate) fn of(log: &[(Position, Record)], rules: &Rulebook) -> Self {
        let mut versions = Self::default();
        for from in 0..log.len() {
            let belief = Belief::of(log[..=from].iter().map(|(_, record)| record), rules);
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

    /// What an event was taken for when so many records were known.
    pub(crate) fn at(&self, event: EventId, records: usize) -> Option<&Version> {
        let versions = self.by_event.get(&event)?;
        versions.iter().rev().find(|version| version.from < records)
    }

    pub(crate) fn events(&self) -> impl Iterator<Item = EventId> {
        self.by_event.keys().copied()
    }
}

pub(crate) fn touches(content: &Content, pair: Pair) -> bool {
    routes::touches(&content.act)
        .iter()
        .any(|touch| touch.pair == pair)
}

/// The state whose authority an act changes.
pub(crate) fn taken_over(content: &Content) -> Option<(Party, Party)> {
    if content.act.kind != detente_domain::kind::Kind::AuthorityChanged {
        return None;
    }
    let details = &content.act.details;
    Some((
        details.party(Field::State)?,
        details.party(Field::Authority)?,
    ))
}

//! The content of each event after every commit of the log.

use super::belief::{Belief, Content};
use detente_chronicle::Position;
use detente_domain::details::Field;
use detente_domain::event::{Act, EventId};
use detente_domain::kind::Kind;
use detente_domain::party::{Party, PartyKind};
use detente_domain::record::Record;
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
        let is_last = |from: &usize| log.get(from + 1).is_none_or(|next| next.0 != log[*from].0);
        for from in (0..log.len()).filter(is_last) {
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

/// Returns the states whose regimes an act changes.
pub(crate) fn states_of(act: &Act) -> Vec<Party> {
    match act.kind {
        Kind::AuthorityChanged => takeover(act).map(|(state, _)| state).into_iter().collect(),
        Kind::MembershipJoined | Kind::MembershipLeft | Kind::MembershipSuspended => {
            let actors = act.actors.iter().copied();
            actors
                .filter(|actor| actor.state() == Some(*actor))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// Returns the state whose authority an act changes, and the new authority.
pub(crate) fn takeover(act: &Act) -> Option<(Party, Party)> {
    if act.kind != Kind::AuthorityChanged {
        return None;
    }
    Some((
        act.details.party(Field::State)?,
        act.details.party(Field::Authority)?,
    ))
}

/// Returns the organisations that a state joins (true) or leaves by an act.
pub(crate) fn memberships_by(act: &Act, state: Party) -> Vec<(Party, bool)> {
    if act.kind == Kind::AuthorityChanged || !states_of(act).contains(&state) {
        return Vec::new();
    }
    let joins = act.kind == Kind::MembershipJoined;
    let organisations = act.recipients.iter();
    let organisations = organisations.filter(|party| party.kind() == PartyKind::Organisation);
    organisations.map(|party| (*party, joins)).collect()
}

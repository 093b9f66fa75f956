//! Acts of organisations, which count for their members.
//!
//! An act is expanded to the states that were ever members, by the background. The log may tell of
//! further members, also after it told of the act: then the act is expanded again.

use crate::background;
use crate::versions::ActId;
use detente_domain::background::members_ever;
use detente_domain::event::Act;
use detente_domain::party::{Party, PartyKind};
use hashbrown::HashMap;
use std::collections::BTreeSet;

/// The acts of organisations, and the members that only the log tells of.
#[derive(Debug, Default)]
pub(crate) struct Organisations {
    /// By organisation: the states that are no members by the background and joined it by a report
    /// that counted, though it may since have been retracted.
    joined: HashMap<Party, BTreeSet<Party>>,
    /// By organisation: the acts that it takes part in.
    acts: HashMap<Party, Vec<ActId>>,
    /// By act of any organisation: the versions with it, in order of arrival.
    versions: HashMap<ActId, Vec<u32>>,
}

impl Organisations {
    /// Returns the states that were ever members of an organisation, retracted ones included.
    pub(crate) fn members(&self, organisation: Party) -> Vec<Party> {
        let joined = self.joined.get(&organisation).into_iter().flatten();
        members_ever(organisation).chain(joined.copied()).collect()
    }

    /// Returns true if the log tells of members of an organisation in an act.
    pub(crate) fn extends(&self, act: &Act) -> bool {
        !self.joined.is_empty() && of(act).any(|party| self.joined.contains_key(&party))
    }

    /// Notes that a state joins an organisation; true if it was not known to.
    pub(crate) fn join(&mut self, organisation: Party, state: Party) -> bool {
        !background::was_member(state, organisation)
            && self.joined.entry(organisation).or_default().insert(state)
    }

    /// Adds a new act.
    pub(crate) fn add_act(&mut self, id: ActId, act: &Act) {
        for organisation in of(act) {
            self.acts.entry(organisation).or_default().push(id);
            self.versions.entry(id).or_default();
        }
    }

    /// Adds a version, if its act is one of an organisation.
    pub(crate) fn add_version(&mut self, version: u32, act: ActId) {
        if let Some(versions) = self.versions.get_mut(&act) {
            versions.push(version);
        }
    }

    /// Returns the acts that an organisation takes part in.
    pub(crate) fn acts_of(&self, organisation: Party) -> &[ActId] {
        self.acts.get(&organisation).map_or(&[], Vec::as_slice)
    }

    /// Returns the versions with an act, in order of arrival.
    pub(crate) fn versions_of(&self, act: ActId) -> &[u32] {
        self.versions.get(&act).map_or(&[], Vec::as_slice)
    }
}

/// Iterates over the organisations among the actors and recipients of an act.
fn of(act: &Act) -> impl Iterator<Item = Party> {
    let parties = act.actors.iter().chain(&act.recipients).copied();
    parties.filter(|party| party.kind() == PartyKind::Organisation)
}

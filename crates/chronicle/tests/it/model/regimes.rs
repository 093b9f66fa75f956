//! Who governs a state, and what it is a member of.

use super::belief::Content;
use super::items::Members;
use super::naive::Naive;
use super::versions::{memberships_by, states_of, takeover};
use detente_domain::background;
use detente_domain::day::Day;
use detente_domain::fold::Regime;
use detente_domain::fold::regime::{MembershipUpdate, Takeover};
use detente_domain::kind::Kind;
use detente_domain::party::Party;
use std::collections::BTreeSet;

impl Naive {
    /// Returns true if the content of an event that counts makes states members.
    pub(crate) fn joins(&self, content: &Content) -> bool {
        content.act.kind == Kind::MembershipJoined && self.changes_memberships(content)
    }

    pub(crate) fn changes_memberships(&self, content: &Content) -> bool {
        !content.hidden && self.rules.moves_ladders(content.grade)
    }

    /// Returns the members that the log tells of when so many records are known.
    pub(crate) fn members(&self, known: usize) -> Members {
        let mut members = Members::default();
        let contents = self.versions.events();
        let contents = contents.filter_map(|event| self.versions.at(event, known));
        let states: BTreeSet<Party> = contents
            .filter(|version| self.joins(&version.content))
            .flat_map(|version| states_of(&version.content.act))
            .collect();
        for state in states {
            let regime = self.regime(state, known);
            let joined = regime.memberships().iter();
            let joined = joined.map(|membership| (membership.organisation, state));
            members.0.extend(joined);
        }
        members
    }

    pub(crate) fn regime(&self, state: Party, known: usize) -> Regime {
        let (mut takeovers, mut updates) = (Vec::new(), Vec::new());
        for membership in background::memberships_of(state) {
            let mut update = |day, event, joins| {
                updates.push(MembershipUpdate {
                    day,
                    event,
                    organisation: membership.organisation,
                    joins,
                });
            };
            update(membership.from, membership.event, true);
            if let (Some(day), Some(event)) = (membership.to, membership.ended_by) {
                update(day, event, false);
            }
        }
        for event in self.versions.events() {
            let Some(version) = self.versions.at(event, known) else {
                continue;
            };
            let content = &version.content;
            let day = content.earliest;
            if let Some((of, authority)) = takeover(&content.act)
                && of == state
                && !content.hidden
            {
                let takeover = Takeover {
                    day,
                    event,
                    authority,
                };
                takeovers.push((takeover, content.latest));
            }
            if self.changes_memberships(content) {
                for (organisation, joins) in memberships_by(&content.act, state) {
                    updates.push(MembershipUpdate {
                        day,
                        event,
                        organisation,
                        joins,
                    });
                }
            }
        }
        // A date that contains that of another report of the same takeover is too coarse.
        let finest = |(takeover, latest): &(Takeover, Day)| {
            let mut others = takeovers
                .iter()
                .filter(|(other, _)| other.authority == takeover.authority);
            others.all(|(other, last)| {
                let same = (other.day, last) == (takeover.day, latest);
                same || other.day < takeover.day || *latest < *last
            })
        };
        let kept = takeovers.iter().filter(|takeover| finest(takeover));
        Regime::new(kept.map(|(takeover, _)| *takeover).collect(), updates)
    }
}

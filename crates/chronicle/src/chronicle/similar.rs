//! Events of the log that a proposed event may repeat.

use super::Chronicle;
use super::preview::ProposedEvent;
use crate::regime_act::RegimeAct;
use crate::versions::Version;
use detente_domain::day::Day;
use detente_domain::details::Field;
use detente_domain::event::{Act, EventId};
use detente_domain::kind::Kind;
use detente_domain::party::Party;
use detente_domain::relations::{self, Pair};
use std::collections::{BTreeMap, BTreeSet};

/// The most days between the dates of two reports of one event.
const DAYS_APART_MAX: i32 = 3;
/// The most relations that are searched for one event.
const RELATIONS_MAX: usize = 400;
/// The members of an organisation whose relations are searched: its acts are in those of all.
const MEMBERS_MAX: usize = 3;

/// An event like a proposed one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SimilarEvent {
    /// Its id.
    pub event: EventId,
    /// The days between the two dates; 0 if they overlap.
    pub days_apart: i32,
}

/// The order of similar events: dates near to each other, the same kind, dates that begin near to
/// each other, the id.
type Rank = (i32, bool, u32, EventId);

/// The parties of an act that are compared, with the state for an authority.
#[derive(Debug, PartialEq, Eq)]
struct Sides {
    actors: BTreeSet<Party>,
    recipients: BTreeSet<Party>,
}

impl Chronicle {
    /// Returns the events of the log, neither retracted nor represented by another, that are
    /// probably the same development: of the same kind, or of its family with the same effect on
    /// its register; with an actor and a recipient in common (among equals, all of them); and with
    /// dates that overlap or are at most three days apart. The nearest come first, at most `most`.
    ///
    /// Only events of the relations that the act affects are found, or those that change the regime
    /// of the same state.
    #[must_use]
    pub fn similar(&self, proposed: &ProposedEvent, most: usize) -> Vec<SimilarEvent> {
        let sides = Sides::of(&proposed.act);
        let mut found: BTreeMap<EventId, Rank> = BTreeMap::new();
        let mut add = |version: &Version| {
            if let Some(rank) = self.rank(proposed, &sides, version) {
                found.insert(version.event, rank);
            }
        };
        match RegimeAct::of(&proposed.act) {
            Some(act) => {
                let states = act.states().iter();
                let versions = states.filter_map(|state| self.regime_versions.get(state));
                let current = versions
                    .flatten()
                    .filter(|version| self.versions.is_current(**version, self.head));
                current.for_each(|version| add(self.versions.get(*version)));
            }
            None => {
                let numbers = self.search_pairs(&proposed.act);
                let numbers = numbers.into_iter().filter_map(|pair| self.number(pair));
                let versions = numbers.flat_map(|number| self.current_versions(number, None));
                versions.for_each(add);
            }
        }
        let mut ranks: Vec<Rank> = found.into_values().collect();
        ranks.sort_unstable();
        let ranks = ranks.into_iter().take(most);
        ranks
            .map(|(days_apart, _, _, event)| SimilarEvent { event, days_apart })
            .collect()
    }

    /// Returns the relations to search: those of the act, with a few members of an organisation.
    fn search_pairs(&self, act: &Act) -> Vec<Pair> {
        let members = |organisation| {
            let members = self.organisations.members(organisation).into_iter();
            members.take(MEMBERS_MAX).collect()
        };
        let affected = relations::affected_with(act, &members).into_iter();
        let pairs = affected.map(|affected| affected.pair);
        pairs.take(RELATIONS_MAX).collect()
    }

    /// Returns the place of a version among the similar ones; `None` if it is not similar.
    fn rank(&self, proposed: &ProposedEvent, sides: &Sides, version: &Version) -> Option<Rank> {
        let content = version.content();
        let days_apart = days_apart(
            (proposed.earliest, proposed.latest),
            (content.earliest, content.latest),
        );
        if content.hidden || days_apart > DAYS_APART_MAX || version.event == proposed.event {
            return None;
        }
        let act = &*self.acts.get(content.act).act;
        if !same_development(&proposed.act, act, days_apart) || !sides.agree(&Sides::of(act)) {
            return None;
        }
        let other_kind = proposed.act.kind != act.kind;
        let begins = proposed
            .earliest
            .ordinal()
            .abs_diff(content.earliest.ordinal());
        Some((days_apart, other_kind, begins, version.event))
    }
}

/// Returns the days between two dates, each given by its bounds; 0 if they overlap.
fn days_apart(one: (Day, Day), other: (Day, Day)) -> i32 {
    let between = |end: Day, start: Day| start.ordinal().saturating_sub(end.ordinal());
    between(one.1, other.0).max(between(other.1, one.0)).max(0)
}

/// Returns true if the kinds of two acts may tell of one development. Machine-coded rows do only
/// with the same code, on the same days.
fn same_development(one: &Act, other: &Act, days_apart: i32) -> bool {
    if one.kind == Kind::Coded || other.kind == Kind::Coded {
        let code = |act: &Act| act.details.get(Field::Plover).cloned();
        return one.kind == other.kind && days_apart == 0 && code(one) == code(other);
    }
    let effect = |act: &Act| {
        let kind = act.kind;
        kind.register()
            .map(|register| (kind.family(), register, kind.effect()))
    };
    one.kind == other.kind || (effect(one).is_some() && effect(one) == effect(other))
}

impl Sides {
    /// Returns the sides of an act, as [`relations::affected`] takes them.
    fn of(act: &Act) -> Self {
        let states = |parties: &[Party]| -> BTreeSet<Party> {
            let parties = parties.iter();
            parties
                .map(|party| party.state().unwrap_or(*party))
                .collect()
        };
        let named = |fields: &[Field]| -> BTreeSet<Party> {
            let fields = fields.iter();
            let parties = fields.filter_map(|field| act.details.party(*field));
            parties
                .map(|party| party.state().unwrap_or(party))
                .collect()
        };
        if act.kind.is_threat() {
            // The actors of a threat may be its reporters, or the group that carries it.
            let everybody = [&act.actors[..], &act.recipients[..]].concat();
            return Self {
                actors: states(&everybody),
                recipients: named(&[Field::From]),
            };
        }
        let actors = states(&act.actors);
        let recipients = match (&act.actors[..], &act.recipients[..]) {
            // Authorities of one state are told apart.
            (_, []) if act.kind == Kind::AuthorityChanged => {
                act.details.party(Field::Authority).into_iter().collect()
            }
            ([_], []) => {
                let named = named(&[Field::Of, Field::Listed, Field::Host, Field::Sender]);
                named.difference(&actors).copied().collect()
            }
            (_, recipients) => states(recipients),
        };
        Self { actors, recipients }
    }

    /// Returns true if two acts have an actor and a recipient in common; if one of them is among
    /// equals, if they have the same parties.
    fn agree(&self, other: &Self) -> bool {
        let is_mutual = |sides: &Self| sides.recipients.is_empty();
        if is_mutual(self) || is_mutual(other) {
            let all = |sides: &Self| -> BTreeSet<Party> { &sides.actors | &sides.recipients };
            return all(self) == all(other);
        }
        let meet = |one: &BTreeSet<Party>, other| !one.is_disjoint(other);
        meet(&self.actors, &other.actors) && meet(&self.recipients, &other.recipients)
    }
}

//! The changes that events would cause if they were reported now.
//!
//! The proposed events are folded beside those of the log, with the regimes that they would lead
//! to, and nothing is kept. Amendments that wait for one of them are not applied.

use super::Chronicle;
use super::commit::RelationChanges;
use super::regimes::affected_under;
use crate::background;
use crate::regime_act::{RegimeAct, RegimeParts};
use crate::versions::{ActId, Version};
use detente_domain::day::Day;
use detente_domain::event::{Act, EventId};
use detente_domain::fold::{
    self, AffectedEvents, Folded, Item, Regime, Regimes, Resume, TickWindow,
};
use detente_domain::grade::Grade;
use detente_domain::party::{Party, PartyKind};
use detente_domain::relations::{self, Affected, Pair};
use detente_domain::state::Change;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// An event that is not in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProposedEvent {
    /// Its id.
    pub event: EventId,
    /// Its kind, parties and details.
    pub act: Act,
    /// The first day of its date.
    pub earliest: Day,
    /// The last day of its date.
    pub latest: Day,
    /// The grade of its report.
    pub grade: Grade,
}

/// The changes that proposed events would cause.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preview {
    /// The relations that would change, in order of pairs.
    pub relations: Vec<RelationChanges>,
    /// The number of relations that were not folded, since there are too many: they may change, too.
    pub left_out: usize,
    /// The events that affect no relation and no regime.
    pub without_effect: Vec<EventId>,
}

/// What the proposed events change beside their own weight.
#[derive(Debug, Default)]
struct Overlay<'p> {
    events: Vec<&'p ProposedEvent>,
    /// By organisation: the states that only the proposed events make members.
    joined: BTreeMap<Party, BTreeSet<Party>>,
    /// The regimes of the states whose authority or memberships they change.
    regimes: BTreeMap<Party, Arc<Regime>>,
    /// By relation: the events that touch it by their acts, in order.
    touched: BTreeMap<Pair, Vec<(&'p ProposedEvent, Affected)>>,
    /// By relation: the events that touch it by the regime of one of its states.
    by_regime: BTreeMap<Pair, BTreeSet<EventId>>,
}

impl Chronicle {
    /// Returns the changes that one commit of these events would cause now, without a tick. At most
    /// `relations_max` relations are folded: first those that the acts affect, then those of states
    /// whose authority or memberships change. Events whose id is known are left out, and of several
    /// with one id the first counts. Before any tick, no change is published, so there is none.
    pub fn preview(&mut self, proposed: &[ProposedEvent], relations_max: usize) -> Preview {
        let overlay = self.overlay(proposed);
        let further = overlay.by_regime.keys();
        let further = further.filter(|pair| !overlay.touched.contains_key(pair));
        let pairs: Vec<Pair> = overlay.touched.keys().chain(further).copied().collect();
        let (chosen, left_out) = pairs.split_at(pairs.len().min(relations_max));
        let chosen: BTreeSet<Pair> = chosen.iter().copied().collect();
        let mut relations = Vec::new();
        for pair in chosen {
            let changes = self.preview_relation(pair, &overlay);
            if !changes.is_empty() {
                relations.push(RelationChanges { pair, changes });
            }
        }
        let mut without_effect: BTreeSet<EventId> =
            overlay.events.iter().map(|event| event.event).collect();
        for (event, _) in overlay.touched.values().flatten() {
            without_effect.remove(&event.event);
        }
        for event in overlay.by_regime.values().flatten() {
            without_effect.remove(event);
        }
        Preview {
            relations,
            left_out: left_out.len(),
            without_effect: without_effect.into_iter().collect(),
        }
    }

    fn overlay<'p>(&self, proposed: &'p [ProposedEvent]) -> Overlay<'p> {
        let mut overlay = Overlay::default();
        let mut parts: BTreeMap<Party, RegimeParts> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        for event in proposed {
            if !seen.insert(event.event) || self.record(event.event.into()).is_some() {
                continue;
            }
            if let Some(act) = self.regime_act(event) {
                overlay.join(self, &act);
                for state in act.states() {
                    let parts = parts.entry(*state);
                    let parts = parts.or_insert_with(|| self.regime_parts(*state, None));
                    parts.add(&act, event.event, (event.earliest, event.latest));
                }
            }
            overlay.events.push(event);
        }
        // An act is expanded to all states that join with the same commit, in any order.
        let mut touched: BTreeMap<Pair, Vec<(&ProposedEvent, Affected)>> = BTreeMap::new();
        let members = |organisation| overlay.members(self, organisation);
        for event in &overlay.events {
            for affected in relations::affected_with(&event.act, &members) {
                let events = touched.entry(affected.pair).or_default();
                events.push((event, affected));
            }
        }
        overlay.touched = touched;
        let regimes = parts.into_iter();
        overlay.regimes = regimes
            .map(|(state, parts)| (state, Arc::new(parts.into_regime())))
            .collect();
        self.touch_by_regime(&mut overlay);
        overlay
    }

    /// Returns the effect of an event on the regimes of states, if it counts.
    fn regime_act(&self, event: &ProposedEvent) -> Option<RegimeAct> {
        RegimeAct::of(&event.act).filter(|act| self.counts_for_regimes(act, event.grade))
    }

    /// Adds the relations of the states whose regimes change.
    fn touch_by_regime(&self, overlay: &mut Overlay<'_>) {
        let changed = overlay.regimes.iter();
        let changed = changed.filter(|(state, regime)| **regime != self.regime(**state, None));
        let begun = self.begun(overlay);
        let pairs = changed.map(|(state, _)| {
            let begun = begun.iter().copied();
            let mut pairs = self.pairs_of(*state);
            pairs.extend(begun.filter(|pair| pair.from(*state).is_some()));
            (*state, pairs)
        });
        let pairs: BTreeMap<Party, BTreeSet<Pair>> = pairs.collect();
        let mut by_regime: BTreeMap<Pair, BTreeSet<EventId>> = BTreeMap::new();
        for event in &overlay.events {
            let act = self.regime_act(event);
            let states = act.as_ref().map(RegimeAct::states).unwrap_or_default();
            for pair in states.iter().filter_map(|state| pairs.get(state)).flatten() {
                by_regime.entry(*pair).or_default().insert(event.event);
            }
        }
        overlay.by_regime = by_regime;
    }

    /// Returns the relations that may begin with the proposed events: those that they touch by their
    /// acts, and those of the acts of organisations that states join.
    fn begun(&self, overlay: &Overlay<'_>) -> BTreeSet<Pair> {
        let mut pairs: BTreeSet<Pair> = overlay.touched.keys().copied().collect();
        let members = |organisation| overlay.members(self, organisation);
        for id in self.acts_of_joined(overlay) {
            let affected = relations::affected_with(&self.acts.get(id).act, &members);
            pairs.extend(affected.into_iter().map(|affected| affected.pair));
        }
        pairs
    }

    /// Returns the acts of the organisations that states join only by the proposed events.
    fn acts_of_joined(&self, overlay: &Overlay<'_>) -> BTreeSet<ActId> {
        let joined = overlay.joined.keys();
        let acts = joined.flat_map(|organisation| self.organisations.acts_of(*organisation));
        acts.copied().collect()
    }

    fn preview_relation(&mut self, pair: Pair, overlay: &Overlay<'_>) -> Vec<Change> {
        let day = self.ticked(self.head);
        let window = TickWindow {
            before: day,
            now: day,
        };
        let Some(until) = day else { return Vec::new() };
        let old = self.folded_until(pair, None, until);
        let new = self.fold_with(pair, &old, overlay, until);
        let acts = self.acts_on(pair, overlay).into_iter();
        let acts = acts.map(|(event, _)| event.event);
        let regimes = overlay.by_regime.get(&pair).into_iter().flatten().copied();
        let mut events: Vec<EventId> = acts.chain(regimes).collect();
        events.sort_unstable();
        events.dedup();
        let events = AffectedEvents {
            reported: &events,
            touched: &events,
        };
        fold::changes(pair, &old, &new, window, events)
    }

    /// Returns the proposed events whose acts affect a relation, and how.
    fn acts_on<'p>(&self, pair: Pair, overlay: &Overlay<'p>) -> Vec<(&'p ProposedEvent, Affected)> {
        let events = overlay.touched.get(&pair).into_iter().flatten();
        let affected = |(event, affected): &(&'p ProposedEvent, Affected)| {
            let act = &event.act;
            let affected = if has_organisation(act) {
                self.affected_with(act, pair, overlay)?
            } else {
                *affected
            };
            Some((*event, affected))
        };
        events.filter_map(affected).collect()
    }

    /// Folds a relation with the proposed events.
    fn fold_with(&self, pair: Pair, old: &Folded, overlay: &Overlay<'_>, until: Day) -> Folded {
        let mut items = self.items_with(pair, overlay);
        let mut from = Day::MAX;
        for (event, affected) in self.acts_on(pair, overlay) {
            from = from.min(event.earliest);
            items.push(event.item(&affected));
        }
        items.extend(background::items(pair));
        let [a, b] = &[pair.a(), pair.b()].map(|state| self.regime_with(state, overlay));
        let resume = (!overlay.changes_regimes_of(pair)).then_some(Resume { folded: old, from });
        fold::fold(pair, &items, &Regimes { a, b }, &self.rules, resume, until)
    }

    /// Returns the items of a relation from the log, as the regimes with the proposed events have
    /// them.
    fn items_with(&self, pair: Pair, overlay: &Overlay<'_>) -> Vec<Item<'_>> {
        let number = self.number(pair);
        let versions = number.into_iter();
        let versions = versions.flat_map(|number| self.current_versions(number, None));
        let visible = versions.filter(|version| !version.content().hidden);
        let changes_regimes = overlay.changes_regimes_of(pair);
        let item = |version: &Version| {
            let act = version.content().act;
            let affected = if changes_regimes && has_organisation(&self.acts.get(act).act) {
                self.affected_with(&self.acts.get(act).act, pair, overlay)
            } else {
                self.affected(number?, act, None)
            };
            Some(self.item_as(version, &affected?, None))
        };
        let mut items: Vec<Item<'_>> = visible.filter_map(item).collect();
        if changes_regimes {
            items.extend(self.joining_items(pair, number, overlay));
        }
        items
    }

    /// Returns the items of acts of organisations that affect a relation only because of the
    /// proposed events.
    fn joining_items(
        &self,
        pair: Pair,
        number: Option<u32>,
        overlay: &Overlay<'_>,
    ) -> Vec<Item<'_>> {
        let mut items = Vec::new();
        for id in self.acts_of_joined(overlay) {
            let act = self.acts.get(id);
            if number.is_some_and(|number| act.relation(number).is_some()) {
                continue;
            }
            let Some(affected) = self.affected_with(&act.act, pair, overlay) else {
                continue;
            };
            let versions = self.organisations.versions_of(id).iter();
            let current = versions.filter(|version| self.versions.is_current(**version, self.head));
            let current = current.map(|version| self.versions.get(*version));
            let visible = current.filter(|version| !version.content().hidden);
            items.extend(visible.map(|version| self.item_as(version, &affected, None)));
        }
        items
    }

    fn affected_with(&self, act: &Act, pair: Pair, overlay: &Overlay<'_>) -> Option<Affected> {
        affected_under(act, pair, &|state| self.regime_with(state, overlay))
    }

    fn regime_with(&self, state: Party, overlay: &Overlay<'_>) -> Arc<Regime> {
        let changed = overlay.regimes.get(&state).cloned();
        changed.unwrap_or_else(|| self.regime(state, None))
    }
}

impl Overlay<'_> {
    /// Notes the states that join an organisation, where neither the background nor the log tells
    /// of it.
    fn join(&mut self, chronicle: &Chronicle, act: &RegimeAct) {
        for organisation in act.joined() {
            let known = chronicle.organisations.members(organisation);
            let states = act.states().iter().copied();
            let new = states.filter(|state| !known.contains(state));
            let mut new = new.peekable();
            if new.peek().is_some() {
                self.joined.entry(organisation).or_default().extend(new);
            }
        }
    }

    /// Returns the states that were ever members of an organisation, or join it.
    fn members(&self, chronicle: &Chronicle, organisation: Party) -> Vec<Party> {
        let joined = self.joined.get(&organisation).into_iter().flatten();
        let members = chronicle.organisations.members(organisation).into_iter();
        members.chain(joined.copied()).collect()
    }

    /// Returns true if the regime of a state of a pair, or of a rival of one, changes.
    fn changes_regimes_of(&self, pair: Pair) -> bool {
        let ends = [pair.a(), pair.b()].into_iter();
        let rivals = ends.clone().flat_map(Party::ever_rivals);
        let mut states = ends.chain(rivals);
        states.any(|state| self.regimes.contains_key(&state))
    }
}

impl ProposedEvent {
    fn item(&self, affected: &Affected) -> Item<'_> {
        Item {
            event: self.event,
            act: &self.act,
            earliest: self.earliest,
            latest: self.latest,
            grade: self.grade,
            disputed: false,
            denied: 0,
            directed: affected.directed,
            rival: affected.rival,
        }
    }
}

fn has_organisation(act: &Act) -> bool {
    let mut parties = act.actors.iter().chain(&act.recipients);
    parties.any(|party| party.kind() == PartyKind::Organisation)
}

//! The regimes of states, and the relations that new versions affect.

use super::Chronicle;
use crate::acts::ActRelation;
use crate::background;
use crate::regime_act::{RegimeAct, RegimeParts, first_difference};
use crate::relation::Relation;
use crate::versions::{ActId, Content, Position};
use detente_domain::day::Day;
use detente_domain::event::{Act, EventId};
use detente_domain::fold::Regime;
use detente_domain::grade::Grade;
use detente_domain::kind::Kind;
use detente_domain::party::Party;
use detente_domain::relations::{self, Affected, Pair};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

impl Chronicle {
    /// Interns an act, with the relations that it affects.
    pub(super) fn intern(&mut self, act: &Act) -> ActId {
        if let Some(id) = self.acts.find(act) {
            return id;
        }
        let relations = self.relations_of(act);
        let id = self.acts.insert(act, relations);
        if self.acts.get(id).regime.is_none() {
            self.organisations.add_act(id, act);
        }
        id
    }

    /// Returns the relations that an act affects, in order of their numbers.
    fn relations_of(&mut self, act: &Act) -> Box<[ActRelation]> {
        let by_background = relations::affected(act);
        let organisations = &self.organisations;
        let all = organisations.extends(act).then(|| {
            relations::affected_with(act, &|organisation| organisations.members(organisation))
        });
        let is_known = |affected: &Affected| {
            let place = by_background.binary_search_by_key(&affected.pair, |known| known.pair);
            place.is_ok_and(|place| by_background[place] == *affected)
        };
        let extended = all.is_some();
        let all = all.as_ref().unwrap_or(&by_background);
        let mut numbered = Vec::with_capacity(all.len());
        for affected in all {
            let joined = extended && !is_known(affected);
            let number = self.number_of(affected.pair);
            numbered.push(ActRelation {
                number,
                affected: *affected,
                joined,
            });
            if let Some(relation) = self.relations.get_mut(number as usize) {
                relation.by_joining |= joined;
            }
        }
        numbered.sort_unstable_by_key(|relation| relation.number);
        numbered.into()
    }

    /// Returns the number of the relation of a pair, which is new if it had none.
    fn number_of(&mut self, pair: Pair) -> u32 {
        if let Some(number) = self.by_pair.get(&pair) {
            return *number;
        }
        let number = u32::try_from(self.relations.len()).unwrap_or(u32::MAX);
        self.relations.push(Relation::new(pair));
        self.by_pair.insert(pair, number);
        for state in [pair.a(), pair.b()] {
            self.by_state.entry(state).or_default().push(number);
        }
        number
    }

    /// Adds a version to the relations that it affects.
    pub(super) fn attach(
        &mut self,
        version: u32,
        position: Position,
        event: EventId,
        content: Content,
    ) {
        self.organisations.add_version(version, content.act);
        if let Some(act) = self.acts.get(content.act).regime.clone() {
            for state in act.states() {
                self.regime_versions
                    .entry(*state)
                    .or_default()
                    .push(version);
            }
            if self.changes_regimes_by(&content) {
                self.join(position, &act);
            }
        }
        self.touch(Some(version), position, event, content);
    }

    /// Returns true if the content of an event with a regime's act counts.
    fn changes_regimes_by(&self, content: &Content) -> bool {
        let act = self.acts.get(content.act).regime.as_ref();
        act.is_some_and(|act| self.counts_for_regimes(act, content.grade)) && !content.hidden
    }

    /// Returns true if an act of a report with this grade changes regimes.
    pub(super) fn counts_for_regimes(&self, act: &RegimeAct, grade: Grade) -> bool {
        match act {
            RegimeAct::Takeover { .. } => true,
            RegimeAct::Membership { .. } => self.rules.moves_ladders(grade),
        }
    }

    /// Adds the acts of organisations to the relations of the states that join them, where only the
    /// log tells of that.
    fn join(&mut self, position: Position, act: &RegimeAct) {
        let mut acts = BTreeSet::new();
        for organisation in act.joined() {
            let mut extended = false;
            for state in act.states() {
                extended |= self.organisations.join(organisation, *state);
            }
            if extended {
                acts.extend(self.organisations.acts_of(organisation));
            }
        }
        for id in acts {
            self.extend_act(position, id);
        }
    }

    /// Expands an act again after states joined an organisation in it.
    fn extend_act(&mut self, position: Position, id: ActId) {
        let act = Arc::clone(&self.acts.get(id).act);
        let extended = self.relations_of(&act);
        for relation in &extended {
            let before = self.acts.get(id).relation(relation.number);
            if !relation.joined || before.is_some_and(|before| before.joined) {
                continue;
            }
            let is_new = before.is_none();
            let Some(held) = self.relations.get_mut(relation.number as usize) else {
                continue;
            };
            if is_new {
                let versions = self.organisations.versions_of(id);
                held.add_versions(versions);
                if let Some(touched) = &mut self.touched {
                    let versions = versions.iter().map(|version| self.versions.get(*version));
                    let reported = versions.filter(|version| version.position() == position);
                    let events = touched.relations.entry(relation.number).or_default();
                    events.extend(reported.map(|version| version.event));
                }
            }
            held.touch_otherwise(position);
            held.touch(Day::MIN, position);
            self.touched_at = self.touched_at.max(position);
        }
        self.acts.set_relations(id, extended);
    }

    /// Returns how an act affects a relation, as known at a position (now, without one); `None` if
    /// it does not.
    pub(super) fn affected(
        &self,
        number: u32,
        act: ActId,
        known: Option<Position>,
    ) -> Option<Affected> {
        let interned = self.acts.get(act);
        let relation = interned.relation(number)?;
        if !relation.joined {
            return Some(relation.affected);
        }
        // Of the members that the log tells of, those count that are known.
        let regime = |state| self.regime(state, known);
        affected_under(&interned.act, relation.affected.pair, &regime)
    }

    /// Notes the relations and regimes that a new, or else a replaced, version affects.
    pub(super) fn touch(
        &mut self,
        version: Option<u32>,
        position: Position,
        event: EventId,
        content: Content,
    ) {
        let act = self.acts.get(content.act);
        for ActRelation { number, .. } in &act.relations {
            if let Some(relation) = self.relations.get_mut(*number as usize) {
                self.touched_at = self.touched_at.max(position);
                match version {
                    Some(version) => relation.add_version(version, content.earliest, position),
                    None => {
                        relation.touch_otherwise(position);
                        relation.touch(content.earliest, position);
                    }
                }
            }
            if let Some(touched) = &mut self.touched {
                touched.relations.entry(*number).or_default().insert(event);
            }
        }
        let states = act.regime.as_ref().map(RegimeAct::states);
        for state in states.unwrap_or_default().to_vec() {
            if let Some(touched) = &mut self.touched {
                touched.regimes.insert((state, event));
            }
            self.unsettled.states.insert(state);
        }
    }

    /// Recomputes the regime of a state and marks every relation of the state as stale from the
    /// first day that differs.
    pub(super) fn update_regime(&mut self, position: Position, state: Party) {
        let regime = self.regime_at(state, None);
        let before = self.regimes.insert(state, Arc::clone(&regime));
        let before = before.unwrap_or_else(|| background::regime(state));
        let Some(from) = first_difference(&before, &regime) else {
            return;
        };
        for number in self.by_state.get(&state).into_iter().flatten() {
            if let Some(relation) = self.relations.get_mut(*number as usize) {
                self.touched_at = self.touched_at.max(position);
                relation.touch_otherwise(position);
                // What counts at all may depend on a membership, not only on its days.
                let from = if relation.by_joining { Day::MIN } else { from };
                relation.touch(from, position);
            }
        }
    }

    /// Returns the regime of a state, as known at a position (now, without one).
    pub(super) fn regime(&self, state: Party, known: Option<Position>) -> Arc<Regime> {
        match known.filter(|known| *known < self.head) {
            Some(known) => self.regime_at(state, Some(known)),
            None => {
                let regime = self.regimes.get(&state).cloned();
                regime.unwrap_or_else(|| background::regime(state))
            }
        }
    }

    /// Computes the regime of a state as known at a position (now, without one).
    pub(super) fn regime_at(&self, state: Party, known: Option<Position>) -> Arc<Regime> {
        if !self.regime_versions.contains_key(&state) {
            return background::regime(state);
        }
        Arc::new(self.regime_parts(state, known).into_regime())
    }

    /// Returns the parts of the regime of a state as known at a position (now, without one).
    pub(super) fn regime_parts(&self, state: Party, known: Option<Position>) -> RegimeParts {
        let known = known.unwrap_or(self.head);
        let mut parts = background::updates(state);
        for version in self.regime_versions.get(&state).into_iter().flatten() {
            if !self.versions.is_current(*version, known) {
                continue;
            }
            let version = self.versions.get(*version);
            let content = version.content();
            if let Some(act) = &self.acts.get(content.act).regime
                && self.changes_regimes_by(&content)
            {
                parts.add(act, version.event, (content.earliest, content.latest));
            }
        }
        parts
    }

    /// Returns the regimes of both states of a pair, as known at a position.
    pub(super) fn regimes_of(&self, pair: Pair, known: Option<Position>) -> [Arc<Regime>; 2] {
        [pair.a(), pair.b()].map(|state| self.regime(state, known))
    }
}

/// Returns how an act affects a pair, if an organisation acts for the states that are its members by
/// the background or by their regimes.
pub(super) fn affected_under(
    act: &Act,
    pair: Pair,
    regime: &dyn Fn(Party) -> Arc<Regime>,
) -> Option<Affected> {
    let ends = [pair.a(), pair.b()];
    let rivals = ends.into_iter().flat_map(Party::ever_rivals);
    let states: BTreeSet<Party> = ends.into_iter().chain(rivals).collect();
    let states: Vec<(Party, Arc<Regime>)> = states
        .into_iter()
        .map(|state| (state, regime(state)))
        .collect();
    let members = |organisation| {
        let is_member = |(state, regime): &&(Party, Arc<Regime>)| {
            background::was_member(*state, organisation)
                || regime.in_organisation(organisation).next().is_some()
        };
        let members = states.iter().filter(is_member);
        members.map(|(state, _)| *state).collect()
    };
    let ends = states.iter().map(|(state, _)| *state).collect();
    let affected = relations::affected_with(&*narrowed(act, &ends)?, &members);
    affected.into_iter().find(|affected| affected.pair == pair)
}

/// Returns an act with only those of its parties that are, or may act for, one of these states;
/// `None` if it affects no relation between them. Without it, each of the relations of an act with
/// many parties would cost as much as all of them.
fn narrowed<'a>(act: &'a Act, states: &BTreeSet<Party>) -> Option<Cow<'a, Act>> {
    let sides = [&act.actors, &act.recipients];
    if act.kind.is_threat() || act.kind == Kind::GroupDisbanded {
        return Some(Cow::Borrowed(act));
    }
    let may_act = |party: &Party| {
        let state = party.state();
        state.is_none_or(|state| states.contains(&state))
    };
    let [actors, recipients] =
        sides.map(|side| side.iter().copied().filter(may_act).collect::<Vec<Party>>());
    let is_mutual = act.recipients.is_empty();
    if is_mutual && act.actors.len() < 2 {
        return Some(Cow::Borrowed(act));
    }
    let affects = if is_mutual {
        actors.len() > 1
    } else {
        !actors.is_empty() && !recipients.is_empty()
    };
    affects.then(|| {
        Cow::Owned(Act {
            actors,
            recipients,
            ..act.clone()
        })
    })
}

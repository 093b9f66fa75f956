//! The model: it answers from all records, folded from nothing.

use super::belief::{Belief, Content};
use super::items::{Members, OwnedItem, membership, refusals};
use super::versions::{Version, Versions, memberships_by, states_of};
use detente_chronicle::{Point, Position, RelationChanges};
use detente_domain::background;
use detente_domain::day::Day;
use detente_domain::dimension::Dimension;
use detente_domain::event::EventId;
use detente_domain::fold::compare_points::{elapsed, learned};
use detente_domain::fold::why::{Context, ExclusionReason, Why};
use detente_domain::fold::{
    self, AffectedEvents, Difference, Folded, FoldedConduct, Item, Regime, Regimes, TickWindow,
};
use detente_domain::kind::Kind;
use detente_domain::party::Party;
use detente_domain::record::{Body, Record};
use detente_domain::relations::{Direction, Pair};
use detente_domain::rulebook::Rulebook;
use detente_domain::state::State;
use std::collections::BTreeSet;
use std::sync::Arc;

/// All records.
pub(crate) struct Naive {
    log: Vec<(Position, Record)>,
    pub(crate) rules: Arc<Rulebook>,
    pub(crate) versions: Versions,
}

/// The commits of an event, those who deny it, and the events that it is linked with.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Provenance {
    pub(crate) position: Position,
    pub(crate) settled: Position,
    pub(crate) denied_by: Vec<Party>,
    pub(crate) linked: Vec<EventId>,
}

impl Naive {
    pub(crate) fn new(commits: &[Vec<Record>], rules: Arc<Rulebook>) -> Self {
        let mut log = Vec::new();
        for (place, commit) in commits.iter().enumerate() {
            let position = Position(place as u64 + 1);
            log.extend(commit.iter().map(|record| (position, record.clone())));
        }
        let versions = Versions::new(&log, &rules);
        Self {
            log,
            rules,
            versions,
        }
    }

    /// Returns the number of records known at a position.
    fn known(&self, position: Position) -> usize {
        self.log.partition_point(|(held, _)| *held <= position)
    }

    fn belief(&self, position: Position) -> Belief<'_> {
        let known = &self.log[..self.known(position)];
        Belief::new(known.iter().map(|(_, record)| record), &self.rules)
    }

    /// Returns every relation that any version of any event has affected up to a position, also one
    /// that was corrected when it arrived.
    pub(crate) fn pairs(&self, position: Position) -> BTreeSet<Pair> {
        let known = self.known(position);
        let versions = self.versions.by_event.values().flatten();
        let versions = versions.filter(|version| version.from < known);
        let mut contents: Vec<Content> = versions.map(|version| version.content.clone()).collect();
        let belief = self.belief(position);
        for event in belief.events().filter_map(|event| belief.event(event)) {
            contents.push(Content {
                act: event.act.clone(),
                earliest: event.occurred.earliest(),
                latest: event.occurred.latest(),
                grade: event.report.grade,
                disputed: false,
                hidden: false,
            });
        }
        let mut ever = Members::default();
        for content in contents.iter().filter(|content| self.joins(content)) {
            for state in states_of(&content.act) {
                for (organisation, _) in memberships_by(&content.act, state) {
                    ever.0.insert((organisation, state));
                }
            }
        }
        let affected = contents
            .iter()
            .flat_map(|content| ever.affected(&content.act));
        affected.map(|affected| affected.pair).collect()
    }

    fn all_items(&self, position: Position) -> Vec<OwnedItem> {
        let (known, belief) = (self.known(position), self.belief(position));
        let events = self.versions.events();
        let item = |event| {
            let version = self.versions.at(event, known)?.clone();
            let exclusion = belief.exclusion(event);
            let denied = belief.denied(event, &version.content.act);
            Some(OwnedItem {
                event,
                version,
                exclusion,
                denied,
            })
        };
        events.filter_map(item).collect()
    }

    fn regimes(&self, pair: Pair, known: usize) -> [Regime; 2] {
        [pair.a(), pair.b()].map(|state| self.regime(state, known))
    }

    /// Returns the items of a relation, with the refusals of the background.
    fn items<'a>(&self, all: &'a [OwnedItem], pair: Pair, position: Position) -> Vec<Item<'a>> {
        let members = self.members(self.known(position));
        let counted = all.iter().filter(|one| one.exclusion.is_none());
        let items = counted.filter_map(|one| one.item(pair, &members));
        items.chain(refusals(pair)).collect()
    }

    fn fold(&self, pair: Pair, position: Position) -> Folded {
        let all = self.all_items(position);
        let items = self.items(&all, pair, position);
        let [a, b] = self.regimes(pair, self.known(position));
        fold::fold(
            pair,
            &items,
            &Regimes { a: &a, b: &b },
            &self.rules,
            None,
            Day::MAX,
        )
    }

    pub(crate) fn state(&self, pair: Pair, way: Direction, at: Day, position: Position) -> State {
        let folded = self.fold(pair, position);
        let regimes = self.regimes(pair, self.known(position));
        let mut state = self.conduct(&folded, &regimes, way).state(at);
        let belief = self.belief(position);
        for dispute in &mut state.disputes {
            dispute.denied_by = belief.denied_by(dispute.event);
        }
        state
    }

    pub(crate) fn why(
        &self,
        pair: Pair,
        direction: Direction,
        dimension: Dimension,
        at: Day,
        position: Position,
    ) -> Why {
        let all = self.all_items(position);
        let folded = self.fold(pair, position);
        let items = self.items(&all, pair, position);
        let members = self.members(self.known(position));
        let hidden: Vec<(Item<'_>, ExclusionReason)> = all
            .iter()
            .filter_map(|one| Some((one.item(pair, &members)?, one.exclusion?)))
            .collect();
        let regimes = self.regimes(pair, self.known(position));
        let implied = folded.recognition[direction.index()].implied_by(at);
        let implied = implied.into_iter().flatten();
        let joined: Vec<Item<'_>> = implied
            .filter_map(|event| membership(&all, event))
            .collect();
        let context = Context {
            conduct: self.conduct(&folded, &regimes, direction),
            items: &items,
            hidden: &hidden,
            joined: &joined,
            at,
        };
        fold::why(context, dimension)
    }

    /// Returns the provenance of an event; `None` if it is not known at a position.
    pub(crate) fn provenance(&self, event: EventId, position: Position) -> Option<Provenance> {
        let (known, belief) = (self.known(position), self.belief(position));
        if background::find(event).is_some() {
            return Some(Provenance::default());
        }
        let version = self.versions.at(event, known)?;
        let mut linked = BTreeSet::new();
        if belief.was_linked(event) {
            linked = belief.group(event);
            linked.remove(&event);
        }
        Some(Provenance {
            position: self.versions.by_event[&event][0].position,
            settled: version.position,
            denied_by: if version.content.disputed {
                belief.denied_by(event)
            } else {
                Vec::new()
            },
            linked: linked.into_iter().collect(),
        })
    }

    pub(crate) fn diff(
        &self,
        pair: Pair,
        direction: Direction,
        from: Point,
        to: Point,
    ) -> Vec<Difference> {
        let (was, is) = (self.known(from.known), self.known(to.known));
        let [before, after] = [from.known, to.known].map(|known| self.fold(pair, known));
        let (then, now) = (self.regimes(pair, was), self.regimes(pair, is));
        let mut differences = Vec::new();
        if from.known != to.known {
            let touched = self.changed_events(pair, was, is, (&then, &now));
            let before = self.conduct(&before, &then, direction);
            let after = self.conduct(&after, &now, direction);
            differences = learned(before, after, from.at, &touched);
        }
        let after = self.conduct(&after, &now, direction);
        differences.extend(elapsed(after, from.at, to.at));
        differences
    }

    fn conduct<'a>(
        &'a self,
        folded: &'a Folded,
        regimes: &'a [Regime; 2],
        direction: Direction,
    ) -> FoldedConduct<'a> {
        let [a, b] = regimes;
        FoldedConduct {
            folded,
            regimes: Regimes { a, b },
            rules: &self.rules,
            direction,
        }
    }

    /// Returns the events of a relation, or of the regimes of its states, whose versions differ.
    fn changed_events(
        &self,
        pair: Pair,
        was: usize,
        is: usize,
        (then, now): (&[Regime; 2], &[Regime; 2]),
    ) -> BTreeSet<EventId> {
        let governed = [pair.a(), pair.b()];
        let states: Vec<Party> = (0..2)
            .filter(|side| then[*side] != now[*side])
            .map(|side| governed[side])
            .collect();
        let members = self.members(was.max(is));
        let differs = |event: &EventId| {
            let versions = [was, is].map(|known| self.versions.at(*event, known));
            let [before, after] = versions.map(|version| version.map(|version| version.from));
            let concerns = |version: &&Version| {
                let changed = states_of(&version.content.act);
                members.affects(&version.content, pair)
                    || changed.iter().any(|state| states.contains(state))
            };
            before != after && versions.iter().flatten().any(concerns)
        };
        self.versions.events().filter(differs).collect()
    }

    /// Returns the relations that a commit changed.
    pub(crate) fn changes(&self, position: Position) -> Vec<RelationChanges> {
        let earlier = Position(position.0 - 1);
        let ticks = TickWindow {
            before: self.ticked(earlier),
            now: self.ticked(position),
        };
        let mut relations = Vec::new();
        for pair in self.pairs(position) {
            let (old, new) = (self.fold(pair, earlier), self.fold(pair, position));
            let touched = self.touched(pair, earlier, position);
            let reported: Vec<EventId> = touched
                .iter()
                .copied()
                .filter(|event| self.versions.by_event[event][0].position == position)
                .collect();
            let touched: Vec<EventId> = touched.into_iter().collect();
            let events = AffectedEvents {
                reported: &reported,
                touched: &touched,
            };
            let changes = fold::changes(pair, &old, &new, ticks, events);
            if !changes.is_empty() {
                relations.push(RelationChanges { pair, changes });
            }
        }
        relations
    }

    /// Returns the events whose content or deniers a commit changed, in a relation or in the
    /// regimes of its states.
    fn touched(&self, pair: Pair, earlier: Position, position: Position) -> BTreeSet<EventId> {
        let known = [earlier, position].map(|known| self.known(known));
        let beliefs = [earlier, position].map(|known| self.belief(known));
        let content = |event, known| {
            let content = &self.versions.at(event, known)?.content;
            (!content.hidden).then_some(content)
        };
        let regimes = known.map(|known| self.regimes(pair, known));
        let members = known.map(|known| self.members(known));
        let states = [pair.a(), pair.b()].into_iter().enumerate();
        let changed = states.filter(|(side, _)| regimes[0][*side] != regimes[1][*side]);
        let changed: Vec<Party> = changed.map(|(_, state)| state).collect();
        let changes_regime = |content: &Content| {
            let states = states_of(&content.act);
            let is_membership = content.act.kind != Kind::AuthorityChanged;
            states.iter().any(|state| changed.contains(state))
                && (!is_membership || self.changes_memberships(content))
        };
        let is_effective = |event: &EventId| {
            let contents = known.map(|known| content(*event, known));
            let is_denied = |content: &&Content| content.disputed;
            let denials_differ = contents[1].filter(is_denied).is_some_and(|content| {
                let [before, after] = beliefs.each_ref().map(|belief| {
                    let denied = belief.denied(*event, &content.act);
                    (belief.denied_by(*event), denied)
                });
                before != after
            });
            let differs = contents[0] != contents[1] || denials_differ;
            let concerned = [0, 1].into_iter().any(|one| {
                contents[one].is_some_and(|content| members[one].affects(content, pair))
            });
            differs && (concerned || contents.into_iter().flatten().any(changes_regime))
        };
        self.versions.events().filter(is_effective).collect()
    }

    /// Returns the last day that ticks had reached.
    fn ticked(&self, position: Position) -> Option<Day> {
        let known = self.log[..self.known(position)].iter();
        let days = known.filter_map(|(_, record)| match record.body {
            Body::Tick { day } => Some(day),
            _ => None,
        });
        days.max()
    }
}

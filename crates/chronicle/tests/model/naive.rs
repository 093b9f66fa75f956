//! The model: answers from all records, folded from nothing.

use crate::belief::Belief;
use crate::versions::{Version, Versions, taken_over, touches};
use detente_chronicle::difference::Way;
use detente_chronicle::why::{Account, Telling};
use detente_chronicle::{Moved, Position};
use detente_domain::day::Day;
use detente_domain::dimension::Dimension;
use detente_domain::event::{Act, EventId};
use detente_domain::fold::difference::{elapsed, learned};
use detente_domain::fold::regime::Takeover;
use detente_domain::fold::why::{Asked, Because, Ground, Why};
use detente_domain::fold::{self, Concerned, Difference, Folded, Item, Regime, Regimes, Told};
use detente_domain::party::Party;
use detente_domain::record::{Body, Record};
use detente_domain::routes::{self, Direction, Pair};
use detente_domain::rulebook::Rulebook;
use detente_domain::state::State;
use std::collections::BTreeSet;
use std::sync::Arc;

/// All that was ever recorded.
pub(crate) struct Naive {
    log: Vec<(Position, Record)>,
    rules: Arc<Rulebook>,
    versions: Versions,
}

/// An item of a fold, with the act that it points at.
struct Part {
    event: EventId,
    version: Version,
    because: Option<Because>,
}

impl Naive {
    pub(crate) fn new(commits: &[Vec<Record>], rules: Arc<Rulebook>) -> Self {
        let mut log = Vec::new();
        for (place, commit) in commits.iter().enumerate() {
            let position = Position(place as u64 + 1);
            log.extend(commit.iter().map(|record| (position, record.clone())));
        }
        let versions = Versions::of(&log, &rules);
        Self {
            log,
            rules,
            versions,
        }
    }

    /// How many records were known at a position.
    fn known(&self, position: Position) -> usize {
        self.log.partition_point(|(held, _)| *held <= position)
    }

    fn belief(&self, position: Position) -> Belief<'_> {
        let known = &self.log[..self.known(position)];
        Belief::of(known.iter().map(|(_, record)| record), &self.rules)
    }

    /// Every relation that any version of any event touches.
    pub(crate) fn pairs(&self) -> BTreeSet<Pair> {
        let versions = self.versions.by_event.values().flatten();
        versions
            .flat_map(|version| routes::touches(&version.content.act))
            .map(|touch| touch.pair)
            .collect()
    }

    fn parts(&self, position: Position) -> Vec<Part> {
        let (known, belief) = (self.known(position), self.belief(position));
        let events = self.versions.events();
        let part = |event| {
            let version = self.versions.at(event, known)?.clone();
            let because = belief.silence(event);
            Some(Part {
                event,
                version,
                because,
            })
        };
        events.filter_map(part).collect()
    }

    fn regime(&self, state: Party, known: usize) -> Regime {
        let takeover = |event| {
            let content = &self.versions.at(event, known)?.content;
            let (of, authority) = taken_over(content)?;
            let day = content.earliest;
            let counts = of == state && !content.silent;
            counts.then_some(Takeover {
                day,
                event,
                authority,
            })
        };
        Regime::new(self.versions.events().filter_map(takeover).collect())
    }

    fn regimes(&self, pair: Pair, known: usize) -> [Regime; 2] {
        [pair.a(), pair.b()].map(|state| self.regime(state, known))
    }

    fn fold(&self, pair: Pair, position: Position) -> Folded {
        let parts = self.parts(position);
        let told = parts.iter().filter(|part| part.because.is_none());
        let items: Vec<Item<'_>> = told.filter_map(|part| part.item(pair)).collect();
        let [a, b] = self.regimes(pair, self.known(position));
        fold::fold(pair, &items, &Regimes { a: &a, b: &b }, &self.rules, None)
    }

    pub(crate) fn state(&self, pair: Pair, way: Direction, at: Day, position: Position) -> State {
        let folded = self.fold(pair, position);
        let [a, b] = self.regimes(pair, self.known(position));
        let mut state = fold::state(&folded, way, at, &Regimes { a: &a, b: &b }, &self.rules);
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
    ) -> Account {
        let parts = self.parts(position);
        let (known, belief) = (self.known(position), self.belief(position));
        let folded = self.fold(pair, position);
        let told = parts.iter().filter(|part| part.because.is_none());
        let items: Vec<Item<'_>> = told.filter_map(|part| part.item(pair)).collect();
        let hidden: Vec<(Item<'_>, Because)> = parts
            .iter()
            .filter_map(|part| Some((part.item(pair)?, part.because?)))
            .collect();
        let [a, b] = self.regimes(pair, known);
        let asked = Asked {
            folded: &folded,
            items: &items,
            hidden: &hidden,
            regimes: Regimes { a: &a, b: &b },
            rules: &self.rules,
            direction,
            at,
        };
        let why = fold::why(asked, dimension);
        let tellings = cited(&why)
            .into_iter()
            .filter_map(|event| Some((event, self.telling(event, known, &belief)?)))
            .collect();
        Account { why, tellings }
    }

    fn telling(&self, event: EventId, known: usize, belief: &Belief<'_>) -> Option<Telling> {
        let version = self.versions.at(event, known)?;
        let mut linked = BTreeSet::new();
        if belief.was_linked(event) {
            linked = belief.group(event);
            linked.remove(&event);
        }
        Some(Telling {
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

    pub(crate) fn diff(&self, pair: Pair, direction: Direction, way: Way) -> Vec<Difference> {
        let (was, is) = (self.known(way.from.known), self.known(way.to.known));
        let [before, after] = [way.from.known, way.to.known].map(|known| self.fold(pair, known));
        let (then, now) = (self.regimes(pair, was), self.regimes(pair, is));
        let mut differences = Vec::new();
        if way.from.known != way.to.known {
            let touched = self.reread(pair, was, is, (&then, &now));
            let before = self.held(&before, &then, direction);
            let after = self.held(&after, &now, direction);
            differences = learned(before, after, way.from.at, &touched);
        }
        let after = self.held(&after, &now, direction);
        differences.extend(elapsed(after, way.from.at, way.to.at));
        differences
    }

    fn held<'a>(
        &'a self,
        folded: &'a Folded,
        regimes: &'a [Regime; 2],
        direction: Direction,
    ) -> fold::Belief<'a> {
        let [a, b] = regimes;
        fold::Belief {
            folded,
            regimes: Regimes { a, b },
            rules: &self.rules,
            direction,
        }
    }

    /// The events that were taken for something else, of a relation or of who governs in it.
    fn reread(
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
        let differs = |event: &EventId| {
            let versions = [was, is].map(|known| self.versions.at(*event, known));
            let [before, after] = versions.map(|version| version.map(|version| version.from));
            let concerns = |version: &&Version| {
                let taken = taken_over(&version.content);
                touches(&version.content, pair)
                    || taken.is_some_and(|(state, _)| states.contains(&state))
            };
            before != after && versions.iter().flatten().any(concerns)
        };
        self.versions.events().filter(differs).collect()
    }

    /// What a commit changed: the relations with changes only.
    pub(crate) fn moved(&self, position: Position) -> Vec<Moved> {
        let earlier = Position(position.0 - 1);
        let told = Told {
            before: self.ticked(earlier),
            now: self.ticked(position),
        };
        let mut moved = Vec::new();
        for pair in self.pairs() {
            let (old, new) = (self.fold(pair, earlier), self.fold(pair, position));
            let touched = self.touched(pair, earlier, position);
            let reported: Vec<EventId> = touched
                .iter()
                .copied()
                .filter(|event| self.versions.by_event[event][0].position == position)
                .collect();
            let touched: Vec<EventId> = touched.into_iter().collect();
            let events = Concerned {
                reported: &reported,
                touched: &touched,
            };
            let changes = fold::diff(pair, &old, &new, told, events);
            if !changes.is_empty() {
                moved.push(Moved { pair, changes });
            }
        }
        moved
    }

    /// The events of which a commit was news to a relation: they tell something else of it, or of
    /// who governs in it, or are denied by others.
    fn touched(&self, pair: Pair, earlier: Position, position: Position) -> BTreeSet<EventId> {
        let known = [earlier, position].map(|known| self.known(known));
        let beliefs = [earlier, position].map(|known| self.belief(known));
        let tells = |event, known| {
            let content = &self.versions.at(event, known)?.content;
            (!content.silent).then_some(content)
        };
        let regimes = known.map(|known| self.regimes(pair, known));
        let places = |event, one: usize| -> Vec<Takeover> {
            let takeovers = regimes[one].iter().flat_map(Regime::takeovers);
            takeovers
                .filter(|held| held.event == event)
                .copied()
                .collect()
        };
        let is_news = |event: &EventId| {
            let told = known.map(|known| tells(*event, known));
            let [before, after] = [0, 1].map(|one| beliefs[one].denied_by(*event));
            let disputed = told[1].is_some_and(|told| told.disputed);
            let differs = told[0] != told[1] || disputed && before != after;
            let concerned = told.iter().flatten().any(|told| touches(told, pair));
            differs && (concerned || places(*event, 0) != places(*event, 1))
        };
        self.versions.events().filter(is_news).collect()
    }

    /// The last day that ticks had reached.
    fn ticked(&self, position: Position) -> Option<Day> {
        let known = self.log[..self.known(position)].iter();
        let days = known.filter_map(|(_, record)| match record.body {
            Body::Tick { day } => Some(day),
            _ => None,
        });
        days.max()
    }
}

impl Part {
    fn item(&self, pair: Pair) -> Option<Item<'_>> {
        let content = &self.version.content;
        let act: &Act = &content.act;
        let touch = routes::touches(act)
            .into_iter()
            .find(|touch| touch.pair == pair)?;
        Some(Item {
            event: self.event,
            act,
            earliest: content.earliest,
            latest: content.latest,
            grade: content.grade,
            disputed: content.disputed,
            ways: touch.ways,
        })
    }
}

/// Every event that reasons cite.
fn cited(why: &Why) -> BTreeSet<EventId> {
    let mut cited: BTreeSet<EventId> = why.uncounted.iter().map(|one| one.cited.event).collect();
    match &why.ground {
        Ground::Weighed(weighing) => {
            cited.extend(weighing.shares.iter().map(|share| share.cited.event));
        }
        Ground::Ladder(ladder) => {
            cited.extend(ladder.stones.iter().map(|stone| stone.cited.event));
        }
        Ground::Blend(blend) => cited.extend(blend.parts.iter().filter_map(|part| part.above_all)),
    }
    cited
}

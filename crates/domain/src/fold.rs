//! The fold: from the events of one relation to the values that hold on every day.
//!
//! [`fold`] takes the effective events of a relation, in any order, and returns [`Folded`]: the
//! timelines of all dimensions and register entries, and the sums from which the state of any day
//! is read. It cannot fail, reads no clock, and its result depends only on the set of events.
//!
//! Of all events those are in force that count for the states (`in_force`). They become register
//! entries ([`registers`]) and weights with dates ([`term`], [`terms`]). Entries put limits on
//! levels ([`band`]); weights become sums ([`sums`]; `bounds` bounds them from day to day), sums
//! become an index and, within the limits, a level ([`index`], [`crossings`]).
//! The ladders are in [`recognition`] and [`representation`], the pool of the dimensions in
//! [`posture`]; `levels` computes the levels of a conduct. [`advance()`] adds events to a
//! fold. [`read`] reads a day, [`evidence`] ranks its evidence,
//! and [`why()`] explains it. [`mod@changes`] compares the folds before and after a commit,
//! [`compare_points`] two points in time, and [`mod@compare`] two rulebooks.

pub mod band;
pub mod changes;
pub mod compare;
pub mod compare_points;
pub mod crossings;
pub mod evidence;
pub mod index;
pub mod posture;
pub mod read;
pub mod recognition;
pub mod regime;
pub mod registers;
pub mod representation;
pub mod silence;
pub mod sums;
pub mod term;
pub mod terms;
pub mod why;

mod advance;
mod bounds;
mod dedup;
mod in_force;
mod lean;
mod levels;
mod life;
mod memory;
mod structure;
mod timeline;

use crate::day::Day;
use crate::dimension::{Dimension, Weighed};
use crate::event::{Act, EventId};
use crate::grade::Grade;
use crate::party::Party;
use crate::relations::{DirectedAct, Direction, Pair};
use crate::rulebook::Rulebook;
use crate::state::Subject;
use levels::{Levels, pool};
use std::collections::BTreeMap;
use structure::{Structure, is_structural};

pub use advance::{Advanced, advance};
pub use changes::{AffectedEvents, TickWindow, advanced_changes, changes, lapsed};
pub use compare::{RulebookDifference, compare};
pub use compare_points::{Difference, PointValue};
pub use lean::Lean;
pub use read::FoldedConduct;
pub use regime::{Regime, Regimes};
pub use timeline::{Step, Timeline};
pub use why::why;

/// The version of the rules of the fold, part of a projection's name. It is raised whenever the
/// same events give another result.
pub const VERSION: u32 = 6;

/// An effective event, as seen by one relation.
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    /// The id of the event.
    pub event: EventId,
    /// Its kind, parties and details.
    pub act: &'a Act,
    /// The first day of its date.
    pub earliest: Day,
    /// The last day of its date.
    pub latest: Day,
    /// The grade that counts.
    pub grade: Grade,
    /// True if it is disputed.
    pub disputed: bool,
    /// The part of its weight that denials take away, in thousandths.
    pub denied: u32,
    /// The act in each direction of the pair.
    pub directed: [Option<DirectedAct>; 2],
    /// Set if it recognises, in a direction of the pair, an exclusive rival of the object.
    pub rival: Option<(Direction, DirectedAct)>,
}

/// The sums of a weighed dimension of one conduct.
#[derive(Clone, Debug, Default)]
pub struct DimensionSums {
    /// The weights, in order of days.
    pub terms: Vec<term::Term>,
    /// The weights, arranged for the sums of any day.
    pub table: sums::MassTable,
    /// The days between which every weight only fades.
    pub breaks: Vec<Day>,
    /// The weights, arranged for finding the evidence of a day.
    pub evidence: evidence::Evidence,
    /// The first day of evidence by people, or of a limit; `None` without any.
    pub known: Option<Day>,
    /// The first days of the machine-coded rows, in order.
    pub leads: Vec<Day>,
    /// True if an armed group ended, also before any threat is known.
    pub groups_end: bool,
    /// The events by which armed groups ended, in order of days; only for threat.
    pub disbanded: Vec<(Day, EventId)>,
    /// The spans on which the level of the sums may rise, or threat fall to none, in order: the
    /// first day, and the first day after them. On other days it does not, but under a floor.
    pub released: Vec<(Day, Day)>,
    /// The spans without recent evidence by people.
    pub silence: silence::Silence,
}

/// The sums of all dimensions, by [`Direction::index`] and [`Weighed::index`].
pub type Dimensions = [[Lean<DimensionSums>; 6]; 2];

/// A folded relation.
#[derive(Clone, Debug)]
pub struct Folded {
    /// The relation.
    pub pair: Pair,
    /// The timelines of all subjects. They include the future: readers cut them at their day.
    pub timelines: BTreeMap<Subject, Timeline>,
    /// The sums.
    pub sums: Dimensions,
    /// The spans without recent evidence for the posture, by [`Direction::index`].
    pub silence: [silence::Silence; 2],
    /// The limits of levels, by [`Direction::index`], then as in [`crate::rulebook::Limits`].
    pub bands: band::Bands,
    /// The last day up to which the levels of sums are computed; [`Day::MAX`] for all days.
    pub until: Day,
    /// The register entries, by key.
    pub entries: registers::Entries,
    /// The evidence of recognition, by direction.
    pub recognition: [recognition::LadderState; 2],
    /// The ids of the items in force, and whether they are disputed: in order of effect, then those
    /// added by [`advance()`].
    pub events: Vec<(EventId, bool)>,
    /// The places, in order of effect and among `events`, of those that do more than weigh.
    structural: Vec<(in_force::Order, usize)>,
    /// True if whether a removal from a list is in force depends on what else is.
    pub has_late_end: bool,
    /// The places, among `events`, of the machine-coded rows that count, by day: of several of one
    /// day and code, one does.
    pub coded: BTreeMap<Day, Vec<usize>>,
    /// The disputed events: id, actors, earliest day.
    pub disputed: Vec<(EventId, Vec<Party>, Day)>,
}

/// An earlier fold of the same relation that differs only by events from a day on.
#[derive(Clone, Copy, Debug)]
pub struct Resume<'a> {
    /// The earlier fold.
    pub folded: &'a Folded,
    /// The first day on which an added, removed or changed event takes effect.
    pub from: Day,
}

/// Folds a relation. With `resume`, steps before its day are copied, not computed again. The levels
/// of sums are computed up to a day alone: most of the cost of a fold is their future, until all
/// evidence has faded.
#[must_use]
pub fn fold(
    pair: Pair,
    items: &[Item<'_>],
    regimes: &Regimes<'_>,
    rules: &Rulebook,
    resume: Option<Resume<'_>>,
    until: Day,
) -> Folded {
    let has_late_end = in_force::has_late_end(items, regimes);
    let items = in_force::in_force(items, regimes, rules);
    let structural = items.iter().enumerate();
    let structural = structural.filter(|(_, item)| is_structural(item, rules));
    let (structural, own): (Vec<usize>, Vec<Item<'_>>) =
        structural.map(|(place, item)| (place, *item)).unzip();
    let Structure { entries, bands } = structure::build(pair, (&own, &structural), regimes, rules);
    let mut timelines = registers::timelines(&entries);
    let dedup = dedup::DailyDedup::new(&items, rules);
    let sums = terms::build(pair, (&items, &dedup), &bands, regimes, rules);
    let silence = Direction::BOTH.map(|direction| pool(&sums, &bands, direction, rules).silence());
    let events: Vec<(EventId, bool)> = items
        .iter()
        .map(|item| (item.event, item.disputed))
        .collect();
    let mut recognition: [recognition::LadderState; 2] = Default::default();
    for direction in Direction::BOTH {
        let earlier = |dimension| {
            let resume = resume?;
            let from = resume.from.min(resume.folded.until.next());
            Some((resume.folded.conduct(direction, dimension)?.clone(), from))
        };
        let levels = Levels {
            pool: pool(&sums, &bands, direction, rules),
            silence: &silence[direction.index()],
            events: &events,
            until,
        };
        for (dimension, timeline) in levels.timelines(&Weighed::ALL, earlier) {
            // Of a level that begins later, only the day of the last event is known.
            if timeline.last_event.is_some() || !timeline.steps.is_empty() {
                timelines.insert(Subject::Conduct(direction, dimension), timeline);
            }
        }
        let mut add = |dimension, timeline: Timeline| {
            if !timeline.steps.is_empty() {
                timelines.insert(Subject::Conduct(direction, dimension), timeline);
            }
        };
        let ladder = recognition::ladder(pair, &items, direction, regimes, rules);
        let [rungs, statements] = ladder.timelines();
        add(Dimension::Recognition, rungs);
        add(Dimension::Declared, statements);
        recognition[direction.index()] = ladder;
        let accepted = representation::timeline(pair, direction, &entries, regimes);
        add(Dimension::Representation, accepted);
    }
    life::cut(pair, &mut timelines);
    let disputed = items.iter().filter(|item| item.disputed);
    let disputed = disputed.map(|item| (item.event, item.act.actors.clone(), item.earliest));
    let mut folded = Folded {
        pair,
        timelines,
        sums,
        silence,
        bands,
        until,
        entries,
        recognition,
        events,
        structural: structure::in_order((&own, &structural), rules),
        has_late_end,
        coded: dedup.by_day(),
        disputed: disputed.collect(),
    };
    folded.shrink();
    folded
}

/// Returns events in order of their ids, or days in order, each once.
fn sorted<T: Ord>(values: impl Iterator<Item = T>) -> Vec<T> {
    let mut values: Vec<T> = values.collect();
    values.sort_unstable();
    values.dedup();
    values
}

impl Item<'_> {
    /// Returns the organisation through which it counts in a direction.
    fn via(&self, direction: Direction) -> Option<Party> {
        let act = self.directed[direction.index()]?;
        act.via.map(|via| via.organisation)
    }

    /// Returns true if it acts in a direction.
    fn acts(&self, direction: Direction) -> bool {
        self.directed[direction.index()].is_some()
    }

    /// Returns true if it acts in a direction itself, and not through an organisation.
    fn acts_itself(&self, direction: Direction) -> bool {
        let act = self.directed[direction.index()];
        act.is_some_and(|act| act.via.is_none())
    }

    /// Returns true if it acts itself in either direction.
    fn is_own(&self) -> bool {
        Direction::BOTH
            .into_iter()
            .any(|direction| self.acts_itself(direction))
    }

    /// Iterates over the directions in which it acts.
    fn directions(&self) -> impl Iterator<Item = Direction> {
        Direction::BOTH
            .into_iter()
            .filter(|direction| self.acts(*direction))
    }

    /// The direction of the act that counts for a conduct: its own, or else the reverse.
    fn acting(&self, direction: Direction) -> Direction {
        if self.acts(direction) {
            direction
        } else {
            direction.reverse()
        }
    }
}

impl Folded {
    /// The event of an item, and whether it is disputed.
    fn event(&self, item: u32) -> Option<(EventId, bool)> {
        self.events.get(item as usize).copied()
    }

    /// The timeline of a dimension of a conduct.
    #[must_use]
    pub fn conduct(&self, direction: Direction, dimension: Dimension) -> Option<&Timeline> {
        self.timelines.get(&Subject::Conduct(direction, dimension))
    }
}

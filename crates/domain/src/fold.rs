//! The fold: from the events of one relation to what holds on every day.
//!
//! [`fold`] takes the effective events of a relation, in any order, and gives [`Folded`]: the
//! step timeline of every dimension and register entry, and the sums from which the state of any
//! day is read. It cannot fail, reads no clock, and its result depends on the set of events alone.
//!
//! How it goes: events become register entries ([`registers`]) and weights with dates ([`terms`]),
//! weights become sums of any day ([`mass`]; `roll` bounds them from day to day), sums an index
//! with a level ([`index`], [`walk`]); ladders are climbed in [`recognition`] and
//! [`representation`]; the blend is in [`posture`]; a day is read in [`read`], what it rests on in
//! [`evidence`]; what a commit changed is in [`mod@diff`], and where two rulebooks read the same
//! events differently in [`mod@compare`].

use crate::day::Day;
use crate::dimension::{Dimension, Weighed};
use crate::event::{Act, EventId};
use crate::grade::Grade;
use crate::party::Party;
use crate::routes::{Direction, Pair, Way};
use crate::rulebook::Rulebook;
use crate::state::{Held, Subject};
use roll::Course;
use std::collections::BTreeMap;

pub mod compare;
pub mod diff;
pub mod difference;
pub mod evidence;
pub mod index;
pub mod mass;
pub mod posture;
pub mod read;
pub mod recognition;
pub mod regime;
pub mod registers;
pub mod representation;
mod roll;
pub mod terms;
pub mod walk;
pub mod why;

pub use compare::{Span, compare};
pub use diff::{Concerned, Told, diff};
pub use difference::{Belief, Difference, Standing};
pub use read::state;
pub use regime::{Regime, Regimes};
pub use why::why;

/// The version of the laws in this module; part of a projection's name. Raise it when the same
/// events come to anything else than before.
pub const VERSION: u32 = 2;

/// An effective event, as one relation sees it.
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    /// Its id.
    pub event: EventId,
    /// Who did what to whom.
    pub act: &'a Act,
    /// The first day on which it may have been so.
    pub earliest: Day,
    /// The last.
    pub latest: Day,
    /// The grade of its best-weighted report.
    pub grade: Grade,
    /// Somebody denies or contradicts it.
    pub disputed: bool,
    /// The act in each direction of the pair.
    pub ways: [Option<Way>; 2],
}

/// A step of a timeline: from `day` on, `held`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The valid day.
    pub day: Day,
    /// What holds from then on; `None` is unknown.
    pub held: Option<Held>,
    /// The events that take effect on that day and move it; empty where time alone does.
    pub causes: Vec<EventId>,
}

/// The steps of one subject, in order of days, no two alike in a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeline {
    /// The steps.
    pub steps: Vec<Step>,
    /// The last day on which an event of the subject takes effect.
    pub last_event: Option<Day>,
}

impl Timeline {
    /// The step that holds on a day.
    #[must_use]
    pub fn at(&self, day: Day) -> Option<&Step> {
        let after = self.steps.partition_point(|step| step.day <= day);
        after.checked_sub(1).and_then(|place| self.steps.get(place))
    }

    /// What holds on a day; `None` is unknown.
    #[must_use]
    pub fn held(&self, day: Day) -> Option<Held> {
        self.at(day).and_then(|step| step.held)
    }

    /// Adds a step unless it holds what the last one holds.
    pub(crate) fn push(&mut self, day: Day, held: Option<Held>, causes: Vec<EventId>) {
        let before = self.steps.last().and_then(|step| step.held);
        if before != held {
            self.steps.push(Step { day, held, causes });
        }
    }

    /// Notes that an event takes effect on a day.
    pub(crate) fn note(&mut self, day: Day) {
        self.last_event = self.last_event.max(Some(day));
    }
}

/// What a weighed dimension of one conduct comes to.
#[derive(Clone, Debug, Default)]
pub struct Sum {
    /// The weights.
    pub terms: Vec<terms::Term>,
    /// The sums of any day.
    pub mass: mass::Mass,
    /// The days between which every weight only fades.
    pub breaks: Vec<Day>,
    /// The weights in order to be found.
    pub evidence: evidence::Evidence,
    /// What closes or replaces a weight: the day and the place of the item, in their order.
    pub ended: Vec<(Day, u32)>,
    /// The changes of authority that restart what is felt.
    pub restarts: Vec<regime::Takeover>,
}

/// A folded relation.
#[derive(Clone, Debug)]
pub struct Folded {
    /// The relation.
    pub pair: Pair,
    /// Every subject's timeline, reaching beyond any present: readers cut it at their day.
    pub timelines: BTreeMap<Subject, Timeline>,
    /// By [`Direction::index`] and [`Weighed::index`].
    pub sums: [[Sum; 6]; 2],
    /// Register entries by key.
    pub entries: registers::Entries,
    /// What recognition rests on, by direction.
    pub recognition: [recognition::Climb; 2],
    /// The ids of the items folded, and whether they are disputed, in order of items.
    pub events: Vec<(EventId, bool)>,
    /// Disputed events: place among the items, the actors, the earliest day.
    pub disputed: Vec<(EventId, Vec<Party>, Day)>,
}

impl Folded {
    /// The sum of a dimension in a direction.
    #[must_use]
    pub fn sum(&self, direction: Direction, weighed: Weighed) -> &Sum {
        &self.sums[direction.index()][weighed.index()]
    }

    /// The timeline of a conduct's dimension.
    #[must_use]
    pub fn conduct(&self, direction: Direction, dimension: Dimension) -> Option<&Timeline> {
        self.timelines.get(&Subject::Conduct(direction, dimension))
    }
}

/// An earlier fold of the same relation that differs only by events from a day on.
#[derive(Clone, Copy, Debug)]
pub struct Resume<'a> {
    /// The earlier fold.
    pub folded: &'a Folded,
    /// The first day on which any event that came, went or changed takes effect.
    pub from: Day,
}

/// Folds a relation. With `resume`, steps before its day are taken over, not computed again.
#[must_use]
pub fn fold(
    pair: Pair,
    items: &[Item<'_>],
    regimes: &Regimes<'_>,
    rules: &Rulebook,
    resume: Option<Resume<'_>>,
) -> Folded {
    let items = regime::in_force(items, regimes);
    let entries = registers::build(pair, &items, rules);
    let mut timelines = registers::timelines(&entries, &items);
    let sums = terms::build(&items, &entries, regimes, rules);
    let mut climbs: [recognition::Climb; 2] = Default::default();
    for direction in Direction::BOTH {
        let of = |dimension| Subject::Conduct(direction, dimension);
        let own = &sums[direction.index()];
        let courses = Weighed::ALL.map(|weighed| {
            let mass = &own[weighed.index()].mass;
            Course::new(mass, &rules.dimension(weighed).decay)
        });
        for weighed in Weighed::ALL {
            let (sum, course) = (&own[weighed.index()], &courses[weighed.index()]);
            let earlier = resume.and_then(|resume| {
                let timeline = resume
                    .folded
                    .conduct(direction, Dimension::Weighed(weighed))?;
                Some((timeline, resume.from))
            });
            let timeline = walk::levels(sum, course, weighed, rules, earlier, &items);
            if !timeline.steps.is_empty() {
                timelines.insert(of(Dimension::Weighed(weighed)), timeline);
            }
        }
        let climb = recognition::climb(pair, &items, direction, regimes, rules);
        timelines.extend(climb.timelines(direction));
        climbs[direction.index()] = climb;
        let accepted = representation::timeline(pair, direction, &entries, &items, regimes);
        if !accepted.steps.is_empty() {
            timelines.insert(of(Dimension::Representation), accepted);
        }
        let earlier = resume.and_then(|resume| {
            Some((
                resume.folded.conduct(direction, Dimension::Posture)?,
                resume.from,
            ))
        });
        let blend = posture::timeline(own, &courses, rules, earlier, &items);
        if !blend.steps.is_empty() {
            timelines.insert(of(Dimension::Posture), blend);
        }
    }
    let disputed = items.iter().filter(|item| item.disputed);
    Folded {
        pair,
        timelines,
        sums,
        entries,
        recognition: climbs,
        events: items
            .iter()
            .map(|item| (item.event, item.disputed))
            .collect(),
        disputed: disputed
            .map(|item| (item.event, item.act.actors.clone(), item.earliest))
            .collect(),
    }
}

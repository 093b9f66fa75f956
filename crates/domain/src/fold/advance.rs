//! Advancing a fold: events that only weigh are added in place.
//!
//! Nearly every report tells of such an event. Its weights are added to the sums of their days, and
//! the levels are judged again from the first of those days on. The result is that of a fold of all
//! events.

use super::levels::{Levels, pool};
use super::regime::Regimes;
use super::term::Term;
use super::{Folded, Item, Timeline, in_force, life, posture, terms};
use crate::day::Day;
use crate::dimension::Weighed;
use crate::kind::DurationClass;
use crate::relations::Direction;
use crate::rulebook::Rulebook;
use crate::state::Subject;
use std::collections::BTreeMap;

/// The timelines that changed when a fold was advanced.
#[derive(Clone, Debug)]
pub struct Advanced {
    /// The first day on which any may differ.
    pub from: Day,
    /// The timelines as they were from that day on, with the step that held before it.
    pub before: BTreeMap<Subject, Timeline>,
}

/// Adds items to a fold; none of them is in it, and regimes and all other items are as they were.
///
/// Returns `None` if an item does more than weigh: it is then to be folded anew. Its timelines are
/// as they were; its sums are not to be used.
pub fn advance(
    folded: &mut Folded,
    items: &[Item<'_>],
    regimes: &Regimes<'_>,
    rules: &Rulebook,
) -> Option<Advanced> {
    let only_weigh = items.iter().all(|item| only_weighs(item, rules));
    if !only_weigh || life::of(folded.pair).end != Day::MAX {
        return None;
    }
    let mut first = [[None; 6]; 2];
    for item in in_force::in_force(items, regimes, rules) {
        add(folded, &item, (regimes, rules), &mut first)?;
    }
    let mut before = BTreeMap::new();
    let from = first.as_flattened().iter().flatten().min();
    let Some(from) = from.copied() else {
        return Some(Advanced {
            from: Day::MAX,
            before,
        });
    };
    for direction in Direction::BOTH {
        let moved = Weighed::ALL.into_iter().zip(first[direction.index()]);
        let moved = moved.filter_map(|(weighed, first)| first.map(|_| weighed));
        let moved: Vec<Weighed> = moved.collect();
        if !moved.is_empty() {
            judge(folded, (direction, &moved), (from, rules), &mut before);
        }
    }
    Some(Advanced { from, before })
}

/// Returns true if an item neither opens, changes nor closes anything, nor limits a level.
fn only_weighs(item: &Item<'_>, rules: &Rulebook) -> bool {
    let kind = item.act.kind;
    let limits = kind.class() != DurationClass::Standing
        && rules.moves_ladders(item.grade)
        && rules.kind(kind).rule(&item.act.details).limits();
    kind.register().is_none() && item.rival.is_none() && !item.disputed && !limits
}

/// Adds an item to the sums and ladders, and notes the first day that changes in each dimension.
fn add(
    folded: &mut Folded,
    item: &Item<'_>,
    (regimes, rules): (&Regimes<'_>, &Rulebook),
    first: &mut [[Option<Day>; 6]; 2],
) -> Option<()> {
    let place = folded.events.len();
    folded.events.push((item.event, item.disputed));
    for direction in Direction::BOTH {
        let ladder = &mut folded.recognition[direction.index()];
        if rules.moves_ladders(item.grade) && !ladder.add(folded.pair, item, direction, rules) {
            return None;
        }
    }
    if item.act.kind.is_machine_coded() && !folded.coded.insert(item.earliest) {
        return None;
    }
    for direction in Direction::BOTH {
        let own = terms::of(folded.pair, (item, place), direction, (regimes, rules));
        for (weighed, own) in Weighed::ALL.into_iter().zip(own) {
            if own.is_empty() {
                continue;
            }
            add_terms(folded, (direction, weighed), &own, rules)?;
            let first = &mut first[direction.index()][weighed.index()];
            *first = Some(first.map_or(own[0].from, |first| first.min(own[0].from)));
        }
    }
    Some(())
}

fn add_terms(
    folded: &mut Folded,
    (direction, weighed): (Direction, Weighed),
    own: &[Term],
    rules: &Rulebook,
) -> Option<()> {
    let (place, dimension) = (direction.index(), weighed.index());
    let sums = &mut folded.sums[place][dimension];
    if weighed == Weighed::Threat && sums.groups_end {
        return None;
    }
    let band = &folded.bands[place][dimension];
    sums.add(own, (band, &folded.events), (weighed, rules));
    let is_pooled = rules.pooled().any(|pooled| pooled == weighed);
    if let Some(term) = own.first().filter(|term| is_pooled && !term.side.machine) {
        let evidence = posture::recent(weighed, (term.from, term.fade), rules);
        folded.silence[place].add(evidence, 0);
    }
    Some(())
}

/// Judges the levels of some dimensions of a conduct from a day on, and keeps those from before.
fn judge(
    folded: &mut Folded,
    (direction, moved): (Direction, &[Weighed]),
    (from, rules): (Day, &Rulebook),
    before: &mut BTreeMap<Subject, Timeline>,
) {
    for sums in &mut folded.sums[direction.index()] {
        sums.table.keep_cursor(from.prev(), rules);
    }
    let levels = Levels {
        pool: pool(&folded.sums, &folded.bands, direction, rules),
        silence: &folded.silence[direction.index()],
        events: &folded.events,
        until: folded.until,
    };
    let timelines = &mut folded.timelines;
    let judged = levels.timelines(moved, |dimension| {
        let subject = Subject::Conduct(direction, dimension);
        let found = timelines.remove(&subject);
        let mut timeline = found.unwrap_or_default();
        let was = before.entry(subject).or_default();
        let ends = timeline.truncate(from);
        was.steps.extend(timeline.steps.last().cloned());
        was.steps.extend(ends);
        was.last_event = timeline.last_event;
        Some((timeline, from))
    });
    for (dimension, timeline) in judged {
        if timeline.last_event.is_some() || !timeline.steps.is_empty() {
            folded
                .timelines
                .insert(Subject::Conduct(direction, dimension), timeline);
        }
    }
}

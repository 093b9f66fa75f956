//! Terms: what each event weighs in each dimension, in which direction, from when until when.

use super::evidence::Evidence;
use super::mass::Mass;
use super::regime::Regimes;
use super::registers::{End, Entries};
use super::{Item, Sum};
use crate::day::Day;
use crate::details::{Field, PLOVER};
use crate::dimension::Weighed;
use crate::kind::{Class, Kind};
use crate::routes::Direction;
use crate::rulebook::{Rulebook, Weight};
use std::collections::BTreeMap;

/// Which sum a term adds to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Side {
    /// Strain, not warmth.
    pub strain: bool,
    /// Machine-coded, not judged by people.
    pub machine: bool,
}

/// A weight with its dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// The event: its place among the items.
    pub item: u32,
    /// The first day on which it counts.
    pub from: Day,
    /// The day from which it fades; [`Day::MAX`] for what stands or has no end.
    pub fade: Day,
    /// The first day on which it no longer counts, because it was closed or replaced.
    pub until: Day,
    /// The event that closed or replaced it.
    pub ended_by: Option<u32>,
    /// The whole weight, in millionths.
    pub mass: u64,
    /// How long it is in effect.
    pub class: Class,
    /// The sum that it adds to.
    pub side: Side,
}

impl Term {
    /// Whether it counts in full until it is closed.
    #[must_use]
    pub fn stands(&self) -> bool {
        self.class == Class::Standing
    }

    /// Whether it fades from its first day, and by nothing but time.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.from == self.fade && self.until == Day::MAX
    }
}

/// The sums of every direction and dimension, without levels.
pub(super) fn build(
    items: &[Item<'_>],
    entries: &Entries,
    regimes: &Regimes<'_>,
    rules: &Rulebook,
) -> [[Sum; 6]; 2] {
    let mut terms: [[Vec<Term>; 6]; 2] = Default::default();
    let counted = one_a_day(items, rules);
    let ends = entries.ends(items.len());
    for (place, item) in items.iter().enumerate() {
        for direction in Direction::BOTH {
            if item.act.kind.is_machine_coded() && !counted.holds(item, direction, place) {
                continue;
            }
            add(&mut terms, &ends, item, place, direction, rules);
        }
    }
    let mut sums: [[Sum; 6]; 2] = Default::default();
    for direction in Direction::BOTH {
        let takeovers = regimes.of_object(direction).takeovers();
        let restarts: Vec<Day> = takeovers.iter().map(|takeover| takeover.day).collect();
        for weighed in Weighed::ALL {
            let mut own = std::mem::take(&mut terms[direction.index()][weighed.index()]);
            own.sort_by_key(|term| (term.from, term.item, term.side));
            let breaks = breaks(&own, &restarts);
            let ended = own
                .iter()
                .filter_map(|term| Some((term.until, term.ended_by?)));
            let mut ended: Vec<(Day, u32)> = ended.collect();
            ended.sort_unstable();
            let mass = Mass::new(&own, restarts.clone(), rules.carry_over);
            let disputed = |item: u32| items[item as usize].disputed;
            sums[direction.index()][weighed.index()] = Sum {
                evidence: Evidence::new(&own, disputed),
                terms: own,
                mass,
                breaks,
                ended,
                restarts: takeovers.to_vec(),
            };
        }
    }
    sums
}

/// Adds what an item weighs: in the direction of its act in full, and the mutual share of it in
/// the other.
fn add(
    terms: &mut [[Vec<Term>; 6]; 2],
    ends: &[[Option<End>; 2]],
    item: &Item<'_>,
    place: usize,
    direction: Direction,
    rules: &Rulebook,
) {
    let (share, trust) = (u64::from(share(item, direction, rules)), trust(item, rules));
    if share == 0 || trust == 0 {
        return;
    }
    let end = ends[place][acting(item, direction).index()];
    let Some((fade, until, ended_by)) = span(end, item) else {
        return;
    };
    let Ok(number) = u32::try_from(place) else {
        return;
    };
    for weighed in Weighed::ALL {
        let weight = weight(item, weighed, rules);
        for (strain, weight) in [(false, weight.warmth), (true, weight.strain)] {
            let mass = u64::from(weight) * trust * share / 1000;
            if mass > 0 {
                terms[direction.index()][weighed.index()].push(Term {
                    item: number,
                    from: item.earliest,
                    fade,
                    until,
                    ended_by,
                    mass,
                    class: item.act.kind.class(),
                    side: Side {
                        strain,
                        machine: item.act.kind.is_machine_coded(),
                    },
                });
            }
        }
    }
}

/// From when an item fades, until when it counts and what ended it; `None` if it never counts.
fn span(end: Option<End>, item: &Item<'_>) -> Option<(Day, Day, Option<u32>)> {
    if item.act.kind.class() != Class::Standing {
        return Some((item.latest, Day::MAX, None));
    }
    let (until, ended_by) = end?;
    (item.earliest < until).then_some((Day::MAX, until, ended_by))
}

/// The share of an item's weight that counts in a direction, in thousandths: all of it where it
/// acts, the mutual share where it is acted upon.
pub(super) fn share(item: &Item<'_>, direction: Direction, rules: &Rulebook) -> u32 {
    let acts = item.ways[direction.index()].is_some();
    let answered = item.ways[direction.reverse().index()].is_some();
    match (acts, answered) {
        (true, _) => 1000,
        (false, true) => rules.kind(item.act.kind).mutual,
        (false, false) => 0,
    }
}

/// What an item's grade and a dispute leave of its weight, in thousandths.
pub(super) fn trust(item: &Item<'_>, rules: &Rulebook) -> u64 {
    let trust = rules.grade_weight(item.grade);
    if item.disputed {
        trust * u64::from(rules.disputed) / 1000
    } else {
        trust
    }
}

/// The direction in which the item acts, as far as a conduct is concerned.
pub(super) fn acting(item: &Item<'_>, direction: Direction) -> Direction {
    if item.ways[direction.index()].is_some() {
        direction
    } else {
        direction.reverse()
    }
}

/// What an item's kind, or code, weighs in a dimension.
pub(super) fn weight(item: &Item<'_>, weighed: Weighed, rules: &Rulebook) -> Weight {
    if item.act.kind != Kind::Coded {
        return rules.kind(item.act.kind).weights[weighed.index()];
    }
    let code = item.act.details.text(Field::Plover);
    let rule = code
        .and_then(|code| PLOVER.iter().position(|event| *event == code))
        .and_then(|place| rules.coded.get(place));
    rule.map_or_else(Weight::default, |weights| weights[weighed.index()])
}

/// Of coded rows of one day, direction and code, the one that counts: the best-weighted, then the
/// smallest id.
pub(super) struct OneADay<'a>(BTreeMap<(Day, Direction, &'a str, &'a str), usize>);

impl OneADay<'_> {
    /// The place of the row that counts for an item.
    pub(super) fn counted(&self, item: &Item<'_>, direction: Direction) -> Option<usize> {
        self.0.get(&code(item, acting(item, direction))).copied()
    }

    fn holds(&self, item: &Item<'_>, direction: Direction, place: usize) -> bool {
        // Who acts both ways counts in each for what it is there; who acts one way has its
        // mutual share in the other.
        let acts = item.ways[acting(item, direction).index()].is_some();
        acts && self.counted(item, direction) == Some(place)
    }
}

fn code<'a>(item: &Item<'a>, direction: Direction) -> (Day, Direction, &'a str, &'a str) {
    let text = |field| item.act.details.text(field).unwrap_or_default();
    (
        item.earliest,
        direction,
        text(Field::Plover),
        text(Field::Cameo),
    )
}

pub(super) fn one_a_day<'a>(items: &[Item<'a>], rules: &Rulebook) -> OneADay<'a> {
    let mut counted = BTreeMap::new();
    let rank = |place: usize| {
        let item = &items[place];
        (
            std::cmp::Reverse(rules.grade_weight(item.grade)),
            item.disputed,
            item.event,
        )
    };
    for (place, item) in items.iter().enumerate() {
        if !item.act.kind.is_machine_coded() {
            continue;
        }
        for direction in Direction::BOTH {
            if item.ways[direction.index()].is_some() {
                let slot = counted.entry(code(item, direction)).or_insert(place);
                if rank(place) < rank(*slot) {
                    *slot = place;
                }
            }
        }
    }
    OneADay(counted)
}

/// The days between which every sum only fades: where something begins, begins to fade, is
/// closed, or an authority changes.
fn breaks(terms: &[Term], restarts: &[Day]) -> Vec<Day> {
    let Some(first) = terms.first().map(|term| term.from) else {
        return Vec::new();
    };
    let mut breaks: Vec<Day> = terms.iter().map(|term| term.from).collect();
    breaks.dedup();
    let begun = breaks.len();
    for term in terms {
        if !term.is_plain() {
            breaks.extend([term.fade, term.until]);
        }
    }
    breaks.extend(restarts);
    breaks[begun..].sort_unstable();
    // Two runs in order, which a stable sort merges.
    breaks.sort();
    breaks.dedup();
    breaks.retain(|day| *day >= first && *day != Day::MAX);
    breaks
}

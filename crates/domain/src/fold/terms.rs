//! The terms of items: their weights in each dimension and direction, with their dates.

use super::dedup::DailyDedup;
use super::evidence::Evidence;
use super::regime::{Regimes, Takeover};
use super::registers::{Entries, EntryEnd};
use super::sums::MassTable;
use super::term::{Side, Term};
use super::{DimensionSums, Item};
use crate::day::Day;
use crate::details::{Field, PLOVER};
use crate::dimension::Weighed;
use crate::kind::{DurationClass, Kind};
use crate::relations::Direction;
use crate::rulebook::{Rulebook, Weight};

/// Computes the sums of every direction and dimension.
pub(super) fn build(
    items: &[Item<'_>],
    entries: &Entries,
    regimes: &Regimes<'_>,
    rules: &Rulebook,
) -> [[DimensionSums; 6]; 2] {
    let mut terms: [[Vec<Term>; 6]; 2] = Default::default();
    let dedup = DailyDedup::new(items, rules);
    let ends = entries.ends(items.len());
    for (place, item) in items.iter().enumerate() {
        for direction in Direction::BOTH {
            if item.act.kind.is_machine_coded() && !dedup.keeps(item, direction, place) {
                continue;
            }
            add(&mut terms, &ends, item, place, direction, rules);
        }
    }
    let mut sums: [[DimensionSums; 6]; 2] = Default::default();
    for direction in Direction::BOTH {
        let takeovers = regimes.of_object(direction).takeovers();
        for weighed in Weighed::ALL {
            let mut own = std::mem::take(&mut terms[direction.index()][weighed.index()]);
            own.sort_by_key(|term| (term.from, term.item, term.side));
            let ended = own.iter();
            let ended = ended.filter_map(|term| Some((term.until, term.ended_by?)));
            let mut ended: Vec<(Day, u32)> = ended.collect();
            ended.sort_unstable();
            let disputed = |item: u32| items[item as usize].disputed;
            sums[direction.index()][weighed.index()] = DimensionSums {
                evidence: Evidence::new(&own, disputed),
                table: MassTable::new(&own, takeovers.to_vec(), rules.carry_over),
                breaks: breaks(&own, takeovers),
                terms: own,
                ended,
            };
        }
    }
    sums
}

/// Adds the terms of an item: in full in the direction of its act, and the mutual share in the
/// other.
fn add(
    terms: &mut [[Vec<Term>; 6]; 2],
    ends: &[[Option<EntryEnd>; 2]],
    item: &Item<'_>,
    place: usize,
    direction: Direction,
    rules: &Rulebook,
) {
    let (share, trust) = (u64::from(share(item, direction, rules)), trust(item, rules));
    if share == 0 || trust == 0 {
        return;
    }
    let end = ends[place][item.acting(direction).index()];
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

/// Returns the day from which an item fades, the day until which it counts, and the item that ended
/// it; `None` if it never counts.
fn span(end: Option<EntryEnd>, item: &Item<'_>) -> Option<(Day, Day, Option<u32>)> {
    if item.act.kind.class() != DurationClass::Standing {
        return Some((item.latest, Day::MAX, None));
    }
    let (until, ended_by) = end?;
    (item.earliest < until).then_some((Day::MAX, until, ended_by))
}

/// Returns the share of an item's weight that counts in a direction, in thousandths: all for the
/// side that acts, the mutual share for the side acted upon.
pub(super) fn share(item: &Item<'_>, direction: Direction, rules: &Rulebook) -> u32 {
    if item.acts(direction) {
        1000
    } else if item.acts(direction.reverse()) {
        rules.kind(item.act.kind).mutual
    } else {
        0
    }
}

/// Returns the share of an item's weight that its grade and a dispute leave, in thousandths.
pub(super) fn trust(item: &Item<'_>, rules: &Rulebook) -> u64 {
    let trust = rules.grade_weight(item.grade);
    if item.disputed {
        trust * u64::from(rules.disputed) / 1000
    } else {
        trust
    }
}

/// Returns the weight of an item's kind, or of its code, in a dimension.
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

/// Returns the days on which a term begins, begins to fade or is closed, or an authority changes.
/// Between them every sum only fades.
fn breaks(terms: &[Term], takeovers: &[Takeover]) -> Vec<Day> {
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
    breaks.extend(takeovers.iter().map(|takeover| takeover.day));
    breaks[begun..].sort_unstable();
    // Two sorted runs, which a stable sort merges.
    breaks.sort();
    breaks.dedup();
    breaks.retain(|day| *day >= first && *day != Day::MAX);
    breaks
}

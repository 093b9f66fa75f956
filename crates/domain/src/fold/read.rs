//! Reading a fold: the state of one conduct on one day.

use super::regime::Regimes;
use super::terms::Term;
use super::walk::reading;
use super::{Folded, posture, registers, representation};
use crate::day::Day;
use crate::dimension::{Dimension, Register, Weighed};
use crate::kind::Class;
use crate::level::{Level, Threat};
use crate::routes::Direction;
use crate::rulebook::Rulebook;
use crate::state::{
    Basis, Dispute, EVIDENCE_MAX, EntryState, PostureState, RecognitionState, RepresentationState,
    State, WeighedState,
};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// The dimensions that a posture is blended from.
fn blended(rules: &Rulebook) -> impl Iterator<Item = Weighed> {
    let counts = |one: &Weighed| rules.posture[one.index()] > 0;
    Weighed::ALL.into_iter().filter(counts)
}

/// Whether any dimension of a posture rests on a disputed event.
pub(super) fn blend_is_disputed(
    folded: &Folded,
    direction: Direction,
    day: Day,
    rules: &Rulebook,
) -> bool {
    blended(rules).any(|one| weights(folded, direction, one, day, rules).disputed)
}

/// The state of a conduct on a day.
#[must_use]
pub fn state(
    folded: &Folded,
    direction: Direction,
    day: Day,
    regimes: &Regimes<'_>,
    rules: &Rulebook,
) -> State {
    let weighed = Weighed::ALL.map(|weighed| self::weighed(folded, direction, weighed, day, rules));
    let mut posture = posture(folded, direction, day, rules);
    posture.disputed = blended(rules).any(|one| weighed[one.index()].basis.disputed);
    State {
        pair: folded.pair,
        direction,
        at: day,
        recognition: recognition(folded, direction, day),
        representation: representation(folded, direction, day, regimes),
        weighed,
        posture,
        registers: entries(folded, day),
        disputes: disputes(folded, day),
    }
}

fn recognition(folded: &Folded, direction: Direction, day: Day) -> RecognitionState {
    let standing = folded.recognition[direction.index()].at(day);
    RecognitionState {
        level: standing.level,
        declared: standing.declared,
        since: standing.since,
        signals: standing.signals,
        basis: Basis {
            uncertain: standing.uncertain,
            disputed: standing.disputed,
            count: standing.evidence.len(),
            evidence: standing.evidence.into_iter().take(EVIDENCE_MAX).collect(),
        },
    }
}

fn representation(
    folded: &Folded,
    direction: Direction,
    day: Day,
    regimes: &Regimes<'_>,
) -> RepresentationState {
    let at = |direction| representation::at(folded.pair, direction, &folded.entries, regimes, day);
    let accepted = at(direction);
    RepresentationState {
        level: accepted.level,
        sends: at(direction.reverse()).level,
        since: accepted.since,
        basis: Basis {
            uncertain: accepted.uncertain,
            disputed: accepted.disputed,
            count: accepted.evidence.len(),
            evidence: accepted.evidence.into_iter().take(EVIDENCE_MAX).collect(),
        },
    }
}

fn weighed(
    folded: &Folded,
    direction: Direction,
    weighed: Weighed,
    day: Day,
    rules: &Rulebook,
) -> WeighedState {
    let sum = folded.sum(direction, weighed);
    let begun = sum.terms.partition_point(|term| term.from <= day);
    if begun == 0 {
        return WeighedState::default();
    }
    let reading = reading(sum, weighed, rules, day);
    let step = folded
        .conduct(direction, Dimension::Weighed(weighed))
        .and_then(|timeline| timeline.at(day));
    let word = step.and_then(|step| step.held).map(|held| held.word);
    WeighedState {
        level: Level::ALL
            .iter()
            .copied()
            .find(|level| Some(level.word()) == word),
        threat: Threat::ALL
            .iter()
            .copied()
            .find(|level| Some(level.word()) == word),
        index: reading.index,
        warmth: reading.warmth,
        strain: reading.strain,
        mixed: reading.warmth.min(reading.strain) >= rules.mixed,
        since: step.map(|step| step.day),
        last_evidence: sum.terms[..begun]
            .iter()
            .map(|term| last_spoken_of(term, day))
            .max(),
        basis: weights(folded, direction, weighed, day, rules),
    }
}

/// The last day, up to the day asked for, that the evidence speaks of.
fn last_spoken_of(term: &Term, day: Day) -> Day {
    if term.stands() {
        term.from
    } else {
        term.fade.min(day)
    }
}

/// The weightiest evidence of a dimension on a day.
pub(super) fn weights(
    folded: &Folded,
    direction: Direction,
    weighed: Weighed,
    day: Day,
    rules: &Rulebook,
) -> Basis {
    let sum = folded.sum(direction, weighed);
    let decay = &rules.dimension(weighed).decay;
    let begun = sum.terms.partition_point(|term| term.from <= day);
    let mut basis = Basis::default();
    // An event's terms stand side by side.
    let mut counted: Vec<(u64, u32)> = Vec::new();
    for term in &sum.terms[..begun] {
        let left = sum.mass.left(term, day, decay);
        if left == 0 {
            continue;
        }
        basis.uncertain |= term.class == Class::Point && day < term.fade;
        match counted.last_mut() {
            Some((total, item)) if *item == term.item => *total += left,
            _ => counted.push((left, term.item)),
        }
    }
    let faded = counted.is_empty();
    if faded {
        // Nothing is left: it rests on what there was, the latest first.
        let gone: BTreeSet<u32> = sum.terms[..begun].iter().map(|term| term.item).collect();
        counted.extend((0..).zip(gone));
    }
    basis.count = counted.len();
    let event = |item: u32| folded.events.get(usize::try_from(item).ok()?).copied();
    basis.disputed = !faded
        && counted
            .iter()
            .any(|(_, item)| event(*item).is_some_and(|(_, disputed)| disputed));
    let rank = |(left, item): &(u64, u32)| (Reverse(*left), event(*item).map(|(event, _)| event));
    if counted.len() > EVIDENCE_MAX {
        counted.select_nth_unstable_by_key(EVIDENCE_MAX, rank);
        counted.truncate(EVIDENCE_MAX);
    }
    counted.sort_unstable_by_key(rank);
    basis.evidence = counted
        .iter()
        .filter_map(|(_, item)| event(*item).map(|(event, _)| event))
        .collect();
    basis
}

fn posture(folded: &Folded, direction: Direction, day: Day, rules: &Rulebook) -> PostureState {
    let sums = &folded.sums[direction.index()];
    let Some(index) = posture::blend(sums, rules, day) else {
        return PostureState::default();
    };
    let step = folded
        .conduct(direction, Dimension::Posture)
        .and_then(|timeline| timeline.at(day));
    let word = step.and_then(|step| step.held).map(|held| held.word);
    PostureState {
        level: Level::ALL
            .iter()
            .copied()
            .find(|level| Some(level.word()) == word),
        index,
        since: step.map(|step| step.day),
        trajectory: posture::trajectory(sums, rules, day),
        disputed: false,
    }
}

fn entries(folded: &Folded, day: Day) -> BTreeMap<Register, Vec<EntryState>> {
    let mut registers: BTreeMap<Register, Vec<EntryState>> = BTreeMap::new();
    for (key, marks) in &folded.entries.0 {
        let Some(shown) = registers::shown(marks, day) else {
            continue;
        };
        let mark = &marks[shown.place];
        let begun = || marks.iter().rev().filter(|mark| mark.since.earliest <= day);
        registers.entry(key.register).or_default().push(EntryState {
            key: key.clone(),
            status: shown.status,
            open: shown.open,
            controlled_by: mark.controlled_by,
            since: mark.since,
            basis: Basis {
                uncertain: shown.uncertain,
                disputed: mark.disputed,
                count: begun().count(),
                evidence: begun().take(EVIDENCE_MAX).map(|mark| mark.event).collect(),
            },
        });
    }
    registers
}

fn disputes(folded: &Folded, day: Day) -> Vec<Dispute> {
    folded
        .disputed
        .iter()
        .filter(|(_, _, from)| *from <= day)
        .map(|(event, actors, _)| Dispute {
            event: *event,
            claimed_by: actors.clone(),
            denied_by: Vec::new(),
        })
        .collect()
}

//! Reading a fold: the state of one conduct on one day.

use super::regime::Regimes;
use super::walk::reading;
use super::{Folded, evidence, posture, registers, representation};
use crate::day::Day;
use crate::dimension::{Dimension, Register, Weighed};
use crate::level::{Level, Threat};
use crate::routes::Direction;
use crate::rulebook::Rulebook;
use crate::state::{
    Basis, Dispute, EVIDENCE_MAX, EntryState, PostureState, RecognitionState, RepresentationState,
    State, WeighedState,
};
use std::collections::BTreeMap;

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
    blended(rules).any(|one| evidence::weights(folded, direction, one, day, rules).disputed)
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
    let mut posture = posture(folded, direction, day, &weighed, rules);
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
    let (standing, count) = folded.recognition[direction.index()].resting_on(day, EVIDENCE_MAX);
    RecognitionState {
        level: standing.level,
        declared: standing.declared,
        since: standing.since,
        signals: standing.signals,
        basis: Basis {
            uncertain: standing.uncertain,
            disputed: standing.disputed,
            count,
            evidence: standing.evidence,
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
    if !posture::known(sum, day) {
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
            .find(|level| Some(level.as_str()) == word),
        threat: Threat::ALL
            .iter()
            .copied()
            .find(|level| Some(level.as_str()) == word),
        index: reading.index,
        warmth: reading.warmth,
        strain: reading.strain,
        mixed: reading.warmth.min(reading.strain) >= rules.mixed,
        since: step.map(|step| step.day),
        last_evidence: evidence::last_spoken_of(sum, day),
        basis: evidence::weights(folded, direction, weighed, day, rules),
    }
}

fn posture(
    folded: &Folded,
    direction: Direction,
    day: Day,
    weighed: &[WeighedState; 6],
    rules: &Rulebook,
) -> PostureState {
    let sums = &folded.sums[direction.index()];
    let index = posture::average(rules, |one| {
        let place = one.index();
        posture::known(&sums[place], day).then(|| weighed[place].index)
    });
    let Some(index) = index else {
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
            .find(|level| Some(level.as_str()) == word),
        index,
        since: step.map(|step| step.day),
        trajectory: Some(posture::moved(sums, rules, day, index)),
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

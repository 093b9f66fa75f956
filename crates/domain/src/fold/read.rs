//! The state of a conduct on a day, read from a fold.

use super::crossings::reading;
use super::regime::Regimes;
use super::{Folded, evidence, posture, registers, representation};
use crate::day::Day;
use crate::dimension::{Dimension, Register, Weighed};
use crate::level::{Level, Threat};
use crate::relations::Direction;
use crate::rulebook::Rulebook;
use crate::state::{
    Basis, Dispute, EVIDENCE_MAX, EntryState, PostureState, RepresentationState, State,
    WeighedState,
};
use std::collections::BTreeMap;

/// Returns the state of a conduct on a day.
#[must_use]
pub fn state(
    folded: &Folded,
    direction: Direction,
    day: Day,
    regimes: &Regimes<'_>,
    rules: &Rulebook,
) -> State {
    let weighed = Weighed::ALL.map(|weighed| self::weighed(folded, direction, weighed, day, rules));
    State {
        pair: folded.pair,
        direction,
        at: day,
        recognition: folded.recognition[direction.index()].at(day, EVIDENCE_MAX),
        representation: representation(folded, direction, day, regimes),
        posture: posture(folded, direction, day, &weighed, rules),
        weighed,
        registers: entries(folded, day),
        disputes: disputes(folded, day),
    }
}

/// Returns true if a dimension of the posture rests on a disputed event.
pub(super) fn posture_is_disputed(
    folded: &Folded,
    direction: Direction,
    day: Day,
    rules: &Rulebook,
) -> bool {
    let basis = |weighed| evidence::basis(folded, direction, weighed, day, rules);
    rules.blended().any(|weighed| basis(weighed).disputed)
}

fn representation(
    folded: &Folded,
    direction: Direction,
    day: Day,
    regimes: &Regimes<'_>,
) -> RepresentationState {
    let at = |direction| representation::at(folded.pair, direction, &folded.entries, regimes, day);
    RepresentationState {
        sends: at(direction.reverse()).level,
        ..at(direction)
    }
}

/// Returns the day since which the level of a dimension holds, and its word.
fn level(
    folded: &Folded,
    direction: Direction,
    dimension: Dimension,
    day: Day,
) -> (Option<Day>, Option<&'static str>) {
    let timeline = folded.conduct(direction, dimension);
    let step = timeline.and_then(|timeline| timeline.at(day));
    let held = step.and_then(|step| step.held);
    (step.map(|step| step.day), held.map(|held| held.word))
}

fn weighed(
    folded: &Folded,
    direction: Direction,
    weighed: Weighed,
    day: Day,
    rules: &Rulebook,
) -> WeighedState {
    let sums = folded.sums(direction, weighed);
    if !posture::known(sums, day) {
        return WeighedState::default();
    }
    let reading = reading(sums, weighed, rules, day);
    let (since, word) = level(folded, direction, Dimension::Weighed(weighed), day);
    WeighedState {
        level: word.and_then(Level::parse),
        threat: word.and_then(Threat::parse),
        index: reading.index,
        warmth: reading.warmth,
        strain: reading.strain,
        mixed: reading.warmth.min(reading.strain) >= rules.mixed,
        since,
        last_evidence: evidence::last_covered(sums, day),
        basis: evidence::basis(folded, direction, weighed, day, rules),
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
    let mut blended = rules.blended();
    let disputed = blended.any(|one| weighed[one.index()].basis.disputed);
    let index = posture::average(rules, |one| {
        let place = one.index();
        posture::known(&sums[place], day).then(|| weighed[place].index)
    });
    let Some(index) = index else {
        return PostureState {
            disputed,
            ..PostureState::default()
        };
    };
    let (since, word) = level(folded, direction, Dimension::Posture, day);
    PostureState {
        level: word.and_then(Level::parse),
        index,
        since,
        trajectory: Some(posture::trajectory(sums, rules, day, index)),
        disputed,
    }
}

fn entries(folded: &Folded, day: Day) -> BTreeMap<Register, Vec<EntryState>> {
    let mut registers: BTreeMap<Register, Vec<EntryState>> = BTreeMap::new();
    for (key, updates) in &folded.entries.0 {
        let Some(entry) = registers::entry_at(updates, day) else {
            continue;
        };
        let update = entry.update;
        let begun = updates.iter().rev();
        let begun = begun.filter(|update| update.since.earliest <= day);
        registers.entry(key.register).or_default().push(EntryState {
            key: key.clone(),
            status: entry.status,
            open: entry.open,
            controlled_by: update.controlled_by,
            since: update.since,
            basis: Basis {
                uncertain: entry.uncertain,
                disputed: update.disputed,
                count: begun.clone().count(),
                evidence: begun.take(EVIDENCE_MAX).map(|one| one.event).collect(),
            },
        });
    }
    registers
}

fn disputes(folded: &Folded, day: Day) -> Vec<Dispute> {
    let begun = folded.disputed.iter().filter(|(_, _, from)| *from <= day);
    let dispute = |(event, actors, _): &(_, Vec<_>, _)| Dispute {
        event: *event,
        claimed_by: actors.clone(),
        denied_by: Vec::new(),
    };
    begun.map(dispute).collect()
}

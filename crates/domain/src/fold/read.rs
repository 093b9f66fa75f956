//! The state of a conduct on a day, read from a fold.

use super::crossings::reading;
use super::regime::Regimes;
use super::{DimensionSums, Folded, Timeline, evidence, posture, registers, representation};
use crate::day::Day;
use crate::dimension::{Dimension, Register, Weighed};
use crate::level::{Level, Threat};
use crate::relations::Direction;
use crate::rulebook::Rulebook;
use crate::state::{
    Basis, Dispute, EVIDENCE_MAX, EntryState, PostureState, RecognitionState, RepresentationState,
    State, WeighedState,
};
use std::collections::BTreeMap;

/// One conduct of a folded relation, with what is needed to read it.
#[derive(Clone, Copy, Debug)]
pub struct FoldedConduct<'a> {
    /// The fold of the relation.
    pub folded: &'a Folded,
    /// The regimes of both states.
    pub regimes: Regimes<'a>,
    /// The rulebook of the fold.
    pub rules: &'a Rulebook,
    /// The direction of the conduct.
    pub direction: Direction,
}

impl<'a> FoldedConduct<'a> {
    /// Returns the state on a day.
    #[must_use]
    pub fn state(&self, day: Day) -> State {
        let weighed = Weighed::ALL.map(|weighed| self.weighed(weighed, day));
        let reverse = Self {
            direction: self.direction.reverse(),
            ..*self
        };
        State {
            pair: self.folded.pair,
            direction: self.direction,
            at: day,
            recognition: self.recognition(day, EVIDENCE_MAX),
            representation: RepresentationState {
                sends: reverse.representation(day).level,
                ..self.representation(day)
            },
            posture: self.posture(day, &weighed),
            weighed,
            registers: entries(self.folded, day),
            disputes: disputes(self.folded, day),
        }
    }

    /// The sums of the weighed dimensions.
    pub(super) fn sums(&self) -> &'a [DimensionSums; 6] {
        &self.folded.sums[self.direction.index()]
    }

    /// The timeline of a dimension.
    pub(super) fn timeline(&self, dimension: Dimension) -> Option<&'a Timeline> {
        self.folded.conduct(self.direction, dimension)
    }

    /// Returns recognition on a day, naming at most `most` events of its evidence.
    pub(super) fn recognition(&self, day: Day, most: usize) -> RecognitionState {
        self.folded.recognition[self.direction.index()].at(day, most)
    }

    /// Returns the rank accepted on a day, without the rank that is sent.
    pub(super) fn representation(&self, day: Day) -> RepresentationState {
        let Folded { pair, entries, .. } = self.folded;
        representation::at(*pair, self.direction, entries, &self.regimes, day)
    }

    /// Returns the day since which the level of a dimension holds, and its word.
    fn level(&self, dimension: Dimension, day: Day) -> (Option<Day>, Option<&'static str>) {
        let step = self.timeline(dimension).and_then(|steps| steps.at(day));
        let held = step.and_then(|step| step.held);
        (step.map(|step| step.day), held.map(|held| held.word))
    }

    fn weighed(&self, weighed: Weighed, day: Day) -> WeighedState {
        let sums = &self.sums()[weighed.index()];
        if !posture::known(sums, day) {
            return WeighedState::default();
        }
        let reading = reading(sums, weighed, self.rules, day);
        let (since, word) = self.level(Dimension::Weighed(weighed), day);
        WeighedState {
            level: word.and_then(Level::parse),
            threat: word.and_then(Threat::parse),
            index: reading.index,
            warmth: reading.warmth,
            strain: reading.strain,
            mixed: reading.warmth.min(reading.strain) >= self.rules.mixed,
            since,
            last_evidence: evidence::last_covered(sums, day),
            basis: self.basis(weighed, day),
        }
    }

    fn posture(&self, day: Day, weighed: &[WeighedState; 6]) -> PostureState {
        let (sums, rules) = (self.sums(), self.rules);
        let mut blended = rules.blended();
        let disputed = blended.any(|dimension| weighed[dimension.index()].basis.disputed);
        let index = posture::average(rules, |dimension| {
            let place = dimension.index();
            posture::known(&sums[place], day).then(|| weighed[place].index)
        });
        let Some(index) = index else {
            return PostureState {
                disputed,
                ..PostureState::default()
            };
        };
        let (since, word) = self.level(Dimension::Posture, day);
        PostureState {
            level: word.and_then(Level::parse),
            index,
            since,
            trajectory: Some(posture::trajectory(sums, rules, day, index)),
            disputed,
        }
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
                evidence: begun
                    .take(EVIDENCE_MAX)
                    .map(|update| update.event)
                    .collect(),
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

//! The state of a conduct on a day, read from a fold.

use super::band::{BandSteps, POSTURE};
use super::crossings::reading;
use super::index::Reading;
use super::posture::Pool;
use super::regime::Regimes;
use super::{
    DimensionSums, Folded, Lean, Step, Timeline, evidence, life, registers, representation,
};
use crate::day::Day;
use crate::dimension::{Dimension, Register, Weighed};
use crate::level::{Level, Threat};
use crate::relations::Direction;
use crate::rulebook::Rulebook;
use crate::state::{
    Band, Basis, Dispute, EVIDENCE_MAX, EntryState, PostureState, RecognitionState,
    RepresentationState, State, WeighedState,
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
    pub(super) fn sums(&self) -> &'a [Lean<DimensionSums>; 6] {
        &self.folded.sums[self.direction.index()]
    }

    /// The timeline of a dimension.
    pub(super) fn timeline(&self, dimension: Dimension) -> Option<&'a Timeline> {
        self.folded.conduct(self.direction, dimension)
    }

    /// Returns recognition on a day, naming at most `most` events of its evidence.
    pub(super) fn recognition(&self, day: Day, most: usize) -> RecognitionState {
        if !life::of(self.folded.pair).contains(&day) {
            return RecognitionState::default();
        }
        self.folded.recognition[self.direction.index()].at(day, most)
    }

    /// Returns the rank accepted on a day, without the rank that is sent.
    pub(super) fn representation(&self, day: Day) -> RepresentationState {
        let Folded { pair, entries, .. } = self.folded;
        if !life::of(*pair).contains(&day) {
            return RepresentationState::default();
        }
        representation::at(*pair, self.direction, entries, &self.regimes, day)
    }

    /// Returns the step of a dimension that holds on a day.
    fn step(&self, dimension: Dimension, day: Day) -> Option<&'a Step> {
        self.timeline(dimension)?.at(day)
    }

    /// The sums and limits of the posture.
    pub(super) fn pool(&self) -> Pool<'a> {
        Pool {
            sums: self.sums(),
            bands: &self.folded.bands[self.direction.index()],
            rules: self.rules,
        }
    }

    /// The limits of a weighed dimension.
    pub(super) fn band_steps(&self, weighed: Weighed) -> &'a BandSteps {
        &self.pool().bands[weighed.index()]
    }

    /// The limits of a weighed dimension on a day.
    pub(super) fn band(&self, weighed: Weighed, day: Day) -> Band {
        self.band_steps(weighed).at(day)
    }

    /// Returns the index of a weighed dimension on a day, within its limits.
    pub(super) fn index(&self, weighed: Weighed, reading: Reading, day: Day) -> i64 {
        let band = self.band(weighed, day);
        // As for the level, only the strain that people report breaks a floor.
        let strain = band
            .floor
            .map_or(0, |_| self.pool().reading(weighed, day).strain);
        band.limit(reading.index, strain, self.rules)
    }

    fn weighed(&self, weighed: Weighed, day: Day) -> WeighedState {
        let sums = &self.sums()[weighed.index()];
        let leads = sums.leads.partition_point(|from| *from <= day);
        if !sums.is_known(day) || !life::of(self.folded.pair).contains(&day) {
            return WeighedState {
                leads,
                ..WeighedState::default()
            };
        }
        let reading = reading(sums, weighed, self.rules, day);
        let step = self.step(Dimension::Weighed(weighed), day);
        let held = step.and_then(|step| step.held);
        let level = held.and_then(|held| Level::parse(held.word));
        let band = self.band(weighed, day);
        WeighedState {
            level,
            threat: held.and_then(|held| Threat::parse(held.word)),
            index: match weighed {
                Weighed::Threat => reading.index,
                _ => self.index(weighed, reading, day),
            },
            warmth: reading.warmth,
            strain: reading.strain,
            mixed: reading.warmth.min(reading.strain) >= self.rules.mixed,
            stale: held.is_some_and(|held| held.stale),
            band,
            leads,
            since: step.map(|step| step.day),
            last_evidence: evidence::last_covered(sums, day),
            basis: self.basis(weighed, day),
        }
    }

    fn posture(&self, day: Day, weighed: &[WeighedState; 6]) -> PostureState {
        let (pool, rules) = (self.pool(), self.rules);
        let mut dimensions = rules.pooled();
        let disputed = dimensions.any(|dimension| weighed[dimension.index()].basis.disputed);
        let pooled = pool
            .on(day)
            .filter(|_| life::of(self.folded.pair).contains(&day));
        let Some(pooled) = pooled else {
            return PostureState {
                disputed,
                ..PostureState::default()
            };
        };
        let step = self.step(Dimension::Posture, day);
        let held = step.and_then(|step| step.held);
        let level = held.and_then(|held| Level::parse(held.word));
        PostureState {
            level,
            index: pool.limit(day, pooled),
            warmth: pooled.reading.warmth,
            strain: pooled.reading.strain,
            since: step.map(|step| step.day),
            stale: held.is_some_and(|held| held.stale),
            band: pool.bands[POSTURE].at(day),
            trajectory: Some(pool.trajectory(day)),
            disputed,
        }
    }
}

fn entries(folded: &Folded, day: Day) -> BTreeMap<Register, Vec<EntryState>> {
    let mut registers: BTreeMap<Register, Vec<EntryState>> = BTreeMap::new();
    if !life::of(folded.pair).contains(&day) {
        return registers;
    }
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

//! What stands, when a fold is advanced by events that do more than weigh.

use super::Advance;
use crate::dimension::{Dimension, Register, Weighed};
use crate::fold::structure::{self, Structure};
use crate::fold::{Item, registers, representation};
use crate::relations::Direction;
use crate::state::{EntryKey, Subject};

impl<'a> Advance<'_, 'a> {
    /// Computes what stands again from the structural items, in order of effect.
    pub(super) fn restructure(&mut self, items: &[Item<'a>]) -> Option<()> {
        let (pair, regimes, rules) = (self.folded.pair, self.regimes, self.rules);
        let known = self.folded.structural.iter();
        let known = known.map(|(_, place)| (self.folded.events[*place].0, *place));
        let places = structure::places(items, known)?;
        let Structure { entries, bands } = structure::build(pair, (items, &places), regimes, rules);
        let old = std::mem::replace(&mut self.folded.bands, bands);
        for direction in Direction::BOTH {
            let side = direction.index();
            for (place, old) in old[side].iter().enumerate() {
                let differs = old.first_difference(&self.folded.bands[side][place]);
                self.note(direction, place, differs);
            }
            for weighed in Weighed::ALL {
                let place = weighed.index();
                let band = &self.folded.bands[side][place];
                let sums = &mut self.folded.sums[side][place];
                let differs = sums.set_structure(items, (direction, weighed), band, rules);
                self.note(direction, place, differs);
            }
            let ladder = &mut self.folded.recognition[side];
            ladder.set_claims(items, direction, pair, rules);
            self.recognition[side] = true;
        }
        let old = std::mem::replace(&mut self.folded.entries, entries);
        let keys = self.folded.entries.0.keys();
        let gone = old
            .0
            .keys()
            .filter(|key| !self.folded.entries.0.contains_key(*key));
        let keys = keys.filter(|key| old.0.get(*key) != self.folded.entries.0.get(*key));
        let changed: Vec<_> = keys.chain(gone).cloned().collect();
        for key in &changed {
            let updates = self.folded.entries.0.get(key);
            let timeline = updates.map(|updates| registers::timeline(updates));
            self.replace(Subject::Entry(key.clone()), timeline.unwrap_or_default());
        }
        self.represent(&changed);
        Some(())
    }

    /// Computes representation again, if entries that it depends on have changed.
    pub(super) fn represent(&mut self, changed: &[EntryKey]) {
        let counts = |key: &EntryKey| {
            matches!(
                key.register,
                Register::Relations | Register::Missions | Register::Envoys
            )
        };
        if !changed.iter().any(counts) {
            return;
        }
        let (pair, regimes) = (self.folded.pair, self.regimes);
        for direction in Direction::BOTH {
            let entries = &self.folded.entries;
            let accepted = representation::timeline(pair, direction, entries, regimes);
            let subject = Subject::Conduct(direction, Dimension::Representation);
            self.replace(subject, accepted);
        }
    }
}

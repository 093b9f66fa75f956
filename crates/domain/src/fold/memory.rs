//! The memory that a fold takes.

use super::{DimensionSums, Folded, Lean, Timeline};

/// The bytes that a fold takes, about: alone, for each of its timelines, and for each of its events.
const FOLD_BYTES: usize = 2_000;
const TIMELINE_BYTES: usize = 400;
const EVENT_BYTES: usize = 250;

impl Folded {
    /// Returns about how many bytes it takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let timelines = self.timelines.len() * TIMELINE_BYTES;
        FOLD_BYTES + timelines + self.events.len() * EVENT_BYTES
    }

    /// Gives memory back that a fold has allocated beyond its use. Advancing it allocates again
    /// where it must.
    pub(super) fn shrink(&mut self) {
        self.timelines.values_mut().for_each(Timeline::shrink);
        let sums = self.sums.as_flattened_mut().iter_mut();
        for sums in sums.filter_map(Lean::allocated) {
            sums.shrink();
        }
        self.events.shrink_to_fit();
    }
}

impl DimensionSums {
    fn shrink(&mut self) {
        self.terms.shrink_to_fit();
        self.breaks.shrink_to_fit();
        self.leads.shrink_to_fit();
        self.released.shrink_to_fit();
        self.evidence.shrink();
        self.table.shrink();
    }
}

impl Timeline {
    fn shrink(&mut self) {
        for step in &mut self.steps {
            step.causes.shrink_to_fit();
        }
        self.steps.shrink_to_fit();
        self.summed.shrink_to_fit();
    }
}

//! Terms: the weights of events, with their dates.

use crate::day::Day;
use crate::kind::DurationClass;

/// The sum that a term is added to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Side {
    /// True if it is strain, not warmth.
    pub strain: bool,
    /// True if it is machine-coded.
    pub machine: bool,
}

/// The weight of an event in a dimension of a conduct.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// The index of the event's item.
    pub item: u32,
    /// The first day on which it counts.
    pub from: Day,
    /// The day from which it fades; [`Day::MAX`] if it stands or has no end.
    pub fade: Day,
    /// The first day on which it no longer counts, because it was closed or replaced.
    pub until: Day,
    /// The index of the item that closed or replaced it.
    pub ended_by: Option<u32>,
    /// The full weight, in millionths.
    pub mass: u64,
    /// The duration class.
    pub class: DurationClass,
    /// The sum that it is added to.
    pub side: Side,
}

impl Side {
    /// The index among the four sums: warmth, strain, then those of machines.
    #[must_use]
    pub const fn index(self) -> usize {
        self.strain as usize + 2 * self.machine as usize
    }
}

impl Term {
    /// Returns true if it counts in full until it is closed.
    #[must_use]
    pub fn stands(&self) -> bool {
        self.class == DurationClass::Standing
    }

    /// Returns true if it fades from its first day, and is never closed.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.from == self.fade && self.until == Day::MAX
    }
}

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
    /// The day from which it fades; [`Day::MAX`] if it has no end.
    pub fade: Day,
    /// The full weight, in millionths.
    pub mass: u64,
    /// The duration class.
    pub class: DurationClass,
    /// The class of memory: see [`crate::rulebook::Rulebook::memory`].
    pub memory: u8,
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
    /// Returns true if it fades from its first day.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.from == self.fade
    }
}

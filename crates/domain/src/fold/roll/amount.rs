//! Amounts that are known within bounds, and how they fade.

use crate::decay::{Decay, HALF_LIVES};

/// Bits of the fraction of a millionth.
const BITS: u32 = 24;

/// Bounds of an amount, in fractions of a millionth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Amount {
    least: u128,
    greatest: u128,
}

impl Amount {
    pub(super) fn of(mass: u64) -> Self {
        let whole = u128::from(mass) << BITS;
        Self {
            least: whole,
            greatest: whole,
        }
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            least: self.least + other.least,
            greatest: self.greatest + other.greatest,
        }
    }

    pub(super) fn less(self, other: Self) -> Self {
        Self {
            least: self.least.saturating_sub(other.greatest),
            greatest: self.greatest.saturating_sub(other.least),
        }
    }

    /// What is left after fewer days than the table has.
    pub(super) fn faded(self, days: i32, decay: &Decay) -> Self {
        if days <= 0 {
            return self;
        }
        let left = u128::from(decay.left(days));
        Self {
            least: (self.least * left.saturating_sub(1)) >> 30,
            greatest: ((self.greatest * (left + 2)) >> 30) + 1,
        }
    }

    /// What changes of authority leave of it.
    pub(super) fn carried(self, carry_over: u64, times: usize) -> Self {
        (0..times).fold(self, |left, _| Self {
            least: left.least * u128::from(carry_over) / 1000,
            greatest: left.greatest * u128::from(carry_over) / 1000 + 1,
        })
    }

    /// What is left at the end of the table.
    pub(super) fn last(self) -> Self {
        Self {
            least: self.least >> HALF_LIVES,
            greatest: (self.greatest >> HALF_LIVES) + 1,
        }
    }

    /// The same in whole millionths.
    pub(super) fn whole(self) -> (u64, u64) {
        let whole = |amount: u128| u64::try_from(amount >> BITS).unwrap_or(u64::MAX);
        (whole(self.least), whole(self.greatest).saturating_add(1))
    }
}

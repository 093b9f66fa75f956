//! Amounts that are known within bounds.

use crate::decay::{Decay, HALF_LIVES};

/// The fractional bits of a millionth.
pub(super) const BITS: u32 = 16;

/// A lower and an upper bound of an amount, in fractions of a millionth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Amount {
    least: u64,
    greatest: u64,
}

impl Amount {
    pub(super) fn new(mass: u64) -> Self {
        let whole = mass << BITS;
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

    pub(super) fn minus(self, other: Self) -> Self {
        Self {
            least: self.least.saturating_sub(other.greatest),
            greatest: self.greatest.saturating_sub(other.least),
        }
    }

    /// Returns the rest after some days, fewer than the table has.
    pub(super) fn faded(self, days: i32, decay: &Decay) -> Self {
        if days <= 0 {
            return self;
        }
        let left = u128::from(decay.left(days));
        Self {
            least: narrow((u128::from(self.least) * left.saturating_sub(1)) >> 30),
            greatest: narrow((u128::from(self.greatest) * (left + 2)) >> 30) + 1,
        }
    }

    /// Returns the rest after some changes of authority.
    pub(super) fn carried(self, carry_over: u64, times: usize) -> Self {
        let carried = |amount: u64| narrow(u128::from(amount) * u128::from(carry_over) / 1000);
        let mut rest = self;
        for _ in 0..times {
            let carried = Self {
                least: carried(rest.least),
                greatest: carried(rest.greatest) + 1,
            };
            // It stays so.
            if carried == rest {
                break;
            }
            rest = carried;
        }
        rest
    }

    /// Returns the rest at the end of the table.
    pub(super) fn at_end(self) -> Self {
        Self {
            least: self.least >> HALF_LIVES,
            greatest: (self.greatest >> HALF_LIVES) + 1,
        }
    }

    /// Returns both bounds in whole millionths.
    pub(super) fn whole(self) -> (u64, u64) {
        (self.least >> BITS, (self.greatest >> BITS) + 1)
    }
}

fn narrow(value: u128) -> u64 {
    u64::try_from(value).unwrap_or(u64::MAX)
}

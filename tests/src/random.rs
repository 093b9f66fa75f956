//! Random numbers, the same for the same seed.

use std::sync::atomic::{AtomicU64, Ordering};

const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// SplitMix64: spreads numbers.
#[must_use]
pub fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(STEP);
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ mixed >> 31
}

/// A generator that tasks can share.
#[derive(Debug)]
pub struct Random(AtomicU64);

impl Random {
    /// Creates one with a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    /// Returns a number below `end`.
    pub fn below(&self, end: u64) -> u64 {
        mix(self.0.fetch_add(STEP, Ordering::Relaxed)) % end
    }
}

//! Random rulebooks near the shipped one: the histories do not hang on the numbers.

use crate::cells::History;
use crate::{score, shipped};
use detente_domain::rulebook::{Rulebook, Weight};
use std::sync::Arc;

const DRAWS: u64 = 200;

/// Factors from 0.8 to 1.2, in thousandths.
struct Factors(u64);

impl Factors {
    fn next(&mut self) -> u32 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        800 + u32::try_from((mixed ^ (mixed >> 31)) % 401).unwrap_or(0)
    }

    fn scale(&mut self, number: u32) -> u32 {
        let scaled = u64::from(number) * u64::from(self.next()) / 1000;
        u32::try_from(scaled).unwrap_or(u32::MAX)
    }

    fn weight(&mut self, weight: &mut Weight) {
        weight.warmth = self.scale(weight.warmth);
        weight.strain = self.scale(weight.strain);
    }
}

/// Returns the shipped rulebook with each weight multiplied by a factor of its own.
fn drawn(shipped: &Rulebook, seed: u64) -> Rulebook {
    let mut rules = shipped.clone();
    let mut factors = Factors(seed);
    for kind in &mut rules.kinds {
        let variants = kind.variants.iter_mut();
        let replaced = variants.flat_map(|variant| variant.replaces.weights.iter_mut().flatten());
        for weight in kind.base.weights.iter_mut().chain(replaced) {
            factors.weight(weight);
        }
    }
    for weights in &mut rules.coded {
        for weight in weights {
            factors.weight(weight);
        }
    }
    for weight in &mut rules.posture.weights {
        *weight = factors.scale(*weight);
    }
    rules
}

#[test]
fn random_rulebooks_within_a_fifth_keep_nineteen_in_twenty() {
    let (shipped, histories) = (shipped(), History::all());
    let threads = std::thread::available_parallelism().map_or(1, |count| count.get() as u64);
    let judge = |seed: u64| {
        let rules = Arc::new(drawn(&shipped, seed));
        let (share, laws) = score(&rules, &histories);
        assert!(share >= 950, "draw {seed}: {share} of 1000 cells hold");
        assert!(laws.is_empty(), "draw {seed}: {laws:#?}");
    };
    std::thread::scope(|scope| {
        for first in 0..threads {
            let step = usize::try_from(threads).unwrap_or(1);
            let judge = &judge;
            scope.spawn(move || (first..DRAWS).step_by(step).for_each(judge));
        }
    });
}

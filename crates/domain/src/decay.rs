//! Exponential decay of weights, as an exact table of integers.
//!
//! `left(age) = 2^30 · 2^(-age / half_life)`, computed with integer square roots alone, so that
//! every machine has the same table. After [`HALF_LIVES`] half-lives nothing is left.

/// Half-lives after which evidence weighs nothing (1/4096 of its weight).
pub const HALF_LIVES: u32 = 12;
/// The value that [`Decay::left`] has at age 0.
pub const ONE: u32 = 1 << 30;
/// The longest half-life, in days: a century.
pub const HALF_LIFE_MAX: u32 = 36_525;

/// A decay table: the rest of a weight by age in days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decay(Vec<u32>);

impl Decay {
    /// Computes the table of a half-life, clamped to 1 to [`HALF_LIFE_MAX`] days.
    #[must_use]
    pub fn new(half_life_days: u32) -> Self {
        let half_life = half_life_days.clamp(1, HALF_LIFE_MAX);
        let roots = roots();
        Self(
            (0..half_life * HALF_LIVES)
                .map(|age| left(age, half_life, &roots))
                .collect(),
        )
    }

    /// The rest of [`ONE`] after `age` days; [`ONE`] for negative ages.
    #[must_use]
    pub fn left(&self, age: i32) -> u32 {
        match usize::try_from(age) {
            Ok(age) => self.0.get(age).copied().unwrap_or(0),
            Err(_) => ONE,
        }
    }

    /// The rest of [`ONE`] by age in days; 0 beyond the end.
    #[must_use]
    pub(crate) fn table(&self) -> &[u32] {
        &self.0
    }

    /// The age, in days, from which nothing is left.
    #[must_use]
    pub fn span(&self) -> i32 {
        i32::try_from(self.0.len()).unwrap_or(i32::MAX)
    }
}

/// Bits of precision of the fraction of a half-life.
const BITS: u32 = 32;
/// Fractional bits of [`roots`].
const POINT: u32 = 62;

/// Computes `2^(-1/2), 2^(-1/4), …` in fixed point.
fn roots() -> [u64; BITS as usize] {
    let mut roots = [0; BITS as usize];
    let mut value: u128 = 1 << (POINT - 1);
    for root in &mut roots {
        value = (value << POINT).isqrt();
        *root = u64::try_from(value).unwrap_or(u64::MAX);
    }
    roots
}

fn left(age: u32, half_life: u32, roots: &[u64; BITS as usize]) -> u32 {
    let (whole, part) = (age / half_life, age % half_life);
    let fraction = (u64::from(part) << BITS) / u64::from(half_life);
    let mut value: u128 = 1 << POINT;
    for (place, root) in (1..=BITS).zip(roots) {
        if (fraction >> (BITS - place)) & 1 == 1 {
            value = (value * u128::from(*root)) >> POINT;
        }
    }
    u32::try_from((value >> (POINT - 30)) >> whole).unwrap_or(ONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_half_life_halves() {
        let decay = Decay::new(180);
        assert_eq!(decay.left(-5), ONE);
        assert_eq!(decay.left(0), ONE);
        assert_eq!(decay.left(180), ONE / 2);
        assert_eq!(decay.left(360), ONE / 4);
        assert_eq!(decay.left(180 * 12), 0);
        // 2^(-1/2) of 2^30, to the last place but one.
        assert!(decay.left(90).abs_diff(759_250_124) <= 1);
    }

    #[test]
    fn decay_is_monotonic() {
        for half_life in [1, 7, 30, 365, 3650] {
            let decay = Decay::new(half_life);
            assert!((0..decay.span()).all(|age| decay.left(age) >= decay.left(age + 1)));
        }
    }
}

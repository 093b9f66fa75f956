//! When a delivery is tried again, and when it is given up. Times and lots enter as arguments.

/// For how long a delivery is tried, unless somebody says otherwise: three days, in milliseconds.
pub const TRIED_FOR: i64 = 3 * 24 * 60 * 60 * 1_000;
/// The wait after the first failure, in milliseconds.
const FIRST: i64 = 1_000;
/// The longest wait that is ours, in milliseconds.
const LONGEST: i64 = 2 * 60 * 60 * 1_000;
/// The longest wait that a receiver may ask for, in milliseconds.
const ASKED_MAX: i64 = 24 * 60 * 60 * 1_000;

/// The wait after the feed could not be read, in milliseconds.
pub(crate) const LOOK_AGAIN: i64 = 1_000;

/// The wait after a number of failures, in milliseconds: four times as long each time, up to two
/// hours, give or take a fifth as the lot falls.
#[must_use]
pub fn delay(failures: u32, draw: u32) -> i64 {
    let grown = 4_i64.saturating_pow(failures.saturating_sub(1));
    let wait = FIRST.saturating_mul(grown).min(LONGEST);
    let share = 800 + i64::from(draw % 401);
    wait.saturating_mul(share) / 1_000
}

/// The wait that a receiver asks for, in milliseconds, as far as it is heeded: up to a day.
#[must_use]
pub fn asked(wait: i64) -> i64 {
    wait.clamp(0, ASKED_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn waits_grow_to_two_hours_and_lots_part_them() {
        let waits: Vec<i64> = (1..=9).map(|failures| delay(failures, 200)).collect();
        let seconds = [1, 4, 16, 64, 256, 1_024, 4_096, 7_200, 7_200];
        assert_eq!(waits, seconds.map(|seconds| seconds * 1_000));
        assert_eq!((delay(1, 0), delay(1, 400)), (800, 1_200));
        assert_eq!(delay(u32::MAX, 200), LONGEST);
    }

    #[test]
    fn a_receiver_may_ask_for_a_day_and_no_more() {
        assert_eq!(asked(7_000), 7_000);
        assert_eq!((asked(-1), asked(i64::MAX)), (0, ASKED_MAX));
    }

    proptest! {
        #[test]
        fn every_wait_is_within_a_fifth_of_its_step(failures in 1_u32.., draw: u32) {
            let step = delay(failures, 200);
            let wait = delay(failures, draw);
            prop_assert!((step * 4 / 5..=step * 6 / 5).contains(&wait));
            prop_assert!(delay(failures.saturating_add(1), draw) >= wait);
        }
    }
}

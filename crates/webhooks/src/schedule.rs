//! Waits between attempts, in milliseconds.

/// The wait after the first failure.
const FIRST: i64 = 1_000;
/// The longest wait.
const LONGEST: i64 = 2 * 60 * 60 * 1_000;
/// The longest wait that a receiver may ask for.
const RETRY_AFTER_MAX: i64 = 24 * 60 * 60 * 1_000;

/// The wait after the feed could not be read.
pub(crate) const READ_RETRY: i64 = 1_000;

/// Returns the wait after a number of failures: exponential back-off, four times as long each
/// time, up to two hours, with a jitter of a fifth either way.
pub(crate) fn delay(failures: u32, jitter: u32) -> i64 {
    let grown = 4_i64.saturating_pow(failures.saturating_sub(1));
    let wait = FIRST.saturating_mul(grown).min(LONGEST);
    let share = 800 + i64::from(jitter % 401);
    wait.saturating_mul(share) / 1_000
}

/// Bounds the wait that a receiver asks for to one day.
pub(crate) fn retry_after(wait: i64) -> i64 {
    wait.clamp(0, RETRY_AFTER_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn waits_grow_to_two_hours_with_jitter() {
        let waits: Vec<i64> = (1..=9).map(|failures| delay(failures, 200)).collect();
        let seconds = [1, 4, 16, 64, 256, 1_024, 4_096, 7_200, 7_200];
        assert_eq!(waits, seconds.map(|seconds| seconds * 1_000));
        assert_eq!((delay(1, 0), delay(1, 400)), (800, 1_200));
        assert_eq!(delay(u32::MAX, 200), LONGEST);
    }

    #[test]
    fn a_receiver_may_ask_for_a_day_and_no_more() {
        assert_eq!(retry_after(7_000), 7_000);
        assert_eq!(
            (retry_after(-1), retry_after(i64::MAX)),
            (0, RETRY_AFTER_MAX)
        );
    }

    proptest! {
        #[test]
        fn every_wait_is_within_a_fifth_of_its_step(failures in 1_u32.., jitter: u32) {
            let step = delay(failures, 200);
            let wait = delay(failures, jitter);
            prop_assert!((step * 4 / 5..=step * 6 / 5).contains(&wait));
            prop_assert!(delay(failures.saturating_add(1), jitter) >= wait);
        }
    }
}

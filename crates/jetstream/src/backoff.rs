//! Waits between attempts, doubling up to a maximum.

use std::time::Duration;

/// A doubling wait. It does not sleep itself and has no deadline.
#[derive(Clone, Debug)]
pub struct Backoff {
    next: Duration,
    min: Duration,
    max: Duration,
}

impl Backoff {
    /// Creates a back-off that starts at `min` and doubles up to `max`.
    pub const fn new(min: Duration, max: Duration) -> Self {
        Self {
            next: min,
            min,
            max,
        }
    }

    /// Returns the wait before the next attempt.
    pub fn wait(&mut self) -> Duration {
        let wait = self.next;
        self.next = wait.saturating_mul(2).min(self.max);
        wait
    }

    /// Starts again at the minimum, after a success.
    pub const fn reset(&mut self) {
        self.next = self.min;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_maximum_and_start_again_after_a_reset() {
        let ms = Duration::from_millis;
        let mut backoff = Backoff::new(ms(10), ms(35));
        let waits: Vec<_> = (0..4).map(|_| backoff.wait()).collect();
        assert_eq!(waits, [ms(10), ms(20), ms(35), ms(35)]);
        backoff.reset();
        assert_eq!(backoff.wait(), ms(10));
    }
}

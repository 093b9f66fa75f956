//! Waits between tries: doubling from a first wait to a last one.

use std::time::Duration;

/// A doubling wait. It keeps no time itself; the caller sleeps and knows its deadline.
#[derive(Clone, Debug)]
pub struct Backoff {
    next: Duration,
    first: Duration,
    last: Duration,
}

impl Backoff {
    /// Starts at `first` and doubles up to `last`.
    pub fn new(first: Duration, last: Duration) -> Backoff {
        Backoff {
            next: first,
            first,
            last,
        }
    }

    /// The wait before the next try.
    pub fn wait(&mut self) -> Duration {
        let wait = self.next;
        self.next = wait.saturating_mul(2).min(self.last);
        wait
    }

    /// Starts anew, after a success.
    pub fn reset(&mut self) {
        self.next = self.first;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_last_and_start_anew() {
        let ms = Duration::from_millis;
        let mut backoff = Backoff::new(ms(10), ms(35));
        let waits: Vec<_> = (0..4).map(|_| backoff.wait()).collect();
        assert_eq!(waits, [ms(10), ms(20), ms(35), ms(35)]);
        backoff.reset();
        assert_eq!(backoff.wait(), ms(10));
    }
}

//! Exponential back-off with jitter.

use std::time::Duration;

use crate::Ids;

/// The first and the longest wait.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    pub(crate) first: Duration,
    pub(crate) longest: Duration,
}

/// Waits that double up to a limit.
#[derive(Clone, Debug)]
pub(crate) struct Backoff {
    bounds: Bounds,
    next: Duration,
}

// === impl Backoff ===

impl Backoff {
    pub(crate) const fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            next: bounds.first,
        }
    }

    /// Returns the wait before the next attempt, shortened at random by up to a half, after the
    /// time that the server asked for. The randomness is that of a fresh id.
    pub(crate) fn next_wait(&mut self, retry_after: Option<Duration>, ids: &Ids) -> Duration {
        let full = self.next;
        self.next = full.saturating_mul(2).min(self.bounds.longest);
        let random = u32::try_from(ids().as_u128() & 0xffff).unwrap_or(0);
        let jitter = (full / 2).saturating_mul(random) / 0x1_0000;
        let wait = full.saturating_sub(jitter);
        wait.saturating_add(retry_after.unwrap_or_default())
    }

    /// Starts again with the first wait.
    pub(crate) const fn reset(&mut self) {
        self.next = self.bounds.first;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use uuid::Uuid;

    #[test]
    fn waits_double_and_are_shortened_by_up_to_a_half() {
        let ms = Duration::from_millis;
        let bounds = Bounds {
            first: ms(10),
            longest: ms(30),
        };
        let ids = |bits: u128| -> Ids { Arc::new(move || Uuid::from_u128(bits)) };
        let mut backoff = Backoff::new(bounds);
        let full: Vec<_> = (0..4).map(|_| backoff.next_wait(None, &ids(0))).collect();
        assert_eq!(full, [ms(10), ms(20), ms(30), ms(30)]);
        backoff.reset();
        let shortest = backoff.next_wait(None, &ids(0xffff));
        assert!((ms(5)..ms(6)).contains(&shortest), "{shortest:?}");
        let asked = backoff.next_wait(Some(ms(1_000)), &ids(0));
        assert_eq!(asked, ms(1_020));
    }
}

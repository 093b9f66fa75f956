//! Waits between tries: doubling, and shortened by lot so that not everybody comes at once.

use std::time::Duration;

use crate::Ids;

/// The first wait and the last one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Waits {
    pub(crate) first: Duration,
    pub(crate) last: Duration,
}

/// A doubling wait.
#[derive(Clone, Debug)]
pub(crate) struct Backoff {
    waits: Waits,
    next: Duration,
}

// === impl Backoff ===

impl Backoff {
    pub(crate) fn new(waits: Waits) -> Self {
        Self {
            waits,
            next: waits.first,
        }
    }

    /// The wait before the next try: at least as long as the server asks for. The lot is drawn
    /// from the random bits of an id, so whoever gives ids gives lots too.
    pub(crate) fn wait(&mut self, asked: Option<Duration>, ids: &Ids) -> Duration {
        let whole = self.next;
        self.next = whole.saturating_mul(2).min(self.waits.last);
        let lot = u32::try_from(ids().as_u128() & 0xffff).unwrap_or(0);
        let off = (whole / 2).saturating_mul(lot) / 0x1_0000;
        let wait = whole.saturating_sub(off);
        asked.map_or(wait, |asked| asked.saturating_add(wait))
    }

    /// Starts anew, after a success.
    pub(crate) fn reset(&mut self) {
        self.next = self.waits.first;
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
        let waits = Waits {
            first: ms(10),
            last: ms(30),
        };
        let lots = |lot: u128| -> Ids { Arc::new(move || Uuid::from_u128(lot)) };
        let mut backoff = Backoff::new(waits);
        let whole: Vec<_> = (0..4).map(|_| backoff.wait(None, &lots(0))).collect();
        assert_eq!(whole, [ms(10), ms(20), ms(30), ms(30)]);
        backoff.reset();
        let least = backoff.wait(None, &lots(0xffff));
        assert!((ms(5)..ms(6)).contains(&least), "{least:?}");
        let asked = backoff.wait(Some(ms(1_000)), &lots(0));
        assert_eq!(asked, ms(1_020));
    }
}

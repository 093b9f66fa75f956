//! When to say again that something is awaited.

use std::time::Duration;

use tokio::time::Instant;

use crate::backoff::Backoff;

/// Times to say so: after a second, then at growing intervals, the longest half a minute.
#[derive(Debug)]
pub(crate) struct Reminder {
    since: Instant,
    next: Instant,
    intervals: Backoff,
}

impl Reminder {
    /// Begins now.
    pub(crate) fn new() -> Self {
        let since = Instant::now();
        let mut intervals = Backoff::new(Duration::from_secs(1), Duration::from_secs(30));
        Self {
            since,
            next: since + intervals.wait(),
            intervals,
        }
    }

    /// Waits until it is to be said. Returns the time waited so far, in seconds.
    pub(crate) async fn due(&mut self) -> u64 {
        tokio::time::sleep_until(self.next).await;
        self.next = Instant::now() + self.intervals.wait();
        self.since.elapsed().as_secs()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_is_said_again_at_growing_intervals_of_at_most_half_a_minute() {
        let mut reminder = Reminder::new();
        let mut said = Vec::new();
        for _ in 0..7 {
            said.push(reminder.due().await);
        }
        assert_eq!(said, [1, 3, 7, 15, 31, 61, 91]);
    }
}

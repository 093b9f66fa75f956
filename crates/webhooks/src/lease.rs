//! Which of several processes delivers: the one that holds the lease.
//!
//! The holder renews the key; whoever sees it unchanged for long enough, by its own clock that
//! only goes forward, takes it over by compare-and-set. No two clocks are compared. The lease is
//! for order, not for truth: whoever was deposed and does not know it yet can at worst deliver
//! once more, under the same id, and its next keeping of a place fails.

use std::time::Duration;

use bytes::Bytes;
use detente_jetstream::control::{Control, ControlError, Versioned};
use tokio::time::Instant;

/// The key.
const KEY: &str = "lease";
/// How often the holder renews it, and the others look.
pub(crate) const RENEW_EVERY: Duration = Duration::from_millis(500);
/// How long it must be seen unchanged before somebody else takes it.
const EXPIRES_AFTER: Duration = Duration::from_millis(2_500);
/// How long a holder that cannot renew goes on; shorter than the others wait.
const HOLDS_FOR: Duration = Duration::from_millis(2_000);

/// The lease, held or sought.
#[derive(Debug)]
pub(crate) struct Lease {
    control: Control,
    holder: Bytes,
    seen: Option<(u64, Instant)>,
    held: Option<(u64, Instant)>,
}

impl Lease {
    pub(crate) fn new(control: Control, holder: &str) -> Self {
        Self {
            control,
            holder: Bytes::copy_from_slice(holder.as_bytes()),
            seen: None,
            held: None,
        }
    }

    /// Seeks the lease, or renews it. Says whether it is held.
    pub(crate) async fn hold(&mut self) -> bool {
        let asked = Instant::now();
        let done = match self.held {
            Some((revision, _)) => self.set(Some(revision)).await,
            None => self.seek(asked).await,
        };
        match done {
            Ok(Some(revision)) => self.held = Some((revision, asked)),
            Ok(None) | Err(ControlError::Conflict { .. }) => self.held = None,
            Err(error) => {
                tracing::debug!(%error, "the lease of webhooks is out of reach");
                self.held = self.held.filter(|(_, at)| at.elapsed() < HOLDS_FOR);
            }
        }
        self.held.is_some()
    }

    async fn seek(&mut self, now: Instant) -> Result<Option<u64>, ControlError> {
        let Some(Versioned { revision, .. }) = self.control.get(KEY).await? else {
            return self.set(None).await;
        };
        let since = match self.seen {
            Some((seen, since)) if seen == revision => since,
            Some(_) | None => now,
        };
        self.seen = Some((revision, since));
        if since.elapsed() < EXPIRES_AFTER {
            return Ok(None);
        }
        self.set(Some(revision)).await
    }

    async fn set(&self, expected: Option<u64>) -> Result<Option<u64>, ControlError> {
        let set = self.control.set(KEY, self.holder.clone(), expected).await;
        set.map(Some)
    }

    /// Gives the lease up, so that nobody has to wait for it.
    pub(crate) async fn release(&mut self) {
        if let Some((revision, _)) = self.held.take()
            && let Err(error) = self.control.delete(KEY, revision).await
        {
            tracing::debug!(%error, "the lease of webhooks is left to expire");
        }
    }
}

//! The lease: among several processes, only its holder delivers.
//!
//! The holder renews the key. A process that sees the key unchanged for long enough, by its own
//! monotonic clock, takes it over by compare-and-set, so no two clocks are compared. A holder that
//! does not know yet that it lost the lease can at worst deliver once more, under the same id; its
//! next attempt to save progress fails.

use std::time::Duration;

use bytes::Bytes;
use detente_jetstream::kv::{KvBucket, KvError, Versioned};
use tokio::time::Instant;

/// The key of the lease.
const KEY: &str = "lease";
/// The interval at which the holder renews it and the others check it.
pub(crate) const RENEW_EVERY: Duration = Duration::from_millis(500);
/// The time for which it must be unchanged before another process takes it.
const EXPIRES_AFTER: Duration = Duration::from_millis(2_500);
/// The time for which a holder that cannot renew it continues; less than [`EXPIRES_AFTER`].
const HOLDS_FOR: Duration = Duration::from_millis(2_000);

/// The lease, from the point of view of one process.
#[derive(Debug)]
pub(crate) struct Lease {
    bucket: KvBucket,
    holder: Bytes,
    /// The revision of another holder, and the time at which it was first seen.
    seen: Option<(u64, Instant)>,
    /// The revision and the time of the last renewal, while this process has the lease.
    renewed: Option<(u64, Instant)>,
}

impl Lease {
    pub(crate) fn new(bucket: KvBucket, holder: &str) -> Self {
        Self {
            bucket,
            holder: Bytes::copy_from_slice(holder.as_bytes()),
            seen: None,
            renewed: None,
        }
    }

    /// Takes or renews the lease, if possible. Returns true if it is held.
    pub(crate) async fn acquire(&mut self) -> bool {
        let asked = Instant::now();
        let done = match self.renewed {
            Some((revision, _)) => self.set(Some(revision)).await,
            None => self.take_over(asked).await,
        };
        match done {
            Ok(Some(revision)) => self.renewed = Some((revision, asked)),
            Ok(None) | Err(KvError::Conflict { .. }) => self.renewed = None,
            Err(error) => {
                tracing::debug!(%error, "the lease of webhooks cannot be read or renewed");
                self.renewed = self.renewed.filter(|(_, at)| at.elapsed() < HOLDS_FOR);
            }
        }
        self.renewed.is_some()
    }

    async fn take_over(&mut self, now: Instant) -> Result<Option<u64>, KvError> {
        let Some(Versioned { revision, .. }) = self.bucket.get(KEY).await? else {
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

    async fn set(&self, expected: Option<u64>) -> Result<Option<u64>, KvError> {
        let set = self.bucket.set(KEY, self.holder.clone(), expected).await;
        set.map(Some)
    }

    /// Releases the lease, so that another process can take it at once.
    pub(crate) async fn release(&mut self) {
        if let Some((revision, _)) = self.renewed.take()
            && let Err(error) = self.bucket.delete(KEY, revision).await
        {
            tracing::debug!(%error, "the lease of webhooks was not released; it will expire");
        }
    }
}

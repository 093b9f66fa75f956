//! Probes of the log: whether it can be written, and how much room there is.
//!
//! An open connection says little: a leader may be frozen or cut off, and a disk may be full. So the
//! leader of the log is asked twice a second, commits without an answer count against it, and
//! reports are refused before the room ends: ticks and the projector need what is left.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use detente_jetstream::Connection;
use detente_jetstream::account::{self, Storage};
use detente_jetstream::leader::{ANSWERS_WITHIN, ASK_EVERY, LeaderWatch};
use detente_jetstream::topology::EVENTS;
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior};

use crate::follower::Follower;
use crate::metrics;

/// The longest time for which a commit may be without an answer.
const UNANSWERED_MAX: Duration = Duration::from_secs(2);
/// The interval at which the storage of the account is read.
const STORAGE_EVERY: Duration = Duration::from_secs(2);
/// The same after a failure: the user may not be allowed to read it.
const STORAGE_RETRY: Duration = Duration::from_secs(60);
/// The part of the storage of the account up to which reports are accepted, in percent.
const STORAGE_PERCENT: u64 = 95;
/// The time for which a refusal for want of room counts, unless something is stored meanwhile.
const REFUSAL_COUNTS: Duration = Duration::from_secs(10);

/// The room on the disk of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disk {
    /// The free bytes.
    pub free: u64,
    /// The free bytes below which no reports are accepted.
    pub low: u64,
}

/// Returns the room on the disk of the log, if it can be read.
pub type ReadDisk = Arc<dyn Fn() -> Option<Disk> + Send + Sync>;

/// A part of the gateway that fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failing {
    /// The part.
    pub part: Part,
    /// The reason, for people.
    pub reason: String,
}

/// The parts of the health of a gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The gateway itself, and its connection.
    Gateway,
    /// The log, which must accept commits.
    Log,
    /// The room for the log.
    Disk,
    /// The clock, by which a day begins.
    Clock,
}

/// What was seen of the log. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct LogState {
    leader: LeaderWatch,
    seen: Arc<watch::Sender<Seen>>,
}

#[derive(Debug, Default)]
struct Seen {
    storage: Option<Storage>,
    disk: Option<Disk>,
    /// The last refusal of a commit for want of room.
    refused: Option<(Instant, String)>,
}

// === impl Part ===

impl Part {
    /// All parts.
    pub const ALL: [Self; 4] = [Self::Gateway, Self::Log, Self::Disk, Self::Clock];

    /// Returns the name of the part, as `/readyz` has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gateway => "gateway",
            Self::Log => "log",
            Self::Disk => "disk",
            Self::Clock => "clock",
        }
    }
}

impl fmt::Display for Failing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.part.as_str(), self.reason)
    }
}

// === impl LogState ===

impl LogState {
    /// Nothing was seen yet.
    pub(crate) fn new() -> Self {
        Self {
            leader: LeaderWatch::new(EVENTS),
            seen: Arc::default(),
        }
    }

    /// Probes for ever.
    pub(crate) async fn run(
        self,
        connection: Connection,
        follower: Follower,
        read_disk: Option<ReadDisk>,
    ) {
        let mut interval = tokio::time::interval(ASK_EVERY);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut storage_at = Instant::now();
        let mut end = 0;
        loop {
            interval.tick().await;
            self.probe(&connection, read_disk.as_ref(), ANSWERS_WITHIN)
                .await;
            let now = self.leader.said().map(|leader| leader.end);
            // What was there at the last probe, and is not known, is of another gateway.
            follower.want(end);
            end = now.unwrap_or(end);
            if now.is_some() && Instant::now() >= storage_at {
                let storage = account::storage(&connection).await;
                storage_at =
                    Instant::now() + storage.as_ref().map_or(STORAGE_RETRY, |_| STORAGE_EVERY);
                let storage = storage.inspect_err(|error| tracing::debug!(%error, "no limit"));
                self.seen.send_modify(|seen| seen.storage = storage.ok());
            }
        }
    }

    /// Asks the leader, with a timeout, and reads the disk.
    pub(crate) async fn probe(
        &self,
        connection: &Connection,
        read_disk: Option<&ReadDisk>,
        within: Duration,
    ) {
        self.leader.ask(connection, within).await;
        let disk = read_disk.and_then(|read| read());
        self.seen.send_modify(|seen| seen.disk = disk);
        let seen = self.seen.borrow();
        let bytes = self.leader.said().map(|leader| leader.bytes);
        metrics::room(
            bytes,
            seen.storage.and_then(|storage| storage.max),
            seen.disk,
        );
    }

    /// Records the answer of the server to a commit: whether it had room.
    pub(crate) fn answered(&self, refusal: Option<String>) {
        self.seen.send_if_modified(|seen| {
            let changes = refusal.is_some() || seen.refused.is_some();
            seen.refused = refusal.map(|refusal| (Instant::now(), refusal));
            changes
        });
    }

    /// Checks that the log accepts commits, one of which has been without an answer for a time.
    ///
    /// # Errors
    /// The reason why it does not.
    pub(crate) fn check(&self, unanswered: Duration) -> Result<(), String> {
        self.leader.check()?;
        if unanswered > UNANSWERED_MAX {
            let waited = unanswered.as_secs();
            return Err(format!(
                "a commit has been without an answer for {waited} s"
            ));
        }
        Ok(())
    }

    /// Checks that there is room for reports, as far as is known before any is sent.
    ///
    /// # Errors
    /// The reason why there is none.
    pub(crate) fn room(&self) -> Result<(), String> {
        let seen = self.seen.borrow();
        if let Some(Disk { free, low }) = seen.disk
            && free < low
        {
            let (free, low) = (mib(free), mib(low));
            return Err(format!(
                "the disk of the log has {free} MiB left, and {low} are kept free"
            ));
        }
        match seen.storage {
            Some(Storage {
                used,
                max: Some(max),
            }) if is_over(used, max) => {
                let (used, max) = (mib(used), mib(max));
                Err(format!(
                    "the account on the NATS server takes {used} of {max} MiB"
                ))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Does the same, and counts a refusal of the server.
    ///
    /// # Errors
    /// The reason why there is none.
    pub(crate) fn disk(&self) -> Result<(), String> {
        self.room()?;
        match &self.seen.borrow().refused {
            Some((at, reason)) if at.elapsed() < REFUSAL_COUNTS => Err(reason.clone()),
            Some(_) | None => Ok(()),
        }
    }
}

/// Returns true if reports would take the room that is kept.
fn is_over(used: u64, max: u64) -> bool {
    u128::from(used) * 100 > u128::from(max) * u128::from(STORAGE_PERCENT)
}

const fn mib(bytes: u64) -> u64 {
    bytes >> 20
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(change: impl FnOnce(&mut Seen)) -> LogState {
        let state = LogState::new();
        state.seen.send_modify(change);
        state
    }

    #[tokio::test(start_paused = true)]
    async fn room_ends_at_the_limit_of_disk_and_account_and_with_a_refusal() {
        let disk = |free| seen(|seen| seen.disk = Some(Disk { free, low: 10 }));
        assert_eq!(
            (disk(9).room().is_ok(), disk(10).room().is_ok()),
            (false, true)
        );
        let account = |used, max| seen(|seen| seen.storage = Some(Storage { used, max }));
        assert!(account(96, Some(100)).room().is_err());
        assert!(account(95, Some(100)).room().is_ok());
        assert!(account(u64::MAX, None).room().is_ok());

        let refused = seen(|_| {});
        refused.answered(Some("insufficient resources".to_owned()));
        // The next report shows whether there is room again.
        assert_eq!(
            (refused.room().is_ok(), refused.disk().is_ok()),
            (true, false)
        );
        tokio::time::advance(REFUSAL_COUNTS).await;
        assert!(refused.disk().is_ok());
        refused.answered(Some("insufficient resources".to_owned()));
        refused.answered(None);
        assert!(refused.disk().is_ok());
    }
}

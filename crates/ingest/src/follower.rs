//! Follows what others append to the log, so that an id has one position whichever gateway took it.
//!
//! Everything up to a position is known if this gateway has appended or read it. A gateway that is
//! alone knows its own commits as they are acknowledged, and reads nothing. Another one's commit
//! leaves a gap; then the log is read from there on, until it has had no gap for a while.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use detente_api::submission::KeyedRequest;
use detente_jetstream::appender::AppendError;
use detente_jetstream::backoff::Backoff;
use detente_jetstream::reader::{Options, ReadError, StreamReader};
use detente_jetstream::topology::EVENTS;
use detente_jetstream::{Connection, commit};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::dedup::RecentIds;
use crate::idempotency::RecentKeys;
use crate::recover::record_key;

/// The longest wait of a call for gaps to be read, before an outcome is unknown.
pub(crate) const REACH_WITHIN: Duration = Duration::from_secs(10);
/// The wait for acknowledgements of this gateway's own commits, which may overtake each other.
const OWN_WITHIN: Duration = Duration::from_millis(20);
/// The time without a gap after which the log is not read any more.
const QUIET_AFTER: Duration = Duration::from_secs(5);

/// How far the log is known. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Follower {
    place: Arc<watch::Sender<Place>>,
}

#[derive(Debug)]
struct Place {
    /// Every commit up to this position is known.
    known: u64,
    /// The positions after it that this gateway has appended.
    own: BTreeSet<u64>,
    /// The position up to which the log is to be known.
    wanted: u64,
    /// The reason why the log cannot be read.
    error: Option<String>,
}

/// The tables that the follower fills.
#[derive(Clone, Debug)]
pub(crate) struct Tables {
    pub(crate) recent: RecentIds,
    pub(crate) keys: RecentKeys,
}

// === impl Follower ===

impl Follower {
    /// Begins at the end of what was recovered.
    pub(crate) fn new(known: u64) -> Self {
        let place = Place {
            known,
            own: BTreeSet::new(),
            wanted: known,
            error: None,
        };
        Self {
            place: Arc::new(watch::Sender::new(place)),
        }
    }

    /// Records that this gateway has appended a commit.
    pub(crate) fn appended(&self, position: u64) {
        self.place.send_if_modified(|place| {
            let before = place.known;
            if position > place.known {
                place.own.insert(position);
                place.advance();
            }
            place.known > before
        });
    }

    /// Asks for the log to be known up to a position.
    pub(crate) fn want(&self, position: u64) {
        self.place.send_if_modified(|place| {
            let is_new = position > place.wanted && position > place.known;
            if is_new {
                place.wanted = position;
            }
            is_new
        });
    }

    /// Waits until the log is known up to a position.
    ///
    /// # Errors
    /// [`AppendError::Unknown`] if it is not known at the deadline.
    pub(crate) async fn reach(&self, position: u64, deadline: Instant) -> Result<(), AppendError> {
        let started = Instant::now();
        let mut place = self.place.subscribe();
        if place.borrow_and_update().known >= position {
            return Ok(());
        }
        self.want(position);
        let reached = place.wait_for(|place| place.known >= position);
        match tokio::time::timeout_at(deadline, reached).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(AppendError::Unknown {
                waited_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            }),
        }
    }

    /// Checks that the commits of others can be read.
    ///
    /// # Errors
    /// The reason why they cannot, while there are some.
    pub(crate) fn check(&self) -> Result<(), String> {
        let place = self.place.borrow();
        match &place.error {
            Some(error) if place.has_gap() => {
                Err(format!("the commits of others cannot be read: {error}"))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Reads the gaps of the log, for ever.
    pub(crate) async fn run(self, connection: Connection, tables: Tables) {
        let mut place = self.place.subscribe();
        let mut backoff = Backoff::new(Duration::from_millis(50), Duration::from_secs(2));
        loop {
            // The sender lives as long as `self`.
            drop(place.wait_for(Place::has_gap).await);
            let filled = place.wait_for(|place| !place.has_gap());
            if tokio::time::timeout(OWN_WITHIN, filled).await.is_ok() {
                continue;
            }
            match self.read(&connection, &tables).await {
                Ok(()) => backoff.reset(),
                Err(error) => {
                    tracing::warn!(%error, "the commits of others cannot be read yet");
                    let error = error.to_string();
                    self.place.send_modify(|place| place.error = Some(error));
                    tokio::time::sleep(backoff.wait()).await;
                }
            }
        }
    }

    /// Reads the log until it has had no gap for [`QUIET_AFTER`].
    async fn read(&self, connection: &Connection, tables: &Tables) -> Result<(), ReadError> {
        let mut place = self.place.subscribe();
        let (from, mut wanted) = {
            let place = place.borrow_and_update();
            (place.known + 1, place.wanted)
        };
        let mut reader = StreamReader::open(connection, EVENTS, from, Options::events()).await?;
        let mut quiet_at = Instant::now() + QUIET_AFTER;
        loop {
            tokio::select! {
                message = reader.next() => {
                    let message = message?;
                    tables.learn(&message.payload, message.sequence);
                    self.has_read(message.sequence);
                }
                changed = place.wait_for(|place| place.wanted > wanted) => {
                    if let Ok(place) = changed {
                        wanted = place.wanted;
                    }
                    quiet_at = Instant::now() + QUIET_AFTER;
                }
                () = tokio::time::sleep_until(quiet_at) => {
                    if !self.place.borrow().has_gap() {
                        return Ok(());
                    }
                    quiet_at = Instant::now() + QUIET_AFTER;
                }
            }
        }
    }

    fn has_read(&self, position: u64) {
        self.place.send_if_modified(|place| {
            let is_new = position > place.known;
            if is_new {
                place.error = None;
                place.known = position;
                place.own = place.own.split_off(&(position + 1));
                place.advance();
            }
            is_new
        });
    }
}

impl Place {
    fn has_gap(&self) -> bool {
        self.wanted > self.known
    }

    /// Takes the gateway's own commits that follow what is known.
    fn advance(&mut self) {
        while self.own.first() == Some(&(self.known + 1)) {
            self.own.pop_first();
            self.known += 1;
        }
    }
}

impl Tables {
    /// Adds the ids and the idempotency keys of a commit.
    fn learn(&self, payload: &[u8], position: u64) {
        for record in commit::records(payload) {
            let Some(key) = record.ok().and_then(record_key) else {
                continue;
            };
            self.recent.learn(key, position);
            if let Some(request) = KeyedRequest::from_id(key.id) {
                self.keys.learn(request);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(follower: &Follower) -> u64 {
        follower.place.borrow().known
    }

    #[tokio::test(start_paused = true)]
    async fn a_gateway_alone_has_no_gap_and_waits_for_the_commits_of_others() {
        let follower = Follower::new(10);
        follower.appended(11);
        let deadline = Instant::now() + REACH_WITHIN;
        assert_eq!(follower.reach(11, deadline).await, Ok(()));
        // Its own commits overtake each other.
        follower.appended(13);
        assert_eq!(known(&follower), 11);
        follower.appended(12);
        assert_eq!(known(&follower), 13);
        assert!(!follower.place.borrow().has_gap());

        // Commit 14 is another gateway's.
        follower.appended(15);
        let waiting = tokio::spawn({
            let follower = follower.clone();
            async move { follower.reach(15, deadline).await }
        });
        let mut place = follower.place.subscribe();
        drop(place.wait_for(Place::has_gap).await);
        assert!(!waiting.is_finished());
        follower.has_read(14);
        assert_eq!(waiting.await.expect("an end"), Ok(()));
        assert_eq!(known(&follower), 15);
        let unknown = follower.reach(17, deadline).await;
        assert!(
            matches!(unknown, Err(AppendError::Unknown { .. })),
            "{unknown:?}"
        );
    }
}

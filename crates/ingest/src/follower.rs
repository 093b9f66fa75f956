//! Follows what others append to the log, so that an id has one position whichever gateway took it.
//!
//! Everything up to a position is known if this gateway has appended or read it. A gateway that is
//! alone knows its own commits as they are acknowledged, and reads nothing. After another one's
//! commit its own is refused; then the log is read from there on, until nothing new has been asked
//! for for a while.

use std::sync::Arc;
use std::time::Duration;

use detente_api::submission::KeyedRequest;
use detente_codec::skim;
use detente_jetstream::appender::{Fence, KnownLog};
use detente_jetstream::backoff::Backoff;
use detente_jetstream::reader::{Options, ReadError, StreamReader};
use detente_jetstream::topology::EVENTS;
use detente_jetstream::{Connection, Message, commit};
use futures_util::future::BoxFuture;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::dedup::RecentIds;
use crate::idempotency::RecentKeys;
use crate::recover::record_key;

/// The time without a question after which the log is not read any more.
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

/// What a gateway knows of the log when it appends.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) follower: Follower,
    pub(crate) recent: RecentIds,
}

// === impl Known ===

impl KnownLog for Known {
    fn known(&self) -> u64 {
        self.follower.place.borrow().known
    }

    fn stored(&self, sequence: u64) {
        self.follower.appended(sequence);
    }

    fn reach(&self, sequence: u64) -> BoxFuture<'_, ()> {
        Box::pin(self.follower.reach(sequence))
    }

    fn find(&self, record: &[u8]) -> Option<u64> {
        self.recent.first(skim::record_id(record).ok()?)
    }
}

// === impl Follower ===

impl Follower {
    /// Begins at the end of what was recovered.
    pub(crate) fn new(known: u64) -> Self {
        let place = Place {
            known,
            wanted: known,
            error: None,
        };
        Self {
            place: Arc::new(watch::Sender::new(place)),
        }
    }

    /// Records that this gateway has appended the next commit.
    fn appended(&self, position: u64) {
        self.place.send_if_modified(|place| {
            let is_next = position == place.known + 1;
            if is_next {
                place.known = position;
            }
            is_next
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
    async fn reach(&self, position: u64) {
        self.want(position);
        let mut place = self.place.subscribe();
        // The sender lives as long as `self`.
        drop(place.wait_for(|place| place.known >= position).await);
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
    pub(crate) async fn run(self, connection: Connection, tables: Tables, fence: Fence) {
        let mut place = self.place.subscribe();
        let mut backoff = Backoff::new(Duration::from_millis(50), Duration::from_secs(2));
        loop {
            // The sender lives as long as `self`.
            drop(place.wait_for(Place::has_gap).await);
            match self.read(&connection, &tables, &fence).await {
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

    /// Reads the log until nothing more has been asked for for [`QUIET_AFTER`].
    async fn read(
        &self,
        connection: &Connection,
        tables: &Tables,
        fence: &Fence,
    ) -> Result<(), ReadError> {
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
                    tables.learn(&message, fence.is_own(&message.headers));
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
            }
            is_new
        });
    }
}

impl Place {
    fn has_gap(&self) -> bool {
        self.wanted > self.known
    }
}

impl Tables {
    /// Adds the ids and the idempotency keys of a commit.
    fn learn(&self, message: &Message, is_own: bool) {
        for record in commit::records(&message.payload) {
            let Some(key) = record.ok().and_then(record_key) else {
                continue;
            };
            self.recent.learn(key, message.sequence, is_own);
            if let Some(request) = KeyedRequest::from_id(key.id) {
                self.keys.learn(request);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_gateway_alone_has_no_gap_and_waits_for_the_commits_of_others() {
        let follower = Follower::new(10);
        let known = || follower.place.borrow().known;
        follower.appended(11);
        follower.reach(11).await;
        assert!(!follower.place.borrow().has_gap());

        // Commit 12 is another gateway's.
        let waiting = tokio::spawn({
            let follower = follower.clone();
            async move { follower.reach(12).await }
        });
        let mut place = follower.place.subscribe();
        drop(place.wait_for(Place::has_gap).await);
        assert!(!waiting.is_finished());
        follower.has_read(12);
        waiting.await.expect("an end");
        // What it has appended may be read before the acknowledgement comes.
        follower.has_read(13);
        follower.appended(13);
        assert_eq!(known(), 13);
        let reached = tokio::time::timeout(Duration::from_secs(3_600), follower.reach(14));
        assert!(reached.await.is_err());
        assert!(follower.place.borrow().has_gap());
    }
}

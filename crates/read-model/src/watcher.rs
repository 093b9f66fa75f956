//! A client that follows the changes, over any transport.
//!
//! It is polled when the client can take more, so for a slow client only its cursor is kept.

use std::sync::Arc;
use std::time::Duration;

use detente_api::Refusal;
use detente_api::view::{Heartbeat, Switched};
use detente_feed::{Cursor, Error, Filter, Frame, Next, StartAt, Subscription};
use tokio::time::{Instant, Interval, MissedTickBehavior};

use crate::read_model::ReadModel;

/// The longest time between two events.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// A client that follows the changes.
#[derive(Debug)]
pub struct Watcher {
    subscription: Subscription,
    heartbeat: Interval,
    model: ReadModel,
    /// True if the first heartbeat was returned.
    has_begun: bool,
    /// True if [`WatchEvent::Switched`] was returned.
    has_ended: bool,
}

/// An event of a stream of changes.
#[derive(Clone, Debug)]
pub enum WatchEvent {
    /// Changes.
    Frame(Arc<Frame>),
    /// The cursor after all messages that were examined, also those that the filter does not match:
    /// a client that resumes there misses nothing.
    Heartbeat(Heartbeat),
    /// The feed lacks messages, which the filter may have matched. The stream goes on after them;
    /// the refusal names that place.
    Lost(Refusal),
    /// Another rulebook is in force; nothing follows.
    Switched(Switched),
}

/// The reason why a stream of changes has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Another rulebook is in force.
    Switched,
    /// The service is stopping.
    Stopped,
    /// The feed cannot be read; the reason is logged.
    Broken,
}

impl ReadModel {
    /// Follows the changes that a filter matches.
    ///
    /// # Errors
    /// A refusal of a cursor that is not of this feed; a failure if the stream cannot be read.
    pub async fn watch(&self, from: &StartAt, filter: Filter) -> Result<Watcher, Error> {
        let subscription = self.feed().subscribe(from, filter).await?;
        let mut heartbeat = tokio::time::interval_at(Instant::now(), HEARTBEAT);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Ok(Watcher {
            subscription,
            heartbeat,
            model: self.clone(),
            has_begun: false,
            has_ended: false,
        })
    }
}

impl Watcher {
    /// Returns the cursor after all messages that were examined.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        self.subscription.cursor()
    }

    /// Returns a frame as JSON, which is encoded once for all clients.
    ///
    /// # Errors
    /// If it cannot be encoded.
    pub fn text(&self, frame: &Arc<Frame>) -> Result<Arc<str>, serde_json::Error> {
        self.model.feed().text(frame)
    }

    /// Waits for the next event. The first one is a heartbeat, so that a client that is
    /// disconnected before the first frame has a cursor. It is safe to cancel.
    ///
    /// # Errors
    /// The reason why the stream has ended.
    pub async fn next(&mut self) -> Result<WatchEvent, End> {
        if !self.has_begun {
            self.has_begun = true;
            self.heartbeat.reset();
            return Ok(self.heartbeat_event());
        }
        if self.has_ended {
            return Err(End::Switched);
        }
        tokio::select! {
            biased;
            // One that was replaced is stopped too, later.
            next = self.model.replacement() => {
                self.has_ended = true;
                switched(&self.subscription.cursor(), &next).await.map(WatchEvent::Switched)
            }
            () = self.model.stop_token().cancelled() => Err(End::Stopped),
            next = self.subscription.next() => match next {
                Ok(next) => {
                    self.heartbeat.reset();
                    Ok(match next {
                        Next::Frame(frame) => WatchEvent::Frame(frame),
                        Next::Hole(hole) => WatchEvent::Lost(self.model.feed().refuse_hole(hole)),
                    })
                }
                Err(error) => {
                    tracing::error!(%error, "ending a stream of changes: the feed cannot be read");
                    Err(End::Broken)
                }
            },
            _ = self.heartbeat.tick() => Ok(self.heartbeat_event()),
        }
    }

    fn heartbeat_event(&self) -> WatchEvent {
        WatchEvent::Heartbeat(Heartbeat {
            cursor: self.subscription.cursor().to_string(),
            head: self.subscription.head().to_string(),
        })
    }
}

/// Returns the event of a switch, with the cursor to resume from.
async fn switched(last: &Cursor, next: &ReadModel) -> Result<Switched, End> {
    let mapped = next.feed().map_cursor(last).await;
    let mapped = mapped.map_err(|failure| {
        tracing::warn!(%failure, "ending a stream of changes: its cursor cannot be mapped");
        End::Broken
    })?;
    let cursor = mapped.as_ref().map(|mapped| mapped.cursor.to_string());
    Ok(Switched {
        projection: next.projection().to_string(),
        previous: last.projection.to_string(),
        position: mapped.map(|mapped| mapped.position),
        cursor,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    use detente_jetstream::Connection;
    use detente_jetstream::topology::Projection;
    use detente_testkit::nats::{Nats, in_time};
    use time::OffsetDateTime;
    use tokio::sync::watch;
    use tokio_util::sync::CancellationToken;

    use crate::read_model::{ReadModelDeps, SwitchState};

    fn model(connection: &Connection, name: &str, stop: &CancellationToken) -> ReadModel {
        let rules = detente_rulebook::parse(detente_rulebook::DEFAULT).expect("a rulebook");
        let deps = ReadModelDeps {
            connection: connection.clone(),
            rules: Arc::new(rules),
            rulebook: detente_rulebook::DEFAULT.into(),
            projection: Projection::new(name).expect("a name"),
            clock: Arc::new(|| OffsetDateTime::UNIX_EPOCH),
            metrics: None,
            probes: Vec::new(),
        };
        let state = watch::Sender::new(SwitchState::default());
        ReadModel::start(deps, stop.child_token(), state.subscribe())
    }

    #[tokio::test]
    async fn a_client_that_is_slow_to_read_is_told_of_a_switch_after_the_old_model_has_ended() {
        let nats = Nats::start().await;
        let (connection, stop) = (nats.connect().await, CancellationToken::new());
        let [before, after] = ["before", "after"].map(|name| model(&connection, name, &stop));
        let filter = Filter::default();
        let mut watcher = before
            .watch(&StartAt::Start, filter)
            .await
            .expect("a watcher");
        let begun = in_time(watcher.next()).await;
        assert!(matches!(begun, Ok(WatchEvent::Heartbeat(_))), "{begun:?}");
        before.replace_with(Some(after.clone()));
        before.end();
        let Ok(WatchEvent::Switched(switched)) = in_time(watcher.next()).await else {
            panic!("no switch");
        };
        assert_eq!(
            (&*switched.previous, &*switched.projection),
            ("before", "after")
        );
        assert_eq!(switched.cursor.as_deref(), Some("after-0"));
        assert!(matches!(in_time(watcher.next()).await, Err(End::Switched)));
        // A service that stops without one ends as such.
        let mut watcher = after
            .watch(&StartAt::Start, Filter::default())
            .await
            .expect("a watcher");
        let begun = in_time(watcher.next()).await;
        assert!(begun.is_ok(), "{begun:?}");
        stop.cancel();
        assert!(matches!(in_time(watcher.next()).await, Err(End::Stopped)));
    }
}

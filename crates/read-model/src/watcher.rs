//! A reader of changes who is connected, through whichever door.
//!
//! It is asked for the next word when the reader can take more, so a slow reader holds nothing but
//! its place.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use detente_api::view::{Heartbeat, Switched};
use tokio::time::{Instant, Interval, MissedTickBehavior};

use crate::read_model::Query;
use detente_feed::cursor::{Cursor, From};
use detente_feed::error::No;
use detente_feed::{Filter, Frame, Subscription};

/// A sign of life, with the cursor, at least this often.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// A reader who is connected.
pub struct Live {
    subscription: Subscription,
    heartbeat: Interval,
    query: Query,
    greeted: bool,
    ended: bool,
}

/// What a reader is told.
#[derive(Clone, Debug)]
pub enum Told {
    /// Changes.
    Frame(Arc<Frame>),
    /// The cursor after all that was looked at, also what the filter has kept back: a client that
    /// resumes there misses nothing.
    Heartbeat(Heartbeat),
    /// Another rulebook is in force; nothing follows.
    Switched(Switched),
}

/// Why a reader is told nothing more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Another rulebook is in force.
    Switched,
    /// The service stops.
    Stopped,
    /// The feed cannot be read; the log says why.
    Broken,
}

impl Query {
    /// Lets a reader of changes in.
    ///
    /// # Errors
    /// [`No`] where the cursor is not of this feed, or the stream cannot be looked at.
    pub async fn watch(&self, from: &From, filter: Filter) -> Result<Live, No> {
        let subscription = self.parts().feed.subscribe(from, filter).await?;
        let mut heartbeat = tokio::time::interval_at(Instant::now(), HEARTBEAT);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Ok(Live {
            subscription,
            heartbeat,
            query: self.clone(),
            greeted: false,
            ended: false,
        })
    }
}

impl Live {
    /// The place after all that was looked at.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        self.subscription.cursor()
    }

    /// A frame as JSON, written once for all who are told it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn text(&self, frame: &Arc<Frame>) -> Result<Arc<str>, serde_json::Error> {
        self.subscription.text(frame)
    }

    /// What is told next; first of all a sign of life: whoever is cut before the first frame has a
    /// cursor all the same.
    ///
    /// # Errors
    /// Why there is nothing more.
    pub async fn next(&mut self) -> Result<Told, End> {
        if !self.greeted {
            self.greeted = true;
            self.heartbeat.reset();
            return Ok(self.sign_of_life());
        }
        if self.ended {
            return Err(End::Switched);
        }
        tokio::select! {
            biased;
            () = self.query.parts().stop.cancelled() => Err(End::Stopped),
            next = self.query.superseded() => {
                self.ended = true;
                switched(&self.subscription.cursor(), &next).await.map(Told::Switched)
            }
            frame = self.subscription.next() => match frame {
                Ok(frame) => {
                    self.heartbeat.reset();
                    Ok(Told::Frame(frame))
                }
                Err(error) => {
                    tracing::error!(%error, "a subscriber is cut: the feed cannot be read");
                    Err(End::Broken)
                }
            },
            _ = self.heartbeat.tick() => Ok(self.sign_of_life()),
        }
    }

    fn sign_of_life(&self) -> Told {
        Told::Heartbeat(Heartbeat {
            cursor: self.subscription.cursor().to_string(),
            head: self.subscription.head().to_string(),
        })
    }
}

/// Says that another rulebook is in force, and where the reader goes on.
async fn switched(last: &Cursor, next: &Query) -> Result<Switched, End> {
    let crossing = next.parts().feed.crossing(last).await;
    let crossing = crossing.map_err(|failure| {
        tracing::warn!(%failure, "a subscriber is cut: where it goes on is not known");
        End::Broken
    })?;
    let cursor = crossing
        .as_ref()
        .map(|crossing| crossing.cursor.to_string());
    Ok(Switched {
        projection: next.projection().to_string(),
        previous: last.projection.to_string(),
        position: crossing.map(|crossing| crossing.position),
        cursor,
    })
}

impl fmt::Debug for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Live")
            .field("subscription", &self.subscription)
            .finish_non_exhaustive()
    }
}

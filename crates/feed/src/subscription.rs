//! A subscription: one reader's place in the feed, read at its own pace.

use std::sync::Arc;

use detente_jetstream::reader::{EventsReader, Options, ReadError};
use tokio::sync::watch;

use super::{Feed, Filter, Frame};
use crate::cursor::Cursor;
use crate::metrics::{self, Subscribed};
use crate::ring::After;
use crate::wakers::Known;

/// A reader's place in the feed.
#[derive(Debug)]
pub struct Subscription {
    feed: Feed,
    filter: Filter,
    /// The last message that was looked at, whether the reader wanted it or not; its lane may have
    /// looked further.
    last: u64,
    /// Reads the stream while the place is older than the ring.
    backfill: Option<EventsReader>,
    /// Tells of what the filter may let through, once the reader has waited for it.
    lane: Option<watch::Receiver<Known>>,
    _counted: Subscribed,
}

/// One step in the feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A frame that is asked for.
    Frame(Arc<Frame>),
    /// A message that is not.
    Passed,
    /// There is nothing more yet.
    Head,
}

impl Subscription {
    pub(super) fn new(feed: Feed, filter: Filter, last: u64) -> Self {
        Self {
            feed,
            filter,
            last,
            backfill: None,
            lane: None,
            _counted: Subscribed::new(),
        }
    }

    /// The place after everything that was looked at.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        self.feed.cursor(self.last())
    }

    /// The place after the last message that the feed has seen.
    #[must_use]
    pub fn head(&self) -> Cursor {
        let seen = self.feed.shared.seen.borrow().sequence;
        self.feed.cursor(seen.max(self.last()))
    }

    /// A frame as JSON; see [`Feed::text`].
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn text(&self, frame: &Arc<Frame>) -> Result<Arc<str>, serde_json::Error> {
        self.feed.text(frame)
    }

    /// The sequence of the last message that was looked at.
    #[must_use]
    pub fn last(&self) -> u64 {
        let lane = self.lane.as_ref();
        lane.map_or(self.last, |lane| lane.borrow().passed(self.last))
    }

    /// The next frame that is asked for; waits for it. Dropping the wait loses nothing.
    ///
    /// # Errors
    /// When the stream cannot be read any more.
    pub async fn next(&mut self) -> Result<Arc<Frame>, ReadError> {
        loop {
            match self.step().await? {
                Step::Frame(frame) => return Ok(frame),
                Step::Passed => {}
                Step::Head => self.wait_for_wanted().await,
            }
        }
    }

    /// Waits until the filter may let something through.
    async fn wait_for_wanted(&mut self) {
        let (feed, last) = (&self.feed, self.last);
        let head = || feed.ring().head();
        let join = || feed.shared.lanes.join(&self.filter, head);
        let lane = self.lane.get_or_insert_with(join);
        // As the lane is joined, so it stays: its news do not end.
        let _ = lane.wait_for(|known| known.has_more(last)).await;
    }

    /// Waits until there is another message, whether it is asked for or not.
    pub async fn wait(&mut self) {
        let last = self.last();
        let mut seen = self.feed.seen();
        // The feed lives as long as this does, so its news do not end.
        let _ = seen.wait_for(|seen| seen.sequence > last).await;
    }

    /// Looks at one message, without waiting for one to come.
    ///
    /// # Errors
    /// When the stream cannot be read any more.
    pub async fn step(&mut self) -> Result<Step, ReadError> {
        self.last = self.last();
        let after = self.feed.ring().after(self.last);
        let frame = match after {
            After::Frame(sequence, frame) => {
                self.backfill = None;
                self.last = sequence;
                Some(frame)
            }
            After::Nothing(head) => {
                self.backfill = None;
                self.last = head;
                return Ok(Step::Head);
            }
            After::Older => self.older().await?,
        };
        let wanted = frame.and_then(|frame| self.filter.apply(&frame));
        Ok(wanted.map_or(Step::Passed, |frame| {
            metrics::framed();
            Step::Frame(frame)
        }))
    }

    /// Reads a message that is older than the ring.
    async fn older(&mut self) -> Result<Option<Arc<Frame>>, ReadError> {
        let reader = match &mut self.backfill {
            Some(reader) => reader,
            None => {
                let shared = &self.feed.shared;
                let stream = shared.projection.stream();
                let options = Options {
                    pull_messages: 256,
                    ..Options::relations()
                };
                let reader =
                    EventsReader::open(&shared.connection, stream, self.last + 1, options).await?;
                self.backfill.insert(reader)
            }
        };
        let message = reader.next().await?;
        self.last = message.sequence;
        let frame = self
            .feed
            .read(&message)
            .filter(|frame| !frame.changes.is_empty());
        Ok(frame.map(Arc::new))
    }
}

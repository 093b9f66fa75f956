//! Subscriptions: the place of one reader in the feed.

use std::sync::Arc;

use detente_jetstream::reader::{Options, ReadError, StreamReader};
use tokio::sync::watch;

use super::{Feed, Filter, Frame, Hole};
use crate::cursor::Cursor;
use crate::metrics::{self, SubscriberGauge};
use crate::ring::After;
use crate::wakers::Watermark;

/// The place of one reader in the feed, which it reads at its own pace.
#[derive(Debug)]
pub struct Subscription {
    feed: Feed,
    filter: Filter,
    /// The last message that was examined, whether the filter matches it or not. The watermark may
    /// be further.
    last: u64,
    /// The length of the messages whose frames were returned.
    bytes: usize,
    /// Reads the stream while the place is older than the ring.
    backfill: Option<StreamReader>,
    /// The watermark of the filter, once the reader has waited for a match.
    watermark: Option<watch::Receiver<Watermark>>,
    _gauge: SubscriberGauge,
}

/// The outcome of one step in the feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A frame that the filter matches.
    Frame(Arc<Frame>),
    /// A message that the filter does not match.
    Skipped,
    /// Messages that the feed lacks; the place is after them.
    Hole(Hole),
    /// The end of the feed, for now.
    Head,
}

/// What a reader is to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// A frame that the filter matches.
    Frame(Arc<Frame>),
    /// Messages that the feed lacks, which the filter may have matched; the place is after them.
    Hole(Hole),
}

impl Subscription {
    pub(super) fn new(feed: Feed, filter: Filter, last: u64) -> Self {
        Self {
            feed,
            filter,
            last,
            bytes: 0,
            backfill: None,
            watermark: None,
            _gauge: SubscriberGauge::new(),
        }
    }

    /// Returns the place after every message that was examined.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        self.feed.cursor(self.last())
    }

    /// Returns the place after the last message of the feed.
    #[must_use]
    pub fn head(&self) -> Cursor {
        let seen = self.feed.shared.seen.borrow().sequence;
        self.feed.cursor(seen.max(self.last()))
    }

    /// Returns the sequence of the last message that was examined.
    #[must_use]
    pub fn last(&self) -> u64 {
        let watermark = self.watermark.as_ref();
        watermark.map_or(self.last, |watermark| {
            watermark.borrow().examined(self.last)
        })
    }

    /// Returns the length of all messages whose frames were returned, in bytes.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    /// Waits for the next frame that the filter matches, or for a hole. It is safe to cancel.
    ///
    /// # Errors
    /// If the stream can no longer be read.
    pub async fn next(&mut self) -> Result<Next, ReadError> {
        loop {
            match self.step().await? {
                Step::Frame(frame) => return Ok(Next::Frame(frame)),
                Step::Hole(hole) => return Ok(Next::Hole(hole)),
                Step::Skipped => {}
                Step::Head => self.wait_for_match().await,
            }
        }
    }

    /// Waits until a message may match the filter.
    async fn wait_for_match(&mut self) {
        let (feed, last) = (&self.feed, self.last);
        let head = || feed.ring().head();
        let subscribe = || feed.shared.wakers.subscribe(&self.filter, head);
        let watermark = self.watermark.get_or_insert_with(subscribe);
        // The sender lives as long as the receiver, so the wait cannot fail.
        let _ = watermark
            .wait_for(|watermark| watermark.has_more(last))
            .await;
    }

    /// Waits until there is another message, whether the filter matches it or not.
    pub async fn wait(&mut self) {
        let last = self.last();
        let mut seen = self.feed.seen();
        // The feed lives as long as the subscription, so the wait cannot fail.
        let _ = seen.wait_for(|seen| seen.sequence > last).await;
    }

    /// Examines one message, without waiting for one to come.
    ///
    /// # Errors
    /// If the stream can no longer be read.
    pub async fn step(&mut self) -> Result<Step, ReadError> {
        self.last = self.last();
        let after = self.feed.ring().after(self.last);
        let frame = match after {
            After::Frame(sequence, frame, bytes) => {
                self.backfill = None;
                self.last = sequence;
                Some((frame, bytes))
            }
            After::Nothing(head) => {
                self.backfill = None;
                self.last = head;
                return Ok(Step::Head);
            }
            After::Hole(hole) => {
                self.backfill = None;
                self.last = hole.last;
                return Ok(Step::Hole(hole));
            }
            After::Older => match self.older().await? {
                Ok(frame) => frame,
                Err(hole) => return Ok(Step::Hole(hole)),
            },
        };
        let matched = frame.and_then(|(frame, bytes)| Some((self.filter.apply(&frame)?, bytes)));
        Ok(matched.map_or(Step::Skipped, |(frame, bytes)| {
            metrics::count_frame();
            self.bytes = self.bytes.saturating_add(bytes);
            Step::Frame(frame)
        }))
    }

    /// Reads a message that is older than the ring. Returns its frame with its length, or the hole in
    /// its place.
    async fn older(&mut self) -> Result<Result<Option<(Arc<Frame>, usize)>, Hole>, ReadError> {
        let reader = match &mut self.backfill {
            Some(reader) => reader,
            None => {
                let options = Options {
                    pull_messages: 256,
                    ..Options::changes()
                };
                let reader = self.feed.reader(self.last + 1, options).await?;
                self.backfill.insert(reader)
            }
        };
        let message = match reader.next().await {
            Ok(message) => message,
            Err(error) => {
                let hole = Hole::passed(reader, error)?;
                self.last = hole.last;
                self.feed.note_hole(hole);
                return Ok(Err(hole));
            }
        };
        self.last = message.sequence;
        let frame = self.feed.parse(&message);
        Ok(Ok(frame.map(|frame| (frame, message.payload.len()))))
    }
}

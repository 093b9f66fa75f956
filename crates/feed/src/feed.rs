//! The change feed: recent frames in memory, older ones read from the stream.
//!
//! A frame is the changes of one relation that were published together. The ring holds the last
//! ones; a subscriber pulls from it at its own pace, so nothing is buffered for it. One that has
//! fallen behind the ring reads the stream with a reader of its own until it is back.

use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use detente_api::Code;
use detente_jetstream::progress::{FeedProgress, ProgressListener};
use detente_jetstream::reader::{Options, ReadError, StreamReader};
use detente_jetstream::stream_info::{self, StreamInfoError};
use detente_jetstream::topology::Projection;
use detente_jetstream::{Checkpoint, Connection, Incarnation, Message};
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior};

use crate::cursor::{Cursor, StartAt};
use crate::encoded::EncodedFrames;
use crate::error::{Error, Failure};
use crate::metrics;
use crate::ring::Ring;
use crate::wakers::Wakers;
use crate::{Filter, Frame, Hole, Subscription};

/// The number of messages that are read at the start, so that subscribers that were just
/// disconnected resume from memory.
const PREFILL: u64 = 4_096;
/// The interval at which the messages of the stream are counted, so that a hole is known before a
/// reader comes to it.
const COUNT_EVERY: Duration = Duration::from_secs(10);

/// The change feed of a projection. Clones share it.
#[derive(Clone, Debug)]
pub struct Feed {
    pub(crate) shared: Arc<Shared>,
}

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) connection: Connection,
    pub(crate) projection: Projection,
    /// The incarnation that is followed; unset until the stream was found.
    pub(crate) incarnation: OnceLock<Incarnation>,
    pub(crate) ring: Mutex<Ring>,
    pub(crate) wakers: Wakers,
    pub(crate) encoded: EncodedFrames,
    pub(crate) seen: watch::Sender<Seen>,
}

/// The last message that was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Its sequence.
    pub sequence: u64,
    /// The last commit whose changes are all read: that of the last message that completes a group,
    /// or a later one that, as the projector says, changed nothing more.
    pub position: u64,
    /// The time at which it was read; `None` before the stream was found.
    pub since: Option<Instant>,
    /// The number of messages that the stream lacks, as far as is known.
    pub missing: u64,
    /// The number of changes that were too large for the feed, of those that were read.
    pub omitted: u64,
}

impl Feed {
    /// Returns the feed of a projection. [`Feed::follow`] reads it.
    #[must_use]
    pub fn new(connection: Connection, projection: Projection) -> Self {
        let seen = watch::Sender::new(Seen::default());
        let ring = Mutex::new(Ring::new(1));
        Self {
            shared: Arc::new(Shared {
                connection,
                projection,
                incarnation: OnceLock::new(),
                ring,
                wakers: Wakers::default(),
                encoded: EncodedFrames::default(),
                seen,
            }),
        }
    }

    /// Watches the last message that was read.
    #[must_use]
    pub fn seen(&self) -> watch::Receiver<Seen> {
        self.shared.seen.subscribe()
    }

    /// Returns the cursor after a message.
    #[must_use]
    pub fn cursor(&self, sequence: u64) -> Cursor {
        Cursor {
            projection: self.shared.projection.clone(),
            incarnation: self.shared.incarnation.get().copied(),
            sequence,
        }
    }

    /// Returns a frame as JSON, which is encoded once for all subscribers.
    ///
    /// # Errors
    /// If it cannot be encoded.
    pub fn text(&self, frame: &Arc<Frame>) -> Result<Arc<str>, serde_json::Error> {
        self.shared.encoded.text(frame)
    }

    /// Requests the last sequence of the stream; 0 while the stream does not exist.
    ///
    /// # Errors
    /// [`Failure`] if the server does not answer.
    pub async fn head(&self) -> Result<u64, Failure> {
        Ok(self.end().await?.sequence)
    }

    /// Requests the cursor of the end of the stream, the start while the stream does not exist.
    ///
    /// # Errors
    /// [`Failure`] if the server does not answer, or the stream is not the incarnation that is
    /// followed, or is not found although it was before.
    pub async fn end(&self) -> Result<Cursor, Failure> {
        let stream = self.shared.projection.stream();
        let end = stream_info::end(&self.shared.connection, &stream).await;
        let Some(end) = stream_info::if_exists(end)? else {
            return match self.shared.incarnation.get() {
                None => Ok(self.cursor(0)),
                Some(_) => Err(StreamInfoError::NoStream { stream }.into()),
            };
        };
        let followed = *self.shared.incarnation.get_or_init(|| end.incarnation);
        if followed != end.incarnation {
            return Err(ReadError::Replaced {
                stream,
                expected: followed,
                found: end.incarnation,
            }
            .into());
        }
        Ok(self.cursor(end.sequence))
    }

    /// Opens a reader of the stream, which must be the incarnation that is followed.
    pub(crate) async fn reader(
        &self,
        from: u64,
        options: Options,
    ) -> Result<StreamReader, ReadError> {
        let stream = self.shared.projection.stream();
        let reader = StreamReader::open(&self.shared.connection, stream, from, options).await?;
        let found = reader.incarnation();
        reader.expect(*self.shared.incarnation.get_or_init(|| found))
    }

    /// Subscribes to the changes that a filter matches.
    ///
    /// # Errors
    /// A refusal of a cursor that is not of this feed; a failure if the stream cannot be read.
    pub async fn subscribe(&self, from: &StartAt, filter: Filter) -> Result<Subscription, Error> {
        let last = self.begin(from).await?.sequence;
        Ok(Subscription::new(self.clone(), filter, last))
    }

    /// Resolves the place at which a subscription begins.
    ///
    /// # Errors
    /// As [`Feed::subscribe`].
    pub async fn begin(&self, from: &StartAt) -> Result<Cursor, Error> {
        let head = self.end().await?;
        let cursor = match from {
            StartAt::Start => return Ok(self.cursor(0)),
            StartAt::Now => return Ok(head),
            StartAt::After(cursor) => cursor,
        };
        match cursor.within(&head) {
            Ok(last) => Ok(self.cursor(last)),
            // The refusal of a cursor of another feed names the same place in this one too.
            Err(mut refusal) if refusal.code == Code::StaleCursor => {
                let mapped = self.map_cursor(cursor).await?;
                let allowed = mapped.map(|mapped| mapped.cursor.to_string());
                refusal.allowed.extend(allowed);
                Err(refusal.into())
            }
            Err(refusal) => Err(refusal.into()),
        }
    }

    /// Follows the stream; ends only with an error.
    pub async fn follow(&self) -> Result<(), ReadError> {
        let Shared {
            connection,
            projection,
            ..
        } = &*self.shared;
        let stream = projection.stream();
        let mut reader =
            StreamReader::open_when_present(connection, &stream, 1, Options::changes()).await?;
        let found = reader.incarnation();
        let incarnation = *self.shared.incarnation.get_or_init(|| found);
        reader = reader.expect(incarnation)?;
        let first = self.head().await.unwrap_or(0).saturating_sub(PREFILL) + 1;
        if first > 1 {
            reader =
                StreamReader::open_when_present(connection, &stream, first, Options::changes())
                    .await?
                    .expect(incarnation)?;
        }
        *self.ring() = Ring::new(first);
        self.shared
            .seen
            .send_modify(|seen| seen.since = Some(Instant::now()));
        let mut listener = ProgressListener::open(connection, projection).await?;
        let mut said = FeedProgress::default();
        let mut counts = pin!(self.count_missing(&stream));
        loop {
            tokio::select! {
                message = reader.next() => match message {
                    Ok(message) => self.apply(&message),
                    Err(error) => self.lose(Hole::passed(&mut reader, error)?),
                },
                now = listener.next() => said = now,
                // Messages are applied while it waits for an answer.
                () = &mut counts => {}
            }
            self.shared.seen.send_if_modified(|seen| {
                let is_new = seen.sequence >= said.sequence && said.position > seen.position;
                if is_new {
                    seen.position = said.position;
                    seen.since = Some(Instant::now());
                }
                is_new
            });
        }
    }

    /// Counts the messages that the stream lacks, again and again. It does not end.
    async fn count_missing(&self, stream: &str) {
        let mut count = tokio::time::interval(COUNT_EVERY);
        count.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            count.tick().await;
            let missing = stream_info::missing(&self.shared.connection, stream).await;
            self.note_missing(missing.unwrap_or_default());
        }
    }

    fn apply(&self, message: &Message) {
        let frame = self.parse(message);
        // A commit is published completely with the last of its messages.
        let checkpoint =
            Checkpoint::parse(&message.headers).filter(|checkpoint| checkpoint.is_whole());
        let position = checkpoint.map(|checkpoint| checkpoint.position);
        let bytes = message.payload.len();
        let sized = frame.clone().map(|frame| (frame, bytes));
        self.ring().push(message.sequence, sized);
        self.shared
            .wakers
            .notify(message.sequence, frame.as_deref());
        metrics::seen(message.sequence);
        self.shared.seen.send_modify(|seen| {
            seen.sequence = message.sequence;
            seen.omitted += frame.as_ref().map_or(0, |frame| frame.omitted);
            seen.position = position.unwrap_or(seen.position).max(seen.position);
            seen.since = Some(Instant::now());
        });
    }

    fn lose(&self, hole: Hole) {
        self.note_hole(hole);
        self.ring().lose(hole);
        self.shared
            .seen
            .send_modify(|seen| seen.sequence = hole.last);
    }

    /// Parses the frame of a message. Returns `None` if it cannot be parsed, which is logged.
    pub(crate) fn parse(&self, message: &Message) -> Option<Arc<Frame>> {
        let sequence = message.sequence;
        let frame = Frame::parse(&message.payload, self.cursor(sequence)).inspect_err(|error| {
            tracing::error!(sequence, %error, "a message of the change feed cannot be parsed");
        });
        frame.ok().map(Arc::new)
    }

    pub(crate) fn ring(&self) -> MutexGuard<'_, Ring> {
        self.shared
            .ring
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

//! The change feed: recent frames in memory, older ones read from the stream.
//!
//! A frame is one relation's changes of one commit. The ring holds the last ones; a subscriber
//! pulls from it at its own pace, so nothing is buffered for it. One that has fallen behind the
//! ring reads the stream with a reader of its own until it is back.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use detente_jetstream::inspect::{self, InspectError};
use detente_jetstream::reader::{EventsReader, Options, ReadError};
use detente_jetstream::topology::Projection;
use detente_jetstream::{Checkpoint, Connection, Message};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::cursor::{Cursor, From};
use crate::encoded::Written;
use crate::error::Failure;
use crate::metrics;
use crate::ring::Ring;
use crate::wakers::Lanes;
use crate::{Filter, Frame, Subscription};
use detente_api::{Code, Refusal};

/// How many messages are read at the start, so that subscribers who were just cut find theirs.
const PREFILL: u64 = 4_096;

/// The change feed of a projection. Clones share it.
#[derive(Clone, Debug)]
pub struct Feed {
    pub(crate) shared: Arc<Shared>,
}

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) connection: Connection,
    pub(crate) projection: Projection,
    pub(crate) ring: Mutex<Ring>,
    pub(crate) lanes: Lanes,
    pub(crate) written: Written,
    pub(crate) seen: watch::Sender<Seen>,
}

/// The last message that was seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Its sequence.
    pub sequence: u64,
    /// The last commit that was told of whole.
    pub position: u64,
    /// When it was seen; none before the stream was found.
    pub since: Option<Instant>,
}

/// Why a reader of changes was not let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotHere {
    /// The cursor is not good.
    Refused(Refusal),
    /// The stream cannot be looked at.
    Failed(Failure),
}

impl Feed {
    pub fn new(connection: Connection, projection: Projection) -> Self {
        let seen = watch::Sender::new(Seen::default());
        let ring = Mutex::new(Ring::new(1));
        Self {
            shared: Arc::new(Shared {
                connection,
                projection,
                ring,
                lanes: Lanes::default(),
                written: Written::default(),
                seen,
            }),
        }
    }

    /// The last message that was seen, now and later.
    #[must_use]
    pub fn seen(&self) -> watch::Receiver<Seen> {
        self.shared.seen.subscribe()
    }

    /// The cursor after a message.
    #[must_use]
    pub fn cursor(&self, sequence: u64) -> Cursor {
        Cursor {
            projection: self.shared.projection.clone(),
            sequence,
        }
    }

    /// A frame as JSON; the same one is written once, however many are told it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn text(&self, frame: &Arc<Frame>) -> Result<Arc<str>, serde_json::Error> {
        self.shared.written.text(frame)
    }

    /// The last sequence of the stream, asked of the server; 0 while there is no stream.
    ///
    /// # Errors
    /// [`Failure`] when the server does not answer.
    pub async fn head(&self) -> Result<u64, Failure> {
        match inspect::head(&self.shared.connection, &self.shared.projection.stream()).await {
            Ok(head) => Ok(head),
            Err(InspectError::NoStream { .. }) => Ok(0),
            Err(error @ InspectError::Server { .. }) => Err(error.into()),
        }
    }

    /// Lets a reader in.
    ///
    /// # Errors
    /// [`NotHere`] where the cursor is not of this feed, or the stream cannot be looked at.
    pub async fn subscribe(&self, from: &From, filter: Filter) -> Result<Subscription, NotHere> {
        let last = self.begin(from).await?.sequence;
        Ok(Subscription::new(self.clone(), filter, last))
    }

    /// The place at which a reader begins.
    ///
    /// # Errors
    /// [`NotHere`] where the cursor is not of this feed, or the stream cannot be looked at.
    pub async fn begin(&self, from: &From) -> Result<Cursor, NotHere> {
        let head = self.head().await.map_err(NotHere::Failed)?;
        let last = match from {
            From::Start => 0,
            From::Now => head,
            From::After(cursor) => match cursor.within(&self.shared.projection, head) {
                Ok(last) => last,
                Err(refusal) => return Err(self.stale(cursor, refusal).await),
            },
        };
        Ok(self.cursor(last))
    }

    /// A refusal of a cursor of another feed names the same place in this one too.
    async fn stale(&self, cursor: &Cursor, mut refusal: Refusal) -> NotHere {
        if refusal.code == Code::StaleCursor {
            match self.crossing(cursor).await {
                Ok(Some(crossing)) => refusal.allowed.push(crossing.cursor.to_string()),
                Ok(None) => {}
                Err(failure) => return NotHere::Failed(failure),
            }
        }
        NotHere::Refused(refusal)
    }

    /// Follows the stream for ever.
    pub async fn follow(&self) -> Result<(), ReadError> {
        let Shared {
            connection,
            projection,
            ..
        } = &*self.shared;
        let stream = projection.stream();
        let mut reader =
            EventsReader::open_when_present(connection, &stream, 1, Options::relations()).await?;
        let first = self.head().await.unwrap_or(0).saturating_sub(PREFILL) + 1;
        if first > 1 {
            reader =
                EventsReader::open_when_present(connection, &stream, first, Options::relations())
                    .await?;
        }
        *self.ring() = Ring::new(first);
        self.shared
            .seen
            .send_modify(|seen| seen.since = Some(Instant::now()));
        loop {
            let message = reader.next().await?;
            self.take(&message);
        }
    }

    fn take(&self, message: &Message) {
        let frame = self.read(message);
        // A commit is told of whole with the last of its messages.
        let checkpoint = Checkpoint::read(&message.headers).filter(|told| told.is_whole());
        let position = checkpoint.map(|told| told.position);
        let bytes = message.payload.len();
        let frame = frame.filter(|frame| !frame.changes.is_empty());
        let frame = frame.map(Arc::new);
        let kept = frame.clone().map(|frame| (frame, bytes));
        self.ring().push(message.sequence, kept);
        self.shared.lanes.look(message.sequence, frame.as_deref());
        metrics::seen(message.sequence);
        self.shared.seen.send_modify(|seen| {
            seen.sequence = message.sequence;
            seen.position = position.unwrap_or(seen.position).max(seen.position);
            seen.since = Some(Instant::now());
        });
    }

    /// Reads a message; one that is no frame is told, and is none.
    pub(crate) fn read(&self, message: &Message) -> Option<Frame> {
        match Frame::read(&message.payload, self.cursor(message.sequence)) {
            Ok(frame) => Some(frame),
            Err(error) => {
                let sequence = message.sequence;
                tracing::error!(sequence, %error, "a message of the change feed cannot be read");
                None
            }
        }
    }

    pub(crate) fn ring(&self) -> MutexGuard<'_, Ring> {
        self.shared
            .ring
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

//! From the change feed of one rulebook to that of another, at the same place in the log.
//!
//! Sequences of two feeds have nothing to do with each other, but each message says which commits
//! it tells of. A reader that was told of all commits up to a position goes on in the other feed
//! after the last message that tells of none beyond it. So no commit is missed; of a group of
//! commits that begins before the position, some are told once under either rulebook.

use detente_jetstream::inspect::{self, InspectError};
use detente_jetstream::{Checkpoint, Connection};

use super::Feed;
use crate::cursor::Cursor;
use crate::error::Failure;

/// Where a reader goes on in another feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crossing {
    /// The commits up to this one were told to the reader.
    pub position: u64,
    /// Where the reader goes on.
    pub cursor: Cursor,
}

impl Feed {
    /// The place in this feed at which a reader of another one goes on; none where the other feed
    /// is not there any more.
    ///
    /// # Errors
    /// [`Failure`] when a stream cannot be looked at.
    pub async fn crossing(&self, from: &Cursor) -> Result<Option<Crossing>, Failure> {
        let connection = &self.shared.connection;
        let Some(position) = told_to(connection, from).await? else {
            return Ok(None);
        };
        let cursor = self.cursor(self.place(position).await?);
        Ok(Some(Crossing { position, cursor }))
    }

    /// The last message that tells of no commit beyond a position.
    async fn place(&self, position: u64) -> Result<u64, Failure> {
        let stream = self.shared.projection.stream();
        // All up to `low` tell of none beyond it; `high` is the first that is known to.
        let (mut low, mut high) = (0, self.head().await? + 1);
        while low + 1 < high {
            let middle = low + (high - low) / 2;
            let message = inspect::read_one(&self.shared.connection, &stream, middle).await?;
            let tells = message.and_then(|message| Checkpoint::read(&message.headers));
            match tells {
                Some(group) if group.position > position => high = middle,
                Some(_) | None => low = middle,
            }
        }
        Ok(low)
    }
}

/// The last commit that a reader was told of whole, with all before it.
async fn told_to(connection: &Connection, cursor: &Cursor) -> Result<Option<u64>, Failure> {
    if cursor.sequence == 0 {
        return Ok(Some(0));
    }
    let stream = cursor.projection.stream();
    match inspect::read_one(connection, &stream, cursor.sequence).await {
        Ok(message) => {
            Ok(message.and_then(|message| Some(Checkpoint::read(&message.headers)?.told())))
        }
        Err(InspectError::NoStream { .. }) => Ok(None),
        Err(error @ InspectError::Server { .. }) => Err(error.into()),
    }
}

//! Maps cursors of one rulebook's change feed to that of another, at the same place in the log.
//!
//! Sequences of two feeds are unrelated, but each message has the commits that it covers. A reader
//! that has all commits up to a position resumes in the other feed after the last message that
//! covers none beyond it, so it misses no commit. Of a group of commits that begins before the
//! position, it gets some under both rulebooks. Commits that changed nothing in the feed that it
//! comes from have no message there; those after its cursor are read in the other feed.

use detente_jetstream::Checkpoint;
use detente_jetstream::stream_info::{self, StreamInfoError};

use super::Feed;
use crate::cursor::Cursor;
use crate::error::Failure;

/// The place at which a reader resumes in another feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappedCursor {
    /// The reader has the commits up to this position.
    pub position: u64,
    /// The cursor to resume from.
    pub cursor: Cursor,
}

impl Feed {
    /// Maps a cursor of another feed to this one; `None` if the other feed no longer exists, or was
    /// made anew.
    ///
    /// # Errors
    /// [`Failure`] if a stream cannot be read, also if the cursor is of this feed, and that does not
    /// exist: a cluster that has just started may not know its streams yet.
    pub async fn map_cursor(&self, from: &Cursor) -> Result<Option<MappedCursor>, Failure> {
        let Some(position) = self.published_through(from).await? else {
            return Ok(None);
        };
        let cursor = self.cursor(self.last_within(position).await?);
        Ok(Some(MappedCursor { position, cursor }))
    }

    /// Returns the sequence of the last message that covers no commit beyond a position.
    async fn last_within(&self, position: u64) -> Result<u64, Failure> {
        let stream = self.shared.projection.stream();
        // All messages up to `low` cover none beyond it; `high` is the first that is known to.
        let (mut low, mut high) = (0, self.head().await? + 1);
        while low + 1 < high {
            let middle = low + (high - low) / 2;
            let message = stream_info::read_one(&self.shared.connection, &stream, middle).await?;
            let checkpoint = message.and_then(|message| Checkpoint::parse(&message.headers));
            match checkpoint {
                Some(group) if group.position > position => high = middle,
                Some(_) | None => low = middle,
            }
        }
        Ok(low)
    }

    /// Returns the last commit that is published completely up to a cursor of any feed.
    async fn published_through(&self, cursor: &Cursor) -> Result<Option<u64>, Failure> {
        if cursor.sequence == 0 {
            return Ok(Some(0));
        }
        let connection = &self.shared.connection;
        let stream = cursor.projection.stream();
        let end = stream_info::end_from(connection, &stream, cursor.sequence).await;
        let Some(end) = stream_info::if_exists(end)? else {
            let is_own = cursor.projection == self.shared.projection;
            return if is_own && cursor.incarnation.is_some() {
                Err(StreamInfoError::NoStream { stream }.into())
            } else {
                Ok(None)
            };
        };
        // Sequences of another incarnation are of other messages.
        if Some(end.incarnation) != cursor.incarnation {
            return Ok(None);
        }
        let message = stream_info::read_one(connection, &stream, cursor.sequence).await;
        let message = stream_info::if_exists(message)?.flatten();
        let checkpoint = message.and_then(|message| Checkpoint::parse(&message.headers));
        Ok(checkpoint.map(Checkpoint::published_through))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::StartAt;
    use crate::error::Error;
    use detente_api::Code;
    use detente_jetstream::topology::{self, Projection, Replicas};
    use detente_testkit::nats::Nats;

    #[tokio::test]
    async fn a_cursor_of_a_feed_that_is_not_found_is_not_stale() {
        let nats = Nats::start().await;
        let connection = nats.connect().await;
        let own = Projection::new("own").expect("a name");
        let feed = Feed::new(connection.clone(), own.clone());
        let cursor = |text: &str| Cursor::parse(text).expect("a cursor");
        let begin = async |text: &str| feed.begin(&StartAt::After(cursor(text))).await;
        let unmapped = feed.map_cursor(&cursor("own-18bcfe5687b-4")).await;
        assert!(unmapped.is_err(), "{unmapped:?}");
        let unknown = begin("own-18bcfe5687b-4").await;
        assert!(matches!(unknown, Err(Error::Failed(_))), "{unknown:?}");
        assert_eq!(begin("own-18bcfe5687b-0").await, Ok(feed.cursor(0)));
        // That of a rulebook that was dropped is gone for good.
        assert_eq!(
            feed.map_cursor(&cursor("other-18bcfe5687b-4")).await,
            Ok(None)
        );

        topology::ensure_changes(&connection, &own, Replicas::One)
            .await
            .expect("a feed");
        let stale = begin("own-18bcfe5687b-4").await;
        let Err(Error::Refused(refusal)) = stale else {
            panic!("{stale:?}");
        };
        assert_eq!(refusal.code, Code::StaleCursor);
        topology::delete_changes(&connection, &own)
            .await
            .expect("no feed");
        let missing = feed.end().await;
        assert!(missing.is_err(), "{missing:?}");
    }
}

//! How far a projector is, told to whoever follows its change feed.
//!
//! A commit that changes nothing leaves no message, so the feed alone does not show how much of the
//! log it covers. A projector says so on a plain subject, again and again; nothing is stored.

use futures_util::StreamExt;

use crate::Connection;
use crate::stream_info::StreamInfoError;
use crate::topology::Projection;

/// The last commit whose changes are published, and the end of the feed by then.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FeedProgress {
    /// The last commit.
    pub position: u64,
    /// The last sequence of the feed: all changes up to the commit are in it.
    pub sequence: u64,
}

/// What projectors of one projection say.
#[derive(Debug)]
pub struct ProgressListener(async_nats::Subscriber);

impl FeedProgress {
    /// Says it to all that listen now.
    ///
    /// # Errors
    /// If the client is closed.
    pub async fn send(
        self,
        conn: &Connection,
        projection: &Projection,
    ) -> Result<(), StreamInfoError> {
        let text = format!("{} {}", self.position, self.sequence);
        let sent = conn.client().publish(subject(projection), text.into());
        sent.await.map_err(|error| StreamInfoError::Server {
            stream: projection.stream(),
            source: error.into(),
        })
    }

    fn parse(payload: &[u8]) -> Option<Self> {
        let (position, sequence) = std::str::from_utf8(payload).ok()?.split_once(' ')?;
        Some(Self {
            position: position.parse().ok()?,
            sequence: sequence.parse().ok()?,
        })
    }
}

impl ProgressListener {
    /// Listens to the projectors of a projection.
    ///
    /// # Errors
    /// If the client is closed.
    pub async fn open(conn: &Connection, projection: &Projection) -> Result<Self, StreamInfoError> {
        let subscriber = conn.client().subscribe(subject(projection)).await;
        let subscriber = subscriber.map_err(|error| StreamInfoError::Server {
            stream: projection.stream(),
            source: error.into(),
        })?;
        Ok(Self(subscriber))
    }

    /// Waits for the next word; never returns once the client is closed. It is safe to cancel.
    pub async fn next(&mut self) -> FeedProgress {
        loop {
            let Some(message) = self.0.next().await else {
                return std::future::pending().await;
            };
            if let Some(progress) = FeedProgress::parse(&message.payload) {
                return progress;
            }
        }
    }
}

fn subject(projection: &Projection) -> String {
    format!("detente.progress.{projection}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_reads_back_and_other_text_is_passed_over() {
        let said = FeedProgress {
            position: 70,
            sequence: 12,
        };
        assert_eq!(FeedProgress::parse(b"70 12"), Some(said));
        for other in ["", "70", "a b", "70 -1", "70 12 3"] {
            assert_eq!(FeedProgress::parse(other.as_bytes()), None, "{other}");
        }
    }
}

//! The progress of building a projection, read from the streams.

use detente_jetstream::stream_info::{self, StreamInfoError};
use detente_jetstream::topology::{EVENTS, Projection};
use detente_jetstream::{Checkpoint, Connection};

/// The progress of building a projection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProjectionProgress {
    /// The last commit whose changes are published; `None` before the first.
    pub published: Option<u64>,
    /// The last position of the log.
    pub head: u64,
}

impl ProjectionProgress {
    /// Reads the progress of a projection from its stream.
    ///
    /// # Errors
    /// Fails if the server does not answer, or there is no log.
    pub async fn load(
        connection: &Connection,
        projection: &Projection,
    ) -> Result<Self, StreamInfoError> {
        let last = stream_info::last_message_on(connection, &projection.stream()).await;
        let last = stream_info::if_exists(last)?.flatten();
        let checkpoint = last.and_then(|last| Checkpoint::parse(&last.headers));
        Ok(Self {
            published: checkpoint.map(|checkpoint| checkpoint.position),
            head: stream_info::head(connection, EVENTS).await?,
        })
    }
}

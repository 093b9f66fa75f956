//! How far a projection is built, by the streams themselves.

use detente_jetstream::inspect::{self, InspectError};
use detente_jetstream::topology::{EVENTS, Projection};
use detente_jetstream::{Connection, Message};

/// The header with the last commit that a message tells of.
const POSITION: &str = "Detente-Position";

/// How far a projection is built.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Built {
    /// Its changes are told up to this commit; none where nobody has begun.
    pub told: Option<u64>,
    /// The end of the log.
    pub head: u64,
}

impl Built {
    /// Looks at the streams.
    ///
    /// # Errors
    /// When the server does not answer, or there is no log.
    pub async fn look(connection: &Connection, of: &Projection) -> Result<Self, InspectError> {
        let last = match inspect::last_message_on(connection, &of.stream()).await {
            Ok(last) => last,
            Err(InspectError::NoStream { .. }) => None,
            Err(error @ InspectError::Server { .. }) => return Err(error),
        };
        let position = |message: Message| message.headers.get(POSITION)?.parse().ok();
        Ok(Self {
            told: last.and_then(position),
            head: inspect::head(connection, EVENTS).await?,
        })
    }
}

//! A stream from its beginning to an end, with its holes: what a reader passes over.

use std::time::Duration;

use detente_jetstream::reader::{EventsReader, Options, ReadError};
use detente_jetstream::{Connection, Message, inspect};

use crate::run::Error;

/// After so long without a message, the rest is asked for one by one: a server that cannot read
/// its own file says nothing.
const SILENCE_MAX: Duration = Duration::from_secs(2);

/// What comes next.
pub(crate) enum Step {
    Message(Message),
    /// The sequences from the first to the last are not given.
    Hole(u64, u64),
}

/// A walk along a stream.
pub(crate) struct Walk {
    connection: Connection,
    stream: String,
    reader: EventsReader,
    head: u64,
    /// The last sequence that was given, as a message or as a hole.
    last: u64,
    held: Option<Message>,
}

impl Walk {
    /// A walk up to a sequence that the stream has reached.
    pub(crate) async fn open(
        connection: &Connection,
        stream: &str,
        head: u64,
    ) -> Result<Self, Error> {
        Ok(Self {
            reader: reader(connection, stream, 1).await?,
            connection: connection.clone(),
            stream: stream.to_owned(),
            head,
            last: 0,
            held: None,
        })
    }

    /// What follows; `None` at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Step>, Error> {
        if self.last >= self.head {
            return Ok(None);
        }
        let message = match self.held.take() {
            Some(message) => Some(message),
            None => self.read().await?,
        };
        let expected = self.last + 1;
        let found = message.as_ref().map_or(u64::MAX, |held| held.sequence);
        if found == expected {
            self.last = found;
            return Ok(message.map(Step::Message));
        }
        self.held = message;
        self.last = self.head.min(found.saturating_sub(1));
        Ok(Some(Step::Hole(expected, self.last)))
    }

    /// The next message up to the end.
    async fn read(&mut self) -> Result<Option<Message>, Error> {
        loop {
            if let Ok(message) = tokio::time::timeout(SILENCE_MAX, self.reader.next()).await {
                return Ok(Some(message?));
            }
            let mut next = self.last + 1;
            let found = loop {
                if next > self.head {
                    return Ok(None);
                }
                let found = inspect::read_one(&self.connection, &self.stream, next).await;
                if found.is_ok_and(|found| found.is_some()) {
                    break next;
                }
                next += 1;
            };
            if found > self.last + 1 {
                self.reader = reader(&self.connection, &self.stream, found).await?;
            }
        }
    }
}

async fn reader(
    connection: &Connection,
    stream: &str,
    from: u64,
) -> Result<EventsReader, ReadError> {
    let options = Options {
        verify: false,
        continuous: false,
        ..Options::events()
    };
    EventsReader::open(connection, stream, from, options).await
}

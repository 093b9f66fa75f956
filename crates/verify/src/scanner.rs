//! Reads a stream with its gaps, which an ordinary reader passes over.

use std::time::Duration;

use detente_jetstream::reader::{EventsReader, Options, ReadError};
use detente_jetstream::{Connection, Message, stream_info};

use crate::error::Error;

/// The time without a message after which messages are requested one by one: a server that cannot
/// read its own file sends nothing.
const SILENCE_MAX: Duration = Duration::from_secs(2);

/// A message or a gap.
pub(crate) enum Scanned {
    Message(Message),
    /// The server does not return the sequences from the first to the last.
    Gap(u64, u64),
}

/// A scanner of one stream.
pub(crate) struct Scanner {
    connection: Connection,
    stream: String,
    reader: EventsReader,
    head: u64,
    /// The last sequence that was returned, in a message or a gap.
    last: u64,
    held: Option<Message>,
}

impl Scanner {
    /// Opens a scanner up to `head`, which the stream has reached.
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

    /// Returns the next message or gap; `None` at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Scanned>, Error> {
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
            return Ok(message.map(Scanned::Message));
        }
        self.held = message;
        self.last = self.head.min(found.saturating_sub(1));
        Ok(Some(Scanned::Gap(expected, self.last)))
    }

    /// Reads the next message; `None` if there is none up to the end.
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
                let found = stream_info::read_one(&self.connection, &self.stream, next).await;
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

//! Reads a stream with its gaps, which an ordinary reader passes over.

use std::time::Duration;

use detente_jetstream::reader::{Damaged, Options, ReadError, StreamReader};
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
    reader: StreamReader,
    head: u64,
    /// The last sequence that was returned, in a message or a gap.
    last: u64,
    /// The message after a gap, which was read already.
    peeked: Option<Message>,
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
            peeked: None,
        })
    }

    /// Returns the next message or gap; `None` at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Scanned>, Error> {
        if self.last >= self.head {
            return Ok(None);
        }
        let message = match self.peeked.take() {
            Some(message) => Some(message),
            None => self.read().await?,
        };
        let expected = self.last + 1;
        let sequence = message
            .as_ref()
            .map_or(u64::MAX, |message| message.sequence);
        if sequence == expected {
            self.last = sequence;
            return Ok(message.map(Scanned::Message));
        }
        self.peeked = message;
        self.last = self.head.min(sequence.saturating_sub(1));
        Ok(Some(Scanned::Gap(expected, self.last)))
    }

    /// Reads the next message; `None` if there is none up to the end.
    async fn read(&mut self) -> Result<Option<Message>, Error> {
        loop {
            if let Ok(message) = tokio::time::timeout(SILENCE_MAX, self.reader.next()).await {
                return Ok(Some(message?));
            }
            let mut next = self.last + 1;
            loop {
                if next > self.head {
                    return Ok(None);
                }
                let message = stream_info::read_one(&self.connection, &self.stream, next).await;
                if message.is_ok_and(|message| message.is_some()) {
                    break;
                }
                next += 1;
            }
            if next > self.last + 1 {
                self.reader = reader(&self.connection, &self.stream, next).await?;
            }
        }
    }
}

async fn reader(
    connection: &Connection,
    stream: &str,
    from: u64,
) -> Result<StreamReader, ReadError> {
    let options = Options {
        damaged: Damaged::Unchecked,
        continuous: false,
        ..Options::events()
    };
    StreamReader::open(connection, stream, from, options).await
}

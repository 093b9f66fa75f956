//! The errors of a reader.

use crate::Incarnation;
use crate::stream_info::StreamInfoError;
use crate::topology::EVENTS;

/// The error that stopped reading. Errors that a new consumer may solve are not reported.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// A message is missing, or its file is damaged. [`StreamReader::pass_over`] passes over it.
    ///
    /// [`StreamReader::pass_over`]: super::StreamReader::pass_over
    #[error(
        "stream {stream} lacks the messages from {expected} to before {found}; {}",
        advice(stream)
    )]
    Gap {
        /// The stream.
        stream: String,
        /// The sequence that is missing.
        expected: u64,
        /// The next one that may exist.
        found: u64,
    },
    /// The position to start or resume from is after the end of the stream: the stream was
    /// replaced.
    #[error(
        "stream {stream} ends at {head}, but it was read up to {read} before; {}",
        advice(stream)
    )]
    Ahead {
        /// The stream.
        stream: String,
        /// The last sequence that was read.
        read: u64,
        /// The end of the stream.
        head: u64,
    },
    /// The last message that was read was replaced by another one: the stream has lost its end and
    /// grown again.
    #[error(
        "message {sequence} of stream {stream} is another one than was read before: the stream has \
         lost its end; {}",
        advice(stream)
    )]
    Changed {
        /// The stream.
        stream: String,
        /// The last sequence that was read.
        sequence: u64,
    },
    /// The stream was deleted and made again.
    #[error(
        "stream {stream} was made again: it is {found}, and {expected} was read before; {}",
        advice(stream)
    )]
    Replaced {
        /// The stream.
        stream: String,
        /// The incarnation that was read before.
        expected: Incarnation,
        /// That of the stream.
        found: Incarnation,
    },
    /// The stream does not exist (any more), or could not be read when the reader was opened.
    #[error(transparent)]
    StreamInfo(#[from] StreamInfoError),
}

/// Returns what to do about a stream that has lost messages.
pub(super) fn advice(stream: &str) -> &'static str {
    if stream == EVENTS {
        "`detente verify` says what the log lacks, `detente backup --salvage` saves the rest, and \
         `detente restore` brings a backup back"
    } else {
        "`detente rebuild` makes another change feed"
    }
}

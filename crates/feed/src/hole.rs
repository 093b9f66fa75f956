//! Messages that the stream of a feed lacks, and what its readers are told.

use detente_api::{Code, Refusal};
use detente_jetstream::reader::{ReadError, StreamReader};

use super::Feed;

/// Messages that are missing from the feed: deleted, or in a damaged file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hole {
    /// The sequence of the first one.
    pub first: u64,
    /// That of the last one.
    pub last: u64,
}

impl Hole {
    /// Returns the hole that stopped a reader, which goes on after it.
    ///
    /// # Errors
    /// Any other error of the reader.
    pub(crate) fn passed(reader: &mut StreamReader, error: ReadError) -> Result<Self, ReadError> {
        let ReadError::Gap {
            expected, found, ..
        } = error
        else {
            return Err(error);
        };
        let hole = Self {
            first: expected,
            last: found.saturating_sub(1),
        };
        reader.pass_over(hole.last);
        Ok(hole)
    }

    /// Returns the number of messages.
    const fn len(self) -> u64 {
        (self.last + 1).saturating_sub(self.first)
    }
}

impl Feed {
    /// Returns the refusal of a reader that comes to a hole: it may resume after it.
    #[must_use]
    pub fn refuse_hole(&self, hole: Hole) -> Refusal {
        let Hole { first, last } = hole;
        let message = format!(
            "the change feed lacks its messages {first} to {last}, so changes after the cursor are \
             lost here: resume after them; `detente rebuild` makes another feed, which has them"
        );
        let refusal = Refusal::new(Code::LostChanges, message).field("from");
        let before = self.cursor(first.saturating_sub(1)).to_string();
        refusal
            .value(&before)
            .allowed([self.cursor(last).to_string()])
    }

    /// Notes that the feed lacks messages.
    pub(crate) fn note_hole(&self, hole: Hole) {
        tracing::error!(
            projection = %self.shared.projection, first = hole.first, last = hole.last,
            "the change feed lacks messages; `detente rebuild` makes another one"
        );
        self.note_missing(hole.len());
    }

    /// Notes the least number of messages that the feed lacks.
    pub(crate) fn note_missing(&self, messages: u64) {
        self.shared.seen.send_if_modified(|seen| {
            let is_more = messages > seen.missing;
            seen.missing = seen.missing.max(messages);
            is_more
        });
    }
}

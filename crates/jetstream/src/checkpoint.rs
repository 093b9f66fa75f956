//! The checkpoint in the headers of a CHANGES message: the commits that the feed covers.

use crate::Headers;
use crate::commit::{self, DIGEST};

/// The header with the last commit of the message's group.
pub(crate) const POSITION: &str = "Detente-Position";
/// The header with the first commit of the message's group: the same commit while the projector
/// keeps up, an earlier one while it catches up.
const FROM: &str = "Detente-From";
/// The header with the message's number in its group, from 1.
const PART: &str = "Detente-Part";
/// The header with the number of messages in the group.
const PARTS: &str = "Detente-Parts";

/// The commits that a group of messages covers, and the message's number in the group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The first commit.
    pub from: u64,
    /// The last commit.
    pub position: u64,
    /// The message's number, from 1.
    pub part: usize,
    /// The number of messages.
    pub parts: usize,
    /// The digest of the last commit's payload, as in the headers of the log: it tells whether the
    /// feed was derived from this log.
    pub digest: u64,
}

impl Checkpoint {
    /// Parses a message's headers. Returns `None` if they hold no valid checkpoint.
    #[must_use]
    pub fn parse(headers: &Headers) -> Option<Self> {
        let number = |name: &str| headers.get(name)?.parse::<u64>().ok();
        let (position, from) = (number(POSITION)?, number(FROM)?);
        let part = usize::try_from(number(PART)?).ok()?;
        let parts = usize::try_from(number(PARTS)?).ok()?;
        let digest = commit::stored_digest(headers)?;
        let is_valid = from <= position && (1..=parts).contains(&part);
        is_valid.then_some(Self {
            from,
            position,
            part,
            parts,
            digest,
        })
    }

    /// Returns the headers.
    #[must_use]
    pub fn to_headers(self) -> Vec<(String, String)> {
        let header = |name: &str, value: u64| (name.to_owned(), value.to_string());
        vec![
            header(POSITION, self.position),
            header(FROM, self.from),
            header(PART, self.part as u64),
            header(PARTS, self.parts as u64),
            (DIGEST.to_owned(), commit::hex(self.digest)),
        ]
    }

    /// Returns the last commit that is published completely with this message and those before it.
    #[must_use]
    pub const fn published_through(self) -> u64 {
        if self.is_whole() {
            self.position
        } else {
            self.from.saturating_sub(1)
        }
    }

    /// Returns true if the message completes its group.
    #[must_use]
    pub const fn is_whole(self) -> bool {
        self.part == self.parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_nats::header::HeaderMap;

    const WHOLE: Checkpoint = Checkpoint {
        from: 5,
        position: 7,
        part: 3,
        parts: 3,
        digest: 0x00ab_cdef_0123_4567,
    };

    fn parse(headers: &[(String, String)]) -> Option<Checkpoint> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(name.as_str(), value.as_str());
        }
        Checkpoint::parse(&Headers::received(Some(map)))
    }

    #[test]
    fn a_checkpoint_reads_back_and_is_whole_with_its_last_part_only() {
        for part in 1..=3 {
            let checkpoint = Checkpoint { part, ..WHOLE };
            assert_eq!(parse(&checkpoint.to_headers()), Some(checkpoint));
            assert_eq!(checkpoint.is_whole(), part == 3);
        }
    }

    #[test]
    fn headers_that_are_incomplete_or_out_of_range_hold_none() {
        let headers = WHOLE.to_headers();
        for missing in 0..headers.len() {
            let mut headers = headers.clone();
            headers.remove(missing);
            assert_eq!(parse(&headers), None);
        }
        let beyond = Checkpoint { part: 4, ..WHOLE };
        assert_eq!(parse(&beyond.to_headers()), None);
    }
}

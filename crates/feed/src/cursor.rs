//! Cursors of the change feed: `<projection>-<sequence>` of the last message that was read.

use std::fmt;

use detente_api::{Code, Refusal};
use detente_jetstream::topology::Projection;

/// A place in the change feed of a projection: after the message of that sequence.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Cursor {
    /// The projection.
    pub projection: Projection,
    /// The sequence of the last message that was read; 0 before the first.
    pub sequence: u64,
}

/// The place at which a subscription begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StartAt {
    /// At the first message.
    Start,
    /// After the head, as of the subscription.
    Now,
    /// After a cursor.
    After(Cursor),
}

impl Cursor {
    /// Parses a cursor.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (projection, sequence) = text.rsplit_once('-')?;
        let is_plain = sequence.bytes().all(|byte| byte.is_ascii_digit());
        Some(Self {
            projection: Projection::new(projection).ok()?,
            sequence: sequence.parse().ok().filter(|_| is_plain)?,
        })
    }

    /// Returns the sequence, if a feed with that head can be resumed from here.
    ///
    /// # Errors
    /// `stale_cursor` for another projection, `bad_cursor` for a message that the feed does not
    /// have. The refusal names the cursors to resume from.
    pub fn within(&self, projection: &Projection, head: u64) -> Result<u64, Refusal> {
        let at = |sequence| {
            Self {
                projection: projection.clone(),
                sequence,
            }
            .to_string()
        };
        if self.projection != *projection {
            let message = format!(
                "the cursor is of projection {}, and {projection} is served: read its changes \
                 from the start, from its head on, or, where a third cursor is given, from the \
                 same place in the log",
                self.projection
            );
            let refusal = Refusal::new(Code::StaleCursor, message).field("from");
            return Err(refusal.value(&self.to_string()).allowed([at(0), at(head)]));
        }
        if self.sequence > head {
            let message = format!("the feed ends at {}", at(head));
            let refusal = Refusal::new(Code::BadCursor, message).field("from");
            return Err(refusal.value(&self.to_string()).allowed([at(head)]));
        }
        Ok(self.sequence)
    }
}

impl StartAt {
    /// Parses `start`, `now` or a cursor.
    ///
    /// # Errors
    /// `bad_cursor` for anything else.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        match text {
            "start" => Ok(Self::Start),
            "now" => Ok(Self::Now),
            text => Cursor::parse(text).map(Self::After).ok_or_else(|| {
                let message = "a cursor is a projection, a dash and a sequence";
                let refusal = Refusal::new(Code::BadCursor, message)
                    .field("from")
                    .value(text);
                refusal.allowed(["start", "now"])
            }),
        }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.projection, self.sequence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn projection(name: &str) -> Projection {
        Projection::new(name).unwrap()
    }

    #[test]
    fn a_cursor_reads_back_as_it_was_written() {
        let cursor = Cursor {
            projection: projection("9f86d081884c"),
            sequence: 42,
        };
        assert_eq!(cursor.to_string(), "9f86d081884c-42");
        assert_eq!(Cursor::parse("9f86d081884c-42"), Some(cursor));
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        for text in [
            "", "-", "a-", "-1", "a", "a-b", "a-+1", "a--1", "a.b-1", "a-1 ", "a-٣",
        ] {
            assert_eq!(Cursor::parse(text), None, "{text:?}");
            assert_eq!(
                StartAt::parse(text).map_err(|r| r.code),
                Err(Code::BadCursor),
                "{text:?}"
            );
        }
        let far = format!("a-{}9", u64::MAX);
        assert_eq!(Cursor::parse(&far), None);
    }

    #[test]
    fn a_cursor_of_another_projection_is_told_where_to_resume() {
        let refusal = Cursor {
            projection: projection("old"),
            sequence: 3,
        }
        .within(&projection("new"), 9)
        .unwrap_err();
        assert_eq!(refusal.code, Code::StaleCursor);
        assert_eq!(refusal.allowed, ["new-0", "new-9"]);
    }

    #[test]
    fn a_cursor_beyond_the_head_is_refused_and_the_head_itself_is_not() {
        let at = |sequence| Cursor {
            projection: projection("p"),
            sequence,
        };
        assert_eq!(at(9).within(&projection("p"), 9), Ok(9));
        let refusal = at(10).within(&projection("p"), 9).unwrap_err();
        assert_eq!(
            (refusal.code, refusal.allowed),
            (Code::BadCursor, vec!["p-9".to_owned()])
        );
    }
}

//! Cursors of the change feed: `<projection>-<incarnation>-<sequence>` of the last message that was
//! read.
//!
//! The incarnation is that of the stream, so a cursor of a feed that was deleted and derived again
//! is never taken for a place in the new one. The place before the first message is the same in
//! each.

use std::fmt;

use detente_api::{Code, Refusal};
use detente_jetstream::Incarnation;
use detente_jetstream::topology::Projection;

/// A place in the change feed of a projection: after the message of that sequence.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Cursor {
    /// The projection.
    pub projection: Projection,
    /// The incarnation of the feed; `None` in cursors of version 0.1, and before the feed exists.
    pub incarnation: Option<Incarnation>,
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
        let (feed, sequence) = text.rsplit_once('-')?;
        let is_plain = sequence.bytes().all(|byte| byte.is_ascii_digit());
        let (projection, incarnation) = match feed.split_once('-') {
            Some((projection, incarnation)) => (projection, Some(Incarnation::parse(incarnation)?)),
            None => (feed, None),
        };
        Some(Self {
            projection: Projection::new(projection).ok()?,
            incarnation,
            sequence: sequence.parse().ok().filter(|_| is_plain)?,
        })
    }

    /// Returns the sequence, if the feed that ends at `head` can be resumed from here.
    ///
    /// # Errors
    /// `stale_cursor` for another projection or incarnation, `bad_cursor` for a message that the
    /// feed does not have. The refusal names the cursors to resume from.
    pub fn within(&self, head: &Self) -> Result<u64, Refusal> {
        let refuse = |code, message: String| {
            let refusal = Refusal::new(code, message).field("from");
            refusal.value(&self.to_string())
        };
        let start = Self {
            sequence: 0,
            ..head.clone()
        };
        let both = [start.to_string(), head.to_string()];
        let served = &head.projection;
        if self.projection != *served {
            let message = format!(
                "the cursor is of projection {}, and {served} is served: read its changes from \
                 the start, from its head on, or, where a third cursor is given, from the same \
                 place in the log",
                self.projection
            );
            return Err(refuse(Code::StaleCursor, message).allowed(both));
        }
        if self.sequence == 0 {
            return Ok(0);
        }
        if self.incarnation != head.incarnation {
            let message = format!(
                "the cursor is of an earlier feed of projection {served}, which was made anew: \
                 read it from its head on, or from the start, and pass over the positions that \
                 you have"
            );
            return Err(refuse(Code::StaleCursor, message).allowed(both));
        }
        if self.sequence > head.sequence {
            let message = format!("the feed ends at {head}");
            return Err(refuse(Code::BadCursor, message).allowed([head.to_string()]));
        }
        Ok(self.sequence)
    }

    /// Parses the cursor before which a page ends, of a feed that ends at `head`. Returns the sequence.
    ///
    /// # Errors
    /// `bad_cursor` for another text, and as [`Cursor::within`]. The refusal is of the field `before`.
    pub fn before(text: &str, head: &Self) -> Result<u64, Refusal> {
        let cursor = Self::parse(text).ok_or_else(|| not_a_cursor(text));
        let end = Self {
            sequence: head.sequence.saturating_add(1),
            ..head.clone()
        };
        let sequence = cursor.and_then(|cursor| cursor.within(&end));
        sequence.map_err(|refusal| refusal.field("before"))
    }
}

fn not_a_cursor(text: &str) -> Refusal {
    let message =
        "a cursor is a projection, an incarnation and a sequence, with dashes between them";
    Refusal::new(Code::BadCursor, message).value(text)
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
                let refusal = not_a_cursor(text).field("from");
                refusal.allowed(["start", "now"])
            }),
        }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.incarnation {
            Some(incarnation) => write!(f, "{}-{incarnation}-{}", self.projection, self.sequence),
            None => write!(f, "{}-{}", self.projection, self.sequence),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursor(projection: &str, incarnation: Option<&str>, sequence: u64) -> Cursor {
        Cursor {
            projection: Projection::new(projection).unwrap(),
            incarnation: incarnation.and_then(Incarnation::parse),
            sequence,
        }
    }

    #[test]
    fn a_cursor_reads_back_as_it_was_written() {
        for (cursor, text) in [
            (
                cursor("9f86d081", Some("18bcfe5687b"), 42),
                "9f86d081-18bcfe5687b-42",
            ),
            (cursor("9f86d081", None, 42), "9f86d081-42"),
        ] {
            assert_eq!(cursor.to_string(), text);
            assert_eq!(Cursor::parse(text), Some(cursor));
        }
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        for text in [
            "", "-", "a-", "-1", "a", "a-b", "a-+1", "a--1", "a.b-1", "a-1 ", "a-٣", "a-x-1",
            "a-1-1-1", "a-1-",
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
    fn a_cursor_of_another_projection_or_incarnation_is_told_where_to_resume() {
        let head = cursor("new", Some("2"), 9);
        for stale in [
            cursor("old", Some("2"), 3),
            cursor("old", None, 0),
            cursor("new", Some("1"), 3),
            cursor("new", Some("1"), 30),
            cursor("new", None, 3),
        ] {
            let refusal = stale.within(&head).unwrap_err();
            assert_eq!(refusal.code, Code::StaleCursor, "{stale}");
            assert_eq!(refusal.allowed, ["new-2-0", "new-2-9"], "{stale}");
        }
    }

    #[test]
    fn the_place_before_the_first_message_is_the_same_in_each_incarnation() {
        let head = cursor("p", Some("2"), 9);
        for start in [cursor("p", Some("1"), 0), cursor("p", None, 0)] {
            assert_eq!(start.within(&head), Ok(0));
        }
    }

    #[test]
    fn a_cursor_beyond_the_head_is_refused_and_the_head_itself_is_not() {
        let at = |sequence| cursor("p", Some("2"), sequence);
        assert_eq!(at(9).within(&at(9)), Ok(9));
        let refusal = at(10).within(&at(9)).unwrap_err();
        assert_eq!(
            (refusal.code, refusal.allowed),
            (Code::BadCursor, vec!["p-2-9".to_owned()])
        );
    }
}

//! The incarnation of a stream: one that is deleted and made again under its name is another.

use std::fmt;

use time::OffsetDateTime;

/// The time at which a stream was created, in milliseconds since 1970. The server keeps it when
/// leaders change and when the stream is copied with its files; a stream that is made again has
/// another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Incarnation(u64);

impl Incarnation {
    /// Creates the incarnation of a stream that was created at a time.
    #[must_use]
    pub fn new(created: OffsetDateTime) -> Self {
        let millis = created.unix_timestamp_nanos() / 1_000_000;
        Self(u64::try_from(millis).unwrap_or_default())
    }

    /// Parses what [`fmt::Display`] writes: hexadecimal digits in lower case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let number = u64::from_str_radix(text, 16).ok()?;
        text.bytes().all(is_digit).then_some(Self(number))
    }
}

impl fmt::Display for Incarnation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_incarnation_reads_back_and_other_text_is_none() {
        let created = OffsetDateTime::UNIX_EPOCH + time::Duration::milliseconds(1_700_000_000_123);
        let incarnation = Incarnation::new(created);
        assert_eq!(incarnation.to_string(), "18bcfe5687b");
        assert_eq!(Incarnation::parse("18bcfe5687b"), Some(incarnation));
        for other in ["", "18BCFE", "+1", "x", "1 ", "fffffffffffffffff"] {
            assert_eq!(Incarnation::parse(other), None, "{other}");
        }
    }
}

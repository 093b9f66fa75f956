//! Message headers, without the client library's type in public signatures.

use std::str::FromStr;

use async_nats::header::{HeaderMap, HeaderName, HeaderValue};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The header of a restored message with the time at which it was first stored, in RFC 3339: the
/// server's own time is that of the restore.
pub const STORED: &str = "Detente-Stored";

/// The headers of a stored message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(HeaderMap);

/// A header that NATS cannot carry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("header {name:?} cannot be sent: {reason}")]
pub struct BadHeader {
    /// The name as given.
    pub name: String,
    /// A description of the fault.
    pub reason: &'static str,
}

impl Headers {
    /// Returns the first value of a header.
    pub fn get(&self, name: &str) -> Option<&str> {
        let name = HeaderName::from_str(name).ok()?;
        self.0.get(name).map(HeaderValue::as_str)
    }

    /// Iterates over the headers, each with its first value, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.0.iter();
        all.filter_map(|(name, values)| Some((name.as_ref(), values.first()?.as_str())))
    }

    /// Returns the time at which the message was first stored: that in [`STORED`], else the
    /// server's.
    pub(crate) fn stored(&self, server: OffsetDateTime) -> OffsetDateTime {
        let own = self.get(STORED);
        let own = own.and_then(|text| OffsetDateTime::parse(text, &Rfc3339).ok());
        own.unwrap_or(server)
    }

    pub(crate) fn received(headers: Option<HeaderMap>) -> Self {
        Self(headers.unwrap_or_default())
    }
}

/// Adds a header, checking name and value: the client library panics on a bad name.
pub(crate) fn insert(map: &mut HeaderMap, name: &str, value: &str) -> Result<(), BadHeader> {
    let bad = |reason| BadHeader {
        name: name.to_owned(),
        reason,
    };
    let key = HeaderName::from_str(name)
        .map_err(|_| bad("its name has a colon, a space or is not ASCII"))?;
    let value = HeaderValue::from_str(value).map_err(|_| bad("its value has a line break"))?;
    map.insert(key, value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_headers_are_refused_and_good_ones_read_back() {
        let mut map = HeaderMap::new();
        insert(&mut map, "Detente-Position", "42").expect("a good header");
        assert!(insert(&mut map, "a:b", "1").is_err());
        assert!(insert(&mut map, "ok", "two\r\nlines").is_err());
        let headers = Headers::received(Some(map));
        assert_eq!(headers.get("Detente-Position"), Some("42"));
        assert_eq!(headers.get("a:b"), None);
        assert_eq!(headers.iter().count(), 1);
    }
}

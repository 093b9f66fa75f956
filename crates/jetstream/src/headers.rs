//! Message headers, without the client library's own type in anybody's signature.

use std::str::FromStr;

use async_nats::header::{HeaderMap, HeaderName, HeaderValue};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The header in which a restored message says when it was first stored, as the server gives it
/// a time of its own.
pub const STORED: &str = "Detente-Stored";

/// The headers of a stored message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(Option<HeaderMap>);

/// A header that NATS cannot carry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("header {name:?} cannot be sent: {reason}")]
pub struct BadHeader {
    /// The name as given.
    pub name: String,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl Headers {
    /// The first value of a header.
    pub fn get(&self, name: &str) -> Option<&str> {
        let name = HeaderName::from_str(name).ok()?;
        self.0.as_ref()?.get(name).map(HeaderValue::as_str)
    }

    /// Every header with its first value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.0.iter().flat_map(|map| map.iter());
        all.filter_map(|(name, values)| Some((name.as_ref(), values.first()?.as_str())))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.as_ref().is_none_or(HeaderMap::is_empty)
    }

    /// When the message was stored: what it says of itself after it was restored, or what the
    /// server says.
    pub(crate) fn stored(&self, server: OffsetDateTime) -> OffsetDateTime {
        let own = self
            .get(STORED)
            .and_then(|text| OffsetDateTime::parse(text, &Rfc3339).ok());
        own.unwrap_or(server)
    }

    pub(crate) fn received(headers: Option<HeaderMap>) -> Headers {
        Headers(headers)
    }
}

/// Adds a header given by a caller. The client library panics on a bad name, so it is read here.
pub(crate) fn insert(map: &mut HeaderMap, name: &str, value: &str) -> Result<(), BadHeader> {
    let bad = |reason| BadHeader {
        name: name.to_owned(),
        reason,
    };
    let key = HeaderName::from_str(name)
        .map_err(|_| bad("its name has a colon, a blank or is not ASCII"))?;
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
        assert!(!headers.is_empty());
    }
}

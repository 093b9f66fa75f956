//! The stored record of a token.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::role::Role;
use crate::secret::Secret;
use crate::token::{Token, TokenId, parse_digest};

/// The longest name, in characters.
const NAME_MAX: usize = 64;
/// The author of records that are reported without a token; no token may have this name.
pub const LOCAL: &str = "local";

/// The record of a token. Its JSON is the public part, without the digest.
#[derive(Clone, Debug, Serialize)]
pub struct Record {
    /// The public id.
    pub id: TokenId,
    /// The name of the holder, recorded as the author of everything reported with it.
    pub name: String,
    /// The role of the holder.
    pub role: Role,
    /// The time of creation.
    #[serde(with = "time::serde::rfc3339")]
    pub created: OffsetDateTime,
    /// The time of revocation, if it is revoked.
    #[serde(with = "time::serde::rfc3339::option")]
    pub revoked: Option<OffsetDateTime>,
    #[serde(skip)]
    pub(crate) digest: Secret,
}

/// The JSON in the bucket; unknown fields of a newer version are ignored.
#[derive(Serialize, Deserialize)]
struct Stored {
    name: String,
    role: Role,
    sha256: String,
    #[serde(with = "time::serde::rfc3339")]
    created: OffsetDateTime,
    #[serde(default, with = "time::serde::rfc3339::option")]
    revoked: Option<OffsetDateTime>,
}

/// The error of a name that no token can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a name has 1 to {NAME_MAX} characters, no control characters, no blanks at its ends, and is \
     not {LOCAL:?}, which is the author of reports without a token"
)]
pub struct BadName;

impl Record {
    /// Creates the record of a new token.
    ///
    /// # Errors
    /// [`BadName`] if the name is not allowed.
    pub fn new(
        token: &Token,
        name: &str,
        role: Role,
        created: OffsetDateTime,
    ) -> Result<Self, BadName> {
        let is_plain = name.trim() == name && !name.contains(char::is_control);
        let length = name.chars().count();
        if !is_plain || !(1..=NAME_MAX).contains(&length) || name.eq_ignore_ascii_case(LOCAL) {
            return Err(BadName);
        }
        Ok(Self {
            id: token.id().clone(),
            name: name.to_owned(),
            role,
            created,
            revoked: None,
            digest: token.digest(),
        })
    }

    /// Parses a stored record; `None` if it is malformed.
    pub(crate) fn parse(id: &str, bytes: &[u8]) -> Option<Self> {
        let stored: Stored = serde_json::from_slice(bytes).ok()?;
        Some(Self {
            id: TokenId::parse(id)?,
            name: stored.name,
            role: stored.role,
            created: stored.created,
            revoked: stored.revoked,
            digest: parse_digest(&stored.sha256)?,
        })
    }

    pub(crate) fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(&Stored {
            name: self.name.clone(),
            role: self.role,
            sha256: self.digest.reveal().to_owned(),
            created: self.created,
            revoked: self.revoked,
        })
    }

    /// Returns true if the token is not revoked.
    pub(crate) const fn is_usable(&self) -> bool {
        self.revoked.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::RANDOM_BYTES;

    fn record(name: &str) -> Result<Record, BadName> {
        let token = Token::new(&[7; RANDOM_BYTES]);
        Record::new(&token, name, Role::Editor, OffsetDateTime::UNIX_EPOCH)
    }

    #[test]
    fn a_record_round_trips_without_its_secret() {
        let record = record("مكتب الأخبار").unwrap();
        let bytes = record.to_json().unwrap();
        let read = Record::parse(record.id.as_str(), &bytes).unwrap();
        assert_eq!((read.name, read.role), (record.name, Role::Editor));
        assert!(read.digest.matches(&record.digest));
        let text = String::from_utf8(bytes).unwrap();
        assert!(!text.contains("0707070707070707"), "{text}");
    }

    #[test]
    fn a_name_is_short_text_and_not_reserved() {
        for bad in ["", " ", "a ", "a\nb", "local", "LOCAL", &"x".repeat(65)] {
            assert_eq!(record(bad).err(), Some(BadName), "{bad:?}");
        }
        assert!(record("Desk 4, night").is_ok());
    }

    #[test]
    fn malformed_records_are_rejected() {
        for bad in ["", "{}", "{\"name\":\"a\",\"role\":\"king\"}"] {
            assert!(Record::parse("070707070707", bad.as_bytes()).is_none());
        }
    }
}

//! What is kept of a token, as JSON, and what is shown of it.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::role::Role;
use crate::token::{Digest, Token, TokenId};

/// The longest name, in characters.
const NAME_MAX: usize = 64;
/// The author of what comes without a token; no token may bear the name.
pub const LOCAL: &str = "local";

/// What is kept of a token.
#[derive(Clone, Debug)]
pub struct Record {
    /// The token's name among all.
    pub id: TokenId,
    /// Whose it is: the author of what is reported with it.
    pub name: String,
    /// What it may.
    pub role: Role,
    /// When it was made.
    pub created: OffsetDateTime,
    /// When it was revoked, if it was.
    pub revoked: Option<OffsetDateTime>,
    pub(crate) digest: Digest,
}

/// A record as it is shown, in lists and as JSON.
#[derive(Clone, Debug, Serialize)]
pub struct Shown<'a> {
    /// The token's name among all.
    pub id: &'a str,
    /// Whose it is.
    pub name: &'a str,
    /// What it may.
    pub role: Role,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub created: OffsetDateTime,
    /// When it was revoked, if it was.
    #[serde(with = "time::serde::rfc3339::option")]
    pub revoked: Option<OffsetDateTime>,
}

/// The form in the bucket; fields of a newer version are passed over.
#[derive(Serialize, Deserialize)]
struct Kept {
    name: String,
    role: Role,
    sha256: String,
    #[serde(with = "time::serde::rfc3339")]
    created: OffsetDateTime,
    #[serde(default, with = "time::serde::rfc3339::option")]
    revoked: Option<OffsetDateTime>,
}

/// A name that no token can bear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a name has 1 to {NAME_MAX} characters, none of them a control character and no blanks at its \
     ends, and is not {LOCAL:?}, which names what comes without a token"
)]
pub struct BadName;

impl Record {
    /// The record of a new token.
    ///
    /// # Errors
    /// [`BadName`] if nobody can be called so.
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

    /// A record as it is kept; `None` if it cannot be read.
    #[must_use]
    pub fn read(id: &str, bytes: &[u8]) -> Option<Self> {
        let kept: Kept = serde_json::from_slice(bytes).ok()?;
        Some(Self {
            id: TokenId::parse(id)?,
            name: kept.name,
            role: kept.role,
            created: kept.created,
            revoked: kept.revoked,
            digest: Digest::parse(&kept.sha256)?,
        })
    }

    pub(crate) fn write(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(&Kept {
            name: self.name.clone(),
            role: self.role,
            sha256: self.digest.to_string(),
            created: self.created,
            revoked: self.revoked,
        })
    }

    /// Whether it opens any door.
    #[must_use]
    pub const fn is_usable(&self) -> bool {
        self.revoked.is_none()
    }

    /// As it is shown.
    #[must_use]
    pub fn shown(&self) -> Shown<'_> {
        Shown {
            id: self.id.as_str(),
            name: &self.name,
            role: self.role,
            created: self.created,
            revoked: self.revoked,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::RANDOM_BYTES;

    fn named(name: &str) -> Result<Record, BadName> {
        let token = Token::new(&[7; RANDOM_BYTES]);
        Record::new(&token, name, Role::Editor, OffsetDateTime::UNIX_EPOCH)
    }

    #[test]
    fn a_record_is_read_as_it_is_kept_and_has_no_secret() {
        let record = named("مكتب الأخبار").unwrap();
        let bytes = record.write().unwrap();
        let read = Record::read(record.id.as_str(), &bytes).unwrap();
        assert_eq!((read.name, read.role), (record.name, Role::Editor));
        assert!(read.digest.is(&record.digest));
        let text = String::from_utf8(bytes).unwrap();
        assert!(!text.contains("0707070707070707"), "{text}");
    }

    #[test]
    fn a_name_is_a_short_text_and_not_that_of_nobody() {
        for bad in ["", " ", "a ", "a\nb", "local", "LOCAL", &"x".repeat(65)] {
            assert_eq!(named(bad).err(), Some(BadName), "{bad:?}");
        }
        assert!(named("Desk 4, night").is_ok());
    }

    #[test]
    fn what_is_no_record_is_not_read() {
        for bad in ["", "{}", "{\"name\":\"a\",\"role\":\"king\"}"] {
            assert!(Record::read("070707070707", bad.as_bytes()).is_none());
        }
    }
}

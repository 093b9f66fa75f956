//! Idempotency keys, by which repeated requests are recognised.
//!
//! The header is that of the IETF's draft-ietf-httpapi-idempotency-key-header: a string of
//! structured fields (RFC 8941), `Idempotency-Key: "8e03978e-40d5-43e8-bc93-6894a57f9324"`. The
//! quotation marks may be left out, as many clients do.
//!
//! Rows without ids get ids that are derived from caller, key, body and row, so the log itself
//! remembers the request: a repeat has the same ids, and an id shows which body its key came with.
//! They are UUIDs of version 8: 60 bits of caller and key, 46 of the body, 16 of the row.

use sha2::{Digest as _, Sha256};
use uuid::{Builder, Uuid, Version};

use crate::limits;
use crate::refusal::{Code, Refusal};

/// The name of the header.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// The longest key, in characters.
const KEY_MAX: usize = limits::IDEMPOTENCY_KEY;

const BODY_BITS: u32 = 46;
const ROW_BITS: u32 = 16;

/// A key of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey(String);

/// A request with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyedRequest {
    key: u64,
    body: u64,
}

// === impl IdempotencyKey ===

impl IdempotencyKey {
    /// Parses the value of the header.
    ///
    /// # Errors
    /// `bad_idempotency_key` if it is empty, too long, or not printable ASCII.
    pub fn parse(value: &[u8]) -> Result<Self, Refusal> {
        let text = std::str::from_utf8(value).map(str::trim);
        let text = text.map_err(|_| bad("", "a key is printable ASCII"))?;
        let key = match text.strip_prefix('"') {
            Some(quoted) => unquoted(quoted),
            None => Some(text.to_owned()).filter(|text| !text.contains([' ', '"', ','])),
        };
        let key = key.ok_or_else(|| bad(text, "a key is one string, in quotation marks"))?;
        if key.is_empty() || key.len() > KEY_MAX {
            let message = format!("a key has 1 to {KEY_MAX} characters");
            return Err(bad(text, &message));
        }
        if !key.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
            return Err(bad(text, "a key is printable ASCII"));
        }
        Ok(Self(key))
    }
}

/// Parses a quoted string after its opening quotation mark.
fn unquoted(text: &str) -> Option<String> {
    let mut key = String::new();
    let mut rest = text.chars();
    while let Some(letter) = rest.next() {
        match letter {
            '"' => return rest.as_str().is_empty().then_some(key),
            '\\' => key.push(rest.next().filter(|next| ['"', '\\'].contains(next))?),
            other => key.push(other),
        }
    }
    None
}

fn bad(given: &str, message: &str) -> Refusal {
    let refusal = Refusal::new(Code::BadIdempotencyKey, message);
    refusal.field("Idempotency-Key").value(given)
}

// === impl KeyedRequest ===

impl KeyedRequest {
    /// Creates the request of a caller; `parts` are everything that distinguishes it from others
    /// with the same key: its endpoint, format and body.
    #[must_use]
    pub fn new(caller: &str, IdempotencyKey(key): &IdempotencyKey, parts: &[&[u8]]) -> Self {
        let key = digest(&[
            b"detente idempotency key",
            caller.as_bytes(),
            key.as_bytes(),
        ]);
        Self {
            key: key >> (u64::BITS - 60),
            body: digest(parts) >> (u64::BITS - BODY_BITS),
        }
    }

    /// Derives the id of a row, counted from 0.
    #[must_use]
    pub fn id(self, row: u16) -> Uuid {
        // The builder writes the version and the variant over the remaining bits.
        let high = (self.key >> 12) << 16 | self.key & 0xfff;
        let low = self.body << ROW_BITS | u64::from(row);
        let bytes = u128::from(high) << 64 | u128::from(low);
        Builder::from_custom_bytes(bytes.to_be_bytes()).into_uuid()
    }

    /// Recovers the request from a derived id; `None` for ids of other versions.
    #[must_use]
    pub fn from_id(id: Uuid) -> Option<Self> {
        if id.get_version() != Some(Version::Custom) {
            return None;
        }
        let (high, low) = id.as_u64_pair();
        Some(Self {
            key: (high >> 16) << 12 | high & 0xfff,
            body: low >> ROW_BITS & ((1 << BODY_BITS) - 1),
        })
    }

    /// The hash of caller and key.
    #[must_use]
    pub const fn key(self) -> u64 {
        self.key
    }

    /// The hash of everything else that the answer depends on: endpoint, target, format and body.
    #[must_use]
    pub const fn request_digest(self) -> u64 {
        self.body
    }

    /// Returns the refusal of a key that was used for another request.
    #[must_use]
    pub fn conflict() -> Refusal {
        let message = "the key was used for another request";
        Refusal::new(Code::IdempotencyConflict, message).field("Idempotency-Key")
    }
}

fn digest(parts: &[&[u8]]) -> u64 {
    let mut hash = Sha256::new();
    for part in parts {
        // The length keeps ("a", "bc") and ("ab", "c") apart.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let digest = hash.finalize();
    digest
        .iter()
        .take(8)
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> IdempotencyKey {
        IdempotencyKey::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn a_key_is_parsed_with_and_without_quotation_marks() {
        assert_eq!(key("\"8e03-a\""), key("8e03-a"));
        assert_eq!(
            key(" \"a \\\"b\\\" \\\\\" "),
            IdempotencyKey("a \"b\" \\".to_owned())
        );
        let longest = "k".repeat(KEY_MAX);
        assert_eq!(key(&longest), IdempotencyKey(longest));
    }

    #[test]
    fn invalid_keys_are_refused() {
        let long = "k".repeat(KEY_MAX + 1);
        for text in [
            "", " ", "\"\"", "\"a", "\"a\"b", "\"a\\n\"", "a b", "a,b", "a\"", "ключ", "a\tb",
            &long,
        ] {
            let refusal = IdempotencyKey::parse(text.as_bytes()).unwrap_err();
            assert_eq!(refusal.code, Code::BadIdempotencyKey, "{text:?}");
        }
        assert!(IdempotencyKey::parse(b"\xff").is_err());
    }

    #[test]
    fn an_id_identifies_its_request() {
        let request = KeyedRequest::new("local", &key("k"), &[b"events", b"{}"]);
        assert_eq!(
            request,
            KeyedRequest::new("local", &key("k"), &[b"events", b"{}"])
        );
        for row in [0, 1, u16::MAX] {
            assert_eq!(
                KeyedRequest::from_id(request.id(row)),
                Some(request),
                "{row}"
            );
        }
        assert_ne!(request.id(0), request.id(1));
        let other = KeyedRequest::new("local", &key("k"), &[b"event", b"s{}"]);
        assert_eq!(other.key(), request.key());
        assert_ne!(other.request_digest(), request.request_digest());
        let theirs = KeyedRequest::new("other", &key("k"), &[b"events", b"{}"]);
        assert_ne!(theirs.key(), request.key());
        assert_eq!(KeyedRequest::from_id(Uuid::NAMESPACE_URL), None);
    }
}

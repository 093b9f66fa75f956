//! Idempotency keys: by which a request that was sent before is known again.
//!
//! The header is that of the IETF's draft-ietf-httpapi-idempotency-key-header: a string of
//! structured fields (RFC 8941), `Idempotency-Key: "8e03978e-40d5-43e8-bc93-6894a57f9324"`; many
//! clients leave the quotation marks out, and are understood.
//!
//! What such a request reports without ids gets ids that are derived from caller, key, body and
//! row, so the log itself remembers the request: the same one comes to the same records, and an id
//! says which body its key came with. They are UUIDs of version 8: 60 bits of caller and key, 46
//! of the body, 16 of the row.

use sha2::{Digest as _, Sha256};
use uuid::{Builder, Uuid, Version};

use crate::refusal::{Code, Refusal};

/// The name of the header.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// The longest key, in characters.
pub const KEY_MAX: usize = 255;

const BODY_BITS: u32 = 46;
const ROW_BITS: u32 = 16;

/// A key, as a client gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key(String);

/// A request that came with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keyed {
    key: u64,
    body: u64,
}

// === impl Key ===

impl Key {
    /// Reads the value of the header.
    ///
    /// # Errors
    /// `bad_idempotency_key` for what is empty, too long, or no printable ASCII.
    pub fn parse(value: &[u8]) -> Result<Self, Refusal> {
        let text = std::str::from_utf8(value).map(str::trim);
        let text = text.map_err(|_| bad("", "a key is plain ASCII"))?;
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

/// What stands in quotation marks, after the first of them.
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
    refusal.field("Idempotency-Key").given(given)
}

// === impl Keyed ===

impl Keyed {
    /// The request of a caller; `parts` are all that makes it another one: its door, form and
    /// body.
    #[must_use]
    pub fn new(caller: &str, Key(key): &Key, parts: &[&[u8]]) -> Self {
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

    /// The id of a row without one: the first row is 0.
    #[must_use]
    pub fn id(self, row: u16) -> Uuid {
        // The builder writes version and variant over the bits that are left free.
        let high = (self.key >> 12) << 16 | self.key & 0xfff;
        let low = self.body << ROW_BITS | u64::from(row);
        let bytes = u128::from(high) << 64 | u128::from(low);
        Builder::from_custom_bytes(bytes.to_be_bytes()).into_uuid()
    }

    /// The request that an id was derived for; `None` for ids of other versions.
    #[must_use]
    pub fn of(id: Uuid) -> Option<Self> {
        if id.get_version() != Some(Version::Custom) {
            return None;
        }
        let (high, low) = id.as_u64_pair();
        Some(Self {
            key: (high >> 16) << 12 | high & 0xfff,
            body: low >> ROW_BITS & ((1 << BODY_BITS) - 1),
        })
    }

    /// Caller and key, as a number.
    #[must_use]
    pub const fn key(self) -> u64 {
        self.key
    }

    /// The body, as a number.
    #[must_use]
    pub const fn body(self) -> u64 {
        self.body
    }

    /// The refusal of a request whose key came with another body before.
    #[must_use]
    pub fn conflict() -> Refusal {
        let message = "the key came with another request before";
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

    fn key(text: &str) -> Key {
        Key::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn a_key_is_read_with_and_without_quotation_marks() {
        assert_eq!(key("\"8e03-a\""), key("8e03-a"));
        assert_eq!(key(" \"a \\\"b\\\" \\\\\" "), Key("a \"b\" \\".to_owned()));
        let longest = "k".repeat(KEY_MAX);
        assert_eq!(key(&longest), Key(longest));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let long = "k".repeat(KEY_MAX + 1);
        for text in [
            "", " ", "\"\"", "\"a", "\"a\"b", "\"a\\n\"", "a b", "a,b", "a\"", "ключ", "a\tb",
            &long,
        ] {
            let refusal = Key::parse(text.as_bytes()).unwrap_err();
            assert_eq!(refusal.code, Code::BadIdempotencyKey, "{text:?}");
        }
        assert!(Key::parse(b"\xff").is_err());
    }

    #[test]
    fn an_id_says_which_request_it_was_derived_for() {
        let request = Keyed::new("local", &key("k"), &[b"events", b"{}"]);
        assert_eq!(request, Keyed::new("local", &key("k"), &[b"events", b"{}"]));
        for row in [0, 1, u16::MAX] {
            assert_eq!(Keyed::of(request.id(row)), Some(request), "{row}");
        }
        assert_ne!(request.id(0), request.id(1));
        let other = Keyed::new("local", &key("k"), &[b"event", b"s{}"]);
        assert_eq!(other.key(), request.key());
        assert_ne!(other.body(), request.body());
        let theirs = Keyed::new("other", &key("k"), &[b"events", b"{}"]);
        assert_ne!(theirs.key(), request.key());
        assert_eq!(Keyed::of(Uuid::NAMESPACE_URL), None);
    }
}

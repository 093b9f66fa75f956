//! The form of a token: `detente_<id>_<secret>`.
//!
//! The id is 12 hexadecimal digits and no secret: it names the token in lists and logs. The secret
//! is 64 of them, from 32 random bytes. Only the SHA-256 of the secret is kept. A slow hash is for
//! passwords, which people choose and others guess; of 2^256 random secrets nobody guesses one,
//! whatever the speed of the hash, and a fast one costs each request a microsecond.

use std::fmt;
use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::secret::Secret;

const PREFIX: &str = "detente_";
const ID_BYTES: usize = 6;
const SECRET_BYTES: usize = 32;

/// The random bytes that a token is made of.
pub const RANDOM_BYTES: usize = ID_BYTES + SECRET_BYTES;

/// The name of a token among all; it is no secret.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenId(String);

/// A token as it is shown once.
#[derive(Clone)]
pub struct Token {
    id: TokenId,
    secret: Secret,
}

/// What is kept of a secret.
#[derive(Clone, Copy)]
pub struct Digest([u8; 32]);

impl TokenId {
    /// An id as it is written.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        is_hex(text, ID_BYTES).then(|| Self(text.to_owned()))
    }

    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Token {
    /// A token of random bytes, which nobody else may have seen.
    #[must_use]
    pub fn new(random: &[u8; RANDOM_BYTES]) -> Self {
        let (id, secret) = random.split_at(ID_BYTES);
        Self {
            id: TokenId(hex(id)),
            secret: Secret::new(hex(secret)),
        }
    }

    /// A token as a caller sends it; `None` if it has not the form of one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (id, secret) = text.strip_prefix(PREFIX)?.split_once('_')?;
        is_hex(secret, SECRET_BYTES).then_some(())?;
        Some(Self {
            id: TokenId::parse(id)?,
            secret: Secret::new(secret),
        })
    }

    /// Its name.
    #[must_use]
    pub const fn id(&self) -> &TokenId {
        &self.id
    }

    /// The whole of it, to be shown once.
    #[must_use]
    pub fn whole(&self) -> Secret {
        Secret::new(format!("{PREFIX}{}_{}", self.id, self.secret.reveal()))
    }

    /// What is kept of it.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest(Sha256::digest(self.secret.reveal()).into())
    }
}

impl Digest {
    /// A digest as it is written: 64 hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        is_hex(text, 32).then_some(())?;
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(Self(bytes))
    }

    /// Whether the two are the same, in a time that says nothing of how much of them is.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

fn is_hex(text: &str, bytes: usize) -> bool {
    let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    text.len() == 2 * bytes && text.bytes().all(digit)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl fmt::Display for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({}, …)", self.id)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0707070707aa";

    fn token() -> Token {
        let mut random = [7; RANDOM_BYTES];
        random[5] = 0xaa;
        Token::new(&random)
    }

    #[test]
    fn a_token_is_read_as_it_is_shown() {
        let whole = token().whole();
        assert_eq!(
            whole.reveal(),
            format!("detente_{ID}_{}", "07".repeat(SECRET_BYTES))
        );
        let read = Token::parse(whole.reveal()).unwrap();
        assert_eq!(read.id().as_str(), ID);
        assert!(read.digest().is(&token().digest()));
    }

    #[test]
    fn what_has_not_the_form_of_a_token_is_none() {
        let good = token().whole();
        let good = good.reveal();
        for bad in [
            "",
            "detente_",
            "detente__",
            &good[1..],
            &good[..good.len() - 1],
            &format!("{good}0"),
            &format!(" {good}"),
            &good.to_uppercase(),
            &good.replace("_07", "_0g"),
            &good.replace('_', "-"),
            &"é".repeat(85),
        ] {
            assert!(Token::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_digest_is_read_as_it_is_written_and_is_of_one_secret() {
        let digest = token().digest();
        let read = Digest::parse(&digest.to_string()).unwrap();
        assert!(read.is(&digest));
        let mut random = [7; RANDOM_BYTES];
        random[RANDOM_BYTES - 1] = 8;
        assert!(!Token::new(&random).digest().is(&digest));
        assert!(Digest::parse("07").is_none());
    }

    #[test]
    fn a_secret_is_not_in_what_is_printed_by_mistake() {
        let token = token();
        let printed = format!("{token:?} {:?} {:?}", token.whole(), token.digest());
        assert!(!printed.contains("0707070707070707"), "{printed}");
        assert!(printed.contains(ID));
    }
}

//! The form of a token: `detente_<id>_<secret>`.
//!
//! The id is 12 hexadecimal digits and public: it names the token in lists and logs. The secret is
//! 64 hexadecimal digits, from 32 random bytes. Only its SHA-256 is stored. A slow hash protects
//! passwords, which can be guessed; one of 2^256 random secrets cannot be, and a fast hash costs
//! each request a microsecond.

use std::fmt;
use std::fmt::Write as _;

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::secret::Secret;

const PREFIX: &str = "detente_";
const ID_BYTES: usize = 6;
const SECRET_BYTES: usize = 32;
const DIGEST_BYTES: usize = 32;

/// The random bytes of a token.
pub(crate) const RANDOM_BYTES: usize = ID_BYTES + SECRET_BYTES;

/// The public id of a token.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct TokenId(String);

/// A token with its secret, which is shown once.
#[derive(Clone)]
pub struct Token {
    id: TokenId,
    secret: Secret,
}

impl TokenId {
    /// Parses an id: 12 hexadecimal digits.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        is_hex(text, ID_BYTES).then(|| Self(text.to_owned()))
    }

    /// Returns the id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Token {
    /// Creates a token from secret random bytes.
    #[must_use]
    pub fn new(random: &[u8; RANDOM_BYTES]) -> Self {
        let (id, secret) = random.split_at(ID_BYTES);
        Self {
            id: TokenId(hex(id)),
            secret: Secret::new(hex(secret)),
        }
    }

    /// Parses a token as a caller sends it.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (id, secret) = text.strip_prefix(PREFIX)?.split_once('_')?;
        is_hex(secret, SECRET_BYTES).then_some(())?;
        Some(Self {
            id: TokenId::parse(id)?,
            secret: Secret::new(secret),
        })
    }

    /// Returns the public id.
    pub(crate) const fn id(&self) -> &TokenId {
        &self.id
    }

    /// Returns the whole token, to show it once.
    #[must_use]
    pub fn reveal(&self) -> Secret {
        Secret::new(format!("{PREFIX}{}_{}", self.id, self.secret.reveal()))
    }

    /// Returns what is stored of the secret: its SHA-256, in hexadecimal digits.
    pub(crate) fn digest(&self) -> Secret {
        Secret::new(hex(&Sha256::digest(self.secret.reveal())))
    }
}

/// Parses a stored digest: 64 hexadecimal digits.
pub(crate) fn parse_digest(text: &str) -> Option<Secret> {
    is_hex(text, DIGEST_BYTES).then(|| Secret::new(text))
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

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({}, …)", self.id)
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
    fn a_token_is_parsed_as_it_is_revealed() {
        let whole = token().reveal();
        assert_eq!(
            whole.reveal(),
            format!("detente_{ID}_{}", "07".repeat(SECRET_BYTES))
        );
        let read = Token::parse(whole.reveal()).unwrap();
        assert_eq!(read.id().as_str(), ID);
        assert!(read.digest().matches(&token().digest()));
    }

    #[test]
    fn malformed_tokens_are_rejected() {
        let good = token().reveal();
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
    fn a_digest_round_trips_and_matches_one_secret() {
        let digest = token().digest();
        let read = parse_digest(digest.reveal()).unwrap();
        assert!(read.matches(&digest));
        let mut random = [7; RANDOM_BYTES];
        random[RANDOM_BYTES - 1] = 8;
        assert!(!Token::new(&random).digest().matches(&digest));
        assert!(parse_digest("07").is_none());
    }

    #[test]
    fn debug_output_hides_the_secret() {
        let token = token();
        let printed = format!("{token:?} {:?} {:?}", token.reveal(), token.digest());
        assert!(!printed.contains("0707070707070707"), "{printed}");
        assert!(printed.contains(ID));
    }
}

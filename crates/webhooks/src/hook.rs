//! What a webhook is.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use detente_api::{Code, Refusal};
use detente_feed::{Filter, Wanted};
use serde::{Deserialize, Serialize};
use url::Url;
use uuid::Uuid;

/// The most bytes of an address.
const URL_MAX: usize = 2_000;
/// The most bytes of an id.
const ID_MAX: usize = 64;
/// The fewest and the most bytes of a secret's key, as the specification has it.
const KEY: std::ops::RangeInclusive<usize> = 24..=64;

/// For how long deliveries are signed with a secret that was replaced, in seconds: a day.
const BOTH_FOR: i64 = 24 * 60 * 60;

/// A webhook, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hook {
    /// Its id.
    pub id: String,
    /// Where to.
    pub url: String,
    /// Which changes.
    pub wanted: Wanted,
    /// What deliveries are signed with.
    pub secret: Secret,
    /// The secret before, with which deliveries are signed too for a while.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Before>,
    /// Which of its beginnings this is: its creation, and each replay, has an id.
    pub generation: Uuid,
    /// The cursor after which this generation begins.
    pub begins: String,
    /// Whether it is delivered.
    pub status: Status,
}

/// Whether a webhook is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It is.
    Active,
    /// Somebody stopped it; it goes on where it stopped.
    Paused,
    /// Its receiver answered 410; it goes on where it stopped when somebody resumes it.
    Gone,
    /// Its place is in the feed of a rulebook that was dropped; it goes on after a replay.
    Lost,
}

/// A secret that was replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    /// The secret.
    pub secret: Secret,
    /// Up to when deliveries are signed with it too, in seconds since 1970.
    pub until: i64,
}

/// A secret: `whsec_` and the key in base64. It is never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// A secret of a key.
    #[must_use]
    pub fn of(key: &[u8; 32]) -> Self {
        Self(format!("whsec_{}", STANDARD.encode(key)))
    }

    /// Reads a secret.
    ///
    /// # Errors
    /// A refusal that does not repeat it.
    pub fn read(text: &str) -> Result<Self, Refusal> {
        let key = text.strip_prefix("whsec_");
        let key = key.and_then(|key| STANDARD.decode(key).ok());
        if key.is_some_and(|key| KEY.contains(&key.len())) {
            return Ok(Self(text.to_owned()));
        }
        let message = "a secret is whsec_ and 24 to 64 bytes in base64";
        Err(Refusal::new(Code::BadSecret, message).field("secret"))
    }

    /// The secret itself, for signing, and for showing it once.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Hook {
    /// The filter.
    ///
    /// # Errors
    /// A refusal of what is not understood.
    pub fn filter(&self) -> Result<Filter, Refusal> {
        self.wanted.read()
    }

    /// Takes another secret; the one before is good for a day more. `now` is in seconds since 1970.
    pub fn replace_secret(&mut self, secret: &Secret, now: i64) {
        if self.secret != *secret {
            self.before = Some(Before {
                secret: std::mem::replace(&mut self.secret, secret.clone()),
                until: now.saturating_add(BOTH_FOR),
            });
        }
    }

    /// What a delivery is signed with at a moment, in seconds since 1970.
    pub fn secrets(&self, now: i64) -> impl Iterator<Item = &Secret> {
        let before = self.before.iter().filter(move |before| now < before.until);
        std::iter::once(&self.secret).chain(before.map(|before| &before.secret))
    }
}

/// Reads where a webhook goes to. Plain HTTP is for private networks alone.
///
/// # Errors
/// `bad_url` for what is no address, has a user in it, or is too long.
pub fn url(given: &str, allow_private: bool) -> Result<Url, Refusal> {
    let bad = |message: &str| Refusal::new(Code::BadUrl, message).field("url");
    if given.len() > URL_MAX {
        return Err(bad(&format!("an address has at most {URL_MAX} bytes")));
    }
    let url = Url::parse(given)
        .map_err(|error| bad(&format!("this is no address: {error}")).given(given))?;
    if !url.username().is_empty() || url.password().is_some() {
        // What was given may hold a password, and is not repeated.
        return Err(bad(
            "an address has no user and no password: deliveries are signed",
        ));
    }
    let scheme = url.scheme();
    if url.host_str().is_none() || !(scheme == "https" || scheme == "http" && allow_private) {
        return Err(bad("a webhook goes to https://").given(given));
    }
    Ok(url)
}

/// Reads an id that somebody chose.
///
/// # Errors
/// `bad_name` for what is none.
pub fn id(given: &str) -> Result<String, Refusal> {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if (1..=ID_MAX).contains(&given.len()) && given.bytes().all(fits) {
        return Ok(given.to_owned());
    }
    let message = "a webhook's id is 1 to 64 small letters, digits and dashes";
    let refusal = Refusal::new(Code::BadName, message).field("id");
    Err(refusal.given(given))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_reads_back_and_is_never_printed() {
        let secret = Secret::of(&[7; 32]);
        assert_eq!(Secret::read(secret.expose()), Ok(secret.clone()));
        assert_eq!(format!("{secret:?}"), "Secret(…)");
        let long = format!("whsec_{}", STANDARD.encode([7; 65]));
        for bad in ["", "whsec_", "whsec_AAAA", "AAAA", "whsec_!!!!", &long] {
            let refusal = Secret::read(bad).unwrap_err();
            assert_eq!((refusal.code, refusal.given), (Code::BadSecret, None));
        }
    }

    #[test]
    fn a_secret_that_was_replaced_signs_for_a_while() {
        let (new, old) = (Secret::of(&[1; 32]), Secret::of(&[2; 32]));
        let mut hook = Hook {
            id: "a".to_owned(),
            url: "https://example.org".to_owned(),
            wanted: Wanted::default(),
            secret: old.clone(),
            before: None,
            generation: Uuid::nil(),
            begins: "p-0".to_owned(),
            status: Status::Active,
        };
        hook.replace_secret(&old, 0);
        assert_eq!(hook.before, None);
        hook.replace_secret(&new, 0);
        assert_eq!(hook.secrets(86_399).collect::<Vec<_>>(), [&new, &old]);
        assert_eq!(hook.secrets(86_400).collect::<Vec<_>>(), [&new]);
    }

    #[test]
    fn an_address_is_one_of_the_web_without_a_user() {
        assert!(url("https://example.org/hook?x=1", false).is_ok());
        assert!(url("http://example.org", true).is_ok());
        for bad in [
            "",
            "example.org",
            "http://example.org",
            "ftp://example.org",
            "https://u:p@example.org",
            "https://",
        ] {
            let code = url(bad, false).map_err(|refusal| refusal.code);
            assert_eq!(code, Err(Code::BadUrl), "{bad}");
        }
    }

    #[test]
    fn an_id_fits_in_an_address_and_in_a_key() {
        assert!(id("tripwire-2").is_ok());
        for bad in ["", "Tripwire", "a.b", "a b", "a/b", &"x".repeat(65)] {
            let code = id(bad).map_err(|refusal| refusal.code);
            assert_eq!(code, Err(Code::BadName), "{bad}");
        }
    }
}

//! A webhook as it is stored, with its secret.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use detente_api::request::FilterRequest;
use detente_api::{Code, Refusal, limits};
use serde::{Deserialize, Serialize};
use url::Url;
use uuid::Uuid;

/// The most bytes of an address.
const URL_MAX: usize = limits::WEBHOOK_URL;
/// The most bytes of an id.
const ID_MAX: usize = limits::WEBHOOK_ID;
/// The bounds on the bytes of a secret's key, by Standard Webhooks.
const KEY: std::ops::RangeInclusive<usize> = 24..=64;

/// The time for which deliveries are also signed with the previous secret, in seconds: a day.
const PREVIOUS_SECRET_FOR: i64 = 24 * 60 * 60;

/// A webhook, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Webhook {
    /// Its id.
    pub(crate) id: String,
    /// The address of the receiver.
    pub(crate) url: String,
    /// The filter of changes.
    #[serde(rename = "wanted")]
    pub(crate) filter: FilterRequest,
    /// The secret that signs deliveries.
    pub(crate) secret: SigningSecret,
    /// The previous secret, which also signs deliveries for a while.
    #[serde(default, rename = "before", skip_serializing_if = "Option::is_none")]
    pub(crate) previous_secret: Option<PreviousSecret>,
    /// The id of the current run: the creation and each replay begin a new one.
    pub(crate) generation: Uuid,
    /// The cursor after which this generation begins.
    #[serde(rename = "begins")]
    pub(crate) start_cursor: String,
    /// The status.
    pub(crate) status: Status,
}

/// The status of a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Changes are delivered.
    Active,
    /// Stopped by an administrator; it continues from where it stopped.
    Paused,
    /// The receiver answered 410; a resume continues from there.
    Gone,
    /// Its cursor is in a feed that was removed or made anew; it needs a replay.
    Lost,
}

impl Status {
    /// Returns the stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Gone => "gone",
            Self::Lost => "lost",
        }
    }
}

/// A secret that was replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PreviousSecret {
    /// The secret.
    pub(crate) secret: SigningSecret,
    /// The time at which it expires, in seconds since 1970.
    pub(crate) until: i64,
}

/// A secret: `whsec_` and the key in base64. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct SigningSecret(String);

impl SigningSecret {
    /// Makes the secret of a key.
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        Self(format!("whsec_{}", STANDARD.encode(key)))
    }

    /// Parses a secret. A refusal does not contain the text.
    pub(crate) fn parse(text: &str) -> Result<Self, Refusal> {
        let key = text.strip_prefix("whsec_");
        let key = key.and_then(|key| STANDARD.decode(key).ok());
        if key.is_some_and(|key| KEY.contains(&key.len())) {
            return Ok(Self(text.to_owned()));
        }
        let message = "a secret is whsec_ and 24 to 64 bytes in base64";
        Err(Refusal::new(Code::BadSecret, message).field("secret"))
    }

    /// Returns the text of the secret.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret(…)")
    }
}

impl Webhook {
    /// Replaces the secret; the previous one stays valid for a day. `now` is in seconds since 1970.
    pub(crate) fn replace_secret(&mut self, secret: &SigningSecret, now: i64) {
        if self.secret != *secret {
            self.previous_secret = Some(PreviousSecret {
                secret: std::mem::replace(&mut self.secret, secret.clone()),
                until: now.saturating_add(PREVIOUS_SECRET_FOR),
            });
        }
    }

    /// Returns the secrets that are valid at a time, in seconds since 1970.
    pub(crate) fn secrets(&self, now: i64) -> impl Iterator<Item = &SigningSecret> {
        let previous = self.previous_secret.iter();
        let previous = previous.filter(move |previous| now < previous.until);
        std::iter::once(&self.secret).chain(previous.map(|previous| &previous.secret))
    }
}

/// Parses the address of a receiver. Plain HTTP is allowed only with private addresses.
pub(crate) fn parse_url(text: &str, allow_private: bool) -> Result<Url, Refusal> {
    let bad = |message: &str| Refusal::new(Code::BadUrl, message).field("url");
    if text.len() > URL_MAX {
        return Err(bad(&format!("an address has at most {URL_MAX} bytes")));
    }
    let url = Url::parse(text)
        .map_err(|error| bad(&format!("this is not an address: {error}")).value(text))?;
    if !url.username().is_empty() || url.password().is_some() {
        // The refusal leaves the address out: it may contain a password.
        return Err(bad(
            "an address has no user and no password: deliveries are signed",
        ));
    }
    let scheme = url.scheme();
    if url.host_str().is_none() || !(scheme == "https" || scheme == "http" && allow_private) {
        return Err(bad("a webhook's address begins with https://").value(text));
    }
    Ok(url)
}

/// Parses an id.
pub(crate) fn parse_id(text: &str) -> Result<String, Refusal> {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if (1..=ID_MAX).contains(&text.len()) && text.bytes().all(fits) {
        return Ok(text.to_owned());
    }
    let message = "a webhook's id is 1 to 64 lower-case letters, digits and dashes";
    let refusal = Refusal::new(Code::BadName, message).field("id");
    Err(refusal.value(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_has_the_same_name_in_text_and_in_json() {
        for status in [Status::Active, Status::Paused, Status::Gone, Status::Lost] {
            assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
        }
    }

    #[test]
    fn a_secret_parses_back_and_is_never_printed() {
        let secret = SigningSecret::new(&[7; 32]);
        assert_eq!(SigningSecret::parse(secret.expose()), Ok(secret.clone()));
        assert_eq!(format!("{secret:?}"), "SigningSecret(…)");
        let long = format!("whsec_{}", STANDARD.encode([7; 65]));
        for bad in ["", "whsec_", "whsec_AAAA", "AAAA", "whsec_!!!!", &long] {
            let refusal = SigningSecret::parse(bad).unwrap_err();
            assert_eq!((refusal.code, refusal.value), (Code::BadSecret, None));
        }
    }

    #[test]
    fn a_previous_secret_is_valid_for_a_day() {
        let (new, old) = (SigningSecret::new(&[1; 32]), SigningSecret::new(&[2; 32]));
        let mut webhook = Webhook {
            id: "a".to_owned(),
            url: "https://example.org".to_owned(),
            filter: FilterRequest::default(),
            secret: old.clone(),
            previous_secret: None,
            generation: Uuid::nil(),
            start_cursor: "p-0".to_owned(),
            status: Status::Active,
        };
        webhook.replace_secret(&old, 0);
        assert_eq!(webhook.previous_secret, None);
        webhook.replace_secret(&new, 0);
        assert_eq!(webhook.secrets(86_399).collect::<Vec<_>>(), [&new, &old]);
        assert_eq!(webhook.secrets(86_400).collect::<Vec<_>>(), [&new]);
    }

    #[test]
    fn an_address_is_https_without_a_user() {
        assert!(parse_url("https://example.org/hook?x=1", false).is_ok());
        assert!(parse_url("http://example.org", true).is_ok());
        for bad in [
            "",
            "example.org",
            "http://example.org",
            "ftp://example.org",
            "https://u:p@example.org",
            "https://",
        ] {
            let code = parse_url(bad, false).map_err(|refusal| refusal.code);
            assert_eq!(code, Err(Code::BadUrl), "{bad}");
        }
    }

    #[test]
    fn an_id_is_safe_in_a_path_and_in_a_key() {
        assert!(parse_id("tripwire-2").is_ok());
        for bad in ["", "Tripwire", "a.b", "a b", "a/b", &"x".repeat(65)] {
            let code = parse_id(bad).map_err(|refusal| refusal.code);
            assert_eq!(code, Err(Code::BadName), "{bad}");
        }
    }
}

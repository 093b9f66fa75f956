//! The address of a service, which may have a user and a password in it.

use std::fmt;

use reqwest::Url;

/// The address that requests go to, and the one that is shown.
#[derive(Clone)]
pub(crate) struct Address {
    url: Url,
    shown: String,
}

impl Address {
    /// Parses the address of an HTTP server. The error is a message, without a password.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).ok();
        let url = url.filter(|url| ["http", "https"].contains(&url.scheme()) && url.has_host());
        let url = url.ok_or_else(|| {
            let shown = without_credentials(text);
            format!("{shown:?} is not the address of a server, such as http://127.0.0.1:1648")
        })?;
        let mut shown = url.clone();
        // An address with a host can have no user.
        let _ = shown.set_username("").and(shown.set_password(None));
        let shown = shown.as_str().trim_end_matches('/').to_owned();
        Ok(Self { url, shown })
    }

    pub(crate) const fn url(&self) -> &Url {
        &self.url
    }

    /// Returns the address without user, password and the last slash.
    pub(crate) fn shown(&self) -> &str {
        &self.shown
    }

    pub(crate) fn has_credentials(&self) -> bool {
        !self.url.username().is_empty() || self.url.password().is_some()
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

/// Returns a text, whether it is an address or not, without what may be a user and a password: all
/// that is before the last `@`, but the scheme.
pub(crate) fn without_credentials(text: &str) -> String {
    let Some((before, host)) = text.rsplit_once('@') else {
        return text.to_owned();
    };
    let scheme = before.split_once("://").map_or("", |(scheme, _)| scheme);
    let separator = if scheme.is_empty() { "" } else { "://" };
    format!("{scheme}{separator}{host}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_user_and_password_is_shown() {
        for (text, shown) in [
            ("http://desk:se@cret@host:1/a/", "http://host:1/a"),
            ("https://secret@host", "https://host"),
            ("http://host:1648", "http://host:1648"),
            ("http://host/a@b", "http://host/a@b"),
        ] {
            let address = Address::parse(text).unwrap();
            assert_eq!(address.shown(), shown);
            assert_eq!(format!("{address:?}"), shown);
            assert_eq!(
                address.has_credentials(),
                text.contains("secret") || text.contains("desk")
            );
        }
        for text in [
            "ftp://desk:secret@host",
            "desk:secret@host",
            "http://desk:secret@",
            "secret@",
        ] {
            let message = Address::parse(text).unwrap_err();
            assert!(
                !message.contains("secret") && !message.contains("desk"),
                "{message}"
            );
        }
    }
}

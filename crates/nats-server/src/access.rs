//! Who may connect to the local server, and how.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

/// The only user of a server with a password.
pub const USER: &str = "detente";

/// Who may connect to a local server.
#[derive(Clone, Debug)]
pub enum Admission {
    /// Every user of this machine.
    Open,
    /// Who can read the password in the server's directory: the one that is kept there, or else
    /// this one.
    Password(Password),
}

/// The password of a local server. Its `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

/// The address and the password of a local server.
#[derive(Clone, Debug)]
pub struct Access {
    pub(super) port: u16,
    pub(super) password: Option<Password>,
}

// === impl Password ===

impl Password {
    /// Makes a password of random bytes.
    pub fn new(random: [u8; 32]) -> Self {
        Self(BASE64_URL_SAFE_NO_PAD.encode(random))
    }

    /// Parses a password as [`Password::new`] makes it.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        Some(Self::new(bytes.try_into().ok()?))
    }

    /// Returns the text, to send or store it. It needs no escapes in an address, a shell or a
    /// configuration.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

// === impl Access ===

impl Access {
    /// Returns the address, without user and password.
    pub fn address(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// Returns the password, unless the server never had one. An open server ignores it.
    pub fn password(&self) -> Option<&Password> {
        self.password.as_ref()
    }

    /// Returns the address with user and password, which must not be logged.
    pub fn url(&self) -> String {
        match &self.password {
            Some(Password(password)) => {
                format!("nats://{USER}:{password}@127.0.0.1:{}", self.port)
            }
            None => self.address(),
        }
    }
}

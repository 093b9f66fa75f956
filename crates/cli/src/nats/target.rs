//! Which NATS server a command uses.

use std::path::PathBuf;

use detente_jetstream::connect::{self, Options};
use detente_nats_server::{self as nats_server, Access};

use super::local_dir;
use crate::args::{Local, NatsArgs};

/// The address of a server on its default port.
const DEFAULT: &str = "nats://127.0.0.1:1650";

/// A NATS server, and the credentials for it.
pub(crate) struct Target {
    /// The address, which may contain a password.
    url: String,
    /// The file with a user's JWT and seed.
    pub(crate) credentials: Option<PathBuf>,
    /// True if flags or the environment name the server.
    pub(crate) is_given: bool,
}

impl Target {
    /// Returns the server that the flags name, else that of the `detente up` that runs on the
    /// default data directory, else whichever listens on the default port.
    pub(crate) fn of(args: &NatsArgs) -> Self {
        let credentials = args.nats_creds.clone();
        match &args.nats {
            Some(url) => Self::given(url.clone(), credentials),
            None if credentials.is_some() => Self::given(DEFAULT.to_owned(), credentials),
            None => {
                let dir = local_dir(&Local::default()).ok();
                let access = dir.and_then(|dir| nats_server::running(&dir));
                let url = access.map_or_else(|| DEFAULT.to_owned(), |access| access.url());
                Self::found(url)
            }
        }
    }

    /// Returns the server that flags name.
    pub(crate) fn given(url: String, credentials: Option<PathBuf>) -> Self {
        Self {
            url,
            credentials,
            is_given: true,
        }
    }

    /// Returns a local server.
    pub(crate) fn local(access: &Access) -> Self {
        Self::found(access.url())
    }

    fn found(url: String) -> Self {
        Self {
            url,
            credentials: None,
            is_given: false,
        }
    }

    /// Returns the options of a connection named `detente <name>`.
    pub(crate) fn options(&self, name: &str) -> Options {
        Options {
            credentials: self.credentials.clone(),
            ..Options::new(&self.url, format!("detente {name}"))
        }
    }

    /// Returns the address without its password.
    pub(crate) fn redacted(&self) -> String {
        connect::without_password(&self.url)
    }

    /// Returns true if the address contains a password or token.
    pub(crate) fn has_password(&self) -> bool {
        self.redacted() != self.url
    }
}

//! How the doors behave over HTTP.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use detente_auth::Guard;
use detente_http::{Manners, Origins, Tls};

use crate::ambient;
use crate::exit::Fault;

/// The longest time limit, in seconds.
const TIME_LIMIT_MAX: u64 = 3_600;

/// How the doors behave over HTTP.
#[derive(Clone, Debug, Args)]
pub struct Doors {
    /// Whose pages may ask from a browser: an origin such as `https://example.org`, or `*` for
    /// anybody; may be given several times (default: those of this server alone)
    #[arg(long, value_name = "ORIGIN", value_parser = origin)]
    pub cors: Vec<String>,
    /// How many requests a second a token may make, or an address where none are in force
    /// (default: any); behind a proxy all clients have its address, and the limit belongs there
    #[arg(long, value_name = "N")]
    pub rate_limit: Option<NonZeroU32>,
    /// How many it may make at once (default: those of a second)
    #[arg(long, value_name = "N", requires = "rate_limit")]
    pub rate_burst: Option<NonZeroU32>,
    /// How many seconds a request may be without an answer
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=TIME_LIMIT_MAX))]
    pub time_limit: u64,
    /// What they show to whoever connects.
    #[command(flatten)]
    pub shown: Shown,
}

/// What the doors show to whoever connects.
#[derive(Clone, Debug, Default, Args)]
pub struct Shown {
    /// Serve over TLS, with this certificate and those between it and its root (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// The private key of --tls-cert (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
}

impl Shown {
    /// The certificate with its key, if there is one.
    pub(crate) fn tls(&self) -> anyhow::Result<Option<Tls>> {
        let (Some(cert), Some(key)) = (&self.tls_cert, &self.tls_key) else {
            return Ok(None);
        };
        let read = Tls::read(cert, key).map_err(|error| Fault::Config(error.to_string()))?;
        Ok(Some(read))
    }
}

/// An origin: a scheme and a host, without a path.
fn origin(text: &str) -> Result<String, String> {
    let host = text
        .split_once("://")
        .filter(|(scheme, _)| ["http", "https"].contains(scheme));
    let is_host = |host: &str| {
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
        !host.is_empty() && host.bytes().all(letter)
    };
    if text == "*" || host.is_some_and(|(_, host)| is_host(host)) {
        return Ok(text.to_owned());
    }
    Err("an origin is a scheme and a host, such as https://example.org, or *".to_owned())
}

impl Doors {
    /// What surrounds all doors.
    pub(crate) fn manners(&self, guard: Guard) -> Manners {
        let burst = |each_second| self.rate_burst.unwrap_or(each_second);
        let listed = self.cors.iter().filter_map(|origin| origin.parse().ok());
        let origins = if self.cors.is_empty() {
            Origins::Own
        } else if self.cors.iter().any(|origin| origin == "*") {
            Origins::Any
        } else {
            Origins::Listed(listed.collect())
        };
        Manners {
            time_limit: Duration::from_secs(self.time_limit),
            rate: self
                .rate_limit
                .map(|each_second| (each_second, burst(each_second))),
            origins,
            guard,
            ..Manners::new(ambient::ids())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::origin;

    #[test]
    fn an_origin_has_a_scheme_and_a_host_and_no_path() {
        for good in [
            "*",
            "https://example.org",
            "http://localhost:5173",
            "http://[::1]:80",
        ] {
            assert_eq!(origin(good).as_deref(), Ok(good));
        }
        for bad in [
            "example.org",
            "https://",
            "https://example.org/",
            "ftp://example.org",
            "null",
        ] {
            assert!(origin(bad).is_err(), "{bad}");
        }
    }
}

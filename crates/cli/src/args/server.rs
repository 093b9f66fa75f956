//! Flags of the HTTP and gRPC servers.

use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use detente_auth::Guard;
use detente_http::middleware::TIME_LIMIT;
use detente_http::{
    ConnectionLimits, Connections, MiddlewareConfig, Origins, StreamLimits, Streams, Tls,
};

use crate::env;
use crate::exit_code::CliError;

/// The longest time limit, in seconds.
const TIME_LIMIT_MAX: u64 = 3_600;

/// The descriptors that are left to files, to NATS and to deliveries of webhooks.
const OTHER_DESCRIPTORS: usize = 128;

/// Flags of the HTTP and gRPC servers.
#[derive(Clone, Debug, Args)]
pub struct ServerArgs {
    /// Allow cross-origin requests from this origin, such as `https://example.org`, or `*` for any;
    /// may be given several times (default: same origin only)
    #[arg(long, value_name = "ORIGIN", value_parser = origin)]
    pub cors: Vec<String>,
    /// Answer under this name too, such as that of a proxy, while no tokens are in force; may be given
    /// several times (default: loopback names and addresses)
    #[arg(long, value_name = "NAME")]
    pub allow_host: Vec<String>,
    /// Limit the requests per second of each token, or of each address where no tokens are in use
    /// (default: no limit); behind a proxy all clients share its address, so set the limit there
    #[arg(long, value_name = "N")]
    pub rate_limit: Option<NonZeroU32>,
    /// Requests allowed in one burst (default: those of one second)
    #[arg(long, value_name = "N", requires = "rate_limit")]
    pub rate_burst: Option<NonZeroU32>,
    /// Seconds until a request times out
    #[arg(long, value_name = "SECONDS", default_value_t = TIME_LIMIT.as_secs())]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=TIME_LIMIT_MAX))]
    pub time_limit: u64,
    /// How much may be open at once.
    #[command(flatten)]
    pub open: OpenArgs,
    /// The certificate.
    #[command(flatten)]
    pub tls: TlsArgs,
}

/// Flags that limit what is open at once.
#[derive(Clone, Debug, Args)]
pub struct OpenArgs {
    /// Open connections of HTTP and gRPC together (default: 4096, or fewer if the limit of
    /// descriptors is lower)
    #[arg(long, value_name = "N")]
    pub max_connections: Option<NonZeroUsize>,
    /// Open connections of each address (default: 256, and any number from this machine, where a
    /// proxy may run); raise it for a proxy on another machine
    #[arg(long, value_name = "N")]
    pub max_connections_per_address: Option<NonZeroUsize>,
    /// Open streams of changes and replays of each token, or of each address where no tokens are in
    /// use (default: 128, and any number from this machine)
    #[arg(long, value_name = "N")]
    pub max_streams: Option<NonZeroUsize>,
    /// Open replays of all callers together
    #[arg(long, value_name = "N", default_value = "16")]
    pub max_replays: NonZeroUsize,
    /// Seconds until an HTTP connection without a whole request is closed
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=TIME_LIMIT_MAX))]
    pub idle_limit: u64,
}

/// Flags of TLS.
#[derive(Clone, Debug, Default, Args)]
pub struct TlsArgs {
    /// Serve over TLS with this certificate chain (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// The private key of --tls-cert (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
}

impl TlsArgs {
    /// Reads the certificate and its key, if they are given.
    pub(crate) fn read(&self) -> anyhow::Result<Option<Tls>> {
        let (Some(cert), Some(key)) = (&self.tls_cert, &self.tls_key) else {
            return Ok(None);
        };
        let read = Tls::read(cert, key).map_err(|error| CliError::Config(error.to_string()))?;
        Ok(Some(read))
    }
}

impl OpenArgs {
    /// Returns the limits on connections, within the limit of descriptors, which is raised as far as
    /// it may be.
    pub(crate) fn connections(&self) -> Connections {
        let default = ConnectionLimits::default();
        let wanted = self.max_connections.map_or(default.all, NonZeroUsize::get);
        let descriptors = env::raise_descriptors();
        let possible = descriptors.saturating_sub(OTHER_DESCRIPTORS).max(1);
        if possible < wanted {
            tracing::warn!(
                descriptors,
                connections = possible,
                "the limit of descriptors allows fewer connections"
            );
        }
        let given = self.max_connections_per_address.map(NonZeroUsize::get);
        let all = wanted.min(possible);
        Connections::new(ConnectionLimits {
            all,
            each_address: given.unwrap_or(default.each_address),
            each_local_address: given.unwrap_or(all),
            idle: Duration::from_secs(self.idle_limit),
        })
    }

    fn streams(&self) -> Streams {
        let default = StreamLimits::default();
        let given = self.max_streams.map(NonZeroUsize::get);
        Streams::new(StreamLimits {
            each_caller: given.unwrap_or(default.each_caller),
            each_local_address: given.unwrap_or(default.each_local_address),
            computed: self.max_replays.get(),
        })
    }
}

/// Parses an origin: a scheme and a host, without a path.
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

impl ServerArgs {
    /// The configuration of the HTTP and gRPC middleware.
    pub(crate) fn middleware(&self, guard: Guard) -> MiddlewareConfig {
        let listed = self.cors.iter().filter_map(|origin| origin.parse().ok());
        let origins = if self.cors.is_empty() {
            Origins::Own
        } else if self.cors.iter().any(|origin| origin == "*") {
            Origins::Any
        } else {
            Origins::Listed(listed.collect())
        };
        MiddlewareConfig {
            time_limit: Duration::from_secs(self.time_limit),
            rate: self
                .rate_limit
                .map(|rate| (rate, self.rate_burst.unwrap_or(rate))),
            origins,
            hosts: self.allow_host.clone(),
            guard,
            streams: self.open.streams(),
            ..MiddlewareConfig::new(env::ids())
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

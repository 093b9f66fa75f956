//! Arguments of `detente up`, `serve` and `doctor`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use detente_jetstream::topology::Replicas;

use super::{DeliveryArgs, NatsArgs, ServerArgs};

/// Flags of the services.
#[derive(Clone, Debug, Args)]
pub struct ServiceArgs {
    /// Initial rulebook, if none is in force yet (default: the built-in one)
    #[arg(long, value_name = "FILE")]
    pub rulebook: Option<PathBuf>,
    /// HTTP and gRPC.
    #[command(flatten)]
    pub server: ServerArgs,
    /// Deliveries to webhooks.
    #[command(flatten)]
    pub delivery: DeliveryArgs,
}

/// Flags of the copies that NATS keeps.
#[derive(Clone, Copy, Debug, Args)]
pub struct Copies {
    /// NATS replicas of each stream and bucket; 3 survive the loss of one server
    #[arg(long, default_value = "1", value_parser = replicas())]
    pub replicas: Replicas,
    /// Keep one copy although the NATS server belongs to a cluster: one lost disk loses the log
    #[arg(long)]
    pub single_copy: bool,
}

/// Flags of the local NATS server.
#[derive(Clone, Debug, Default, Args)]
pub struct Local {
    /// nats-server binary (default: NATS_SERVER, then PATH, then a download)
    #[arg(long, value_name = "PATH")]
    pub nats_server: Option<PathBuf>,
    /// Port of the local NATS server; 0 picks a free one
    #[arg(long, value_name = "N", default_value_t = 1650)]
    pub nats_port: u16,
    /// Data directory (default: the XDG data directory)
    #[arg(long, value_name = "DIR", env = "DETENTE_DATA_DIR")]
    pub data_dir: Option<PathBuf>,
}

/// `detente up`
#[derive(Clone, Debug, Args)]
pub struct Up {
    /// Load the demonstration data: Central Asia and the Taliban, 2021 to 2023
    #[arg(long)]
    pub demo: bool,
    /// Delete the data on exit
    #[arg(long, conflicts_with_all = ["data_dir", "nats"])]
    pub ephemeral: bool,
    /// Build the change feed and the views anew from the log, and switch to them; for a feed that no
    /// service can use any more
    #[arg(long)]
    pub rebuild: bool,
    /// Let every user of this machine read and write the NATS server, without its password
    #[arg(long, conflicts_with = "nats")]
    pub nats_open: bool,
    /// Use a running NATS server
    #[arg(long, value_name = "URL", env = "DETENTE_NATS", hide_env_values = true)]
    pub nats: Option<String>,
    /// Credentials for --nats: a file with a user's JWT and seed
    #[arg(long, value_name = "FILE", env = "DETENTE_NATS_CREDS")]
    pub nats_creds: Option<PathBuf>,
    /// Copies on the NATS server of --nats.
    #[command(flatten)]
    pub copies: Copies,
    /// Address of the HTTP API; port 0 picks a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:1648")]
    pub http: SocketAddr,
    /// Address of the gRPC API; port 0 picks a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:1649")]
    pub grpc: SocketAddr,
    /// Rulebook, servers and webhooks.
    #[command(flatten)]
    pub service: ServiceArgs,
    /// The local NATS server.
    #[command(flatten)]
    pub local: Local,
}

/// `detente doctor`
#[derive(Clone, Debug, Args)]
pub struct Doctor {
    /// The NATS server, if it is not that of the data directory.
    #[command(flatten)]
    pub on: NatsArgs,
    /// Address of the HTTP API of `detente up`
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:1648")]
    pub http: SocketAddr,
    /// Address of the gRPC API of `detente up`
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:1649")]
    pub grpc: SocketAddr,
    /// Free space that the data directory needs, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 1_024)]
    pub disk_free: u64,
    /// The local NATS server.
    #[command(flatten)]
    pub local: Local,
}

/// `detente serve`
#[derive(Clone, Debug, Args)]
pub struct Serve {
    /// The service
    #[arg(value_enum)]
    pub role: ServiceName,
    /// The NATS server.
    #[command(flatten)]
    pub on: NatsArgs,
    /// Address of the service (default: 127.0.0.1:1651 for ingest, :1648 for query, :1652 for the
    /// projector's health and metrics)
    #[arg(long, value_name = "ADDR")]
    pub http: Option<SocketAddr>,
    /// Address of the gRPC API of ingest or query (default: none)
    #[arg(long, value_name = "ADDR")]
    pub grpc: Option<SocketAddr>,
    /// Copies on the NATS server.
    #[command(flatten)]
    pub copies: Copies,
    /// Rulebook, servers and webhooks.
    #[command(flatten)]
    pub service: ServiceArgs,
}

/// A service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ServiceName {
    /// Accepts reports
    Ingest,
    /// Folds reports into changes and views
    Projector,
    /// Answers reads
    Query,
}

/// Parses a number of NATS replicas.
fn replicas() -> impl TypedValueParser<Value = Replicas> {
    PossibleValuesParser::new(["1", "3"]).map(|count| match count.as_str() {
        "3" => Replicas::Three,
        _ => Replicas::One,
    })
}

//! Connections to NATS, and the local NATS server.

use std::net::SocketAddr;
use std::path::PathBuf;

use detente_jetstream::Connection;
use detente_jetstream::connect::{ConnectError, Options};
use detente_nats_server as nats_server;
use detente_nats_server::{LocalServer, LocalServerError, Search};
use tokio::net::TcpListener;

use crate::args::{Local, NatsArgs, Store};
use crate::env;
use crate::exit_code::CliError;
use crate::server::port_in_use;

/// Opens a connection named `detente <name>`. Unusable credentials are a configuration error.
pub(crate) async fn connect(on: &NatsArgs, name: &str) -> anyhow::Result<Connection> {
    open(&on.options(name)).await
}

/// Does the same for a service, which does not end because NATS is away: it waits until a server
/// answers.
pub(crate) async fn connect_service(on: &NatsArgs, name: &str) -> anyhow::Result<Connection> {
    let options = Options {
        connect_timeout: None,
        ..on.options(name)
    };
    open(&options).await
}

async fn open(options: &Options) -> anyhow::Result<Connection> {
    match Connection::open(options).await {
        Ok(connection) => Ok(connection),
        Err(error @ ConnectError::Credentials { .. }) => {
            Err(CliError::Config(error.to_string()).into())
        }
        Err(error) => Err(error.into()),
    }
}

/// Returns the places in which to search for the nats-server binary.
pub(crate) fn search(local: &Local, fetch: bool) -> anyhow::Result<Search> {
    Ok(Search {
        explicit: local.nats_server.clone(),
        variable: env::variable("NATS_SERVER").map(PathBuf::from),
        path: env::path(),
        cache_dir: env::cache_dir()?,
        fetch,
    })
}

/// Returns the directory of the local NATS server.
pub(crate) fn local_dir(local: &Local) -> anyhow::Result<PathBuf> {
    let dir = match &local.data_dir {
        Some(dir) => dir.clone(),
        None => env::data_dir()?,
    };
    Ok(dir.join("nats"))
}

/// Starts the local NATS server.
pub(crate) async fn start_local(local: &Local, dir: PathBuf) -> anyhow::Result<LocalServer> {
    let binary = nats_server::find_or_fetch(&search(local, true)?).await?;
    let options = nats_server::Options {
        port: local.nats_port,
        ..nats_server::Options::new(binary, dir)
    };
    match LocalServer::start(options).await {
        Ok(server) => Ok(server),
        Err(error @ (LocalServerError::Died { .. } | LocalServerError::NotReady { .. })) => {
            // A busy port is the most likely cause.
            let address = SocketAddr::from(([127, 0, 0, 1], local.nats_port));
            match TcpListener::bind(address).await {
                Err(bind) if bind.kind() == std::io::ErrorKind::AddrInUse => {
                    Err(port_in_use(address, "--nats-port").await)
                }
                Ok(_) | Err(_) => Err(error.into()),
            }
        }
        Err(error) => Err(error.into()),
    }
}

/// A connection to a NATS server, which was started for it or was running.
pub(crate) struct NatsSession {
    pub(crate) connection: Connection,
    server: Option<LocalServer>,
}

impl NatsSession {
    /// Connects to the running server, or starts one on the data directory.
    pub(crate) async fn open(store: &Store, name: &str) -> anyhow::Result<Self> {
        if store.data_dir.is_none() {
            return Ok(Self {
                connection: connect(&store.on, name).await?,
                server: None,
            });
        }
        let local = Local {
            nats_server: store.nats_server.clone(),
            nats_port: 0,
            data_dir: store.data_dir.clone(),
        };
        let server = start_local(&local, local_dir(&local)?).await?;
        Ok(Self {
            connection: connect(&NatsArgs::at(server.url()), name).await?,
            server: Some(server),
        })
    }

    /// As [`NatsSession::open`], but uses the server of a `detente up` that runs on the data
    /// directory.
    pub(crate) async fn shared(store: &Store, name: &str) -> anyhow::Result<Self> {
        let dir = store.data_dir.as_ref().map(|dir| dir.join("nats"));
        if let Some(url) = dir.and_then(|dir| nats_server::running_url(&dir)) {
            return Ok(Self {
                connection: connect(&NatsArgs::at(&url), name).await?,
                server: None,
            });
        }
        Self::open(store, name).await
    }

    /// Closes the connection, and stops the server if it was started.
    pub(crate) async fn close(self) {
        self.connection.close().await;
        if let Some(server) = self.server {
            server.stop().await;
        }
    }
}

//! Connections to NATS, and the local NATS server.

mod target;

use std::net::SocketAddr;
use std::path::PathBuf;

use detente_jetstream::Connection;
use detente_jetstream::connect::{ConnectError, Options};
use detente_nats_server as nats_server;
use detente_nats_server::{Admission, LocalServer, LocalServerError, Password, Search};
use tokio::net::TcpListener;

use crate::args::{Local, Store};
use crate::env;
use crate::exit_code::CliError;
use crate::server::port_in_use;

pub(crate) use target::Target;

/// Opens a connection named `detente <name>`. Unusable credentials are a configuration error.
pub(crate) async fn connect(target: &Target, name: &str) -> anyhow::Result<Connection> {
    open(target, target.options(name)).await
}

/// Does the same for a service, which does not end because NATS is away: it waits until a server
/// answers.
pub(crate) async fn connect_service(target: &Target, name: &str) -> anyhow::Result<Connection> {
    let options = Options {
        connect_timeout: None,
        ..target.options(name)
    };
    open(target, options).await
}

async fn open(target: &Target, options: Options) -> anyhow::Result<Connection> {
    match Connection::open(&options).await {
        Ok(connection) => Ok(connection),
        Err(error @ ConnectError::Refused { .. })
            if !target.has_password() && target.credentials.is_none() =>
        {
            Err(anyhow::anyhow!(
                "{error}\n  if `detente up` has started it, `detente nats env` prints its password"
            ))
        }
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

/// Returns the admission of those that know the password of the data directory.
pub(crate) fn by_password() -> anyhow::Result<Admission> {
    Ok(Admission::Password(Password::new(env::random()?)))
}

/// Starts the local NATS server.
pub(crate) async fn start_local(
    local: &Local,
    dir: PathBuf,
    admission: Admission,
) -> anyhow::Result<LocalServer> {
    let binary = nats_server::find_or_fetch(&search(local, true)?).await?;
    let options = nats_server::Options {
        port: local.nats_port,
        ..nats_server::Options::new(binary, dir, admission)
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
    /// Connects to the running server, or to that of the data directory, which is started if no
    /// `detente up` runs on it.
    pub(crate) async fn open(store: &Store, name: &str) -> anyhow::Result<Self> {
        let dir = store.data_dir.as_ref().map(|dir| dir.join("nats"));
        let running = match &dir {
            Some(dir) => nats_server::running(dir).map(|access| Target::local(&access)),
            None => Some(Target::of(&store.on)),
        };
        if let Some(target) = running {
            return Ok(Self {
                connection: connect(&target, name).await?,
                server: None,
            });
        }
        let local = Local {
            nats_server: store.nats_server.clone(),
            nats_port: 0,
            data_dir: store.data_dir.clone(),
        };
        let server = start_local(&local, local_dir(&local)?, by_password()?).await?;
        Ok(Self {
            connection: connect(&Target::local(server.access()), name).await?,
            server: Some(server),
        })
    }

    /// Closes the connection, and stops the server if it was started.
    pub(crate) async fn close(self) {
        self.connection.close().await;
        if let Some(server) = self.server {
            server.stop().await;
        }
    }
}

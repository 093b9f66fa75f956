//! The NATS server of a command that works on the log itself.

use detente_jetstream::Connection;
use detente_jetstream::connect::{self, ConnectError};
use detente_nats_server as nats_server;
use detente_nats_server::LocalServer;

use crate::args::{Local, Store};
use crate::exit::Fault;
use crate::host;

/// Connects to a NATS server; a file of credentials that cannot be used is a bad configuration.
pub(crate) async fn connect(options: &connect::Options) -> anyhow::Result<Connection> {
    match Connection::open(options).await {
        Ok(connection) => Ok(connection),
        Err(error @ ConnectError::Credentials { .. }) => {
            Err(Fault::Config(error.to_string()).into())
        }
        Err(error) => Err(error.into()),
    }
}

fn at(url: &str, name: &str) -> connect::Options {
    connect::Options::new(url, format!("detente {name}"))
}

/// A NATS server that is reached, and ended if it was started for it.
pub(crate) struct Reached {
    pub(crate) connection: Connection,
    server: Option<LocalServer>,
}

impl Reached {
    /// Connects to the server that runs, or starts one on the data.
    pub(crate) async fn open(store: &Store, name: &str) -> anyhow::Result<Self> {
        let server = match &store.data_dir {
            None => None,
            Some(dir) => {
                let local = Local {
                    nats_server: store.nats_server.clone(),
                    nats_port: 0,
                    data_dir: Some(dir.clone()),
                };
                let dir = host::nats_dir(&local)?;
                let binary = nats_server::find_or_fetch(&host::search(&local, true)?).await?;
                Some(LocalServer::start(nats_server::Options::new(binary, dir)).await?)
            }
        };
        let connection = match &server {
            Some(server) => connect(&at(server.url(), name)).await?,
            None => connect(&store.on.options(name)).await?,
        };
        Ok(Self { connection, server })
    }

    /// The same, for what can be done beside a `detente up` that runs on the data.
    pub(crate) async fn either(store: &Store, name: &str) -> anyhow::Result<Self> {
        let dir = store.data_dir.as_ref().map(|dir| dir.join("nats"));
        if let Some(url) = dir.and_then(|dir| nats_server::running(&dir)) {
            let connection = connect(&at(&url, name)).await?;
            let server = None;
            return Ok(Self { connection, server });
        }
        Self::open(store, name).await
    }

    /// Says good-bye, and ends what was started.
    pub(crate) async fn close(self) {
        self.connection.close().await;
        if let Some(server) = self.server {
            server.stop().await;
        }
    }
}

//! The NATS server of a command that works on the log itself.

use detente_stream::connect;
use detente_stream::local::LocalServer;
use detente_stream::{Connection, local};

use crate::args::{Local, Store};
use crate::host;

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
                let binary = local::find_or_fetch(&host::search(&local, true)?).await?;
                Some(LocalServer::start(local::Options::new(binary, dir)).await?)
            }
        };
        let url = server.as_ref().map_or(&*store.nats, LocalServer::url);
        let options = connect::Options::new(url, format!("detente {name}"));
        Ok(Self {
            connection: Connection::open(&options).await?,
            server,
        })
    }

    /// Says good-bye, and ends what was started.
    pub(crate) async fn close(self) {
        self.connection.close().await;
        if let Some(server) = self.server {
            server.stop().await;
        }
    }
}

//! The log of a part of the bench, with an appender.

use crate::table::note;
use bytes::Bytes;
use detente_jetstream::Connection;
use detente_jetstream::appender::{Appender, Options};
use detente_jetstream::topology::{self, Replicas};
use detente_nats_server::LocalServer;
use detente_testkit::nats;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub(crate) struct Log {
    pub(crate) connection: Connection,
    pub(crate) appender: Appender,
    pub(crate) stop: CancellationToken,
    appending: JoinHandle<()>,
}

impl Log {
    /// Opens the log of a server. Returns nothing, and says why, if that fails.
    pub(crate) async fn open(nats: &LocalServer, subject: &'static str) -> Option<Self> {
        let connection = nats::connect(nats, "bench").await;
        if let Err(error) = topology::ensure_events(&connection, Replicas::One).await {
            note(&format!("no stream: {error}"));
            return None;
        }
        let stop = CancellationToken::new();
        let (appender, appending) =
            Appender::start(&connection, Options::new(subject), stop.clone());
        Some(Self {
            connection,
            appender,
            stop,
            appending,
        })
    }

    /// Opens the log of a server, and appends records.
    pub(crate) async fn filled(nats: &LocalServer, encoded: &[Bytes]) -> Option<Self> {
        let log = Self::open(nats, topology::IMPORT).await?;
        log.appender.append_many(encoded.to_vec(), None).await;
        Some(log)
    }

    pub(crate) async fn close(self) {
        self.stop.cancel();
        drop(self.appending.await);
    }
}

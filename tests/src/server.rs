//! A real nats-server in a directory of its own.

use detente_jetstream::Connection;
use detente_jetstream::connect;
use detente_nats_server::{Binary, LocalServer, Options, Search, find_or_fetch};
use std::path::PathBuf;

/// Finds a nats-server, as `detente up` does, with the user's cache.
///
/// # Panics
/// If there is none and none can be fetched: the tests cannot run without.
#[expect(clippy::disallowed_methods, reason = "the tests' own environment")]
#[expect(clippy::panic, reason = "a test without its server has failed")]
pub async fn binary() -> Binary {
    let home = std::env::var("HOME").unwrap_or_else(|_| "/tmp".to_owned());
    let cache = std::env::var("XDG_CACHE_HOME")
        .map_or_else(|_| PathBuf::from(home).join(".cache"), PathBuf::from);
    let search = Search {
        explicit: None,
        variable: std::env::var("NATS_SERVER").ok().map(PathBuf::from),
        path: std::env::var_os("PATH"),
        cache_dir: cache.join("detente"),
        fetch: true,
    };
    match find_or_fetch(&search).await {
        Ok(binary) => binary,
        Err(error) => panic!("{error}"),
    }
}

/// Starts a server on a free port.
///
/// # Panics
/// If it does not start.
#[expect(clippy::panic, reason = "a test without its server has failed")]
pub async fn start(directory: PathBuf) -> LocalServer {
    match LocalServer::start(Options::new(binary().await, directory)).await {
        Ok(server) => server,
        Err(error) => panic!("{error}"),
    }
}

/// Connects to a server.
///
/// # Panics
/// If it does not answer.
#[expect(clippy::panic, reason = "a test without its server has failed")]
pub async fn connect(server: &LocalServer, name: &str) -> Connection {
    match Connection::open(&connect::Options::new(server.url(), name)).await {
        Ok(connection) => connection,
        Err(error) => panic!("{error}"),
    }
}

//! A cluster of three servers on loopback, whose servers can be killed and frozen one by one.
#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a test fails by panicking"
)]

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::nats;
use detente_jetstream::{Connection, connect};
use tempfile::TempDir;

/// The number of servers.
pub const SERVERS: usize = 3;

/// The longest wait for a connection: a new cluster first elects a leader.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(60);

/// Three servers, which end with this value.
#[derive(Debug)]
pub struct Cluster {
    binary: PathBuf,
    servers: Vec<Server>,
    url: String,
    _dir: TempDir,
}

#[derive(Debug)]
struct Server {
    config: PathBuf,
    process: Child,
}

impl Cluster {
    /// Starts a new cluster. It may have no leader yet.
    pub async fn start() -> Self {
        let binary = nats::binary().await.path;
        let dir = tempfile::tempdir().expect("a directory");
        let ports = free_ports(2 * SERVERS);
        let (clients, routes) = ports.split_at(SERVERS);
        let start = |(number, (client, route)): (usize, (&u16, &u16))| {
            let config = dir.path().join(format!("{number}.conf"));
            let text = settings(dir.path(), number, *client, (routes, *route));
            std::fs::write(&config, text).expect("a file");
            let process = spawn(&binary, &config);
            Server { config, process }
        };
        let pairs = clients.iter().zip(routes).enumerate();
        let servers = pairs.map(start).collect();
        let urls = clients
            .iter()
            .map(|port| format!("nats://127.0.0.1:{port}"));
        Self {
            binary,
            servers,
            url: urls.collect::<Vec<_>>().join(","),
            _dir: dir,
        }
    }

    /// Returns the addresses of all servers, with commas between them.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Connects to any of the servers.
    pub async fn connect(&self) -> Connection {
        let mut options = connect::Options::new(&*self.url, "test");
        options.connect_timeout = Some(CONNECT_TIMEOUT);
        Connection::open(&options).await.expect("a connection")
    }

    /// Returns the name of a server in the cluster, by number.
    #[must_use]
    pub fn name(number: usize) -> String {
        format!("n{number}")
    }

    /// Kills a server with SIGKILL.
    pub fn kill(&mut self, number: usize) {
        self.servers[number].end();
    }

    /// Starts a killed server again, on its data and ports.
    pub fn start_again(&mut self, number: usize) {
        let server = &mut self.servers[number];
        server.process = spawn(&self.binary, &server.config);
    }

    /// Stops a server from running, while its connections stay open.
    pub fn freeze(&self, number: usize) {
        nats::signal(self.servers[number].process.id(), "STOP");
    }

    /// Lets a frozen server run on.
    pub fn thaw(&self, number: usize) {
        nats::signal(self.servers[number].process.id(), "CONT");
    }
}

impl Server {
    fn end(&mut self) {
        // It may have ended already.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

fn spawn(binary: &Path, config: &Path) -> Child {
    let mut command = Command::new(binary);
    command.arg("-c").arg(config).stderr(Stdio::null());
    command.spawn().expect("a server")
}

fn free_ports(count: usize) -> Vec<u16> {
    let bind = |_| TcpListener::bind("127.0.0.1:0").expect("a port");
    let held: Vec<TcpListener> = (0..count).map(bind).collect();
    let port = |listener: &TcpListener| listener.local_addr().expect("an address").port();
    held.iter().map(port).collect()
}

fn settings(dir: &Path, number: usize, client: u16, (routes, route): (&[u16], u16)) -> String {
    let store = dir.join(number.to_string());
    let routes = routes
        .iter()
        .map(|port| format!("\"nats://127.0.0.1:{port}\""));
    let routes: Vec<String> = routes.collect();
    format!(
        "server_name: {}\nlisten: \"127.0.0.1:{client}\"\n\
         jetstream {{ store_dir: \"{}\" }}\n\
         cluster {{ name: c, listen: \"127.0.0.1:{route}\", routes: [{}] }}\n",
        Cluster::name(number),
        store.display(),
        routes.join(", ")
    )
}

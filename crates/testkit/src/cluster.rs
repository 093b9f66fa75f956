//! A cluster of three nats-servers for a test, which can be started, killed, frozen and thawed one by one.
#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a test fails by panicking"
)]

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use detente_jetstream::Connection;
use detente_jetstream::connect::Options;
use tempfile::TempDir;

use crate::nats::{binary, signal};

/// The number of servers.
pub const SERVERS: usize = 3;

/// Three servers in a temporary directory, which end with this value.
#[derive(Debug)]
pub struct Cluster {
    program: PathBuf,
    clients: Vec<u16>,
    servers: [Option<Child>; SERVERS],
    dir: TempDir,
}

impl Cluster {
    /// Starts all servers.
    pub async fn start() -> Self {
        let mut cluster = Self::prepare().await;
        for number in 0..SERVERS {
            cluster.start_server(number);
        }
        cluster
    }

    /// Prepares the servers, and starts none.
    pub async fn prepare() -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let ports = free_ports(2 * SERVERS);
        let (clients, routes) = ports.split_at(SERVERS);
        for (number, (client, route)) in clients.iter().zip(routes).enumerate() {
            let text = settings(dir.path(), number, *client, routes, *route);
            std::fs::write(config(dir.path(), number), text).expect("a file");
        }
        Self {
            program: binary().await.path,
            clients: clients.to_vec(),
            servers: [const { None }; SERVERS],
            dir,
        }
    }

    /// Starts a server.
    pub fn start_server(&mut self, number: usize) {
        let command = Command::new(&self.program)
            .arg("-c")
            .arg(config(self.dir.path(), number))
            .stderr(Stdio::null())
            .spawn();
        if let Some(server) = self.servers.get_mut(number) {
            *server = Some(command.expect("a server"));
        }
    }

    /// Kills a server with SIGKILL; [`Cluster::start_server`] starts it again, on its data.
    pub fn kill(&mut self, number: usize) {
        if let Some(server) = self.servers.get_mut(number).and_then(Option::take) {
            end(server);
        }
    }

    /// Freezes a server: it accepts connections, and does nothing.
    pub fn freeze(&self, number: usize) {
        self.signal(number, "STOP");
    }

    /// Lets a frozen server go on.
    pub fn thaw(&self, number: usize) {
        self.signal(number, "CONT");
    }

    /// Returns the addresses of all servers, separated by commas.
    #[must_use]
    pub fn url(&self) -> String {
        let url = |port: &u16| format!("nats://127.0.0.1:{port}");
        let urls: Vec<String> = self.clients.iter().map(url).collect();
        urls.join(",")
    }

    /// Connects to one of the servers.
    pub async fn connect(&self) -> Connection {
        let mut options = Options::new(self.url(), "test");
        options.connect_timeout = Some(Duration::from_secs(60));
        Connection::open(&options).await.expect("a connection")
    }

    fn signal(&self, number: usize, name: &str) {
        if let Some(Some(server)) = self.servers.get(number) {
            signal(server.id(), name);
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for server in &mut self.servers {
            if let Some(server) = server.take() {
                end(server);
            }
        }
    }
}

fn end(mut server: Child) {
    // It may have ended already.
    let _ = server.kill();
    let _ = server.wait();
}

fn config(dir: &Path, number: usize) -> PathBuf {
    dir.join(format!("{number}.conf"))
}

fn free_ports(count: usize) -> Vec<u16> {
    let bind = |_| TcpListener::bind("127.0.0.1:0").expect("a port");
    let held: Vec<TcpListener> = (0..count).map(bind).collect();
    let port = |listener: &TcpListener| listener.local_addr().expect("an address").port();
    held.iter().map(port).collect()
}

fn settings(dir: &Path, number: usize, client: u16, routes: &[u16], route: u16) -> String {
    let store = dir.join(number.to_string());
    let routes = routes
        .iter()
        .map(|port| format!("\"nats://127.0.0.1:{port}\""));
    let routes: Vec<String> = routes.collect();
    format!(
        "server_name: n{number}\nlisten: \"127.0.0.1:{client}\"\n\
         jetstream {{ store_dir: \"{}\" }}\n\
         cluster {{ name: c, listen: \"127.0.0.1:{route}\", routes: [{}] }}\n",
        store.display(),
        routes.join(", ")
    )
}

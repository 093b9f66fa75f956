//! A cluster of three nats-servers for a test, which can be started, killed, frozen and cut off one
//! by one.
#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a test fails by panicking"
)]

mod links;

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use detente_jetstream::Connection;
use detente_jetstream::connect::Options;
use tempfile::TempDir;

use crate::nats::{binary, signal};
use links::Links;

/// The number of servers.
pub const SERVERS: usize = 3;

/// Three servers in a temporary directory, which end with this value.
#[derive(Debug)]
pub struct Cluster {
    program: PathBuf,
    clients: [u16; SERVERS],
    servers: [Option<Child>; SERVERS],
    links: Links,
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
        let [clients, routes] = free_ports();
        let (links, dialed) = Links::open(routes);
        for (number, ((client, route), dialed)) in
            clients.into_iter().zip(routes).zip(dialed).enumerate()
        {
            let text = settings(dir.path(), number, client, route, &dialed);
            std::fs::write(config(dir.path(), number), text).expect("a file");
        }
        Self {
            program: binary().await.path,
            clients,
            servers: [const { None }; SERVERS],
            links,
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

    /// Cuts a server off from the others. Clients still reach it.
    pub fn cut(&self, number: usize) {
        self.links.set_cut(number, true);
    }

    /// Lets a server that was cut off connect again.
    pub fn mend(&self, number: usize) {
        self.links.set_cut(number, false);
    }

    /// Returns the address of a server.
    #[must_use]
    pub fn url_of(&self, number: usize) -> String {
        let port = self.clients.get(number).expect("a number below three");
        format!("nats://127.0.0.1:{port}")
    }

    /// Returns the addresses of all servers, separated by commas.
    #[must_use]
    pub fn url(&self) -> String {
        let urls: [String; SERVERS] = std::array::from_fn(|number| self.url_of(number));
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

/// Returns a port for clients and one for routes of each server.
fn free_ports() -> [[u16; SERVERS]; 2] {
    // All are held at once, so that none comes twice.
    let bind = |_| TcpListener::bind("127.0.0.1:0").expect("a port");
    let held: [[TcpListener; SERVERS]; 2] = std::array::from_fn(|_| std::array::from_fn(bind));
    let port = |listener: TcpListener| listener.local_addr().expect("an address").port();
    held.map(|listeners| listeners.map(port))
}

/// Returns the configuration of a server. The address that it tells others to dial leads nowhere, so
/// that they use their links; and two servers share one connection, since a pool of them would not be
/// complete again without that address.
fn settings(dir: &Path, number: usize, client: u16, route: u16, dialed: &[u16]) -> String {
    let store = dir.join(number.to_string());
    let routes = dialed
        .iter()
        .map(|port| format!("\"nats://127.0.0.1:{port}\""));
    let routes: Vec<String> = routes.collect();
    format!(
        "server_name: n{number}\nlisten: \"127.0.0.1:{client}\"\n\
         jetstream {{ store_dir: \"{}\" }}\n\
         cluster {{ name: c, listen: \"127.0.0.1:{route}\", advertise: \"127.0.0.1:1\", pool_size: -1, routes: [{}] }}\n",
        store.display(),
        routes.join(", ")
    )
}

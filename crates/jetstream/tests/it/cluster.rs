//! A cluster of three servers: what one server checks before it stores a message, three check when
//! they apply it.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use detente_jetstream::Connection;
use detente_jetstream::connect::Options;
use detente_jetstream::feed_writer::{FeedWriter, FeedWriterError, Outgoing};
use detente_jetstream::topology::{Projection, Replicas, ensure_changes};
use detente_testkit::nats::{self, eventually, in_time, read_all};

use crate::support::projection;

/// The numbers of messages of commits, in turn.
const COUNTS: [usize; 4] = [2, 1, 8, 40];

/// Three servers, which end with this value.
struct Cluster {
    servers: Vec<Child>,
    url: String,
    _dir: tempfile::TempDir,
}

impl Cluster {
    async fn start() -> Self {
        let binary = nats::binary().await;
        let dir = tempfile::tempdir().expect("a directory");
        let ports = free_ports(6);
        let (clients, routes) = ports.split_at(3);
        let start = |number: usize| {
            let config = dir.path().join(format!("{number}.conf"));
            let text = settings(dir.path(), number, clients[number], routes, routes[number]);
            std::fs::write(&config, text).expect("a file");
            let command = Command::new(&binary.path)
                .arg("-c")
                .arg(config)
                .stderr(Stdio::null())
                .spawn();
            command.expect("a server")
        };
        let urls: Vec<String> = clients
            .iter()
            .map(|port| format!("nats://127.0.0.1:{port}"))
            .collect();
        Self {
            servers: (0..3).map(start).collect(),
            url: urls.join(","),
            _dir: dir,
        }
    }

    async fn connect(&self) -> Connection {
        let mut options = Options::new(&*self.url, "test");
        options.connect_timeout = Some(Duration::from_secs(60));
        Connection::open(&options).await.expect("a connection")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for server in &mut self.servers {
            // It may have ended already.
            let _ = server.kill();
            let _ = server.wait();
        }
    }
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

fn commit(position: u64, count: usize) -> Vec<Outgoing> {
    let message = |part| Outgoing {
        subject_suffix: "AFG.KAZ".to_owned(),
        headers: Vec::new(),
        payload: format!("{position}/{part}").into(),
    };
    (0..count).map(message).collect()
}

async fn open(conn: &Connection, projection: &Projection) -> FeedWriter {
    let opened = async || FeedWriter::open(conn, projection).await.ok();
    eventually("a writer", opened).await.0
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_that_race_on_three_servers_leave_a_stream_that_goes_on() {
    let cluster = Cluster::start().await;
    let conn = cluster.connect().await;
    let projection = projection("p1");
    let created = async || {
        ensure_changes(&conn, &projection, Replicas::Three)
            .await
            .ok()
    };
    eventually("a stream with three replicas", created).await;
    let race = async |writer: u64| {
        let own = cluster.connect().await;
        let mut stored = Vec::new();
        for round in 0..40 {
            let position = writer * 1_000 + round;
            let count = COUNTS[round as usize % 4];
            let mut feed = open(&own, &projection).await;
            match in_time(feed.publish(commit(position, count))).await {
                Ok(sequences) => stored.push((position, sequences)),
                Err(error) => assert!(matches!(error, FeedWriterError::Fenced { .. }), "{error}"),
            }
        }
        stored
    };
    let (first, second) = tokio::join!(race(1), race(2));
    let mut last = open(&conn, &projection).await;
    let sequences = in_time(last.publish(commit(9, 3))).await;
    let sequences = sequences.expect("the stream has a leader and stores");
    let payloads = read_all(&conn, &projection.stream()).await;
    for (position, sequences) in first.iter().chain(&second).chain([&(9, sequences)]) {
        for (part, sequence) in sequences.iter().enumerate() {
            let stored = &payloads[*sequence as usize - 1].payload;
            assert_eq!(*stored, format!("{position}/{part}"));
        }
    }
    // A commit is stored as a whole or not at all.
    let mut counts: BTreeMap<u64, usize> = BTreeMap::new();
    for message in &payloads {
        let payload = String::from_utf8_lossy(&message.payload);
        let (position, _) = payload.split_once('/').expect("a payload of ours");
        *counts
            .entry(position.parse().expect("a position"))
            .or_default() += 1;
    }
    counts.remove(&9);
    for (position, count) in counts {
        assert_eq!(count, COUNTS[position as usize % 1_000 % 4], "{position}");
    }
}

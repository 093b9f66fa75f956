//! kill -9 of the projector, of nats-server and of everything, under load: acknowledged records
//! take effect once, no change is lost or published twice, and views equal a fold of the log.

use crate::helpers::{eventually, ready, stdout};
use crate::log_fold::{Log, Published, assert_views, projection};
use detente_jetstream::topology::Projection;
use detente_jetstream::{Connection, stream_info};
use detente_nats_server::{LocalServer, State};
use detente_rulebook as rulebook;
use detente_testkit::nats;
use detente_tests::product::{Process, TIMEOUT, free_address, run};
use detente_tests::sample;
use serde_json::Value;
use std::collections::BTreeSet;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Kills, in turn of the projector, of nats-server and of everything.
const CYCLES: usize = 21;
/// Acknowledgements between one kill and the next.
const PROGRESS: u64 = 40;

/// The services that write.
pub(crate) struct Services {
    ingest: Process,
    projector: Process,
}

pub(crate) fn serve(role: &str, nats: &str, address: &str) -> Process {
    Process::start(&["serve", role, "--nats", nats, "--http", address])
}

impl Services {
    pub(crate) fn start(nats: &str, ingest_address: &str) -> Self {
        Self {
            ingest: serve("ingest", nats, ingest_address),
            projector: serve("projector", nats, "127.0.0.1:0"),
        }
    }

    /// Starts them, and waits until the gateway is ready.
    pub(crate) async fn start_ready(nats: &str, ingest_address: &str) -> Self {
        let services = Self::start(nats, ingest_address);
        ready(&format!("http://{ingest_address}")).await;
        services
    }
}

/// The state of reporters: what was acknowledged, and whether they stop.
#[derive(Default)]
pub(crate) struct Load {
    pub(crate) acknowledged: Mutex<BTreeSet<Uuid>>,
    pub(crate) count: AtomicU64,
    pub(crate) next: AtomicU64,
    pub(crate) stop: AtomicBool,
}

/// Posts events, each under one id until it is acknowledged.
pub(crate) async fn reporter(load: Arc<Load>, address: String) {
    let client = reqwest::Client::builder()
        .timeout(Duration::from_secs(5))
        .build()
        .unwrap();
    let url = format!("http://{address}/v1/events");
    while !load.stop.load(Ordering::Relaxed) {
        let number = load.next.fetch_add(1, Ordering::Relaxed);
        let event = sample::dto(number);
        let until = Instant::now() + TIMEOUT;
        loop {
            let sent = client.post(&url).json(&event).send().await;
            let answered = match sent {
                Ok(answer) if answer.status().is_success() => answer.json::<Value>().await.ok(),
                Ok(answer) if answer.status().is_client_error() => {
                    panic!("refused: {}", answer.text().await.unwrap())
                }
                _ => None,
            };
            if answered.is_some() {
                load.acknowledged.lock().unwrap().extend(event.id);
                load.count.fetch_add(1, Ordering::Relaxed);
                break;
            }
            assert!(Instant::now() < until, "event {number} is not accepted");
            tokio::task::yield_now().await;
        }
    }
}

/// Waits for further acknowledgements.
pub(crate) async fn progress(load: &Load) {
    let wanted = load.count.load(Ordering::Relaxed) + PROGRESS;
    eventually("reports are acknowledged", async || {
        load.count.load(Ordering::Relaxed) >= wanted
    })
    .await;
}

/// Kills nats-server once its supervisor knows that it runs, which clients may notice sooner.
async fn kill_nats(nats: &LocalServer) {
    let mut state = nats.state();
    let running = state.wait_for(|state| matches!(state, State::Running { .. }));
    let running = tokio::time::timeout(TIMEOUT, running).await.unwrap();
    drop(running.unwrap());
    let pid = nats.pid().expect("it runs").to_string();
    let killed = Command::new("kill").args(["-9", &pid]).status();
    assert!(killed.unwrap().success());
}

/// Waits until the projector has published the whole log, under the shipped rulebook.
pub(crate) async fn caught_up(connection: &Connection, projection: &Projection) {
    caught_up_under(connection, projection, rulebook::DEFAULT).await;
}

/// Waits until the projector has published the whole log, under a rulebook. A commit without
/// changes leaves no message, so the last commit that has some is waited for.
pub(crate) async fn caught_up_under(connection: &Connection, projection: &Projection, toml: &str) {
    let (_, feed) = Log::read(connection).await.fold_under(toml);
    let changes = feed.0.values().filter_map(|changes| changes.last());
    let last = changes.map(|change| change.position).max();
    let stream = projection.stream();
    eventually("the projector catches up", async || {
        let published = stream_info::head(connection, &stream).await.unwrap_or(0);
        let message = stream_info::read_one(connection, &stream, published.max(1)).await;
        let Ok(Some(message)) = message else {
            return false;
        };
        let header = |name: &str| message.headers.get(name);
        let position = header("Detente-Position").map(|text| text.parse::<u64>().unwrap());
        position >= last && header("Detente-Part") == header("Detente-Parts")
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_lose_nothing_and_publish_nothing_twice() {
    let directory = tempfile::tempdir().unwrap();
    let nats = nats::start(directory.path().join("nats")).await;
    let address = free_address();
    let mut services = Services::start(nats.url(), &address);
    let load = Arc::new(Load::default());
    let reporters: Vec<_> = (0..4)
        .map(|_| tokio::spawn(reporter(Arc::clone(&load), address.clone())))
        .collect();
    progress(&load).await;
    for cycle in 0..CYCLES {
        match cycle % 3 {
            0 => {
                services.projector.kill();
                services.projector = serve("projector", nats.url(), "127.0.0.1:0");
            }
            1 => kill_nats(&nats).await,
            _ => {
                kill_nats(&nats).await;
                services.ingest.kill();
                services.projector.kill();
                services = Services::start(nats.url(), &address);
            }
        }
        progress(&load).await;
    }
    load.stop.store(true, Ordering::Relaxed);
    for reporter in reporters {
        reporter.await.unwrap();
    }
    let connection = nats::connect(&nats, "test").await;
    caught_up(&connection, &projection()).await;

    let log = Log::read(&connection).await;
    let acknowledged = load.acknowledged.lock().unwrap().clone();
    let lost: Vec<_> = acknowledged.difference(&log.ids()).copied().collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    let (mut chronicle, expected) = log.fold();
    let counts = chronicle.counts();
    assert_eq!(counts.clashes, 0);
    assert!(
        counts.events >= acknowledged.len() as u64,
        "each once in effect"
    );
    let published = Published::read(&connection).await;
    published.assert_feed(&expected);
    assert_views(&connection, &projection(), &mut chronicle).await;
    // `verify` agrees.
    stdout(&run(&["verify", "--nats", nats.url()]));
    assert!(!services.projector.has_ended());
    nats.stop().await;
}

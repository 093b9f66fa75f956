//! The services that write, under load: reporters that keep what was acknowledged, and a projector
//! that is waited for.

use crate::helpers::{eventually, ready};
use crate::log_fold::Log;
use detente_jetstream::topology::Projection;
use detente_jetstream::{Connection, stream_info};
use detente_rulebook as rulebook;
use detente_tests::product::{Process, TIMEOUT};
use detente_tests::sample;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Acknowledgements that count as progress.
const PROGRESS: u64 = 40;

/// The services that write.
pub(crate) struct Services {
    pub(crate) ingest: Process,
    pub(crate) projector: Process,
}

pub(crate) fn serve(role: &str, nats: &str, address: &str) -> Process {
    serve_with(role, nats, address, &[])
}

/// Starts a service with further arguments.
pub(crate) fn serve_with(role: &str, nats: &str, address: &str, more: &[&str]) -> Process {
    let args = ["serve", role, "--nats", nats, "--http", address];
    Process::start(&[&args[..], more].concat())
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

/// Posts events, each under one id until it is acknowledged, to gateways in turn.
pub(crate) async fn reporter(load: Arc<Load>, addresses: Vec<String>) {
    let client = reqwest::Client::builder()
        .timeout(Duration::from_secs(5))
        .build()
        .unwrap();
    let mut addresses = addresses.iter().cycle();
    while !load.stop.load(Ordering::Relaxed) {
        let number = load.next.fetch_add(1, Ordering::Relaxed);
        let event = sample::dto(number);
        let until = Instant::now() + TIMEOUT;
        for address in &mut addresses {
            let url = format!("http://{address}/v1/events");
            let sent = client.post(url).json(&event).send().await;
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

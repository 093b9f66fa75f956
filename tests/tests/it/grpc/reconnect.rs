//! A watcher that is cut at any byte, two hundred times and more, while reports come in, the
//! service is killed and the watcher pauses: it gets the changes of the feed once and in order.

use super::endpoint;
use crate::crash::{Load, Services, caught_up, reporter};
use crate::helpers::{assert_same_frames, eventually};
use crate::log_fold::projection;
use crate::reconnect::proxy::Proxy;
use detente_api::proto::{self, ChangeFrame, watch_response::Event};
use detente_grpc::proto::change_service_client::ChangeServiceClient;
use detente_testkit::nats;
use detente_tests::product::{Process, TIMEOUT, free_address};
use detente_tests::random::Random;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// The least number of cuts.
const CUTS_MIN: u64 = 200;
/// The number of kills of the service meanwhile.
const KILLS: u64 = 8;
/// The most bytes before a cut; the head of an answer has some hundreds.
const BYTES_MAX: u64 = 16_000;
/// The interval at which the watcher checks for the end.
const POLL_EVERY: Duration = Duration::from_millis(100);
/// The time after which a client gives up waiting for the head of an answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// The longest pause of the watcher, in milliseconds; pauses are rare.
const PAUSE_MS_MAX: u64 = 40;

#[derive(Default)]
struct Watched {
    received: Mutex<Vec<ChangeFrame>>,
    connections: AtomicU64,
    done: AtomicBool,
}

fn query(nats: &str, http: &str, grpc: &str) -> Process {
    Process::start(&[
        "serve", "query", "--nats", nats, "--http", http, "--grpc", grpc,
    ])
}

/// Watches from the start, over as many connections as needed.
async fn watch(address: String, watched: Arc<Watched>, random: Random) {
    let mut last = "start".to_owned();
    while !watched.done.load(Ordering::Relaxed) {
        let Ok(channel) = endpoint(&address).connect().await else {
            // The service is starting.
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        watched.connections.fetch_add(1, Ordering::Relaxed);
        let request = proto::WatchRequest {
            from: last.clone(),
            wanted: None,
        };
        let mut client = ChangeServiceClient::new(channel);
        let answered = tokio::time::timeout(ANSWER_WITHIN, client.watch(request)).await;
        let Ok(Ok(answer)) = answered else {
            continue;
        };
        let mut stream = answer.into_inner();
        while !watched.done.load(Ordering::Relaxed) {
            let Ok(message) = tokio::time::timeout(POLL_EVERY, stream.message()).await else {
                continue;
            };
            let Ok(Some(message)) = message else { break };
            match message.event.expect("no message is empty") {
                Event::Frame(frame) => {
                    last.clone_from(&frame.cursor);
                    watched.received.lock().unwrap().push(frame);
                }
                Event::Heartbeat(heartbeat) => last = heartbeat.cursor,
                Event::Switched(switched) => panic!("{switched:?}"),
            }
            if random.below(50) == 0 {
                tokio::time::sleep(Duration::from_millis(random.below(PAUSE_MS_MAX))).await;
            }
        }
    }
}

/// Reads the whole feed, in pages.
async fn pages(address: &str) -> Vec<ChangeFrame> {
    let until = Instant::now() + TIMEOUT;
    let channel = loop {
        match endpoint(address).connect().await {
            Ok(channel) => break channel,
            Err(error) => assert!(Instant::now() < until, "{error}"),
        }
    };
    let mut client = ChangeServiceClient::new(channel).max_decoding_message_size(64 << 20);
    let (mut frames, mut from) = (Vec::new(), "start".to_owned());
    loop {
        let request = proto::ListChangesRequest {
            from: from.clone(),
            wanted: None,
            limit: 1_000,
        };
        match client.list_changes(request).await {
            Ok(page) => {
                let page = page.into_inner();
                frames.extend(page.items);
                if page.next == from {
                    return frames;
                }
                from = page.next;
            }
            Err(status) => assert!(Instant::now() < until, "{status:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_watcher_that_is_cut_two_hundred_times_gets_every_change_once_and_in_order() {
    let seed = RandomState::new().hash_one(());
    let directory = tempfile::tempdir().unwrap();
    let nats = nats::start(directory.path().join("nats")).await;
    let url = nats.url().to_owned();
    let [ingest_at, http, grpc] = [free_address(), free_address(), free_address()];
    let _services = Services::start_ready(&url, &ingest_at).await;
    let load = Arc::new(Load::default());
    let reporting = tokio::spawn(reporter(Arc::clone(&load), vec![ingest_at]));

    let proxy = Proxy::before(grpc.clone(), BYTES_MAX, seed).await;
    let watched = Arc::new(Watched::default());
    let random = Random::new(seed.rotate_left(7));
    let watching = watch(proxy.http.clone(), Arc::clone(&watched), random);
    let watching = tokio::spawn(watching);

    let mut service = query(&url, &http, &grpc);
    for kill in 1..=KILLS {
        let until = Instant::now() + TIMEOUT;
        while proxy.cuts.load(Ordering::Relaxed) < kill * CUTS_MIN / KILLS {
            assert!(
                Instant::now() < until,
                "{} cuts before kill {kill}, seed {seed}",
                proxy.cuts.load(Ordering::Relaxed)
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        service.kill();
        service = query(&url, &http, &grpc);
    }
    load.stop.store(true, Ordering::Relaxed);
    reporting.await.unwrap();
    proxy.stop_cutting();
    let connection = nats::connect(&nats, "test").await;
    caught_up(&connection, &projection()).await;

    let whole = pages(&format!("http://{grpc}")).await;
    let last = &whole.last().unwrap().cursor;
    eventually("the watcher is at the end", async || {
        let received = watched.received.lock().unwrap();
        received.last().is_some_and(|frame| frame.cursor == *last)
    })
    .await;
    watched.done.store(true, Ordering::Relaxed);
    watching.await.unwrap();
    let received = std::mem::take(&mut *watched.received.lock().unwrap());
    assert!(whole.len() > 500, "{} frames, seed {seed}", whole.len());
    let cursor = |frame: &ChangeFrame| frame.cursor.clone();
    assert_same_frames(&received, &whole, cursor, &format!("seed {seed}"));
    assert!(watched.connections.load(Ordering::Relaxed) > CUTS_MIN);
    nats.stop().await;
}

//! A watcher that is cut at any byte, two hundred times and more, while reports come in, the
//! service is killed, and the watcher itself pauses: it ends with the changes of the feed, once, in
//! order.

use super::at;
use crate::crash::{Load, caught_up, reporter, serve};
use crate::cuts::proxy::{Lots, Proxy};
use crate::oracle::projection;
use crate::switch::gateway;
use detente_api::proto::{self, ChangeFrame, watch_response::Told};
use detente_grpc::proto::change_service_client::ChangeServiceClient;
use detente_jetstream::{inspect, topology};
use detente_tests::product::{PATIENCE, Process, free_address};
use detente_tests::server;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Cuts of the watcher, at least.
const CUTS_MIN: u64 = 200;
/// How often the service is killed meanwhile.
const KILLS: u64 = 8;
/// The most bytes that come through before a cut; the head of an answer takes some hundreds.
const BYTES_MAX: u64 = 16_000;
/// How long the watcher waits for a message before it looks whether it is done.
const LOOK: Duration = Duration::from_millis(100);
/// The longest pause of the watcher, in milliseconds; most are none.
const PAUSE_MS_MAX: u64 = 40;

#[derive(Default)]
struct Watched {
    seen: Mutex<Vec<ChangeFrame>>,
    connections: AtomicU64,
    done: AtomicBool,
}

fn query(nats: &str, http: &str, grpc: &str) -> Process {
    Process::start(&[
        "serve", "query", "--nats", nats, "--http", http, "--grpc", grpc,
    ])
}

/// Watches from the start, over as many connections as it takes.
async fn watch(address: String, watched: Arc<Watched>, lots: Lots) {
    let mut last = "start".to_owned();
    while !watched.done.load(Ordering::Relaxed) {
        let Ok(channel) = at(&address).connect().await else {
            // It is being started.
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        watched.connections.fetch_add(1, Ordering::Relaxed);
        let request = proto::WatchRequest {
            from: last.clone(),
            wanted: None,
        };
        let Ok(answer) = ChangeServiceClient::new(channel).watch(request).await else {
            continue;
        };
        let mut stream = answer.into_inner();
        while !watched.done.load(Ordering::Relaxed) {
            let Ok(told) = tokio::time::timeout(LOOK, stream.message()).await else {
                continue;
            };
            let Ok(Some(told)) = told else { break };
            match told.told.expect("every message says something") {
                Told::Frame(frame) => {
                    last.clone_from(&frame.cursor);
                    watched.seen.lock().unwrap().push(frame);
                }
                Told::Heartbeat(heartbeat) => last = heartbeat.cursor,
                Told::Switched(switched) => panic!("{switched:?}"),
            }
            if lots.below(50) == 0 {
                tokio::time::sleep(Duration::from_millis(lots.below(PAUSE_MS_MAX))).await;
            }
        }
    }
}

/// The whole feed, in pages.
async fn pages(address: &str) -> Vec<ChangeFrame> {
    let until = Instant::now() + PATIENCE;
    let channel = loop {
        match at(address).connect().await {
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
    let nats = server::start(directory.path().join("nats")).await;
    let url = nats.url().to_owned();
    let [ingest_at, http, grpc] = [free_address(), free_address(), free_address()];
    let _ingest = serve("ingest", &url, &ingest_at);
    let _projector = serve("projector", &url, "127.0.0.1:0");
    gateway(&ingest_at).await;
    let load = Arc::new(Load::default());
    let reporting = tokio::spawn(reporter(Arc::clone(&load), ingest_at));

    let proxy = Proxy::before(grpc.clone(), BYTES_MAX, seed).await;
    let watched = Arc::new(Watched::default());
    let lots = Lots::new(seed.rotate_left(7));
    let watching = watch(proxy.http.clone(), Arc::clone(&watched), lots);
    let watching = tokio::spawn(watching);

    let mut service = query(&url, &http, &grpc);
    let until = Instant::now() + PATIENCE;
    for kill in 1..=KILLS {
        while proxy.cuts.load(Ordering::Relaxed) < kill * CUTS_MIN / KILLS {
            assert!(
                Instant::now() < until,
                "{} cuts",
                proxy.cuts.load(Ordering::Relaxed)
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        service.kill();
        service = query(&url, &http, &grpc);
    }
    load.stop.store(true, Ordering::Relaxed);
    reporting.await.unwrap();
    proxy.calm();
    let connection = server::connect(&nats, "test").await;
    let head = inspect::head(&connection, topology::EVENTS).await.unwrap();
    caught_up(&connection, &projection(), head).await;

    let whole = pages(&format!("http://{grpc}")).await;
    let last = &whole.last().unwrap().cursor;
    crate::ask::eventually("the watcher is at the end", async || {
        let seen = watched.seen.lock().unwrap();
        seen.last().is_some_and(|frame| frame.cursor == *last)
    })
    .await;
    watched.done.store(true, Ordering::Relaxed);
    watching.await.unwrap();
    let seen = std::mem::take(&mut *watched.seen.lock().unwrap());
    let cursors = |frames: &[ChangeFrame]| -> Vec<String> {
        frames.iter().map(|frame| frame.cursor.clone()).collect()
    };
    assert!(whole.len() > 500, "{} frames, seed {seed}", whole.len());
    assert_eq!(
        cursors(&seen),
        cursors(&whole),
        "neither gap nor repeat; seed {seed}"
    );
    assert!(
        seen == whole,
        "the same cursors, and other changes; seed {seed}"
    );
    assert!(watched.connections.load(Ordering::Relaxed) > CUTS_MIN);
    nats.stop().await;
}

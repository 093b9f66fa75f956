//! Many subscribers of one query process: memory and latency.

use crate::latency::{Spread, event};
use crate::table::{Table, note, sorted};
use detente_tests::product::{Process, Product};
use futures_util::StreamExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// The number of subscribers to all changes, and of subscribers whose filter matches one change.
const ACTIVE: usize = 100;
const IDLE: usize = 1_000;
/// Changes a second, and in all.
const RATE: u64 = 500;
const CHANGES: u64 = 10_000;
/// The time limits for the last frames, and for all connections.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The counters of all subscribers.
struct Seen {
    started: Instant,
    /// The time of each acknowledgement, in nanoseconds since the start; 0 before it.
    acked: Vec<AtomicU64>,
    frames: AtomicUsize,
}

pub(crate) async fn run(directory: &Path, table: &mut Table) {
    let product = Product::up(&directory.join("subscribed"), &[]);
    let query = Process::start(&[
        "serve",
        "query",
        "--http",
        "127.0.0.1:0",
        "--nats",
        &product.nats,
    ]);
    let http = query.note_after("detente query on ");
    let seen = Arc::new(Seen {
        started: Instant::now(),
        acked: (0..CHANGES).map(|_| AtomicU64::new(0)).collect(),
        frames: AtomicUsize::new(0),
    });
    let mut active = JoinSet::new();
    let mut idle = JoinSet::new();
    for _ in 0..ACTIVE {
        let Some(stream) = subscribe(&http, "").await else {
            return note("an active subscriber cannot connect");
        };
        active.spawn(follow(stream, Arc::clone(&seen)));
    }
    for _ in 0..IDLE {
        let Some(stream) = subscribe(&http, "?pair=AND-TUV").await else {
            return note("an idle subscriber cannot connect");
        };
        idle.spawn(stream.for_each(async |_| {}));
    }
    report(&product, &seen).await;
    let wanted = ACTIVE * usize::try_from(CHANGES).unwrap_or(usize::MAX);
    let last = Instant::now();
    while seen.frames.load(Ordering::Relaxed) < wanted && last.elapsed() < TIMEOUT {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let missing = wanted.saturating_sub(seen.frames.load(Ordering::Relaxed));
    if missing > 0 {
        note(&format!("    {missing} changes did not come"));
    }
    let memory = query.memory_kib().unwrap_or_default() as f64 / 1024.0;
    drop(query);
    let mut millis = Vec::new();
    while let Some(Ok(own)) = active.join_next().await {
        millis.extend(own);
    }
    idle.abort_all();
    let subscribers = format!("{ACTIVE} active and {IDLE} idle subscribers, {RATE}/s");
    table.latencies(&subscribers, &sorted(millis), &[]);
    table.row(&format!("{subscribers}, memory"), memory, None, "MiB");
}

async fn subscribe(http: &str, filter: &str) -> Option<Stream> {
    // Each has its own client, and so its own connection.
    let request = reqwest::Client::new().get(format!("{http}/v1/changes{filter}"));
    let answer = request.header("accept", "text/event-stream").send().await;
    let answer = answer.ok().filter(|answer| answer.status().is_success())?;
    let mut stream = Box::pin(answer.bytes_stream());
    // The first event confirms the subscription.
    stream.next().await?.ok()?;
    Some(stream)
}

type Stream =
    std::pin::Pin<Box<dyn futures_util::Stream<Item = reqwest::Result<bytes::Bytes>> + Send>>;

/// Reads to the end. Returns the delay of each change after its acknowledgement, in milliseconds; 0
/// for a change that arrives before it.
async fn follow(mut stream: Stream, seen: Arc<Seen>) -> Vec<f64> {
    const MARK: &str = "\"city\":\"City ";
    let (mut text, mut late) = (String::new(), Vec::new());
    let mut received = vec![false; seen.acked.len()];
    while let Some(Ok(chunk)) = stream.next().await {
        let at = seen.started.elapsed().as_nanos();
        text.push_str(&String::from_utf8_lossy(&chunk));
        let Some(end) = text.rfind("\n\n") else {
            continue;
        };
        for rest in text[..end].split(MARK).skip(1) {
            let digits = rest.split('"').next().unwrap_or_default();
            let number: usize = digits.parse().unwrap_or(usize::MAX);
            let Some(first) = received.get_mut(number).filter(|received| !**received) else {
                continue;
            };
            *first = true;
            seen.frames.fetch_add(1, Ordering::Relaxed);
            let acked = u128::from(seen.acked[number].load(Ordering::Relaxed));
            let nanos = if acked == 0 {
                0
            } else {
                at.saturating_sub(acked)
            };
            late.push(nanos as f64 / 1e6);
        }
        text.drain(..end);
    }
    late
}

/// Reports events at the rate; each causes a change.
async fn report(product: &Product, seen: &Arc<Seen>) {
    let spread = Spread::wide();
    let client = reqwest::Client::new();
    let mut pace = tokio::time::interval(Duration::from_nanos(1_000_000_000 / RATE));
    let mut under_way = JoinSet::new();
    for number in 0..CHANGES {
        pace.tick().await;
        let (_, event) = event(number, &spread);
        let sent = client
            .post(format!("{}/v1/events", product.http))
            .json(&event)
            .send();
        let seen = Arc::clone(seen);
        under_way.spawn(async move {
            if sent.await.is_ok_and(|answer| answer.status().is_success()) {
                let at = u64::try_from(seen.started.elapsed().as_nanos()).unwrap_or(u64::MAX);
                seen.acked[usize::try_from(number).unwrap_or(0)].store(at, Ordering::Relaxed);
            }
        });
        while under_way.try_join_next().is_some() {}
    }
    under_way.join_all().await;
}

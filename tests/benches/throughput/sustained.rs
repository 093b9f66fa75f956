//! Single reports at a steady rate for minutes, beside subscribers that come and go: whether the
//! rate, the memory and the consumers stay as they are.
//!
//! `DETENTE_BENCH_MINUTES` sets the minutes; without it, one.

use crate::latency::{Spread, event};
use crate::raw::Raw;
use crate::table::{Table, note, quantile, sorted};
use detente_tests::product::Product;
use futures_util::StreamExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Reports a second.
const RATE: u64 = 200;
/// The subscribers at any time; each stays for five to ten seconds.
const CLIENTS: u64 = 50;

pub(crate) async fn run(directory: &Path, table: &mut Table) {
    let minutes = std::env::vars().find(|(name, _)| name == "DETENTE_BENCH_MINUTES");
    let minutes = minutes
        .and_then(|(_, minutes)| minutes.parse().ok())
        .unwrap_or(1);
    let product = Product::up(&directory.join("sustained"), &[]);
    let frames = Arc::new(AtomicU64::new(0));
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        clients.spawn(come_and_go(
            product.http.clone(),
            client,
            Arc::clone(&frames),
        ));
    }
    let spread = Spread::wide();
    let client = reqwest::Client::new();
    let url = format!("{}/v1/events", product.http);
    let mut pace = tokio::time::interval(Duration::from_nanos(1_000_000_000 / RATE));
    let mut number = 0;
    for minute in 1..=minutes {
        let started = Instant::now();
        let mut under_way: JoinSet<Option<f64>> = JoinSet::new();
        for _ in 0..60 * RATE {
            pace.tick().await;
            let (_, event) = event(number, &spread);
            number += 1;
            let sent = client.post(&url).json(&event).send();
            under_way.spawn(async move {
                let sent_at = Instant::now();
                let answer = sent.await.ok()?;
                let millis = sent_at.elapsed().as_secs_f64() * 1e3;
                answer.status().is_success().then_some(millis)
            });
        }
        let millis = under_way.join_all().await;
        let millis = sorted(millis.into_iter().flatten().collect());
        let what = format!("minute {minute} of {RATE} reports a second, {CLIENTS} subscribers");
        let rate = millis.len() as f64 / started.elapsed().as_secs_f64();
        table.row(&format!("{what}, acknowledged"), rate, None, "/s");
        table.row(&format!("{what}, p99"), quantile(&millis, 0.99), None, "ms");
        let memory = product.process.memory_kib().unwrap_or_default() as f64 / 1024.0;
        table.row(&format!("{what}, memory"), memory, None, "MiB");
        match consumers(&product.nats).await {
            Ok(count) => table.row(&format!("{what}, consumers"), count, None, ""),
            Err(error) => note(&format!("no consumers: {error}")),
        }
    }
    clients.abort_all();
    let frames = frames.load(Ordering::Relaxed) as f64;
    table.row("chunks that all subscribers read", frames, None, "");
}

/// Subscribes again and again, for some seconds each time.
async fn come_and_go(http: String, client: u64, frames: Arc<AtomicU64>) {
    for time in 0.. {
        let stays = Duration::from_millis(5_000 + (client * 997 + time * 613) % 5_000);
        let reading = async {
            let request = reqwest::Client::new().get(format!("{http}/v1/changes"));
            let answer = request.header("accept", "text/event-stream").send().await;
            let Ok(answer) = answer else { return };
            let mut stream = answer.bytes_stream();
            while let Some(Ok(_)) = stream.next().await {
                frames.fetch_add(1, Ordering::Relaxed);
            }
        };
        drop(tokio::time::timeout(stays, reading).await);
    }
}

/// Counts the consumers of all streams.
async fn consumers(url: &str) -> Result<f64, async_nats::Error> {
    let raw = Raw::connect(url).await?;
    let mut streams = raw.context.streams();
    let mut count = 0;
    while let Some(stream) = streams.next().await {
        count += stream?.state.consumer_count;
    }
    Ok(count as f64)
}

//! Appending in bulk, and by many reporters of one event each.

use crate::log::Log;
use crate::raw::Raw;
use crate::table::{Table, median, note};
use bytes::Bytes;
use detente_jetstream::commit::Builder;
use detente_jetstream::topology;
use detente_nats_server::LocalServer;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The number of runs of each side.
const RUNS: usize = 3;
/// Concurrent reporters, and the time for which they report.
const REPORTERS: usize = 64;
const REPORTING: Duration = Duration::from_secs(3);

/// Packs records into commits, as an appender does.
fn packed(encoded: &[Bytes], max_payload: usize) -> Vec<Bytes> {
    let mut payloads = Vec::new();
    let empty = || Builder::with_capacity(max_payload / 2, 0);
    let mut builder = empty();
    for record in encoded {
        if !builder.push(record) {
            let full = std::mem::replace(&mut builder, empty());
            payloads.extend(full.finish().map(|frame| frame.payload));
            builder.push(record);
        }
    }
    payloads.extend(builder.finish().map(|frame| frame.payload));
    payloads
}

pub(crate) async fn bulk(nats: &LocalServer, encoded: &[Bytes], table: &mut Table) {
    let Some(log) = Log::open(nats, topology::IMPORT).await else {
        return;
    };
    let Ok(raw) = Raw::connect(nats.url()).await else {
        return note("no raw connection");
    };
    if let Err(error) = raw.stream("RAWBULK").await {
        return note(&format!("no raw stream: {error}"));
    }
    let payloads = packed(encoded, log.connection.max_payload());
    let events = encoded.len() as f64;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        if let Ok(seconds) = raw.publish("RAWBULK", &payloads, 4).await {
            theirs.push(events / seconds);
        }
        let started = Instant::now();
        let answers = log.appender.append_many(encoded.to_vec(), None).await;
        if answers.iter().all(Result::is_ok) {
            ours.push(events / started.elapsed().as_secs_f64());
        }
    }
    table.row(
        "bulk append, durable",
        median(ours),
        Some(median(theirs)),
        "events/s",
    );
    log.close().await;
}

pub(crate) async fn reporters(nats: &LocalServer, encoded: &[Bytes], table: &mut Table) {
    let Some(log) = Log::open(nats, topology::REPORT).await else {
        return;
    };
    let records: Arc<[Bytes]> = encoded.iter().take(10_000).cloned().collect();
    let mut runs = Vec::new();
    for _ in 0..RUNS {
        let count = Arc::new(AtomicU64::new(0));
        let started = Instant::now();
        let reporters: Vec<_> = (0..REPORTERS)
            .map(|place| {
                let (appender, records, count) = (
                    log.appender.clone(),
                    Arc::clone(&records),
                    Arc::clone(&count),
                );
                tokio::spawn(async move {
                    for record in records.iter().cycle().skip(place * 100) {
                        if started.elapsed() > REPORTING {
                            break;
                        }
                        if appender.append(record.clone()).await.is_ok() {
                            count.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                })
            })
            .collect();
        for reporter in reporters {
            drop(reporter.await);
        }
        let done = count.load(Ordering::Relaxed) as f64;
        runs.push(done / started.elapsed().as_secs_f64());
    }
    let raw = async {
        let raw = Raw::connect(nats.url()).await?;
        raw.stream("RAWONE").await?;
        let few: Vec<Bytes> = encoded.iter().take(8_000).cloned().collect();
        let seconds = raw.publish("RAWONE", &few, REPORTERS).await?;
        Ok::<f64, async_nats::Error>(few.len() as f64 / seconds)
    };
    table.row(
        "64 reporters, an event each, durable",
        median(runs),
        raw.await.ok(),
        "events/s",
    );
    log.close().await;
}

//! Projecting an existing log, in order of days and at random; what it takes in NATS; a cold start.
//!
//! `DETENTE_BENCH_RECORDS` sets the records of a log; without it, a million.

use crate::log::Log;
use crate::raw::Raw;
use crate::table::{Table, note};
use bytes::Bytes;
use detente_domain::party::Party;
use detente_domain::record::Record;
use detente_jetstream::reader::{self, StreamReader};
use detente_jetstream::topology::{self, Projection, Replicas};
use detente_jetstream::{Connection, stream_info};
use detente_nats_server::LocalServer;
use detente_projector::{Supervisor, SupervisorConfig};
use detente_rulebook as rulebook;
use detente_rulebook_store::CompiledRulebook;
use detente_testkit::nats;
use detente_tests::product::{Process, free_address};
use detente_tests::sample;
use std::path::Path;
use std::time::{Duration, Instant};

/// The records of a log, unless another number is set.
const RECORDS: u64 = 1_000_000;

/// The interval at which a starting service is asked, and the most that an answer may take.
const POLL_EVERY: Duration = Duration::from_millis(10);
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// A log: its name, and how its records are made.
type Kind = (&'static str, fn(u64) -> Vec<Record>);

const LOGS: [Kind; 3] = [
    ("in order, 60 states", |count| {
        sample::in_order(count, &sample::sample_states())
    }),
    ("in order, 250 states", |count| {
        let parties: Vec<Party> = sample::parties().take(250).collect();
        sample::in_order(count, &parties)
    }),
    ("at random, 60 states", |count| {
        sample::at_random(count, &sample::sample_states())
    }),
];

pub(crate) async fn run(directory: &Path, table: &mut Table) {
    let count = std::env::vars().find(|(name, _)| name == "DETENTE_BENCH_RECORDS");
    let count = count.and_then(|(_, count)| count.parse().ok());
    let count = count.unwrap_or(RECORDS);
    for (place, (name, records)) in LOGS.into_iter().enumerate() {
        let nats = nats::start(directory.join(format!("projection-{place}"))).await;
        let encoded: Vec<Bytes> = records(count)
            .iter()
            .map(|record| detente_codec::encode(record).into())
            .collect();
        if project(&nats, name, &encoded, table).await.is_none() {
            note("it failed");
        }
        nats.stop().await;
    }
}

/// Measures one log; `None` if anything fails, with a note where it says more.
async fn project(
    nats: &LocalServer,
    name: &str,
    encoded: &[Bytes],
    table: &mut Table,
) -> Option<()> {
    let log = Log::filled(nats, encoded).await?;
    let text = rulebook::DEFAULT.as_bytes();
    let own = CompiledRulebook::parse(text, rulebook::Origin::Shipped).ok()?;
    let projection = own.projection.clone();
    let head = stream_info::head(&log.connection, topology::EVENTS)
        .await
        .ok()?;
    let config = SupervisorConfig {
        connection: log.connection.clone(),
        own,
        replicas: Replicas::One,
        standby: false,
        retries: false,
    };
    let started = Instant::now();
    let (handle, projecting) = Supervisor::start(config, log.stop.clone());
    let mut progress = handle.progress.clone();
    let projected = progress.wait_for(|now| now.position >= head).await;
    projected.ok()?;
    let count = encoded.len() as f64;
    let ours = count / started.elapsed().as_secs_f64();
    let bytes = stored(nats, &projection).await?;
    table.row(
        &format!("bytes in NATS per event, {name}"),
        bytes / count,
        None,
        "bytes",
    );
    let raw = republished(nats, &log.connection, &projection).await;
    let raw = raw.map(|seconds| count / seconds);
    table.row(
        &format!("projection {name}, raw: its messages"),
        ours,
        raw,
        "events/s",
    );
    log.stop.cancel();
    drop(projecting.await);
    log.close().await;
    cold_start(nats.url(), name, table).await
}

/// Returns the bytes of the log, the feed and the views.
async fn stored(nats: &LocalServer, projection: &Projection) -> Option<f64> {
    let raw = Raw::connect(nats.url()).await.ok()?;
    let mut bytes = 0;
    for stream in [topology::EVENTS, &projection.stream(), "KV_relations"] {
        let mut stream = raw.context.get_stream(stream).await.ok()?;
        bytes += stream.info().await.ok()?.state.bytes;
    }
    Some(bytes as f64)
}

/// Measures the start of a query service until it is ready, the slowest probe meanwhile, and its
/// memory then.
async fn cold_start(url: &str, name: &str, table: &mut Table) -> Option<()> {
    let http = free_address();
    let started = Instant::now();
    let service = Process::start(&["serve", "query", "--nats", url, "--http", &http]);
    let client = reqwest::Client::builder().timeout(ANSWER_WITHIN);
    let client = client.build().ok()?;
    let mut slowest: f64 = 0.0;
    loop {
        let asked = Instant::now();
        let lives = client.get(format!("http://{http}/livez")).send().await;
        if lives.is_ok() {
            slowest = slowest.max(asked.elapsed().as_secs_f64() * 1e3);
        }
        let ready = client.get(format!("http://{http}/readyz")).send().await;
        if ready.is_ok_and(|answer| answer.status().is_success()) {
            break;
        }
        tokio::time::sleep(POLL_EVERY).await;
    }
    let seconds = started.elapsed().as_secs_f64();
    table.row(&format!("cold start, {name}"), seconds, None, "s");
    table.row("  its slowest /livez", slowest, None, "ms");
    let memory = service.memory_kib()? as f64 / 1024.0;
    table.row("  its memory", memory, None, "MB");
    Some(())
}

/// Measures the seconds in which raw JetStream publishes the messages of the projector.
async fn republished(
    nats: &LocalServer,
    connection: &Connection,
    projection: &Projection,
) -> Option<f64> {
    let stream = projection.stream();
    let head = stream_info::head(connection, &stream).await.ok()?;
    let options = reader::Options::changes();
    let mut reader = StreamReader::open(connection, stream, 1, options)
        .await
        .ok()?;
    let mut payloads = Vec::new();
    while reader.last_sequence() < head {
        payloads.push(reader.next().await.ok()?.payload);
    }
    let bytes: usize = payloads.iter().map(Bytes::len).sum();
    note(&format!(
        "    {} messages, {} MB of changes",
        payloads.len(),
        bytes >> 20
    ));
    let raw = Raw::connect(nats.url()).await.ok()?;
    raw.stream("RAWVIEWS").await.ok()?;
    raw.publish("RAWVIEWS", &payloads, 64).await.ok()
}

//! Replaying the log into a chronicle.

use crate::raw::Raw;
use crate::table::{Table, median, note};
use bytes::Bytes;
use detente_chronicle::Chronicle;
use detente_jetstream::reader::{EventsReader, Options};
use detente_jetstream::topology::{self, Replicas};
use detente_jetstream::{Connection, stream_info};
use detente_jetstream::{appender as append, appender::Appender};
use detente_nats_server::LocalServer;
use detente_replay::{self as replay, Prefetch};
use detente_rulebook as rulebook;
use detente_testkit::nats;
use std::sync::Arc;
use std::time::Instant;
use tokio_util::sync::CancellationToken;

const RUNS: usize = 3;

pub(crate) async fn run(nats: &LocalServer, encoded: &[Bytes], table: &mut Table) {
    let connection = nats::connect(nats, "bench").await;
    if topology::ensure_events(&connection, Replicas::One)
        .await
        .is_err()
    {
        return note("no stream");
    }
    let stop = CancellationToken::new();
    let (appender, task) = Appender::start(
        &connection,
        append::Options::new(topology::IMPORT),
        stop.clone(),
    );
    appender.append_many(encoded.to_vec()).await;
    stop.cancel();
    drop(task.await);
    let Ok(raw) = Raw::connect(nats.url()).await else {
        return note("no raw connection");
    };
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let Ok((raw_seconds, _)) = raw.read(topology::EVENTS).await else {
            continue;
        };
        let started = Instant::now();
        let Some((chronicle, records)) = build(&connection).await else {
            continue;
        };
        let seconds = started.elapsed().as_secs_f64();
        ours.push(records as f64 / seconds);
        theirs.push(records as f64 / raw_seconds);
        let counts = chronicle.counts();
        note(&format!(
            "    {records} records, {} events, {} repeats",
            counts.events, counts.repeats
        ));
    }
    table.row(
        "replay into a chronicle",
        median(ours),
        Some(median(theirs)),
        "events/s",
    );
}

/// Builds a chronicle as a query replica does, with the reader ahead of the fold.
async fn build(connection: &Connection) -> Option<(Chronicle, u64)> {
    let rules = rulebook::default_rulebook().ok()?;
    let mut chronicle = Chronicle::new(Arc::new(rules));
    let head = stream_info::head(connection, topology::EVENTS).await.ok()?;
    let reader = EventsReader::open(connection, topology::EVENTS, 1, Options::events())
        .await
        .ok()?;
    let mut reader = Prefetch::start(reader);
    let mut records = 0;
    while chronicle.head().0 < head {
        let commit = reader.next().await?.ok()?;
        let replay::Commit { message, skim } = &commit;
        let (position, payload) = (message.sequence, &message.payload);
        replay::apply_skimmed(&mut chronicle, position, payload, skim, |_| records += 1);
    }
    Some((chronicle, records))
}

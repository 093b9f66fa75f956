//! Replaying the log into a chronicle.

use crate::log::Log;
use crate::raw::Raw;
use crate::table::{Table, median, note};
use bytes::Bytes;
use detente_apply::{Commit, Prefetch};
use detente_chronicle::Chronicle;
use detente_jetstream::reader::{Options, StreamReader};
use detente_jetstream::{Connection, stream_info, topology};
use detente_nats_server::LocalServer;
use detente_rulebook as rulebook;
use std::sync::Arc;
use std::time::Instant;

/// The number of runs of each side.
const RUNS: usize = 3;

pub(crate) async fn run(nats: &LocalServer, encoded: &[Bytes], table: &mut Table) {
    let Some(log) = Log::filled(nats, encoded).await else {
        return;
    };
    let connection = log.connection.clone();
    log.close().await;
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
    let reader = StreamReader::open(connection, topology::EVENTS, 1, Options::events())
        .await
        .ok()?;
    let mut reader = Prefetch::start(reader);
    let mut records = 0;
    while chronicle.head().0 < head {
        let commit = reader.next().await?.ok()?;
        let Commit { message, skim } = &commit;
        let (position, payload) = (message.sequence, &message.payload);
        detente_apply::apply(&mut chronicle, position, payload, skim, |_| records += 1);
    }
    Some((chronicle, records))
}

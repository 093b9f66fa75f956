//! Replaying the log into a chronicle.

use crate::raw::Raw;
use crate::table::{Table, median, say};
use detente_chronicle::{Chronicle, Position, Reported};
use detente_domain::event::EventId;
use detente_stream::commit;
use detente_stream::local::LocalServer;
use detente_stream::reader::{EventsReader, Options};
use detente_stream::topology;
use detente_stream::{Connection, inspect};
use detente_tests::server;
use detente_wire::{Skim, rulebook, skim};
use std::sync::Arc;
use std::time::Instant;

const RUNS: usize = 3;

pub(crate) async fn replay(nats: &LocalServer, table: &mut Table) {
    let connection = server::connect(nats, "bench").await;
    let Ok(raw) = Raw::connect(nats.url()).await else {
        return say("no raw connection");
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
        say(&format!(
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

async fn build(connection: &Connection) -> Option<(Chronicle, u64)> {
    let rules = rulebook::default_rulebook().ok()?;
    let mut chronicle = Chronicle::new(Arc::new(rules));
    let head = inspect::head(connection, topology::EVENTS).await.ok()?;
    let mut reader = EventsReader::open(connection, topology::EVENTS, 1, Options::events())
        .await
        .ok()?;
    let mut records = 0;
    while chronicle.head().0 < head {
        let message = reader.next().await.ok()?;
        let position = Position(message.sequence);
        for record in commit::records(&message.payload) {
            let Ok(Skim::Event(event)) = skim(record.ok()?) else {
                continue;
            };
            let reported = Reported {
                event: EventId(event.id),
                act: event.act,
                earliest: event.earliest,
                latest: event.latest,
                grade: event.grade,
            };
            chronicle.report_raw(position, reported, |act| {
                detente_wire::record::act(act).ok()
            });
            records += 1;
        }
        chronicle.reach(position);
    }
    Some((chronicle, records))
}

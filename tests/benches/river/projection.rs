//! Projecting a log that is there already.

use crate::raw::Raw;
use crate::table::{Table, say};
use bytes::Bytes;
use detente_jetstream::appender::{Appender, Options};
use detente_jetstream::reader::{self, EventsReader};
use detente_jetstream::topology::{self, Projection, Replicas};
use detente_jetstream::{Connection, inspect};
use detente_nats_server::LocalServer;
use detente_projector::{Deps, Projector};
use detente_rulebook as rulebook;
use detente_tests::server;
use std::sync::Arc;
use std::time::Instant;
use tokio_util::sync::CancellationToken;

pub(crate) async fn run(nats: &LocalServer, encoded: &[Bytes], table: &mut Table) {
    let connection = server::connect(nats, "bench").await;
    if topology::ensure_events(&connection, Replicas::One)
        .await
        .is_err()
    {
        return say("no stream");
    }
    let stop = CancellationToken::new();
    let (appender, task) =
        Appender::start(&connection, Options::new(topology::IMPORT), stop.clone());
    appender.append_many(encoded.to_vec()).await;
    let id = rulebook::projection_id(rulebook::DEFAULT.as_bytes());
    let (Ok(rules), Ok(projection)) = (rulebook::default_rulebook(), Projection::new(&id)) else {
        return say("no rulebook");
    };
    let Ok(head) = inspect::head(&connection, topology::EVENTS).await else {
        return say("no head");
    };
    let deps = Deps {
        connection: connection.clone(),
        rules: Arc::new(rules),
        projection: projection.clone(),
        replicas: Replicas::One,
    };
    let started = Instant::now();
    let (handle, projecting) = Projector::start(deps, stop.clone());
    let mut progress = handle.progress();
    if progress.wait_for(|now| now.position >= head).await.is_err() {
        return say("the projector ended");
    }
    let ours = encoded.len() as f64 / started.elapsed().as_secs_f64();
    let raw = republished(nats, &connection, &projection).await;
    let raw = raw.map(|seconds| encoded.len() as f64 / seconds);
    table.row(
        "projection of a log, raw: its messages republished",
        ours,
        raw,
        "events/s",
    );
    stop.cancel();
    drop(projecting.await);
    drop(task.await);
}

/// The seconds that raw JetStream takes for the messages that the projector published.
async fn republished(
    nats: &LocalServer,
    connection: &Connection,
    projection: &Projection,
) -> Option<f64> {
    let stream = projection.stream();
    let head = inspect::head(connection, &stream).await.ok()?;
    let options = reader::Options::relations();
    let mut reader = EventsReader::open(connection, stream, 1, options)
        .await
        .ok()?;
    let mut payloads = Vec::new();
    while reader.last_sequence() < head {
        payloads.push(reader.next().await.ok()?.payload);
    }
    let bytes: usize = payloads.iter().map(Bytes::len).sum();
    say(&format!(
        "    {} messages, {} MB of views and changes",
        payloads.len(),
        bytes >> 20
    ));
    let raw = Raw::connect(nats.url()).await.ok()?;
    raw.stream("RAWVIEWS").await.ok()?;
    raw.publish("RAWVIEWS", &payloads, 64).await.ok()
}

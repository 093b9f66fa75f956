//! Projecting an existing log.

use crate::log::Log;
use crate::raw::Raw;
use crate::table::{Table, note};
use bytes::Bytes;
use detente_jetstream::reader::{self, StreamReader};
use detente_jetstream::topology::{self, Projection, Replicas};
use detente_jetstream::{Connection, stream_info};
use detente_nats_server::LocalServer;
use detente_projector::{Supervisor, SupervisorConfig};
use detente_rulebook as rulebook;
use detente_rulebook_store::CompiledRulebook;
use std::time::Instant;

pub(crate) async fn run(nats: &LocalServer, encoded: &[Bytes], table: &mut Table) {
    let Some(log) = Log::filled(nats, encoded).await else {
        return;
    };
    let text = rulebook::DEFAULT.as_bytes();
    let Ok(own) = CompiledRulebook::parse(text, rulebook::Origin::Shipped) else {
        return note("no rulebook");
    };
    let projection = own.projection.clone();
    let Ok(head) = stream_info::head(&log.connection, topology::EVENTS).await else {
        return note("no head");
    };
    let config = SupervisorConfig {
        connection: log.connection.clone(),
        own,
        replicas: Replicas::One,
        standby: false,
    };
    let started = Instant::now();
    let (handle, projecting) = Supervisor::start(config, log.stop.clone());
    let mut progress = handle.progress.clone();
    if progress.wait_for(|now| now.position >= head).await.is_err() {
        return note("the projector ended");
    }
    let ours = encoded.len() as f64 / started.elapsed().as_secs_f64();
    let raw = republished(nats, &log.connection, &projection).await;
    let raw = raw.map(|seconds| encoded.len() as f64 / seconds);
    table.row(
        "projection of a log, raw: its messages republished",
        ours,
        raw,
        "events/s",
    );
    log.stop.cancel();
    drop(projecting.await);
    log.close().await;
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
        "    {} messages, {} MB of views and changes",
        payloads.len(),
        bytes >> 20
    ));
    let raw = Raw::connect(nats.url()).await.ok()?;
    raw.stream("RAWVIEWS").await.ok()?;
    raw.publish("RAWVIEWS", &payloads, 64).await.ok()
}

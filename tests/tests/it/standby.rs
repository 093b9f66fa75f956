//! A projector that stands by takes over when the process that publishes is killed.

use crate::crash::{caught_up, serve};
use crate::helpers::{eventually, ready, stdout};
use crate::log_fold::{Log, Published, assert_views, projection};
use crate::switch::preload;
use detente_jetstream::{Connection, stream_info};
use detente_testkit::nats;
use detente_tests::product::{free_address, run};
use detente_tests::sample;
use std::time::{Duration, Instant};

/// The longest time from a kill to the first message of the projector that takes over.
const TAKEOVER: Duration = Duration::from_secs(2);

/// Returns true if the projector with that address publishes.
async fn leads(address: &str) -> bool {
    let metrics = reqwest::get(format!("http://{address}/metrics")).await;
    let Ok(metrics) = metrics else { return false };
    let text = metrics.text().await.unwrap_or_default();
    text.lines().any(|line| line == "detente_projector_leads 1")
}

/// Returns the end of the feed.
async fn head(connection: &Connection) -> u64 {
    let head = stream_info::head(connection, &projection().stream()).await;
    head.unwrap_or(0)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stand_by_takes_over_within_two_seconds_of_a_kill() {
    let directory = tempfile::tempdir().unwrap();
    let nats = nats::start(directory.path().join("nats")).await;
    let ingest_at = free_address();
    let _ingest = serve("ingest", nats.url(), &ingest_at);
    ready(&format!("http://{ingest_at}")).await;
    preload(&ingest_at, 500).await;
    let connection = nats::connect(&nats, "test").await;
    let addresses = [free_address(), free_address()];
    let start = |address: &String| serve("projector", nats.url(), address);
    let mut projectors = addresses.each_ref().map(start);
    let client = reqwest::Client::new();
    let mut number = 9_000_000;
    for _ in 0..3 {
        for address in &addresses {
            ready(&format!("http://{address}")).await;
        }
        eventually("one publishes", async || {
            leads(&addresses[0]).await != leads(&addresses[1]).await
        })
        .await;
        let leader = usize::from(leads(&addresses[1]).await);
        let before = head(&connection).await;
        projectors[leader].kill();
        let killed = Instant::now();
        number += 1;
        let body = sample::rows(number, 20).unwrap();
        number += 20;
        let request = client.post(format!("http://{ingest_at}/v1/events"));
        let request = request.header("content-type", "application/x-ndjson");
        assert!(
            request
                .body(body)
                .send()
                .await
                .unwrap()
                .status()
                .is_success()
        );
        eventually("the other one publishes", async || {
            head(&connection).await > before
        })
        .await;
        let waited = killed.elapsed();
        assert!(waited < TAKEOVER, "{waited:?}");
        assert!(!projectors[1 - leader].has_ended());
        projectors[leader] = start(&addresses[leader]);
    }
    caught_up(&connection, &projection()).await;
    let (mut chronicle, expected) = Log::read(&connection).await.fold();
    Published::read(&connection).await.assert_feed(&expected);
    assert_views(&connection, &projection(), &mut chronicle).await;
    stdout(&run(&["verify", "--nats", nats.url()]));
    nats.stop().await;
}

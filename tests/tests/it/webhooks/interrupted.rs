//! Failures at random moments under load: the receiver closes connections, hangs and answers 500,
//! and query services are killed. At the end the receiver has the changes of the feed, once by id,
//! in order for each relation.

use super::call;
use super::receiver::{Behavior, Delivery, Receiver};
use crate::crash::{Load, Services, caught_up, reporter};
use crate::helpers::{eventually, pages_of, ready, text};
use crate::log_fold::projection;
use detente_testkit::nats;
use detente_tests::product::{Process, TIMEOUT, free_address};
use detente_tests::random::Random;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// The least number of failed deliveries.
const FAILURES: usize = 220;
/// Kills of a query service, of both in turn.
const KILLS: usize = 6;
/// The most failures of one delivery: the wait grows fourfold each time.
const FAILURES_MAX: usize = 2;

/// Accepts two thirds, and fails the others in one way or another.
fn random_failures() -> impl Fn(&Delivery, &[Delivery]) -> Behavior {
    let random = Random::new(1);
    move |delivery, before| {
        let draw = random.below(12);
        let failed = |earlier: &&Delivery| {
            earlier.id() == delivery.id() && earlier.behavior != Behavior::Accept
        };
        if before.iter().rev().filter(failed).count() >= FAILURES_MAX {
            return Behavior::Accept;
        }
        match draw {
            0 => Behavior::Cut,
            1 => Behavior::AcceptAndCut,
            2 => Behavior::Answer(500),
            3 => Behavior::Hang(Duration::from_millis(200)),
            _ => Behavior::Accept,
        }
    }
}

fn query(nats: &str, address: &str) -> Process {
    let allow = "--webhooks-allow-private";
    Process::start(&["serve", "query", "--nats", nats, "--http", address, allow])
}

fn by_relation<'f>(frames: impl Iterator<Item = &'f Value>) -> BTreeMap<String, Vec<&'f Value>> {
    let mut relations: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
    for frame in frames {
        let of_relation = relations.entry(text(&frame["relation"])).or_default();
        of_relation.push(frame);
    }
    relations
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn failures_lose_no_change_and_deliver_none_twice_or_out_of_order() {
    let directory = tempfile::tempdir().unwrap();
    let nats = nats::start(directory.path().join("nats")).await;
    let (ingest, addresses) = (free_address(), [free_address(), free_address()]);
    let _services = Services::start(nats.url(), &ingest);
    let mut queries = addresses.clone().map(|address| query(nats.url(), &address));
    for address in &addresses {
        ready(&format!("http://{address}")).await;
    }
    let receiver = Receiver::start(random_failures()).await;
    let body = json!({"id": "desk", "url": receiver.url, "from": "start"});
    let http = format!("http://{}", addresses[0]);
    let made = call(&http, Method::POST, "", Some(body)).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let secret = text(&made.body["secret"]);

    let load = Arc::new(Load::default());
    let reporter = tokio::spawn(reporter(Arc::clone(&load), vec![ingest]));
    for kill in 0..KILLS {
        let until = Instant::now() + TIMEOUT;
        let wanted = FAILURES * (kill + 1) / KILLS;
        while receiver.failures() < wanted {
            assert!(Instant::now() < until, "{} failures", receiver.failures());
            tokio::task::yield_now().await;
        }
        let which = kill % 2;
        queries[which].kill();
        queries[which] = query(nats.url(), &addresses[which]);
    }
    load.stop.store(true, Ordering::Relaxed);
    reporter.await.unwrap();
    let connection = nats::connect(&nats, "test").await;
    caught_up(&connection, &projection()).await;
    ready(&http).await;

    let feed = pages_of(&http, 1_000).await;
    eventually("all is delivered", async || {
        receiver.accepted().len() >= feed.len()
    })
    .await;
    let accepted = receiver.accepted();
    assert!(
        receiver.failures() >= FAILURES,
        "{} failures",
        receiver.failures()
    );
    assert_eq!(accepted.len(), feed.len(), "each change once by id");
    assert!(
        accepted
            .iter()
            .all(|delivery| delivery.is_signed_with(&secret))
    );
    let delivered = by_relation(accepted.iter().map(Delivery::frame));
    assert_eq!(delivered, by_relation(feed.iter()));
    nats.stop().await;
}

//! Cuts at random moments, under load: the receiver drops connections, hangs and answers 500, and
//! query services are killed. In the end it has the changes of the feed, once by id, in order for
//! each relation.

use super::ask;
use super::receiver::{Delivery, Manner, Receiver};
use crate::ask::{eventually, text};
use crate::crash::{Load, caught_up, reporter, serve};
use crate::oracle::projection;
use detente_jetstream::{inspect, topology};
use detente_tests::product::{PATIENCE, Process, free_address};
use detente_tests::server;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Cuts, at least.
const CUTS: usize = 220;
/// Kills of a query service, by turns of both.
const KILLS: usize = 6;
/// The receiver is bad to one delivery so often at most: each time the wait is four times longer.
const BAD_MAX: usize = 2;

/// Two thirds are taken; the others are cut in one way or another.
fn lots() -> impl Fn(&Delivery, &[Delivery]) -> Manner {
    let state = AtomicU64::new(0x9e37_79b9_7f4a_7c15);
    move |one, before| {
        let drawn = state.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        let mixed = (drawn ^ (drawn >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let bad = |earlier: &&Delivery| earlier.id() == one.id() && earlier.manner != Manner::Take;
        if before.iter().rev().filter(bad).count() >= BAD_MAX {
            return Manner::Take;
        }
        match (mixed >> 33) % 12 {
            0 => Manner::Cut,
            1 => Manner::TakeAndCut,
            2 => Manner::Answer(500),
            3 => Manner::Hang(Duration::from_millis(200)),
            _ => Manner::Take,
        }
    }
}

fn query(nats: &str, address: &str) -> Process {
    let allow = "--webhooks-allow-private";
    Process::start(&["serve", "query", "--nats", nats, "--http", address, allow])
}

async fn ready(address: &str) {
    eventually("the query service is ready", async || {
        let ready = Client::new().get(format!("http://{address}/readyz"));
        let ready = ready.timeout(PATIENCE).send().await;
        ready.is_ok_and(|answer| answer.status().is_success())
    })
    .await;
}

async fn whole_feed(http: &str) -> Vec<Value> {
    let (mut frames, mut from) = (Vec::new(), "start".to_owned());
    loop {
        let url = format!("{http}/v1/changes?limit=1000&from={from}");
        let page: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
        let items = page["items"].as_array().unwrap();
        if items.is_empty() {
            return frames;
        }
        frames.extend(items.iter().cloned());
        from = text(&page["next"]);
    }
}

fn by_relation<'f>(frames: impl Iterator<Item = &'f Value>) -> BTreeMap<String, Vec<&'f Value>> {
    let mut relations: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
    for frame in frames {
        relations
            .entry(text(&frame["relation"]))
            .or_default()
            .push(frame);
    }
    relations
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cuts_lose_no_change_and_tell_none_twice_or_out_of_order() {
    let directory = tempfile::tempdir().unwrap();
    let nats = server::start(directory.path().join("nats")).await;
    let (ingest, addresses) = (free_address(), [free_address(), free_address()]);
    let _ingest = serve("ingest", nats.url(), &ingest);
    let _projector = serve("projector", nats.url(), "127.0.0.1:0");
    let mut queries = addresses.clone().map(|address| query(nats.url(), &address));
    for address in &addresses {
        ready(address).await;
    }
    let receiver = Receiver::start(lots()).await;
    let body = json!({"id": "desk", "url": receiver.url, "from": "start"});
    let http = format!("http://{}", addresses[0]);
    let made = ask(&http, Method::POST, "", Some(body)).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let secret = text(&made.body["secret"]);

    let load = Arc::new(Load::default());
    let reporter = tokio::spawn(reporter(Arc::clone(&load), ingest));
    let until = Instant::now() + PATIENCE;
    for kill in 0..KILLS {
        let wanted = CUTS * (kill + 1) / KILLS;
        while receiver.cuts() < wanted {
            assert!(Instant::now() < until, "{} cuts", receiver.cuts());
            tokio::task::yield_now().await;
        }
        let which = kill % 2;
        queries[which].kill();
        queries[which] = query(nats.url(), &addresses[which]);
    }
    load.stop.store(true, Ordering::Relaxed);
    reporter.await.unwrap();
    let connection = server::connect(&nats, "test").await;
    let head = inspect::head(&connection, topology::EVENTS).await.unwrap();
    caught_up(&connection, &projection(), head).await;
    ready(&addresses[0]).await;

    let feed = whole_feed(&http).await;
    eventually("all is delivered", async || {
        receiver.taken().len() >= feed.len()
    })
    .await;
    let taken = receiver.taken();
    assert!(receiver.cuts() >= CUTS, "{} cuts", receiver.cuts());
    assert_eq!(taken.len(), feed.len(), "each change once by id");
    assert!(taken.iter().all(|one| one.is_signed_with(&secret)));
    let seen = by_relation(taken.iter().map(Delivery::frame));
    assert_eq!(seen, by_relation(feed.iter()));
    nats.stop().await;
}

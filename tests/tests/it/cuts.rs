//! Readers of changes who are cut at any byte, two hundred times and more, while reports come in and
//! the server is killed: each ends with the changes of the feed, once, in order. And readers who
//! stop reading, who harm nobody.

pub(crate) mod proxy;
mod raw;
mod stalled;

use crate::ask::eventually;
use crate::crash::{Load, caught_up, reporter, serve};
use crate::oracle::projection;
use crate::switch::gateway;
use detente_client::view::Frame;
use detente_client::{Filter, Place, StreamExt as _, Watched};
use detente_jetstream::{inspect, topology};
use detente_tests::product::{PATIENCE, Process, api, free_address};
use detente_tests::server;
use proxy::{Lots, Proxy};
use reqwest::Client;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// Cuts of each reader, at least.
const CUTS_MIN: u64 = 200;
/// How often the query service is killed meanwhile, at least.
const KILLS_MIN: u64 = 8;
/// The longest pause of a reader, in milliseconds; most are none.
const PAUSE_MS_MAX: u64 = 40;

/// How often a reader looks whether it has come to the end.
const LOOK: Duration = Duration::from_millis(100);

/// The last cursor that a reader waits for, once it is known.
type Until = Arc<OnceLock<String>>;

fn is_reached(until: &Until, cursor: &str) -> bool {
    until.get().is_some_and(|last| last == cursor)
}

pub(crate) async fn ready(http: &str) {
    eventually("the reads", async || {
        let asked = Client::new().get(format!("{http}/readyz")).send();
        asked.await.is_ok_and(|answer| answer.status().is_success())
    })
    .await;
}

/// Watches through the client, and pauses now and then.
async fn watch(http: String, filter: Filter, until: Until, lots: Lots) -> Vec<Frame> {
    let mut watch = api(&http).watch(&filter, Place::Start);
    let mut seen: Vec<Frame> = Vec::new();
    let mut heard = Instant::now();
    while !is_reached(&until, watch.place().as_str()) {
        assert!(heard.elapsed() < PATIENCE, "nothing in time");
        let Ok(next) = tokio::time::timeout(LOOK, watch.next()).await else {
            continue;
        };
        match next.expect("it has no end") {
            Ok(Watched::Changes(frame)) => {
                heard = Instant::now();
                seen.push(frame);
            }
            Ok(Watched::Cut(_)) => {}
            Ok(Watched::Switched(switched)) => panic!("{switched:?}"),
            Err(error) => panic!("{error}"),
        }
        if lots.below(50) == 0 {
            tokio::time::sleep(Duration::from_millis(lots.below(PAUSE_MS_MAX))).await;
        }
    }
    seen
}

/// Kills the query service at any moment, until every reader was cut as often as is wanted.
async fn kill_often(nats: &str, address: &str, proxies: &[Arc<Proxy>], lots: &Lots) -> Process {
    let mut query = serve("query", nats, address);
    let cuts = || {
        proxies
            .iter()
            .map(|proxy| proxy.cuts.load(Ordering::Relaxed))
    };
    let mut kills = 0;
    while kills < KILLS_MIN || cuts().min() < Some(CUTS_MIN) {
        let least = cuts().min().unwrap_or(0);
        let more = least + CUTS_MIN / KILLS_MIN / 2 + lots.below(CUTS_MIN / KILLS_MIN);
        let until = Instant::now() + PATIENCE;
        while cuts().min() < Some(more) {
            assert!(
                Instant::now() < until,
                "{:?} cuts",
                cuts().collect::<Vec<_>>()
            );
            tokio::time::sleep(Duration::from_millis(1 + lots.below(20))).await;
        }
        query.kill();
        query = serve("query", nats, address);
        kills += 1;
    }
    query
}

/// Every frame that a filter asks for, in pages.
async fn pages(http: &str, filter: &Filter) -> Vec<Frame> {
    let (client, mut from, mut frames) = (api(http), Place::Start, Vec::new());
    loop {
        let page = client.changes(filter, &from, 1_000).await.unwrap();
        let next = Place::After(page.next.unwrap());
        frames.extend(page.items);
        if next == from {
            return frames;
        }
        from = next;
    }
}

#[track_caller]
fn assert_same(seen: &[Frame], whole: &[Frame], who: &str) {
    let cursors = |frames: &[Frame]| -> Vec<String> {
        frames.iter().map(|frame| frame.cursor.clone()).collect()
    };
    assert_eq!(
        cursors(seen),
        cursors(whole),
        "{who}: neither gap nor repeat"
    );
    assert!(seen == whole, "{who}: the same cursors, and other changes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_who_are_cut_two_hundred_times_get_every_change_once_and_in_order() {
    let seed = RandomState::new().hash_one(());
    let directory = tempfile::tempdir().unwrap();
    let nats = server::start(directory.path().join("nats")).await;
    let url = nats.url().to_owned();
    let [ingest_at, query_at] = [free_address(), free_address()];
    let _ingest = serve("ingest", &url, &ingest_at);
    let _projector = serve("projector", &url, "127.0.0.1:0");
    gateway(&ingest_at).await;
    let load = Arc::new(Load::default());
    let reporting = tokio::spawn(reporter(Arc::clone(&load), ingest_at.clone()));

    let ends: [Until; 3] = std::array::from_fn(|_| Until::default());
    let some = Filter::all().dimension("political").occasion("happened");
    let [one, two, three] = [(6_000, 1), (1_500, 2), (6_000, 3)]
        .map(|(bytes_max, lot)| Proxy::before(query_at.clone(), bytes_max, seed ^ lot));
    let proxies = [one.await, two.await, three.await];
    let https = proxies.each_ref().map(|proxy| proxy.http.clone());
    let [all, filtered, raw] = https;
    let lots = |lot| Lots::new(seed.rotate_left(lot));
    let all = watch(all, Filter::all(), Arc::clone(&ends[0]), lots(7));
    let filtered = watch(filtered, some.clone(), Arc::clone(&ends[1]), lots(9));
    let raw = raw::read(raw, Arc::clone(&ends[2]));
    let readers = [tokio::spawn(all), tokio::spawn(filtered), tokio::spawn(raw)];

    let _query = kill_often(&url, &query_at, &proxies, &lots(11)).await;
    load.stop.store(true, Ordering::Relaxed);
    reporting.await.unwrap();
    for proxy in &proxies {
        proxy.calm();
    }
    let connection = server::connect(&nats, "test").await;
    let head = inspect::head(&connection, topology::EVENTS).await.unwrap();
    caught_up(&connection, &projection(), head).await;
    let http = format!("http://{query_at}");
    ready(&http).await;
    let whole = pages(&http, &Filter::all()).await;
    assert!(whole.len() > 500, "{} frames, seed {seed}", whole.len());
    let wanted = [whole.clone(), pages(&http, &some).await, whole];
    for (end, whole) in ends.iter().zip(&wanted) {
        end.set(whole.last().unwrap().cursor.clone()).unwrap();
    }
    for ((reader, whole), who) in readers.into_iter().zip(wanted).zip(["all", "some", "raw"]) {
        let seen = reader
            .await
            .unwrap_or_else(|error| panic!("{who}: {error}, seed {seed}"));
        assert_same(&seen, &whole, &format!("{who}, seed {seed}"));
    }
    nats.stop().await;
}

//! Subscribers that are cut at any byte, two hundred times and more, while reports come in and the
//! server is killed: each gets the changes of the feed once and in order. Subscribers that stop
//! reading do not affect others.

pub(crate) mod browser;
mod plain_http;
pub(crate) mod proxy;
mod stalled;

use crate::crash::{Load, Services, caught_up, reporter, serve};
use crate::helpers::{assert_same_frames, ready};
use crate::log_fold::projection;
use detente_client::request::FilterRequest;
use detente_client::view::Frame;
use detente_client::{Place, StreamExt as _, WatchEvent};
use detente_testkit::nats;
use detente_tests::product::{Process, TIMEOUT, api, free_address};
use detente_tests::random::Random;
use proxy::Proxy;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// The least number of cuts of each subscriber.
const CUTS_MIN: u64 = 200;
/// The least number of kills of the query service meanwhile.
const KILLS_MIN: u64 = 8;
/// The longest pause of a subscriber, in milliseconds; pauses are rare.
const PAUSE_MS_MAX: u64 = 40;

/// The interval at which a subscriber checks for the end.
const POLL_EVERY: Duration = Duration::from_millis(100);

/// The cursor of the last frame, once it is known.
type LastCursor = Arc<OnceLock<String>>;

fn is_last(last: &LastCursor, cursor: &str) -> bool {
    last.get().is_some_and(|last| last == cursor)
}

fn cursor(frame: &Frame) -> String {
    frame.cursor.clone()
}

/// Watches through the client, with random pauses.
async fn watch(
    http: String,
    filter: FilterRequest,
    last: LastCursor,
    random: Random,
) -> Vec<Frame> {
    let mut watch = api(&http).watch(&filter, Place::Start);
    let mut received: Vec<Frame> = Vec::new();
    let mut received_at = Instant::now();
    while !is_last(&last, watch.place().as_str()) {
        assert!(received_at.elapsed() < TIMEOUT, "nothing in time");
        let Ok(next) = tokio::time::timeout(POLL_EVERY, watch.next()).await else {
            continue;
        };
        match next.expect("the watch has no end") {
            Ok(WatchEvent::Changes(frame)) => {
                received_at = Instant::now();
                received.push(frame);
            }
            Ok(WatchEvent::Disconnected(_)) => {}
            Ok(WatchEvent::Switched(switched)) => panic!("{switched:?}"),
            Ok(WatchEvent::Lost(lost)) => panic!("{lost:?}"),
            Err(error) => panic!("{error}"),
        }
        if random.below(50) == 0 {
            tokio::time::sleep(Duration::from_millis(random.below(PAUSE_MS_MAX))).await;
        }
    }
    received
}

/// Kills the query service at random moments until every subscriber was cut often enough.
async fn kill_often(nats: &str, address: &str, proxies: &[Arc<Proxy>], random: &Random) -> Process {
    let mut query = serve("query", nats, address);
    let cuts = || {
        proxies
            .iter()
            .map(|proxy| proxy.cuts.load(Ordering::Relaxed))
    };
    let mut kills = 0;
    while kills < KILLS_MIN || cuts().min() < Some(CUTS_MIN) {
        let least = cuts().min().unwrap_or(0);
        let more = least + CUTS_MIN / KILLS_MIN / 2 + random.below(CUTS_MIN / KILLS_MIN);
        let until = Instant::now() + TIMEOUT;
        while cuts().min() < Some(more) {
            assert!(
                Instant::now() < until,
                "{:?} cuts",
                cuts().collect::<Vec<_>>()
            );
            tokio::time::sleep(Duration::from_millis(1 + random.below(20))).await;
        }
        query.kill();
        query = serve("query", nats, address);
        kills += 1;
    }
    query
}

/// Reads every frame that matches a filter, in pages.
async fn pages(http: &str, filter: &FilterRequest) -> Vec<Frame> {
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn subscribers_that_are_cut_two_hundred_times_get_every_change_once_and_in_order() {
    let seed = RandomState::new().hash_one(());
    let directory = tempfile::tempdir().unwrap();
    let nats = nats::start(directory.path().join("nats")).await;
    let url = nats.url().to_owned();
    let [ingest_at, query_at] = [free_address(), free_address()];
    let _services = Services::start_ready(&url, &ingest_at).await;
    let load = Arc::new(Load::default());
    let reporting = tokio::spawn(reporter(Arc::clone(&load), vec![ingest_at.clone()]));

    let last: [LastCursor; 3] = std::array::from_fn(|_| LastCursor::default());
    let filter = FilterRequest {
        dimension: vec!["political".to_owned()],
        occasion: vec!["happened".to_owned()],
        ..FilterRequest::default()
    };
    let mut proxies = Vec::new();
    for (bytes_max, salt) in [(8_000, 1), (2_200, 2), (8_000, 3)] {
        proxies.push(Proxy::before(query_at.clone(), bytes_max, seed ^ salt).await);
    }
    let http_of = |place: usize| proxies[place].http.clone();
    let random = |salt| Random::new(seed.rotate_left(salt));
    let no_filter = FilterRequest::default();
    let all = watch(http_of(0), no_filter, Arc::clone(&last[0]), random(7));
    let filtered = watch(http_of(1), filter.clone(), Arc::clone(&last[1]), random(9));
    let plain = plain_http::read(http_of(2), Arc::clone(&last[2]));
    let readers = [
        tokio::spawn(all),
        tokio::spawn(filtered),
        tokio::spawn(plain),
    ];

    let _query = kill_often(&url, &query_at, &proxies, &random(11)).await;
    load.stop.store(true, Ordering::Relaxed);
    reporting.await.unwrap();
    for proxy in &proxies {
        proxy.stop_cutting();
    }
    let connection = nats::connect(&nats, "test").await;
    caught_up(&connection, &projection()).await;
    let http = format!("http://{query_at}");
    ready(&http).await;
    let whole = pages(&http, &FilterRequest::default()).await;
    assert!(whole.len() > 500, "{} frames, seed {seed}", whole.len());
    let expected = [whole.clone(), pages(&http, &filter).await, whole];
    for (last, expected) in last.iter().zip(&expected) {
        last.set(cursor(expected.last().unwrap())).unwrap();
    }
    let names = ["all", "filtered", "plain"];
    for ((reader, expected), name) in readers.into_iter().zip(expected).zip(names) {
        let case = format!("{name}, seed {seed}");
        let received = reader.await;
        let received = received.unwrap_or_else(|error| panic!("{case}: {error}"));
        assert_same_frames(&received, &expected, cursor, &case);
    }
    nats.stop().await;
}

//! A switch under load: reports, polling readers, subscribers, kills of the projector. No read
//! fails, no change is lost, and the result equals a fold of the log.

use super::{active, assert_equals_a_fold, in_force, other_rulebook, preload, rulebook_command};
use crate::crash::{Load, caught_up, progress, reporter, serve};
use crate::helpers::{Feed, eventually, ready, text};
use crate::log_fold::{projection, read_all};
use detente_jetstream::kv::KvBucket;
use detente_jetstream::reader::Options;
use detente_jetstream::topology::{Bucket, Projection};
use detente_jetstream::views::ViewBucket;
use detente_jetstream::{Connection, stream_info};
use detente_rulebook::DEFAULT;
use detente_testkit::nats;
use detente_tests::product::free_address;
use reqwest::Client;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Events before the switch, so that building takes a while.
const BEFORE: u64 = 1_500;

/// The state of readers that poll.
#[derive(Default)]
struct Polling {
    stop: AtomicBool,
    reads: AtomicU64,
}

/// Reads over HTTP until stopped; no answer fails or has an earlier position than the last.
async fn poll_http(http: String, polling: Arc<Polling>) {
    let client = Client::new();
    let mut known = 0;
    while !polling.stop.load(Ordering::Relaxed) {
        for path in [
            "/v1/relations/AFG/TJK",
            "/v1/countries/AFG",
            "/v1/events?limit=2",
        ] {
            let url = if path.contains('?') || known == 0 {
                format!("{http}{path}")
            } else {
                // The next read can ask for the position of this answer.
                format!("{http}{path}?min_position={known}&known_at={known}")
            };
            let answer = client.get(&url).send().await.unwrap();
            let status = answer.status().as_u16();
            let tag = answer.headers().get("etag").cloned();
            let body: Value = answer.json().await.unwrap();
            assert_eq!(status, 200, "{url}: {body}");
            if let (Some(tag), Some(projection)) = (tag, body["projection"].as_str()) {
                assert!(tag.to_str().unwrap().contains(projection), "{tag:?} {body}");
            }
        }
        let relation = client.get(format!("{http}/v1/relations/AFG/TJK"));
        let body: Value = relation.send().await.unwrap().json().await.unwrap();
        let now = body["known_at"].as_u64().unwrap();
        assert!(now + 64 >= known, "{now} after {known}");
        known = now;
        polling.reads.fetch_add(1, Ordering::Relaxed);
    }
}

/// Gets keys of the bucket until stopped; none is missing, and no position decreases.
async fn poll_bucket(nats: String, polling: Arc<Polling>) {
    let client = detente_tests::nats::connect(&nats).await.unwrap();
    let js = async_nats::jetstream::new(client);
    let bucket = js.get_key_value("relations").await.unwrap();
    let keys: Vec<String> = {
        use futures_util::TryStreamExt as _;
        let keys = bucket.keys().await.unwrap();
        keys.try_collect().await.unwrap()
    };
    assert!(keys.len() > 100, "{} keys", keys.len());
    let mut positions: BTreeMap<&str, u64> = BTreeMap::new();
    while !polling.stop.load(Ordering::Relaxed) {
        for key in keys.iter().step_by(7) {
            let entry = bucket.get(key.as_str()).await.unwrap();
            let entry = entry.unwrap_or_else(|| panic!("{key} is missing"));
            let view: Value = serde_json::from_slice(&entry).unwrap();
            let conducts = view["conducts"].as_array().unwrap();
            assert_eq!(conducts[0]["projection"], conducts[1]["projection"]);
            let position = view["position"].as_u64().unwrap();
            let before = positions.insert(key, position).unwrap_or(0);
            assert!(position >= before, "{key}: {position} after {before}");
        }
        polling.reads.fetch_add(1, Ordering::Relaxed);
    }
}

/// The frames of a subscriber by projection, and the switches that it followed.
#[derive(Default)]
pub(crate) struct Received {
    pub(crate) frames: Vec<(String, Value)>,
    pub(crate) switches: Vec<Value>,
}

/// Subscribes from the start, and follows every switch.
pub(crate) async fn subscribe(http: String, switches: usize, until: u64) -> Received {
    let mut received = Received::default();
    let mut feed = Feed::open(&http, None).await;
    loop {
        let sent = feed.next().await;
        match sent.event.as_str() {
            "changes" => {
                let id = sent.id.split('-').next().unwrap().to_owned();
                let position = sent.data["position"].as_u64().unwrap();
                received.frames.push((id, sent.data));
                if received.switches.len() == switches && position >= until {
                    return received;
                }
            }
            "switched" => {
                assert_eq!(text(&sent.data["cursor"]), sent.id);
                feed = Feed::open(&http, Some(&sent.id)).await;
                received.switches.push(sent.data);
                if received.switches.len() == switches && until == 0 {
                    return received;
                }
            }
            other => assert_eq!(other, "heartbeat"),
        }
    }
}

/// Checks that a subscriber got every frame of the one feed up to the switch, and of the other
/// from the cursor of the switch.
async fn assert_nothing_missed(
    connection: &Connection,
    received: &Received,
    feeds: [&Projection; 2],
) {
    let sequence = |cursor: &Value| -> u64 {
        let (_, sequence) = cursor.as_str().unwrap().rsplit_once('-').unwrap();
        sequence.parse().unwrap()
    };
    let begins = [0, sequence(&received.switches[0]["cursor"])];
    for (feed, begin) in feeds.into_iter().zip(begins) {
        let own = received.frames.iter().filter(|(of, _)| of == feed.as_str());
        let sequences: Vec<u64> = own.map(|(_, frame)| sequence(&frame["cursor"])).collect();
        let Some(last) = sequences.last() else {
            continue;
        };
        let all = read_all(connection, &feed.stream(), Options::changes()).await;
        let wanted: Vec<u64> = (begin + 1..=*last.min(&(all.len() as u64))).collect();
        assert_eq!(sequences, wanted, "{feed} from {begin}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_switch_under_load_fails_no_read_and_loses_no_change() {
    let directory = tempfile::tempdir().unwrap();
    let nats = nats::start(directory.path().join("nats")).await;
    let url = nats.url().to_owned();
    let [ingest_at, query_at] = [free_address(), free_address()];
    let _ingest = serve("ingest", &url, &ingest_at);
    let mut projector = serve("projector", &url, "127.0.0.1:0");
    let _query = serve("query", &url, &query_at);
    let http = format!("http://{query_at}");
    let connection = nats::connect(&nats, "test").await;
    ready(&format!("http://{ingest_at}")).await;
    preload(&ingest_at, BEFORE).await;
    caught_up(&connection, &projection()).await;
    ready(&http).await;
    let control = KvBucket::open(&connection, Bucket::Control).await.unwrap();

    let load = Arc::new(Load::default());
    let polling = Arc::new(Polling::default());
    let reporters: Vec<_> = (0..3)
        .map(|_| tokio::spawn(reporter(Arc::clone(&load), vec![ingest_at.clone()])))
        .collect();
    let bucket = ViewBucket::new(&connection);
    eventually("views of more than 100 relations", async || {
        let heads = bucket.heads().await;
        heads.is_ok_and(|heads| heads.len() > 100)
    })
    .await;
    let pollers = [
        tokio::spawn(poll_http(http.clone(), Arc::clone(&polling))),
        tokio::spawn(poll_bucket(url.clone(), Arc::clone(&polling))),
    ];
    let watching = tokio::spawn(subscribe(http.clone(), 2, 0));
    progress(&load).await;

    // The projector is killed twice: as soon as it has begun, and once more.
    let (toml, file, next) = other_rulebook(directory.path());
    rulebook_command(&url, &["adopt", &file, "--no-wait"]);
    for _ in 0..2 {
        eventually("it has begun", async || {
            stream_info::head(&connection, &next.stream()).await.is_ok()
        })
        .await;
        projector.kill();
        assert_eq!(
            active(&control).await,
            Some(projection()),
            "the old one serves"
        );
        projector = serve("projector", &url, "127.0.0.1:0");
    }
    in_force(&control, &next).await;
    eventually("the answers switch", async || {
        let view = Client::new()
            .get(format!("{http}/v1/rulebook"))
            .send()
            .await;
        let view: Value = view.unwrap().json().await.unwrap();
        view["projection"] == next.as_str() && view["candidate"] == Value::Null
    })
    .await;
    progress(&load).await;
    load.stop.store(true, Ordering::Relaxed);
    for reporter in reporters {
        reporter.await.unwrap();
    }
    assert_equals_a_fold(&connection, &toml, &next).await;

    // Switches back, while readers poll: the old feed was kept up to date.
    let listed = rulebook_command(&url, &["back"]);
    assert_eq!(listed["active"], projection().as_str());
    assert_eq!(listed["previous"], next.as_str());
    assert_equals_a_fold(&connection, DEFAULT, &projection()).await;

    polling.stop.store(true, Ordering::Relaxed);
    for poller in pollers {
        poller.await.unwrap();
    }
    assert!(polling.reads.load(Ordering::Relaxed) > 10);
    assert!(!projector.has_ended());
    assert_nothing_missed(
        &connection,
        &watching.await.unwrap(),
        [&projection(), &next],
    )
    .await;
    nats.stop().await;
}

//! A damaged change feed: readers are told where it lacks changes, and go on; a projector that
//! refuses it does not end the reads.

use crate::foreign_messages::readiness;
use crate::grpc::refusal_of;
use crate::helpers::{Answer, Feed, answer, event, eventually, get, ready, reported, stderr, text};
use crate::http::get_at;
use crate::log_fold::projection;
use crate::rebuild::{damage, rebuild, rebuilt};
use crate::stream_copy::StreamCopy;
use detente_api::proto::{self, watch_response::Event};
use detente_client::request::{FilterRequest, ReplayClock, ReplayRequest};
use detente_client::{Place, ReplayEvent, StreamExt as _, WatchEvent};
use detente_grpc::proto::change_service_client::ChangeServiceClient;
use detente_jetstream::{Connection, connect};
use detente_tests::product::{Process, Product, TIMEOUT, api, free_address, run};
use serde_json::Value;
use tonic::transport::Endpoint;

async fn page(http: &str, from: &str) -> Answer {
    let url = format!("{http}/v1/changes?limit=3&from={from}");
    answer(reqwest::Client::new().get(url)).await
}

/// Reads the whole feed in pages, and goes on where a refusal says. Returns the sequences of the
/// frames, and the refusals.
async fn read_on(http: &str) -> (Vec<u64>, Vec<Value>) {
    let (mut sequences, mut refusals, mut from) = (Vec::new(), Vec::new(), "start".to_owned());
    loop {
        let page = page(http, &from).await;
        if page.status == 410 {
            let refusal = page.body["refusals"][0].clone();
            assert_eq!(refusal["given"], *from, "{refusal}");
            from = text(&refusal["allowed"][0]);
            refusals.push(refusal);
            continue;
        }
        let items = page.body["items"].as_array().unwrap();
        if items.is_empty() {
            return (sequences, refusals);
        }
        sequences.extend(items.iter().map(|item| sequence(&text(&item["cursor"]))));
        from = text(&page.body["next"]);
    }
}

fn sequence(cursor: &str) -> u64 {
    cursor.rsplit_once('-').unwrap().1.parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hole_is_told_over_every_interface_with_where_to_resume() {
    let product = Product::temporary(&["--demo"]);
    let head = sequence(&text(&get(&product, "/readyz").await["cursor"]));
    let copy = StreamCopy::copy(&product, &projection()).await;
    for lost in [5, 6, 20] {
        copy.delete(&projection().stream(), lost).await;
    }
    let left: Vec<u64> = (1..=head).filter(|at| ![5, 6, 20].contains(at)).collect();
    let [at, calls] = [free_address(), free_address()];
    let arguments = ["--nats", copy.server.url(), "--http", &at, "--grpc", &calls];
    let query = Process::start(&[&["serve", "query"][..], &arguments].concat());
    let http = format!("http://{at}");
    ready(&http).await;

    let (sequences, refusals) = read_on(&http).await;
    assert_eq!(sequences, left);
    assert_eq!(refusals.len(), 2);
    assert_eq!(refusals[0]["code"], "lost_changes");
    assert_eq!(sequence(&text(&refusals[0]["allowed"][0])), 6);

    // Server-sent events go on by themselves, and a client resumes after the hole.
    let mut feed = Feed::open(&http, None).await;
    let (mut sequences, mut lost) = (Vec::new(), Vec::new());
    while sequences.len() < left.len() {
        let sent = feed.next().await;
        match sent.event.as_str() {
            "changes" => sequences.push(sequence(&sent.id)),
            "lost" => lost.push(sent),
            _ => {}
        }
    }
    assert_eq!(sequences, left);
    let places: Vec<u64> = lost.iter().map(|lost| sequence(&lost.id)).collect();
    assert_eq!(places, [6, 20]);
    assert_eq!(text(&lost[0].data["cursor"]), lost[0].id);
    assert!(text(&lost[0].data["message"]).contains("`detente rebuild`"));
    let mut watch = api(&http).watch(&FilterRequest::default(), Place::Start);
    let mut watched = Vec::new();
    while watched.len() < left.len() + 2 {
        match tokio::time::timeout(TIMEOUT, watch.next()).await.unwrap() {
            Some(Ok(WatchEvent::Changes(frame))) => watched.push(sequence(&frame.cursor)),
            Some(Ok(WatchEvent::Lost(lost))) => watched.push(sequence(&lost.cursor)),
            other => panic!("{other:?}"),
        }
    }
    let mut all = left.clone();
    all.extend([6, 20]);
    all.sort_unstable();
    assert_eq!(watched, all);

    let by_known = ReplayRequest {
        clock: Some(ReplayClock::Known),
        ..ReplayRequest::default()
    };
    let replayed = api(&http).replay(&by_known).map(|event| match event {
        Ok(ReplayEvent::Changes(replayed)) => sequence(&replayed.frame.cursor),
        Ok(ReplayEvent::Lost(lost)) => sequence(&lost.cursor),
        Err(error) => panic!("{error}"),
    });
    let replayed = tokio::time::timeout(TIMEOUT, replayed.collect::<Vec<_>>());
    assert_eq!(replayed.await.unwrap(), all);
    let replayed = run(&["replay", "--clock", "known", "--server", &http]);
    assert_eq!(stderr(&replayed).matches("`detente rebuild`").count(), 2);

    assert_eq!(watched_over_grpc(&calls).await, (left.clone(), 2));

    let atom = get_at(&http, "/v1/relations/TJK/AFG/changes.atom")
        .send()
        .await
        .unwrap();
    assert_eq!(atom.status(), 200);
    let health = get_at(&http, "/readyz").send().await.unwrap();
    assert_eq!(health.status(), 200);
    let health: Value = serde_json::from_slice(&health.bytes().await.unwrap()).unwrap();
    let named = text(&health["damaged_feed"]);
    assert!(
        named.contains("lacks 3 messages; `detente rebuild`"),
        "{health}"
    );
    drop(query);
}

/// Watches over gRPC from the start, and resumes after each loss. Returns the sequences of the
/// frames, and the number of losses.
async fn watched_over_grpc(address: &str) -> (Vec<u64>, usize) {
    let channel = Endpoint::from_shared(format!("http://{address}")).unwrap();
    let mut client = ChangeServiceClient::new(channel.connect().await.unwrap());
    let (mut sequences, mut losses, mut from) = (Vec::new(), 0, "start".to_owned());
    loop {
        let wanted = None;
        let answer = client
            .watch(proto::WatchRequest { from, wanted })
            .await
            .unwrap();
        let mut stream = answer.into_inner();
        let status = loop {
            match tokio::time::timeout(TIMEOUT, stream.message())
                .await
                .unwrap()
            {
                Ok(Some(message)) => match message.event.unwrap() {
                    Event::Frame(frame) => sequences.push(sequence(&frame.cursor)),
                    Event::Heartbeat(heartbeat) if heartbeat.cursor == heartbeat.head => {
                        return (sequences, losses);
                    }
                    Event::Heartbeat(_) => {}
                    Event::Switched(switched) => panic!("{switched:?}"),
                },
                Ok(None) => panic!("it ended well"),
                Err(status) => break status,
            }
        };
        assert_eq!(status.code(), tonic::Code::DataLoss, "{status:?}");
        let (reason, refusal) = refusal_of(&status);
        assert_eq!(reason, "lost_changes");
        losses += 1;
        from = refusal.allowed[0].clone();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reads_go_on_while_the_projector_refuses_its_feed_until_that_is_rebuilt() {
    let mut product = Product::temporary(&["--demo"]);
    // A projector that fails before it has caught up ends the process.
    ready(&product.http).await;
    let options = connect::Options::new(&product.nats, "test");
    damage(&Connection::open(&options).await.unwrap()).await;
    let visit = event("visit.made", &["TJK"], &["AFG"], "2023-05-01");
    let (_, position) = reported(&product, &visit).await;
    eventually("the projector is named", async || {
        let health = readiness(&product).await;
        let failing = health["failing"].as_array().cloned().unwrap_or_default();
        let projector = failing
            .iter()
            .find(|failing| failing["part"] == "projector");
        let reason = projector.map(|failing| text(&failing["reason"]));
        reason.is_some_and(|reason| reason.contains("`detente rebuild`"))
    })
    .await;
    assert!(!product.process.has_ended());
    let path = format!("/v1/relations/TJK/AFG?min_position={position}");
    let after = get(&product, &path).await;
    assert_eq!(after["known_at"], position);

    let output = rebuild(&product.nats, &[]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    eventually("the rebuilt feed is served", async || {
        let health = readiness(&product).await;
        health["ready"] == true && text(&health["cursor"]).starts_with(rebuilt().as_str())
    })
    .await;
    assert!(!product.process.has_ended());
}

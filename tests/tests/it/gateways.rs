//! Two gateways on one log, one of which is paused.

use crate::crash::serve;
use crate::helpers::ready;
use crate::log_fold::Log;
use detente_testkit::nats;
use detente_tests::product::free_address;
use detente_tests::sample;
use serde_json::Value;

/// The reports that are sent twice.
const ROUNDS: u64 = 20;

fn records(log: &Log) -> usize {
    log.commits.iter().map(Vec::len).sum()
}

/// Posts an event. Returns its position.
async fn post(address: String, number: u64) -> u64 {
    let url = format!("http://{address}/v1/events");
    let sent = reqwest::Client::new().post(url).json(&sample::dto(number));
    let answer = sent.send().await.unwrap();
    assert!(answer.status().is_success(), "{answer:?}");
    let answer: Value = answer.json().await.unwrap();
    answer["accepted"][0]["position"].as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_that_is_sent_again_while_its_gateway_is_paused_has_one_position() {
    let directory = tempfile::tempdir().unwrap();
    let nats = nats::start(directory.path().join("nats")).await;
    let addresses = [free_address(), free_address()];
    // They start at once, on an empty log.
    let gateways = addresses
        .each_ref()
        .map(|address| serve("ingest", nats.url(), address));
    for address in &addresses {
        ready(&format!("http://{address}")).await;
    }
    let connection = nats::connect(&nats, "test").await;
    let built_in = records(&Log::read(&connection).await);
    for number in 0..ROUNDS {
        let first = tokio::spawn(post(addresses[0].clone(), number));
        if number % 2 == 0 {
            // It may have sent the record, or not even read the request.
            tokio::task::yield_now().await;
        }
        gateways[0].signal("STOP");
        let again = post(addresses[1].clone(), number).await;
        gateways[0].signal("CONT");
        assert_eq!(nats::in_time(first).await.unwrap(), again);
    }
    let log = Log::read(&connection).await;
    let stored = records(&log) - built_in;
    assert_eq!(stored as u64, ROUNDS, "each is stored once");
    let (chronicle, _) = log.fold();
    let counts = chronicle.counts();
    assert_eq!(
        (counts.clashes, counts.repeats),
        (0, 0),
        "the built-in data too"
    );
}

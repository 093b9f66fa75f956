//! Several gateways on one log: an id has one position, whichever gateway took it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use detente_domain::record::Body;
use detente_ingest::Gateway;
use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::support::{NOON, Nats, Server, event, eventually, in_time, log, reports};

/// The pairs of requests of a test.
const PAIRS: usize = 220;

/// Starts two gateways. Their clocks differ, so that equal records have different bytes.
async fn two(nats: &Nats) -> [Arc<Server>; 2] {
    let start = async |seconds| {
        let (deps, clock) = nats.deps().await;
        clock.store(NOON + seconds, Ordering::SeqCst);
        let server = Nats::serve_with(deps).await;
        eventually("it is ready", async || server.get("/readyz").await.0 == 200).await;
        Arc::new(server)
    };
    [start(0).await, start(7).await]
}

fn id(number: usize) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 | number as u128)
}

/// Posts two bodies at once, one to each gateway.
async fn post(servers: &[Arc<Server>; 2], bodies: [Value; 2]) -> [(u16, Value); 2] {
    let [one, other] = servers;
    let [first, second] = bodies;
    let (one, other) = tokio::join!(one.post_json(&first), other.post_json(&second));
    [one, other]
}

/// Returns the positions at which the log has each id.
async fn positions(server: &Server) -> BTreeMap<Uuid, Vec<u64>> {
    let mut positions: BTreeMap<_, Vec<u64>> = BTreeMap::new();
    for (position, record) in reports(&server.connection).await {
        positions.entry(record.id.0).or_default().push(position);
    }
    positions
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_report_through_two_gateways_at_once_is_stored_once() {
    let nats = Nats::start().await;
    let servers = two(&nats).await;
    let pair = |number| {
        let (servers, event) = (&servers, event(Some(id(number)), 1));
        async move { (id(number), post(servers, [event.clone(), event]).await) }
    };
    let pairs = join_all((0..PAIRS).map(pair));
    let pairs = in_time(pairs).await;
    let stored = positions(&servers[0]).await;
    for (id, answers) in pairs {
        let mut statuses = answers.each_ref().map(|(status, _)| *status);
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 201], "{answers:?}");
        for (status, answer) in answers {
            let accepted = &answer["accepted"][0];
            assert_eq!(
                json!([accepted["position"]]),
                json!(stored[&id]),
                "{answer}"
            );
            assert_eq!(accepted["repeat"], status == 200);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_contents_with_one_id_one_is_accepted_and_the_other_refused() {
    let nats = Nats::start().await;
    let servers = two(&nats).await;
    let pair = |number| {
        let bodies = [1, 2].map(|day| event(Some(id(number)), day));
        let servers = &servers;
        async move { (id(number), post(servers, bodies).await) }
    };
    let pairs = join_all((0..PAIRS).map(pair));
    let pairs = in_time(pairs).await;
    let log = positions(&servers[0]).await;
    for (id, answers) in pairs {
        let mut statuses = answers.each_ref().map(|(status, _)| *status);
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409], "{answers:?}");
        for (status, answer) in answers {
            if status == 201 {
                let position = &answer["accepted"][0]["position"];
                assert_eq!(json!([position]), json!(log[&id]), "{answer}");
            } else {
                assert_eq!(answer["code"], "id_conflict");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_of_batches_that_overlap_are_stored_once_each() {
    let nats = Nats::start().await;
    let servers = two(&nats).await;
    for round in 0..20 {
        let row = |number: usize| event(Some(id(1_000 * round + number)), 1);
        let rows = |from: usize| json!((from..from + 20).map(row).collect::<Vec<_>>());
        let bodies = [rows(0), rows(10)];
        let answers = in_time(post(&servers, bodies)).await;
        let mut answered: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        for (_, answer) in &answers {
            assert_eq!(answer["refused"], json!([]));
            for row in answer["accepted"].as_array().expect("rows") {
                let position = row["position"].as_u64().expect("a position");
                let id = row["id"].as_str().expect("an id").to_owned();
                answered.entry(id).or_default().push(position);
            }
        }
        assert_eq!(answered.len(), 30);
        let log = positions(&servers[0]).await;
        for (id, mut answered) in answered {
            answered.dedup();
            let stored = &log[&Uuid::try_parse(&id).expect("an id")];
            assert_eq!(&answered, stored, "{id}");
        }
    }
}

#[tokio::test]
async fn a_gateway_knows_what_another_one_has_stored() {
    let nats = Nats::start().await;
    let servers = two(&nats).await;
    let batch = json!([event(Some(id(1)), 1), event(Some(id(2)), 1)]);
    let (status, answer) = servers[0].post_json(&batch).await;
    assert_eq!(status, 201, "{answer}");
    let position = &answer["accepted"][0]["position"];
    let (status, refused) = servers[1].post_json(&event(Some(id(1)), 5)).await;
    assert_eq!((status, &refused["code"]), (409, &json!("id_conflict")));
    let (status, repeated) = servers[1].post_json(&event(Some(id(2)), 1)).await;
    assert_eq!(
        (status, &repeated["accepted"][0]["position"]),
        (200, position)
    );
    for server in &servers {
        let (status, repeated) = server.post_json(&event(Some(id(1)), 1)).await;
        assert_eq!(
            (status, &repeated["accepted"][0]["position"]),
            (200, position)
        );
    }
    assert_eq!(reports(&servers[0].connection).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_day_has_one_tick_however_many_gateways_start_at_once() {
    let nats = Nats::start().await;
    let stop = CancellationToken::new();
    let mut starting = Vec::new();
    for seconds in 0..4 {
        let (deps, clock) = nats.deps().await;
        clock.store(NOON + seconds, Ordering::SeqCst);
        starting.push(tokio::spawn(Gateway::start(deps, stop.clone())));
    }
    for gateway in join_all(starting).await {
        let gateway = gateway.expect("a task").expect("a gateway");
        assert_eq!(gateway.health(), Ok(()));
    }
    let log = log(&nats.connect().await).await;
    let is_tick = |record: &Body| matches!(record, Body::Tick { .. });
    assert_eq!(log.len(), 1);
    assert!(is_tick(&log[0].1.body));
    stop.cancel();
}

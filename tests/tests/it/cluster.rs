//! Services on three NATS servers: while these start, freeze, are cut off and lose their majority.

use crate::helpers::{eventually, ready, stderr, stdout};
use detente_jetstream::topology::EVENTS;
use detente_jetstream::{Connection, stream_info};
use detente_testkit::cluster::{Cluster, SERVERS};
use detente_testkit::nats;
use detente_tests::product::{Process, Product, TIMEOUT, free_address, run};
use detente_tests::sample;
use reqwest::Client;
use serde_json::Value;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// The longest time for which one frozen server may hold up reports: until it is left, and another
/// one leads.
const GOES_ON_WITHIN: Duration = Duration::from_secs(60);

fn serve_on(role: &str, nats: &str, address: &str) -> Process {
    Process::start(&[
        "serve",
        role,
        "--nats",
        nats,
        "--http",
        address,
        "--replicas",
        "3",
    ])
}

/// Waits until a service is ready, which must not end.
async fn ready_and_running(service: &mut Process, address: &str) {
    let (client, until) = (Client::new(), Instant::now() + TIMEOUT);
    while !matches!(readiness(&client, address).await, Some((200, _))) {
        service.assert_runs(address);
        assert!(Instant::now() < until, "not in time: {address} is ready");
        tokio::task::yield_now().await;
    }
}

/// Returns the status and the body of `/readyz`.
async fn readiness(client: &Client, address: &str) -> Option<(u16, Value)> {
    let url = format!("http://{address}/readyz");
    let asked = client.get(url).timeout(Duration::from_secs(2)).send();
    let answer = asked.await.ok()?;
    Some((answer.status().as_u16(), answer.json().await.ok()?))
}

/// Reports an event until it is acknowledged. Returns its id and position.
async fn report(client: &Client, address: &str, number: u64) -> (Uuid, u64) {
    let event = sample::dto(number);
    let url = format!("http://{address}/v1/events");
    let position = nats::eventually("a report is acknowledged", async || {
        let sent = client.post(&url).json(&event);
        let answer = sent.timeout(Duration::from_secs(3)).send().await.ok()?;
        let answer = answer.error_for_status().ok()?;
        let answer: Value = answer.json().await.ok()?;
        answer["accepted"][0]["position"].as_u64()
    });
    (event.id.unwrap(), position.await)
}

async fn stored(connection: &Connection, position: u64) -> bool {
    let message = stream_info::read_one(connection, EVENTS, position).await;
    message.is_ok_and(|message| message.is_some())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn services_on_a_cluster_wait_for_it_and_go_on_when_servers_freeze() {
    let mut cluster = Cluster::prepare().await;
    let addresses = [free_address(), free_address()];
    // One server of three accepts connections, and JetStream has no leader yet.
    cluster.start_server(0);
    let mut services = [
        serve_on("ingest", &cluster.url(), &addresses[0]),
        serve_on("projector", &cluster.url(), &addresses[1]),
    ];
    let client = Client::new();
    services[0].note_after("NATS is not ready yet");
    let live = client.get(format!("http://{}/livez", addresses[0])).send();
    assert_eq!(live.await.unwrap().status(), 200);
    let (status, body) = readiness(&client, &addresses[0]).await.unwrap();
    assert_eq!((status, &body["ready"]), (503, &Value::Bool(false)));
    (1..SERVERS).for_each(|number| cluster.start_server(number));
    for address in &addresses {
        ready(&format!("http://{address}")).await;
    }
    assert!(services.iter_mut().all(|service| !service.has_ended()));

    let mut acknowledged = BTreeSet::new();
    let mut number = 0;
    for frozen in 0..SERVERS {
        cluster.freeze(frozen);
        let since = Instant::now();
        for _ in 0..5 {
            number += 1;
            acknowledged.insert(report(&client, &addresses[0], number).await);
        }
        assert!(since.elapsed() < GOES_ON_WITHIN, "{:?}", since.elapsed());
        cluster.thaw(frozen);
        ready(&format!("http://{}", addresses[0])).await;
    }

    [0, 1].iter().for_each(|number| cluster.freeze(*number));
    eventually("it is not ready", async || {
        let found = readiness(&client, &addresses[0]).await;
        found.is_some_and(|(status, _)| status == 503)
    })
    .await;
    [0, 1].iter().for_each(|number| cluster.thaw(*number));
    ready(&format!("http://{}", addresses[0])).await;
    acknowledged.insert(report(&client, &addresses[0], number + 1).await);

    let connection = cluster.connect().await;
    for (id, position) in &acknowledged {
        // A server that was just thawed may not answer yet.
        let what = format!("{id} is at {position}");
        eventually(&what, async || stored(&connection, *position).await).await;
    }
    let ids: BTreeSet<Uuid> = acknowledged.iter().map(|(id, _)| *id).collect();
    assert_eq!(ids.len(), acknowledged.len(), "each has one position");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn services_leave_a_server_that_is_cut_off_from_the_others() {
    let cluster = Cluster::start().await;
    let addresses = [free_address(), free_address()];
    // Both learn of the other servers from this one, as it knows them when they connect.
    eventually("it knows the other servers", async || {
        let client = async_nats::connect(cluster.url_of(0)).await;
        client.is_ok_and(|client| {
            let info = client.server_info();
            let own = format!(":{}", info.port);
            let others = info.connect_urls.iter().filter(|url| !url.ends_with(&own));
            others.count() == SERVERS - 1
        })
    })
    .await;
    let mut services = [
        serve_on("ingest", &cluster.url_of(0), &addresses[0]),
        serve_on("projector", &cluster.url_of(0), &addresses[1]),
    ];
    for (service, address) in services.iter_mut().zip(&addresses) {
        ready_and_running(service, address).await;
    }
    let client = Client::new();
    let mut acknowledged = vec![report(&client, &addresses[0], 1).await];

    cluster.cut(0);
    for number in 2..5 {
        acknowledged.push(report(&client, &addresses[0], number).await);
    }
    for (service, address) in services.iter_mut().zip(&addresses) {
        ready_and_running(service, address).await;
    }
    cluster.mend(0);

    acknowledged.push(report(&client, &addresses[0], 5).await);
    let connection = cluster.connect().await;
    for (id, position) in &acknowledged {
        let what = format!("{id} is at {position}");
        eventually(&what, async || stored(&connection, *position).await).await;
    }
    assert!(services.iter_mut().all(|service| !service.has_ended()));
}

/// Checks that one copy is refused.
fn assert_asks(args: &[&str]) {
    let refused = run(args);
    assert_eq!(refused.status.code(), Some(64), "{}", stderr(&refused));
    let shown = stderr(&refused);
    assert!(shown.contains("--single-copy"), "{shown}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_copy_on_a_cluster_must_be_said_twice() {
    let cluster = Cluster::start().await;
    let nats = cluster.url();
    for role in ["ingest", "projector", "query"] {
        assert_asks(&["serve", role, "--nats", &nats, "--http", "127.0.0.1:0"]);
    }
    let address = free_address();
    let _meant = Process::start(&[
        "serve",
        "ingest",
        "--nats",
        &nats,
        "--http",
        &address,
        "--single-copy",
    ]);
    ready(&format!("http://{address}")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_that_make_a_log_or_tokens_on_a_cluster_ask_for_copies_too() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("backup");
    let file = file.to_str().unwrap();
    let up = directory.path().join("up");
    let from = Product::up(&up, &[]);
    stdout(&run(&["backup", file, "--data-dir", up.to_str().unwrap()]));
    drop(from);
    let cluster = Cluster::start().await;
    let nats = cluster.url();
    let list = ["token", "list", "--nats", &nats, "-o", "json"];
    eventually("the cluster answers", async || run(&list).status.success()).await;
    // To list tokens makes no bucket for them.
    assert_eq!(stdout(&run(&list)).trim(), "[]");
    let restore = ["restore", file, "--nats", &nats];
    assert_asks(&restore);
    stdout(&run(&[&restore[..], &["--replicas", "3"]].concat()));

    let create = |name| {
        let role = ["--role", "reader", "--nats", &nats];
        [&["token", "create", "--name", name][..], &role].concat()
    };
    assert_asks(&create("a"));
    stdout(&run(&[&create("a")[..], &["--replicas", "3"]].concat()));
    stdout(&run(&create("b")));
    let tokens: Value = serde_json::from_str(&stdout(&run(&list))).unwrap();
    assert_eq!(tokens.as_array().unwrap().len(), 2);

    // What was restored has the copies that services want.
    let address = free_address();
    let _served = serve_on("ingest", &cluster.url(), &address);
    ready(&format!("http://{address}")).await;
}

//! A report and its changes: published at once, and once.

use crate::expect::refuses;
use crate::helpers::{
    answer_to, clash, consulate, data, event, eventually, get, get_event, metric,
    numbered_id as id, report, reported, text,
};
use detente_tests::product::{Process, Product, run_on};
use serde_json::{Value, json};
use std::process::Command;
use std::time::{Duration, Instant};

/// The time limit from the answer to a report to its change.
const SOON: Duration = Duration::from_secs(1);

fn with_id(mut event: Value, id: &Value) -> Value {
    event["id"] = id.clone();
    event
}

/// Starts `detente watch` and waits until it is connected.
async fn watching(product: &Product) -> Process {
    let watch = Process::start(&["watch", "-o", "json", "--server", &product.http]);
    eventually("the watcher is connected", async || {
        metric(product, "detente_query_subscribers").await == Some(1)
    })
    .await;
    watch
}

fn next(watch: &Process) -> Value {
    let line = watch.line();
    serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
}

/// Reads the changes of a commit from pages.
async fn changes_at(product: &Product, position: &Value) -> Vec<Value> {
    let page = get(product, "/v1/changes?limit=1000").await;
    let frames = page["items"].as_array().unwrap().clone();
    let of_commit = frames
        .into_iter()
        .filter(|frame| frame["position"] == *position);
    let changes_of_frame = |frame: Value| {
        let mut changes = frame["changes"].as_array().unwrap().clone();
        for change in &mut changes {
            change["cursor"] = frame["cursor"].clone();
        }
        changes
    };
    of_commit.flat_map(changes_of_frame).collect()
}

/// Reports an event, and reads its changes from the watcher.
async fn report_and_watch(
    product: &Product,
    watch: &Process,
    event: &Value,
) -> (Value, Vec<Value>) {
    let answer = report(product, event).await;
    let acknowledged = Instant::now();
    assert_eq!(answer.status, 201, "{}", answer.body);
    let first = next(watch);
    let took = acknowledged.elapsed();
    assert!(took < SOON, "the change took {took:?}");
    let accepted = answer.body["accepted"][0].clone();
    assert_eq!(first["position"], accepted["position"], "{first}");
    let expected = changes_at(product, &accepted["position"]).await;
    let mut changes = vec![first];
    changes.extend((1..expected.len()).map(|_| next(watch)));
    assert_eq!(changes, expected);
    (accepted, changes)
}

fn of_dimension<'c>(changes: &'c [Value], dimension: &str) -> Vec<&'c Value> {
    let matching = changes
        .iter()
        .filter(|change| change["dimension"] == dimension);
    matching.collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_is_published_within_a_second_and_once() {
    let product = Product::temporary(&["--demo"]);
    let today = text(&get(&product, "/v1/relations/KGZ/TJK").await["at"]);
    let watch = watching(&product).await;

    let first = event("clash.occurred", &["KGZ", "TJK"], &[], &today);
    let mut first = with_id(first, &id(1));
    first["details"] = json!({"casualties": 3});
    let (accepted, changes) = report_and_watch(&product, &watch, &first).await;
    assert_eq!(accepted["id"], id(1));
    assert_eq!(accepted["repeat"], false);
    for change in &changes {
        assert_eq!(change["relation"], "KGZ-TJK");
        assert_eq!(change["occasion"], "happened", "{change}");
        assert_eq!(change["causes"], json!([id(1)]), "{change}");
        assert_ne!(change["from"], change["to"], "{change}");
        assert!(text(&change["cursor"]).contains('-'), "{change}");
        assert_eq!(change["day"], today.as_str(), "{change}");
    }
    for direction in [
        json!({"from": "KGZ", "to": "TJK"}),
        json!({"from": "TJK", "to": "KGZ"}),
    ] {
        let mut security = of_dimension(&changes, "security").into_iter();
        let change = security.find(|change| change["direction"] == direction);
        let change = change.expect("security changes");
        // Both are members of an alliance, which gives way.
        assert_eq!(change["from"], "cooperative");
        assert!(
            ["strained", "hostile"].contains(&&*text(&change["to"])),
            "{change}"
        );
    }

    let mut mission = with_id(consulate("city", json!("Shymkent")), &id(2));
    mission["occurred"] = json!(today);
    let (_, changes) = report_and_watch(&product, &watch, &mission).await;
    let missions = of_dimension(&changes, "missions");
    assert_eq!(missions.len(), 1, "{changes:#?}");
    assert_eq!(
        (&missions[0]["from"], &missions[0]["to"]),
        (&json!("absent"), &json!("open"))
    );
    assert_eq!(missions[0]["key"]["city"], "Shymkent");
    assert_eq!(missions[0]["causes"], json!([id(2)]));

    // A repeat over HTTP or the command line has no effect.
    let head = get(&product, "/readyz").await["cursor"].clone();
    let again = report(&product, &first).await;
    assert_eq!(again.status, 200, "{}", again.body);
    let repeat = again.body["accepted"][0].clone();
    assert_eq!(
        (&repeat["repeat"], &repeat["position"]),
        (&json!(true), &accepted["position"])
    );
    let args = ["report", "-", "-o", "json", "--server", &product.http];
    let printed = data(&run_on(first.to_string().as_bytes(), &args));
    assert_eq!(printed["accepted"][0], repeat);
    assert_eq!(get(&product, "/readyz").await["cursor"], head);

    // The next change is that of the next event.
    let closed = event("border.closed", &["TKM"], &["UZB"], &today);
    let closed = with_id(closed, &id(3));
    let (_, changes) = report_and_watch(&product, &watch, &closed).await;
    assert!(
        changes
            .iter()
            .all(|change| change["causes"] == json!([id(3)]))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_id_of_another_event_is_refused_and_changes_nothing() {
    let product = Product::temporary(&[]);
    let (first, position) = reported(&product, &with_id(clash(5), &id(7))).await;
    let answer = report(&product, &with_id(clash(6), &id(7))).await;
    refuses(409, "id_conflict").assert_answers("another event", &answer);
    assert_eq!(answer.body["refusals"][0]["field"], "id");
    assert_eq!(answer.body["refusals"][0]["given"], id(7));
    let stored = get_event(&product, &first, position).await;
    assert_eq!(stored["occurred"], "2023-05-05");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reporter_can_read_its_own_report() {
    let product = Product::temporary(&[]);
    for day in 1..=20 {
        let (id, position) = reported(&product, &clash(day)).await;
        let path = format!("/v1/relations/KGZ/UZB?at=2023-05-{day:02}&min_position={position}");
        let state = get(&product, &path).await;
        let evidence = state["security"]["evidence"].as_array().unwrap();
        assert!(evidence.contains(&json!(id)), "{day}: {state}");
    }
    let path = "/v1/relations/KGZ/UZB?min_position=999999";
    let late = answer_to(&product, path).await;
    refuses(503, "not_caught_up").assert_answers(path, &late);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commits_that_change_nothing_leave_no_message_and_the_service_is_ready() {
    let product = Product::temporary(&[]);
    // More than a feed may be behind; after some clashes on one day there is no worse level.
    let mut last = 0;
    for _ in 0..100 {
        (_, last) = reported(&product, &clash(1)).await;
    }
    eventually("all is folded and fed", async || {
        let health = answer_to(&product, "/readyz").await.body;
        health["position"] == last && health["ready"] == true
    })
    .await;
    let page = get(&product, "/v1/changes?pair=KGZ-UZB&limit=100").await;
    let frames = page["items"].as_array().unwrap();
    assert!(frames.len() < 30, "{} frames", frames.len());
    let health = get(&product, "/readyz").await;
    assert_eq!(health["cursor"], frames.last().unwrap()["cursor"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_size_of_the_log_and_the_room_on_its_disk_are_measured() {
    let product = Product::temporary(&[]);
    let mut bytes = 0;
    for day in 1..=2 {
        reported(&product, &clash(day)).await;
        eventually("the log is longer", async || {
            let measured = metric(&product, "detente_log_bytes").await.unwrap();
            measured > bytes
        })
        .await;
        bytes = metric(&product, "detente_log_bytes").await.unwrap();
    }
    assert!((200..100_000).contains(&bytes), "{bytes}");
    let free = metric(&product, "detente_disk_free_bytes").await.unwrap();
    let df = Command::new("df")
        .args(["--output=avail", "-B1"])
        .arg(&product.nats_dir)
        .output();
    let said = String::from_utf8(df.unwrap().stdout).unwrap();
    let available: u64 = said.lines().last().unwrap().trim().parse().unwrap();
    // Others use the disk too.
    assert!(
        (available / 2..available * 2).contains(&free),
        "{free} and {available}"
    );
}

//! A report and its changes: published at once, and once.

use crate::helpers::{answer, data, event, eventually, get, report, text};
use detente_tests::product::{Process, Product, run_on};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// The time limit from the answer to a report to its change.
const SOON: Duration = Duration::from_secs(1);

fn id(number: u32) -> Value {
    json!(format!("0190f0f0-0000-7000-8000-{number:012}"))
}

fn with(mut event: Value, id: &Value, details: &Value) -> Value {
    event["id"] = id.clone();
    event["details"] = details.clone();
    event
}

async fn subscribers(product: &Product) -> u64 {
    let metrics = reqwest::get(format!("{}/metrics", product.http)).await;
    let metrics = metrics.unwrap().text().await.unwrap();
    let line = metrics
        .lines()
        .find_map(|line| line.strip_prefix("detente_query_subscribers "));
    line.map_or(0, |count| count.parse().unwrap())
}

/// Starts `detente watch` and waits until it is connected.
async fn watching(product: &Product) -> Process {
    let watch = Process::start(&["watch", "-o", "json", "--server", &product.http]);
    eventually("the watcher is connected", async || {
        subscribers(product).await == 1
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
    let directory = tempfile::tempdir().unwrap();
    let product = Product::up(directory.path(), &["--demo"]);
    let today = text(&get(&product, "/v1/relations/KGZ/TJK").await["at"]);
    let watch = watching(&product).await;

    let clash = event("clash.occurred", &["KGZ", "TJK"], &[], &today);
    let clash = with(clash, &id(1), &json!({"casualties": 3}));
    let (accepted, changes) = report_and_watch(&product, &watch, &clash).await;
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
        let security = of_dimension(&changes, "security");
        let mut security = security.iter().filter(|one| one["direction"] == direction);
        let change = security.next().expect("security moves");
        assert_eq!(change["from"], "unknown");
        assert!(
            ["strained", "hostile"].contains(&&*text(&change["to"])),
            "{change}"
        );
    }

    let mission = event("mission.opened", &["KAZ"], &["UZB"], &today);
    let details =
        json!({"mission": "consulate", "host": "KAZ", "sender": "UZB", "city": "Shymkent"});
    let (_, changes) = report_and_watch(&product, &watch, &with(mission, &id(2), &details)).await;
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
    let again = report(&product, &clash).await;
    assert_eq!(again.status, 200, "{}", again.body);
    let repeat = again.body["accepted"][0].clone();
    assert_eq!(
        (&repeat["repeat"], &repeat["position"]),
        (&json!(true), &accepted["position"])
    );
    let args = ["report", "-", "-o", "json", "--server", &product.http];
    let printed = data(&run_on(clash.to_string().as_bytes(), &args));
    assert_eq!(printed["accepted"][0], repeat);
    assert_eq!(get(&product, "/readyz").await["cursor"], head);

    // The next change is that of the next event.
    let visit = event("border.closed", &["TKM"], &["UZB"], &today);
    let visit = with(visit, &id(3), &json!({}));
    let (_, changes) = report_and_watch(&product, &watch, &visit).await;
    assert!(
        changes
            .iter()
            .all(|change| change["causes"] == json!([id(3)]))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_id_of_another_event_is_refused_and_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let product = Product::up(directory.path(), &[]);
    let clash = with(
        event("clash.occurred", &["KGZ", "TJK"], &[], "2023-05-05"),
        &id(7),
        &json!({}),
    );
    let first = report(&product, &clash).await;
    assert_eq!(first.status, 201);
    let position = first.body["accepted"][0]["position"].clone();
    let mut other = clash.clone();
    other["occurred"] = json!("2023-05-06");
    let answer = report(&product, &other).await;
    assert_eq!(answer.status, 409);
    assert_eq!(answer.media_type, "application/problem+json");
    assert_eq!(answer.body["code"], "id_conflict");
    assert_eq!(answer.body["refusals"][0]["field"], "id");
    assert_eq!(answer.body["refusals"][0]["given"], id(7));
    let path = format!("/v1/events/{}?min_position={position}", text(&id(7)));
    assert_eq!(get(&product, &path).await["occurred"], "2023-05-05");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reporter_can_read_its_own_report() {
    let directory = tempfile::tempdir().unwrap();
    let product = Product::up(directory.path(), &[]);
    for day in 1..=20 {
        let date = format!("2023-05-{day:02}");
        let clash = event("clash.occurred", &["KGZ", "TJK"], &[], &date);
        let answer = report(&product, &clash).await;
        let accepted = &answer.body["accepted"][0];
        let url = format!("{}/v1/relations/KGZ/TJK", product.http);
        let position = accepted["position"].to_string();
        let params = [("at", &*date), ("min_position", &*position)];
        let state = crate::helpers::answer(reqwest::Client::new().get(url).query(&params)).await;
        assert_eq!(state.status, 200, "{}", state.body);
        let evidence = state.body["security"]["evidence"].as_array().unwrap();
        assert!(evidence.contains(&accepted["id"]), "{day}: {}", state.body);
    }
    let late = reqwest::Client::new().get(format!(
        "{}/v1/relations/KGZ/TJK?min_position=999999",
        product.http
    ));
    let late = answer(late).await;
    assert_eq!(
        (late.status, &late.body["code"]),
        (503, &json!("not_caught_up"))
    );
}

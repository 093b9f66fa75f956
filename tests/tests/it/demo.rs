//! The founding case through the API and the command line.

use crate::helpers::{count, data, eventually, get, pages, state, state_of_file, text, words};
use detente_tests::product::{Process, Product, free_address};
use serde_json::{Value, json};
use std::cell::Cell;

const DEMO: &str = include_str!("../../../crates/cli/data/demo.ndjson");
const FIVE: [&str; 5] = ["KAZ", "KGZ", "TJK", "TKM", "UZB"];

fn up(directory: &tempfile::TempDir) -> Product {
    Product::up(directory.path(), &["--demo"])
}

fn index(state: &Value, dimension: &str) -> f64 {
    let index = &state[dimension]["index"];
    index
        .as_f64()
        .unwrap_or_else(|| panic!("{dimension}: {index}"))
}

/// Returns city, authority and first day of each mission.
fn missions(state: &Value) -> Vec<[String; 3]> {
    let missions = state["missions"].as_array().unwrap().iter();
    let mut missions: Vec<_> = missions
        .map(|mission| ["city", "controlled_by", "since"].map(|key| text(&mission[key])))
        .collect();
    missions.sort();
    missions
}

/// Finds the event by which Tajikistan handed the consulate over.
async fn khorog(product: &Product) -> Value {
    let path = "/v1/events?kind=mission.handed_over&limit=1000";
    let listed = get(product, path).await;
    let line = "events --kind mission.handed_over --oldest --limit 1000 -o json";
    let printed = data(&product.client(&words(line)));
    assert_eq!(printed["items"], listed["items"]);
    let events = listed["items"].as_array().unwrap().iter();
    let mut events = events.filter(|event| event["details"]["host"] == "TJK");
    let event = events.next().expect("it is listed");
    assert!(events.next().is_none(), "there is one");
    event["id"].clone()
}

fn has(list: &Value, item: &Value) -> bool {
    list.as_array().unwrap().contains(item)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tajikistan_stands_lowest_at_the_end_of_2022_and_two_of_its_neighbours_highest() {
    let directory = tempfile::tempdir().unwrap();
    let product = up(&directory);
    let at = "2022-12-31";
    let mut ranked = Vec::new();
    for code in FIVE {
        let state = state(&product, code, "AFG", at).await;
        ranked.push((index(&state, "posture"), code));
        if code == "TJK" {
            let level = text(&state["political"]["level"]);
            assert!(["strained", "hostile"].contains(&&*level), "{level}");
        }
    }
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0));
    assert_eq!(ranked[0].1, "TJK", "{ranked:?}");
    assert!(ranked[0].0 < ranked[1].0, "alone: {ranked:?}");
    let mut highest = [ranked[3].1, ranked[4].1];
    highest.sort_unstable();
    assert_eq!(highest, ["TKM", "UZB"], "{ranked:?}");
    assert!(ranked[2].0 < ranked[3].0, "clearly: {ranked:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_hand_over_in_khorog_steps_tajikistan_up_and_is_among_the_evidence() {
    let directory = tempfile::tempdir().unwrap();
    let product = up(&directory);
    let id = khorog(&product).await;
    let before = state(&product, "TJK", "AFG", "2023-03-22").await;
    let after = state(&product, "TJK", "AFG", "2023-03-23").await;
    assert!(index(&after, "political") > index(&before, "political"));
    assert!(has(&after["political"]["evidence"], &id));
    assert!(!has(&before["political"]["evidence"], &id));
    assert_eq!(missions(&before), Vec::<[String; 3]>::new());
    let open = ["Khorog", "TALIBAN", "2023-03-23"].map(str::to_owned);
    assert_eq!(missions(&after), [open]);
    assert!(has(&after["missions"][0]["evidence"], &id));
    let path = format!("/v1/events/{}", text(&id));
    assert_eq!(get(&product, &path).await["id"], id, "evidence can be read");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn missions_and_their_heads_match_the_analysis() {
    let directory = tempfile::tempdir().unwrap();
    let product = up(&directory);
    let march = state(&product, "TKM", "AFG", "2022-03-15").await;
    let april = state(&product, "TKM", "AFG", "2022-04-15").await;
    for (state, uncertain) in [(&march, true), (&april, false)] {
        let representation = &state["representation"];
        assert_eq!(representation["level"], "ambassador");
        assert_eq!(representation["uncertain"], uncertain, "{representation}");
    }
    let ashgabat = ["Ashgabat", "TALIBAN", "2022-03"].map(str::to_owned);
    assert_eq!(missions(&april), [ashgabat]);
    let kyrgyzstan = state(&product, "KGZ", "AFG", "2023-04-18").await;
    assert_eq!(kyrgyzstan["missions"], json!([]));
    let june = state(&product, "UZB", "AFG", "2022-06-30").await;
    assert_eq!(june["missions"], json!([]));
    let july = state(&product, "UZB", "AFG", "2022-07-31").await;
    let cities: Vec<_> = missions(&july)
        .into_iter()
        .map(|[city, holder, _]| (city, holder))
        .collect();
    let by_taliban = ["Tashkent", "Termez"].map(|city| (city.to_owned(), "TALIBAN".to_owned()));
    assert_eq!(cities, by_taliban);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_state_recognises_and_denials_are_shown() {
    let directory = tempfile::tempdir().unwrap();
    let product = up(&directory);
    for code in FIVE {
        for at in ["2021-09-01", "2022-08-01", "2023-04-18"] {
            let state = state(&product, code, "AFG", at).await;
            let level = text(&state["recognition"]["level"]);
            assert!(
                !["de_facto", "de_jure"].contains(&&*level) && !level.is_empty(),
                "{code} {at}: {level}"
            );
        }
    }
    let kazakhstan = state(&product, "KAZ", "AFG", "2023-04-18").await;
    let recognition = &kazakhstan["recognition"];
    assert_eq!(recognition["declared"], "withholds");
    assert_ne!(recognition["implicit_signals"], json!([]));
    let almaty = state(&product, "RUS", "AFG", "2022-06-01").await;
    let dispute = &almaty["disputes"][0];
    let sides = (&dispute["claimed_by"], &dispute["denied_by"]);
    assert_eq!(sides, (&json!("RUS"), &json!("TALIBAN")));
    let presence = state(&product, "TJK", "AFG", "2022-06-01").await;
    assert_ne!(presence["disputes"], json!([]));
    for dispute in presence["disputes"].as_array().unwrap() {
        let event = get(&product, &format!("/v1/events/{}", text(&dispute["event"]))).await;
        assert_eq!(event["disputed"], true);
        assert_eq!(event["details"]["group"], "ISKP");
    }
}

#[test]
fn a_file_without_the_hand_over_has_no_step() {
    let directory = tempfile::tempdir().unwrap();
    let is_khorog = |line: &&str| {
        let row: Value = serde_json::from_str(line).unwrap_or_default();
        row["kind"] == "mission.handed_over" && row["details"]["host"] == "TJK"
    };
    assert_eq!(DEMO.lines().filter(is_khorog).count(), 1);
    let without: Vec<&str> = DEMO.lines().filter(|line| !is_khorog(line)).collect();
    let write = |name: &str, text: &str| {
        let path = directory.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let (with, without) = (
        write("with.ndjson", DEMO),
        write("without.ndjson", &without.join("\n")),
    );
    let political = |file: &str, at| index(&state_of_file(file, "TJK", "AFG", at), "political");
    assert!(political(&with, "2023-03-23") > political(&with, "2023-03-22"));
    let (before, after) = (
        political(&without, "2023-03-22"),
        political(&without, "2023-03-23"),
    );
    assert!((before - after).abs() < 0.01, "{before} to {after}");
    let state = state_of_file(&without, "TJK", "AFG", "2023-03-23");
    assert_eq!(state["missions"], json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_on_the_same_data_adds_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let mut product = up(&directory);
    let contents = async |product: &Product| {
        let head = get(product, "/readyz").await["cursor"].clone();
        (count(product).await, head, pages(product).await)
    };
    let before = contents(&product).await;
    assert_eq!(product.process.interrupt(), Some(0));
    let product = up(&directory);
    assert_eq!(contents(&product).await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_ready_only_when_the_demonstration_can_be_read() {
    let central_asia = is_ready_only_with("--demo").await;
    let world = is_ready_only_with("--demo=world").await;
    assert!(central_asia >= 67 && world >= 900, "{central_asia} {world}");
}

/// Starts `up` with a demonstration. Returns the number of events once it says that it is ready.
async fn is_ready_only_with(demo: &str) -> usize {
    let (http, client) = (free_address(), reqwest::Client::new());
    let get = async |path: &str| {
        let answer = client
            .get(format!("http://{http}{path}"))
            .send()
            .await
            .ok()?;
        let status = answer.status().as_u16();
        Some((status, answer.json::<Value>().await.unwrap_or_default()))
    };
    let up = ["up", demo, "--ephemeral", "--nats-port", "0"];
    let addresses = ["--http", &http, "--grpc", "127.0.0.1:0"];
    let process = Process::start(&[&up[..], &addresses].concat());
    let was_unready = Cell::new(false);
    eventually("it is ready", async || match get("/readyz").await {
        Some((200, _)) => true,
        Some((_, body)) => {
            was_unready.set(true);
            assert_ne!(body["failing"], json!([]), "{body}");
            false
        }
        None => false,
    })
    .await;
    assert!(was_unready.get(), "it says that it starts");
    let (_, events) = get("/v1/events?limit=1000").await.unwrap();
    let (_, state) = get("/v1/relations/TJK/AFG?at=2022-12-31").await.unwrap();
    let level = text(&state["political"]["level"]);
    assert!(["strained", "hostile"].contains(&&*level), "{level}");
    drop(process);
    events["items"].as_array().unwrap().len()
}

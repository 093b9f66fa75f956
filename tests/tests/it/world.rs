//! The demonstration of the world, through the binary.

use crate::helpers::{get, pages, state, text};
use detente_cli::args::Demo;
use detente_domain::party::{Party, PartyKind};
use detente_tests::product::{Process, Product};
use serde_json::Value;
use std::collections::BTreeSet;

const BACKGROUND: &str = include_str!("../../../crates/cli/data/background.ndjson");

/// Returns the events among the rows of files.
fn events(files: impl Iterator<Item = (&'static str, &'static str)>) -> Vec<Value> {
    let rows = files.flat_map(|(_, rows)| rows.lines());
    let rows = rows.filter(|row| row.starts_with('{'));
    let rows = rows.map(|row| serde_json::from_str::<Value>(row).unwrap());
    rows.filter(|row| !row["kind"].is_null()).collect()
}

fn ids(events: &[Value]) -> BTreeSet<String> {
    events.iter().map(|event| text(&event["id"])).collect()
}

/// Returns the ids of the events that a product with a demonstration has.
fn wanted(demo: Demo) -> BTreeSet<String> {
    ids(&events(
        [("background", BACKGROUND)].into_iter().chain(demo.files()),
    ))
}

async fn listed(product: &Product) -> BTreeSet<String> {
    let page = get(product, "/v1/events?limit=1000").await;
    assert_eq!(page["next"], Value::Null, "all events are on one page");
    ids(page["items"].as_array().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_world_adds_to_the_founding_case_and_a_restart_adds_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let mut product = Product::up(directory.path(), &["--demo"]);
    assert_eq!(listed(&product).await, wanted(Demo::CentralAsia));
    let founding = get(&product, "/v1/events?limit=1000").await;
    assert_eq!(product.process.interrupt(), Some(0));

    let mut product = Product::up(directory.path(), &["--demo", "world"]);
    assert_eq!(listed(&product).await, wanted(Demo::World));
    for event in founding["items"].as_array().unwrap() {
        let path = format!("/v1/events/{}", text(&event["id"]));
        let now = get(&product, &path).await;
        assert_eq!(now["position"], event["position"], "{event}");
    }
    let contents = async |product: &Product| {
        let head = get(product, "/readyz").await["cursor"].clone();
        (listed(product).await, head, pages(product).await.len())
    };
    let before = contents(&product).await;
    assert_eq!(product.process.interrupt(), Some(0));
    let product = Product::up(directory.path(), &["--demo=world"]);
    assert_eq!(contents(&product).await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn well_known_cells_are_right_and_every_state_has_relations() {
    let product = Product::temporary(&["--demo", "world"]);
    let cell = async |from: &str, to: &str, at: &str, pointer: &str| {
        let state = state(&product, from, to, at).await;
        state.pointer(pointer).cloned().unwrap_or_default()
    };
    for (at, standing) in [("2021-06-01", "ceasefire"), ("2022-03-01", "open")] {
        let wars = cell("RUS", "UKR", at, "/wars").await;
        let wars = wars.as_array().unwrap().iter();
        let statuses: BTreeSet<String> = wars.map(|war| text(&war["status"])).collect();
        assert_eq!(statuses, [standing.to_owned()].into(), "{at}");
    }
    let levels = [
        ("2013-06-01", "neutral"),
        ("2022-03-01", "hostile"),
        ("2025-06-01", "hostile"),
    ];
    for (at, level) in levels {
        assert_eq!(
            cell("RUS", "UKR", at, "/posture/level").await,
            level,
            "{at}"
        );
    }
    let recognition = "/recognition/level";
    for (from, to, at, level) in [
        ("USA", "CHN", "1978-12-31", "dealings"),
        ("USA", "CHN", "1979-01-01", "de_jure"),
        ("USA", "TWN", "1978-12-31", "de_jure"),
        ("USA", "TWN", "1979-01-01", "none"),
        ("RUS", "AFG", "2025-06-01", "dealings"),
        ("RUS", "AFG", "2025-09-01", "de_jure"),
        // One history tells of the fall of a government, another of its neighbour's relations.
        ("TUR", "IRQ", "2007-11-15", "de_jure"),
        // The founding case stays as it is.
        ("TJK", "AFG", "2022-12-31", "none"),
    ] {
        assert_eq!(
            cell(from, to, at, recognition).await,
            level,
            "{from} {to} {at}"
        );
    }
    assert_eq!(
        cell("NOR", "PRT", "2025-06-01", "/security/level").await,
        "cooperative"
    );
    // One takeover that three files have is one event.
    let afghanistan = get(&product, "/v1/countries/AFG?at=2022-06-01").await;
    assert_eq!(afghanistan["governed_by"], "TALIBAN");

    let told = events(Demo::World.files());
    let named = told
        .iter()
        .flat_map(|event| [&event["actors"], &event["recipients"]]);
    let named = named.flat_map(|parties| parties.as_array().unwrap());
    let parties: BTreeSet<String> = named.map(text).collect();
    let is_state = |code: &str| {
        let kind = Party::find(code).map(Party::kind);
        matches!(kind, Some(PartyKind::State | PartyKind::DeFacto))
    };
    let page = get(&product, "/v1/countries?limit=1000").await;
    let listed = page["items"].as_array().unwrap().iter();
    let listed: BTreeSet<String> = listed.map(|country| text(&country["country"])).collect();
    let missing: Vec<_> = parties
        .difference(&listed)
        .filter(|code| is_state(code))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert!(
        listed.len() > 200,
        "those that the United Nations bind too: {}",
        listed.len()
    );
}

#[test]
fn the_banner_names_the_demonstration_and_flags_may_follow_it() {
    let count = ids(&events(Demo::World.files())).len();
    for (flags, line) in [
        (
            &["--demo", "world", "--ephemeral"][..],
            format!("{count} events: 36 histories of the world, 1905 to 2025, and Central Asia"),
        ),
        (
            &["--demo", "--ephemeral"],
            "67 events: Central Asia and the Taliban, 2021 to 2023".to_owned(),
        ),
    ] {
        let ports = [
            "--http",
            "127.0.0.1:0",
            "--grpc",
            "127.0.0.1:0",
            "--nats-port",
            "0",
        ];
        let mut process = Process::start(&[&["up"], flags, &ports].concat());
        let demo = std::iter::repeat_with(|| process.line());
        let demo = demo.filter_map(|line| Some(line.strip_prefix("  Demo ")?.trim().to_owned()));
        assert_eq!(demo.take(1).collect::<Vec<_>>(), [line]);
        assert_eq!(process.interrupt(), Some(0));
    }
}

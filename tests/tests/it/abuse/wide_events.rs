//! Events of very many parties: unrelated reads go on, memory and answers stay bounded.

use super::Watch;
use crate::helpers::{event, eventually, get, post};
use detente_api::view::VIEW_BYTES_MAX;
use detente_domain::day::Day;
use detente_domain::party::Party;
use detente_tests::product::Product;
use serde_json::Value;

const EVENTS: u32 = 16;
const PARTIES: usize = 120;
/// The first two of them.
const PAIR: [&str; 2] = ["BRA", "CHL"];
/// The most resident memory of the services, in KiB.
const MEMORY_KIB_MAX: u64 = 1 << 20;

/// Returns the codes of the states of the day of the first event.
pub(super) fn states() -> Vec<&'static str> {
    let day = Day::parse("2025-01-01").unwrap();
    let is_present = |party: &Party| party.state() == Some(*party) && party.life().contains(day);
    Party::all().filter(is_present).map(Party::code).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unrelated_reads_go_on_while_events_of_very_many_parties_are_folded() {
    let product = Product::temporary(&["--demo"]);
    let others = states().into_iter().filter(|code| !PAIR.contains(code));
    let parties: Vec<&str> = PAIR.into_iter().chain(others).take(PARTIES).collect();
    let meeting = |number: u32| {
        let day = format!("2025-01-{:02}", number % 28 + 1);
        let mut meeting = event("meeting.attended", &parties, &[], &day);
        meeting["details"] = serde_json::json!({"name": format!("Assembly {number}")});
        meeting
    };
    let rows: Vec<Value> = (0..EVENTS).map(meeting).collect();
    let watch = Watch::start(&product, &["/livez", "/readyz", "/v1/relations/TJK/AFG"]);
    let stored = post(
        &product,
        "application/json",
        serde_json::to_vec(&rows).unwrap(),
    )
    .await;
    let accepted = stored.body["accepted"].as_array().unwrap();
    assert_eq!(accepted.len(), rows.len(), "{}", stored.body["refused"]);
    let [one, other] = PAIR;
    let path = format!("/v1/relations/{one}/{other}/registers/meetings");
    eventually("the meetings are folded", async || {
        get(&product, &path).await["total"].as_u64() >= Some(EVENTS.into())
    })
    .await;
    let country = get(&product, &format!("/v1/countries/{one}")).await;
    assert!(country["relations"].as_array().unwrap().len() >= PARTIES - 1);
    assert!(country.to_string().len() <= VIEW_BYTES_MAX);
    watch.end().await;
    let memory = product.process.memory_kib().unwrap();
    assert!(memory <= MEMORY_KIB_MAX, "{memory} KiB");
}

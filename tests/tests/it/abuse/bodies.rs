//! Bodies at the limits.

use crate::helpers::{answer, event, get};
use detente_api::submission::SUGGESTIONS_MAX;
use detente_tests::product::Product;
use reqwest::Client;
use serde_json::Value;

/// The most rows of a body.
const ROWS_MAX: usize = 20_000;

/// Returns rows that each name other unknown parties.
fn unknown(count: usize) -> Value {
    let rows = (0..count).map(|number| {
        let name = format!("Democratic Republic of Nowhere {number}");
        event("visit.made", &[&name], &["AFG"], "2023-05-01")
    });
    Value::Array(rows.collect())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn as_many_unknown_names_as_a_body_holds_are_answered_within_the_time_limit() {
    let product = Product::temporary(&[]);
    let events = get(&product, "/v1/events").await["items"].clone();
    let request = Client::new().post(format!("{}/v1/events", product.http));
    let request = request
        .header("content-type", "application/json")
        .body(unknown(ROWS_MAX).to_string());
    let refused = answer(request).await;
    assert_eq!(refused.status, 422, "{}", refused.body["detail"]);
    let rows = refused.body["refused"].as_array().unwrap();
    assert_eq!(rows.len(), ROWS_MAX);
    let suggests = |row: &&Value| row["refusals"][0]["allowed"] != Value::Null;
    assert!(rows.iter().filter(suggests).count() <= SUGGESTIONS_MAX);
    for row in [&rows[0], &rows[ROWS_MAX - 1]] {
        let refusal = &row["refusals"][0];
        assert_eq!(refusal["code"], "unknown_party", "{refusal}");
        assert_eq!(refusal["field"], "actors[0]", "{refusal}");
    }
    assert_eq!(get(&product, "/v1/events").await["items"], events);
}

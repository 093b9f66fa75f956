//! Answers are bounded in bytes over HTTP and gRPC alike, and pages go on where they end.

use crate::helpers::{event, get, post};
use detente_api::proto;
use detente_api::view::VIEW_BYTES_MAX;
use detente_grpc::proto::relation_service_client::RelationServiceClient;
use detente_tests::product::Product;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tonic::transport::Endpoint;

const EVENTS: usize = 1_000;
const CROSSINGS: usize = 4_000;
/// What gRPC clients accept.
const MESSAGE_MAX: usize = 4 << 20;

/// Returns events whose texts are as long as they may be.
fn long_events() -> Vec<Value> {
    let long = || {
        let mut said = event("statement.supportive", &["CHL"], &["PER"], "2024-01-01");
        let title = "t".repeat(390);
        said["title"] = json!({"en": title, "ar": title, "ru": title});
        let url = format!("https://e.example/{}", "u".repeat(1_900));
        said["report"] = json!({
            "publisher": "A", "grade": "B2", "quote": "q".repeat(1_990), "url": url,
        });
        said
    };
    (0..EVENTS).map(|_| long()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_of_long_events_ends_early_and_all_are_read_over_http_and_grpc() {
    let product = Product::temporary(&[]);
    let stored = post(
        &product,
        "application/json",
        serde_json::to_vec(&long_events()).unwrap(),
    );
    // A body of this size takes several commits.
    let stored = stored.await.body;
    let rows = stored["accepted"].as_array().unwrap().iter();
    let position = rows
        .filter_map(|row| row["position"].as_u64())
        .max()
        .unwrap();
    let endpoint = Endpoint::from_shared(product.grpc.clone()).unwrap();
    let mut service = RelationServiceClient::new(endpoint.connect().await.unwrap());
    let (mut seen, mut pages, mut from) = (BTreeSet::new(), 0, "start".to_owned());
    loop {
        let path = format!(
            "/v1/events?country=CHL&limit=1000&order=oldest&from={from}&min_position={position}"
        );
        let page = get(&product, &path).await;
        let items = page["items"].as_array().unwrap();
        assert!(page.to_string().len() < MESSAGE_MAX);
        let request = proto::ListEventsRequest {
            country: "CHL".to_owned(),
            page: Some(proto::PageRequest {
                limit: 1_000,
                from: from.clone(),
            }),
            order: proto::EventOrder::Oldest.into(),
            ..proto::ListEventsRequest::default()
        };
        let reply = service.list_events(request).await.unwrap().into_inner();
        assert_eq!(reply.items.len(), items.len());
        assert_eq!(reply.next.as_deref(), page["next"].as_str());
        seen.extend(reply.items.into_iter().map(|event| event.id));
        pages += 1;
        match reply.next {
            Some(next) => from = next,
            None => break,
        }
    }
    assert!(pages > 1);
    assert_eq!(seen.len(), EVENTS);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_view_of_very_many_entries_is_cut_and_names_where_all_are() {
    let product = Product::temporary(&[]);
    let crossing = |number: usize| {
        let mut closed = event("border.closed", &["MEX"], &["BLZ"], "2024-01-01");
        let name = format!("Crossing {number} {}", "x".repeat(300));
        closed["details"] = json!({"crossing": name});
        closed
    };
    let rows: Vec<Value> = (0..CROSSINGS).map(crossing).collect();
    let stored = post(
        &product,
        "application/json",
        serde_json::to_vec(&rows).unwrap(),
    )
    .await;
    let accepted = stored.body["accepted"].as_array().unwrap();
    let position = accepted
        .iter()
        .filter_map(|row| row["position"].as_u64())
        .max();
    let position = position.unwrap();
    let path = format!("/v1/relations/MEX/BLZ?min_position={position}");
    let view = get(&product, &path).await;
    assert!(view.to_string().len() <= VIEW_BYTES_MAX);
    let cut = &view["cut"];
    assert_eq!(cut["entries_total"]["borders"], CROSSINGS);
    let all = get(&product, cut["pages"]["borders"].as_str().unwrap()).await;
    assert_eq!(
        (&all["total"], all["next"].is_null()),
        (&json!(CROSSINGS), false)
    );
    let endpoint = Endpoint::from_shared(product.grpc.clone()).unwrap();
    let mut service = RelationServiceClient::new(endpoint.connect().await.unwrap());
    let request = proto::GetRelationRequest {
        from: "MEX".to_owned(),
        to: "BLZ".to_owned(),
        clocks: None,
    };
    let reply = service.get_relation(request).await.unwrap().into_inner();
    let relation = reply.relation.unwrap();
    assert_eq!(
        relation.borders.len(),
        view["borders"].as_array().unwrap().len()
    );
    assert_eq!(
        relation.cut.unwrap().entries_total["borders"],
        CROSSINGS as u64
    );
    let diff = get(&product, "/v1/relations/MEX/BLZ/diff?from=2023-12-01").await;
    assert!(diff.to_string().len() <= VIEW_BYTES_MAX);
    assert!(diff["happened_total"].as_u64() >= Some(CROSSINGS as u64));
}

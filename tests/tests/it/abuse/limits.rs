//! The rows of `LIMITS.md` that no other test provokes, with their codes.

mod table;

use super::wide_events::states;
use crate::grpc::connect;
use crate::helpers::{Answer, answer, clash, consulate, event, numbered_id, post, ready};
use crate::http::get_at;
use crate::webhooks::call;
use detente_api::limits::{self, Limit};
use detente_api::proto;
use detente_testkit::nats;
use detente_tests::product::{Process, Product, TIMEOUT, free_address};
use futures_util::future::join_all;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

const ADDRESS: &str = "https://93.184.215.14/";

fn rows() -> impl Iterator<Item = (String, &'static Limit)> {
    limits::ALL
        .iter()
        .map(|limit| (limit.name.to_lowercase(), limit))
}

fn limit(name: &str) -> &'static Limit {
    let found = rows().find(|(row, _)| row == name);
    found.unwrap_or_else(|| panic!("no limit {name}")).1
}

fn most(name: &str) -> usize {
    limit(name).value as usize
}

/// Returns a row with a text of so many characters where a limit counts them.
fn with_text(name: &str, length: usize) -> Value {
    let text = |before: &str| before.to_owned() + &"x".repeat(length - before.len());
    let mut row = clash(1);
    match name {
        "title" => row["title"]["en"] = json!(text("")),
        "detail" => return consulate("city", json!(text(""))),
        "publisher" => row["report"]["publisher"] = json!(text("")),
        "quote" => row["report"]["quote"] = json!(text("")),
        "url" => row["report"]["url"] = json!(text("https://e.example/")),
        "language_tag" => {
            let tag = "en-x".to_owned() + &"-privately".repeat(length);
            row["report"]["language"] = json!(tag.replace("-privately", "-private")[..length]);
        }
        "event_parties" => row["actors"] = json!(vec!["KGZ"; length]),
        "claim" => {
            let report = json!({"publisher": "A", "grade": "B2"});
            row = json!({"dispute": numbered_id(1), "claim": text(""), "report": report});
        }
        other => panic!("{other} is no limit of a row"),
    }
    row
}

async fn reported(product: &Product, row: &Value) -> Answer {
    post(product, "application/json", row.to_string().into_bytes()).await
}

fn assert_refused(name: &str, answer: &Answer) {
    assert_eq!(
        answer.body["code"],
        limit(name).code,
        "{name}: {}",
        answer.body
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn texts_of_reports_are_accepted_up_to_their_limit() {
    let product = Product::temporary(&[]);
    for name in [
        "title",
        "detail",
        "publisher",
        "quote",
        "url",
        "language_tag",
        "claim",
    ] {
        let whole = reported(&product, &with_text(name, most(name))).await;
        assert_eq!(whole.status, 201, "{name}: {}", whole.body);
        let longer = reported(&product, &with_text(name, most(name) + 1)).await;
        assert_refused(name, &longer);
    }
    let parties = with_text("event_parties", most("event_parties") + 1);
    assert_refused("event_parties", &reported(&product, &parties).await);

    let mut strange = clash(1);
    for number in 0..=most("row_refusals") {
        strange[format!("field_{number}")] = json!(number);
    }
    let refused = reported(&product, &strange).await.body;
    let refusals = refused["refused"][0]["refusals"].as_array().unwrap();
    assert_eq!(refusals.len(), most("row_refusals"));

    for (more, status) in [(0, 201), (1, 400)] {
        let key = "k".repeat(most("idempotency_key") + more);
        let request = Client::new().post(format!("{}/v1/events", product.http));
        let request = request.header("idempotency-key", key);
        let answered = answer(request.json(&clash(2))).await;
        assert_eq!(answered.status, status, "{}", answered.body);
        if more > 0 {
            assert_refused("idempotency_key", &answered);
        }
        let id = "i".repeat(most("request_id") + more);
        let request = get_at(&product.http, "/livez").header("x-request-id", &id);
        let answered = request.send().await.unwrap();
        assert_eq!(answered.headers()["x-request-id"] == *id, more == 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn previews_pages_and_webhooks_are_taken_up_to_their_limit() {
    let product = Product::temporary(&[]);
    let preview = async |body: String| {
        let request = Client::new().post(format!("{}/v1/preview", product.http));
        answer(
            request
                .header("content-type", "application/json")
                .body(body),
        )
        .await
    };
    let rows = json!(vec![clash(1); most("preview_rows") + 1]);
    assert_refused("preview_rows", &preview(rows.to_string()).await);
    let bytes = " ".repeat(most("preview_bytes") + 1);
    assert_refused("preview_bytes", &preview(bytes).await);
    let mut meeting = event("meeting.attended", &states()[..20], &[], "2023-05-01");
    meeting["details"] = json!({"name": "A summit"});
    let view = preview(meeting.to_string()).await.body;
    assert_eq!(view["relations_left_out"], 190 - most("preview_relations"));

    for (more, status) in [(0, 200), (1, 400)] {
        let path = format!("/v1/events?limit={}", most("page_items") + more);
        let page = answer(get_at(&product.http, &path)).await;
        assert_eq!(page.status, status);
        if more > 0 {
            assert_refused("page_items", &page);
        }
    }

    let hook = |field: &str, value: Value| {
        let mut hook = json!({"url": ADDRESS});
        hook[field] = value;
        hook
    };
    let long = |name: &str, length: usize| match name {
        "webhook_id" => hook("id", json!("w".repeat(length))),
        "webhook_url" => hook("url", json!(format!("{ADDRESS:x<length$}"))),
        "webhook_bytes" => hook("filter", json!("x".repeat(length))),
        "filter_values" => hook("country", json!(vec!["KGZ"; length])),
        _ => hook(
            "filter",
            json!(format!("{:length$}", "change.lag_days > 1")),
        ),
    };
    let make = async |body: Value| call(&product.http, Method::POST, "", Some(body)).await;
    for name in [
        "webhook_id",
        "webhook_url",
        "filter_values",
        "expression_bytes",
    ] {
        let made = make(long(name, most(name))).await;
        assert_eq!(made.status, 201, "{name}: {}", made.body);
        assert_refused(name, &make(long(name, most(name) + 1)).await);
    }
    let large = make(long("webhook_bytes", most("webhook_bytes"))).await;
    assert_refused("webhook_bytes", &large);
    let name = "United Kingdom of Great Britain and Northern Ireland";
    let names = vec![name; most("filter_values")];
    let mut wide = hook("country", json!(names));
    wide["party"] = json!(names);
    let of_both = 2 * names.len() * name.len();
    let mut made = make(wide.clone()).await;
    for _ in 0..most("webhooks_bytes") / of_both {
        assert_eq!(made.status, 201, "{}", made.body);
        made = make(wide.clone()).await;
        if made.status != 201 {
            break;
        }
    }
    assert_refused("webhooks_bytes", &made);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_of_grpc_has_so_many_calls_and_a_call_so_much_metadata() {
    let product = Product::temporary(&[]);
    let mut clients = connect(&product).await;
    let calls = join_all((0..most("grpc_calls")).map(|_| {
        let mut change = clients.change.clone();
        async move {
            let request = proto::WatchRequest {
                from: "start".to_owned(),
                wanted: None,
            };
            change.watch(request).await.unwrap()
        }
    }));
    let mut calls = tokio::time::timeout(TIMEOUT, calls).await.unwrap();
    let list = proto::ListCountriesRequest::default;
    let mut relation = clients.relation.clone();
    let mut further = std::pin::pin!(relation.list_countries(list()));
    let waited = tokio::time::timeout(Duration::from_millis(300), &mut further);
    assert!(waited.await.is_err(), "it waits");
    calls.pop();
    let answered = tokio::time::timeout(TIMEOUT, further);
    assert!(answered.await.unwrap().is_ok());
    drop(calls);

    for (bytes, is_taken) in [
        (most("grpc_metadata") / 2, true),
        (most("grpc_metadata"), false),
    ] {
        let mut request = tonic::Request::new(list());
        let value = "m".repeat(bytes).parse().unwrap();
        request.metadata_mut().insert("x-long", value);
        let answered = clients.relation.list_countries(request).await;
        assert_eq!(answered.is_ok(), is_taken, "{answered:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_requests_over_nats_than_are_taken_at_once_are_turned_away() {
    let directory = tempfile::tempdir().unwrap();
    let server = nats::start(directory.path().join("nats")).await;
    let address = free_address();
    let gateway = Process::start(&[
        "serve",
        "ingest",
        "--nats",
        server.url(),
        "--http",
        &address,
    ]);
    ready(&format!("http://{address}")).await;
    let client = detente_tests::nats::connect(server.url()).await.unwrap();
    // They wait for a gateway that is stopped, and are all there when it goes on.
    gateway.signal("STOP");
    let requests = (0..8 * most("nats_requests")).map(|_| {
        let body = clash(1).to_string().into();
        client.send_request(
            "detente.report",
            async_nats::Request::new()
                .payload(body)
                .timeout(Some(TIMEOUT)),
        )
    });
    let requests = join_all(requests);
    let go_on = async {
        client.flush().await.unwrap();
        gateway.signal("CONT");
    };
    let (replies, ()) = tokio::join!(requests, go_on);
    let codes: BTreeSet<String> = replies
        .into_iter()
        .map(|reply| {
            let body: Value = serde_json::from_slice(&reply.unwrap().payload).unwrap();
            body["code"].as_str().unwrap_or("accepted").to_owned()
        })
        .collect();
    let expected = ["accepted", limit("nats_requests").code];
    assert_eq!(codes, expected.map(str::to_owned).into());
}

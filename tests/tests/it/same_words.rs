//! A body is refused in the same words over HTTP, over NATS and by the command line, and a row also
//! over gRPC.

use crate::grpc::refusal_of_report;
use crate::helpers::{clash, count, post, replaced};
use async_nats::{Client, HeaderMap};
use detente_tests::product::{Product, TIMEOUT};
use serde_json::{Value, json};
use std::path::Path;

const JSON: &str = "application/json";

/// Returns bodies that are refused, with their codes.
fn bodies() -> Vec<(Vec<u8>, &'static str)> {
    let event = clash(1);
    let text = event.to_string();
    let lines = format!("{event:#}\n{event:#}\n");
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut marked = vec![0xff, 0xfe];
    marked.extend::<Vec<u8>>(utf16(&format!("[{text},{text}]")));
    let twice = text.replacen("\"grade\":", "\"grade\":\"F6\",\"grade\":", 1);
    let latin = b"{\"title\": \"caf\xe9\"}".to_vec();
    let dated = |date: &str| replaced(clash(1), "/occurred", json!(date));
    vec![
        (Vec::new(), "empty_body"),
        (b" \n".to_vec(), "empty_body"),
        (b"[]".to_vec(), "empty_body"),
        (utf16(&text), "bad_utf8"),
        (marked, "bad_utf8"),
        (latin, "bad_utf8"),
        (lines.into_bytes(), "bad_json"),
        (b"{\"kind\": ".to_vec(), "bad_json"),
        (b"[,]".to_vec(), "bad_json"),
        (twice.into_bytes(), "duplicate_key"),
        (dated("20230501").to_string().into_bytes(), "bad_date"),
        (b"7".to_vec(), "wrong_type"),
    ]
}

async fn over_nats(client: &Client, headers: HeaderMap, body: &[u8]) -> Value {
    let asked = client.request_with_headers("detente.report", headers, body.to_vec().into());
    let reply = tokio::time::timeout(TIMEOUT, asked).await.unwrap().unwrap();
    let body: Value = serde_json::from_slice(&reply.payload).unwrap();
    body["refusals"][0].clone()
}

fn on_the_command_line(product: &Product, directory: &Path, body: &[u8]) -> Value {
    let file = directory.join("body.json");
    std::fs::write(&file, body).unwrap();
    let output = product.client(&["report", file.to_str().unwrap(), "-o", "json"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let body: Value = serde_json::from_slice(&output.stdout).unwrap();
    body["refused"][0]["refusals"][0].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_interface_refuses_in_the_same_words() {
    let product = Product::temporary(&[]);
    let directory = tempfile::tempdir().unwrap();
    let client = detente_tests::nats::connect(&product.nats).await.unwrap();
    let before = count(&product).await;
    for (body, code) in bodies() {
        let case = String::from_utf8_lossy(&body).into_owned();
        let over_http = post(&product, JSON, body.clone()).await.body["refusals"][0].clone();
        assert_eq!(over_http["code"], code, "{case}: {over_http}");
        let mut named = HeaderMap::new();
        named.insert("content-type", JSON);
        for headers in [named, HeaderMap::new()] {
            assert_eq!(
                over_nats(&client, headers, &body).await,
                over_http,
                "{case}"
            );
        }
        let typed = on_the_command_line(&product, directory.path(), &body);
        assert_eq!(typed, over_http, "{case}");
    }
    for (occurred, body) in [
        (None, Vec::new()),
        (
            Some("20220914"),
            replaced(clash(1), "/occurred", json!("20220914"))
                .to_string()
                .into_bytes(),
        ),
    ] {
        let over_http = post(&product, JSON, body).await.body["refusals"][0].clone();
        let refusal = refusal_of_report(&product, occurred).await;
        assert_eq!(over_http["code"], refusal.code);
        assert_eq!(over_http["message"], refusal.message);
        assert_eq!(over_http["field"].as_str(), refusal.field.as_deref());
    }
    assert_eq!(count(&product).await, before, "nothing is stored");
}

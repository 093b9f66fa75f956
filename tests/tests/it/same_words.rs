//! A body is refused in the same words over HTTP, over NATS and by the command line, and a row also
//! over gRPC; a read over HTTP, over gRPC and by the command line.

use crate::grpc::{connect, refusal_of, refusal_of_report};
use crate::helpers::{answer_to, clash, count, post, replaced, stderr};
use async_nats::{Client, HeaderMap};
use detente_api::proto;
use detente_tests::product::{Product, TIMEOUT};
use reqwest::Url;
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

/// Reads that are refused: two states, `at` and `known_at`, with their codes.
const READS: [([&str; 4], &str); 11] = [
    (["Tajikstan", "AFG", "", ""], "unknown_party"),
    (["TJK", "Afganistan", "", ""], "unknown_party"),
    (["TJK", "TJK", "", ""], "unknown_relation"),
    (["TJK", "AFG", "soon", ""], "bad_query"),
    (["TJK", "AFG", "2023-02-30", ""], "bad_query"),
    (["TJK", "AFG", "20230418", ""], "bad_query"),
    (["TJK", "AFG", "2023-04-18T01:00:00 05:00", ""], "bad_query"),
    (["TJK", "AFG", "", "soon"], "bad_query"),
    (["TJK", "AFG", "", "2023-04-18T01:00:00 05:00"], "bad_query"),
    (["TJK", "AFG", "", "2100-01-01T00:00:00Z"], "bad_query"),
    (["TJK", "AFG", "", "4000000"], "unknown_position"),
];

/// Returns a text without what the clock puts into it.
fn timeless(text: &str) -> String {
    let is_of_clock = text.contains(" s ahead of the clock");
    let kept = |byte: &char| !is_of_clock || !byte.is_ascii_digit();
    text.chars().filter(kept).collect()
}

/// Checks that gRPC and the command line refuse as HTTP does.
fn assert_same(case: &str, over_http: &Value, over_grpc: &proto::Refusal, typed: &str) {
    let message = timeless(over_http["message"].as_str().unwrap());
    assert_eq!(over_http["code"], over_grpc.code, "{case}");
    assert_eq!(timeless(&over_grpc.message), message, "{case}");
    assert_eq!(
        over_http["field"].as_str(),
        over_grpc.field.as_deref(),
        "{case}"
    );
    let allowed = over_http["allowed"].as_array().cloned().unwrap_or_default();
    let is_timeless = message == over_http["message"];
    assert!(
        !is_timeless || json!(over_grpc.allowed) == json!(allowed),
        "{case}: {over_grpc:?}"
    );
    assert!(timeless(typed).contains(&message), "{case}: {typed}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_interface_refuses_a_read_in_the_same_words() {
    let product = Product::temporary(&[]);
    let mut clients = connect(&product).await;
    for ([from, to, at, known_at], code) in READS {
        let case = format!("{from} {to} {at} {known_at}");
        let clocks = [("at", at), ("known_at", known_at)];
        let clocks = clocks.into_iter().filter(|(_, value)| !value.is_empty());
        let base = format!("http://base/v1/relations/{from}/{to}");
        let url = Url::parse_with_params(&base, clocks.clone()).unwrap();
        let path = url.as_str().trim_start_matches("http://base");
        let over_http = answer_to(&product, path).await.body["refusals"][0].clone();
        assert_eq!(over_http["code"], code, "{case}: {over_http}");
        let request = proto::GetRelationRequest {
            from: from.to_owned(),
            to: to.to_owned(),
            clocks: Some(proto::Clocks {
                at: at.to_owned(),
                known_at: known_at.to_owned(),
                min_position: 0,
            }),
        };
        let status = clients.relation.get_relation(request).await.unwrap_err();
        let mut args = vec!["state".to_owned(), from.to_owned(), to.to_owned()];
        args.extend(clocks.map(|(name, value)| format!("--{}={value}", name.replace('_', "-"))));
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let output = product.client(&args);
        assert!(!output.status.success(), "{case}");
        assert_same(&case, &over_http, &refusal_of(&status).1, &stderr(&output));
    }
    for from in ["yesterday", "0123456789ab-3"] {
        let path = format!("/v1/changes?from={from}");
        let over_http = answer_to(&product, &path).await.body["refusals"][0].clone();
        let request = proto::WatchRequest {
            from: from.to_owned(),
            wanted: None,
        };
        let status = clients.change.watch(request).await.unwrap_err();
        let output = product.client(&["watch", "--from", from]);
        assert_same(from, &over_http, &refusal_of(&status).1, &stderr(&output));
    }
}

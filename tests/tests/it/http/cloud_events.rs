//! CloudEvents 1.0 in structured, batch and binary mode.

use crate::expect::refuses;
use crate::helpers::{Answer, accepted, answer, clash, get_event, post, text};
use data_encoding::BASE64;
use detente_tests::product::Product;
use reqwest::Client;
use serde_json::{Value, json};

const STRUCTURED: &str = "application/cloudevents+json";
const BATCH: &str = "application/cloudevents-batch+json; charset=utf-8";

fn envelope(id: &str, data: &Value) -> Value {
    json!({
        "specversion": "1.0", "type": "org.example.report", "source": "/desk", "id": id,
        "time": "2023-05-05T12:00:00Z", "subject": "KGZ-UZB", "extension": 7,
        "datacontenttype": "application/json", "data": data,
    })
}

async fn binary(product: &Product, headers: &[(&str, &str)], body: String) -> Answer {
    let mut request = Client::new()
        .post(format!("{}/v1/events", product.http))
        .body(body);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    answer(request).await
}

fn attributes(id: &str) -> Vec<(&str, &str)> {
    vec![
        ("content-type", "application/json"),
        ("ce-specversion", "1.0"),
        ("ce-type", "org.example.report"),
        ("ce-source", "/desk"),
        ("ce-id", id),
        ("ce-time", "2023-05-05T12:00:00Z"),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_is_the_same_in_every_mode() {
    let product = Product::temporary(&[]);
    let event = envelope("17", &clash(1));
    let first = post(&product, STRUCTURED, event.to_string().into_bytes()).await;
    assert_eq!(first.status, 201, "{}", first.body);
    let first = &first.body["accepted"][0];
    assert_eq!(first["repeat"], false);

    let batch = json!([event, envelope("18", &clash(2))]);
    let second = post(&product, BATCH, batch.to_string().into_bytes()).await;
    assert_eq!(second.status, 201, "{}", second.body);
    assert_eq!(second.body["accepted"][0]["id"], first["id"]);
    assert_eq!(second.body["accepted"][0]["repeat"], true);
    assert_eq!(second.body["accepted"][1]["repeat"], false);

    let third = binary(&product, &attributes("17"), clash(1).to_string()).await;
    assert_eq!(third.status, 200, "{}", third.body);
    assert_eq!(third.body["accepted"][0]["id"], first["id"]);
    assert_eq!(third.body["accepted"][0]["position"], first["position"]);

    // The id of an event takes precedence over that of the envelope.
    let own = "0190f0f0-0000-7000-8000-00000000000a";
    let mut event = clash(3);
    event["id"] = json!(own);
    let fourth = binary(&product, &attributes("18"), event.to_string()).await;
    assert_eq!(fourth.body["accepted"][0]["id"], own);
    let (_, position) = accepted(&fourth.body);
    let stored = get_event(&product, own, position).await;
    assert_eq!(stored["occurred"], "2023-05-03");

    let dispute = json!({"dispute": own, "by": "KGZ", "report": {"publisher": "A ministry"}});
    let fifth = binary(&product, &attributes("19"), dispute.to_string()).await;
    assert_eq!(fifth.status, 201, "{}", fifth.body);
    let (_, position) = accepted(&fifth.body);
    let disputed = get_event(&product, own, position).await;
    assert_eq!(disputed["disputed"], true);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn source_and_id_identify_an_event_in_every_mode() {
    let product = Product::temporary(&[]);
    let uuid = "0190f0f0-0000-7000-8000-00000000000a";
    let mut other = envelope(uuid, &clash(2));
    other["source"] = json!("/another-desk");
    let batch = json!([envelope(uuid, &clash(1)), other]);
    let answer = post(&product, BATCH, batch.to_string().into_bytes()).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    let rows = answer.body["accepted"].as_array().unwrap();
    assert_eq!(rows.len(), 2, "{}", answer.body);
    assert_ne!(rows[0]["id"], rows[1]["id"]);

    let id = "h5 \"x\"";
    let first = post(
        &product,
        STRUCTURED,
        envelope(id, &clash(3)).to_string().into_bytes(),
    )
    .await;
    assert_eq!(first.status, 201, "{}", first.body);
    let mut encoded = envelope(id, &Value::Null);
    encoded["data_base64"] = json!(BASE64.encode(clash(3).to_string().as_bytes()));
    let mut answers = vec![post(&product, STRUCTURED, encoded.to_string().into_bytes()).await];
    for header in ["\"h5 \\\"x\\\"\"", "h5%20%22x%22"] {
        answers.push(binary(&product, &attributes(header), clash(3).to_string()).await);
    }
    for answer in answers {
        let row = &answer.body["accepted"][0];
        assert_eq!(
            row["id"], first.body["accepted"][0]["id"],
            "{}",
            answer.body
        );
        assert_eq!(row["repeat"], true, "{}", answer.body);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_row_of_a_batch_does_not_affect_others() {
    let product = Product::temporary(&[]);
    let mut bad = envelope("2", &clash(2));
    bad["specversion"] = json!("0.3");
    let batch = json!([envelope("1", &clash(1)), bad, envelope("3", &clash(3))]);
    let answer = post(&product, BATCH, batch.to_string().into_bytes()).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    assert_eq!(answer.body["accepted"].as_array().unwrap().len(), 2);
    assert_eq!(answer.body["refused"][0]["row"], 2);
    let refusal = &answer.body["refused"][0]["refusals"][0];
    assert_eq!(text(&refusal["field"]), "specversion");
    assert_eq!(refusal["allowed"], json!(["1.0"]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_cloud_event_is_refused_with_its_field() {
    let product = Product::temporary(&[]);
    let misplaced = |allowed| refuses(415, "unsupported_media_type").allowing(allowed);
    let field = |status, code, field| refuses(status, code).of(field, "");
    let event = envelope("17", &clash(1)).to_string();
    for (case, media_type, body, expected) in [
        (
            "a batch as one",
            STRUCTURED,
            format!("[{event}]"),
            misplaced("application/cloudevents-batch+json"),
        ),
        (
            "an event as a batch",
            BATCH,
            event.clone(),
            misplaced(STRUCTURED),
        ),
        (
            "another form of batch",
            "application/cloudevents-batch+xml",
            event.clone(),
            misplaced(STRUCTURED),
        ),
        (
            "an empty batch",
            BATCH,
            "[]".to_owned(),
            refuses(400, "empty_body"),
        ),
        (
            "no envelope",
            STRUCTURED,
            clash(1).to_string(),
            field(422, "missing_field", "specversion"),
        ),
    ] {
        expected.assert_answers(case, &post(&product, media_type, body.into_bytes()).await);
    }
    for (case, name, value, expected) in [
        (
            "an old version",
            "ce-specversion",
            "0.3",
            field(415, "unsupported_media_type", "specversion"),
        ),
        ("no id", "ce-id", "", field(422, "bad_text", "id")),
        (
            "another type",
            "content-type",
            "text/csv",
            refuses(415, "unsupported_media_type"),
        ),
        (
            "bad escapes",
            "ce-source",
            "%FF",
            field(400, "bad_utf8", "ce-source"),
        ),
    ] {
        let mut headers = attributes("17");
        headers.retain(|(attribute, _)| *attribute != name);
        headers.push((name, value));
        expected.assert_answers(
            case,
            &binary(&product, &headers, clash(1).to_string()).await,
        );
    }
    let mut bare = attributes("17");
    bare.retain(|(name, _)| *name != "ce-source");
    let answer = binary(&product, &bare, clash(1).to_string()).await;
    field(422, "missing_field", "source").assert_answers("no source", &answer);
}

//! The NATS API with a plain NATS client: reports by request, views and changes.

use crate::auth::create_token;
use crate::helpers::{accepted, answer, clash, eventually, get, get_event, numbered_id, report};
use crate::http::get_at;
use async_nats::jetstream;
use async_nats::service::{Info, PingResponse, Stats};
use async_nats::{Client, HeaderMap};
use bytes::Bytes;
use detente_tests::product::{Product, TIMEOUT};
use futures_util::StreamExt;
use serde_json::{Value, json};

const SUBJECT: &str = "detente.report";

/// The answer to a report.
struct Reply {
    /// The code of an error, or empty.
    code: String,
    error: String,
    body: Value,
}

async fn request_report(client: &Client, headers: &[(&str, &str)], body: &str) -> Reply {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.insert(*name, *value);
    }
    let asked = client.request_with_headers(SUBJECT, map, body.to_owned().into());
    let reply = tokio::time::timeout(TIMEOUT, asked).await.unwrap().unwrap();
    let headers = reply.headers.unwrap();
    let header = |name: &str| headers.get(name).map(ToString::to_string);
    Reply {
        code: header("Nats-Service-Error-Code").unwrap_or_default(),
        error: header("Nats-Service-Error").unwrap_or_default(),
        body: serde_json::from_slice(&reply.payload).unwrap(),
    }
}

async fn service(client: &Client, subject: &str) -> Bytes {
    let reply = client.request(subject.to_owned(), "".into()).await;
    reply.unwrap().payload
}

/// Returns a clash with an id by number.
fn numbered_clash(number: u32, day: u32) -> Value {
    let mut clash = clash(day);
    clash["id"] = numbered_id(number);
    clash
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_over_nats_is_answered_stored_and_counted() {
    let product = Product::temporary(&[]);
    let client = detente_tests::nats::connect(&product.nats).await.unwrap();
    let ping = service(&client, "$SRV.PING.detente").await;
    let ping: PingResponse = serde_json::from_slice(&ping).unwrap();
    assert_eq!(ping.version, env!("CARGO_PKG_VERSION"));
    let info = service(&client, &format!("$SRV.INFO.detente.{}", ping.id)).await;
    let info: Info = serde_json::from_slice(&info).unwrap();
    assert_eq!(info.endpoints[0].subject, SUBJECT);

    let first = request_report(&client, &[], &numbered_clash(1, 1).to_string()).await;
    let repeat = &first.body["accepted"][0]["repeat"];
    assert_eq!((&*first.code, repeat), ("", &json!(false)));
    let (id, position) = accepted(&first.body);
    let stored = get_event(&product, &id, position).await;
    assert_eq!(stored["occurred"], "2023-05-01");

    // The same event over NATS or HTTP is a repeat; another one under its id is refused.
    let again = request_report(&client, &[], &numbered_clash(1, 1).to_string()).await;
    assert_eq!(again.body["accepted"][0]["repeat"], true);
    assert_eq!(again.body["accepted"][0]["position"], position);
    let over_http = report(&product, &numbered_clash(1, 1)).await;
    assert_eq!(over_http.body, again.body);
    let other = request_report(&client, &[], &numbered_clash(1, 2).to_string()).await;
    assert_eq!(
        (&*other.code, &other.body["code"]),
        ("409", &json!("id_conflict"))
    );
    assert_eq!(other.error, "id_conflict: The id belongs to another record");

    // Amendments work over NATS too.
    let dispute = json!({"dispute": id, "by": "UZB", "claim": "It was no clash",
        "report": {"publisher": "Another agency", "language": "en", "grade": "B2"}});
    let disputed = request_report(&client, &[], &dispute.to_string()).await;
    assert_eq!(disputed.code, "", "{}", disputed.body);

    let stats = service(&client, "$SRV.STATS.detente").await;
    let stats: Stats = serde_json::from_slice(&stats).unwrap();
    let endpoint = &stats.endpoints[0];
    assert_eq!((endpoint.requests, endpoint.errors), (4, 1));
    assert!(endpoint.last_error.is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn batches_and_cloud_events_are_accepted_over_nats_and_bad_rows_refused() {
    let product = Product::temporary(&[]);
    let client = detente_tests::nats::connect(&product.nats).await.unwrap();
    let mut bad = numbered_clash(2, 2);
    bad["actors"][1] = json!("Uzbekstan");
    let lines = format!(
        "{}\n{bad}\n{}\n",
        numbered_clash(1, 1),
        numbered_clash(3, 3)
    );
    let ndjson = [("Content-Type", "application/x-ndjson")];
    let mixed = request_report(&client, &ndjson, &lines).await;
    assert_eq!(mixed.code, "", "good rows are stored");
    let rows: Vec<_> = mixed.body["accepted"].as_array().unwrap().iter().collect();
    assert_eq!((&rows[0]["row"], &rows[1]["row"]), (&json!(1), &json!(3)));
    assert_eq!(mixed.body["refused"][0]["row"], 2);
    let refusal = &mixed.body["refused"][0]["refusals"][0];
    assert_eq!(refusal["code"], "unknown_party");
    assert!(
        refusal["allowed"]
            .as_array()
            .unwrap()
            .contains(&json!("UZB"))
    );
    let array = request_report(
        &client,
        &[],
        &json!([numbered_clash(3, 3), numbered_clash(4, 4)]).to_string(),
    )
    .await;
    assert_eq!(array.body["accepted"][0]["repeat"], true);
    assert_eq!(array.body["accepted"][1]["repeat"], false);

    let mut data = numbered_clash(5, 5);
    data.as_object_mut().unwrap().remove("id");
    let whole = json!({"specversion": "1.0", "type": "org.example.report", "source": "/desk",
        "id": "17", "data": data});
    let structured = [("content-type", "application/cloudevents+json")];
    let structured = request_report(&client, &structured, &whole.to_string()).await;
    assert_eq!(structured.body["accepted"][0]["repeat"], false);
    let attributes = [
        ("content-type", "application/json"),
        ("ce-specversion", "1.0"),
        ("ce-type", "org.example.report"),
        ("ce-source", "/desk"),
        ("ce-id", "17"),
    ];
    let binary = request_report(&client, &attributes, &data.to_string()).await;
    assert_eq!(binary.body["accepted"][0]["repeat"], true);
    assert_eq!(
        binary.body["accepted"][0]["id"],
        structured.body["accepted"][0]["id"]
    );

    for (media_type, body, status, code) in [
        ("text/csv", "a,b", "415", "unsupported_media_type"),
        ("application/json", "{\"kind\": ", "400", "bad_json"),
        ("application/json", "", "400", "empty_body"),
        ("application/json", "{}", "422", "missing_field"),
    ] {
        let headers = [("content-type", media_type)];
        let reply = request_report(&client, &headers, body).await;
        assert_eq!((&*reply.code, &reply.body["code"]), (status, &json!(code)));
        assert_eq!(reply.body["status"].to_string(), status);
    }
    let coded = [("Content-Encoding", "gzip")];
    let reply = request_report(&client, &coded, &numbered_clash(6, 6).to_string()).await;
    assert_eq!(
        (&*reply.code, &reply.body["code"]),
        ("415", &json!("bad_content_encoding"))
    );
    assert_eq!(reply.body["refusals"][0]["allowed"], json!(["identity"]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plain_client_watches_the_views_and_reads_the_changes() {
    let product = Product::temporary(&[]);
    let client = detente_tests::nats::connect(&product.nats).await.unwrap();
    let jetstream = jetstream::new(client.clone());
    let bucket = jetstream.get_key_value("relations").await.unwrap();
    let mut views = bucket.watch("KGZ.UZB").await.unwrap();
    let mut changes = client.subscribe("detente.changes.*.KGZ.*").await.unwrap();
    client.flush().await.unwrap();

    let reply = request_report(&client, &[], &numbered_clash(1, 1).to_string()).await;
    let position = &reply.body["accepted"][0]["position"];
    let change = tokio::time::timeout(TIMEOUT, changes.next()).await;
    let change = change.unwrap().unwrap();
    assert!(change.subject.ends_with(".KGZ.UZB"), "{}", change.subject);
    let header = |name: &str| change.headers.as_ref().and_then(|all| all.get(name));
    let position_header = header("Detente-Position").map(ToString::to_string);
    assert_eq!(position_header, Some(position.to_string()));
    let read: Value = serde_json::from_slice(&change.payload).unwrap();
    assert_eq!(read["relation"], "KGZ-UZB");
    assert_eq!(&read["position"], position);
    let dimensions = read["changes"].as_array().unwrap().iter();
    let dimensions: Vec<_> = dimensions.map(|change| &change["dimension"]).collect();
    assert!(dimensions.contains(&&json!("security")), "{read}");
    let page = get(&product, "/v1/changes?pair=KGZ-UZB&limit=100").await;
    assert_eq!(page["items"][0]["changes"], read["changes"]);

    let view = tokio::time::timeout(TIMEOUT, views.next()).await;
    let view = view.unwrap().unwrap().unwrap();
    assert_eq!(view.key, "KGZ.UZB");
    let read: Value = serde_json::from_slice(&view.value).unwrap();
    assert_eq!(
        (&read["relation"], &read["position"]),
        (&json!("KGZ-UZB"), position)
    );
    let path = format!("/v1/relations/KGZ/UZB?min_position={position}");
    let relation = get(&product, &path).await;
    assert_eq!(read["projection"], relation["projection"]);
    for field in ["political", "security", "posture", "measures"] {
        let level = |view: &Value| {
            (
                view[field].get("level").cloned(),
                view[field].as_array().map(Vec::len),
            )
        };
        assert_eq!(level(&read["conducts"][0]), level(&relation), "{field}");
    }
    let latest = bucket.get("KGZ.UZB").await.unwrap();
    assert_eq!(latest, Some(view.value));
}

/// Creates a token. Returns the header value for it.
fn bearer(product: &Product, name: &str, role: &str) -> String {
    format!("Bearer {}", create_token(&product.nats, name, role).token)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_are_required_over_nats_as_over_http_and_name_the_author() {
    let product = Product::temporary(&[]);
    let client = detente_tests::nats::connect(&product.nats).await.unwrap();
    let body = numbered_clash(1, 1).to_string();
    let reader = bearer(&product, "wall", "reader");
    let reporter = bearer(&product, "desk", "reporter");
    eventually("the gateway knows the tokens", async || {
        let sent = [("Authorization", &*reporter)];
        request_report(&client, &[], &body).await.code == "401"
            && request_report(&client, &sent, "{}").await.code == "422"
    })
    .await;
    let last = if reporter.ends_with('0') { '1' } else { '0' };
    let wrong = format!("{}{last}", &reporter[..reporter.len() - 1]);
    for (sent, code, code_name) in [
        (&*wrong, "401", "unauthenticated"),
        (&reader, "403", "forbidden"),
    ] {
        let reply = request_report(&client, &[("Authorization", sent)], &body).await;
        assert_eq!(
            (&*reply.code, &reply.body["code"]),
            (code, &json!(code_name))
        );
    }
    let mut other = numbered_clash(2, 2);
    other["title"]["en"] = json!("Something else");
    let known = request_report(&client, &[("authorization", &reporter)], &other.to_string()).await;
    assert_eq!(known.code, "", "{}", known.body);
    let (id, position) = accepted(&known.body);
    let path = format!("/v1/events/{id}?min_position={position}");
    let request = get_at(&product.http, &path);
    let read = answer(request.header("authorization", &reporter)).await;
    assert_eq!(read.body["author"], "desk", "{}", read.body);
}

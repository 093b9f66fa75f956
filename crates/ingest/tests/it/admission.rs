//! Accepted and refused reports, and their answers.

use std::sync::Arc;

use detente_domain::record::Body;
use detente_http::{ApiRouter, MiddlewareConfig, Operation};
use detente_ingest::{BODY_MAX, ROWS_MAX, router};
use detente_jetstream::stream_info;
use detente_jetstream::topology::EVENTS;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::support::{NOON, Nats, event, in_time, moment, reports};

#[tokio::test]
async fn an_answered_report_is_in_the_log_with_author_and_time() {
    let nats = Nats::start().await;
    let server = nats.serve().await;
    let id = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0abc);
    let (status, answer) = server.post_json(&event(Some(id), 1)).await;
    assert_eq!(status, 201, "{answer}");
    let expected = json!({
        "accepted": [{"row": 1, "id": id, "position": 2, "repeat": false}],
        "refused": [],
    });
    assert_eq!(answer, expected);

    let (status, answer) = server.post_json(&event(None, 2)).await;
    assert_eq!(status, 201, "{answer}");
    let made: Uuid = answer["accepted"][0]["id"]
        .as_str()
        .expect("an id")
        .parse()
        .expect("a UUID");
    assert_eq!(made.get_version_num(), 7);

    let records = reports(&server.connection).await;
    let found: Vec<(u64, Uuid)> = records
        .iter()
        .map(|(at, record)| (*at, record.id.0))
        .collect();
    assert_eq!(found, [(2, id), (3, made)]);
    let record = &records[0].1;
    assert_eq!(record.authorship.author, "local");
    assert_eq!(record.authorship.recorded, moment(NOON));
    let Body::Reported(reported) = &record.body else {
        panic!("it is a report")
    };
    assert_eq!(reported.act.kind.as_str(), "mission.handed_over");
    server.close().await;
}

#[tokio::test]
async fn arrays_and_lines_share_one_commit() {
    let nats = Nats::start().await;
    let server = nats.serve().await;
    let array = json!([event(None, 1), event(None, 2), event(None, 3)]).to_string();
    let lines = format!("# a comment\n{}\n\n{}\n", event(None, 4), event(None, 5));
    let bodies = [
        (
            Some("application/json; charset=utf-8"),
            array,
            vec![1, 2, 3],
        ),
        (Some("application/x-ndjson"), lines, vec![2, 4]),
    ];
    for (place, (media_type, body, rows)) in bodies.into_iter().enumerate() {
        let (status, _, answer) = server.post(media_type, body).await;
        assert_eq!(status, 201, "{answer}");
        let accepted = answer["accepted"].as_array().expect("rows");
        let found: Vec<u64> = accepted
            .iter()
            .filter_map(|row| row["row"].as_u64())
            .collect();
        assert_eq!(found, rows);
        for row in accepted {
            assert_eq!(row["position"], json!(place + 2), "one commit for one body");
        }
    }
    server.close().await;
}

#[tokio::test]
async fn the_good_rows_of_a_body_are_stored_and_the_bad_ones_refused() {
    let nats = Nats::start().await;
    let server = nats.serve().await;
    let mut bad_date = event(None, 1);
    bad_date["occurred"] = json!("the other day");
    let body = format!(
        "{}\n{bad_date}\n{{broken\n{}\n",
        event(None, 2),
        event(None, 3)
    );
    let (status, _, answer) = server.post(Some("application/x-ndjson"), body).await;
    assert_eq!(status, 201, "{answer}");
    assert_eq!(answer["accepted"].as_array().map(Vec::len), Some(2));
    let refused = answer["refused"].as_array().expect("rows");
    let codes: Vec<(u64, &str)> = refused
        .iter()
        .map(|row| {
            let code = row["refusals"][0]["code"].as_str().unwrap_or_default();
            (row["row"].as_u64().unwrap_or_default(), code)
        })
        .collect();
    assert_eq!(codes, [(2, "bad_date"), (3, "bad_json")]);
    assert_eq!(reports(&server.connection).await.len(), 2);
    server.close().await;
}

#[track_caller]
fn problem((status, media_type, body): &(u16, String, Value), wanted: u16, code: &str) {
    assert_eq!(
        (*status, media_type.as_str()),
        (wanted, "application/problem+json"),
        "{body}"
    );
    assert_eq!(body["code"], code, "{body}");
    assert_eq!(body["status"], wanted);
    for field in ["type", "title", "detail", "advice"] {
        assert!(
            body[field].as_str().is_some_and(|text| !text.is_empty()),
            "{field}: {body}"
        );
    }
    assert!(body["refusals"].is_array());
}

#[tokio::test]
async fn each_fault_of_a_request_has_its_own_code() {
    let nats = Nats::start().await;
    let server = nats.serve().await;
    let json = Some("application/json");
    problem(&server.post(json, "{").await, 400, "bad_json");
    problem(&server.post(json, "[1, 2").await, 422, "wrong_type");
    problem(&server.post(json, "\"\u{feff}").await, 400, "bad_json");
    problem(
        &server.post(json, &b"{\"kind\": \"\xff\xfe\"}"[..]).await,
        400,
        "bad_utf8",
    );
    problem(&server.post(json, "").await, 400, "empty_body");
    problem(&server.post(json, "[]").await, 400, "empty_body");
    problem(&server.post(json, " \n").await, 400, "empty_body");
    problem(
        &server.post(None, "{}").await,
        415,
        "unsupported_media_type",
    );
    problem(
        &server.post(Some("text/csv"), "a,b").await,
        415,
        "unsupported_media_type",
    );
    let mut unknown = event(None, 1);
    unknown["actors"] = json!(["ATLANTIS"]);
    let refused = server.post(json, unknown.to_string()).await;
    problem(&refused, 422, "unknown_party");
    assert_eq!(refused.2["refused"][0]["row"], 1);
    problem(&server.get("/v1/nothing").await, 404, "not_found");
    problem(&server.get("/v1/events").await, 405, "method_not_allowed");
    assert_eq!(reports(&server.connection).await, []);
    assert_eq!(server.get("/livez").await.0, 200);
    assert_eq!(server.get("/readyz").await.0, 200);
    server.close().await;
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_and_nothing_is_stored() {
    let nats = Nats::start().await;
    let server = nats.serve().await;
    let json = Some("application/json");
    let ten_megabytes = format!("[{}]", " ".repeat(10_000_000));
    problem(
        &server.post(json, ten_megabytes).await,
        413,
        "body_too_large",
    );
    let fits = format!("[{}{}]", event(None, 1), " ".repeat(BODY_MAX - 2_000));
    assert_eq!(server.post(json, fits).await.0, 201);

    let row = format!("{}\n", event(None, 2));
    let rows = format!("{row}{}", "{}\n".repeat(ROWS_MAX));
    problem(
        &server.post(Some("application/x-ndjson"), rows).await,
        413,
        "too_many_records",
    );
    assert_eq!(reports(&server.connection).await.len(), 1);
    server.close().await;
}

#[tokio::test]
async fn the_routes_merge_with_others_on_one_port() {
    let nats = Nats::start().await;
    let (gateway, _, cancel) = nats.gateway().await;
    let read = Operation::get("/v1/events", "events", "Events", "List events");
    let others = ApiRouter::new().route(read, async || "events");
    let config = MiddlewareConfig::new(Arc::new(Uuid::nil));
    let routes = router(gateway.clone()).merge(others).finish(&config);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!(
        "http://{}/v1/events",
        listener.local_addr().expect("an address")
    );
    let server =
        axum::serve(listener, routes).with_graceful_shutdown(cancel.clone().cancelled_owned());
    let server = tokio::spawn(server.into_future());
    let client = reqwest::Client::new();
    let read = client
        .get(&url)
        .send()
        .await
        .expect("an answer")
        .text()
        .await;
    assert_eq!(read.expect("a body"), "events");
    let written = client
        .post(&url)
        .header("content-type", "application/json")
        .body(event(None, 1).to_string())
        .send()
        .await;
    assert_eq!(written.expect("an answer").status(), 201);
    let refused = client.delete(&url).send().await.expect("an answer");
    assert_eq!(refused.status(), 405);
    assert_eq!(
        refused.headers()["content-type"],
        "application/problem+json"
    );
    assert_eq!(refused.headers()["allow"], "POST,GET,HEAD");
    cancel.cancel();
    in_time(gateway.stopped()).await;
    drop(client);
    in_time(server).await.expect("a task").expect("a server");
}

#[tokio::test]
async fn concurrent_reports_share_commits() {
    const REPORTERS: usize = 64;
    const REPORTS: usize = 16;
    let nats = Nats::start().await;
    let server = std::sync::Arc::new(nats.serve().await);
    let posts = (0..REPORTERS).map(|_| {
        let server = std::sync::Arc::clone(&server);
        tokio::spawn(async move {
            for _ in 0..REPORTS {
                assert_eq!(server.post_json(&event(None, 1)).await.0, 201);
            }
        })
    });
    for post in posts.collect::<Vec<_>>() {
        in_time(post).await.expect("a reporter");
    }
    assert_eq!(reports(&server.connection).await.len(), REPORTERS * REPORTS);
    let commits = stream_info::head(&server.connection, EVENTS)
        .await
        .expect("a head");
    assert!(commits < (REPORTERS * REPORTS) as u64, "{commits} commits");
}

//! Amendments over HTTP and the command line: nothing is overwritten.

use crate::expect::refuses;
use crate::helpers::{
    Answer, accepted, answer, changes_of, data, event, eventually, get, get_event, pages, post,
    ready, reported, stderr, stdout, words,
};
use detente_tests::product::Product;
use reqwest::Client;
use serde_json::{Value, json};

const KHOROG: &str = "e3453d4a-ae0e-5680-90dc-c727fc64e84a";
const ALMATY: &str = "3bd3df6d-1ed3-5218-b709-912897a93a4d";
const PRESENCE: &str = "19c36dbc-acee-5293-bc40-f8e8f7de5d72";
const TWICE: &str = "8bc2ba38-d653-5857-bd65-67750f18b321";
const UNREPORTED: &str = "0190a5b0-0000-7000-8000-00000000abcd";

/// Sends an amendment.
pub(crate) async fn amend(product: &Product, target: &str, route: &str, body: &Value) -> Answer {
    let url = format!("{}/v1/events/{target}/{route}", product.http);
    let request = Client::new().post(url);
    let request = request.header("content-type", "application/json");
    answer(request.body(body.to_string())).await
}

/// Sends an amendment that is accepted. Returns its id and position.
async fn amended(product: &Product, target: &str, route: &str, body: &Value) -> (String, u64) {
    let answer = amend(product, target, route, body).await;
    assert_eq!(answer.status, 201, "{route}: {}", answer.body);
    accepted(&answer.body)
}

/// Gets both conducts and the country on days around the hand-over, without `known_at`.
async fn answers(product: &Product, clock: &str) -> Vec<String> {
    let mut all = Vec::new();
    for day in ["2022-12-31", "2023-03-23", "2023-04-18", "2024-01-01"] {
        for path in [
            format!("relations/TJK/AFG?at={day}{clock}"),
            format!("relations/AFG/TJK?at={day}{clock}"),
            format!("countries/AFG?at={day}{clock}"),
        ] {
            let mut answer = get(product, &format!("/v1/{path}")).await;
            answer.as_object_mut().unwrap().remove("known_at");
            all.push(answer.to_string());
        }
    }
    all
}

/// Waits for the changes of a commit.
async fn changes(product: &Product, position: u64) -> Vec<Value> {
    let frames = async || {
        let mut frames = pages(product).await;
        frames.retain(|frame| frame["position"] == position);
        frames
    };
    eventually("its changes are published", async || {
        !frames().await.is_empty()
    })
    .await;
    changes_of(&frames().await)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_retracted_event_vanishes_and_comes_back_byte_for_byte() {
    let product = Product::temporary(&["--demo"]);
    let before = get(&product, "/v1/relations/TJK/AFG?at=2023-04-18").await;
    let (known, whole) = (
        before["known_at"].as_u64().unwrap(),
        answers(&product, "").await,
    );
    assert_eq!(before["missions"][0]["city"], "Khorog");

    let reason = json!({"reason": "Announced too early"});
    let (retraction, gone) = amended(&product, KHOROG, "retraction", &reason).await;
    let path = format!("/v1/relations/TJK/AFG?at=2023-04-18&min_position={gone}");
    let without = get(&product, &path).await;
    assert_eq!(without["missions"], json!([]));
    assert_ne!(without["political"], before["political"]);
    assert_eq!(
        answers(&product, &format!("&known_at={known}")).await,
        whole
    );
    let learned = changes(&product, gone).await;
    assert!(!learned.is_empty());
    for change in &learned {
        assert_eq!(change["occasion"], "learned", "{change}");
    }
    let event = get_event(&product, KHOROG, gone).await;
    assert_eq!(event["retracted"]["reason"], "Announced too early");
    assert_eq!(event["retracted"]["id"], retraction.as_str());

    let why = ["--reason", "It was not", "-o", "json"];
    let printed = product.client(&[&["retract", &retraction], &why[..]].concat());
    let (_, back) = accepted(&data(&printed));
    let again = answers(&product, &format!("&min_position={back}")).await;
    assert_eq!(again, whole);
    for change in changes(&product, back).await {
        assert_eq!(change["occasion"], "learned", "{change}");
    }
    let event = get_event(&product, KHOROG, back).await;
    assert_eq!(event["retracted"], Value::Null);
    let by = &event["retractions"][0]["retracted_by"];
    assert_eq!(by["reason"], "It was not");
    ready(&product.http).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_amendment_is_a_record_with_an_id_and_repeats_are_recognised() {
    let product = Product::temporary(&[]);
    let sent = event("statement.supportive", &["KGZ"], &["UZB"], "2023-05-01");
    let (event, _) = reported(&product, &sent).await;
    let (same, _) = reported(&product, &sent).await;

    let id = "0190a5b0-0000-7000-8000-000000000001";
    let further = json!({"id": id, "publisher": "Interfax", "grade": "B3"});
    let (accepted_id, first) = amended(&product, &event, "reports", &further).await;
    assert_eq!(accepted_id, id);
    let repeat = amend(&product, &event, "reports", &further).await;
    assert_eq!(repeat.status, 200, "{}", repeat.body);
    assert_eq!(repeat.body["accepted"][0]["position"], first);
    assert_eq!(repeat.body["accepted"][0]["repeat"], true);
    let other_grade = json!({"id": id, "publisher": "Interfax", "grade": "B2"});
    let conflict = amend(&product, &event, "reports", &other_grade).await;
    refuses(409, "id_conflict").assert_answers("another grade", &conflict);

    let rows = json!([
        {"dispute": event, "by": "UZB", "claim": "Not so", "report": {"publisher": "Uza"}},
        {"correct": event, "occurred": "2023-05-02", "report": {"publisher": "Kabar", "grade": "B2"}},
    ]);
    let answer = post(&product, "application/json", rows.to_string().into_bytes()).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    let linked = product.client(&["link", &event, &same, "-o", "json"]);
    let (link, position) = accepted(&data(&linked));

    let view = get_event(&product, &event, position).await;
    assert_eq!(view["occurred"], "2023-05-02");
    assert_eq!(view["reports"][0]["author"], "local");
    assert_eq!(view["reports"][0]["report"]["grade"], "B3");
    assert_eq!(view["disputes"][0]["by"], "UZB");
    assert_eq!(view["links"][0]["id"], link.as_str());
    assert_eq!(view["same_as"], json!([same]));
    assert_eq!(
        (&view["publishers"], &view["vouching"]),
        (&json!(2), &json!(2))
    );
    assert_eq!(
        (&view["grade"], &view["reported_grade"]),
        (&json!("B1"), &json!("B2"))
    );
    let unlinked = product.client(&["unlink", &event, &same, "-o", "json"]);
    let (_, position) = accepted(&data(&unlinked));
    let view = get_event(&product, &event, position).await;
    assert_eq!(view["same_as"], json!([]));
    let path = format!("/v1/events?country=KGZ&limit=1&min_position={position}");
    let listed = get(&product, &path).await;
    assert_eq!(listed["items"][0]["disputed"], true);
    ready(&product.http).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn amendments_of_an_unknown_event_are_pending_until_it_is_reported() {
    let product = Product::temporary(&[]);
    let line = format!("dispute {UNREPORTED} --by KGZ --claim Never --publisher Kabar");
    let dispute = words(&line);
    let warned = product.client(&dispute);
    assert_eq!(warned.status.code(), Some(1));
    let note = stderr(&warned);
    assert!(note.contains("will be pending"), "{note}");
    let listed = get(&product, "/v1/events?pending=true").await;
    assert_eq!(listed["items"], json!([]), "nothing was sent");

    let sent = product.client(&[&dispute[..], &["--pending", "-o", "json"]].concat());
    let (id, position) = accepted(&data(&sent));
    let pending = get_event(&product, UNREPORTED, position).await;
    assert_eq!(
        (&pending["pending"], &pending["id"]),
        (&json!(true), &json!(UNREPORTED))
    );
    assert_eq!(pending["records"][0]["id"], id.as_str());
    assert_eq!(pending["records"][0]["counts"], false);
    let listed = get(&product, "/v1/events?pending=true").await;
    assert_eq!(listed["items"], json!([pending]));
    assert!(stdout(&product.client(&["events", "--pending"])).contains(UNREPORTED));
    assert!(stdout(&product.client(&["events", UNREPORTED])).contains("by KGZ"));

    let mut target = event("statement.critical", &["UZB"], &["KGZ"], "2023-05-01");
    target["id"] = json!(UNREPORTED);
    let (_, came) = reported(&product, &target).await;
    let view = get_event(&product, UNREPORTED, came).await;
    assert_eq!(
        (&view["pending"], &view["disputed"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(view["disputes"][0]["counts"], true);
    let state = get(&product, "/v1/relations/UZB/KGZ?at=2023-05-02").await;
    assert_eq!(state["disputes"][0]["denied_by"], "KGZ");
    assert_eq!(
        get(&product, "/v1/events?pending=true").await["items"],
        json!([])
    );
    let path = format!("/v1/events/{UNREPORTED}?known_at={position}");
    assert_eq!(get(&product, &path).await, pending, "as known before");
    ready(&product.http).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disputed_event_is_marked_in_every_view_with_both_sides() {
    let product = Product::temporary(&["--demo"]);
    let sides = json!({"event": ALMATY, "claimed_by": "RUS", "denied_by": "TALIBAN"});
    let state = get(&product, "/v1/relations/RUS/AFG?at=2022-02-01").await;
    assert_eq!(state["disputes"], json!([sides]));
    assert_eq!(state["political"]["disputed"], true);
    assert_eq!(state["posture"]["disputed"], true);
    let country = get(&product, "/v1/countries/AFG?at=2022-02-01").await;
    let relations = country["relations"].as_array().unwrap();
    let russia = relations.iter().find(|other| other["with"] == "RUS");
    let russia = russia.unwrap();
    assert_eq!(russia["incoming"]["disputed"], true);
    assert_eq!(russia["disputes"], json!([sides]));
    let sides = json!({"event": PRESENCE, "claimed_by": "USA", "denied_by": "TALIBAN"});
    let path = "/v1/relations/TJK/AFG/history?at=2022-06-01";
    let history = get(&product, path).await;
    let history = history["items"].as_array().unwrap().clone();
    for mut changes in [history, changes_of(&pages(&product).await)] {
        changes.retain(|change| {
            let causes = change["causes"].as_array().unwrap();
            causes.contains(&json!(PRESENCE))
        });
        assert!(!changes.is_empty());
        for change in changes {
            let marks = (&change["disputed"], &change["disputes"]);
            assert_eq!(marks, (&json!(true), &json!([sides])));
        }
    }
    let presence = get(&product, "/v1/relations/TJK/AFG?at=2022-06-01").await;
    let groups = presence["groups"].as_array().unwrap();
    assert!(
        groups.iter().any(|entry| entry["disputed"] == true),
        "{groups:?}"
    );

    let client = |line: &str| stdout(&product.client(&words(line)));
    assert!(client("state RUS AFG --at 2022-02-01").contains("TALIBAN"));
    let denied = "said by RUS, denied by TALIBAN";
    assert!(client("country AFG --at 2022-02-01").contains(denied));
    let denied = "said by USA, denied by TALIBAN";
    assert!(client("history TJK AFG --at 2022-06-01").contains(denied));
    let listed = client("events --pair RUS AFG --oldest");
    assert!(listed.contains("! rests on a disputed event"), "{listed}");
    let twice = client(&format!("events {TWICE}"));
    assert!(twice.contains("Entered twice"), "{twice}");
    ready(&product.http).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_may_contain_amendments_between_events() {
    let directory = tempfile::tempdir().unwrap();
    let product = Product::up(directory.path(), &[]);
    let mut sent = event("visit.made", &["KGZ"], &["UZB"], "2023-05-01");
    sent["id"] = json!(UNREPORTED);
    let retract = json!({"retract": UNREPORTED, "reason": "It was put off"});
    let file = directory.path().join("rows.ndjson");
    std::fs::write(&file, format!("{retract}\n{sent}\n")).unwrap();
    let file = file.display().to_string();
    let printed = data(&product.client(&["report", &file, "-o", "json"]));
    assert_eq!(
        printed["accepted"].as_array().unwrap().len(),
        2,
        "{printed}"
    );
    let (_, position) = accepted(&printed);
    let view = get_event(&product, UNREPORTED, position).await;
    assert_eq!(view["retracted"]["reason"], "It was put off");
    ready(&product.http).await;
}

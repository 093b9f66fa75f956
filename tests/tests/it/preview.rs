//! Previews: what a report would change, over HTTP and on the command line, without reporting it.

use crate::expect::refuses;
use crate::helpers::{
    Answer, answer, clash, count, data, event, eventually, get, numbered_id as id, pages, replaced,
    report, reported, stderr, stdout, text,
};
use detente_tests::product::{Product, run_on};
use reqwest::Client;
use serde_json::{Value, json};

async fn post(product: &Product, query: &str, media_type: &str, body: String) -> Answer {
    let request = Client::new().post(format!("{}/v1/preview{query}", product.http));
    answer(request.header("content-type", media_type).body(body)).await
}

async fn preview(product: &Product, query: &str, body: &Value) -> Value {
    let answer = post(product, query, "application/json", body.to_string()).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body
}

fn closed_border() -> Value {
    event("border.closed", &["KGZ"], &["UZB"], "2023-05-05")
}

/// Returns the warnings as `row code`.
fn warnings(view: &Value) -> Vec<String> {
    let warnings = view["warnings"].as_array().unwrap().iter();
    warnings
        .map(|warning| format!("{} {}", warning["row"], text(&warning["code"])))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_preview_has_the_changes_that_the_report_then_causes() {
    let product = Product::temporary(&[]);
    let before = count(&product).await;
    let closed = event("border.closed", &["KGZ"], &["UZB"], "2023-05-05");
    let closed = replaced(closed, "/id", id(2));
    let view = preview(&product, "", &closed).await;
    assert_eq!(view["rows"][0]["event"]["id"], id(2), "{view}");
    assert_eq!(view["rows"][0]["refusals"], json!([]));
    assert_eq!(view["similar"], json!([]));
    assert_eq!(warnings(&view), Vec::<String>::new());
    assert_eq!(count(&product).await, before);
    let expected = view["changes"].as_array().unwrap();
    assert!(!expected.is_empty());

    let (_, position) = reported(&product, &closed).await;
    eventually("the changes are published", async || {
        let frames = pages(&product).await;
        frames.iter().any(|frame| frame["position"] == position)
    })
    .await;
    let frames = pages(&product).await;
    let frames = frames.iter().filter(|frame| frame["position"] == position);
    let changes = frames.flat_map(|frame| frame["changes"].as_array().unwrap());
    let changes: Vec<&Value> = changes.collect();
    assert_eq!(changes.len(), expected.len());
    for (change, expected) in changes.into_iter().zip(expected) {
        assert_eq!(change, expected);
    }
    let again = format!("?min_position={position}");
    let view = preview(&product, &again, &closed).await;
    assert_eq!(warnings(&view), ["1 already_reported"]);
    assert_eq!(view["changes"], json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_preview_shows_what_rows_may_repeat_and_how_to_add_to_it() {
    let product = Product::temporary(&[]);
    let (first, position) = reported(&product, &clash(5)).await;
    let again = replaced(clash(7), "/id", id(3));
    let query = format!("?min_position={position}&lang=ar");
    let view = preview(&product, &query, &again).await;
    let similar = &view["similar"][0];
    assert_eq!(view["similar"].as_array().unwrap().len(), 1, "{view}");
    assert_eq!(
        (&similar["id"], &similar["row"]),
        (&json!(first), &json!(1))
    );
    assert_eq!(similar["days_apart"], 2);
    assert!(warnings(&view).contains(&"1 likely_duplicate".to_owned()));
    let message = text(&view["warnings"][0]["message"]);
    assert!(
        message.contains("مسجَّل") && message.contains(&first),
        "{message}"
    );

    let path = text(&similar["corroborate"]["path"]);
    let request = Client::new().post(format!("{}{path}", product.http));
    let body = similar["corroborate"]["body"].to_string();
    let request = request
        .header("content-type", "application/json")
        .body(body);
    assert_eq!(answer(request).await.status, 201);
    assert_eq!(report(&product, &again).await.status, 201);
    let path = text(&similar["link"]["path"]);
    let request = Client::new().post(format!("{}{path}", product.http));
    let body = similar["link"]["body"].to_string();
    let request = request
        .header("content-type", "application/json")
        .body(body);
    let linked = answer(request).await;
    assert_eq!(linked.status, 201, "{}", linked.body);
    let position = &linked.body["accepted"][0]["position"];
    let shown = get(
        &product,
        &format!("/v1/events/{first}?min_position={position}"),
    )
    .await;
    assert_eq!(shown["same_as"], json!([id(3)]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_row_has_its_refusals_and_warnings() {
    let product = Product::temporary(&[]);
    let bad = replaced(clash(5), "/occurred", json!("someday"));
    let dispute = json!({"dispute": id(1), "report": {"publisher": "P", "grade": "B2"}});
    let future = replaced(clash(5), "/occurred", json!("2999"));
    let alone = event("visit.made", &["KGZ"], &[], "2023-05-05");
    let weak = replaced(closed_border(), "/report/grade", json!("F6"));
    let body = json!([bad, dispute, future, alone, weak]);
    let view = preview(&product, "", &body).await;
    let code = |row: usize| view["rows"][row]["refusals"][0]["code"].clone();
    assert_eq!(
        (code(0), code(1)),
        (json!("bad_date"), json!("events_only"))
    );
    assert_eq!(view["rows"][0]["event"], Value::Null);
    let expected = [
        "3 future_date",
        "3 unchanged",
        "4 no_second_party",
        "4 unchanged",
        "5 below_ladder",
    ];
    let found = warnings(&view);
    assert_eq!(&found[..5], expected, "{view}");
    // Without an id, an event gets one that its content and row give.
    let same = preview(&product, "", &body).await;
    assert_eq!(same["rows"], view["rows"]);
    assert_ne!(view["rows"][2]["event"]["id"], Value::Null);

    let twice = replaced(closed_border(), "/id", id(9));
    let rows = json!([closed_border(), closed_border(), twice, twice]);
    let view = preview(&product, "?lang=ru", &rows).await;
    let found = warnings(&view);
    let repeated = ["2 duplicate_row", "3 duplicate_row", "4 duplicate_row"];
    for expected in repeated {
        assert!(found.contains(&expected.to_owned()), "{view}");
    }
    assert!(!found.contains(&"2 already_reported".to_owned()), "{view}");
    let message = text(&view["warnings"][0]["message"]);
    assert!(
        message.starts_with("Строка 2 такая же, как строка 1"),
        "{message}"
    );

    let cloud = json!({
        "specversion": "1.0", "id": "a", "source": "here", "type": "x", "data": clash(5),
    });
    let structured = "application/cloudevents+json";
    let view = post(&product, "", structured, cloud.to_string()).await;
    assert_eq!(view.body["rows"][0]["refusals"], json!([]), "{}", view.body);
    let lines = format!("# a comment\n{}\n", clash(5));
    let view = post(&product, "", "application/x-ndjson", lines).await;
    assert_eq!(view.body["rows"][0]["row"], 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_act_of_an_organisation_affects_its_members_which_rows_may_tell_of() {
    let product = Product::temporary(&[]);
    let joined = event("membership.joined", &["KGZ"], &["G20"], "2023-01-01");
    let visit = event("visit.made", &["G20"], &["UZB"], "2023-05-05");
    let view = preview(&product, "", &visit).await;
    assert!(
        warnings(&view).contains(&"1 no_second_party".to_owned()),
        "{view}"
    );
    let view = preview(&product, "", &json!([joined, visit])).await;
    let found = warnings(&view);
    assert!(
        !found.iter().any(|one| one.contains("no_second_party")),
        "{view}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_as_a_whole_may_be_refused() {
    let product = Product::temporary(&[]);
    let many = json!(vec![clash(5); 101]).to_string();
    let json = "application/json";
    for (query, media_type, body, expected) in [
        ("", json, many, refuses(413, "too_many_records")),
        ("", json, String::new(), refuses(400, "empty_body")),
        ("", json, "[ ]".to_owned(), refuses(400, "empty_body")),
        (
            "",
            json,
            " ".repeat(3 << 20),
            refuses(413, "body_too_large"),
        ),
        (
            "",
            "text/csv",
            clash(5).to_string(),
            refuses(415, "unsupported_media_type"),
        ),
        (
            "?lang=fr",
            json,
            clash(5).to_string(),
            refuses(400, "bad_query").of("lang", "fr"),
        ),
        (
            "?limit=7",
            json,
            clash(5).to_string(),
            refuses(400, "bad_query"),
        ),
    ] {
        let answer = post(&product, query, media_type, body).await;
        expected.assert_answers(query, &answer);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dry_run_reports_nothing_and_a_report_warns_of_duplicates() {
    let product = Product::temporary(&[]);
    let before = count(&product).await;
    let server = ["--server", &product.http];
    let run = |input: &str, args: &[&str]| run_on(input.as_bytes(), &[args, &server].concat());
    let closed = event("border.closed", &["KGZ"], &["UZB"], "2023-05-05").to_string();

    let shown = stdout(&run(&closed, &["report", "--dry-run", "-"]));
    assert!(
        shown.contains("border.closed") && shown.contains("KGZ→UZB"),
        "{shown}"
    );
    let as_json = data(&run(&closed, &["report", "--dry-run", "-", "-o", "json"]));
    assert_eq!(as_json["rows"][0]["row"], 1);
    let again = data(&run(&closed, &["report", "--dry-run", "-", "-o", "json"]));
    assert_eq!(again["rows"], as_json["rows"]);
    let refused = run("{\n", &["report", "--dry-run", "-", "-o", "json"]);
    assert_eq!(refused.status.code(), Some(1));
    let refused: Value = serde_json::from_slice(&refused.stdout).unwrap();
    assert_eq!(refused["rows"][0]["refusals"][0]["code"], "bad_json");
    let bad = run(
        &format!("{closed}\n{{\"kind\":\"x\"}}\n{{\n"),
        &["report", "--dry-run", "-"],
    );
    assert_eq!(bad.status.code(), Some(1));
    let note = stderr(&bad);
    assert!(
        note.contains("row 2 refused") && note.contains("row 3 refused"),
        "{note}"
    );
    assert_eq!(count(&product).await, before);

    let first = run(&closed, &["report", "-"]);
    assert_eq!((&*stderr(&first), first.status.code()), ("", Some(0)));
    eventually("it is listed", async || count(&product).await == before + 1).await;
    let again = run(&closed, &["report", "-"]);
    assert_eq!(again.status.code(), Some(0));
    let note = stderr(&again);
    assert!(
        note.contains("row 1 warning") && note.contains("likely_duplicate"),
        "{note}"
    );
    let lines = format!("# a comment\n{closed}\n{closed}\n");
    let note = stderr(&run(&lines, &["report", "--dry-run", "-"]));
    assert_eq!(note, "");
    let shown = stdout(&run(&lines, &["report", "--dry-run", "-"]));
    assert!(shown.contains("Row 3 is like row 2"), "{shown}");
    let silent = run(&closed, &["report", "--no-preview", "-"]);
    assert_eq!(stderr(&silent), "");
}

//! Filters of the change feed, and Atom feeds, compared with the whole feed.

use crate::helpers::{answer, pages, text};
use detente_tests::product::{Product, TIMEOUT};
use reqwest::{Client, Response, StatusCode};
use serde_json::Value;
use std::collections::BTreeSet;

/// Parameters, and the predicate that they stand for.
type Case = (&'static [(&'static str, &'static str)], fn(&Value) -> bool);

const CASES: [Case; 9] = [
    (&[("filter", "true")], |_| true),
    (
        &[(
            "filter",
            r#"change.dimension == "recognition" && change.to == "dealings""#,
        )],
        |change| change["dimension"] == "recognition" && change["to"] == "dealings",
    ),
    (
        &[("filter", "change.key.city == 'Khorog' || change.uncertain")],
        |change| change["key"]["city"] == "Khorog" || change["uncertain"] == true,
    ),
    (
        &[(
            "filter",
            "change.day >= '2022-01-01' && size(change.causes) > 1",
        )],
        |change| {
            let causes = change["causes"].as_array().map_or(0, Vec::len);
            text(&change["day"]).as_str() >= "2022-01-01" && causes > 1
        },
    ),
    (
        &[(
            "filter",
            "change.direction != null && change.direction.from == 'TJK'",
        )],
        |change| change["direction"]["from"] == "TJK",
    ),
    (
        &[("direction", "TJK-AFG"), ("occasion", "happened")],
        |change| {
            change["direction"]["from"] == "TJK"
                && change["direction"]["to"] == "AFG"
                && change["occasion"] == "happened"
        },
    ),
    (&[("register", "missions,groups")], |change| {
        change["dimension"] == "missions" || change["dimension"] == "groups"
    }),
    (&[("party", "TALIBAN")], |change| {
        let names = |value: &Value| value == "TALIBAN";
        let key = change["key"].as_object();
        names(&change["controlled_by_from"])
            || names(&change["controlled_by_to"])
            || key.is_some_and(|key| key.values().any(names))
    }),
    (&[("party", "KGZ"), ("dimension", "political")], |change| {
        text(&change["relation"]).contains("KGZ") && change["dimension"] == "political"
    }),
];

/// Returns the matching changes of frames, each with the cursor of its frame.
fn changes(frames: &[Value], wanted: fn(&Value) -> bool) -> Vec<(String, Value)> {
    let changes_of = |frame: &Value| {
        let cursor = text(&frame["cursor"]);
        let changes = frame["changes"].as_array().unwrap().clone();
        changes
            .into_iter()
            .map(move |change| (cursor.clone(), change))
    };
    let all = frames.iter().flat_map(changes_of);
    all.filter(|(_, change)| wanted(change)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_filter_selects_exactly_the_matching_changes() {
    let directory = tempfile::tempdir().unwrap();
    let product = Product::up(directory.path(), &["--demo"]);
    let whole = pages(&product).await;
    for (params, matches) in CASES {
        let request = Client::new().get(format!("{}/v1/changes", product.http));
        let request = request.query(params).query(&[("limit", "1000")]);
        let given = answer(request).await;
        assert_eq!(given.status, 200, "{params:?}: {}", given.body);
        let given = changes(given.body["items"].as_array().unwrap(), |_| true);
        assert_eq!(given, changes(&whole, matches), "{params:?}");
        assert!(!given.is_empty(), "{params:?} matches something");
    }
    refuses_bad_expressions(&product).await;

    let watched = product.client(&[
        "watch",
        "--from",
        "start",
        "--count",
        "1",
        "-o",
        "json",
        "--filter",
        "change.dimension == 'threat' && change.to in ['elevated', 'high']",
    ]);
    assert!(watched.status.success());
    let line = String::from_utf8(watched.stdout).unwrap();
    let change: Value = serde_json::from_str(line.lines().next().unwrap()).unwrap();
    assert_eq!(change["dimension"], "threat");
    atom_feeds_have_every_frame_once(&product, &whole).await;
}

/// Checks that a bad expression is refused with its column.
async fn refuses_bad_expressions(product: &Product) {
    for (filter, message) in [
        ("change.dimnsion == 'x'", "column 7"),
        ("change.to", "not to true or false"),
        ("change.to ==", "line 1, column"),
        ("change.causes.exists(c, c == 'x')", "may not repeat"),
    ] {
        let request = Client::new().get(format!("{}/v1/changes", product.http));
        let answer = answer(request.query(&[("filter", filter)])).await;
        assert_eq!(
            (answer.status, &answer.body["code"]),
            (400, &Value::from("bad_filter"))
        );
        assert!(
            text(&answer.body["detail"]).contains(message),
            "{}",
            answer.body
        );
        let printed = product.client(&["watch", "--filter", filter]);
        assert_eq!(printed.status.code(), Some(2), "{filter}");
        let printed = String::from_utf8_lossy(&printed.stderr).into_owned();
        assert!(printed.contains(message), "{printed}");
    }
}

/// Checks that the pages of a country's Atom feed have each of its frames once, the latest first.
async fn atom_feeds_have_every_frame_once(product: &Product, whole: &[Value]) {
    let base = format!("{}/v1/countries/TJK/changes.atom", product.http);
    let (mut ids, mut query) = (Vec::new(), "?limit=7".to_owned());
    loop {
        let page = atom(&format!("{base}{query}"), None)
            .await
            .text()
            .await
            .unwrap();
        ids.extend(all(&page, "<id>tag:detente,2026:changes/", "</id>"));
        let next = page
            .split("<link ")
            .find(|link| link.contains("rel=\"next\""));
        let Some(next) = next else { break };
        query = all(next, "href=\"", "\"").remove(0).replace("&amp;", "&");
        assert!(query.contains("limit=7"), "{query}");
    }
    let frames = whole.iter().rev();
    let frames = frames.filter(|frame| text(&frame["relation"]).contains("TJK"));
    let frames: Vec<String> = frames.map(|frame| text(&frame["cursor"])).collect();
    assert_eq!(ids, frames);

    let pair = format!("{}/v1/relations/TJK/AFG/changes.atom?lang=ar", product.http);
    let page = atom(&pair, None).await;
    let tag = page.headers()["etag"].to_str().unwrap().to_owned();
    let page = page.text().await.unwrap();
    assert!(
        page.contains("أفغانستان") && page.contains("xml:lang=\"ar\""),
        "{page}"
    );
    let unchanged = atom(&pair, Some(&tag)).await;
    assert_eq!(unchanged.status(), StatusCode::NOT_MODIFIED);
    let days: BTreeSet<String> = all(&page, "<updated>", "T").into_iter().collect();
    assert_eq!(
        days.len(),
        1,
        "the demonstration was recorded just now: {days:?}"
    );
    let wrong = get_status(product, "/v1/countries/TJK/changes.atom?country=UZB").await;
    assert_eq!(wrong, 400);
}

async fn get_status(product: &Product, path: &str) -> u16 {
    let answer = answer(Client::new().get(format!("{}{path}", product.http))).await;
    answer.status
}

async fn atom(url: &str, etag: Option<&str>) -> Response {
    let mut request = Client::new().get(url).timeout(TIMEOUT);
    if let Some(etag) = etag {
        request = request.header("if-none-match", etag);
    }
    request.send().await.unwrap()
}

/// Returns all texts between two markers.
fn all(page: &str, before: &str, after: &str) -> Vec<String> {
    let parts = page.split(before).skip(1);
    parts
        .filter_map(|part| Some(part.split_once(after)?.0.to_owned()))
        .collect()
}

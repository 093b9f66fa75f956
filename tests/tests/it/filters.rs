//! Filters of the change feed, and Atom feeds, compared with the whole feed.

use crate::expect::refuses;
use crate::helpers::{answer, answer_to, pages, stderr, stdout, text, words};
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
    let product = Product::temporary(&["--demo"]);
    let whole = pages(&product).await;
    for (params, matches) in CASES {
        let request = Client::new().get(format!("{}/v1/changes", product.http));
        let request = request.query(params).query(&[("limit", "1000")]);
        let page = answer(request).await;
        assert_eq!(page.status, 200, "{params:?}: {}", page.body);
        let selected = changes(page.body["items"].as_array().unwrap(), |_| true);
        assert_eq!(selected, changes(&whole, matches), "{params:?}");
        assert!(!selected.is_empty(), "{params:?} matches something");
    }
    bad_expressions_are_refused(&product).await;

    let filter = "change.dimension == 'threat' && change.to in ['elevated', 'high']";
    let watch = words("watch --from start --count 1 -o json --filter");
    let watched = stdout(&product.client(&[&watch[..], &[filter]].concat()));
    let change: Value = serde_json::from_str(watched.lines().next().unwrap()).unwrap();
    assert_eq!(change["dimension"], "threat");
    atom_feeds_have_every_frame_once(&product, &whole).await;
}

/// Checks that a bad expression is refused with its column.
async fn bad_expressions_are_refused(product: &Product) {
    for (filter, message) in [
        ("change.dimnsion == 'x'", "column 7"),
        ("change.to", "not to true or false"),
        ("change.to ==", "line 1, column"),
        ("change.causes.exists(c, c == 'x')", "may not repeat"),
    ] {
        let request = Client::new().get(format!("{}/v1/changes", product.http));
        let answer = answer(request.query(&[("filter", filter)])).await;
        refuses(400, "bad_filter").assert_answers(filter, &answer);
        let detail = text(&answer.body["detail"]);
        assert!(detail.contains(message), "{detail}");
        let watch = product.client(&["watch", "--filter", filter]);
        assert_eq!(watch.status.code(), Some(2), "{filter}");
        let note = stderr(&watch);
        assert!(note.contains(message), "{note}");
    }
}

/// Checks that the pages of a country's Atom feed have each of its frames once, the latest first.
async fn atom_feeds_have_every_frame_once(product: &Product, whole: &[Value]) {
    let base = format!("{}/v1/countries/TJK/changes.atom", product.http);
    let (mut ids, mut query) = (Vec::new(), "?limit=7".to_owned());
    loop {
        let page = atom(&format!("{base}{query}"), None).await;
        let page = page.text().await.unwrap();
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
    assert!(page.contains("أخرى)</title>"), "{page}");
    let russian = atom(&pair.replace("=ar", "=ru"), None).await;
    let russian = russian.text().await.unwrap();
    assert!(russian.contains("Таджикистан → Афганистан, "), "{russian}");
    let unchanged = atom(&pair, Some(&tag)).await;
    assert_eq!(unchanged.status(), StatusCode::NOT_MODIFIED);
    let days: BTreeSet<String> = all(&page, "<updated>", "T").into_iter().collect();
    assert_eq!(
        days.len(),
        1,
        "the demonstration was recorded just now: {days:?}"
    );
    let path = "/v1/countries/TJK/changes.atom?country=UZB";
    assert_eq!(answer_to(product, path).await.status, 400);
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

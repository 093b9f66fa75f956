//! `why` and `diff` over HTTP and the command line; both clocks on every read.

use crate::helpers::{DEMO, answer, data, get, text, words};
use detente_tests::product::{Product, run};
use reqwest::Client;
use serde_json::Value;

/// Gets a path that is refused. Returns status, code and field.
async fn refused(product: &Product, path: &str) -> (u16, String, String) {
    let answer = answer(Client::new().get(format!("{}{path}", product.http))).await;
    let refusal = &answer.body["refusals"][0];
    (
        answer.status,
        text(&answer.body["code"]),
        text(&refusal["field"]),
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reasons_are_the_same_everywhere_and_name_the_publications() {
    let directory = tempfile::tempdir().unwrap();
    let product = Product::up(directory.path(), &["--demo"]);
    for dimension in [
        "recognition",
        "representation",
        "political",
        "threat",
        "posture",
    ] {
        let path = format!("/v1/relations/TJK/AFG/why/{dimension}?at=2023-04-18");
        let asked = get(&product, &path).await;
        let line = format!("why TJK AFG {dimension} --at 2023-04-18 -o json");
        assert_eq!(data(&product.client(&words(&line))), asked);
        let state = get(&product, "/v1/relations/TJK/AFG?at=2023-04-18").await;
        assert_eq!(asked["level"], state[dimension]["level"], "{dimension}");
        assert_eq!(asked["projection"], state["projection"]);
        assert_eq!(asked["rulebook"], "1");
        for evidence in asked["evidence"].as_array().unwrap() {
            assert!(evidence["title"]["ar"].is_string(), "{evidence}");
            assert!(evidence["published"][0]["publisher"].is_string());
            assert!(evidence["lag_days"].is_number());
        }
        let file = run(&words(&format!("{line} --file {DEMO}")));
        let file = data(&file);
        for same in ["level", "line", "rule"] {
            assert_eq!(file[same], asked[same], "{dimension} {same}");
        }
    }
    let path = "/v1/relations/TJK/AFG/why/political?at=2023-04-18&limit=1";
    let short = get(&product, path).await;
    assert_eq!(short["evidence"].as_array().unwrap().len(), 1);
    assert_eq!(short["rest"]["count"], 15);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn differences_are_split_into_learned_and_happened() {
    let line = format!(
        "diff TJK AFG --from 2022-12-31 --known-from 21 --to 2023-04-18 --known-to 22 \
         -o json --file {DEMO}"
    );
    let khorog = data(&run(&words(&line)));
    assert_eq!(khorog["learned"], Value::Array(Vec::new()));
    let happened = khorog["happened"].as_array().unwrap();
    let moved = |dimension: &str| {
        let mut own = happened.iter().filter(|one| one["dimension"] == dimension);
        own.next().unwrap_or_else(|| panic!("no {dimension}"))
    };
    assert_eq!(moved("representation")["from"]["level"], "unknown");
    assert_eq!(moved("representation")["to"]["level"], "consular");
    assert_eq!(moved("missions")["to"]["controlled_by"], "TALIBAN");
    assert_eq!(
        moved("missions")["causes"],
        moved("representation")["causes"]
    );
    assert_eq!(moved("security")["occasion"], "lapsed");
    let learned = line.replace("--from 2022-12-31", "--from 2023-04-18");
    let learned = data(&run(&words(&learned)));
    assert_eq!(learned["happened"], Value::Array(Vec::new()));
    let learned = learned["learned"].as_array().unwrap();
    assert!(learned.iter().all(|one| one["occasion"] == "learned"));
    let rank = learned
        .iter()
        .find(|one| one["dimension"] == "representation");
    let rank = rank.expect("the rank was learned");
    let sentence = text(&rank["line"]["en"]);
    assert!(
        sentence.contains("representation: consular. Set by mission"),
        "{sentence}"
    );

    let directory = tempfile::tempdir().unwrap();
    let product = Product::up(directory.path(), &["--demo"]);
    let asked = get(
        &product,
        "/v1/relations/TJK/AFG/diff?from=2022-12-31&to=2023-04-18",
    )
    .await;
    let line = "diff TJK AFG --from 2022-12-31 --to 2023-04-18 -o json";
    assert_eq!(data(&product.client(&words(line))), asked);
    let path = "/v1/relations/TJK/AFG/diff?from=2023-04-18&to=2023-04-18&known_from=0";
    let whole = get(&product, path).await;
    assert_eq!(whole["before"]["known_at"], 0);
    assert!(!whole["learned"].as_array().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_read_takes_both_clocks_and_bad_ones_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let product = Product::up(directory.path(), &["--demo"]);
    let events = get(&product, "/v1/events?limit=1&order=newest").await;
    let id = text(&events["items"][0]["id"]);
    let relation = "/v1/relations/TJK/AFG";
    let reads = [
        relation.to_owned(),
        format!("{relation}/history"),
        format!("{relation}/events"),
        format!("{relation}/why/political"),
        "/v1/countries".to_owned(),
        "/v1/countries/TJK".to_owned(),
        "/v1/events".to_owned(),
        format!("/v1/events/{id}"),
    ];
    for read in &reads {
        let clocks = "at=2023-04-18T12:00:00Z&known_at=3";
        let then = get(&product, &format!("{read}?{clocks}")).await;
        if read.ends_with(&id) {
            continue;
        }
        assert_eq!(then["known_at"], 3, "{read}: {then}");
        // A time is resolved to a position, which is returned.
        let then = get(&product, &format!("{read}?known_at=2020-01-01T00:00:00Z")).await;
        assert_eq!(then["known_at"], 0, "{read}: {then}");
    }
    let gone = refused(&product, &format!("/v1/events/{id}?at=1999-01-01")).await;
    assert_eq!((gone.0, gone.1.as_str()), (404, "unknown_event"));
    for (path, code, field) in [
        ("/why/mood", "unknown_dimension", "dimension"),
        ("/why/political?known_at=99", "unknown_position", "known_at"),
        ("/why/political?limit=0", "bad_query", "limit"),
        ("/diff", "bad_query", "from"),
        ("/diff?from=2023-02-30", "bad_query", "from"),
        ("/diff?from=2023-05-01&to=2023-04-01", "bad_query", "from"),
        ("/diff?known_from=3&known_to=2", "bad_query", "known_from"),
        (
            "/diff?from=2023-05-01&known_to=99",
            "unknown_position",
            "known_to",
        ),
        ("/diff?from=2023-05-01&at=2023-05-02", "bad_query", "at"),
    ] {
        let refused = refused(&product, &format!("{relation}{path}")).await;
        assert_eq!(
            (refused.1.as_str(), refused.2.as_str()),
            (code, field),
            "{path}"
        );
    }
}

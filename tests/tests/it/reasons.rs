//! `why` and `diff` over HTTP and the command line; both clocks on every read.

use crate::expect::{assert_refused_reads, refuses};
use crate::helpers::{DEMO, answer_to, data, get, text, words};
use detente_tests::product::{Product, run};
use serde_json::Value;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reasons_are_the_same_everywhere_and_name_the_publications() {
    let product = Product::temporary(&["--demo"]);
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
        assert_eq!(asked["rulebook"], "2");
        for evidence in asked["evidence"].as_array().unwrap() {
            assert!(evidence["title"]["ar"].is_string(), "{evidence}");
            assert!(evidence["published"][0]["publisher"].is_string());
            assert!(evidence["lag_days"].is_number());
        }
        let of_file = data(&run(&words(&format!("{line} --file {DEMO}"))));
        for field in ["level", "line", "rule"] {
            assert_eq!(of_file[field], asked[field], "{dimension} {field}");
        }
    }
    let path = "/v1/relations/TJK/AFG/why/political?at=2023-04-18&limit=1";
    let short = get(&product, path).await;
    assert_eq!(short["evidence"].as_array().unwrap().len(), 1);
    assert_eq!(short["rest"]["count"], 12);
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
    let of_dimension = |differences: &[Value], dimension: &str| {
        let mut all = differences.iter();
        let difference = all.find(|difference| difference["dimension"] == dimension);
        difference
            .unwrap_or_else(|| panic!("no {dimension}"))
            .clone()
    };
    let moved = |dimension: &str| of_dimension(happened, dimension);
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
    assert!(
        learned
            .iter()
            .all(|difference| difference["occasion"] == "learned")
    );
    let rank = of_dimension(learned, "representation");
    let sentence = text(&rank["line"]["en"]);
    assert!(
        sentence.contains("representation: consular. Set by mission"),
        "{sentence}"
    );

    let product = Product::temporary(&["--demo"]);
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
    let product = Product::temporary(&["--demo"]);
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
    let path = format!("/v1/events/{id}?at=1999-01-01");
    let early = answer_to(&product, &path).await;
    refuses(404, "unknown_event").assert_answers(&path, &early);
    let bad_fields = [
        ("/why/political?limit=0", "limit"),
        ("/diff", "from"),
        ("/diff?from=2023-02-30", "from"),
        ("/diff?from=2023-05-01&to=2023-04-01", "from"),
        ("/diff?known_from=3&known_to=2", "known_from"),
        ("/diff?from=2023-05-01&at=2023-05-02", "at"),
    ];
    assert_refused_reads(&product, relation, 400, "bad_query", &bad_fields).await;
    let positions = [
        ("/why/political?known_at=99", "known_at"),
        ("/diff?from=2023-05-01&known_to=99", "known_to"),
    ];
    assert_refused_reads(&product, relation, 404, "unknown_position", &positions).await;
    let moods = [("/why/mood", "dimension")];
    assert_refused_reads(&product, relation, 404, "unknown_dimension", &moods).await;
}

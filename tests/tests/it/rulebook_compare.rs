//! `detente rulebook compare` over a file: counts, rules and evidence of each difference.

use crate::helpers::{DEMO, run_json, text};
use crate::log_fold::projection;
use crate::switch::other_rulebook;
use serde_json::Value;

#[test]
fn a_comparison_counts_everything_and_names_rules_and_evidence() {
    let directory = tempfile::tempdir().unwrap();
    let (_, file, next) = other_rulebook(directory.path());
    let compare = |more: &[&str]| {
        let args = ["rulebook", "compare", &file, "--file", DEMO];
        run_json(&[&args[..], more].concat())
    };
    let all = compare(&["--limit", "1000"]);
    assert_eq!(all["active"]["projection"], projection().as_str());
    assert_eq!(all["given"]["projection"], next.as_str());
    let rules = all["rules"].as_array().unwrap().iter();
    let rules: Vec<String> = rules.map(|rule| text(&rule["at"])).collect();
    let talks = "kinds.\"talks.held\".political";
    assert_eq!(
        rules,
        ["dimensions.political.half_life_days", talks, "version"]
    );
    let items = all["items"].as_array().unwrap();
    assert_eq!(all["spans"], items.len());
    assert_eq!(
        (&all["left_out"], items.is_empty()),
        (&Value::from(0), false)
    );
    for item in items {
        assert_ne!(item["from"], item["to"], "{item}");
        let changed: Vec<String> = item["rules"].as_array().unwrap().iter().map(text).collect();
        let evidence = item["evidence"].as_array().unwrap();
        assert!(!evidence.is_empty(), "{item}");
        assert!(changed.contains(&rules[0]), "{item}");
        if item["evidence_count"].as_u64().unwrap() == evidence.len() as u64 {
            let has_talks = evidence.iter().any(|event| event["kind"] == "talks.held");
            assert_eq!(changed.contains(&rules[1]), has_talks, "{item}");
        }
    }
    let two = compare(&["--limit", "2"]);
    assert_eq!(two["items"].as_array().unwrap()[..], items[..2]);
    assert_eq!(two["left_out"], items.len() - 2);
    assert_eq!(two["by_dimension"], all["by_dimension"]);

    // Each rulebook alone gives the same levels for that day.
    let item = items
        .iter()
        .find(|item| item["dimension"] == "political")
        .unwrap();
    let [from, to] = ["from", "to"].map(|end| text(&item["direction"][end]));
    let at = text(&item["day"]);
    let state = ["state", &from, &to, "--at", &at, "--file", DEMO];
    let level = |more: &[&str]| {
        let state = run_json(&[&state[..], more].concat());
        state["political"]["level"].clone()
    };
    assert_eq!(level(&[]), item["from"]);
    assert_eq!(level(&["--rulebook", &file]), item["to"]);
}

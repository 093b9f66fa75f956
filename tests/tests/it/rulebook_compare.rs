//! `detente rulebook compare` over a file: counts, rules and evidence of each difference.

use crate::helpers::{DEMO, run_json, standing, text};
use crate::log_fold::projection;
use crate::switch::other_rulebook;
use serde_json::Value;

#[test]
fn a_comparison_counts_everything_and_names_rules_and_evidence() {
    let directory = tempfile::tempdir().unwrap();
    let (_, file, next) = other_rulebook(directory.path());
    // The demo, and what stands after it.
    let mut rows = vec![std::fs::read_to_string(DEMO).unwrap()];
    rows.extend(standing().iter().map(Value::to_string));
    let log = directory.path().join("rows.ndjson");
    std::fs::write(&log, rows.join("\n")).unwrap();
    let log = log.display().to_string();
    let compare = |more: &[&str]| {
        let args = ["rulebook", "compare", &file, "--file", &log];
        run_json(&[&args[..], more].concat())
    };
    let all = compare(&["--limit", "1000"]);
    assert_eq!(all["active"]["projection"], projection().as_str());
    assert_eq!(all["given"]["projection"], next.as_str());
    let rules = all["rules"].as_array().unwrap().iter();
    let rules: Vec<String> = rules.map(|rule| text(&rule["at"])).collect();
    let ceiling = "kinds.\"sanction.imposed\".ceiling.economic";
    let talks = "kinds.\"talks.held\".political";
    assert_eq!(rules, [ceiling, talks, "memory.words", "version"]);
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
        assert!(!changed.is_empty(), "{item}");
        if item["evidence_count"].as_u64().unwrap() == evidence.len() as u64 {
            let has_talks = evidence.iter().any(|event| event["kind"] == "talks.held");
            assert_eq!(changed.contains(&rules[1]), has_talks, "{item}");
        }
    }
    // A limit that binds is named with its rule and its event.
    let limited = |item: &&Value| {
        item["dimension"] == "economic" && item["day"] == "2023-05-05" && item["to"] == "hostile"
    };
    let limited: Vec<&Value> = items.iter().filter(limited).collect();
    assert_eq!(limited.len(), 6, "for each member: {limited:?}");
    for item in limited {
        assert_eq!(item["from"], "strained", "{item}");
        assert_eq!(item["until"], "2023-05-25", "{item}");
        assert!(item["rules"].as_array().unwrap().contains(&ceiling.into()));
        let mut evidence = item["evidence"].as_array().unwrap().iter();
        assert!(evidence.any(|event| event["kind"] == "sanction.imposed"));
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
    let state = ["state", &from, &to, "--at", &at, "--file", &log];
    let level = |more: &[&str]| {
        let state = run_json(&[&state[..], more].concat());
        state["political"]["level"].clone()
    };
    assert_eq!(level(&[]), item["from"]);
    assert_eq!(level(&["--rulebook", &file]), item["to"]);
}

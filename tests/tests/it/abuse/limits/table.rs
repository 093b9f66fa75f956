//! Each row of `LIMITS.md` is provoked, with its code: beside this file, or by the test that is named.

use super::{limit, rows};
use std::collections::BTreeSet;
use std::path::Path;

/// The rows that the tests beside this file provoke.
const HERE: [&str; 24] = [
    "claim",
    "detail",
    "event_parties",
    "expression_bytes",
    "filter_values",
    "grpc_calls",
    "grpc_metadata",
    "idempotency_key",
    "language_tag",
    "nats_requests",
    "page_items",
    "preview_bytes",
    "preview_relations",
    "preview_rows",
    "publisher",
    "quote",
    "request_id",
    "row_refusals",
    "title",
    "url",
    "webhook_bytes",
    "webhook_id",
    "webhook_url",
    "webhooks_bytes",
];

/// The tests that provoke the others: rows, file, function.
const ELSEWHERE: [(&[&str], &str, &str); 15] = [
    (
        &["time_limit"],
        "tests/tests/it/http/limits.rs",
        "a_slow_body_and_a_late_answer_end_with_a_problem",
    ),
    (
        &["connections"],
        "tests/tests/it/abuse/connections.rs",
        "connections_of_http_and_grpc_have_one_limit_in_all",
    ),
    (
        &["address_connections"],
        "tests/tests/it/abuse/connections.rs",
        "an_address_with_too_many_connections_is_refused_and_others_are_not",
    ),
    (
        &["idle_limit"],
        "tests/tests/it/abuse/connections.rs",
        "connections_without_a_request_are_closed_and_streams_are_not",
    ),
    (
        &["streams"],
        "tests/tests/it/abuse/connections.rs",
        "the_streams_of_a_caller_have_a_limit_over_every_interface",
    ),
    (
        &["replays"],
        "tests/tests/it/abuse/connections.rs",
        "replays_of_all_callers_have_a_limit",
    ),
    (
        &["head_bytes", "headers"],
        "tests/tests/it/http/paths.rs",
        "what_is_no_request_at_all_is_refused_with_a_problem",
    ),
    (
        &["body_bytes", "body_rows"],
        "crates/ingest/tests/it/admission.rs",
        "a_body_that_is_too_large_is_refused_and_nothing_is_stored",
    ),
    (
        &["bodies_bytes"],
        "crates/ingest/src/memory.rs",
        "bodies_reserve_no_more_than_there_is_and_give_it_back",
    ),
    (
        &["body_relations"],
        "crates/ingest/tests/it/limits.rs",
        "wide_events_share_few_commits_and_those_beyond_the_budget_are_refused",
    ),
    (
        &["event_relations"],
        "crates/api/tests/it/submission/events.rs",
        "an_event_affects_a_bounded_number_of_relations",
    ),
    (
        &["body_suggestions"],
        "tests/tests/it/abuse/bodies.rs",
        "as_many_unknown_names_as_a_body_holds_are_answered_within_the_time_limit",
    ),
    (
        &["page_bytes"],
        "tests/tests/it/abuse/large_answers.rs",
        "a_page_of_long_events_ends_early_and_all_are_read_over_http_and_grpc",
    ),
    (
        &["view_bytes"],
        "tests/tests/it/abuse/large_answers.rs",
        "a_view_of_very_many_entries_is_cut_and_names_where_all_are",
    ),
    (
        &["webhooks"],
        "tests/tests/it/webhooks/refusals.rs",
        "ids_are_unique_and_there_are_at_most_a_hundred_webhooks",
    ),
];

/// Returns the name of a variant of a code, as `TextTooLong` is that of `text_too_long`.
fn variant(code: &str) -> String {
    let word = |word: &str| word[..1].to_uppercase() + &word[1..];
    code.split('_').map(word).collect()
}

#[test]
fn each_row_is_provoked_with_its_code() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut provoked: Vec<&str> = HERE.to_vec();
    for (names, file, test) in ELSEWHERE {
        let text = std::fs::read_to_string(root.join(file)).unwrap();
        assert!(text.contains(&format!("fn {test}(")), "{file}: {test}");
        for name in names {
            let code = limit(name).code;
            assert!(
                text.contains(code) || text.contains(&variant(code)),
                "{file}: {code}"
            );
        }
        provoked.extend(names);
    }
    let all: BTreeSet<String> = rows().map(|(name, _)| name).collect();
    let named: BTreeSet<String> = provoked.iter().map(ToString::to_string).collect();
    assert_eq!(provoked.len(), named.len(), "each once");
    assert_eq!(named, all);
}

//! Rows that are parsed and rows that are refused.

mod amendments;
mod bodies;
mod budgets;
mod cloud_events;
mod described;
mod details;
mod events;
mod formats;

use serde_json::{Value, json};

use detente_api::refusal::Refusal;
use detente_api::submission::{BodyFormat, Draft, Submission, submissions};

/// The example of the design.
fn sample() -> Value {
    json!({
        "id": "0190b5a0-0000-7000-8000-000000000001",
        "kind": "mission.handed_over", "actors": ["TKM"], "recipients": ["AFG"],
        "occurred": "2022-03",
        "details": {"mission": "embassy", "host": "TKM", "sender": "AFG", "city": "Ashgabat",
                    "controlled_by": "TALIBAN"},
        "title": {"en": "Embassy handed over", "ar": "تسليم السفارة"},
        "report": {"publisher": "A think tank", "url": "https://example.org/a", "language": "ar",
                   "published": "2023-04-18", "grade": "B2"}
    })
}

/// Returns the sample with one key, given by a JSON pointer, set to another value.
fn with(pointer: &str, value: Value) -> Value {
    let mut row = sample();
    let (around, key) = pointer.rsplit_once('/').expect("is a pointer");
    row.pointer_mut(around).expect("is there")[key] = value;
    row
}

/// Returns the code and field of each refusal.
fn codes(refusals: &[Refusal]) -> Vec<(&str, &str)> {
    refusals
        .iter()
        .map(|r| (r.code.as_str(), r.field.as_deref().unwrap_or_default()))
        .collect()
}

/// The rows of a body of events.
fn rows(
    body: &[u8],
    format: BodyFormat,
) -> impl Iterator<Item = (usize, Result<Draft, Vec<Refusal>>)> + '_ {
    submissions(body, format).map(|(row, read)| match read {
        Ok(Submission::Event(draft)) => (row, Ok(draft)),
        Ok(Submission::Amendment(amendment)) => panic!("{amendment:?}"),
        Err(refusals) => (row, Err(refusals)),
    })
}

/// Row numbers with `ok` or the first code.
fn outcomes(body: &[u8], format: BodyFormat) -> Vec<(usize, &'static str)> {
    let word = |read: Result<Draft, Vec<Refusal>>| match read {
        Ok(_) => "ok",
        Err(refusals) => refusals
            .first()
            .map_or("nothing", |refusal| refusal.code.as_str()),
    };
    rows(body, format)
        .map(|(row, read)| (row, word(read)))
        .collect()
}

//! Rows of every kind, with texts as long as they may be.

use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

/// The event that most records are about.
pub(crate) const EVENT: u128 = 1;
/// An id that no event has.
pub(crate) const PENDING: u128 = 2;

/// How much is reported.
#[derive(Clone, Debug)]
pub(crate) struct Amounts {
    pub(crate) crossings: u128,
    pub(crate) speeches: u128,
    pub(crate) reports: u128,
    pub(crate) disputes: u128,
    pub(crate) corrections: u128,
    pub(crate) retractions: u128,
    pub(crate) links: u128,
    pub(crate) pending: u128,
}

pub(crate) fn amounts() -> impl Strategy<Value = Amounts> {
    let many = || prop_oneof![0..20_u128, 60..200_u128];
    proptest::array::uniform8(many()).prop_map(
        |[
            crossings,
            speeches,
            reports,
            disputes,
            corrections,
            retractions,
            links,
            pending,
        ]| {
            Amounts {
                crossings,
                speeches,
                reports,
                disputes,
                corrections,
                retractions,
                links,
                pending,
            }
        },
    )
}

pub(crate) fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

/// Returns the longest text of so many bytes, each of which is two in JSON.
fn text(bytes: usize) -> String {
    "\"".repeat(bytes)
}

fn report() -> Value {
    json!({
        "publisher": text(200), "grade": "B2", "quote": text(2_000),
        "url": format!("https://example.org/{}", "u".repeat(1_900)),
    })
}

fn event(number: u128, kind: &str, details: &Value) -> Value {
    json!({
        "id": id(number), "kind": kind, "actors": ["BTN"], "recipients": ["BGD"],
        "occurred": "2024-03-01", "details": details, "report": report(),
        "title": {"en": text(400), "ar": text(400), "ru": text(400)},
    })
}

/// Returns rows of all kinds: so many of each that no answer can hold them.
pub(crate) fn rows(amounts: &Amounts) -> Vec<Value> {
    let crossing = |number: u128| json!({"crossing": format!("{number} {}", text(380))});
    let mut next = 100;
    let mut ids = |count: u128| {
        let from = next;
        next += count;
        from..next
    };
    let mut rows = vec![event(EVENT, "border.closed", &crossing(0))];
    rows.extend(
        ids(amounts.crossings).map(|number| event(number, "border.closed", &crossing(number))),
    );
    for number in ids(amounts.speeches) {
        rows.push(event(number, "statement.critical", &json!({})));
        let denial = json!({
            "dispute": id(number), "id": id(number + (1 << 64)), "by": "BTN", "claim": text(2_000),
            "report": report(),
        });
        rows.push(denial);
    }
    for (count, target) in [(amounts.reports, EVENT), (amounts.pending, PENDING)] {
        rows.extend(ids(count).map(
            |number| json!({"corroborate": id(target), "id": id(number), "report": report()}),
        ));
    }
    rows.extend(ids(amounts.disputes).map(|number| {
        json!({
            "dispute": id(EVENT), "id": id(number), "claim": text(2_000), "report": report(),
        })
    }));
    rows.extend(ids(amounts.corrections).map(|number| {
        json!({
            "correct": id(EVENT), "id": id(number), "report": report(),
            "title": {"en": text(400), "ar": text(400), "ru": text(400)},
        })
    }));
    let mut target = EVENT;
    for number in ids(amounts.retractions & !1) {
        rows.push(json!({"retract": id(target), "id": id(number), "reason": text(2_000)}));
        target = number;
    }
    let mut linked = event(0, "border.closed", &crossing(0));
    for number in ids(amounts.links) {
        linked["id"] = json!(id(number));
        rows.push(linked.clone());
        let link = number + (1 << 64);
        rows.push(json!({"link": id(EVENT), "id": id(link), "other": id(number)}));
    }
    rows
}

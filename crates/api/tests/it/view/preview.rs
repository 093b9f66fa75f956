//! Rows of previews.

use serde_json::{Value, json};
use uuid::Uuid;

use detente_api::submission::{BodyFormat, BodyKind, EventDto};
use detente_api::view::{EventView, PreviewRow, RowEvent, SimilarView, StandingView};
use detente_domain::event::Authorship;

fn closed() -> Value {
    json!({
        "kind": "border.closed", "actors": ["KGZ"], "recipients": ["UZB"],
        "occurred": "2023-05-05", "title": {"en": "A border is closed"},
        "report": {"publisher": "X", "grade": "B2"}
    })
}

fn previewed(rows: &Value) -> Vec<(PreviewRow, Option<RowEvent>)> {
    let body = rows.to_string();
    let rows = BodyKind::Rows.rows(body.as_bytes(), Some(BodyFormat::Json), 10);
    let rows = rows.expect("few rows").into_iter();
    rows.map(|(row, submitted)| PreviewRow::new(row, submitted))
        .collect()
}

#[test]
fn equal_rows_without_an_id_are_two_events_and_the_same_in_every_preview() {
    let rows = json!([closed(), closed()]);
    let ids = |rows| {
        let rows: Vec<_> = previewed(rows);
        let ids = rows.into_iter().map(|(_, event)| {
            let event = event.expect("is valid");
            assert!(!event.has_own_id);
            event.event.id
        });
        ids.collect::<Vec<_>>()
    };
    let first = ids(&rows);
    assert_ne!(first[0], first[1]);
    assert_eq!(first, ids(&rows));
    assert_eq!(first[0], ids(&closed())[0]);
}

#[test]
fn an_amendment_is_refused_with_its_operation_and_target() {
    let target = Uuid::from_u128(7);
    let rows = json!({"retract": target, "reason": "an error"});
    let (row, event) = previewed(&rows).remove(0);
    assert_eq!((row.event, event), (None, None));
    let refusal = &row.refusals[0];
    assert_eq!(refusal.code.as_str(), "events_only");
    assert_eq!(refusal.field.as_deref(), Some("retract"));
    assert_eq!(refusal.value, Some(target.to_string()));
}

#[test]
fn only_a_row_with_an_id_can_be_linked_once_it_is_reported() {
    let mut with_id = closed();
    with_id["id"] = json!(Uuid::from_u128(7));
    let rows = json!([closed(), with_id]);
    let rows: Vec<_> = previewed(&rows);
    let events: Vec<&RowEvent> = rows
        .iter()
        .filter_map(|(_, event)| event.as_ref())
        .collect();
    let standing = StandingView {
        grade: "B2".to_owned(),
        reported_grade: "B2".to_owned(),
        publishers: 1,
        vouching: 1,
        same_as: Vec::new(),
        same_as_total: None,
    };
    let authorship = Authorship {
        author: "local".to_owned(),
        recorded: time::OffsetDateTime::UNIX_EPOCH,
    };
    let known = EventView::new(&events[1].event, standing, 1, &authorship, &[]);
    let link = |event: &RowEvent| SimilarView::new(1, event, &known, 0).link;
    assert_eq!(link(events[0]), None);
    let link = link(events[1]).expect("a hint");
    let dto = EventDto::from(&events[1].event);
    assert_eq!(link.body, json!({"other": dto.id}));
}

#[test]
fn too_many_rows_are_refused_with_what_is_allowed() {
    let body = json!([closed(), closed()]).to_string();
    let refused = BodyKind::Rows.rows(body.as_bytes(), None, 1);
    let refusal = refused.expect_err("too many");
    assert_eq!(refusal.code.as_str(), "too_many_records");
    assert_eq!(refusal.value.as_deref(), Some("more than 1 rows"));
    assert_eq!(refusal.allowed, ["at most 1 rows"]);
}

#[test]
fn a_body_without_rows_is_refused_as_a_whole() {
    let binary = BodyKind::CloudEvent(vec![
        ("id".to_owned(), "1".to_owned()),
        ("source".to_owned(), "/desk".to_owned()),
        ("specversion".to_owned(), "1.0".to_owned()),
        ("type".to_owned(), "org.detente.event".to_owned()),
    ]);
    for kind in [BodyKind::Rows, binary] {
        for body in ["", " \n"] {
            let refusal = kind.rows(body.as_bytes(), None, 10).expect_err("no row");
            assert_eq!(refusal.code.as_str(), "empty_body", "{kind:?}");
        }
    }
}

//! The work that one body may cause, in both formats.

use std::cell::Cell;

use serde_json::{Value, json};

use super::formats::message;
use super::{sample, with};
use detente_api::proto::ReportRow;
use detente_api::refusal::{Code, Refusal};
use detente_api::submission::{
    BODY_RELATIONS_MAX, BodyFormat, BodyKind, Row, SUGGESTIONS_MAX, from_messages,
};
use detente_domain::event::PARTIES_MAX;
use detente_domain::party::{Party, PartyKind};

/// Parses rows in JSON and in protobuf.
fn parsed(rows: &[Value]) -> [Vec<Row>; 2] {
    let body = json!(rows).to_string();
    let in_json = BodyKind::Rows.rows(body.as_bytes(), Some(BodyFormat::Json), rows.len());
    let messages = rows.iter().map(|row| {
        Some(ReportRow {
            row: Some(message(row)),
        })
    });
    let in_protobuf = from_messages(1, messages.collect(), &|| true);
    [in_json.expect("rows"), in_protobuf]
}

/// Returns all refusals of rows, each with the number of its row.
fn refusals(rows: Vec<Row>) -> Vec<(usize, Refusal)> {
    let refused = rows.into_iter().filter_map(|(row, read)| {
        let refusals = read.err()?;
        Some(refusals.into_iter().map(move |refusal| (row, refusal)))
    });
    refused.flatten().collect()
}

#[test]
fn similar_words_are_sought_for_the_first_unknown_ones_of_a_body() {
    let mut row = with("/actors", json!(["Kazakstan"]));
    let mut other = row.clone();
    row["details"]["citty"] = json!("Ashgabat");
    other["kind"] = json!("mission.handed_ovr");
    let rows = [row, other].into_iter().cycle().take(2 * SUGGESTIONS_MAX);
    let rows: Vec<Value> = rows.collect();
    let [in_json, in_protobuf] = parsed(&rows).map(refusals);
    assert_eq!(in_json, in_protobuf);
    let count = in_json.len();
    assert!(count > SUGGESTIONS_MAX, "only {count}");
    let (first, rest) = in_json.split_at(SUGGESTIONS_MAX);
    for (row, refusal) in first {
        assert!(!refusal.allowed.is_empty(), "row {row}: {refusal:?}");
    }
    for (row, refusal) in rest {
        assert_eq!(refusal.allowed, [""; 0], "row {row}: {refusal:?}");
        assert!(refusal.value.is_some() && refusal.field.is_some());
        let unknown = [Code::UnknownParty, Code::UnknownKind, Code::UnknownDetail];
        assert!(unknown.contains(&refusal.code), "{refusal:?}");
        assert!(refusal.message.contains("the first 50"), "{refusal:?}");
    }
}

#[test]
fn unknown_fields_count_as_unknown_words() {
    let mut row = sample();
    for number in 0..20 {
        row[format!("colour{number}")] = json!("red");
    }
    let [in_json, _] = parsed(&vec![row; 10]).map(refusals);
    let named = in_json
        .iter()
        .filter(|(_, refusal)| !refusal.allowed.is_empty());
    assert_eq!(named.count(), SUGGESTIONS_MAX);
    assert_eq!(in_json.len(), 200);
}

/// Returns the codes of states, as many as an event may name.
fn states() -> Vec<&'static str> {
    let states = Party::all().filter(|party| party.kind() == PartyKind::State);
    let states = states.filter(|party| party.life().to.is_none());
    states.map(Party::code).take(PARTIES_MAX).collect()
}

#[test]
fn the_rows_of_a_body_affect_a_bounded_number_of_relations() {
    let mut meeting = sample();
    meeting["kind"] = json!("talks.held");
    meeting["actors"] = json!(&states()[..150]);
    meeting["recipients"] = json!([]);
    meeting["details"] = json!({});
    let mut corrected = json!({"correct": uuid::Uuid::from_u128(9)});
    corrected["actors"] = json!(&states()[..90]);
    corrected["recipients"] = json!(&states()[90..140]);
    corrected["report"] = sample()["report"].clone();
    for (wide, relations) in [(meeting, 150 * 149 / 2), (corrected, 90 * 50)] {
        let fit = BODY_RELATIONS_MAX / relations;
        let mut rows = vec![wide; fit + 2];
        rows.push(sample());
        for parsed in parsed(&rows) {
            let refused = refusals(parsed);
            let numbers: Vec<usize> = refused.iter().map(|(row, _)| *row).collect();
            assert_eq!(numbers, [fit + 1, fit + 2], "the last, small row fits");
            for (_, refusal) in refused {
                assert_eq!(refusal.code, Code::TooManyRelations);
                assert_eq!(refusal.value, Some(relations.to_string()));
            }
        }
    }
}

#[test]
fn rows_that_are_no_longer_wanted_are_not_parsed() {
    let rows = vec![sample(); 100];
    let body = json!(rows).to_string();
    let asked = Cell::new(0);
    let is_wanted = || {
        asked.set(asked.get() + 1);
        asked.get() <= 7
    };
    let format = Some(BodyFormat::Json);
    let read = BodyKind::Rows.rows_while(&is_wanted, body.as_bytes(), format, 100);
    assert_eq!(read.expect("rows").len(), 7);
    asked.set(0);
    let messages = rows.iter().map(|row| {
        Some(ReportRow {
            row: Some(message(row)),
        })
    });
    assert_eq!(from_messages(1, messages.collect(), &is_wanted).len(), 7);
}

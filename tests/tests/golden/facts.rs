//! Records of the histories, which are rows in the product's JSON, and of the laws, whose rows name
//! their fact and have neither id nor publisher.

use detente_api::submission::{self, BodyFormat, Submission};
use detente_chronicle::{Chronicle, Position};
use detente_domain::day::Day;
use detente_domain::event::Authorship;
use detente_domain::record::Record;
use detente_domain::rulebook::Rulebook;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use time::OffsetDateTime;
use uuid::Uuid;

/// The records of each fact of a law, in order of rows.
pub(crate) type Facts = Vec<(String, Vec<Record>)>;

/// Parses the rows of a history.
pub(crate) fn rows(history: &str, text: &str) -> Vec<Record> {
    let rows = submission::submissions(text.as_bytes(), BodyFormat::Ndjson);
    let rows = rows.map(|(row, entry)| {
        let entry = entry.unwrap_or_else(|why| panic!("{history}, row {row}: {why:?}"));
        let id = entry.id();
        let id = id.unwrap_or_else(|| panic!("{history}, row {row} has no id"));
        record(entry, id)
    });
    rows.collect()
}

/// Parses the rows of a law.
pub(crate) fn parse(history: &str, text: &str) -> Facts {
    let mut facts: Facts = Vec::new();
    let mut ids: BTreeMap<String, Vec<Uuid>> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let mut row: Map<String, Value> =
            serde_json::from_str(line).unwrap_or_else(|why| panic!("{history}: {why}: {line}"));
        let fact = take(&mut row, "fact").unwrap_or_else(|| panic!("{history}: no fact: {line}"));
        if facts.last().is_none_or(|(last, _)| *last != fact) {
            facts.push((fact.clone(), Vec::new()));
        }
        for row in repeated(targeted(row, &ids)) {
            let place = facts
                .iter()
                .map(|(_, records)| records.len())
                .sum::<usize>();
            let id = identify(history, place);
            if row.contains_key("kind") && !row.contains_key("correct") {
                ids.entry(fact.clone()).or_default().push(id);
            }
            let record = identified(history, &fact, id, row);
            if let Some((_, records)) = facts.last_mut() {
                records.push(record);
            }
        }
    }
    facts
}

/// Folds the records of facts in the given order.
pub(crate) fn chronicle<'a>(
    facts: impl Iterator<Item = &'a [Record]>,
    rules: &Arc<Rulebook>,
) -> Chronicle {
    let mut chronicle = Chronicle::new(Arc::clone(rules));
    for (place, record) in facts.flatten().enumerate() {
        chronicle.apply(Position(place as u64 + 1), record);
    }
    chronicle
}

fn take(row: &mut Map<String, Value>, key: &str) -> Option<String> {
    Some(row.remove(key)?.as_str()?.to_owned())
}

/// Returns a stable id of a row.
fn identify(history: &str, place: usize) -> Uuid {
    Uuid::new_v5(
        &Uuid::NAMESPACE_OID,
        format!("{history} {place}").as_bytes(),
    )
}

/// Returns an amendment for each row of the fact that it amends, or a report as it is.
fn targeted(row: Map<String, Value>, ids: &BTreeMap<String, Vec<Uuid>>) -> Vec<Map<String, Value>> {
    let amends = ["dispute", "correct", "corroborate"];
    let Some(key) = amends.into_iter().find(|key| row.contains_key(*key)) else {
        return vec![row];
    };
    let fact = row[key].as_str().unwrap_or_default();
    let rows = ids.get(fact).unwrap_or_else(|| panic!("no fact {fact}"));
    let only = row.get("row").and_then(Value::as_u64);
    let chosen = rows.iter().enumerate();
    let chosen = chosen.filter(|(place, _)| only.is_none_or(|only| only == *place as u64));
    let amendment = |(_, target): (usize, &Uuid)| {
        let mut row = row.clone();
        row.remove("row");
        row.insert(key.to_owned(), json!(target));
        row
    };
    chosen.map(amendment).collect()
}

/// Spreads a row with a `repeat` over the days from `occurred` until `until`.
fn repeated(rows: Vec<Map<String, Value>>) -> Vec<Map<String, Value>> {
    let spread = |mut row: Map<String, Value>| {
        let Some(times) = row.remove("repeat").and_then(|times| times.as_i64()) else {
            return vec![row];
        };
        let day = |text: Option<String>| {
            text.and_then(|text| Day::parse(&text))
                .unwrap_or_else(|| panic!("no day"))
        };
        let first = day(row["occurred"].as_str().map(str::to_owned));
        let last = day(take(&mut row, "until"));
        let days = i64::from(last.since(first)) + 1;
        let on = |number: i64| {
            let day = first.plus(i32::try_from(number * days / times).unwrap_or(0));
            let mut row = row.clone();
            row.insert("occurred".to_owned(), json!(day.to_string()));
            row
        };
        (0..times).map(on).collect()
    };
    rows.into_iter().flat_map(spread).collect()
}

fn identified(history: &str, fact: &str, id: Uuid, mut row: Map<String, Value>) -> Record {
    row.insert("id".to_owned(), json!(id));
    let report = row.get_mut("report").and_then(Value::as_object_mut);
    if let Some(report) = report {
        report.insert("publisher".to_owned(), json!(format!("{history} {fact}")));
    }
    let row = serde_json::to_vec(&row).unwrap_or_default();
    let mut rows = submission::submissions(&row, BodyFormat::Ndjson);
    let (_, submission) = rows.next().unwrap_or_else(|| panic!("no row"));
    let submission = submission.unwrap_or_else(|why| {
        panic!(
            "{history} {fact}: {why:?}\n{}",
            String::from_utf8_lossy(&row)
        )
    });
    record(submission, id)
}

fn record(entry: Submission, id: Uuid) -> Record {
    let authorship = Authorship {
        author: "golden".to_owned(),
        recorded: OffsetDateTime::UNIX_EPOCH,
    };
    entry.into_record(id, authorship)
}

//! Queries over a small history, applied one record at a time.

use std::sync::Arc;

use detente_api::request::{
    Clocks, DirectedPair, EventsRequest, Order, PageFrom, PageLimit, PageRequest, ParamValue as _,
    Topic,
};
use detente_api::submission::{BodyFormat, submissions};
use detente_api::view::{ChangeView, CommittedRecord, CountryItem, CountryView, EntryView, Page};
use detente_chronicle::Position;
use detente_domain::day::Day;
use detente_domain::dimension::Register;
use detente_domain::event::{Authorship, EventId};
use detente_domain::party::Party;
use detente_domain::record::Body;
use detente_domain::relations::Pair;
use detente_domain::state::State;
use detente_rulebook as rulebook;
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::*;
use crate::archive::Archive;

const EMBASSY: &str = "00000000-0000-7000-8000-000000000001";
const CONSULATE: &str = "00000000-0000-7000-8000-000000000002";
const VISIT: &str = "00000000-0000-7000-8000-000000000003";
const RETRACTION: &str = "00000000-0000-7000-8000-0000000000a3";

const ROWS: &str = r#"
{"id":"00000000-0000-7000-8000-000000000001","kind":"mission.handed_over","actors":["TKM"],"recipients":["AFG"],"occurred":"2022-03","details":{"mission":"embassy","host":"TKM","sender":"AFG","city":"Ashgabat","controlled_by":"TALIBAN"},"title":{"en":"An embassy"},"report":{"publisher":"One","grade":"B2"}}
{"id":"00000000-0000-7000-8000-000000000002","kind":"mission.opened","actors":["TKM"],"recipients":["AFG"],"occurred":"2023-01-10","details":{"mission":"consulate","host":"TKM","sender":"AFG","city":"Mary"},"title":{"en":"A consulate"},"report":{"publisher":"One","grade":"B2"}}
{"id":"00000000-0000-7000-8000-000000000003","kind":"visit.made","actors":["UZB"],"recipients":["AFG"],"occurred":"2022-05-01","title":{"en":"A visit"},"report":{"publisher":"Two","grade":"B2"}}
{"id":"00000000-0000-7000-8000-0000000000a1","correct":"00000000-0000-7000-8000-000000000002","occurred":"2023-02-10","title":{"en":"A consulate, later"},"report":{"publisher":"Two","grade":"A1"}}
{"id":"00000000-0000-7000-8000-0000000000a2","dispute":"00000000-0000-7000-8000-000000000003","by":"TALIBAN","report":{"publisher":"Three","grade":"B2"}}
{"id":"00000000-0000-7000-8000-0000000000a3","retract":"00000000-0000-7000-8000-0000000000a1","reason":"a misprint"}
"#;

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn id(text: &str) -> Uuid {
    Uuid::parse_str(text).unwrap()
}

/// Record n is at position n.
fn archive(upto: usize) -> (Archive, Vec<CommittedRecord>) {
    let mut archive = Archive::new(Arc::new(rulebook::default_rulebook().unwrap().clone()));
    let rows = submissions(ROWS.as_bytes(), BodyFormat::Ndjson).take(upto);
    let mut known = Vec::new();
    for ((_, entry), position) in rows.zip(1..) {
        let authorship = Authorship {
            author: "test".to_owned(),
            recorded: OffsetDateTime::UNIX_EPOCH,
        };
        let entry = entry.unwrap();
        let id = entry.id().unwrap();
        let record = entry.into_record(id, authorship);
        archive.apply(position, &record);
        known.push(CommittedRecord { position, record });
    }
    (archive, known)
}

fn events(archive: &Archive, request: &EventsRequest, known: u64) -> Page<EventId> {
    let mut search = EventSearch::new(request.clone(), known);
    // Paused as often as it asks, it goes on where it was.
    while !search.step(archive, || true) {}
    search.page()
}

fn steps(
    archive: &mut Archive,
    relation: DirectedPair,
    topic: Option<Topic>,
    point: Point,
) -> Vec<ChangeView> {
    let steps = history(archive, relation, topic, point);
    let views = steps.iter().map(|step| history_step(archive, step, point));
    views.collect()
}

/// Returns a country, and the countries that it has relations with.
fn of_country(
    archive: &mut Archive,
    party: Party,
    point: Point,
) -> (CountryView, Vec<CountryItem>) {
    let pairs = archive.chronicle().pairs_of(party).into_iter();
    let known: Vec<(Pair, [State; 2])> = pairs
        .filter_map(|pair| Some((pair, conducts(archive, pair, point)?)))
        .collect();
    let (pairs, relations): (Vec<Pair>, Vec<[State; 2]>) = known.into_iter().unzip();
    (
        country(archive, "p", party, &relations, point),
        countries(archive, &pairs, point),
    )
}

fn party(code: &str) -> Party {
    Party::parse_param("country", code).unwrap()
}

fn point(at: &str, known: u64) -> Point {
    let known = Position(known);
    Point { at: day(at), known }
}

fn shown(archive: &mut Archive, from: &str, to: &str, point: Point) -> Value {
    let view = relation(
        archive,
        "p",
        DirectedPair::between(from, to).unwrap(),
        point,
    );
    serde_json::to_value(view).unwrap()
}

#[test]
fn a_relation_is_shown_by_both_clocks() {
    let (mut archive, _) = archive(3);
    let view = shown(&mut archive, "TKM", "AFG", point("2022-12-31", 3));
    assert_eq!(view["known_at"], 3);
    assert_eq!(
        view["missions"],
        json!([{
            "type": "embassy", "host": "TKM", "sender": "AFG", "city": "Ashgabat",
            "controlled_by": "TALIBAN", "status": "open", "open": true, "since": "2022-03",
            "uncertain": false, "disputed": false, "evidence": [EMBASSY], "evidence_count": 1
        }])
    );
    let later = shown(&mut archive, "TKM", "AFG", point("2023-01-10", 3));
    assert_eq!(later["representation"]["level"], "consular");
    assert_eq!(later["missions"].as_array().map(Vec::len), Some(2));
    let earlier = shown(&mut archive, "TKM", "AFG", point("2023-01-10", 1));
    assert_eq!(earlier["missions"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_register_has_its_newest_entries_first_and_pages_count_all() {
    let (mut archive, _) = archive(6);
    let relation = DirectedPair::between("TKM", "AFG").unwrap();
    let mut entries = |at| register(&mut archive, relation, Register::Missions, at);
    let all = entries(point("2023-01-20", 6));
    let kinds = |entries: &[EntryView]| -> Vec<_> {
        let kinds = entries.iter().map(|entry| entry.detail("type"));
        kinds
            .map(|kind| kind.unwrap_or_default().to_owned())
            .collect()
    };
    assert_eq!(kinds(&all), ["consulate", "embassy"]);
    // The correction, which was retracted later, moved the consulate beyond the day.
    assert_eq!(kinds(&entries(point("2023-01-20", 4))), ["embassy"]);
    assert!(entries(point("2022-02-01", 6)).is_empty());
    let size = all[0].json_len();
    assert!((200..600).contains(&size), "{size}");
}

#[test]
fn an_earlier_belief_stays_what_it_was() {
    for known in 1..=6 {
        let (mut whole, _) = archive(6);
        let (mut then, _) = archive(usize::try_from(known).unwrap());
        for (from, to) in [("TKM", "AFG"), ("AFG", "UZB")] {
            let at = point("2023-01-20", known);
            assert_eq!(
                shown(&mut whole, from, to, at),
                shown(&mut then, from, to, at),
                "{known}"
            );
        }
        let at = point("2023-01-20", known);
        let afghanistan = party("AFG");
        assert_eq!(
            of_country(&mut whole, afghanistan, at),
            of_country(&mut then, afghanistan, at),
        );
    }
}

#[test]
fn a_history_is_the_steps_of_every_timeline_in_order_of_days() {
    let (mut archive, _) = archive(2);
    let relation = DirectedPair::between("TKM", "AFG").unwrap();
    let topic = Topic::parse_param("dimension", "missions").unwrap();
    let shown = steps(&mut archive, relation, Some(topic), point("2023-12-31", 2));
    let shown: Vec<Value> = shown
        .iter()
        .map(|step| serde_json::to_value(step).unwrap())
        .collect();
    let found: Vec<(&str, &str, &str, &str)> = shown
        .iter()
        .map(|step| {
            let word = |key: &str| step[key].as_str().unwrap();
            (
                word("day"),
                word("from"),
                word("to"),
                step["key"]["city"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            ("2022-03-01", "absent", "open", "Ashgabat"),
            ("2022-03-31", "open", "open", "Ashgabat"),
            ("2023-01-10", "absent", "open", "Mary"),
        ]
    );
    assert_eq!(
        (&shown[0]["uncertain"], &shown[1]["was_uncertain"]),
        (&json!(true), &json!(true))
    );
    assert_eq!(shown[0]["causes"], json!([EMBASSY]));
    let before = steps(&mut archive, relation, Some(topic), point("2022-03-30", 2));
    assert_eq!(before.len(), 1);
    let all = steps(&mut archive, relation, None, point("2023-12-31", 2));
    assert!(all.is_sorted_by_key(|step| step.day.clone()));
    assert!(all.len() > 3);
}

#[test]
fn an_event_is_shown_with_the_corrections_that_stand() {
    let (archive, records) = archive(6);
    let view = |known| event(&archive, EventId(id(CONSULATE)), known, &records).unwrap();
    let plain = view(3);
    assert_eq!(plain.event.occurred, "2023-01-10");
    assert!(plain.corrections.is_empty());
    let corrected = view(5);
    assert_eq!(corrected.event.occurred, "2023-02-10");
    assert_eq!(corrected.event.title["en"], "A consulate, later");
    let restored = view(6);
    assert_eq!(restored.event.occurred, "2023-01-10");
    assert_eq!(restored.event.title["en"], "A consulate");
    assert!(restored.corrections[0].retracted);
    assert_eq!(event(&archive, EventId(id(CONSULATE)), 1, &records), None);
}

#[test]
fn an_archive_has_the_records_about_an_event() {
    let (archive, _) = archive(6);
    let about = archive.about(EventId(id(CONSULATE)), 6);
    let ids: Vec<Uuid> = about.iter().map(|one| one.record).collect();
    assert_eq!(ids.last(), Some(&id(RETRACTION)));
    assert_eq!(ids.len(), 2);
    assert_eq!(archive.about(EventId(id(CONSULATE)), 4).len(), 1);
    assert_eq!(archive.about(EventId(id(EMBASSY)), 6).len(), 0);
}

#[test]
fn pages_of_events_join_without_gap_or_repeat() {
    let (archive, _) = archive(6);
    for order in [Order::Oldest, Order::Newest] {
        let (mut seen, mut from) = (Vec::new(), Some("start".to_owned()));
        while let Some(cursor) = from {
            let page = PageRequest {
                limit: PageLimit::parse_param("limit", "2").ok(),
                from: PageFrom::parse_param("from", &cursor).ok(),
            };
            let request = EventsRequest {
                page,
                order: Some(order),
                ..EventsRequest::default()
            };
            let known = page.from.unwrap().known.unwrap_or(3);
            let page = events(&archive, &request, known);
            seen.extend(page.items);
            from = page.next;
        }
        let mut expected = [EMBASSY, CONSULATE, VISIT].map(|one| EventId(id(one)));
        if order == Order::Newest {
            expected.reverse();
        }
        assert_eq!(seen, expected);
    }
}

#[test]
fn events_are_selected_by_party_pair_kind_and_day() {
    let (archive, _) = archive(3);
    let selected = |request: EventsRequest| events(&archive, &request, 3).items;
    let of_party = |code| EventsRequest {
        country: Some(party(code)),
        ..EventsRequest::default()
    };
    assert_eq!(selected(of_party("TALIBAN")), [EventId(id(EMBASSY))]);
    assert_eq!(selected(of_party("AFG")).len(), 3);
    let of_pair = EventsRequest {
        pair: Some(DirectedPair::between("AFG", "UZB").unwrap().pair),
        ..EventsRequest::default()
    };
    assert_eq!(selected(of_pair), [EventId(id(VISIT))]);
    let until = EventsRequest {
        clocks: Clocks {
            at: Some(day("2022-04-01")),
            ..Clocks::default()
        },
        ..EventsRequest::default()
    };
    assert_eq!(selected(until), [EventId(id(EMBASSY))]);
}

#[test]
fn an_event_of_the_background_is_shown_without_any_record() {
    let (archive, _) = archive(0);
    let kazakhstan = Party::find("KAZ").unwrap();
    let membership = detente_domain::background::memberships_of(kazakhstan)[0];
    let view = event(&archive, membership.event, 0, &[]).unwrap();
    let shown = serde_json::to_value(view).unwrap();
    assert_eq!(shown["kind"], "membership.joined");
    assert_eq!(shown["actors"], json!(["KAZ"]));
    assert_eq!(shown["position"], 0);
    assert_eq!(shown["recorded"], Value::Null);
    assert_eq!(shown["report"]["publisher"], "Background data");
    assert_eq!(shown["grade"], "A1");
}

#[test]
fn an_event_of_the_log_is_shown_though_it_has_the_id_of_the_background() {
    let (mut archive, known) = archive(1);
    let kazakhstan = Party::find("KAZ").unwrap();
    let membership = detente_domain::background::memberships_of(kazakhstan)[0];
    let mut record = known[0].record.clone();
    let Body::Reported(reported) = &mut record.body else {
        panic!("is a report")
    };
    reported.id = membership.event;
    record.id = membership.event.into();
    archive.apply(2, &record);
    let position = 2;
    let records = [CommittedRecord { position, record }];
    let view = event(&archive, membership.event, 2, &records).unwrap();
    assert_eq!(
        (view.event.kind.as_str(), view.position),
        ("mission.handed_over", 2)
    );
    assert_eq!(event(&archive, membership.event, 1, &records), None);
}

#[test]
fn a_weaker_correction_by_another_publisher_is_listed_and_changes_nothing() {
    let (mut archive, mut known) = archive(4);
    let row = r#"{"correct":"00000000-0000-7000-8000-000000000001","title":{"en":"Another title"},"report":{"publisher":"Two","grade":"C3"}}"#;
    let (_, entry) = submissions(row.as_bytes(), BodyFormat::Ndjson)
        .next()
        .unwrap();
    let authorship = known[0].record.authorship.clone();
    let record = entry
        .unwrap()
        .into_record(id("00000000-0000-7000-8000-0000000000a4"), authorship);
    archive.apply(5, &record);
    known.push(CommittedRecord {
        position: 5,
        record,
    });
    let embassy = event(&archive, EventId(id(EMBASSY)), 5, &known).unwrap();
    let shown = serde_json::to_value(embassy).unwrap();
    assert_eq!(shown["title"], json!({"en": "An embassy"}));
    assert_eq!(shown["corrections"][0]["counts"], false);
    let consulate = event(&archive, EventId(id(CONSULATE)), 5, &known).unwrap();
    let shown = serde_json::to_value(consulate).unwrap();
    assert_eq!(shown["title"], json!({"en": "A consulate, later"}));
    assert_eq!(shown["corrections"][0]["counts"], true);
}

//! Events with the records about them.

use detente_domain::event::{Authorship, Event, EventId, Report};
use detente_domain::grade::Grade;
use detente_domain::record::{Body, Patch, Record, RecordId};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{event, party};
use detente_api::view::{
    CommittedRecord, EventLookup, EventView, PendingView, RECORDS_BYTES_MAX, StandingView, json_len,
};

fn report(publisher: &str) -> Report {
    Report {
        publisher: publisher.to_owned(),
        url: None,
        language: None,
        published: None,
        quote: None,
        grade: Grade::UNJUDGED,
    }
}

fn authorship() -> Authorship {
    Authorship {
        author: "local".to_owned(),
        recorded: OffsetDateTime::UNIX_EPOCH,
    }
}

fn known(number: u128, body: Body) -> CommittedRecord {
    let id = RecordId(Uuid::from_u128(number));
    let position = u64::try_from(number).expect("is small");
    CommittedRecord {
        position,
        record: Record {
            id,
            authorship: authorship(),
            body,
        },
    }
}

fn retract(number: u128) -> Body {
    Body::Retracted {
        record: RecordId(Uuid::from_u128(number)),
        reason: "a hoax".to_owned(),
    }
}

fn sample() -> Event {
    let value = serde_json::json!({
        "kind": "accusation.made", "actors": ["RUS"], "recipients": ["AFG"], "occurred": "2022-01",
        "title": {"en": "An accusation"}, "report": {"publisher": "X"}
    });
    detente_api::submission::event(&value)
        .expect("fits")
        .into_event(event(1))
}

fn view(about: &[CommittedRecord]) -> EventView {
    let standing = StandingView {
        grade: "F6".to_owned(),
        reported_grade: "F6".to_owned(),
        publishers: 1,
        vouching: 0,
        same_as: Vec::new(),
        same_as_total: None,
    };
    EventView::new(&sample(), standing, 1, &authorship(), about)
}

#[test]
fn records_about_an_event_are_grouped_by_type_in_order_of_position() {
    let event = event(1);
    let dispute = Body::Disputed {
        event,
        by: Some(party("TALIBAN")),
        report: report("Y"),
        claim: Some("no evidence exists".to_owned()),
    };
    let view = view(&[
        known(
            9,
            Body::Linked {
                one: EventId(Uuid::from_u128(77)),
                other: event,
            },
        ),
        known(
            5,
            Body::Corroborated {
                event,
                report: report("W"),
            },
        ),
        known(
            3,
            Body::Corroborated {
                event,
                report: report("Z"),
            },
        ),
        known(6, dispute),
        known(
            7,
            Body::Corrected {
                event,
                patch: Patch::default(),
                report: report("V"),
            },
        ),
        known(
            8,
            Body::Corroborated {
                event: EventId(Uuid::from_u128(78)),
                report: report("U"),
            },
        ),
    ]);
    assert_eq!(
        view.reports.iter().map(|r| r.position).collect::<Vec<_>>(),
        [3, 5]
    );
    assert!(view.disputed && view.retracted.is_none());
    assert_eq!(view.disputes[0].by.as_deref(), Some("TALIBAN"));
    assert_eq!(view.links[0].other, Some(Uuid::from_u128(77)));
    let json = serde_json::to_value(&view).expect("is JSON");
    assert_eq!(json["kind"], "accusation.made");
    assert_eq!(json["corrections"][0]["type"], "corrected");
    assert_eq!(json["recorded"], "1970-01-01T00:00:00Z");
    assert_eq!(
        serde_json::from_value::<EventView>(json).expect("reads back"),
        view
    );
}

#[test]
fn a_retraction_that_was_retracted_retracts_nothing() {
    let gone = view(&[known(5, retract(1))]);
    let reason = gone.retracted.and_then(|record| record.reason);
    assert_eq!(reason.as_deref(), Some("a hoax"));
    let back = view(&[known(5, retract(1)), known(6, retract(5))]);
    assert!(back.retracted.is_none());
    let gone_again = view(&[
        known(5, retract(1)),
        known(6, retract(5)),
        known(7, retract(6)),
    ]);
    assert!(gone_again.retracted.is_some());
}

#[test]
fn a_dispute_that_was_retracted_disputes_nothing() {
    let body = Body::Disputed {
        event: event(1),
        by: None,
        report: report("Y"),
        claim: None,
    };
    let view = view(&[known(5, body), known(6, retract(5))]);
    assert!(view.disputes[0].retracted && !view.disputed);
}

#[test]
fn a_retracted_record_has_its_retraction_and_the_reason() {
    let body = Body::Corroborated {
        event: event(1),
        report: report("Y"),
    };
    let view = view(&[known(5, body), known(6, retract(5)), known(7, retract(6))]);
    assert!(view.reports[0].counts && view.reports[0].retracted_by.is_none());
    let seen: Vec<_> = view
        .retractions
        .iter()
        .map(|one| (one.position, one.counts, one.record))
        .collect();
    let of = |number| Some(Uuid::from_u128(number));
    assert_eq!(seen, [(6, false, of(5)), (7, true, of(6))]);
    let by = view.retractions[0].retracted_by.as_ref().expect("it was");
    assert_eq!((by.position, &*by.reason), (7, "a hoax"));
}

#[test]
fn a_pending_event_round_trips() {
    let body = Body::Corroborated {
        event: event(1),
        report: report("Y"),
    };
    let pending = PendingView::new(Uuid::from_u128(1), &[known(5, body), known(6, retract(5))]);
    let json = serde_json::to_value(&pending).expect("is JSON");
    assert_eq!(json["pending"], true);
    assert_eq!(json["records"][0]["retracted_by"]["reason"], "a hoax");
    assert_eq!(json["records"][0]["counts"], false);
    let back: EventLookup = serde_json::from_value(json).expect("reads back");
    assert_eq!(back, EventLookup::Pending(pending));
    let event = view(&[]);
    let json = serde_json::to_value(&event).expect("is JSON");
    let back: EventLookup = serde_json::from_value(json).expect("reads back");
    assert_eq!(back, EventLookup::Event(Box::new(event)));
}

#[test]
fn a_long_chain_of_retractions_and_a_cycle_are_resolved_at_once() {
    // 2 retracts the event, each other one the one before: an odd number of them stands.
    let chain = |last: u128| (2..=last).map(|number| known(number, retract(number - 1)));
    let shown = view(&chain(30_001).collect::<Vec<_>>());
    assert!(shown.retracted.is_none());
    assert_eq!(
        shown.retractions.iter().filter(|one| one.counts).count(),
        15_000
    );
    let shown = view(&chain(30_002).collect::<Vec<_>>());
    assert_eq!(shown.retracted.map(|by| by.position), Some(2));
    // In a cycle, none has effect.
    let cycle = [
        known(2, retract(1)),
        known(3, retract(4)),
        known(4, retract(3)),
    ];
    let shown = view(&cycle);
    assert!(shown.retractions.iter().all(|one| one.counts));
}

#[test]
fn of_many_records_the_first_of_those_named_are_kept() {
    let body = || Body::Corroborated {
        event: event(1),
        report: Report {
            quote: Some("x".repeat(2_000)),
            ..report("Y")
        },
    };
    let about: Vec<CommittedRecord> = (2..1_000).map(|number| known(number, body())).collect();
    let mut shown = view(&about);
    let newest: Vec<Uuid> = (2..1_000).rev().map(Uuid::from_u128).collect();
    let count = shown.keep_records(&newest);
    assert!((200..998).contains(&count), "{count}");
    assert_eq!(shown.reports.len(), count);
    assert_eq!(
        shown.reports.last().map(|record| record.id),
        newest.first().copied()
    );
    assert!(json_len(&shown) < RECORDS_BYTES_MAX + (4 << 10));
    // Those that are not named are left out; without any, nothing is kept.
    assert_eq!(shown.keep_records(&newest[..2]), 2);
    assert_eq!(shown.reports.len(), 2);
    assert_eq!((shown.keep_records(&[]), shown.reports.len()), (0, 0));
}

//! Amendments, alone and as rows of a file.

use detente_domain::background::memberships_of;
use detente_domain::details::Field;
use detente_domain::event::EventId;
use detente_domain::party::Party;
use detente_domain::record::{Body, RecordId};
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{codes, sample};
use detente_api::refusal::Refusal;
use detente_api::submission::{
    Amend, BodyFormat, PatchDto, ReportDto, Submission, amendment, submissions,
};
use detente_testkit::strategies;

const TARGET: Uuid = Uuid::from_u128(9);

#[track_caller]
fn read(amend: Amend, value: &Value) -> Body {
    let read = amendment(amend, TARGET, value);
    read.unwrap_or_else(|refusals| panic!("{value}: {refusals:?}"))
        .body
}

#[track_caller]
fn refused(amend: Amend, value: &Value) -> Vec<Refusal> {
    amendment(amend, TARGET, value).expect_err("is refused")
}

proptest! {
    #[test]
    fn a_correction_round_trips(
        patch in strategies::patch(),
        report in strategies::report(),
    ) {
        // JSON can express one value for each field, and only details that the kind takes.
        let mut patch = patch;
        patch.kind = None;
        patch.details.sort();
        patch.details.dedup_by_key(|(field, _)| *field);
        patch.title.sort();
        patch.title.dedup_by_key(|(lang, _)| *lang);
        // A party is on one side only, and once.
        patch.recipients = None;
        let mut actors = patch.actors.take().unwrap_or_default();
        actors.sort();
        actors.dedup();
        patch.actors = Some(actors).filter(|actors| !actors.is_empty());
        patch.details.retain(|(field, _)| *field != Field::Sender);
        prop_assume!(!patch.is_empty());
        let mut value = serde_json::to_value(PatchDto::from(&patch)).expect("is JSON");
        value["report"] = serde_json::to_value(ReportDto::from(&report)).expect("is JSON");
        let Body::Corrected { patch: mut parsed, report: by, .. } = read(Amend::Correct, &value) else {
            return Err(TestCaseError::fail("it is no correction"));
        };
        parsed.details.sort();
        prop_assert_eq!(parsed, patch);
        prop_assert_eq!(by, report);
    }
}

#[test]
fn every_amendment_is_parsed() {
    let event = EventId(TARGET);
    let report = json!({"publisher": "X", "grade": "B2"});
    let wrapped = read(Amend::Corroborate, &json!({"report": report}));
    assert_eq!(wrapped, read(Amend::Corroborate, &report));
    let denied = json!({"by": "Taliban", "claim": "no evidence exists", "report": report});
    let Body::Disputed { by, claim, .. } = read(Amend::Dispute, &denied) else {
        panic!("it is no dispute")
    };
    assert_eq!(
        (by, claim.as_deref()),
        (Party::find("TALIBAN"), Some("no evidence exists"))
    );
    assert_eq!(
        read(Amend::Retract, &json!({"reason": "a hoax"})),
        Body::Retracted {
            record: RecordId(TARGET),
            reason: "a hoax".to_owned()
        }
    );
    let other = EventId(Uuid::from_u128(4));
    let link = json!({"other": other.0, "id": Uuid::from_u128(5)});
    assert_eq!(read(Amend::Link, &link), Body::Linked { one: event, other });
    assert_eq!(
        read(Amend::Unlink, &link),
        Body::Unlinked { one: event, other }
    );
    let parsed = amendment(Amend::Link, TARGET, &link).expect("fits");
    assert_eq!(parsed.id, Some(Uuid::from_u128(5)));
}

#[test]
fn invalid_amendments_are_refused() {
    let report = json!({"publisher": "X"});
    for (amend, value, expected) in [
        (
            Amend::Corroborate,
            json!({}),
            ("missing_field", "publisher"),
        ),
        (
            Amend::Dispute,
            json!({"by": "TALIBAN"}),
            ("missing_field", "report"),
        ),
        (
            Amend::Dispute,
            json!({"by": "XQX", "report": report}),
            ("unknown_party", "by"),
        ),
        (
            Amend::Correct,
            json!({"report": report}),
            ("empty_correction", ""),
        ),
        (
            Amend::Correct,
            json!({"actors": [], "report": report}),
            ("missing_actor", "actors"),
        ),
        (
            Amend::Correct,
            json!({"details": {"hots": null}, "report": report}),
            ("unknown_detail", "details.hots"),
        ),
        (
            Amend::Correct,
            json!({"actors": null, "report": report}),
            ("emptied_field", "actors"),
        ),
        (
            Amend::Correct,
            json!({"occurred": null, "kind": "visit.made", "report": report}),
            ("emptied_field", "occurred"),
        ),
        (
            Amend::Correct,
            json!({"kind": "mission.opened", "details": {"host": null}, "report": report}),
            ("emptied_field", "details.host"),
        ),
        (
            Amend::Correct,
            json!({"details": {"fighters": "many"}, "report": report}),
            ("wrong_type", "details.fighters"),
        ),
        (
            Amend::Correct,
            json!({"details": {"host": "TALIBAN"}, "report": report}),
            ("bad_detail", "details.host"),
        ),
        (
            Amend::Correct,
            json!({"details": {"host": "TJK", "sender": "TJK"}, "report": report}),
            ("self_relation", "details.sender"),
        ),
        (
            Amend::Correct,
            json!({"actors": ["TJK"], "recipients": ["UZB", "TJK"], "report": report}),
            ("self_relation", "recipients"),
        ),
        (
            Amend::Correct,
            json!({"actors": ["TJK", "TJK"], "report": report}),
            ("self_relation", "actors"),
        ),
        (
            Amend::Correct,
            json!({"actors": ["SUN"], "occurred": "2001", "report": report}),
            ("party_did_not_exist", "actors[0]"),
        ),
        (
            Amend::Corroborate,
            json!({"publisher": "X", "language": "Arabic language"}),
            ("bad_language", "language"),
        ),
        (
            Amend::Retract,
            json!({"id": TARGET, "reason": "itself"}),
            ("self_relation", "id"),
        ),
        (Amend::Retract, json!({}), ("missing_field", "reason")),
        (
            Amend::Retract,
            json!({"reason": " "}),
            ("bad_text", "reason"),
        ),
        (Amend::Link, json!({}), ("missing_field", "other")),
        (
            Amend::Link,
            json!({"other": TARGET}),
            ("self_relation", "other"),
        ),
        (Amend::Link, json!([]), ("wrong_type", "")),
    ] {
        assert_eq!(
            codes(&refused(amend, &value)),
            [expected],
            "{amend:?} {value}"
        );
    }
}

#[test]
fn a_file_may_contain_events_and_amendments() {
    let dispute = json!({"dispute": TARGET, "by": "TALIBAN", "report": {"publisher": "X"}});
    let body = format!(
        "{}\n{dispute}\n{{\"retract\": 5, \"reason\": \"x\"}}",
        sample()
    );
    let read: Vec<_> = submissions(body.as_bytes(), BodyFormat::Ndjson)
        .map(|(_, read)| read)
        .collect();
    assert!(matches!(read[0], Ok(Submission::Event(_))));
    let Ok(Submission::Amendment(denial)) = &read[1] else {
        panic!("{:?}", read[1])
    };
    assert!(matches!(
        denial.body,
        Body::Disputed {
            event: EventId(TARGET),
            ..
        }
    ));
    let refusals = read[2].as_ref().expect_err("is refused");
    assert_eq!(codes(refusals), [("wrong_type", "retract")]);
}

#[test]
fn an_event_of_the_background_data_cannot_be_amended() {
    let kazakhstan = Party::find("KAZ").expect("is known");
    let membership = memberships_of(kazakhstan)[0].event.0;
    let report = json!({"publisher": "X", "grade": "A1"});
    let bodies = [
        (Amend::Corroborate, json!({"report": report})),
        (Amend::Dispute, json!({"report": report})),
        (
            Amend::Correct,
            json!({"occurred": "1992", "report": report}),
        ),
        (Amend::Retract, json!({"reason": "an error"})),
        (Amend::Link, json!({"other": Uuid::from_u128(4)})),
        (Amend::Unlink, json!({"other": Uuid::from_u128(4)})),
    ];
    for (amend, body) in bodies {
        let refusals = amendment(amend, membership, &body).expect_err("is refused");
        assert_eq!(codes(&refusals), [("background_event", "id")]);
        assert!(refusals[0].message.contains("report an event"));
        let mut row = body;
        row[amend.as_str()] = json!(membership);
        let row = row.to_string();
        let mut rows = submissions(row.as_bytes(), BodyFormat::Json);
        let refusals = rows.next().expect("a row").1.expect_err("is refused");
        let expected = ("background_event", amend.as_str());
        assert_eq!(codes(&refusals), [expected]);
    }
    let link = refused(Amend::Link, &json!({"other": membership}));
    assert_eq!(codes(&link), [("background_event", "other")]);
    let own = json!({"id": membership, "reason": "an error"});
    let own = refused(Amend::Retract, &own);
    assert_eq!(codes(&own), [("id_conflict", "id")]);
}

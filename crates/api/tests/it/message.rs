//! Messages have the values of the JSON.

use std::collections::BTreeMap;

use detente_domain::level::{Declared, Level, Recognition, Representation, Threat, Trajectory};
use detente_domain::state::Occasion;
use serde_json::json;

use detente_api::json::{Submission, event};
use detente_api::message::submission;
use detente_api::proto::{self, amendment::Amend, report_row::Row};
use detente_api::refusal::Code;
use detente_api::view::{Named, Vocabulary};

fn read(row: Row) -> Result<Submission, Vec<Code>> {
    let read = submission(Some(proto::ReportRow { row: Some(row) }));
    read.map_err(|refusals| refusals.iter().map(|refusal| refusal.code).collect())
}

fn publication() -> proto::Publication {
    proto::Publication {
        publisher: "A wire agency".to_owned(),
        language: Some("en".to_owned()),
        grade: "B2".to_owned(),
        ..proto::Publication::default()
    }
}

fn draft() -> proto::EventDraft {
    let host = proto::detail_value::Value::Text("TKM".to_owned());
    let text = |text: &str| proto::DetailValue {
        value: Some(proto::detail_value::Value::Text(text.to_owned())),
    };
    proto::EventDraft {
        kind: "mission.opened".to_owned(),
        actors: vec!["TKM".to_owned()],
        recipients: vec!["AFG".to_owned()],
        occurred: "2022-03".to_owned(),
        details: BTreeMap::from([
            ("host".to_owned(), proto::DetailValue { value: Some(host) }),
            ("sender".to_owned(), text("AFG")),
            ("mission".to_owned(), text("embassy")),
        ]),
        title: BTreeMap::from([("en".to_owned(), "An embassy".to_owned())]),
        report: Some(publication()),
        ..proto::EventDraft::default()
    }
}

#[test]
fn every_word_has_the_protobuf_enum_of_the_same_name() {
    fn assert_names<T: Vocabulary>(prefix: &str, name: impl Fn(Named<T>) -> &'static str) {
        for value in T::all() {
            let word = value.as_str().to_ascii_uppercase();
            assert_eq!(name(Named(value)), format!("{prefix}_{word}"));
        }
    }
    assert_names::<Option<Level>>("LEVEL", |value| proto::Level::from(value).as_str_name());
    assert_names::<Option<Recognition>>("RECOGNITION_LEVEL", |value| {
        proto::RecognitionLevel::from(value).as_str_name()
    });
    assert_names::<Option<Declared>>("DECLARATION", |value| {
        proto::Declaration::from(value).as_str_name()
    });
    assert_names::<Option<Representation>>("RANK", |value| proto::Rank::from(value).as_str_name());
    assert_names::<Option<Threat>>("THREAT_LEVEL", |value| {
        proto::ThreatLevel::from(value).as_str_name()
    });
    assert_names::<Option<Trajectory>>("TRAJECTORY", |value| {
        proto::Trajectory::from(value).as_str_name()
    });
    assert_names::<Occasion>("OCCASION", |value| {
        proto::Occasion::from(value).as_str_name()
    });
}

#[test]
fn a_word_that_is_not_in_the_list_is_refused() {
    let read = serde_json::from_str::<Named<Option<Level>>>;
    assert_eq!(read("\"unknown\"").unwrap(), Named(None));
    assert_eq!(read("\"close\"").unwrap(), Named(Some(Level::Close)));
    assert!(read("\"a word of a newer writer\"").is_err());
}

#[test]
fn an_event_in_protobuf_is_the_one_in_json() {
    let json = json!({
        "kind": "mission.opened", "actors": ["TKM"], "recipients": ["AFG"],
        "occurred": "2022-03", "title": {"en": "An embassy"},
        "details": {"host": "TKM", "sender": "AFG", "mission": "embassy"},
        "report": {"publisher": "A wire agency", "language": "en", "grade": "B2"},
    });
    let expected = event(&json).map(Submission::Event).unwrap();
    assert_eq!(read(Row::Event(draft())), Ok(expected));
}

#[test]
fn refusals_name_the_fields_of_the_json() {
    let empty = proto::EventDraft::default();
    let refused = read(Row::Event(empty)).unwrap_err();
    assert!(refused.contains(&Code::MissingField), "{refused:?}");
    let wrong = proto::EventDraft {
        occurred: "last week".to_owned(),
        actors: vec!["Atlantis".to_owned()],
        ..draft()
    };
    assert_eq!(
        read(Row::Event(wrong)),
        Err(vec![Code::UnknownParty, Code::BadDate])
    );
    assert_eq!(
        submission(None)
            .unwrap_err()
            .first()
            .map(|refusal| refusal.code),
        Some(Code::MissingField)
    );
}

#[test]
fn every_amendment_is_parsed() {
    let target = "0190a000-0000-7000-8000-000000000001";
    let other = "0190a000-0000-7000-8000-000000000002".to_owned();
    let report = Some(publication());
    let said = [
        Amend::Corroborate(proto::Corroboration {
            report: report.clone(),
        }),
        Amend::Dispute(proto::Denial {
            by: Some("TALIBAN".to_owned()),
            claim: Some("It never was".to_owned()),
            report: report.clone(),
        }),
        Amend::Correct(proto::Correction {
            recipients: Some(proto::PartyList::default()),
            details: BTreeMap::from([("city".to_owned(), proto::DetailValue::default())]),
            report,
            ..proto::Correction::default()
        }),
        Amend::Retract(proto::Retraction {
            reason: "A mistake".to_owned(),
        }),
        Amend::Link(proto::Link {
            other: other.clone(),
        }),
        Amend::Unlink(proto::Link { other }),
    ];
    for amend in said {
        let amendment = proto::Amendment {
            id: String::new(),
            target: target.to_owned(),
            amend: Some(amend),
        };
        let read = read(Row::Amendment(amendment));
        assert!(matches!(read, Ok(Submission::Amendment(_))), "{read:?}");
    }
    let amendment = proto::Amendment {
        target: "that one".to_owned(),
        ..Default::default()
    };
    assert_eq!(read(Row::Amendment(amendment)), Err(vec![Code::BadId]));
    let amendment = proto::Amendment {
        target: target.to_owned(),
        ..Default::default()
    };
    assert_eq!(
        read(Row::Amendment(amendment)),
        Err(vec![Code::MissingField])
    );
}

//! Messages say what the JSON says.

use std::collections::BTreeMap;

use detente_domain::level::{Declared, Level, Recognition, Representation, Threat, Trajectory};
use detente_domain::state::Occasion;
use serde_json::json;

use super::relation::{declaration, level, rank, recognition, threat, trajectory};
use super::{change, entry};
use crate::json::{Entry, event};
use crate::proto::{self, amendment::Amend, report_row::Row};
use crate::refusal::Code;

fn read(row: Row) -> Result<Entry, Vec<Code>> {
    let read = entry(Some(proto::ReportRow { row: Some(row) }));
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
fn every_word_of_a_closed_scale_has_its_value() {
    fn has_all(scale: fn(&str) -> i32, words: impl Iterator<Item = &'static str>) {
        for word in words.chain(["unknown"]) {
            assert_ne!(scale(word), 0, "{word}");
        }
    }
    has_all(level, Level::ALL.iter().map(|one| one.as_str()));
    has_all(recognition, Recognition::ALL.iter().map(|one| one.as_str()));
    has_all(declaration, Declared::ALL.iter().map(|one| one.as_str()));
    has_all(rank, Representation::ALL.iter().map(|one| one.as_str()));
    has_all(threat, Threat::ALL.iter().map(|one| one.as_str()));
    has_all(trajectory, Trajectory::ALL.iter().map(|one| one.as_str()));
    for occasion in [Occasion::Happened, Occasion::Learned, Occasion::Lapsed] {
        assert_ne!(change::occasion(occasion.as_str()), 0);
    }
    assert_eq!(level("a word of a newer writer"), 0);
}

#[test]
fn an_event_in_protobuf_is_the_one_in_json() {
    let json = json!({
        "kind": "mission.opened", "actors": ["TKM"], "recipients": ["AFG"],
        "occurred": "2022-03", "title": {"en": "An embassy"},
        "details": {"host": "TKM", "sender": "AFG", "mission": "embassy"},
        "report": {"publisher": "A wire agency", "language": "en", "grade": "B2"},
    });
    let expected = event(&json).map(Entry::Event).unwrap();
    assert_eq!(read(Row::Event(draft())), Ok(expected));
}

#[test]
fn what_is_wrong_is_told_in_the_words_of_json() {
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
        entry(None).unwrap_err().first().map(|refusal| refusal.code),
        Some(Code::MissingField)
    );
}

#[test]
fn every_way_to_amend_is_read() {
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
        assert!(matches!(read, Ok(Entry::Amendment(_))), "{read:?}");
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

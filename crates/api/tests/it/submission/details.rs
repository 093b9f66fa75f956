//! Details of single events: words by other names, common details, numbers.

use detente_domain::details::Field;
use detente_domain::event::EventId;
use serde_json::{Value, json};
use uuid::Uuid;

use super::events::refused;
use super::{codes, sample, with};
use detente_api::submission::{EventDto, event};

#[test]
fn names_of_missions_and_ranks_are_stored_as_their_words() {
    for (name, word) in [
        ("high commission", "embassy"),
        ("Consulate General", "consulate_general"),
        ("المفوضية السامية", "embassy"),
        ("генконсульство", "consulate_general"),
    ] {
        let named = event(&with("/details/mission", json!(name)));
        assert_eq!(
            named,
            event(&with("/details/mission", json!(word))),
            "{name}"
        );
        assert!(named.is_ok(), "{name}: {named:?}");
    }
    let mut row = sample();
    row["kind"] = json!("envoy.appointed");
    row["details"] = json!({"host": "TKM", "sender": "AFG", "rank": "High Commissioner"});
    let draft = event(&row).expect("fits");
    assert_eq!(draft.act.details.text(Field::Rank), Some("ambassador"));
}

#[test]
fn common_details_may_be_given_beside_the_others() {
    let mut row = sample();
    row["plover"] = json!("SUPPORT");
    row["details"]["cameo"] = json!("050");
    let draft = event(&row).expect("fits");
    let dto = EventDto::from(&draft.into_event(EventId(Uuid::nil())));
    let value = serde_json::to_value(&dto.details).expect("is JSON");
    assert_eq!(
        (&value["plover"], &value["cameo"]),
        (&json!("SUPPORT"), &json!("050"))
    );
    row["details"]["plover"] = json!("AID");
    assert_eq!(codes(&refused(&row)), [("bad_detail", "plover")]);
}

#[test]
fn numbers_are_whole_and_not_negative() {
    let attack = |casualties: Value| {
        json!({
            "kind": "attack.occurred", "actors": ["ISKP"], "recipients": ["UZB"],
            "occurred": "2022-07", "details": {"from": "AFG", "casualties": casualties},
            "title": {"en": "Rockets"}, "report": {"publisher": "X"}
        })
    };
    assert!(event(&attack(json!(0))).is_ok());
    for wrong in [json!(-1), json!(1.5), json!(1e30)] {
        assert_eq!(
            codes(&refused(&attack(wrong))),
            [("bad_detail", "details.casualties")]
        );
    }
    assert_eq!(
        codes(&refused(&attack(json!("3")))),
        [("wrong_type", "details.casualties")]
    );
}

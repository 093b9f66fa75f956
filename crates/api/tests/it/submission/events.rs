//! Single events: valid ones, and every refusal with its code and field.

use detente_domain::background::memberships_of;
use detente_domain::edtf::Edtf;
use detente_domain::grade::Grade;
use detente_domain::party::{Lang, Party, PartyKind};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{codes, sample, with};
use detente_api::refusal::Refusal;
use detente_api::submission::{EventDto, event};
use detente_testkit::strategies;

proptest! {
    #[test]
    fn an_event_round_trips(expected in strategies::event()) {
        let dto = EventDto::from(&expected);
        let value = serde_json::to_value(&dto).expect("is JSON");
        prop_assert_eq!(serde_json::from_value::<EventDto>(value.clone()).expect("has the fields"), dto);
        let draft = event(&value).map_err(|refusals| TestCaseError::fail(format!("{refusals:?}")))?;
        prop_assert_eq!(draft.id, Some(expected.id.0));
        prop_assert_eq!(draft.into_event(expected.id), expected);
    }
}

#[track_caller]
pub(super) fn refused(value: &Value) -> Vec<Refusal> {
    event(value).expect_err("is refused")
}

fn without(pointer: &str) -> Value {
    let mut row = sample();
    let (around, key) = pointer.rsplit_once('/').expect("is a pointer");
    let object = row.pointer_mut(around).and_then(Value::as_object_mut);
    object.expect("is there").remove(key);
    row
}

#[test]
fn the_example_of_the_design_is_parsed() {
    let draft = event(&sample()).expect("fits");
    assert_eq!(draft.act.kind.as_str(), "mission.handed_over");
    assert_eq!(draft.act.actors, [Party::find("TKM").expect("is known")]);
    assert_eq!(draft.occurred.text(), "2022-03");
    assert_eq!(draft.title[&Lang::Ar], "تسليم السفارة");
    assert_eq!(draft.report.grade, Grade::parse("B2").expect("is a grade"));
    assert!(event(&without("/id")).expect("fits").id.is_none());
}

#[test]
fn parties_are_parsed_by_alpha_2_code_and_by_name() {
    for name in ["TM", "tkm", "Turkmenistan", "تركمانستان", "Туркменистан"] {
        let draft = event(&with("/actors", json!([name])));
        let draft = draft.unwrap_or_else(|refusals| panic!("{name}: {refusals:?}"));
        assert_eq!(
            draft.act.actors,
            [Party::find("TKM").expect("is known")],
            "{name}"
        );
    }
}

#[test]
fn the_default_grade_is_ungraded() {
    let draft = event(&without("/report/grade")).expect("fits");
    assert_eq!(draft.report.grade, Grade::UNJUDGED);
}

#[test]
fn a_date_without_hyphens_is_refused_with_the_one_that_is_meant() {
    for (pointer, field) in [
        ("/occurred", "occurred"),
        ("/report/published", "report.published"),
    ] {
        let refusals = refused(&with(pointer, json!("20220301")));
        assert_eq!(codes(&refusals), [("bad_date", field)]);
        assert_eq!(refusals[0].allowed, ["2022-03-01"]);
        assert!(
            refusals[0].message.contains("basic form"),
            "{}",
            refusals[0]
        );
    }
}

#[test]
fn an_event_affects_a_bounded_number_of_relations() {
    let date = Edtf::parse("2023-03-23").expect("is a date");
    let lives = |party: &Party| party.life().overlaps(date.earliest(), date.latest());
    let states = Party::all().filter(|party| party.kind() == PartyKind::State);
    let states: Vec<&str> = states.filter(lives).map(Party::code).collect();
    let meeting = |actors: &[&str], recipients: &[&str]| {
        let mut row = sample();
        row["kind"] = json!("meeting.attended");
        row["actors"] = json!(actors);
        row["recipients"] = json!(recipients);
        row["occurred"] = json!("2023-03-23");
        row["details"] = json!({"name": "A summit"});
        row
    };
    assert_eq!(event(&meeting(&states[..190], &[])).err(), None);
    assert_eq!(event(&meeting(&["UN"], &["AFG"])).err(), None);
    let wide = meeting(&["UN"], &states[..120]);
    assert_eq!(codes(&refused(&wide)), [("too_many_parties", "actors")]);
}

#[test]
fn null_counts_as_absent() {
    for pointer in [
        "/id",
        "/recipients",
        "/details/city",
        "/report/url",
        "/title/ar",
    ] {
        assert_eq!(
            event(&with(pointer, Value::Null)),
            event(&without(pointer)),
            "{pointer}"
        );
    }
}

#[test]
fn each_refusal_has_its_code_and_field() {
    for (pointer, value, code, field) in [
        ("/id", json!("1"), "bad_id", "id"),
        (
            "/id",
            json!("00000000-0000-0000-0000-000000000000"),
            "bad_id",
            "id",
        ),
        ("/kind", json!("mission.hand_over"), "unknown_kind", "kind"),
        ("/kind", json!(5), "wrong_type", "kind"),
        ("/actors", json!([]), "missing_actor", "actors"),
        ("/actors", json!("TKM"), "wrong_type", "actors"),
        (
            "/actors",
            json!(["TKM", "XQX"]),
            "unknown_party",
            "actors[1]",
        ),
        (
            "/actors",
            json!(["TKM", "TKM"]),
            "self_relation",
            "recipients",
        ),
        ("/recipients", json!(["TKM"]), "self_relation", "recipients"),
        (
            "/actors",
            json!(vec!["TKM"; 301]),
            "too_many_parties",
            "actors",
        ),
        ("/occurred", json!("2022-13"), "bad_date", "occurred"),
        (
            "/occurred",
            json!("2022-03-01T10:00:00Z"),
            "bad_date",
            "occurred",
        ),
        ("/occurred", json!(2022), "wrong_type", "occurred"),
        ("/details", json!([]), "wrong_type", "details"),
        (
            "/details/mission",
            json!("tent"),
            "bad_detail",
            "details.mission",
        ),
        ("/details/host", json!("ISKP"), "bad_detail", "details.host"),
        (
            "/details/host",
            json!("XQX"),
            "unknown_party",
            "details.host",
        ),
        (
            "/details/sender",
            json!("TKM"),
            "self_relation",
            "details.sender",
        ),
        ("/details/city", json!(" "), "bad_text", "details.city"),
        (
            "/details/city",
            json!("x".repeat(401)),
            "text_too_long",
            "details.city",
        ),
        ("/details/city", json!(3), "wrong_type", "details.city"),
        (
            "/details/casualties",
            json!(3),
            "unknown_detail",
            "details.casualties",
        ),
        ("/title", json!({}), "missing_field", "title"),
        (
            "/title/en",
            json!("x".repeat(401)),
            "text_too_long",
            "title.en",
        ),
        ("/title/en", json!("a\u{1b}[31m"), "bad_text", "title.en"),
        ("/title/fr", json!("x"), "unknown_field", "title.fr"),
        (
            "/report/publisher",
            json!(""),
            "bad_text",
            "report.publisher",
        ),
        (
            "/report/url",
            json!("javascript:alert(1)"),
            "bad_url",
            "report.url",
        ),
        ("/report/url", json!("https://"), "bad_url", "report.url"),
        (
            "/report/language",
            json!("arabic language"),
            "bad_language",
            "report.language",
        ),
        (
            "/report/published",
            json!("yesterday"),
            "bad_date",
            "report.published",
        ),
        (
            "/report/quote",
            json!("x".repeat(2001)),
            "text_too_long",
            "report.quote",
        ),
        ("/report/grade", json!("B7"), "bad_grade", "report.grade"),
        (
            "/report/graed",
            json!("B2"),
            "unknown_field",
            "report.graed",
        ),
        ("/actor", json!(["TKM"]), "unknown_field", "actor"),
    ] {
        let refusals = refused(&with(pointer, value.clone()));
        assert_eq!(
            codes(&refusals),
            [(code, field)],
            "{pointer} = {value}: {refusals:?}"
        );
    }
}

#[test]
fn a_party_must_have_existed_on_some_day_of_the_date() {
    let visit = |actor: &str, recipient: &str, occurred: &str| {
        json!({
            "kind": "visit.made", "actors": [actor], "recipients": [recipient],
            "occurred": occurred, "title": {"en": "A visit"}, "report": {"publisher": "X"}
        })
    };
    for (actor, recipient, occurred) in [
        ("SUN", "USA", "1991"),
        ("RUS", "USA", "1991"),
        ("SUN", "USA", "1985/2001"),
        ("CSK", "CZE", "1993-01-01"),
        ("SUN", "USA", "198X"),
    ] {
        let row = visit(actor, recipient, occurred);
        event(&row).unwrap_or_else(|refusals| panic!("{row}: {refusals:?}"));
    }
    let of_soviet_union = refused(&visit("SUN", "USA", "2001"));
    assert_eq!(
        codes(&of_soviet_union),
        [("party_did_not_exist", "actors[0]")]
    );
    assert_eq!(of_soviet_union[0].value.as_deref(), Some("SUN"));
    assert_eq!(of_soviet_union[0].allowed[0], "RUS");
    let message = "SUN (Soviet Union) exists only from 1922-12-30 to 1991-12-26, and the date is \
                   2001; its successors: RUS (Russia), ARM (Armenia)";
    assert!(
        of_soviet_union[0].message.starts_with(message),
        "{of_soviet_union:?}"
    );

    let too_early = refused(&visit("USA", "HRV", "1985-06"));
    assert_eq!(
        codes(&too_early),
        [("party_did_not_exist", "recipients[0]")]
    );
    assert_eq!(
        too_early[0].message,
        "HRV (Croatia) exists only from 1991-06-25, and the date is 1985-06; before it: YUG \
         (Yugoslavia)"
    );
    assert_eq!(too_early[0].allowed, ["YUG"]);

    let nobody_before = refused(&visit("SOMALILAND", "DDR", "1990-12"));
    let fields: Vec<_> = codes(&nobody_before).iter().map(|code| code.1).collect();
    assert_eq!(fields, ["actors[0]", "recipients[0]"]);
    assert!(nobody_before[0].allowed.is_empty());

    let hosted = refused(&with("/details/host", json!("DDR")));
    assert_eq!(codes(&hosted), [("party_did_not_exist", "details.host")]);
}

#[test]
fn missing_fields_are_named() {
    for (pointer, code, field) in [
        ("/kind", "missing_field", "kind"),
        ("/actors", "missing_actor", "actors"),
        ("/occurred", "missing_field", "occurred"),
        ("/title", "missing_field", "title"),
        ("/report", "missing_field", "report"),
        ("/report/publisher", "missing_field", "report.publisher"),
        ("/details/host", "missing_detail", "details.host"),
    ] {
        assert_eq!(
            codes(&refused(&without(pointer))),
            [(code, field)],
            "{pointer}"
        );
    }
}

#[test]
fn all_refusals_of_a_row_are_returned() {
    let row = json!({
        "kind": "mission.opened", "actors": ["Tajikstan"], "occurred": "soon",
        "details": {"mission": "tent", "hots": "TJK"}, "titel": {"en": "x"},
        "report": {"url": "ftp://x", "grade": "Z"}
    });
    let refusals = refused(&row);
    assert_eq!(
        codes(&refusals),
        [
            ("unknown_field", "titel"),
            ("unknown_party", "actors[0]"),
            ("unknown_detail", "details.hots"),
            ("bad_detail", "details.mission"),
            ("missing_detail", "details.host"),
            ("missing_detail", "details.sender"),
            ("bad_date", "occurred"),
            ("missing_field", "title"),
            ("missing_field", "report.publisher"),
            ("bad_url", "report.url"),
            ("bad_grade", "report.grade"),
        ]
    );
    assert_eq!(
        refusals[0].message,
        "there is no field \"titel\" here; similar: title"
    );
    assert_eq!(refusals[1].allowed[0], "TJK");
}

#[test]
fn other_values_are_refused_and_refusals_are_limited() {
    for value in [json!(null), json!([]), json!("x"), json!(1)] {
        assert_eq!(codes(&refused(&value)), [("wrong_type", "")]);
    }
    let wrong: Vec<String> = (0..300).map(|place| format!("nobody {place}")).collect();
    assert!(refused(&with("/actors", json!(wrong))).len() < 30);
}

#[test]
fn a_report_cannot_have_the_id_of_an_event_of_the_background_data() {
    let kazakhstan = Party::find("KAZ").expect("is known");
    let id = memberships_of(kazakhstan)[0].event.0;
    let refusals = refused(&with("/id", json!(id)));
    assert_eq!(codes(&refusals), [("id_conflict", "id")]);
    assert_eq!(refusals[0].value, Some(id.to_string()));
}

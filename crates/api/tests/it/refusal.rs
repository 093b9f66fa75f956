//! Codes are stable; refusals suggest what is allowed.

use detente_domain::details::Field;
use detente_domain::kind::Kind;

use detente_api::refusal::{Code, Problem, Refusal};

#[test]
fn codes_are_snake_case_unique_and_parsed_back() {
    for code in Code::ALL {
        let word = code.as_str();
        let is_snake =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        assert!(word.bytes().all(is_snake), "{word}");
        let parsed: Code = serde_json::from_value(word.into()).unwrap();
        assert_eq!(parsed, *code);
        assert!((400..=503).contains(&code.status()), "{word}");
        assert!(
            !code.title().is_empty() && code.advice().ends_with('.'),
            "{word}"
        );
    }
}

#[test]
fn an_unknown_party_suggests_similar_names() {
    let refusal = Refusal::unknown_party("actors[0]", "Tajikstan");
    assert_eq!(refusal.code, Code::UnknownParty);
    assert_eq!(refusal.allowed.first().map(String::as_str), Some("TJK"));
    assert!(refusal.message.contains("TJK (Tajikistan)"), "{refusal}");
}

#[test]
fn an_unknown_kind_or_detail_suggests_what_is_allowed() {
    let refusal = Refusal::unknown_kind("kind", "mision.opened");
    assert_eq!(
        refusal.allowed.first().map(String::as_str),
        Some("mission.opened")
    );
    let refusal = Refusal::unknown_detail(Kind::MissionOpened, "hots");
    assert!(refusal.allowed.contains(&"host".to_owned()));
    let message = "mission.opened takes no detail \"hots\"; similar: host; \
        `detente kinds mission.opened` explains its details";
    assert_eq!(refusal.message, message);
    let refusal = Refusal::missing_detail(Kind::MissionOpened, Field::Host);
    assert!(
        refusal.message.contains("`detente kinds mission.opened`"),
        "{refusal}"
    );
    let refusal = Refusal::bad_detail(Some(Kind::MissionOpened), Field::Mission, "ambasy");
    assert!(
        refusal.message.contains("`detente kinds mission.opened`"),
        "{refusal}"
    );
    assert_eq!(
        refusal.allowed,
        [
            "embassy",
            "consulate_general",
            "consulate",
            "liaison",
            "interests_section"
        ]
    );
}

#[test]
fn a_word_of_the_field_leads_to_its_kind() {
    for (word, kind) in [
        ("war.declared", "war.began"),
        ("treaty.signed", "agreement.signed"),
        ("قطع العلاقات الدبلوماسية", "relations.severed"),
        ("высылка дипломатов", "envoy.expelled"),
    ] {
        let refusal = Refusal::unknown_kind("kind", word);
        assert_eq!(
            refusal.allowed.first().map(String::as_str),
            Some(kind),
            "{word}"
        );
        let lists = "`detente kinds` and /v1/kinds list all";
        assert!(
            refusal.message.contains(kind) && refusal.message.ends_with(lists),
            "{refusal}"
        );
    }
}

#[test]
fn a_long_value_is_truncated() {
    let refusal = Refusal::new(Code::BadText, "x").value(&"я".repeat(500));
    assert_eq!(refusal.value.map(|value| value.chars().count()), Some(80));
}

#[test]
fn a_problem_has_its_code_and_is_parsed_back() {
    let refusal = Refusal::new(Code::BadDate, "no such day")
        .field("occurred")
        .value("2023-02-30");
    let problem = Problem::from_refusals(vec![refusal.clone(), refusal]).expect("is not empty");
    let json = serde_json::to_value(&problem).unwrap();
    assert_eq!(json["code"], "bad_date");
    assert_eq!(json["status"], 422);
    assert_eq!(json["type"], "urn:detente:refusal:bad_date");
    assert_eq!(json["detail"], "occurred: no such day (and 1 more)");
    assert_eq!(json["refusals"][0]["field"], "occurred");
    assert_eq!(serde_json::from_value::<Problem>(json).unwrap(), problem);
    assert_eq!(Problem::from_refusals(Vec::new()), None);
}

//! Codes are stable; refusals help.

use detente_domain::details::Field;
use detente_domain::kind::Kind;

use super::{Code, Problem, Refusal};

#[test]
fn words_are_snake_case_unique_and_read_back() {
    for code in Code::ALL {
        let word = code.as_str();
        let is_snake =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        assert!(word.bytes().all(is_snake), "{word}");
        assert_eq!(Code::parse(word), Some(*code), "{word}");
        assert!((400..=503).contains(&code.status()), "{word}");
        assert!(
            !code.title().is_empty() && code.advice().ends_with('.'),
            "{word}"
        );
    }
}

#[test]
fn a_party_that_is_not_known_names_those_near() {
    let refusal = Refusal::unknown_party("actors[0]", "Tajikstan");
    assert_eq!(refusal.code, Code::UnknownParty);
    assert_eq!(refusal.allowed.first().map(String::as_str), Some("TJK"));
    assert!(refusal.message.contains("TJK (Tajikistan)"), "{refusal}");
}

#[test]
fn a_kind_and_a_detail_name_what_is_near_and_allowed() {
    let refusal = Refusal::unknown_kind("kind", "mision.opened");
    assert_eq!(
        refusal.allowed.first().map(String::as_str),
        Some("mission.opened")
    );
    let refusal = Refusal::unknown_detail(Kind::MissionOpened, "hots");
    assert!(refusal.allowed.contains(&"host".to_owned()));
    assert!(refusal.message.ends_with("near: host"), "{refusal}");
    let refusal = Refusal::bad_detail(Field::Mission, "ambasy");
    assert_eq!(
        refusal.allowed,
        ["embassy", "consulate_general", "consulate", "liaison"]
    );
}

#[test]
fn what_was_given_is_cut() {
    let refusal = Refusal::new(Code::BadText, "x").given(&"я".repeat(500));
    assert_eq!(refusal.given.map(|given| given.chars().count()), Some(80));
}

#[test]
fn a_problem_names_its_code_and_reads_back() {
    let refusal = Refusal::new(Code::BadDate, "no such day")
        .field("occurred")
        .given("2023-02-30");
    let problem = Problem::of(vec![refusal.clone(), refusal]).expect("is not empty");
    let json = serde_json::to_value(&problem).unwrap();
    assert_eq!(json["code"], "bad_date");
    assert_eq!(json["status"], 422);
    assert_eq!(json["type"], "urn:detente:refusal:bad_date");
    assert_eq!(json["detail"], "occurred: no such day (and 1 more)");
    assert_eq!(json["refusals"][0]["field"], "occurred");
    assert_eq!(serde_json::from_value::<Problem>(json).unwrap(), problem);
    assert_eq!(Problem::of(Vec::new()), None);
}

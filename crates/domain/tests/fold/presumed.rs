//! Recognition that is presumed, and what ends it.

use crate::harness::{given, tajikistan};

const UNITED_NATIONS: &str = "80 1992-03-02 TJK -> UN membership.joined
                              81 1946-11-19 AFG -> UN membership.joined";

#[test]
fn common_membership_in_the_united_nations_implies_recognition() {
    tajikistan(UNITED_NATIONS)
        .on("1992-03-02")
        .reads(&["recognition de_jure presumed since 1992-03-02 by 81 80"])
        .steps("recognition", &["1992-03-02 de_jure presumed by 80 81"])
        .reversed()
        .steps("recognition", &["1992-03-02 de_jure presumed by 80 81"]);
}

#[test]
fn diplomatic_relations_imply_recognition_and_their_severance_does_not_end_it() {
    for kind in ["established", "observed"] {
        tajikistan(&format!(
            "1 1992-01-01 TJK,AFG relations.{kind}
             2 1995-01-01 TJK,AFG relations.severed"
        ))
        .steps("recognition", &["1992-01-01 de_jure presumed by 1"]);
    }
}

#[test]
fn a_refusal_ends_presumed_recognition_in_its_direction() {
    for (kind, word) in [("refused", "refuses"), ("withheld", "withholds")] {
        let declared = format!("2000-01-01 {word} by 1");
        tajikistan(&format!(
            "{UNITED_NATIONS}
             1 2000-01-01 TJK -> AFG recognition.{kind} of=AFG"
        ))
        .steps(
            "recognition",
            &[
                "1992-03-02 de_jure presumed by 80 81",
                "2000-01-01 none by 1",
            ],
        )
        .steps("declared", &[&declared])
        .reversed()
        .steps("recognition", &["1992-03-02 de_jure presumed by 80 81"]);
    }
}

#[test]
fn recognising_one_of_two_exclusive_claimants_ends_recognition_of_the_other() {
    let events = "1 1950-01-01 FRA,TWN relations.established
                  2 1964-01-27 FRA -> CHN recognition.granted of=CHN form=de_jure";
    given(events).between("FRA", "TWN").steps(
        "recognition",
        &["1950-01-01 de_jure presumed by 1", "1964-01-27 none by 2"],
    );
    given(events)
        .between("TWN", "FRA")
        .steps("recognition", &["1950-01-01 de_jure presumed by 1"]);
    // Neither Korea claims it any longer.
    given(
        "1 1990-01-01 FRA,PRK relations.established
         2 1992-01-01 FRA -> KOR recognition.granted of=KOR form=de_jure",
    )
    .between("FRA", "PRK")
    .steps("recognition", &["1990-01-01 de_jure presumed by 1"]);
}

#[test]
fn a_takeover_restarts_presumed_recognition() {
    tajikistan(&format!(
        "{UNITED_NATIONS}
         90 2021-08-15 TALIBAN authority.changed state=AFG authority=TALIBAN
         1 2025-01-01 TJK,AFG relations.restored"
    ))
    .steps(
        "recognition",
        &[
            "1992-03-02 de_jure presumed by 80 81",
            "2021-08-15 unknown by 90",
            "2025-01-01 de_jure presumed by 1",
        ],
    )
    .reversed()
    .steps("recognition", &["1992-03-02 de_jure presumed by 80 81"]);
}

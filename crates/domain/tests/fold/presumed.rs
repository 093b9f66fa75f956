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

#[test]
fn relations_with_a_rival_change_no_register_of_the_other() {
    given(
        "1 2024-01-15 NRU -> TWN relations.severed
         2 2024-01-24 NRU,CHN relations.restored",
    )
    .between("NRU", "TWN")
    .steps("relations", &["2024-01-15 severed by 1"]);
}

#[test]
fn what_an_organisation_does_recognises_nobody_for_its_members() {
    let members = "80 2005-01-01 TJK -> NATO membership.joined";
    for event in [
        "NATO -> AFG talks.held",
        "NATO,AFG relations.established",
        "NATO -> AFG relations.severed",
        "NATO -> AFG recognition.granted of=AFG form=de_jure",
    ] {
        let events = format!("1 2010-01-01 {event}\n{members}");
        tajikistan(&events)
            .steps("recognition", &[])
            .steps("declared", &[])
            .steps("relations", &[])
            .reversed()
            .steps("recognition", &[]);
    }
    // Recognition of Beijing by an organisation leaves that of Taipei by its members.
    given(
        "1 1950-01-01 FRA,TWN relations.established
         2 1964-01-27 NATO -> CHN recognition.granted of=CHN form=de_jure
         80 1949-04-04 FRA -> NATO membership.joined",
    )
    .between("FRA", "TWN")
    .steps("recognition", &["1950-01-01 de_jure presumed by 1"]);
    // What the member does itself counts.
    tajikistan(&format!(
        "1 2010-01-01 NATO -> AFG talks.held\n2 2011-01-01 TJK -> AFG talks.held\n{members}"
    ))
    .steps("recognition", &["2011-01-01 dealings by 2"]);
}

#[test]
fn an_observation_does_not_overrule_a_statement() {
    for kind in ["withheld", "refused"] {
        tajikistan(&format!(
            "1 2022-01-01 TJK -> AFG recognition.{kind} of=AFG
             2 2023-01-01 TJK,AFG relations.observed"
        ))
        .steps("recognition", &["2022-01-01 none by 1"]);
    }
    tajikistan(
        "1 2022-01-01 TJK -> AFG recognition.granted of=AFG form=de_facto
         2 2023-01-01 TJK,AFG relations.observed
         3 2024-01-01 TJK,AFG relations.established",
    )
    .steps(
        "recognition",
        &[
            "2022-01-01 de_facto by 1",
            "2024-01-01 de_jure presumed by 3",
        ],
    );
}

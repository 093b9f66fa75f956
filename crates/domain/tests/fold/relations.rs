//! The relations that an event affects.

use crate::harness::given;

/// Asserts which of a few conducts an event is evidence for.
#[track_caller]
fn affects(event: &str, expected: &[(&str, &str)]) {
    let states = ["AFG", "KAZ", "TJK", "UZB"];
    let mut found = Vec::new();
    for from in states {
        for to in states.iter().filter(|to| **to != from) {
            let _ = given(event)
                .between(from, to)
                .on("2023-01-01")
                .then(|state| {
                    if state.weighed.iter().any(|held| held.basis.count > 0) {
                        found.push((from, *to));
                    }
                });
        }
    }
    assert_eq!(found, expected);
}

#[test]
fn each_actor_acts_on_each_recipient() {
    affects(
        "1 2023-01-01 KAZ,TJK -> AFG,UZB statement.supportive",
        &[
            ("KAZ", "AFG"),
            ("KAZ", "UZB"),
            ("TJK", "AFG"),
            ("TJK", "UZB"),
        ],
    );
}

#[test]
fn actors_without_a_recipient_act_on_one_another() {
    affects(
        "1 2023-01-01 KAZ,TJK,UZB statement.supportive",
        &[
            ("KAZ", "TJK"),
            ("KAZ", "UZB"),
            ("TJK", "KAZ"),
            ("TJK", "UZB"),
            ("UZB", "KAZ"),
            ("UZB", "TJK"),
        ],
    );
}

#[test]
fn an_event_of_one_party_alone_affects_no_relation() {
    affects("1 2023-01-01 TJK statement.critical", &[]);
}

#[test]
fn one_actor_acts_on_the_party_that_the_details_name() {
    affects(
        "1 2023-01-01 TJK mission.opened mission=embassy host=TJK sender=AFG",
        &[("TJK", "AFG")],
    );
}

#[test]
fn an_attack_of_a_group_is_a_threat_from_a_territory_but_not_a_conduct() {
    given("1 2023-01-01 ISKP -> UZB attack.occurred from=AFG group=ISKP")
        .between("UZB", "AFG")
        .on("2023-01-01")
        .reads(&["threat elevated of 0.000/5.000 since 2023-01-01 last 2023-01-01 by 1"])
        .reversed()
        .reads_nothing();
}

#[test]
fn a_threat_without_other_recipients_reaches_its_reporters() {
    affects(
        "1 2023-01-01 TJK,KAZ presence.claimed from=AFG group=ISKP",
        &[("KAZ", "AFG"), ("TJK", "AFG")],
    );
    affects(
        "1 2023-01-01 TJK -> AFG presence.claimed from=AFG group=ISKP",
        &[("TJK", "AFG")],
    );
    affects(
        "1 2023-01-01 TJK -> UZB presence.claimed from=AFG group=ISKP",
        &[("UZB", "AFG")],
    );
}

#[test]
fn groups_and_organisations_have_no_conduct() {
    affects("1 2023-01-01 ISKP -> UZB statement.critical", &[]);
    affects("1 2023-01-01 TJK -> UN,ISKP statement.critical", &[]);
}

#[test]
fn a_group_beside_states_does_not_hide_them() {
    affects(
        "1 2023-01-01 TJK,ISKP -> UN,AFG statement.critical",
        &[("TJK", "AFG")],
    );
}

//! Regimes: acts of authorities, and changes of authority.

use crate::harness::{given, tajikistan};
use detente_domain::dimension::Weighed;

const REPUBLIC: &str =
    "80 2001-12-22 AFG-REPUBLIC authority.changed state=AFG authority=AFG-REPUBLIC";
const TALIBAN: &str = "90 2021-08-15 TALIBAN authority.changed state=AFG authority=TALIBAN";

#[test]
fn a_change_of_authority_applies_before_other_events_of_its_day() {
    tajikistan(&format!(
        "1 2021-08-15 TJK -> TALIBAN statement.critical
         2 2021-08-15 TALIBAN -> TJK statement.critical
         3 2021-08-15 TJK -> AFG recognition.refused of=TALIBAN
         {REPUBLIC}
         {TALIBAN}"
    ))
    .on("2021-08-15")
    .reads(&[
        "recognition none refuses since 2021-08-15 by 3",
        "political strained -5.000 of 0.000/4.000 since 2021-08-15 last 2021-08-15 by 1",
    ])
    .reversed()
    .reads(&["political strained -5.000 of 0.000/4.000 since 2021-08-15 last 2021-08-15 by 2"]);
}

#[test]
fn acts_of_an_authority_count_for_its_state_only_while_it_governs() {
    given(&format!(
        "1 2021-08-14 AFG-REPUBLIC -> TJK statement.supportive
         2 2021-08-15 AFG-REPUBLIC -> TJK statement.supportive
         3 2021-08-14 TALIBAN -> TJK statement.critical
         4 2021-08-14 TJK -> TALIBAN statement.critical
         {REPUBLIC}
         {TALIBAN}"
    ))
    .between("AFG", "TJK")
    .on("2021-08-15")
    .then(|state| {
        let political = &state.weighed[Weighed::Political.index()];
        assert_eq!((political.basis.count, political.strain), (1, 0));
    })
    .reversed()
    .reads_nothing();
}

#[test]
fn the_state_itself_needs_no_authority() {
    given("1 2023-01-01 AFG -> TJK statement.supportive")
        .between("AFG", "TJK")
        .on("2023-01-01")
        .then(|state| assert_eq!(state.weighed[0].warmth, 4000));
    given("1 2023-01-01 TALIBAN -> TJK statement.supportive")
        .between("AFG", "TJK")
        .on("2023-01-01")
        .reads_nothing();
}

#[test]
fn only_a_share_of_earlier_weights_is_carried_over() {
    // A quarter of 4, a hundred days later, also of standing acts; the reverse is not reduced.
    tajikistan(&format!(
        "1 2021-05-07 TJK -> AFG statement.critical
         2 2021-05-07 AFG -> TJK statement.critical
         3 2021-05-07 TJK -> AFG alert.raised
         {TALIBAN}"
    ))
    .on("2021-08-14")
    .then(|state| assert_eq!(state.weighed[0].strain, 2014))
    .on("2021-08-15")
    .reads(&[
        "political strained -1.111 of 0.000/0.500 since 2021-05-07 last 2021-05-07 by 1",
        "security strained -1.111 of 0.000/0.500 since 2021-05-07 last 2021-05-07 by 3",
        "deployments alert since 2021-05-07 by 3",
    ])
    .reversed()
    .then(|state| assert_eq!(state.weighed[0].strain, 2000));
}

#[test]
fn a_condition_that_outlives_a_change_of_authority_is_not_reduced() {
    for date in ["2020-01/..", "2020-01/2030-12"] {
        tajikistan(&format!("1 {date} TJK -> AFG policy.held\n{TALIBAN}"))
            .on("2021-08-14")
            .then(|state| assert_eq!(state.weighed[0].warmth, 6000))
            .on("2021-08-15")
            .then(|state| assert_eq!(state.weighed[0].warmth, 6000));
    }
}

#[test]
fn each_change_of_authority_leaves_its_share_of_the_rest() {
    given(&format!(
        "1 2001-12-21 TJK -> AFG policy.held
         {REPUBLIC}
         {TALIBAN}"
    ))
    .with(|rules| rules.carry_over = 500)
    .between("TJK", "AFG")
    .on("2001-12-21")
    .then(|state| assert_eq!(state.weighed[0].warmth, 6000))
    .on("2001-12-22")
    .then(|state| assert_eq!(state.weighed[0].warmth, 2979));
    tajikistan(&format!(
        "1 2000-01-01/2021-08-14 TJK -> AFG policy.held
         {REPUBLIC}
         {TALIBAN}"
    ))
    .on("2021-08-15")
    .then(|state| assert_eq!(state.weighed[0].warmth, 1490));
}

#[test]
fn a_takeover_by_the_governing_authority_changes_nothing() {
    let events = format!(
        "1 2021-09-01 TJK -> AFG talks.held
         2 2021-09-01 TJK -> AFG recognition.withheld of=TALIBAN
         {TALIBAN}"
    );
    let expected = "recognition dealings withholds since 2021-09-01 by 2 1";
    for more in [
        "",
        "91 2022-01-01 TALIBAN authority.changed state=AFG authority=TALIBAN",
    ] {
        tajikistan(&format!("{events}\n{more}"))
            .on("2021-12-10")
            .reads(&[
                expected,
                "political cooperative +2.000 of 1.000/0.000 since 2021-09-01 last 2021-09-01 by 1",
            ])
            .on("2022-03-20")
            .reads(&[
                expected,
                "political neutral +1.111 of 0.500/0.000 since 2022-01-30 last 2021-09-01 by 1",
            ]);
    }
}

#[test]
fn of_two_takeovers_on_one_day_the_larger_id_counts() {
    given(
        "1 2021-08-15 TALIBAN -> TJK statement.critical
         91 2021-08-15 TALIBAN authority.changed state=AFG authority=TALIBAN
         90 2021-08-15 AFG-REPUBLIC authority.changed state=AFG authority=AFG-REPUBLIC",
    )
    .between("AFG", "TJK")
    .steps(
        "political",
        &["2021-08-15 strained by 1", "2024-05-12 strained stale"],
    );
}

#[test]
fn what_an_organisation_lifted_before_a_state_joined_does_not_bind_it() {
    let joined = "80 2005-01-01 TJK -> NATO membership.joined";
    let lifted = format!(
        "1 2003-01-01 NATO -> AFG sanction.imposed name=Embargo
         2 2004-01-01 NATO -> AFG sanction.eased name=Embargo
         {joined}"
    );
    tajikistan(&lifted).on("2005-01-01").reads_nothing();
    tajikistan(&format!(
        "{lifted}\n3 2004-06-01 NATO -> AFG sanction.imposed name=Embargo"
    ))
    .on("2005-01-01")
    .reads(&[
        "economic strained -3.750 of 0.000/2.400 since 2005-01-01 last 2005-01-01 by 3",
        "sanctions Embargo via NATO in_force since 2005-01-01 by 3",
    ]);
    // Too weak a report lifts nothing, and another sanction is not lifted.
    for eased in ["name=Embargo D4", "name=Ban"] {
        tajikistan(&format!(
            "1 2003-01-01 NATO -> AFG sanction.imposed name=Embargo
             2 2004-01-01 NATO -> AFG sanction.eased {eased}
             {joined}"
        ))
        .steps("sanctions", &["2005-01-01 in_force by 1"]);
    }
}

#[test]
fn acts_of_an_organisation_before_a_state_joined_keep_their_order() {
    tajikistan(
        "1 2003-01-01 NATO -> AFG project.suspended name=Road A1
         2 2003-06-01 NATO -> AFG project.started name=Road B2
         80 2005-01-01 TJK -> NATO membership.joined",
    )
    .steps("projects", &["2005-01-01 started by 1 2"]);
}

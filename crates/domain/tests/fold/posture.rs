//! Posture, and its trajectory.

use crate::harness::{given, tajikistan};
use detente_domain::kind::Kind;

#[test]
fn posture_is_the_index_of_the_pooled_masses() {
    let events = "1 2023-01-01 TJK -> AFG statement.supportive
                  2 2023-01-01 TJK -> AFG aid.delivered
                  3 2023-01-01 TJK -> AFG border.closed";
    // 10 (4 + 4 - 4) / (4 + 4 + 4 + 4), then with thrice the political mass.
    tajikistan(events)
        .on("2023-01-01")
        .posture("cooperative +2.500 warming");
    given(events)
        .with(|rules| rules.posture.weights[0] = 3000)
        .between("TJK", "AFG")
        .on("2023-01-01")
        .posture("cooperative +5.000 warming");
}

#[test]
fn a_dimension_without_weight_is_left_out() {
    given(
        "1 2023-01-01 TJK -> AFG statement.supportive
         2 2023-01-01 TJK -> AFG border.closed",
    )
    .with(|rules| rules.posture.weights[2] = 0)
    .between("TJK", "AFG")
    .on("2023-01-01")
    .posture("cooperative +5.000 warming");
}

#[test]
fn a_posture_without_new_evidence_is_steady() {
    tajikistan("1 2023-01-01 TJK -> AFG statement.supportive")
        .on("2023-01-30")
        .posture("cooperative +4.499 warming")
        .on("2023-01-31")
        .posture("cooperative +4.481 steady");
}

#[test]
fn evidence_in_the_window_warms_or_cools() {
    tajikistan(
        "1 2022-09-23 TJK -> AFG agreement.signed name=Treaty
         2 2023-01-01 TJK -> AFG statement.critical",
    )
    .on("2022-12-31")
    .posture("cooperative +3.348 steady")
    .on("2023-01-01")
    .posture("neutral -2.000 cooling");
}

#[test]
fn a_step_below_that_of_the_rulebook_is_steady() {
    tajikistan(
        "1 2022-09-23 TJK -> AFG agreement.signed name=Treaty
         2 2023-01-01 TJK -> AFG statement.critical E5",
    )
    .on("2023-01-01")
    .posture("cooperative +2.987 steady");
}

#[test]
fn the_trajectory_compares_evidence_and_not_indices() {
    // The second clash changes the index little, and is a clash all the same; fading is no warming.
    tajikistan(
        "1 2023-01-01 TJK,AFG clash.occurred
         2 2023-02-15 TJK,AFG clash.occurred",
    )
    .on("2023-02-14")
    .posture("hostile -6.238 steady")
    .on("2023-02-15")
    .posture("hostile -7.957 cooling")
    .on("2024-02-15")
    .posture("hostile -2.369 steady");
}

#[test]
fn posture_is_never_warmer_than_security_by_more_than_the_lead() {
    // Security at -6.666 and a lead of 4: -2.666.
    let events = "1 2023-01-01 TJK -> AFG policy.held
                  2 2023-01-01 TJK -> AFG policy.held
                  3 2023-01-01 TJK -> AFG policy.held
                  4 2023-01-01 TJK -> AFG force.used severity=serious";
    tajikistan(events)
        .on("2023-01-01")
        .posture("strained -2.666 warming");
    given(events)
        .with(|rules| rules.posture.security_lead = 20_000)
        .between("TJK", "AFG")
        .on("2023-01-01")
        .posture("cooperative +3.333 warming");
}

#[test]
fn machine_coded_rows_have_no_part_in_a_posture() {
    given(
        "1 2023-01-01 TJK -> AFG statement.supportive
         2 2023-01-01 TJK -> AFG coded plover=ASSAULT F6",
    )
    .with(|rules| (rules.source[5], rules.information[5]) = (1000, 1000))
    .between("TJK", "AFG")
    .on("2023-01-01")
    .posture("cooperative +5.000 warming");
}

#[test]
fn warmth_that_fades_sooner_than_strain_lowers_the_posture() {
    // Warmth that fades soon over strain that fades late; silence raises nothing.
    given(
        "1 2023-01-01 TJK -> AFG statement.supportive
         2 2023-01-01 TJK -> AFG statement.supportive
         3 2023-01-01 TJK -> AFG statement.supportive
         4 2023-01-01 TJK -> AFG border.closed
         5 2024-01-01 TJK -> AFG border.opened",
    )
    .with(|rules| {
        rules.memory[0].half_life_days = 10;
        rules.memory[0].decay = detente_domain::decay::Decay::new(10);
        rules.kinds[Kind::BorderClosed.index()].memory = 1;
        rules.kinds[Kind::BorderOpened.index()].memory = 1;
    })
    .between("TJK", "AFG")
    .steps(
        "posture",
        &[
            "2023-01-01 cooperative by 1 2 3 4",
            "2023-01-12 neutral",
            "2023-02-01 strained",
            "2024-01-01 neutral by 5",
            "2026-09-28 neutral stale",
        ],
    );
}

#[test]
fn a_posture_is_stale_when_each_dimension_is_by_its_own_days() {
    let events = "1 2020-01-01 TJK -> AFG statement.supportive
                  2 2020-03-01 TJK -> AFG aid.delivered";
    let stale = |political: u32, humanitarian: u32| {
        ["2020-12-31", "2021-01-01", "2021-04-20", "2021-04-21"].map(|day| {
            let given = given(events).with(|rules| {
                rules.dimensions[0].stale_days = political;
                // Nothing is known of security.
                rules.dimensions[1].stale_days = 10_000;
                rules.dimensions[3].stale_days = humanitarian;
            });
            given.between("TJK", "AFG").on(day).state().posture.stale
        })
    };
    // The last political word is of January, and the last aid of March.
    assert_eq!(stale(365, 10), [false, true, true, true]);
    assert_eq!(stale(10, 415), [false, false, false, true]);
}

//! Posture, and its trajectory.

use crate::harness::{given, tajikistan};

#[test]
fn posture_is_the_weighted_mean_of_the_dimensions_known() {
    let events = "1 2023-01-01 TJK -> AFG statement.supportive
                  2 2023-01-01 TJK -> AFG aid.delivered
                  3 2023-01-01 TJK -> AFG border.closed";
    // (5 + 5 - 5) / 3, then (3 * 5 + 5 - 5) / 5.
    tajikistan(events)
        .on("2023-01-01")
        .posture("neutral +1.666 warming");
    given(events)
        .with(|rules| rules.posture[0] = 3000)
        .between("TJK", "AFG")
        .on("2023-01-01")
        .posture("cooperative +3.000 warming");
}

#[test]
fn a_dimension_without_weight_is_left_out() {
    given(
        "1 2023-01-01 TJK -> AFG statement.supportive
         2 2023-01-01 TJK -> AFG border.closed",
    )
    .with(|rules| rules.posture[2] = 0)
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
        .posture("cooperative +4.482 steady");
}

#[test]
fn evidence_in_the_window_warms_or_cools() {
    tajikistan(
        "1 2022-01-01 TJK -> AFG agreement.signed name=Treaty
         2 2023-01-01 TJK -> AFG statement.critical",
    )
    .on("2022-12-31")
    .posture("cooperative +5.000 steady")
    .on("2023-01-01")
    .posture("neutral +0.000 cooling");
}

#[test]
fn a_step_below_that_of_the_rulebook_is_steady() {
    tajikistan(
        "1 2022-01-01 TJK -> AFG agreement.signed name=Treaty
         2 2023-01-01 TJK -> AFG statement.critical E5",
    )
    .on("2023-01-01")
    .posture("cooperative +4.705 steady");
}

#[test]
fn a_replacement_of_an_entry_is_steady() {
    tajikistan(
        "1 2010-01-01 TJK -> AFG mission.opened mission=embassy host=TJK sender=AFG city=Dushanbe
         2 2023-01-01 TJK -> AFG mission.handed_over mission=embassy host=TJK sender=AFG city=Dushanbe controlled_by=AFG",
    )
    .on("2023-01-05")
    .posture("cooperative +5.000 steady");
}

#[test]
fn an_entry_closed_in_the_window_counts_for_the_trajectory() {
    tajikistan(
        "1 2010-01-01 TJK -> AFG sanction.imposed name=Embargo
         2 2023-01-01 TJK -> AFG sanction.eased name=Embargo",
    )
    .on("2023-01-05")
    .posture("neutral +0.000 warming")
    .on("2023-02-05")
    .posture("neutral +0.000 steady");
}

#[test]
fn a_posture_follows_an_average_that_turns_between_events() {
    // Warmth that fades soon over strain that fades late: cooperative, strained, then neutral.
    given(
        "1 2023-01-01 TJK -> AFG statement.supportive
         2 2023-01-01 TJK -> AFG statement.supportive
         3 2023-01-01 TJK -> AFG statement.supportive
         4 2023-01-01 TJK -> AFG border.closed
         5 2024-01-01 TJK -> AFG border.opened",
    )
    .with(|rules| {
        rules.dimensions[0].half_life_days = 10;
        rules.dimensions[0].decay = detente_domain::decay::Decay::new(10);
        rules.levels[2].at = 1000;
    })
    .between("TJK", "AFG")
    .steps(
        "posture",
        &[
            "2023-01-01 cooperative by 1 2 3 4",
            "2023-01-12 neutral",
            "2023-02-18 strained",
            "2024-01-01 cooperative by 5",
            "2024-04-27 neutral",
        ],
    );
}

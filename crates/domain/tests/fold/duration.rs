//! The durations of events: points, conditions, standing events.

use crate::harness::{given, tajikistan};

#[test]
fn a_point_counts_from_its_day_and_halves_with_each_half_life() {
    tajikistan("1 2023-01-01 TJK -> AFG statement.supportive")
        .on("2022-12-31")
        .reads_nothing()
        .on("2023-01-01")
        .reads(&[
            "political cooperative +5.000 of 4.000/0.000 since 2023-01-01 last 2023-01-01 by 1",
        ])
        .on("2023-04-11")
        .reads(&[
            "political cooperative +3.333 of 2.000/0.000 since 2023-01-01 last 2023-01-01 by 1",
        ])
        .on("2023-07-20")
        .reads(&[
            "political cooperative +2.000 of 1.000/0.000 since 2023-01-01 last 2023-01-01 by 1",
        ])
        .reversed()
        .reads_nothing();
}

#[test]
fn a_point_of_unknown_day_counts_from_the_middle_day_and_fades_from_the_latest() {
    for date in ["2023-03", "2023-03-01/2023-03-31"] {
        tajikistan(&format!("1 {date} TJK -> AFG statement.supportive"))
            .on("2023-03-15")
            .reads_nothing()
            .on("2023-03-16")
            .reads(&["political cooperative +5.000 of 4.000/0.000 since 2023-03-16 last 2023-03-16 uncertain by 1"])
            .on("2023-03-30")
            .reads(&["political cooperative +5.000 of 4.000/0.000 since 2023-03-16 last 2023-03-30 uncertain by 1"])
            .on("2023-03-31")
            .reads(&["political cooperative +5.000 of 4.000/0.000 since 2023-03-16 last 2023-03-31 by 1"])
            .on("2023-07-09")
            .reads(&["political cooperative +3.333 of 2.000/0.000 since 2023-03-16 last 2023-03-31 by 1"]);
    }
}

#[test]
fn a_point_without_a_latest_day_fades_from_its_first() {
    tajikistan("1 2023-03-01/.. TJK -> AFG statement.supportive")
        .on("2023-06-09")
        .reads(&[
            "political cooperative +3.333 of 2.000/0.000 since 2023-03-01 last 2023-03-01 by 1",
        ]);
}

#[test]
fn a_condition_counts_in_full_over_its_span_then_fades() {
    tajikistan("1 2023-01/2023-06 TJK -> AFG tension.prevailed")
        .on("2023-01-01")
        .reads(&["political strained -6.000 of 0.000/6.000 since 2023-01-01 last 2023-01-01 by 1"])
        .on("2023-06-30")
        .reads(&["political strained -6.000 of 0.000/6.000 since 2023-01-01 last 2023-06-30 by 1"])
        .on("2023-10-08")
        .reads(&["political strained -4.285 of 0.000/3.000 since 2023-01-01 last 2023-06-30 by 1"])
        .reversed()
        .reads(&["political strained -4.285 of 0.000/3.000 since 2023-01-01 last 2023-06-30 by 1"]);
}

#[test]
fn a_condition_with_an_open_end_is_neither_uncertain_nor_stale() {
    tajikistan("1 2020-01/.. TJK -> AFG policy.held")
        .on("2030-01-01")
        .reads(&["political close +6.000 of 6.000/0.000 since 2020-01-01 last 2030-01-01 by 1"]);
}

#[test]
fn a_standing_event_fades_as_a_point_does_while_its_entry_stands() {
    tajikistan(
        "1 2000-05-01 TJK -> AFG agreement.signed name=Border_treaty
         2 2022-01-01 AFG -> TJK agreement.ended name=Border_treaty",
    )
    .on("2000-08-09")
    .reads(&[
        "political cooperative +3.333 of 2.000/0.000 since 2000-05-01 last 2000-05-01 by 1",
        "agreements Border treaty in_force since 2000-05-01 by 1",
    ])
    .on("2022-01-01")
    .reads(&[
        "political neutral stale +0.000 of 0.000/0.000 since 2003-01-27 last 2000-05-01 by 1",
        "agreements Border treaty ended (over) since 2022-01-01 by 2 1",
    ])
    .steps(
        "political",
        &[
            "2000-05-01 cooperative by 1",
            "2001-01-07 neutral",
            "2003-01-27 neutral stale",
        ],
    );
}

#[test]
fn each_event_of_an_entry_weighs_by_itself() {
    given(
        "1 2020-01-01 UZB -> AFG project.agreed name=Railway
         2 2020-04-10 UZB -> AFG project.started name=Railway",
    )
    .between("UZB", "AFG")
    .on("2020-01-01")
    .reads(&[
        "economic cooperative +5.000 of 4.000/0.000 since 2020-01-01 last 2020-01-01 by 1",
        "projects Railway agreed since 2020-01-01 by 1",
    ])
    .on("2020-04-10")
    .reads(&[
        "economic close +7.142 of 10.000/0.000 since 2020-04-10 last 2020-04-10 by 2 1",
        "projects Railway started since 2020-04-10 by 2 1",
    ]);
}

#[test]
fn dates_at_both_ends_of_the_calendar_can_be_folded() {
    given("1 ../2021-08 TJK -> AFG statement.supportive")
        .with(|rules| rules.levels[2].at = 5000)
        .with(|rules| rules.levels[2].margin_down = 0)
        .between("TJK", "AFG")
        .on("1990-01-01")
        .posture("cooperative +5.000 steady")
        .steps(
            "posture",
            &[
                ".. cooperative by 1",
                "2021-09-01 neutral",
                "2024-05-28 neutral stale",
            ],
        );
    tajikistan("1 9999-06-01 TJK -> AFG statement.supportive")
        .on("9999-06-01")
        .posture("cooperative +5.000 warming")
        .steps("political", &["9999-06-01 cooperative by 1"])
        .steps("posture", &["9999-06-01 cooperative by 1"]);
}

//! Changes by time alone, published with the tick that reaches their day.

use super::harness::given;

const SUPPORT: &[&str] = &[
    "tick 2023-01-01",
    "1 2023-01-01 TJK -> AFG statement.supportive",
];

#[test]
fn a_crossed_threshold_is_published_once_with_its_day() {
    let lapsed = [
        "TJK>AFG political lapsed 2023-09-09 cooperative to neutral",
        "TJK>AFG posture lapsed 2023-09-09 cooperative to neutral",
    ];
    given(SUPPORT)
        .when("tick 2023-09-08")
        .then(&[])
        .when("tick 2023-09-09")
        .then(&lapsed)
        .when("tick 2023-09-10")
        .then(&[]);
    given(SUPPORT)
        .when("tick 2024-06-01")
        .then(&lapsed)
        .when("tick 2024-06-02")
        .then(&[]);
}

#[test]
fn a_repeated_or_late_tick_changes_nothing() {
    given(SUPPORT)
        .when("tick 2023-09-09")
        .when("tick 2023-09-09")
        .then(&[])
        .when("tick 2023-05-01")
        .then(&[]);
}

#[test]
fn several_crossings_between_two_ticks_have_their_own_days() {
    given(&[
        "tick 2023-01-01",
        "1 2023-01-01 TJK -> AFG statement.supportive
         2 2023-01-01 ISKP -> TJK attack.occurred from=AFG group=ISKP",
    ])
    .when("tick 2024-01-01")
    .then(&[
        "TJK>AFG threat lapsed 2023-02-18 elevated to low",
        "TJK>AFG political lapsed 2023-09-09 cooperative to neutral",
    ]);
}

#[test]
fn the_end_of_an_uncertainty_is_a_change() {
    given(&[
        "tick 2023-03-10",
        "1 2023-03 KAZ -> AFG recognition.granted of=AFG form=de_facto",
    ])
    .then(&[
        "KAZ>AFG recognition happened 2023-03-01 de_jure presumed to de_facto uncertain by 1",
        "KAZ>AFG declared happened 2023-03-01 unknown to recognises uncertain by 1",
    ])
    .when("tick 2023-03-31")
    .then(&[
        "KAZ>AFG recognition lapsed 2023-03-31 de_facto uncertain to de_facto",
        "KAZ>AFG declared lapsed 2023-03-31 recognises uncertain to recognises",
    ]);
}

#[test]
fn the_end_of_a_claim_is_a_change() {
    given(&[
        "tick 2023-03-10",
        "1 2023-03 TJK presence.claimed from=AFG group=ISKP C3",
    ])
    .when("tick 2023-04-01")
    .then(&["AFG-TJK groups lapsed 2023-04-01 claimed to lapsed"]);
}

#[test]
fn a_tick_and_an_event_of_its_day_in_one_commit_have_their_own_changes() {
    given(SUPPORT)
        .when("tick 2023-10-01\n2 2023-10-01 TJK -> AFG statement.critical")
        .then(&[
            "TJK>AFG political lapsed 2023-09-09 cooperative to neutral",
            "TJK>AFG posture lapsed 2023-09-09 cooperative to neutral",
            "TJK>AFG political happened 2023-10-01 neutral to strained by 2",
            "TJK>AFG posture happened 2023-10-01 neutral to strained by 2",
        ]);
}

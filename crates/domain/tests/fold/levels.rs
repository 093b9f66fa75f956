//! Levels: bounds, hysteresis, threat, and unknown values.

use crate::harness::{given, tajikistan};

#[test]
fn warmth_is_left_only_below_the_margin() {
    // 2.000 is reached on 2023-07-20 and kept until 1.500 is lost.
    tajikistan("1 2023-01-01 TJK -> AFG statement.supportive")
        .on("2023-09-08")
        .reads(&[
            "political cooperative +1.502 of 0.707/0.000 since 2023-01-01 last 2023-01-01 by 1",
        ])
        .steps(
            "political",
            &[
                "2023-01-01 cooperative by 1",
                "2023-09-09 neutral",
                "2025-09-28 neutral stale",
            ],
        );
}

#[test]
fn strain_is_left_only_above_the_margin() {
    // A faint word lets the level rise, if the index allows it: at -1.51 not yet, then at -1.49.
    for (date, steps) in [
        (
            "2023-09-07",
            &["2023-01-01 strained by 1", "2051-01-24 strained stale"][..],
        ),
        (
            "2023-09-10",
            &[
                "2023-01-01 strained by 1",
                "2023-09-10 neutral by 2",
                "2051-01-27 neutral stale",
            ],
        ),
    ] {
        given(&format!(
            "1 2023-01-01 TJK -> AFG statement.critical
             2 {date} TJK -> AFG talks.held F1"
        ))
        .with(|rules| {
            rules.source[5] = 1;
            rules.dimensions[0].stale_days = 10_000;
        })
        .between("TJK", "AFG")
        .steps("political", steps);
    }
}

#[test]
fn the_first_judgement_ignores_margins() {
    tajikistan("1 2023-01-01 TJK -> AFG statement.supportive E1").steps(
        "political",
        &["2023-01-01 neutral by 1", "2025-09-28 neutral stale"],
    );
}

#[test]
fn a_level_can_cross_several_bounds_in_one_day() {
    given(
        "1 2023-01-01 TJK -> AFG statement.critical
         2 2023-02-01 TJK -> AFG policy.held
         3 2023-02-01 TJK -> AFG statement.supportive
         4 2023-02-01 TJK -> AFG statement.supportive
         5 2023-02-01 TJK -> AFG policy.held",
    )
    .with(|rules| rules.levels[3].at = 5000)
    .between("TJK", "AFG")
    .on("2023-02-01")
    .then(|state| assert_eq!(state.weighed[0].index, 6160))
    .then(|state| {
        assert_eq!(
            state.weighed[0].level.map(|level| level.as_str()),
            Some("close")
        )
    });
}

#[test]
fn levels_are_judged_once_at_the_end_of_the_day() {
    tajikistan(
        "1 2023-01-01 TJK -> AFG statement.critical
         2 2023-01-01 TJK -> AFG policy.held
         3 2023-01-01 TJK -> AFG statement.supportive",
    )
    .steps(
        "political",
        &[
            "2023-01-01 cooperative by 1 2 3",
            "2023-09-29 neutral",
            "2025-09-28 neutral stale",
        ],
    );
}

#[test]
fn unknown_neutral_and_stale_differ() {
    tajikistan("1 2010-01-01 TJK -> AFG statement.supportive")
        .on("2009-12-31")
        .reads_nothing()
        .posture("unknown +0.000 none")
        .on("2023-01-01")
        .reads(&[
            "political neutral stale +0.000 of 0.000/0.000 since 2012-09-28 last 2010-01-01 by 1",
        ])
        .posture("neutral +0.000 steady stale");
}

#[test]
fn high_warmth_and_strain_are_mixed_until_they_fade() {
    tajikistan(
        "1 2023-01-01 TJK -> AFG statement.supportive
         2 2023-01-01 TJK -> AFG statement.critical",
    )
    .on("2023-01-01")
    .reads(&[
        "political neutral +0.000 of 4.000/4.000 mixed since 2023-01-01 last 2023-01-01 by 1 2",
    ])
    .on("2023-04-11")
    .reads(&["political neutral +0.000 of 2.000/2.000 since 2023-01-01 last 2023-01-01 by 1 2"]);
}

#[test]
fn threat_is_judged_by_strain_and_fades_to_low() {
    given("1 2023-01-01 ISKP -> UZB attack.occurred from=AFG group=ISKP")
        .between("UZB", "AFG")
        .on("2023-01-01")
        .reads(&["threat elevated of 0.000/5.000 since 2023-01-01 last 2023-01-01 by 1"])
        .steps(
            "threat",
            &[
                "2023-01-01 elevated by 1",
                "2023-02-18 low",
                "2025-09-28 low stale",
            ],
        );
}

#[test]
fn many_attacks_are_a_high_threat() {
    given(
        "1 2023-01-01 ISKP -> UZB attack.occurred from=AFG group=ISKP
         2 2023-01-02 ISKP -> UZB attack.occurred from=AFG group=ISKP",
    )
    .between("UZB", "AFG")
    .steps(
        "threat",
        &[
            "2023-01-01 elevated by 1",
            "2023-01-02 high by 2",
            "2023-02-11 elevated",
            "2023-05-29 low",
            "2025-09-29 low stale",
        ],
    );
}

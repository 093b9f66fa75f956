//! The changes of corrections, retractions, disputes and links.

use super::harness::given;

const SUPPORT: &[&str] = &[
    "tick 2023-06-01",
    "1 2023-03-23 TJK -> AFG statement.supportive",
];

#[test]
fn a_corrected_date_rewrites_the_days_between() {
    given(SUPPORT)
        .when("100 corrects 1 occurred=2023-04-23")
        .then(&[
            "TJK>AFG political learned 2023-03-23..2023-04-23 cooperative to unknown by 1",
            "TJK>AFG posture learned 2023-03-23..2023-04-23 cooperative to unknown by 1",
        ])
        .when("101 corrects 1 occurred=2023-02-23 C3")
        .then(&[])
        .when("102 retracts 100")
        .then(&[
            "TJK>AFG political learned 2023-02-23..2023-04-23 unknown to cooperative by 1",
            "TJK>AFG posture learned 2023-02-23..2023-04-23 unknown to cooperative by 1",
        ]);
}

#[test]
fn of_rival_corrections_of_one_grade_the_larger_id_wins() {
    for corrections in [
        [
            "100 corrects 1 occurred=2023-04-01",
            "101 corrects 1 occurred=2023-05-01",
        ],
        [
            "101 corrects 1 occurred=2023-05-01",
            "100 corrects 1 occurred=2023-04-01",
        ],
    ] {
        given(SUPPORT)
            .when(corrections[0])
            .when(corrections[1])
            .warmth("2023-04-30", None, 0)
            .warmth("2023-05-01", None, 4000);
    }
}

#[test]
fn a_corrected_kind_changes_the_level() {
    given(SUPPORT)
        .when("100 corrects 1 kind=statement.critical")
        .then(&[
            "TJK>AFG political learned 2023-03-23.. cooperative to strained by 1",
            "TJK>AFG posture learned 2023-03-23.. cooperative to strained by 1",
        ]);
}

#[test]
fn a_retraction_and_its_own_retraction_are_learned_and_bring_back_the_same_states() {
    given(SUPPORT)
        .when("100 retracts 1")
        .then(&[
            "TJK>AFG political learned 2023-03-23.. cooperative to unknown by 1",
            "TJK>AFG posture learned 2023-03-23.. cooperative to unknown by 1",
        ])
        .when("101 retracts 100")
        .then(&[
            "TJK>AFG political learned 2023-03-23.. unknown to cooperative by 1",
            "TJK>AFG posture learned 2023-03-23.. unknown to cooperative by 1",
        ])
        .same_states(&mut given(SUPPORT))
        .when("102 retracts 101")
        .then(&[
            "TJK>AFG political learned 2023-03-23.. cooperative to unknown by 1",
            "TJK>AFG posture learned 2023-03-23.. cooperative to unknown by 1",
        ]);
}

#[test]
fn the_belief_before_a_retraction_can_still_be_read() {
    given(SUPPORT)
        .when("100 retracts 1")
        .warmth("2023-03-23", None, 0)
        .warmth("2023-03-23", Some(3), 0)
        .warmth("2023-03-23", Some(2), 4000)
        .warmth("2023-03-23", Some(1), 0);
}

#[test]
fn a_pending_amendment_takes_effect_with_its_event() {
    given(&[
        "tick 2023-06-01",
        "100 corrects 1 occurred=2023-05-01",
        "102 retracts 2",
    ])
    .then(&[])
    .when(
        "1 2023-03-23 TJK -> AFG statement.supportive
         2 2023-03-23 TJK -> AFG statement.critical",
    )
    .then(&[
        "TJK>AFG political happened 2023-05-01 unknown to cooperative by 1",
        "TJK>AFG posture happened 2023-05-01 unknown to cooperative by 1",
    ])
    .warmth("2023-04-30", None, 0);
}

#[test]
fn a_pending_retraction_takes_effect_with_its_amendment() {
    given(SUPPORT).when("101 retracts 100").then(&[]);
    given(SUPPORT)
        .when("101 retracts 100")
        .when("100 corrects 1 occurred=2023-05-01")
        .same_states(&mut given(SUPPORT));
}

#[test]
fn linked_events_count_once_and_unlinked_ones_as_before() {
    let both = [
        SUPPORT[0],
        SUPPORT[1],
        "2 2023-03-24 TJK -> AFG statement.supportive B2",
    ];
    given(&both)
        .then(&[
            "TJK>AFG political happened 2023-03-24 cooperative to close by 2",
            "TJK>AFG posture happened 2023-03-24 cooperative to close by 2",
            "TJK>AFG political lapsed 2023-05-20 close to cooperative",
            "TJK>AFG posture lapsed 2023-05-20 close to cooperative",
        ])
        .when("100 links 2 1")
        .then(&[
            "TJK>AFG political learned 2023-03-24..2023-05-20 close to cooperative by 2",
            "TJK>AFG posture learned 2023-03-24..2023-05-20 close to cooperative by 2",
        ])
        .same_states(&mut given(SUPPORT))
        .when("101 unlinks 1 2")
        .then(&[
            "TJK>AFG political learned 2023-03-24..2023-05-20 cooperative to close by 2",
            "TJK>AFG posture learned 2023-03-24..2023-05-20 cooperative to close by 2",
        ])
        .same_states(&mut given(&both))
        .when("102 retracts 101")
        .same_states(&mut given(SUPPORT));
}

#[test]
fn the_best_grade_of_linked_events_counts() {
    given(&[
        "tick 2023-06-01",
        "1 2023-03-23 TJK -> AFG statement.supportive E1",
    ])
    .when("2 2023-03-23 TJK -> AFG statement.supportive")
    .when("100 links 1 2")
    .warmth("2023-03-23", None, 4000)
    .when("101 retracts 2")
    .warmth("2023-03-23", None, 800);
}

#[test]
fn a_better_report_raises_what_a_weak_one_could_not() {
    given(&[
        "tick 2023-06-01",
        "1 2023-03-23 KAZ -> AFG recognition.granted of=AFG form=de_jure D4",
    ])
    .then(&["AFG-KAZ as before"])
    .when("100 corroborates 1 C3")
    .then(&[
        "KAZ>AFG recognition learned 2023-03-23.. de_jure presumed to de_jure by 1",
        "KAZ>AFG declared learned 2023-03-23.. unknown to recognises by 1",
    ]);
}

#[test]
fn a_dispute_weakens_its_event_and_has_the_denier() {
    given(&["tick 2023-12-31", SUPPORT[1]])
        .denials("2023-06-01", None, &[])
        .when("100 disputes 1 TALIBAN")
        .then(&[
            "TJK>AFG political learned 2023-08-21..2023-11-29 cooperative to neutral by 1",
            "TJK>AFG posture learned 2023-08-21..2023-11-29 cooperative to neutral by 1",
        ])
        .denials("2023-06-01", None, &["1: TALIBAN"])
        .when("101 disputes 1")
        .then(&["AFG-TJK as before"])
        .denials("2023-06-01", None, &["1: TALIBAN"])
        .when("102 retracts 100")
        .denials("2023-06-01", None, &["1: "])
        .denials("2023-06-01", Some(4), &["1: TALIBAN"])
        .when("103 retracts 101")
        .denials("2023-06-01", None, &[])
        .same_states(&mut given(&["tick 2023-12-31", SUPPORT[1]]));
}

#[test]
fn a_denial_of_one_linked_event_applies_to_all() {
    given(SUPPORT)
        .when("2 2023-03-24 TJK -> AFG statement.supportive")
        .when("100 disputes 2 TALIBAN")
        .when("101 links 1 2")
        .denials("2023-06-01", None, &["1: TALIBAN"])
        .denials("2023-06-01", Some(4), &["2: TALIBAN"])
        .when("102 unlinks 1 2")
        .denials("2023-06-01", None, &["2: TALIBAN"])
        .denials("2023-06-01", Some(5), &["1: TALIBAN"])
        .when("103 retracts 102")
        .when("104 retracts 2")
        .denials("2023-06-01", None, &[]);
}

//! The changes of reports, on time and late.

use super::harness::given;
use detente_chronicle::Applied;

#[test]
fn a_report_of_today_happened() {
    given(&["tick 2023-03-23"])
        .then(&[])
        .when("1 2023-03-23 TJK -> AFG statement.supportive")
        .then(&[
            "TJK>AFG political happened 2023-03-23 unknown to cooperative by 1",
            "TJK>AFG posture happened 2023-03-23 unknown to cooperative by 1",
        ])
        .when("2 2023-03-23 TJK -> AFG statement.supportive")
        .then(&[
            "TJK>AFG political happened 2023-03-23 cooperative to close by 1 2",
            "TJK>AFG posture happened 2023-03-23 cooperative to close by 1 2",
        ])
        .when("3 2023-03-23 TJK -> AFG statement.supportive E5")
        .then(&["AFG-TJK as before"]);
}

#[test]
fn the_first_tick_publishes_all_earlier_changes() {
    given(&["1 2023-01-01 TJK -> AFG border.closed"])
        .then(&["AFG-TJK as before"])
        .when("tick 2023-01-02")
        .then(&[
            "AFG>TJK recognition lapsed 1992-03-02 unknown to de_jure presumed by background background",
            "TJK>AFG recognition lapsed 1992-03-02 unknown to de_jure presumed by background background",
            "TJK>AFG economic lapsed 2023-01-01 unknown to strained by 1",
            "TJK>AFG posture lapsed 2023-01-01 unknown to strained by 1",
            "AFG-TJK borders lapsed 2023-01-01 unknown to closed by 1",
        ]);
}

#[test]
fn an_announcement_changes_its_own_day() {
    given(&[
        "tick 2023-01-01",
        "1 2023-02-01 TJK -> AFG statement.supportive",
    ])
    .then(&["AFG-TJK as before"])
    .when("tick 2023-01-31")
    .then(&[])
    .when("tick 2023-02-01")
    .then(&[
        "TJK>AFG political lapsed 2023-02-01 unknown to cooperative by 1",
        "TJK>AFG posture lapsed 2023-02-01 unknown to cooperative by 1",
    ]);
}

#[test]
fn a_late_report_of_the_latest_day_happened_and_later_changes_lapsed() {
    given(&[
        "tick 2023-12-31",
        "1 2023-03-23 TJK -> AFG statement.supportive",
    ])
    .then(&[
        "TJK>AFG political happened 2023-03-23 unknown to cooperative by 1",
        "TJK>AFG posture happened 2023-03-23 unknown to cooperative by 1",
        "TJK>AFG political lapsed 2023-11-29 cooperative to neutral",
        "TJK>AFG posture lapsed 2023-11-29 cooperative to neutral",
    ]);
}

#[test]
fn a_report_of_an_earlier_day_rewrites_spans() {
    given(&[
        "tick 2023-12-31",
        "1 2023-03-23 TJK -> AFG statement.supportive",
    ])
    .when("2 2023-02-01 TJK -> AFG statement.critical")
    .then(&[
        "TJK>AFG political learned 2023-02-01..2023-03-23 unknown to strained by 2",
        "TJK>AFG posture learned 2023-02-01..2023-03-23 unknown to strained by 2",
        "TJK>AFG political learned 2023-03-23..2023-11-29 cooperative to neutral by 2",
        "TJK>AFG posture learned 2023-03-23..2023-11-29 cooperative to neutral by 2",
    ]);
}

#[test]
fn a_first_statement_happened_however_late_it_is_reported() {
    given(&[
        "tick 2023-03-01",
        "1 2023-02-01 TJK -> AFG talks.held",
        "2 2023-01-01 TJK -> AFG recognition.refused of=AFG",
    ])
    .then(&[
        "TJK>AFG recognition learned 2023-01-01..2023-02-01 de_jure presumed to none by 2",
        "TJK>AFG declared happened 2023-01-01 unknown to refuses by 2",
        "TJK>AFG recognition learned 2023-02-01.. de_jure presumed to dealings by 2",
    ]);
}

#[test]
fn one_commit_changes_every_relation_that_it_touches() {
    given(&["tick 2023-01-01"])
        .when(
            "1 2023-01-01 KAZ,TJK -> AFG recognition.refused of=AFG
             2 2023-01-01 UZB statement.critical",
        )
        .then(&[
            "KAZ>AFG recognition happened 2023-01-01 de_jure presumed to none by 1",
            "KAZ>AFG declared happened 2023-01-01 unknown to refuses by 1",
            "TJK>AFG recognition happened 2023-01-01 de_jure presumed to none by 1",
            "TJK>AFG declared happened 2023-01-01 unknown to refuses by 1",
        ]);
}

#[test]
fn a_change_of_authority_changes_every_relation_of_the_state() {
    given(&[
        "1 2021-08-01 KAZ,TJK -> AFG recognition.granted of=AFG form=de_jure",
        "tick 2021-08-14",
        "tick 2021-08-15",
    ])
    .then(&[])
    .when("90 2021-08-15 TALIBAN authority.changed state=AFG authority=TALIBAN")
    .then(&[
        "KAZ>AFG recognition happened 2021-08-15 de_jure to unknown by 90",
        "KAZ>AFG declared happened 2021-08-15 recognises to unknown by 90",
        "TJK>AFG recognition happened 2021-08-15 de_jure to unknown by 90",
        "TJK>AFG declared happened 2021-08-15 recognises to unknown by 90",
    ])
    .when("91 2021-08-15 TALIBAN authority.changed state=AFG authority=TALIBAN")
    .when("92 2021-09-01 TALIBAN authority.changed state=AFG authority=TALIBAN")
    .then(&[]);
}

#[test]
fn a_hand_over_changes_the_entry_and_the_rank() {
    given(&[
        "1 2010-01-01 TJK -> AFG mission.opened mission=consulate host=TJK sender=AFG city=Khorog controlled_by=AFG-REPUBLIC
         80 2001-12-22 AFG-REPUBLIC authority.changed state=AFG authority=AFG-REPUBLIC
         90 2021-08-15 TALIBAN authority.changed state=AFG authority=TALIBAN",
        "tick 2023-03-23",
        "2 2023-03-23 TJK -> AFG mission.handed_over mission=consulate host=TJK sender=AFG city=Khorog controlled_by=TALIBAN",
    ])
    .then(&[
        "TJK>AFG representation happened 2023-03-23 none to consular by 2",
        "TJK>AFG political happened 2023-03-23 neutral stale to cooperative by 2",
        "TJK>AFG posture happened 2023-03-23 neutral stale to cooperative by 2",
        "AFG-TJK missions happened 2023-03-23 open held by AFG-REPUBLIC to open held by TALIBAN by 2",
    ]);
}

#[test]
fn an_id_has_one_content() {
    given(&[
        "tick 2023-03-23",
        "1 2023-03-23 TJK -> AFG statement.supportive",
    ])
    .when("1 2023-03-23 TJK -> AFG statement.supportive")
    .applied(&[Applied::Repeat])
    .then(&[])
    .when("1 2023-03-23 TJK -> AFG statement.critical")
    .applied(&[Applied::Clash])
    .then(&[])
    .when("100 corroborates 1 B2")
    .applied(&[Applied::New])
    .then(&[])
    .when("100 corroborates 1 B2\n100 corroborates 1 A1\n100 retracts 1")
    .applied(&[Applied::Repeat, Applied::Clash, Applied::Clash])
    .then(&[]);
}

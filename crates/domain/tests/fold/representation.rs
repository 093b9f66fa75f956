//! The diplomatic rank that one state accepts from another.

use crate::harness::{given, tajikistan};

const TALIBAN: &str = "90 2021-08-15 TALIBAN authority.changed state=AFG authority=TALIBAN";

/// An event of a mission of Afghanistan in Tajikistan.
fn mission(number: u32, date: &str, act: &str, more: &str) -> String {
    format!("{number} {date} TJK -> AFG mission.{act} host=TJK sender=AFG {more}\n")
}

#[test]
fn each_mission_and_envoy_has_a_rank() {
    for (act, rank) in [
        ("mission.opened mission=embassy", "charge"),
        ("mission.opened mission=consulate_general", "consular"),
        ("mission.opened mission=consulate", "consular"),
        ("mission.opened mission=liaison", "liaison"),
        ("envoy.accredited rank=ambassador", "ambassador"),
        ("envoy.accredited rank=minister", "charge"),
        ("envoy.accredited rank=charge", "charge"),
        ("envoy.accredited rank=consul", "consular"),
        ("envoy.accredited rank=diplomat", "liaison"),
    ] {
        let step = format!("2023-01-01 {rank} by 1");
        tajikistan(&format!(
            "1 2023-01-01 TJK -> AFG {act} host=TJK sender=AFG"
        ))
        .on("2023-01-01")
        .steps("representation", &[&step])
        .then(|state| assert_eq!(state.representation.sends, None))
        .reversed()
        .steps("representation", &[])
        .then(|state| {
            let sends = state.representation.sends.map(|sends| sends.as_str());
            assert_eq!((state.representation.level, sends), (None, Some(rank)));
        });
    }
}

#[test]
fn the_highest_rank_that_stands_counts() {
    tajikistan(&format!(
        "{}{}{}",
        mission(1, "2010-01-01", "opened", "mission=embassy"),
        "2 2015-01-01 TJK -> AFG envoy.accredited host=TJK sender=AFG rank=consul\n",
        mission(3, "2020-01-01", "closed", "mission=embassy"),
    ))
    .steps(
        "representation",
        &["2010-01-01 charge by 1", "2020-01-01 consular by 3"],
    );
}

#[test]
fn premises_of_an_authority_that_does_not_govern_do_not_count() {
    tajikistan(&format!(
        "{}{}80 2001-12-22 AFG-REPUBLIC authority.changed state=AFG authority=AFG-REPUBLIC\n{TALIBAN}",
        mission(1, "2010-01-01", "opened", "mission=consulate city=Khorog controlled_by=AFG-REPUBLIC"),
        mission(2, "2023-03-23", "handed_over", "mission=consulate city=Khorog controlled_by=TALIBAN"),
    ))
    .on("2022-01-01")
    .steps(
        "representation",
        &[
            "2010-01-01 consular by 1",
            "2021-08-15 none by 90",
            "2023-03-23 consular by 2",
        ],
    )
    .steps(
        "missions",
        &[
            "2010-01-01 open held by AFG-REPUBLIC by 1",
            "2023-03-23 open held by TALIBAN by 2",
        ],
    )
    .then(|state| assert_eq!(state.representation.basis.count, 1));
}

#[test]
fn a_suspended_mission_does_not_count_until_it_is_handed_over() {
    tajikistan(&format!(
        "{}{}{}",
        mission(1, "2010-01-01", "opened", "mission=embassy"),
        mission(2, "2021-09-01", "suspended", "mission=embassy"),
        mission(
            3,
            "2023-01-01",
            "handed_over",
            "mission=embassy controlled_by=AFG"
        ),
    ))
    .steps(
        "representation",
        &[
            "2010-01-01 charge by 1",
            "2021-09-01 none by 2",
            "2023-01-01 charge by 3",
        ],
    );
}

#[test]
fn suspended_relations_leave_no_rank_until_they_are_restored() {
    tajikistan(&format!(
        "{}2 2020-01-01 AFG -> TJK relations.suspended
         3 2022-01-01 AFG -> TJK relations.restored",
        mission(1, "2010-01-01", "opened", "mission=embassy"),
    ))
    .on("2021-01-01")
    .then(|state| assert_eq!(state.representation.basis.count, 1))
    .steps(
        "representation",
        &[
            "2010-01-01 charge by 1",
            "2020-01-01 none by 2",
            "2022-01-01 charge by 3",
        ],
    );
}

#[test]
fn established_relations_alone_give_no_rank() {
    tajikistan("1 1992-01-01 TJK -> AFG relations.established")
        .on("2000-01-01")
        .steps("representation", &[])
        .reads(&[
            "recognition de_jure presumed since 1992-01-01 by 1",
            "relations established since 1992-01-01 by 1",
        ]);
}

#[test]
fn the_rank_none_has_evidence() {
    tajikistan(&format!(
        "{}{}",
        mission(1, "2010-01-01", "opened", "mission=embassy"),
        mission(2, "2021-09-01", "closed", "mission=embassy"),
    ))
    .on("2022-01-01")
    .then(|state| assert_eq!(state.representation.basis.count, 1))
    .reads(&[
        "representation none sends unknown since 2021-09-01 by 2",
        "political neutral stale +0.000 of 0.000/0.000 since 2012-09-28 last 2010-01-01 by 1",
        "missions embassy TJK AFG closed (over) since 2021-09-01 by 2 1",
    ]);
}

#[test]
fn a_rank_is_uncertain_only_within_the_bounds_of_its_date() {
    tajikistan(&mission(1, "2023-03", "opened", "mission=embassy"))
        .steps(
            "representation",
            &["2023-03-01 charge uncertain by 1", "2023-03-31 charge"],
        )
        .steps(
            "missions",
            &["2023-03-01 open uncertain by 1", "2023-03-31 open"],
        );
}

#[test]
fn a_rank_is_uncertain_if_a_higher_one_may_stand() {
    tajikistan(&format!(
        "{}{}{}",
        mission(1, "2010-01-01", "opened", "mission=embassy"),
        mission(2, "2010-01-01", "opened", "mission=consulate"),
        mission(3, "2021-09", "closed", "mission=embassy"),
    ))
    .steps(
        "representation",
        &[
            "2010-01-01 charge by 1 2",
            "2021-09-01 consular uncertain by 3",
            "2021-09-30 consular",
        ],
    );
}

#[test]
fn a_rank_is_as_certain_as_its_most_certain_entry() {
    tajikistan(&format!(
        "{}{}",
        mission(1, "2023-03", "opened", "mission=embassy"),
        "2 2023-03-05 TJK -> AFG envoy.accredited host=TJK sender=AFG rank=charge",
    ))
    .steps(
        "representation",
        &["2023-03-01 charge uncertain by 1", "2023-03-05 charge by 2"],
    );
}

#[test]
fn weak_evidence_opens_no_mission() {
    tajikistan(&format!(
        "{}{}",
        mission(1, "2010-01-01", "opened", "mission=embassy"),
        mission(2, "2021-09-01", "closed", "mission=embassy D2"),
    ))
    .steps("representation", &["2010-01-01 charge by 1"]);
}

#[test]
fn a_mission_between_other_states_does_not_count() {
    given("1 2023-01-01 KAZ -> AFG mission.opened mission=embassy host=TJK sender=AFG")
        .between("KAZ", "AFG")
        .on("2023-01-01")
        .reads_nothing();
}

#[test]
fn a_suspended_embassy_keeps_no_charge_of_a_head_who_was_recalled() {
    tajikistan(&format!(
        "{}{}{}{}",
        mission(1, "2010-01-01", "opened", "mission=embassy"),
        "2 2011-01-01 TJK -> AFG envoy.accredited host=TJK sender=AFG rank=ambassador\n",
        "3 2012-01-01 AFG -> TJK envoy.recalled host=TJK sender=AFG rank=ambassador\n",
        mission(4, "2013-01-01", "suspended", "mission=embassy"),
    ))
    .steps(
        "representation",
        &[
            "2010-01-01 charge by 1",
            "2011-01-01 ambassador by 2",
            "2012-01-01 charge by 3",
            "2013-01-01 none by 4",
        ],
    );
}

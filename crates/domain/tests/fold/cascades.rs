//! Entries that fall together: relations, missions and envoys.

use crate::harness::tajikistan;

const EMBASSY: &str = "1 2010-01-01 TJK -> AFG mission.opened mission=embassy host=TJK sender=AFG";
const AMBASSADOR: &str =
    "2 2010-02-01 TJK -> AFG envoy.accredited host=TJK sender=AFG rank=ambassador name=Zahir";
const CONSULATE: &str =
    "3 2010-03-01 TJK -> AFG mission.opened mission=consulate host=TJK sender=AFG city=Khorog";

#[test]
fn severed_relations_end_missions_and_envoys_and_restored_ones_do_not_reopen_them() {
    tajikistan(&format!(
        "{EMBASSY}
         {AMBASSADOR}
         {CONSULATE}
         4 2011-01-01 TJK -> AFG mission.opened mission=interests_section host=TJK sender=AFG
         5 2015-01-01 AFG -> TJK relations.severed
         6 2020-01-01 TJK,AFG relations.restored
         7 2021-01-01 TJK -> AFG mission.opened mission=embassy host=TJK sender=AFG"
    ))
    .steps(
        "representation",
        &[
            "2010-01-01 charge by 1",
            "2010-02-01 ambassador by 2",
            "2015-01-01 interests_section by 5",
            "2021-01-01 charge by 7",
        ],
    )
    .steps(
        "envoys",
        &["2010-02-01 accredited by 2", "2015-01-01 ended by 5"],
    )
    .on("2020-06-01")
    .then(|state| {
        let open = state
            .registers
            .values()
            .flatten()
            .filter(|entry| entry.open);
        let open: Vec<&str> = open.map(|entry| entry.key.register.as_str()).collect();
        assert_eq!(open, ["relations", "missions"]);
    });
}

#[test]
fn a_downgrade_ends_ambassadors_alone() {
    tajikistan(&format!(
        "{EMBASSY}
         {AMBASSADOR}
         3 2010-03-01 TJK -> AFG envoy.accredited host=TJK sender=AFG rank=consul
         4 2015-01-01 TJK,AFG relations.downgraded"
    ))
    .steps(
        "representation",
        &[
            "2010-01-01 charge by 1",
            "2010-02-01 ambassador by 2",
            "2015-01-01 charge by 4",
        ],
    )
    .on("2015-01-01")
    .then(|state| {
        let envoys = state.registers.values().flatten();
        let statuses: Vec<&str> = envoys.map(|entry| entry.status).collect();
        assert_eq!(statuses, ["downgraded", "open", "recalled", "accredited"]);
    });
}

#[test]
fn an_ambassador_who_is_recalled_leaves_a_charge_until_the_embassy_closes() {
    let recalled = "4 2015-01-01 AFG -> TJK envoy.recalled host=TJK sender=AFG rank=ambassador";
    let closed = "5 2016-01-01 TJK -> AFG mission.closed mission=embassy host=TJK sender=AFG";
    tajikistan(&format!(
        "{EMBASSY}\n{AMBASSADOR}\n{CONSULATE}\n{recalled}\n{closed}"
    ))
    .steps(
        "representation",
        &[
            "2010-01-01 charge by 1",
            "2010-02-01 ambassador by 2",
            "2015-01-01 charge by 4",
            "2016-01-01 consular by 5",
        ],
    );
    // They also tell that there were an ambassador and an embassy.
    tajikistan(&format!("{recalled}\n{closed}")).steps(
        "representation",
        &["2015-01-01 charge by 4", "2016-01-01 none by 5"],
    );
}

#[test]
fn the_head_of_mission_leaves_with_the_embassy() {
    tajikistan(&format!(
        "{EMBASSY}
         {AMBASSADOR}
         3 2010-03-01 TJK -> AFG envoy.accredited host=TJK sender=AFG rank=consul
         4 2015-01-01 TJK -> AFG mission.closed mission=embassy host=TJK sender=AFG"
    ))
    .steps(
        "representation",
        &[
            "2010-01-01 charge by 1",
            "2010-02-01 ambassador by 2",
            "2015-01-01 consular by 4",
        ],
    );
}

#[test]
fn an_observation_opens_only_what_is_not_open() {
    tajikistan(
        "1 2010-01-01 TJK,AFG relations.observed
         2 2011-01-01 TJK,AFG relations.downgraded
         3 2012-01-01 TJK,AFG relations.observed
         4 2013-01-01 TJK,AFG relations.severed
         5 2014-01-01 TJK,AFG relations.downgraded
         6 2015-01-01 TJK,AFG relations.observed",
    )
    .steps(
        "relations",
        &[
            "2010-01-01 established by 1",
            "2011-01-01 downgraded by 2",
            "2013-01-01 severed by 4",
            "2015-01-01 downgraded by 6",
        ],
    );
}

#[test]
fn relations_in_place_after_a_break_are_as_low_as_they_were_made() {
    let lowered = "1 2010-01-01 TJK,AFG relations.downgraded";
    let broken = "2 2011-01-01 TJK,AFG relations.suspended";
    let meanwhile = "3 2012-01-01 TJK,AFG relations.downgraded";
    let found = "4 2013-01-01 TJK,AFG relations.observed";
    let last = |events: &[&str]| {
        let state = tajikistan(&events.join("\n")).on("2013-01-01").state();
        let mut entries = state.registers.into_values().flatten();
        entries.next().map(|entry| entry.status)
    };
    assert_eq!(last(&[broken, found]), Some("established"));
    assert_eq!(last(&[lowered, broken, found]), Some("downgraded"));
    assert_eq!(last(&[broken, meanwhile, found]), Some("downgraded"));
    let restored = "5 2012-06-01 TJK,AFG relations.restored";
    assert_eq!(last(&[lowered, broken, restored, found]), Some("restored"));
}

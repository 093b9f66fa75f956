//! Register entries: opened, changed and closed.

use crate::harness::{given, tajikistan};

#[test]
fn entries_with_other_names_are_other_entries() {
    tajikistan(
        "1 2020-01-01 TJK -> AFG measure.adopted name=Visa_rule
         2 2021-01-01 TJK -> AFG measure.adopted name=Bazaar_rule
         3 2022-01-01 TJK -> AFG measure.dropped name=Visa_rule",
    )
    .on("2022-01-01")
    .reads(&[
        "societal strained -0.791 of 0.000/0.344 since 2020-01-01 last 2021-01-01 by 2 1",
        "measures Bazaar rule in_force since 2021-01-01 by 2",
        "measures Visa rule dropped (over) since 2022-01-01 by 3 1",
    ]);
}

#[test]
fn a_closing_event_closes_every_entry_that_it_does_not_contradict() {
    tajikistan(
        "1 2010-01-01 TJK -> AFG mission.opened mission=consulate host=TJK sender=AFG city=Khorog
         2 2010-01-01 TJK -> AFG mission.opened mission=consulate host=AFG sender=TJK city=Mazar
         3 2010-01-01 TJK -> AFG mission.opened mission=embassy host=TJK sender=AFG city=Dushanbe
         4 2022-01-01 TJK -> AFG mission.closed mission=consulate host=TJK sender=AFG",
    )
    .on("2022-01-01")
    .then(|state| {
        let open: Vec<(&str, bool)> = state
            .registers
            .values()
            .flatten()
            .map(|entry| (entry.status, entry.open))
            .collect();
        // In order of keys: the consulates by host, then the embassy.
        assert_eq!(open, [("open", true), ("closed", false), ("open", true)]);
    });
}

#[test]
fn closing_an_entry_that_is_not_open_has_no_effect() {
    tajikistan("1 2022-01-01 TJK -> AFG sanction.eased name=Embargo")
        .on("2022-01-01")
        .reads_nothing();
}

#[test]
fn a_measure_of_one_side_is_not_lifted_by_the_other() {
    tajikistan(
        "1 2020-01-01 TJK -> AFG border.closed crossing=Nizhny_Panj
         2 2021-01-01 AFG -> TJK border.opened crossing=Nizhny_Panj
         3 2022-01-01 TJK -> AFG border.opened",
    )
    .on("2021-06-01")
    .steps(
        "borders",
        &["2020-01-01 closed by 1", "2022-01-01 open by 3"],
    )
    .reversed()
    .then(|state| {
        let entries: Vec<_> = state.registers.values().flatten().collect();
        assert_eq!(entries.len(), 1);
    });
}

#[test]
fn an_entry_opened_and_closed_on_one_day_is_closed() {
    tajikistan(
        "2 2020-01-01 TJK -> AFG border.closed crossing=Nizhny_Panj
         1 2020-01-01 TJK -> AFG border.opened crossing=Nizhny_Panj",
    )
    .on("2020-01-01")
    .reads(&[
        "economic strained -3.333 of 1.000/4.000 since 2020-01-01 last 2020-01-01 by 2 1",
        "borders Nizhny Panj open (over) since 2020-01-01 by 1 2",
    ]);
}

#[test]
fn a_closed_entry_opens_again() {
    tajikistan(
        "1 2020-01-01 TJK -> AFG border.closed
         2 2020-02-01 TJK -> AFG border.opened
         3 2020-03-01 TJK -> AFG border.closed",
    )
    .on("2023-01-01")
    .steps(
        "borders",
        &[
            "2020-01-01 closed by 1",
            "2020-02-01 open by 2",
            "2020-03-01 closed by 3",
        ],
    );
}

#[test]
fn an_agreed_cooperation_can_be_ended() {
    tajikistan(
        "1 2020-01-01 TJK -> AFG cooperation.agreed name=Patrols
         2 2022-01-01 TJK -> AFG agreement.ended name=Patrols",
    )
    .steps(
        "agreements",
        &["2020-01-01 agreed by 1", "2022-01-01 ended by 2"],
    );
}

#[test]
fn forces_withdrawn_do_not_lower_an_alert() {
    tajikistan(
        "1 2020-01-01 TJK -> AFG alert.raised
         2 2022-01-01 TJK -> AFG forces.withdrawn",
    )
    .steps("deployments", &["2020-01-01 alert by 1"]);
}

#[test]
fn a_meeting_is_noted_and_neither_open_nor_closed() {
    tajikistan("1 2022-01-01 TJK,AFG meeting.attended name=Moscow_format")
        .on("2022-01-01")
        .reads(&["meetings Moscow format attended (over) since 2022-01-01 by 1"]);
}

#[test]
fn a_claim_of_presence_lapses_after_its_span() {
    given("1 2020-01/2020-06 UZB presence.claimed from=AFG group=ISKP")
        .between("UZB", "AFG")
        .on("2020-03-01")
        .reads(&[
            "threat low of 0.000/3.000 since 2020-01-01 last 2020-03-01 by 1",
            "groups ISKP AFG claimed since 2020-01-01 by 1",
        ])
        .steps("groups", &["2020-01-01 claimed by 1", "2020-07-01 lapsed"]);
}

#[test]
fn a_claim_outlives_a_shorter_one_made_within_it() {
    given(
        "1 2020/2022 UZB presence.claimed from=AFG group=ISKP
         2 2020-03/2020-04 UZB presence.claimed from=AFG group=ISKP",
    )
    .between("UZB", "AFG")
    .steps("groups", &["2020-01-01 claimed by 1", "2023-01-01 lapsed"]);
}

#[test]
fn a_claim_with_an_open_end_is_certain() {
    given("1 2020-01/.. UZB presence.claimed from=AFG group=ISKP")
        .between("UZB", "AFG")
        .steps("groups", &["2020-01-01 claimed by 1"]);
}

#[test]
fn a_listing_belongs_to_the_side_that_lists() {
    tajikistan(
        "1 2020-01-01 TJK listing.added list=Terror_list listed=AFG
         2 2022-01-01 TJK listing.removed list=Terror_list listed=AFG",
    )
    .on("2022-01-01")
    .reads(&["listings Terror list AFG removed (over) since 2022-01-01 by 2 1"])
    .reversed()
    .reads(&["listings Terror list AFG theirs removed (over) since 2022-01-01 by 2 1"]);
}

#[test]
fn a_war_ends_through_whichever_party_makes_the_truce() {
    let war = "1 2010-01-01 TJK -> AFG war.began
               80 2005-01-01 TJK -> NATO membership.joined";
    for (event, status) in [
        ("NATO,AFG ceasefire.agreed", "ceasefire"),
        ("NATO,AFG war.ended", "ended"),
    ] {
        let ended = format!("2011-01-01 {status} by 2");
        tajikistan(&format!("{war}\n2 2011-01-01 {event}"))
            .steps("wars", &["2010-01-01 open by 1", &ended]);
    }
    tajikistan(
        "1 2010-01-01 NATO -> AFG war.began
         2 2011-01-01 TJK,AFG ceasefire.agreed
         80 2005-01-01 TJK -> NATO membership.joined",
    )
    .steps(
        "wars",
        &["2010-01-01 open by 1", "2011-01-01 ceasefire by 2"],
    );
}

#[test]
fn what_is_given_to_an_organisation_ends_for_the_member_that_leaves() {
    let events = "1 2010-01-01 NATO,AFG visa.waived
                  2 2011-01-01 NATO -> AFG sanction.imposed name=Embargo
                  80 2005-01-01 TJK -> NATO membership.joined
                  82 2020-01-01 TJK -> NATO membership.left";
    let view = given(events).between("AFG", "TJK").on("2020-01-01");
    view.then(|state| {
        let entries = state.registers.values().flatten();
        let open: Vec<&str> = entries.map(|entry| entry.status).collect();
        assert_eq!(open, ["left"; 3]);
    });
}

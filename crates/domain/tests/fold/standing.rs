//! What stands: wars, pacts, memberships, and the limits that they put on levels.

use crate::harness::{given, tajikistan};
use detente_domain::dimension::Weighed;
use detente_domain::kind::Kind;
use detente_domain::level::Level;
use detente_domain::rulebook::POSTURE;

/// Tajikistan and Afghanistan are members of NATO, from different days on.
const MEMBERS: &str = "80 2000-01-01 TJK -> NATO membership.joined
                       81 2005-01-01 AFG -> NATO membership.joined
                       82 2010-01-01 TJK -> NATO membership.left";

#[test]
fn a_war_is_hostile_until_a_ceasefire_then_at_most_strained_until_peace() {
    let events = "1 2022-11-01 TJK -> AFG war.began
                  2 2023-01-01 TJK,AFG cooperation.agreed name=Patrols
                  3 2023-02-01 TJK,AFG ceasefire.agreed
                  4 2023-03-01 TJK,AFG peace.agreed name=Peace";
    let steps = [
        "2022-11-01 hostile by 1",
        "2023-02-01 strained by 3",
        "2023-03-01 cooperative by 4",
        "2023-09-09 neutral",
        "2025-09-28 neutral stale",
    ];
    tajikistan(events)
        .steps("security", &steps)
        .steps(
            "wars",
            &[
                "2022-11-01 open by 1",
                "2023-02-01 ceasefire by 3",
                "2023-03-01 ended by 4",
            ],
        )
        .on("2023-01-31")
        .reads(&[
            "security hostile -6.001 of 3.249/0.000 ceiling hostile by 1 since 2022-11-01 last 2023-01-01 by 2",
            "agreements Patrols agreed since 2023-01-01 by 2",
            "wars open since 2022-11-01 by 1",
        ])
        .posture("hostile -6.001 steady ceiling hostile by 1")
        .reversed()
        .steps("security", &steps);
}

#[test]
fn a_broken_ceasefire_reopens_the_war() {
    let war = "1 2022-11-01 TJK -> AFG war.began
               2 2023-02-01 TJK,AFG ceasefire.agreed";
    let broken = "3 2023-03-01 AFG -> TJK ceasefire.broken";
    tajikistan(&format!("{war}\n{broken}"))
        .steps(
            "wars",
            &[
                "2022-11-01 open by 1",
                "2023-02-01 ceasefire by 2",
                "2023-03-01 open by 3",
            ],
        )
        .steps(
            "security",
            &[
                "2022-11-01 hostile by 1",
                "2023-02-01 strained by 2",
                "2023-03-01 hostile by 3",
            ],
        );
    tajikistan(broken).steps("wars", &[]).steps("security", &[]);
}

/// Else the war would leave a better posture than the truce alone.
#[test]
fn a_truce_of_a_state_limits_it_also_in_the_war_of_an_organisation() {
    let truce = "1 2023-03-11 TJK,AFG ceasefire.agreed
                 2 2022-01-01 AFG -> NATO membership.joined";
    let war = "3 2022-01-08 NATO -> TJK war.began";
    for events in [truce.to_owned(), format!("{truce}\n{war}")] {
        given(&events)
            .with(|rules| {
                let truce = &mut rules.kinds[Kind::CeasefireAgreed.index()].base;
                truce.ceiling[POSTURE] = Some(Level::Strained);
            })
            .between("TJK", "AFG")
            .on("2023-03-11")
            .then(|state| {
                let ceiling = state.posture.band.ceiling;
                assert_eq!(ceiling.map(|limit| limit.level), Some(Level::Strained));
            });
    }
}

#[test]
fn peace_ends_every_war() {
    let events = "1 2020-01-01 TJK -> AFG war.began name=First_war
                  2 2021-01-01 AFG -> TJK war.began name=Second_war
                  3 2022-01-01 TJK,AFG peace.agreed name=Peace";
    tajikistan(events).on("2022-01-01").reads(&[
        "security neutral +0.000 of 0.000/0.000 since 2022-01-01 last never",
        "agreements Peace in_force since 2022-01-01 by 3",
        "wars First war ended (over) since 2022-01-01 by 3 1",
        "wars Second war ended (over) since 2022-01-01 by 3 2",
    ]);
}

#[test]
fn a_ceiling_prevails_over_a_floor() {
    tajikistan(
        "1 2020-01-01 TJK,AFG alliance.formed obligation=defence
         2 2021-01-01 TJK -> AFG war.began
         3 2022-01-01 TJK -> AFG war.ended",
    )
    .steps(
        "security",
        &[
            "2020-01-01 cooperative by 1",
            "2021-01-01 hostile by 2",
            "2022-01-01 cooperative by 3",
        ],
    )
    .on("2021-06-01")
    .posture("hostile -6.001 steady ceiling hostile by 2 floor cooperative by 1");
}

#[test]
fn a_pact_holds_security_up_until_strain_breaks_it() {
    // 4 of strain fade to 3, at which the floor breaks, in 42 days.
    tajikistan(
        "1 2020-01-01 TJK,AFG alliance.formed obligation=defence
         2 2021-01-01 TJK -> AFG alert.raised F6
         3 2022-01-01 TJK -> AFG alert.raised name=Border
         4 2023-01-01 TJK -> AFG alliance.ended",
    )
    .steps(
        "security",
        &[
            "2020-01-01 cooperative by 1",
            "2022-01-01 strained by 3",
            "2022-02-12 cooperative",
            "2023-01-01 strained by 4",
            "2024-09-28 strained stale",
        ],
    )
    .on("2021-01-01")
    .then(|state| {
        // From 2, the lowest index of the level, up to half of the way to 5.999, less by strain.
        let security = &state.weighed[Weighed::Security.index()];
        assert_eq!((security.strain, security.index), (120, 3919));
    });
}

#[test]
fn a_pact_holds_the_posture_up_under_words_but_not_under_force() {
    tajikistan(
        "1 2020-01-01 TJK,AFG alliance.formed obligation=defence
         2 2021-01-01 TJK -> AFG statement.critical
         3 2021-01-01 TJK -> AFG tension.prevailed
         4 2022-01-01 TJK -> AFG force.used severity=serious",
    )
    .on("2021-01-01")
    .posture("cooperative +3.999 cooling floor cooperative by 1")
    .on("2022-01-01")
    .posture("hostile -6.874 cooling floor cooperative by 1");
}

#[test]
fn a_lesser_act_of_the_same_stance_leaves_the_limits_of_a_greater_one() {
    let pacts = "1 2020-01-01 TJK,AFG alliance.formed obligation=defence
                 2 2021-01-01 TJK,AFG alliance.formed obligation=consultation";
    given(&format!("{pacts}\n3 2022-01-01 TJK,AFG alliance.suspended"))
        .with(|rules| {
            let formed = &mut rules.kinds[Kind::AllianceFormed.index()].base;
            formed.weights[Weighed::Political.index()].warmth = 1000;
        })
        .between("TJK", "AFG")
        .steps(
            "security",
            &["2020-01-01 cooperative by 1", "2022-01-01 neutral by 3"],
        );
    // An act of no stance replaces it.
    tajikistan(pacts).steps(
        "security",
        &["2020-01-01 cooperative by 1", "2021-01-01 neutral by 2"],
    );
}

#[test]
fn a_severe_act_holds_its_ceiling_for_its_days() {
    tajikistan(
        "1 2022-01-01 TJK,AFG cooperation.agreed name=Patrols
         2 2022-02-01 TJK -> AFG force.used severity=major D2
         3 2022-02-01 TJK -> AFG force.used casualties=3
         4 2022-03-01 TJK,AFG cooperation.agreed name=More
         5 2022-03-01 TJK,AFG cooperation.agreed name=Still_more
         6 2022-03-01 TJK,AFG cooperation.agreed name=Yet_more",
    )
    .on("2022-05-02")
    .then(|state| {
        let band = state.weighed[Weighed::Security.index()].band;
        assert_eq!(
            band.ceiling.map(|limit| limit.level.as_str()),
            Some("strained")
        );
    })
    .on("2022-05-03")
    .then(|state| assert!(state.weighed[Weighed::Security.index()].band.is_empty()));
}

#[test]
fn the_better_grade_of_a_day_wins_in_any_order() {
    for [one, other] in [[1, 2], [2, 1]] {
        let events = |closed: &str, opened: &str| {
            tajikistan(&format!(
                "{one} 2020-01-01 TJK -> AFG border.closed {closed}
                 {other} 2020-01-01 TJK -> AFG border.opened {opened}"
            ))
            .on("2020-01-01")
            .state()
            .registers
            .into_values()
            .flatten()
            .map(|entry| entry.status)
            .collect::<Vec<_>>()
        };
        assert_eq!(events("A1", "B2"), ["closed"]);
        assert_eq!(events("B2", "A1"), ["open"]);
        assert_eq!(events("B2", "B2"), ["open"]);
    }
}

#[test]
fn a_coarse_date_applies_before_a_finer_one_of_the_same_first_day() {
    let status = |closed: &str, opened: &str| {
        let events = format!(
            "1 {closed} TJK -> AFG border.closed
             2 {opened} TJK -> AFG border.opened"
        );
        let state = tajikistan(&events).on("2020-02-01").state();
        let mut entries = state.registers.into_values().flatten();
        entries.next().map(|entry| entry.status)
    };
    assert_eq!(status("2020-01-01", "2020-01"), Some("closed"));
    assert_eq!(status("2020-01", "2020-01-01"), Some("open"));
}

#[test]
fn nothing_opens_below_the_grade_of_ladders() {
    tajikistan(
        "1 2020-01-01 TJK -> AFG war.began D2
         2 2020-01-01 TJK,AFG alliance.formed obligation=defence A4
         3 2020-01-01 TJK -> AFG force.used severity=major C4",
    )
    .on("2020-01-01")
    .then(|state| {
        assert!(state.registers.is_empty());
        assert!(state.weighed.iter().all(|held| held.band.is_empty()));
        assert!(state.posture.band.is_empty());
    });
}

#[test]
fn members_share_from_the_later_day_on_which_one_joined_to_the_earlier_on_which_one_left() {
    tajikistan(MEMBERS)
        .steps(
            "memberships",
            &["2005-01-01 member by 81", "2010-01-01 left by 82"],
        )
        .steps(
            "security",
            &["2005-01-01 cooperative by 81", "2010-01-01 neutral by 82"],
        );
}

#[test]
fn a_sanction_of_an_organisation_binds_its_members_while_they_are() {
    let embargo = "1 2003-01-01 NATO -> AFG sanction.imposed name=Embargo";
    let members = "80 2005-01-01 TJK -> NATO membership.joined
                   82 2010-01-01 TJK -> NATO membership.left";
    tajikistan(&format!("{embargo}\n{members}"))
        .steps(
            "sanctions",
            &["2005-01-01 in_force by 1", "2010-01-01 left by 82"],
        )
        .on("2005-01-01")
        .reads(&[
            "economic strained -3.750 of 0.000/2.400 since 2005-01-01 last 2005-01-01 by 1",
            "sanctions Embargo via NATO in_force since 2005-01-01 by 1",
        ]);
    tajikistan(embargo).on("2005-01-01").reads_nothing();
    // It is apart from a sanction of the member, and a statement counts on its day alone.
    tajikistan(&format!(
        "{embargo}
         {members}
         2 2006-01-01 TJK -> AFG sanction.imposed name=Embargo
         3 2007-01-01 TJK -> AFG sanction.eased name=Embargo
         4 2004-12-31 NATO -> AFG statement.critical"
    ))
    .on("2007-01-01")
    .then(|state| {
        let entries = state.registers.values().flatten();
        let open: Vec<_> = entries
            .map(|entry| (entry.key.via.is_some(), entry.open))
            .collect();
        assert_eq!(open, [(false, false), (true, true)]);
        assert_eq!(state.weighed[0].level, None);
    });
}

#[test]
fn leads_alone_give_no_level_and_decide_none() {
    let leads = "1 2023-01-01 TJK -> AFG coded plover=ASSAULT cameo=190 F6
                 2 2023-01-01 TJK -> AFG coded plover=ASSAULT cameo=191 F6
                 3 2023-01-01 TJK -> AFG coded plover=ASSAULT cameo=192 F6";
    tajikistan(leads)
        .on("2023-01-01")
        .reads(&["political unknown leads 3"])
        .posture("unknown +0.000 none");
    given(&format!("{leads}\n4 2023-01-01 TJK -> AFG talks.held D4"))
        .with(|rules| (rules.source[5], rules.information[5]) = (1000, 1000))
        .between("TJK", "AFG")
        .on("2023-01-01")
        .then(|state| {
            let political = &state.weighed[Weighed::Political.index()];
            let level = political.level.map(|level| level.as_str());
            assert_eq!((level, political.leads), (Some("neutral"), 3));
            assert!(political.index < -2000, "{}", political.index);
        })
        .posture("neutral +0.740 steady");
}

#[test]
fn the_end_of_a_state_ends_what_is_known() {
    given(
        "1 1985-01-01 USA -> SUN statement.supportive
         2 1985-01-01 USA -> SUN mission.opened mission=embassy host=USA sender=SUN
         3 1985-01-01 USA,SUN alliance.formed obligation=defence",
    )
    .between("USA", "SUN")
    .on("1991-12-26")
    .posture("cooperative +3.999 steady floor cooperative by 3")
    .on("1991-12-27")
    .reads_nothing()
    .posture("unknown +0.000 none")
    .steps(
        "alliances",
        &["1985-01-01 in_force by 3", "1991-12-27 unknown"],
    )
    .steps(
        "security",
        &["1985-01-01 cooperative by 3", "1991-12-27 unknown"],
    )
    .steps(
        "representation",
        &["1985-01-01 charge by 2", "1991-12-27 unknown"],
    );
}

#[test]
fn a_level_is_stale_after_its_days_unless_something_stands() {
    let words = "1 2010-01-01 TJK,AFG cooperation.agreed name=Patrols";
    let pact = "2 2011-01-01 TJK,AFG alliance.formed obligation=defence
                3 2020-01-01 TJK,AFG alliance.ended";
    tajikistan(words).steps(
        "security",
        &[
            "2010-01-01 cooperative by 1",
            "2010-09-09 neutral",
            "2012-09-28 neutral stale",
        ],
    );
    tajikistan(&format!("{words}\n{pact}")).steps(
        "security",
        &[
            "2010-01-01 cooperative by 1",
            "2010-09-09 neutral",
            "2011-01-01 cooperative by 2",
            "2020-01-01 neutral stale by 3",
        ],
    );
}

#[test]
fn silence_does_not_raise_a_level() {
    tajikistan(
        "1 2010-01-01 TJK -> AFG statement.critical
         2 2020-01-01 TJK -> AFG visit.made",
    )
    .steps(
        "political",
        &[
            "2010-01-01 strained by 1",
            "2012-09-28 strained stale",
            "2020-01-01 cooperative by 2",
            "2020-09-08 neutral",
            "2022-09-28 neutral stale",
        ],
    );
}

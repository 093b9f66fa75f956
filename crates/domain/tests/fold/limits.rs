//! The days on which limits begin and end.

use crate::harness::{Given, View, given};
use detente_domain::details::Field;
use detente_domain::dimension::Weighed;
use detente_domain::kind::Kind;
use detente_domain::level::Level;
use detente_domain::rulebook::{ENDLESS, Override, Variant};

const REPUBLIC: &str =
    "80 2001-12-22 AFG-REPUBLIC authority.changed state=AFG authority=AFG-REPUBLIC";
const TALIBAN: &str = "90 2021-08-15 TALIBAN authority.changed state=AFG authority=TALIBAN";
const POLITICAL: usize = Weighed::Political.index();

/// Refusals, listings, downgrades and hostile policies put a ceiling on the political level, too.
fn limited(events: &str) -> Given {
    given(events).with(|rules| {
        for (kind, level, days) in [
            (Kind::RecognitionRefused, Level::Neutral, ENDLESS),
            (Kind::RelationsDowngraded, Level::Neutral, 0),
            (Kind::ListingAdded, Level::Strained, 0),
            (Kind::ThreatMade, Level::Strained, 90),
        ] {
            let rule = &mut rules.kinds[kind.index()].base;
            rule.ceiling[POLITICAL] = Some(level);
            rule.days = days;
        }
        let downgraded = &mut rules.kinds[Kind::RelationsDowngraded.index()].base;
        downgraded.weights[POLITICAL].strain = 2000;
        let severed = &mut rules.kinds[Kind::RelationsSevered.index()].base;
        severed.weights[POLITICAL].strain = 2000;
        let mut replaces = Override::default();
        replaces.ceiling[POLITICAL] = Some(Level::Strained);
        let policy = &mut rules.kinds[Kind::PolicyHeld.index()];
        policy.variants.push(Variant {
            field: Field::Stance,
            word: "hostile",
            replaces,
        });
    })
}

/// The conduct of Tajikistan towards Afghanistan under these rules.
fn tajikistan(events: &str) -> View {
    limited(events).between("TJK", "AFG")
}

/// Asserts the political ceilings of days.
#[track_caller]
fn ceilings(mut view: View, days: &[(&str, Option<Level>)]) {
    for (day, expected) in days {
        view = view.on(day).then(|state| {
            let found = state.weighed[POLITICAL].band.ceiling;
            assert_eq!(found.map(|limit| limit.level), *expected, "on {day}");
        });
    }
}

#[test]
fn a_refusal_limits_until_recognition_as_the_ladder_has_it() {
    let refused = "1 2000-01-01 TJK -> AFG recognition.refused of=AFG";
    for (lifts, event) in [
        (
            false,
            "TJK -> AFG recognition.granted of=AFG form=de_jure D4",
        ),
        (true, "TJK -> AFG recognition.granted of=AFG form=de_jure"),
        (false, "AFG -> TJK recognition.granted of=TJK form=de_jure"),
        (true, "AFG -> TJK relations.established"),
        (true, "TJK,AFG relations.restored"),
    ] {
        let after = (!lifts).then_some(Level::Neutral);
        ceilings(
            tajikistan(&format!("{refused}\n2 2002-01-01 {event}")),
            &[
                ("2001-12-31", Some(Level::Neutral)),
                ("2002-01-01", after),
                ("2020-01-01", after),
            ],
        );
    }
}

#[test]
fn a_refusal_to_recognise_an_authority_does_not_limit_its_successor() {
    let refused = "1 1998-01-01 TJK -> AFG recognition.refused of=TALIBAN
                   70 1996-09-27 TALIBAN authority.changed state=AFG authority=TALIBAN";
    let events = format!("{refused}\n{REPUBLIC}");
    ceilings(
        tajikistan(&events),
        &[("2001-12-21", Some(Level::Neutral)), ("2001-12-22", None)],
    );
    // One of an authority that does not govern limits nothing, as it declares nothing.
    ceilings(
        tajikistan(&format!(
            "1 2005-01-01 TJK -> AFG recognition.refused of=TALIBAN\n{REPUBLIC}"
        )),
        &[("2005-01-01", None)],
    );
}

#[test]
fn the_listing_of_an_authority_counts_while_it_governs() {
    let listed = "1 2003-02-14 TJK listing.added list=Terror_list listed=TALIBAN";
    let both = format!("{listed}\n{REPUBLIC}\n{TALIBAN}");
    ceilings(
        tajikistan(&both),
        &[
            ("2003-02-14", None),
            ("2021-08-14", None),
            ("2021-08-15", Some(Level::Strained)),
            ("2024-01-01", Some(Level::Strained)),
        ],
    );
    tajikistan(&both).steps("listings", &["2021-08-15 listed by 1"]);
    ceilings(
        tajikistan(&format!(
            "{both}\n2 2025-04-17 TJK listing.removed list=Terror_list listed=TALIBAN"
        )),
        &[("2025-04-16", Some(Level::Strained)), ("2025-04-17", None)],
    );
    // What was removed before is not listed.
    tajikistan(&format!(
        "{both}\n2 2010-01-01 TJK listing.removed list=Terror_list listed=TALIBAN"
    ))
    .steps("listings", &[])
    .steps("political", &[]);
    // Listed while it governs, it stays on the list, but another government is not limited by that.
    let early = format!(
        "1 1999-01-01 TJK listing.added list=Terror_list listed=TALIBAN
         70 1996-09-27 TALIBAN authority.changed state=AFG authority=TALIBAN
         {REPUBLIC}
         {TALIBAN}"
    );
    ceilings(
        tajikistan(&early),
        &[
            ("2001-12-21", Some(Level::Strained)),
            ("2001-12-22", None),
            ("2021-08-15", Some(Level::Strained)),
        ],
    );
    // One that was removed under another government no longer limits.
    ceilings(
        tajikistan(&format!(
            "{early}\n2 2010-01-01 TJK listing.removed list=Terror_list listed=TALIBAN"
        )),
        &[("2001-12-21", Some(Level::Strained)), ("2021-08-15", None)],
    );
}

#[test]
fn an_act_with_an_open_date_ends_as_one_of_its_first_day() {
    ceilings(
        tajikistan("1 2020-01-01/.. TJK -> AFG threat.made"),
        &[("2020-03-31", Some(Level::Strained)), ("2020-04-01", None)],
    );
    tajikistan("1 2020-01-01/.. TJK -> AFG statement.critical")
        .on("2020-04-10")
        .then(|state| assert_eq!(state.weighed[POLITICAL].strain, 2000));
    // A condition lasts.
    ceilings(
        tajikistan("1 2020-01-01/.. TJK -> AFG policy.held stance=hostile"),
        &[("2040-01-01", Some(Level::Strained))],
    );
}

#[test]
fn relations_that_are_found_in_place_end_the_limits_of_their_severance() {
    ceilings(
        tajikistan(
            "1 2016-01-01 TJK -> AFG relations.downgraded
             2 2018-01-01 TJK -> AFG relations.severed
             3 2020-01-01 TJK,AFG relations.observed",
        ),
        &[
            ("2016-01-01", Some(Level::Neutral)),
            ("2018-01-01", Some(Level::Strained)),
            ("2019-12-31", Some(Level::Strained)),
            ("2020-01-01", Some(Level::Neutral)),
        ],
    );
}

#[test]
fn a_condition_limits_no_longer_than_the_authority_governs() {
    let policy = "1 2015-01-01/2030-12-31 AFG-REPUBLIC -> TJK policy.held stance=hostile";
    let view = limited(&format!("{policy}\n{REPUBLIC}\n{TALIBAN}")).between("AFG", "TJK");
    ceilings(
        view,
        &[("2021-08-14", Some(Level::Strained)), ("2021-08-15", None)],
    );
}

#[test]
fn a_level_is_uncertain_while_the_day_of_what_limits_it_is() {
    let uncertain = |events: &str, day: &str| {
        let state = tajikistan(events).on(day).state();
        state.weighed[POLITICAL].basis.uncertain
    };
    let friendly = "2 2019-01-01/2025-01-01 TJK -> AFG policy.held";
    let severed = format!("{friendly}\n1 2020-01 TJK -> AFG recognition.refused of=AFG");
    assert!(uncertain(&severed, "2020-01-30"));
    assert!(!uncertain(&severed, "2020-01-31"));
    // One that takes nothing away leaves the level certain.
    let cold = "2 2019-01-01 TJK -> AFG statement.critical
                1 2020-01 TJK -> AFG recognition.refused of=AFG";
    assert!(!uncertain(cold, "2020-01-30"));
    // The weight of a standing act is uncertain, too.
    let signed = "1 2020-01 TJK,AFG agreement.signed name=Treaty";
    assert!(uncertain(signed, "2020-01-30"));
    assert!(!uncertain(signed, "2020-01-31"));
}

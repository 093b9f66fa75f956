//! Recognition: contacts and declarations.

use crate::harness::{given, tajikistan};

const TALIBAN: &str = "90 2021-08-15 TALIBAN authority.changed state=AFG authority=TALIBAN";

#[test]
fn official_contact_is_dealings_on_both_sides() {
    tajikistan("1 2023-01-01 TJK -> AFG talks.held")
        .on("2022-12-31")
        .reads_nothing()
        .steps("recognition", &["2023-01-01 dealings by 1"])
        .reversed()
        .steps("recognition", &["2023-01-01 dealings by 1"]);
}

#[test]
fn recognition_needs_a_declaration() {
    for form in ["de_facto", "de_jure"] {
        given(&format!(
            "1 2023-01-01 KAZ -> AFG recognition.granted of=AFG form={form}"
        ))
        .between("KAZ", "AFG")
        .on("2023-01-01")
        .reads(&[&format!(
            "recognition {form} recognises since 2023-01-01 by 1"
        )])
        .steps("declared", &["2023-01-01 recognises by 1"])
        .reversed()
        .reads_nothing();
    }
}

#[test]
fn a_ladder_takes_c3_and_nothing_weaker() {
    for (grade, passes) in [
        ("A1", true),
        ("C3", true),
        ("C4", false),
        ("D3", false),
        ("D1", false),
        ("A4", false),
        ("F6", false),
    ] {
        let expected = "recognition de_facto recognises since 2023-01-01 by 1";
        let expected: &[&str] = if passes { &[expected] } else { &[] };
        given(&format!(
            "1 2023-01-01 KAZ -> AFG recognition.granted of=AFG form=de_facto {grade}"
        ))
        .between("KAZ", "AFG")
        .on("2023-01-01")
        .reads(expected);
    }
}

#[test]
fn a_coded_row_never_moves_a_ladder() {
    given("1 2023-01-01 KAZ -> AFG coded plover=CONSULT F6")
        .with(|rules| rules.kinds.iter_mut().for_each(|rule| rule.contact = true))
        .between("KAZ", "AFG")
        .on("2023-01-01")
        .then(|state| assert_eq!(state.recognition.level, None));
}

#[test]
fn representation_is_a_signal_but_not_a_rung() {
    given(
        "1 2023-01-01 KAZ -> AFG mission.handed_over mission=embassy host=KAZ sender=AFG controlled_by=AFG
         2 2023-02-01 KAZ -> AFG envoy.accredited host=KAZ sender=AFG rank=ambassador",
    )
    .between("KAZ", "AFG")
    .on("2023-02-01")
    .then(|state| {
        assert_eq!(state.recognition.level, None);
        assert_eq!(state.recognition.declared, None);
        assert_eq!(state.recognition.signals.len(), 2);
    })
    .steps("recognition", &[])
    .reversed()
    .then(|state| assert_eq!(state.recognition.signals, []));
}

#[test]
fn the_declaration_of_the_latest_day_holds() {
    given(
        "3 2023-03-01 KAZ -> AFG recognition.refused of=AFG
         1 2023-02-01 KAZ -> AFG recognition.granted of=AFG form=de_jure
         2 2023-01-01 KAZ -> AFG recognition.withheld of=AFG
         4 2023-04-01 KAZ -> AFG talks.held
         5 2023-05-01 KAZ -> AFG recognition.withdrawn of=AFG",
    )
    .between("KAZ", "AFG")
    .steps(
        "recognition",
        &[
            "2023-01-01 none by 2",
            "2023-02-01 de_jure by 1",
            "2023-03-01 none by 3",
            "2023-04-01 dealings by 4",
            "2023-05-01 none by 5",
        ],
    )
    .steps(
        "declared",
        &[
            "2023-01-01 withholds by 2",
            "2023-02-01 recognises by 1",
            "2023-03-01 refuses by 3",
        ],
    );
}

#[test]
fn a_later_contact_does_not_undo_a_declaration() {
    given(
        "1 2023-01-01 KAZ -> AFG recognition.granted of=AFG form=de_jure
         2 2023-02-01 KAZ -> AFG talks.held",
    )
    .between("KAZ", "AFG")
    .steps("recognition", &["2023-01-01 de_jure by 1"]);
}

#[test]
fn a_declaration_about_another_state_does_not_count() {
    given("1 2023-01-01 KAZ -> AFG recognition.granted of=XKX form=de_jure")
        .between("KAZ", "AFG")
        .on("2023-01-01")
        .reads_nothing();
}

#[test]
fn a_declaration_about_an_authority_counts_while_it_governs() {
    given(&format!(
        "1 2021-08-14 KAZ -> AFG recognition.refused of=TALIBAN
         2 2021-08-15 KAZ -> AFG recognition.withheld of=TALIBAN
         3 2021-08-16 KAZ -> AFG recognition.granted of=AFG-REPUBLIC form=de_jure
         {TALIBAN}"
    ))
    .between("KAZ", "AFG")
    .steps("declared", &["2021-08-15 withholds by 2 90"]);
}

#[test]
fn a_change_of_authority_restarts_recognition_of_it_but_not_by_it() {
    given(&format!(
        "1 2005-01-01 KAZ -> AFG recognition.granted of=AFG form=de_jure
         2 2005-01-01 AFG -> KAZ recognition.granted of=KAZ form=de_jure
         {TALIBAN}"
    ))
    .between("KAZ", "AFG")
    .steps(
        "recognition",
        &["2005-01-01 de_jure by 1", "2021-08-15 unknown by 90"],
    )
    .reversed()
    .steps("recognition", &["2005-01-01 de_jure by 2"]);
}

#[test]
fn recognition_of_unknown_day_is_uncertain_only_within_its_bounds() {
    given("1 2023-03 KAZ -> AFG recognition.granted of=AFG form=de_facto")
        .between("KAZ", "AFG")
        .on("2023-03-15")
        .reads(&["recognition de_facto recognises since 2023-03-01..2023-03-31 uncertain by 1"])
        .on("2023-03-31")
        .reads(&["recognition de_facto recognises since 2023-03-01..2023-03-31 by 1"])
        .steps(
            "recognition",
            &["2023-03-01 de_facto uncertain by 1", "2023-03-31 de_facto"],
        );
}

//! The index, to the thousandth: weights, grades, shares, the cap of machine-coded evidence.

use crate::harness::{given, tajikistan};
use detente_domain::dimension::Weighed;
use detente_domain::rulebook::Rulebook;

const SINCE: &str = "since 2023-01-01 last 2023-01-01";

fn trust_machines(rules: &mut Rulebook) {
    rules.source[5] = 1000;
    rules.information[5] = 1000;
}

#[test]
fn the_index_follows_from_warmth_strain_and_damping() {
    // 10 (4 - 4 - 1) / (4 + 5 + 4) and 10 (0 - 8) / (0 + 8 + 4).
    tajikistan(
        "1 2023-01-01 TJK -> AFG statement.supportive
         2 2023-01-01 TJK -> AFG statement.critical
         3 2023-01-01 TJK -> AFG clash.occurred",
    )
    .on("2023-01-01")
    .reads(&[
        &format!("political neutral -0.769 of 4.000/5.000 mixed {SINCE} by 1 2 3"),
        &format!("security hostile -6.666 of 0.000/8.000 {SINCE} by 3"),
    ])
    .reversed()
    .reads(&[
        &format!("political neutral -2.000 of 0.000/1.000 {SINCE} by 3"),
        &format!("security hostile -6.666 of 0.000/8.000 {SINCE} by 3"),
    ]);
}

#[test]
fn the_weight_of_a_grade_is_the_product_of_its_axes() {
    for (grade, reads) in [
        ("A1", "cooperative +5.000 of 4.000/0.000"),
        ("B2", "cooperative +4.475 of 3.240/0.000"),
        ("C3", "cooperative +3.288 of 1.960/0.000"),
        ("E1", "neutral +1.666 of 0.800/0.000"),
        ("F6", "neutral +0.291 of 0.120/0.000"),
    ] {
        tajikistan(&format!(
            "1 2023-01-01 TJK -> AFG statement.supportive {grade}"
        ))
        .on("2023-01-01")
        .reads(&[&format!("political {reads} {SINCE} by 1")]);
    }
}

#[test]
fn the_mutual_share_counts_in_the_other_direction() {
    given("1 2023-01-01 TJK -> AFG statement.supportive")
        .with(|rules| rules.kinds.iter_mut().for_each(|rule| rule.mutual = 500))
        .between("AFG", "TJK")
        .on("2023-01-01")
        .reads(&[&format!(
            "political cooperative +3.333 of 2.000/0.000 {SINCE} by 1"
        )]);
}

#[test]
fn mutual_acts_count_in_full_in_both_directions_without_a_share() {
    tajikistan("1 2023-01-01 TJK,AFG talks.held")
        .on("2023-01-01")
        .then(|state| assert_eq!(state.weighed[Weighed::Political.index()].warmth, 2000))
        .reversed()
        .then(|state| assert_eq!(state.weighed[Weighed::Political.index()].warmth, 2000));
}

#[test]
fn a_disputed_event_keeps_the_share_of_the_rulebook() {
    tajikistan("1 2023-01-01 TJK -> AFG statement.supportive disputed")
        .on("2023-01-01")
        .reads(&[
            &format!("political cooperative +3.333 of 2.000/0.000 {SINCE} disputed by 1"),
            "dispute of 1 TJK",
        ]);
}

#[test]
fn a_value_beside_a_disputed_event_is_not_disputed() {
    tajikistan(
        "1 2023-01-01 TJK -> AFG statement.supportive disputed
         2 2023-01-01 TJK -> AFG aid.delivered",
    )
    .on("2023-01-01")
    .then(|state| {
        assert!(state.weighed[Weighed::Political.index()].basis.disputed);
        assert!(!state.weighed[Weighed::Humanitarian.index()].basis.disputed);
    });
}

/// A statement of 4 beside machine-coded rows, which alone would give no level.
const STATEMENT: &str = "9 2023-01-01 TJK -> AFG statement.critical";

#[test]
fn machine_coded_evidence_is_capped_and_decides_no_level() {
    // Beside 4 and a damping of 4, the 12 of the rows are capped at 8.
    given(&format!(
        "1 2023-01-01 TJK -> AFG coded plover=SUPPORT F6
         2 2023-01-01 TJK -> AFG coded plover=AID F6
         3 2023-01-01 TJK -> AFG coded plover=CONSULT F6
         {STATEMENT}"
    ))
    .with(trust_machines)
    .between("TJK", "AFG")
    .on("2023-01-01")
    .reads(&[&format!(
        "political strained +2.500 of 8.000/4.000 mixed {SINCE} leads 3 by 1 2 3 9"
    )]);
}

#[test]
fn the_cap_reduces_both_sides_alike() {
    // 8 against 16, reduced to a third, and 4 of people.
    given(&format!(
        "1 2023-01-01 TJK -> AFG coded plover=SUPPORT F6
         2 2023-01-01 TJK -> AFG coded plover=AID F6
         3 2023-01-01 TJK -> AFG coded plover=ASSAULT F6
         4 2023-01-01 TJK -> AFG coded plover=ACCUSE F6
         5 2023-01-01 TJK -> AFG coded plover=SANCTION F6
         6 2023-01-01 TJK -> AFG coded plover=SANCTION cameo=163 F6
         {STATEMENT}"
    ))
    .with(trust_machines)
    .between("TJK", "AFG")
    .on("2023-01-01")
    .reads(&[&format!(
        "political strained -4.166 of 2.667/9.333 {SINCE} leads 6 by 1 2 3 4 5 6 9"
    )]);
}

/// Asserts the warmth of Tajikistan's political conduct, in thousandths, and the events.
#[track_caller]
fn warms(rows: &str, warmth: i64, count: usize) {
    tajikistan(&format!("{rows}\n{STATEMENT}"))
        .on("2023-01-02")
        .then(|state| {
            let political = &state.weighed[Weighed::Political.index()];
            let found = (political.warmth, political.basis.count - 1);
            assert_eq!(found, (warmth, count), "{rows}");
        });
}

#[test]
fn coded_rows_of_one_day_direction_and_code_count_once() {
    warms(
        "1 2023-01-02 TJK -> AFG coded plover=AID cameo=073 F6
         2 2023-01-02 TJK -> AFG coded plover=AID cameo=073 F6",
        120,
        1,
    );
}

#[test]
fn of_duplicate_coded_rows_the_one_with_the_greatest_weight_counts() {
    let weak = "1 2023-01-02 TJK -> AFG coded plover=AID F6";
    warms(
        &format!("{weak}\n2 2023-01-02 TJK -> AFG coded plover=AID B2"),
        3240,
        1,
    );
    // B2 leaves 81 in a hundred, half of A1 fifty.
    warms(
        "1 2023-01-02 TJK -> AFG coded plover=AID B2
         2 2023-01-02 TJK -> AFG coded plover=AID A1 disputed",
        3240,
        1,
    );
}

#[test]
fn coded_rows_of_other_days_directions_or_codes_all_count() {
    warms(
        "1 2023-01-02 TJK -> AFG coded plover=AID cameo=073 F6
         2 2023-01-02 TJK -> AFG coded plover=AID cameo=072 F6
         3 2023-01-01 TJK -> AFG coded plover=AID cameo=073 F6
         4 2023-01-02 AFG -> TJK coded plover=AID cameo=073 F6",
        359,
        3,
    );
}

#[test]
fn a_mutual_coded_row_counts_in_the_direction_in_which_it_is_chosen() {
    let rows = "1 2023-01-02 TJK,AFG coded plover=AID F6
                2 2023-01-02 TJK -> AFG coded plover=AID B2";
    warms(rows, 3240, 1);
    given(&format!(
        "{rows}\n8 2023-01-02 AFG -> TJK statement.critical"
    ))
    .between("AFG", "TJK")
    .on("2023-01-02")
    .then(|state| assert_eq!(state.weighed[0].warmth, 120));
}

//! Corroboration by further publishers.

use super::harness::given;

const REPORTED: &[&str] = &[
    "tick 2023-06-01",
    "1 2023-03-23 TJK -> AFG statement.supportive B3",
];

#[test]
fn the_same_publisher_does_not_corroborate() {
    given(REPORTED)
        .when("100 corroborates 1 B3 in=A_paper")
        .then(&[])
        .corroborated(1, None, "B3 B3 1 1");
}

#[test]
fn another_publisher_raises_the_information_by_a_step() {
    given(REPORTED)
        .corroborated(1, None, "B3 B3 1 1")
        .warmth("2023-03-23", None, 2520)
        .when("100 corroborates 1 B3 in=Reuters")
        .corroborated(1, None, "B2 B3 2 2")
        .warmth("2023-03-23", None, 3240)
        .when("101 corroborates 1 C3 in=reuters.com")
        .corroborated(1, None, "B2 B3 2 2")
        .when("102 corroborates 1 C4 in=TASS")
        .corroborated(1, None, "B1 B3 3 3")
        .warmth("2023-03-23", None, 3600)
        .when("103 retracts 100")
        .corroborated(1, None, "B1 B3 3 3")
        .when("104 retracts 101")
        .corroborated(1, None, "B2 B3 2 2")
        .corroborated(1, Some(3), "B2 B3 2 2")
        .corroborated(1, Some(5), "B1 B3 3 3");
}

#[test]
fn a_publisher_of_a_weak_grade_is_listed_and_does_not_count() {
    given(REPORTED)
        .when("100 corroborates 1 F6 in=Reuters")
        .corroborated(1, None, "B3 B3 2 1")
        .warmth("2023-03-23", None, 2520);
}

#[test]
fn two_outlets_of_one_owner_count_once() {
    given(REPORTED)
        .when("100 corroborates 1 B3 in=Azattyq")
        .when("101 corroborates 1 B3 in=Ozodi")
        .corroborated(1, None, "B2 B3 2 2");
}

#[test]
fn reports_of_linked_events_count_together() {
    given(REPORTED)
        .when("2 2023-03-23 TJK -> AFG statement.supportive B3\n100 corroborates 2 B3 in=AFP")
        .corroborated(1, None, "B3 B3 1 1")
        .corroborated(2, None, "B2 B3 2 2")
        .when("101 links 1 2")
        .corroborated(1, None, "B2 B3 2 2")
        .warmth("2023-03-23", None, 3240)
        .when("102 corroborates 1 B3 in=AP")
        .corroborated(1, None, "B1 B3 3 3")
        .when("103 unlinks 1 2")
        .corroborated(1, None, "B2 B3 2 2")
        .corroborated(2, None, "B2 B3 2 2");
}

#[test]
fn a_correction_that_makes_an_event_invalid_is_ignored() {
    let handed = "1 2023-03-23 TJK -> AFG mission.handed_over mission=consulate host=TJK \
                  sender=AFG city=Khorog controlled_by=TALIBAN";
    let handed_over = || given(&["tick 2023-06-01", handed]);
    handed_over().when("100 corrects 1 clear=host").then(&[]);
    handed_over().when("100 corrects 1 actors=AFG").then(&[]);
}

//! Denials and corrections, by their grades.

use super::harness::{Given, given};
use detente_chronicle::Position;
use detente_domain::event::EventId;
use detente_testkit::notation::{id, number};

const SUPPORT: &[&str] = &[
    "tick 2023-06-01",
    "1 2023-03-23 TJK -> AFG statement.supportive",
];

impl Given {
    /// Asserts the corrections of event 1 that have effect; one that gives the date has a star.
    #[track_caller]
    fn corrections(mut self, known: u64, expected: &[&str]) -> Self {
        let event = EventId(id(1));
        let found = self.chronicle().corrections(event, Position(known));
        let found: Vec<String> = found
            .iter()
            .map(|correction| {
                let star = if correction.gives_date { "*" } else { "" };
                format!("{}{star}", number(correction.record.0))
            })
            .collect();
        assert_eq!(found, expected);
        self
    }
}

#[test]
fn a_denial_takes_away_as_much_as_it_weighs() {
    given(SUPPORT)
        .when("100 disputes 1 AFG C3")
        .warmth("2023-03-23", None, 3020)
        .when("101 disputes 1 UZB A1")
        .then(&["AFG-TJK as before"])
        .warmth("2023-03-23", None, 2000)
        .warmth("2023-03-23", Some(3), 3020)
        .when("102 retracts 101")
        .warmth("2023-03-23", None, 3020)
        .when("103 disputes 1 F6")
        .warmth("2023-03-23", None, 3020);
}

#[test]
fn a_denial_by_the_accused_weighs_little() {
    given(SUPPORT)
        .when("100 disputes 1 TJK")
        .warmth("2023-03-23", None, 3600);
    given(&[
        "90 2021-08-15 TALIBAN authority.changed state=AFG authority=TALIBAN",
        "1 2023-03-23 AFG -> TJK visit.made",
    ])
    .warmth("2023-03-23", None, 2000)
    .when("100 disputes 1 TALIBAN")
    .warmth("2023-03-23", None, 1800)
    .when("101 disputes 1")
    .warmth("2023-03-23", None, 1000);
}

#[test]
fn a_better_report_weakens_a_denial() {
    given(&[
        "tick 2023-06-01",
        "1 2023-03-23 TJK -> AFG statement.supportive C3",
    ])
    .when("100 disputes 1 AFG C3")
    .warmth("2023-03-23", None, 980)
    .when("101 corroborates 1 A1")
    .warmth("2023-03-23", None, 3020);
}

#[test]
fn a_weaker_correction_by_another_publisher_stands_beside() {
    given(SUPPORT)
        .when("100 corrects 1 kind=statement.critical C3 in=Reuters")
        .then(&[])
        .warmth("2023-03-23", None, 4000)
        .corrections(3, &[])
        .when("101 corrects 1 kind=statement.critical C3")
        .warmth("2023-03-23", None, 0)
        .corrections(4, &["101"])
        .corrections(3, &[]);
}

#[test]
fn a_correction_is_compared_with_the_best_report_of_the_event() {
    given(&[
        "tick 2023-06-01",
        "1 2023-03-23 TJK -> AFG statement.supportive C3",
    ])
    .when("100 corrects 1 kind=statement.critical B3 in=Reuters")
    .warmth("2023-03-23", None, 0)
    .when("101 corroborates 1 A1 in=AFP")
    .warmth("2023-03-23", None, 4000)
    .corrections(4, &[])
    .when("102 retracts 101")
    .warmth("2023-03-23", None, 0)
    .corrections(5, &["100"]);
}

#[test]
fn a_coarser_date_does_not_replace_a_finer_one_of_its_grade() {
    given(SUPPORT)
        .when("100 corrects 1 occurred=2023-03")
        .then(&[])
        .warmth("2023-03-01", None, 0)
        .corrections(3, &["100"])
        .when("101 corrects 1 occurred=2023-04-10")
        .warmth("2023-03-23", None, 0)
        .warmth("2023-04-10", None, 4000)
        .when("102 corrects 1 occurred=2023-04-05")
        .warmth("2023-04-05", None, 4000)
        .when("103 corrects 1 occurred=2023")
        .warmth("2023-01-01", None, 0)
        .warmth("2023-04-05", None, 4000)
        .corrections(6, &["100", "101", "102*", "103"]);
}

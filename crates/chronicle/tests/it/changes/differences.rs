//! Differences between two points: first those learned about the first day, then those that
//! happened.

use super::harness::{Given, format_value, given};
use detente_chronicle::{Point, Position};
use detente_domain::fold::{Difference, PointValue};
use detente_domain::relations::{Direction, Pair};
use detente_domain::state::Subject;
use detente_testkit::notation::{day, number, party};

impl Given {
    /// Asserts the differences of Tajikistan's conduct towards Afghanistan between two points, each
    /// a day and a position.
    #[track_caller]
    fn differs(mut self, from: (&str, u64), to: (&str, u64), expected: &[&str]) -> Self {
        let pair = Pair::new(party("AFG"), party("TJK")).unwrap_or_else(|| panic!("no pair"));
        let point = |(on, known): (&str, u64)| Point {
            at: day(on),
            known: Position(known),
        };
        let found: Vec<String> = self
            .chronicle()
            .diff(pair, Direction::Backward, point(from), point(to))
            .iter()
            .map(format_difference)
            .collect();
        assert_eq!(found, expected);
        self
    }
}

fn format_difference(difference: &Difference) -> String {
    let subject = match &difference.subject {
        Subject::Conduct(_, dimension) => dimension.as_str(),
        Subject::Entry(key) => key.register.as_str(),
    };
    let value = |value: &PointValue| {
        let number = value.number;
        let number = number.map_or_else(String::new, |number| format!(" {number}"));
        let mark = if value.disputed { " disputed" } else { "" };
        format!("{}{number}{mark}", format_value(value.held))
    };
    let (from, to) = (value(&difference.from), value(&difference.to));
    let mut text = format!("{subject} {} {from} to {to}", difference.occasion.as_str());
    for cause in &difference.causes {
        text.push_str(&format!(" by {}", number(cause.0)));
    }
    text
}

const HISTORY: &[&str] = &[
    "tick 2023-12-31",
    "1 2023-01-01 TJK -> AFG statement.supportive",
    "2 2023-02-01 TJK -> AFG border.closed",
];

#[test]
fn along_the_valid_clock_things_happen_or_lapse() {
    given(HISTORY)
        .differs(
            ("2023-01-01", 3),
            ("2023-04-11", 3),
            &[
                "political lapsed cooperative 5000 to cooperative 3333",
                "economic happened unknown to strained -3826 by 2",
                "posture happened cooperative 5000 to neutral -564 by 2",
                "borders happened unknown to closed by 2",
            ],
        )
        .differs(("2022-01-01", 3), ("2022-12-31", 3), &[])
        .differs(("2023-01-01", 3), ("2023-01-01", 3), &[]);
}

#[test]
fn along_the_known_clock_things_are_learned() {
    given(HISTORY)
        .differs(
            ("2023-02-01", 2),
            ("2023-02-01", 3),
            &[
                "economic learned unknown to strained -5000 by 2",
                "posture learned cooperative 4465 to neutral -688 by 2",
                "borders learned unknown to closed by 2",
            ],
        )
        .when("100 disputes 2 TALIBAN")
        .differs(
            ("2023-02-01", 3),
            ("2023-02-01", 4),
            &[
                "economic learned strained -5000 to strained -3333 disputed by 2",
                "posture learned neutral -688 to neutral 1329 disputed by 2",
                "borders learned closed to closed disputed by 2",
            ],
        )
        .differs(("2023-01-31", 3), ("2023-01-31", 4), &[]);
}

#[test]
fn a_comparison_along_both_clocks_learns_first() {
    given(HISTORY)
        .when("3 2022-12-31 TJK -> AFG statement.critical")
        .when("4 2023-03-01 TJK -> AFG measure.adopted name=Dams")
        .differs(
            ("2023-01-01", 3),
            ("2023-03-01", 5),
            &[
                "political learned cooperative 5000 to neutral 23 by 3",
                "posture learned cooperative 5000 to neutral 23 by 3",
                "political lapsed neutral 23 to neutral 19",
                "economic happened unknown to strained -4516 by 2",
                "societal happened unknown to strained -5000 by 4",
                "posture happened neutral 23 to strained -4385 by 2 by 4",
                "borders happened unknown to closed by 2",
                "measures happened unknown to in_force by 4",
            ],
        );
}

#[test]
fn a_change_of_authority_is_the_cause_of_what_it_restarts() {
    given(&[
        "80 2001-12-22 AFG-REPUBLIC authority.changed state=AFG authority=AFG-REPUBLIC",
        "tick 2023-12-31",
        "1 2021-01-01 TJK -> AFG recognition.granted of=AFG form=de_jure",
        "90 2021-08-15 TALIBAN authority.changed state=AFG authority=TALIBAN",
    ])
    .differs(
        ("2022-01-01", 3),
        ("2022-01-01", 4),
        &[
            "recognition learned de_jure to unknown by 90",
            "declared learned recognises to unknown by 90",
        ],
    )
    .differs(
        ("2021-08-14", 4),
        ("2021-08-15", 4),
        &[
            "recognition happened de_jure to unknown by 90",
            "declared happened recognises to unknown by 90",
        ],
    );
}

#[test]
fn an_event_that_leaves_the_relation_is_a_cause() {
    given(&[
        "tick 2023-12-31",
        "1 2023-01-01 TJK -> AFG statement.supportive",
    ])
    .when("100 retracts 1")
    .differs(
        ("2023-01-01", 2),
        ("2023-01-01", 3),
        &[
            "political learned cooperative 5000 to unknown by 1",
            "posture learned cooperative 5000 to unknown by 1",
        ],
    );
}

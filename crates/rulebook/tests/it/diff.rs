//! The differences of two rulebook files.

use detente_rulebook::{DEFAULT, EvidenceSummary, differences};

fn described(other: &str) -> Vec<String> {
    let none = || "none".to_owned();
    differences(DEFAULT, other)
        .into_iter()
        .map(|one| {
            let (from, to) = (one.from.unwrap_or_else(none), one.to.unwrap_or_else(none));
            format!("{}: {from} to {to}", one.at)
        })
        .collect()
}

#[test]
fn comments_and_forms_of_a_number_do_not_differ() {
    let other = DEFAULT.replace("damping = 6.0", "damping = 6 # as before");
    assert_eq!(described(&other), Vec::<String>::new());
}

#[test]
fn each_key_that_differs_has_both_values() {
    let other = DEFAULT
        .replace("disputed = 0.5", "disputed = 0.25")
        .replace(
            "[kinds.\"visit.made\"]\npolitical = 2.0",
            "[kinds.\"visit.made\"]\npolitical = 3.5\nsecurity = -0.5",
        )
        .replace("ladder = \"C3\"", "ladder = \"B2\"");
    assert_eq!(
        described(&other),
        [
            "grades.disputed: 0.5 to 0.25",
            "grades.ladder: \"C3\" to \"B2\"",
            "kinds.\"visit.made\".political: 2 to 3.5",
            "kinds.\"visit.made\".security: none to -0.5",
        ]
    );
}

#[test]
fn a_key_affects_the_values_with_its_evidence_and_dimension() {
    let other = DEFAULT
        .replace("source = { A = 1.0, B = 0.9", "source = { A = 1.0, B = 0.8")
        .replace("step = 0.5", "step = 0.6")
        .replace(
            "[kinds.\"visit.made\"]\npolitical = 2.0",
            "[kinds.\"visit.made\"]\npolitical = 3.0",
        )
        .replace("hostile = -6.0", "hostile = -7.0");
    let differences = differences(DEFAULT, &other);
    let evidence = |kind: &'static str, grade: &str| EvidenceSummary {
        kinds: [kind].into(),
        grades: [grade.to_owned()].into(),
        is_disputed: false,
    };
    let affecting = |topic: &str, evidence: &EvidenceSummary| -> Vec<&str> {
        let affect = differences
            .iter()
            .filter(|one| one.affects(topic, evidence));
        affect.map(|one| one.at.as_str()).collect()
    };
    let visit = evidence("visit.made", "B2");
    let all = [
        "grades.source.B",
        "kinds.\"visit.made\".political",
        "levels.hostile",
    ];
    assert_eq!(affecting("political", &visit), all);
    assert_eq!(affecting("posture", &visit), all);
    assert_eq!(
        affecting("security", &visit),
        ["grades.source.B", "levels.hostile"]
    );
    assert_eq!(affecting("threat", &visit), ["grades.source.B"]);
    assert_eq!(
        affecting("political", &evidence("talks.held", "C3")),
        ["levels.hostile"]
    );
    assert_eq!(affecting("missions", &visit), Vec::<&str>::new());
}

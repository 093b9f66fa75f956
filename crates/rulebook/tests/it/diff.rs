//! The differences of two rulebook files.

use detente_rulebook::{EvidenceSummary, KeyDifference, differences};

use crate::example::{edited, example};

fn described(other: &str) -> Vec<String> {
    let none = || "none".to_owned();
    differences(&example(), other)
        .into_iter()
        .map(|one| {
            let (from, to) = (one.from.unwrap_or_else(none), one.to.unwrap_or_else(none));
            format!("{}: {from} to {to}", one.at)
        })
        .collect()
}

fn evidence(kind: &'static str, grade: &str) -> EvidenceSummary {
    EvidenceSummary {
        kinds: [kind].into(),
        grades: [grade.to_owned()].into(),
        is_disputed: false,
    }
}

/// Returns the paths of the differences that affect a topic with its evidence.
fn affecting<'d>(
    differences: &'d [KeyDifference],
    topic: &str,
    evidence: &EvidenceSummary,
) -> Vec<&'d str> {
    let affect = differences
        .iter()
        .filter(|one| one.affects(topic, evidence));
    affect.map(|one| one.at.as_str()).collect()
}

#[test]
fn comments_and_forms_of_a_number_do_not_differ() {
    let other = edited(&[("damping = 6.0", "damping = 6 # as before")]);
    assert_eq!(described(&other), Vec::<String>::new());
    let other = edited(&[(
        "when.stance.hostile = { political = -1.0 }",
        "[kinds.\"policy.held\".when.stance.hostile]\npolitical = -1",
    )]);
    assert_eq!(described(&other), Vec::<String>::new());
}

#[test]
fn each_key_that_differs_has_both_values() {
    let other = edited(&[
        ("disputed = 0.5", "disputed = 0.25"),
        ("words = 270", "words = 365"),
        (
            "[kinds.\"visit.made\"]\npolitical = 2.0",
            "[kinds.\"visit.made\"]\npolitical = 3.5\nsecurity = -0.5",
        ),
        ("ladder = \"C3\"", "ladder = \"B2\""),
        (
            "floor = { security = \"cooperative\", ",
            "floor = { security = \"close\", ",
        ),
        ("major]\nsecurity = -5.0", "major]\nsecurity = -5.5"),
    ]);
    assert_eq!(
        described(&other),
        [
            "grades.disputed: 0.5 to 0.25",
            "grades.ladder: \"C3\" to \"B2\"",
            "kinds.\"force.used\".when.severity.major.security: -5 to -5.5",
            "kinds.\"visit.made\".political: 2 to 3.5",
            "kinds.\"visit.made\".security: none to -0.5",
            "memory.words: 270 to 365",
            "organisations.limits.NATO.floor.security: \"cooperative\" to \"close\"",
        ]
    );
}

#[test]
fn a_key_affects_the_values_with_its_evidence_and_dimension() {
    let other = edited(&[
        ("source = { A = 1.0, B = 0.9", "source = { A = 1.0, B = 0.8"),
        ("step = 0.5", "step = 0.6"),
        (
            "[kinds.\"visit.made\"]\npolitical = 2.0",
            "[kinds.\"visit.made\"]\npolitical = 3.0",
        ),
        ("hostile = -6.0", "hostile = -7.0"),
    ]);
    let differences = differences(&example(), &other);
    let affecting =
        |topic: &str, evidence: &EvidenceSummary| affecting(&differences, topic, evidence);
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
    // Grades decide which of two reports of one day a register takes.
    assert_eq!(affecting("missions", &visit), ["grades.source.B"]);
}

#[test]
fn memory_and_severity_affect_the_kinds_that_use_them() {
    let other = edited(&[
        ("words = 270", "words = 365"),
        ("force = 3652", "force = 3000"),
        ("major = 2.5", "major = 3.0"),
        (
            "economic = -2.0\nmemory = \"acts\"",
            "economic = -2.0\nmemory = \"force\"",
        ),
    ]);
    let differences = differences(&example(), &other);
    let affecting = |topic, kind| affecting(&differences, topic, &evidence(kind, "B2"));
    assert_eq!(
        affecting("political", "visit.made"),
        ["memory.words", "severity.major"]
    );
    assert_eq!(affecting("security", "force.used"), ["memory.force"]);
    assert_eq!(
        affecting("economic", "sanction.imposed"),
        [
            "kinds.\"sanction.imposed\".memory",
            "memory.force",
            "severity.major"
        ]
    );
    assert_eq!(
        affecting("sanctions", "sanction.imposed"),
        Vec::<&str>::new()
    );
}

#[test]
fn limits_affect_their_dimension_and_the_posture() {
    let other = edited(&[
        (
            "ceiling = { security = \"strained\" }\ndays = 90",
            "days = 99",
        ),
        (
            "security = \"hostile\", posture = \"hostile\" }\ndays = 180",
            "posture = \"hostile\" }\ndays = 170",
        ),
        (
            "counts = { casualties = { serious = 1",
            "counts = { casualties = { serious = 2",
        ),
        ("breaks_at = 3.0", "breaks_at = 4.0"),
        ("security_lead = 4.0", "security_lead = 3.0"),
        ("stale_days = 1825", "stale_days = 1800"),
    ]);
    let differences = differences(&example(), &other);
    let affecting = |topic, kind| affecting(&differences, topic, &evidence(kind, "B2"));
    let force = |key: &str| format!("kinds.\"force.used\".{key}");
    let [ceiling, counts, days, major, major_days] = [
        "ceiling.security",
        "counts.casualties.serious",
        "days",
        "when.severity.major.ceiling.security",
        "when.severity.major.days",
    ]
    .map(force);
    let stale = "dimensions.security.stale_days";
    let expected = [
        stale,
        "floors.breaks_at",
        &ceiling,
        &counts,
        &days,
        &major,
        &major_days,
    ];
    assert_eq!(affecting("security", "force.used"), expected);
    let posture = [&expected[..], &["posture.security_lead"]].concat();
    assert_eq!(affecting("posture", "force.used"), posture);
    let political = ["floors.breaks_at", &counts, &days, &major_days];
    assert_eq!(affecting("political", "force.used"), political);
    assert_eq!(affecting("threat", "force.used"), [&counts]);
    assert_eq!(affecting("economic", "visit.made"), ["floors.breaks_at"]);
}

//! Probable mistakes are warned of, with their lines.

use detente_rulebook::{DEFAULT, examine};

use crate::example::{edited, example, join};

/// Returns the paths of the warnings about a text that has no errors.
#[track_caller]
fn warned(text: &str) -> Vec<String> {
    let examined = examine(text.as_bytes());
    assert!(examined.rules.is_some(), "{}", join(&examined.problems));
    assert!(examined.warnings.iter().all(|one| one.line.is_some()));
    examined.warnings.into_iter().map(|one| one.at).collect()
}

#[test]
fn the_example_is_not_warned_of() {
    assert_eq!(warned(&example()), Vec::<String>::new());
}

#[test]
fn a_changed_rulebook_needs_a_version_of_its_own() {
    let text = format!("{DEFAULT}\n# changed\n");
    assert_eq!(warned(&text), ["version"]);
}

#[test]
fn odd_numbers_are_warned_of() {
    let text = edited(&[
        ("words = 270", "words = 5"),
        ("C = 0.7", "C = 0.95"),
        ("ladder = \"C3\"", "ladder = \"F6\""),
        ("disputed = 0.5", "disputed = 0"),
        ("accused = 0.2", "accused = 0.9"),
        ("share = 0.3", "share = 0"),
        ("societal = 0.3", "societal = 0"),
        ("breaks_at = 3.0", "breaks_at = 0"),
        ("step = 0.5", "step = 0"),
        ("via = 0.3", "via = 0"),
    ]);
    assert_eq!(
        warned(&text),
        [
            "memory.words",
            "grades.source.C",
            "grades.ladder",
            "grades.disputed",
            "grades.accused",
            "machine.share",
            "posture.weights.societal",
            "floors.breaks_at",
            "trajectory.step",
            "organisations.via",
        ]
    );
}

#[test]
fn light_evidence_that_outlasts_heavier_is_warned_of() {
    let text = edited(&[
        ("words = 270", "words = 3000"),
        ("acts = 730", "acts = 3000"),
    ]);
    assert_eq!(warned(&text), Vec::<String>::new());
    let text = edited(&[
        ("force = 3652", "force = 100"),
        ("acts = 730", "acts = 200"),
    ]);
    assert_eq!(warned(&text), ["memory.words", "memory.acts"]);
    let text = edited(&[("force = 3652", "force = 3660")]);
    assert_eq!(warned(&text), ["memory.force"]);
}

#[test]
fn odd_rules_of_kinds_are_warned_of() {
    let war = "ceiling = { security = \"hostile\", posture = \"hostile\" }\nmemory";
    let text = edited(&[
        (
            "[kinds.\"visit.made\"]\npolitical = 2.0\nmutual = 0.8\ncontact = true\n\
          when.level.head_of_state = { political = 3.0 }",
            "[kinds.\"visit.made\"]\nmutual = 0.8",
        ),
        (war, "ceiling = { posture = \"hostile\" }\nmemory"),
        (
            "[kinds.\"mission.observed\"]\n",
            "[kinds.\"mission.observed\"]\npolitical = 1\n",
        ),
        (
            "[kinds.\"threat.made\"]\n",
            "[kinds.\"threat.made\"]\ndays = 3\nwhen.severity.minor = {}\n",
        ),
        (
            "[kinds.\"border.closed\"]\npolitical = 0.1",
            "[kinds.\"border.closed\"]",
        ),
    ]);
    let mut warned = warned(&text);
    warned.sort_unstable();
    assert_eq!(
        warned,
        [
            "kinds.\"mission.observed\"",
            "kinds.\"threat.made\".days",
            "kinds.\"threat.made\".when.severity.minor",
            "kinds.\"visit.made\"",
            "kinds.\"visit.made\".mutual",
            "kinds.\"war.began\".ceiling.security",
        ]
    );
}

#[test]
fn limits_without_effect_or_against_severity_are_warned_of() {
    let text = edited(&[
        (
            "posture = \"hostile\" }\ndays = 180",
            "posture = \"hostile\" }\ndays = 0",
        ),
        (
            "[kinds.\"membership.joined\"]\n",
            "[kinds.\"membership.joined\"]\nfloor.security = \"neutral\"\n",
        ),
    ]);
    assert_eq!(
        warned(&text),
        [
            "kinds.\"membership.joined\"",
            "kinds.\"force.used\".when.severity.major",
        ]
    );
}

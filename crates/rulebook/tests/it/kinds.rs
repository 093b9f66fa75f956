//! Problems of the rules of kinds name their lines, what was given and what is allowed.

use detente_rulebook::{Problem, parse};

use crate::example::{edited, join, with};

/// Expects one problem: at a path below a kind, with a given text, containing a part.
#[track_caller]
fn refused(text: &str, kind: &str, at: &str, given: Option<&str>, part: &str) -> Problem {
    let problems = parse(text).err().unwrap_or_default();
    let [problem] = problems.as_slice() else {
        panic!("not one problem:\n{}", join(&problems));
    };
    assert_eq!(problem.at, format!("kinds.{kind:?}.{at}"), "{problem}");
    assert_eq!(problem.given.as_deref(), given, "{problem}");
    assert!(problem.problem.contains(part), "{problem}");
    let place = problem.line.and_then(|line| line.checked_sub(1));
    let line = place.and_then(|place| text.lines().nth(place));
    let expected = given.unwrap_or_default();
    assert!(
        line.is_some_and(|line| line.contains(expected)),
        "{problem}"
    );
    assert!(problem.why.is_some(), "{problem}");
    problem.clone()
}

/// The kind has one more line, which is refused.
#[track_caller]
fn line_refused(kind: &str, line: &str, at: &str, given: &str, part: &str) -> Problem {
    refused(&with(kind, line), kind, at, Some(given), part)
}

#[test]
fn keys_and_words_that_are_not_known_are_refused() {
    let claimed = "threat.made";
    line_refused(
        claimed,
        "memroy = \"acts\"",
        "memroy",
        "memroy",
        "allowed: memory",
    );
    let part = "this word is not known; allowed: words, acts, force";
    let problem = line_refused(claimed, "memory = \"long\"", "memory", "\"long\"", part);
    assert_eq!(problem.allowed, Some("words, acts or force"));
    line_refused(claimed, "memory = 3", "memory", "3", "a text in quotes");
    line_refused(claimed, "threat = 4.0", "threat", "4.0", "below 0");
    line_refused(
        claimed,
        "security = -101",
        "security",
        "-101",
        "at most 100",
    );
}

#[test]
fn levels_that_are_not_known_are_refused() {
    let kind = "sanction.eased";
    let line = "days = 9\nfloor = { security = \"closed\" }";
    let problem = line_refused(kind, line, "floor.security", "\"closed\"", "allowed: close");
    assert!(
        problem
            .allowed
            .is_some_and(|allowed| allowed.contains("strained"))
    );
    let line = "days = 9\nfloor = { security = \"high\" }";
    let part = "allowed: hostile, strained, neutral, cooperative, close";
    line_refused(kind, line, "floor.security", "\"high\"", part);
    let line = "days = 9\nceiling = { threat = \"close\" }";
    line_refused(kind, line, "ceiling.threat", "threat", "not known");
    let problems = parse(with(kind, "days = 9\nceiling_back = \"close\"")).expect_err("is wrong");
    assert!(join(&problems).contains("ceiling_back: this must be a table"));
}

#[test]
fn details_and_words_that_a_kind_does_not_take_are_refused() {
    let kind = "policy.held";
    let line = "when.stanse.hostile = { political = -1 }";
    line_refused(kind, line, "when.stanse", "stanse", "allowed: stance");
    let line = "when.severity.major = { political = -1 }";
    line_refused(kind, line, "when.severity", "severity", "allowed: stance");
    let text = edited(&[("when.stance.hostile", "when.stance.hostle")]);
    let at = "when.stance.hostle";
    refused(&text, kind, at, Some("hostle"), "allowed: hostile");
    let line = "when.stance.hostile.mutual = 0.5";
    let text = edited(&[("when.stance.hostile = { political = -1.0 }", line)]);
    let at = "when.stance.hostile.mutual";
    refused(&text, kind, at, Some("mutual"), "not known");
    let line = "when.severity.major = { political = 1 }";
    let part = "border.closed has no detail with a list of words";
    line_refused("border.closed", line, "when", "when", part);
}

#[test]
fn a_counted_severity_has_variants_too() {
    let counts = "counts.casualties = { serious = 10, major = 1000 }";
    let lines = format!("{counts}\nwhen.severity.major = {{ security = -9 }}");
    let rules = parse(with("war.began", &lines));
    assert!(rules.is_ok(), "{}", join(&rules.unwrap_err()));
}

#[test]
fn days_belong_to_limits_of_kinds_without_an_entry() {
    let part = "hold while its entry stands";
    line_refused("war.began", "days = 90", "days", "90", part);
    let line = "when.obligation.neutrality = { days = 90 }";
    let at = "when.obligation.neutrality.days";
    line_refused("alliance.formed", line, at, "90", part);
    let text = with("sanction.eased", "ceiling = { economic = \"close\" }");
    let part = "this number is missing: the days";
    refused(&text, "sanction.eased", "days", None, part);
    let line = "when.severity.major.ceiling = { security = \"hostile\" }";
    let text = with("threat.made", line);
    refused(&text, "threat.made", "when.severity.major.days", None, part);
    let text = edited(&[("days = 90\n[kinds", "days = 36526\n[kinds")]);
    refused(&text, "force.used", "days", Some("36526"), "0 to 36525");
}

#[test]
fn a_floor_above_its_ceiling_is_refused() {
    let part = "the floor is close, above the ceiling of the rule, hostile";
    let line = "floor = { posture = \"close\" }";
    line_refused("war.began", line, "floor.posture", "\"close\"", part);
    let line = "when.obligation.consultation.ceiling = { political = \"hostile\" }";
    let at = "when.obligation.consultation.ceiling.political";
    let part = "the floor is neutral, above the ceiling of the rule, hostile";
    line_refused("alliance.formed", line, at, "\"hostile\"", part);
}

#[test]
fn factors_that_fall_are_refused() {
    let text = edited(&[("minor = 0.3, major = 3.0", "major = 0.9")]);
    let part = "the factor of serious is above that of major";
    refused(&text, "force.used", "severity.major", Some("0.9"), part);
    let text = edited(&[("minor = 0.3, major = 3.0", "minor = 1.5")]);
    let part = "the factor of minor is above that of serious";
    let problem = refused(&text, "force.used", "severity.minor", Some("1.5"), part);
    assert!(
        problem
            .allowed
            .is_some_and(|allowed| allowed.contains("[severity]"))
    );
    let line = "severity = { major = 2 }";
    let part = "border.closed has no detail severity, and counts none";
    line_refused("border.closed", line, "severity", "severity", part);
}

#[test]
fn counts_of_no_such_detail_are_refused() {
    let counts = "counts = { casualties = { serious = 1, major = 25 } }";
    let text = |to: &str| edited(&[(counts, to)]);
    let kind = "force.used";
    let other = text("counts = { people = { serious = 1, major = 25 } }");
    let part = "allowed: casualties";
    refused(&other, kind, "counts.people", Some("people"), part);
    let falls = text("counts = { casualties = { serious = 30, major = 25 } }");
    let part = "the count of major is below that of serious, 30";
    refused(&falls, kind, "counts.casualties.major", Some("25"), part);
    let half = text("counts = { casualties = { serious = 0.5, major = 25 } }");
    let at = "counts.casualties.serious";
    refused(&half, kind, at, Some("0.5"), "whole number");
    let problems = parse(text("counts = {}")).expect_err("is wrong");
    let found = join(&problems);
    assert!(
        found.contains("one detail is needed here: casualties"),
        "{found}"
    );
    let one = "{ serious = 1, major = 2 }";
    let two = format!("counts = {{ people = {one}, casualties = {one} }}");
    let problems = join(&parse(with("arrest.made", &two)).expect_err("is wrong"));
    assert!(problems.contains("only one detail"), "{problems}");
    let line = format!("counts = {{ people = {one} }}");
    let part = "border.closed has no detail that is a number";
    line_refused("border.closed", &line, "counts", "counts", part);
}

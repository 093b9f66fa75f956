//! Problems of the sections other than the kinds name their lines.

use detente_rulebook::{examine, parse};

use crate::example::{edited, example, join};

/// Edits the example and expects one problem: at a path, with a given text, containing a part.
#[track_caller]
fn refused(replacement: (&str, &str), at: &str, given: Option<&str>, part: &str) {
    let text = edited(&[replacement]);
    let problems = parse(&text).err().unwrap_or_default();
    let [problem] = problems.as_slice() else {
        panic!("not one problem:\n{}", join(&problems));
    };
    assert_eq!(problem.at, at, "{problem}");
    assert_eq!(problem.given.as_deref(), given, "{problem}");
    assert!(problem.problem.contains(part), "{problem}");
    let place = problem.line.and_then(|line| line.checked_sub(1));
    let line = place.and_then(|place| text.lines().nth(place));
    let line = line.unwrap_or_default();
    assert!(line.contains(given.unwrap_or("[")), "{problem}: {line}");
    assert!(problem.why.is_some(), "{problem}");
}

#[test]
fn memory_is_refused() {
    let zero = ("words = 270", "words = 0");
    refused(zero, "memory.words", Some("0"), "1 to 36525");
    let unknown = ("acts = 730", "acts = 730\nact = 7");
    refused(unknown, "memory.act", Some("act"), "allowed: acts");
    let missing = ("force = 3652\n", "");
    refused(missing, "memory.force", None, "missing");
}

#[test]
fn dimensions_and_posture_are_refused() {
    let zero = ("damping = 7.5", "damping = 0");
    let at = "dimensions.security.damping";
    refused(zero, at, Some("0"), "greater than 0");
    let part = ("stale_days = 1825", "stale_days = 0.5");
    let at = "dimensions.security.stale_days";
    refused(part, at, Some("0.5"), "whole number");
    let removed = ("damping = 7.5", "damping = 7.5\nhalf_life_days = 100");
    let at = "dimensions.security.half_life_days";
    refused(removed, at, Some("half_life_days"), "not known");
    let zero = ("damping = 6.5", "damping = 0.0");
    refused(zero, "posture.damping", Some("0.0"), "greater than 0");
    let below = ("security_lead = 4.0", "security_lead = -1");
    refused(below, "posture.security_lead", Some("-1"), "below 0");
    let large = ("security = 2,", "security = 101,");
    refused(
        large,
        "posture.weights.security",
        Some("101"),
        "at most 100",
    );
}

#[test]
fn a_posture_of_nothing_is_refused() {
    let weights = "political = 1, security = 2, economic = 0.6, humanitarian = 0.4, \
                   societal = 0.3, threat = 0.4";
    let none = "political = 0, security = 0, economic = 0, humanitarian = 0, societal = 0, \
                threat = 0";
    let problems = parse(edited(&[(weights, none)])).expect_err("is wrong");
    let found = join(&problems);
    assert!(found.contains("gives no dimension any weight"), "{found}");
    assert!(problems.iter().all(|one| one.line.is_some()), "{found}");
}

#[test]
fn grades_and_floors_are_refused() {
    let large = ("accused = 0.2", "accused = 1.2");
    refused(large, "grades.accused", Some("1.2"), "at most 1");
    let large = ("disputed = 0.5", "disputed = 1.5");
    refused(large, "grades.disputed", Some("1.5"), "at most 1");
    let below = ("breaks_at = 3.0", "breaks_at = -3.0");
    refused(below, "floors.breaks_at", Some("-3.0"), "below 0");
    let wide = ("hysteresis = 0.5", "hysteresis = 9.0");
    refused(wide, "levels", None, "must ascend");
}

#[test]
fn severity_that_falls_is_refused() {
    let falls = ("minor = 0.4", "minor = 1.4");
    let part = "the factor of minor is above that of serious";
    refused(falls, "severity.serious", Some("1.0"), part);
    let large = ("major = 2.5", "major = 10.5");
    refused(large, "severity.major", Some("10.5"), "at most 10");
    let missing = ("serious = 1.0\n", "");
    refused(missing, "severity.serious", None, "missing");
}

#[test]
fn what_is_no_organisation_is_refused() {
    let nato = "[organisations.limits.NATO]";
    let state = (nato, "[organisations.limits.FRA]");
    let part = "FRA is not an organisation; its kind is state";
    refused(state, "organisations.limits.FRA", Some("FRA"), part);
    let slip = (nato, "[organisations.limits.NAT0]");
    refused(
        slip,
        "organisations.limits.NAT0",
        Some("NAT0"),
        "similar: NATO",
    );
    let small = (nato, "[organisations.limits.nato]");
    refused(
        small,
        "organisations.limits.nato",
        Some("nato"),
        "similar: NATO",
    );
    let days = (nato, &*format!("{nato}\ndays = 3"));
    let at = "organisations.limits.NATO.days";
    refused(days, at, Some("days"), "allowed: ceiling, floor");
    let above = (
        nato,
        &*format!("{nato}\nceiling = {{ security = \"strained\" }}"),
    );
    let at = "organisations.limits.NATO.floor.security";
    let part = "the floor is cooperative, above the ceiling of the rule, strained";
    refused(above, at, Some("\"cooperative\""), part);
    let share = ("via = 0.3", "via = 3");
    refused(share, "organisations.via", Some("3"), "at most 1");
}

#[test]
fn every_problem_has_its_line() {
    let edits = [
        ("step = 0.5", "step = 0.5\nstpe = 1"),
        ("damping = 7.5", "damping = 0"),
        (
            "[kinds.\"visit.made\"]\npolitical = 2.0",
            "[kinds.\"visit.made\"]\npolitical = 1e3",
        ),
        ("ladder = \"C3\"", "ladder = \"Z9\""),
        ("[kinds.\"aid.pledged\"]", "[kinds.\"aid.plegded\"]"),
    ];
    let text = edited(&edits);
    let problems = parse(&text).expect_err("is wrong");
    for (at, start, part) in [
        (
            "dimensions.security.damping",
            "damping = 0",
            "greater than 0",
        ),
        ("trajectory.stpe", "stpe", "allowed: step"),
        (
            "kinds.\"visit.made\".political",
            "political = 1e3",
            "three decimals",
        ),
        ("grades.ladder", "ladder", "A-F"),
        (
            "kinds.\"aid.plegded\"",
            "[kinds.\"aid.plegded\"]",
            "allowed: aid.pledged",
        ),
    ] {
        let found = problems.iter().find(|problem| problem.at == at);
        let Some(found) = found else {
            panic!("no {at} in:\n{}", join(&problems))
        };
        assert!(found.problem.contains(part), "{found}");
        let line = text.lines().position(|line| line.starts_with(start));
        assert_eq!(found.line, line.map(|line| line + 1), "{found}");
    }
    let missing = problems
        .iter()
        .find(|problem| problem.at == "kinds.\"aid.pledged\"");
    assert!(missing.is_some_and(|problem| problem.problem.contains("missing")));
    assert_eq!(problems.len(), 6, "{}", join(&problems));
}

#[test]
fn problems_of_corroboration_are_reported() {
    let steps = "steps = [2, 4]";
    let text = edited(&[(steps, "steps = [4, 2]")]).replace("counts = \"C3\"", "counts = \"3C\"");
    let problems = join(&parse(&text).expect_err("is wrong"));
    assert!(
        problems.contains("corroboration.counts: a grade is"),
        "{problems}"
    );
    let problems = join(&parse(edited(&[(steps, "steps = [4, 2]")])).expect_err("is wrong"));
    assert!(problems.contains("must ascend, from 2 on"), "{problems}");
    let problems = join(&parse(edited(&[(steps, "steps = [1, 2.5]")])).expect_err("is wrong"));
    assert!(
        problems.contains("a list of whole numbers, 2 to 1000"),
        "{problems}"
    );
}

#[test]
fn each_problem_has_its_column_the_given_text_and_a_reason() {
    let text = edited(&[
        ("damping = 7.5", "damping = \"six\""),
        ("B = 0.9", "B = 1.9"),
        ("\ndays = 90\nstep", "\ndyas = 90\nstep"),
    ]);
    let problems = examine(text.as_bytes()).problems;
    let found: Vec<_> = problems
        .iter()
        .map(|one| (one.at.as_str(), one.column, one.given.as_deref()))
        .collect();
    assert_eq!(
        found,
        [
            ("grades.source.B", Some(25), Some("1.9")),
            ("dimensions.security.damping", Some(11), Some("\"six\"")),
            ("trajectory.days", Some(2), None),
            ("trajectory.dyas", Some(1), Some("dyas")),
        ],
        "{}",
        join(&problems)
    );
    assert!(problems.iter().all(|one| one.why.is_some()));
}

#[test]
fn removed_and_unknown_sections_are_refused() {
    let text = example().replace("[severity]", "[severities]");
    let problems = join(&parse(text).expect_err("is wrong"));
    assert!(problems.contains("allowed: severity"), "{problems}");
    assert!(
        problems.contains("severity: this table is missing"),
        "{problems}"
    );
}

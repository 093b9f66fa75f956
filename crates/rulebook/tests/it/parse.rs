//! The default rulebook parses; problems of others name their lines.

use detente_domain::details::PLOVER;
use detente_domain::dimension::Weighed;
use detente_domain::kind::Kind;
use detente_domain::level::{Bound, Level, judge};
use detente_domain::rulebook::Weight;

use detente_rulebook::{DEFAULT, Problem, default_rulebook, examine, parse, projection_id};

#[test]
fn the_default_has_no_faults() {
    let rules = default_rulebook().unwrap_or_else(|problems| panic!("{}", join(&problems)));
    assert!(rules.faults().is_empty());
    assert_eq!(rules.kinds.len(), Kind::ALL.len());
    assert_eq!(rules.coded.len(), PLOVER.len());
    let visit = rules.kind(Kind::VisitMade);
    let political = visit.weights[Weighed::Political.index()];
    assert_eq!(
        political,
        Weight {
            warmth: 2000,
            strain: 0
        }
    );
    assert_eq!((visit.mutual, visit.contact), (800, true));
    let attack = rules.kind(Kind::AttackOccurred).weights[Weighed::Threat.index()];
    assert_eq!(
        attack,
        Weight {
            warmth: 0,
            strain: 4000
        }
    );
    assert_eq!((rules.source[0], rules.information[5]), (1000, 500));
    assert_eq!(rules.ladder.to_string(), "C3");
    assert_eq!(rules.corroboration.steps, [2, 4]);
    assert_eq!(rules.corroboration.ceiling, [0, 0, 1, 5, 5, 5]);
    assert_eq!(rules.dimension(Weighed::Political).half_life_days, 180);
    assert_eq!(rules.trajectory_days, 90);
}

#[test]
fn levels_are_entered_at_the_bound_and_left_past_the_margin() {
    let rules = default_rulebook().expect("reads");
    let at = |from: Option<Level>, value| {
        let from = from.and_then(|from| Level::ALL.iter().position(|level| *level == from));
        Level::ALL[judge(&rules.levels, from, value)]
    };
    assert_eq!(at(Some(Level::Neutral), 2000), Level::Cooperative);
    assert_eq!(at(Some(Level::Cooperative), 1500), Level::Cooperative);
    assert_eq!(at(Some(Level::Cooperative), 1499), Level::Neutral);
    assert_eq!(at(Some(Level::Neutral), -2001), Level::Strained);
    assert_eq!(at(Some(Level::Strained), -1501), Level::Strained);
    assert_eq!(at(Some(Level::Strained), -1500), Level::Neutral);
    assert_eq!(
        rules.threat[1],
        Bound {
            at: 3000,
            margin_up: 0,
            margin_down: 300
        }
    );
}

#[test]
fn every_problem_has_its_line() {
    let text = DEFAULT
        .replace("half_life_days = 270", "half_life_days = 0")
        .replace("step = 0.5", "step = 0.5\nstpe = 1")
        .replace(
            "half_life_days = 365 # projects and trade move slowly\ndamping = 6.0",
            "half_life_days = 365\ndamping = 0",
        )
        .replace(
            "[kinds.\"visit.made\"]\npolitical = 2.0",
            "[kinds.\"visit.made\"]\npolitical = 1e3",
        )
        .replace("threat = -4.0", "threat = 4.0")
        .replace("ladder = \"C3\"", "ladder = \"Z9\"")
        .replace("[kinds.\"aid.pledged\"]", "[kinds.\"aid.plegded\"]");
    let problems = parse(&text).expect_err("is wrong");
    let line = |start: &str| {
        let place = text.lines().position(|line| line.starts_with(start));
        place.map(|place| place + 1)
    };
    for (at, start, part) in [
        (
            "dimensions.security.half_life_days",
            "half_life_days = 0",
            "1 to 36525",
        ),
        (
            "dimensions.economic.damping",
            "damping = 0",
            "greater than 0",
        ),
        ("trajectory.stpe", "stpe", "allowed: step"),
        (
            "kinds.\"visit.made\".political",
            "political = 1e3",
            "three decimals",
        ),
        (
            "kinds.\"attack.occurred\".threat",
            "threat = 4.0",
            "below 0",
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
        assert_eq!(found.line, line(start), "{found}");
    }
    let missing = problems
        .iter()
        .find(|problem| problem.at == "kinds.\"aid.pledged\"");
    assert!(missing.is_some_and(|problem| problem.problem.contains("missing")));
    assert_eq!(problems.len(), 8, "{}", join(&problems));
}

#[test]
fn faults_found_by_the_domain_have_lines() {
    let text = DEFAULT
        .replace("hysteresis = 0.5", "hysteresis = 9.0")
        .replace("disputed = 0.5", "disputed = 1.5")
        .replace("political = 6.0", "political = 101.0");
    let no_posture: String = text
        .lines()
        .map(|line| {
            if line.starts_with("posture") {
                "posture = 0\n".to_owned()
            } else {
                format!("{line}\n")
            }
        })
        .collect();
    let problems = parse(&no_posture).expect_err("is wrong");
    assert!(
        problems.iter().all(|problem| problem.line.is_some()),
        "{}",
        join(&problems)
    );
    let at: Vec<&str> = problems.iter().map(|problem| problem.at.as_str()).collect();
    let weight = "kinds.\"recognition.granted\".political";
    assert_eq!(at, ["grades.disputed", "dimensions", "levels", weight]);
}

#[test]
fn invalid_toml_and_utf8_have_lines() {
    let problems = parse("version = \"1\"\nversion = \"2\"\n").expect_err("is given twice");
    assert_eq!(problems[0].line, Some(2));
    let problems = parse(b"version = \"1\"\n# \xFF\n").expect_err("is not UTF-8");
    assert_eq!(problems[0].to_string(), "line 2: the text is not UTF-8");
}

#[test]
fn an_empty_file_lacks_every_section() {
    let problems = parse("").expect_err("is empty");
    assert_eq!(problems.len(), 11, "{}", join(&problems));
}

#[test]
fn a_projection_id_depends_on_every_byte() {
    let id = projection_id(DEFAULT.as_bytes());
    assert_eq!(id.len(), 12);
    assert!(id.bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert_eq!(id, projection_id(DEFAULT.as_bytes()));
    assert_ne!(id, projection_id(format!("{DEFAULT} ").as_bytes()));
}

fn join(problems: &[Problem]) -> String {
    problems
        .iter()
        .map(|problem| format!("{problem}\n"))
        .collect()
}

#[test]
fn problems_of_corroboration_are_reported() {
    let text = DEFAULT
        .replace("steps = [2, 4]", "steps = [4, 2]")
        .replace("counts = \"C3\"", "counts = \"3C\"");
    let problems = join(&parse(&text).expect_err("is wrong"));
    assert!(
        problems.contains("corroboration.counts: a grade is"),
        "{problems}"
    );
    let text = DEFAULT.replace("steps = [2, 4]", "steps = [4, 2]");
    let problems = join(&parse(&text).expect_err("is wrong"));
    assert!(problems.contains("must ascend, from 2 on"), "{problems}");
    let text = DEFAULT.replace("steps = [2, 4]", "steps = [1, 2.5]");
    let problems = join(&parse(&text).expect_err("is wrong"));
    assert!(
        problems.contains("a list of whole numbers, 2 to 1000"),
        "{problems}"
    );
}

#[test]
fn each_problem_has_its_column_the_given_text_and_a_reason() {
    let text = DEFAULT
        .replace(
            "damping = 6.0\nposture = 0.6",
            "damping = \"six\"\nposture = 0.6",
        )
        .replace("B = 0.9", "B = 1.9")
        .replace("hostile = -6.0", "hostile = 6.0")
        .replace("days = 90", "dyas = 90");
    let problems = examine(text.as_bytes()).problems;
    let found: Vec<_> = problems
        .iter()
        .map(|one| (one.at.as_str(), one.column, one.given.as_deref()))
        .collect();
    assert_eq!(
        found,
        [
            ("grades.source.B", Some(25), Some("1.9")),
            ("dimensions.economic.damping", Some(11), Some("\"six\"")),
            ("trajectory.days", Some(2), None),
            ("trajectory.dyas", Some(1), Some("dyas")),
        ],
        "{}",
        join(&problems)
    );
    assert!(problems.iter().all(|one| one.why.is_some()));
}

#[test]
fn broken_lines_and_certain_problems_are_all_reported() {
    let text = DEFAULT
        .replace("hostile = -6.0", "hostile = -6,0")
        .replace("step = 0.5", "step = half")
        .replace("B = 0.9", "B = 1.9");
    let problems = examine(text.as_bytes()).problems;
    let at: Vec<&str> = problems.iter().map(|one| one.at.as_str()).collect();
    assert_eq!(at, ["grades.source.B", "", ""], "{}", join(&problems));
}

#[test]
fn probable_mistakes_are_warned_of() {
    assert_eq!(examine(DEFAULT.as_bytes()).warnings, []);
    let text = DEFAULT
        .replace("ladder = \"C3\"", "ladder = \"F6\"")
        .replace("C = 0.7", "C = 0.95")
        .replace("share = 0.3", "share = 0")
        .replace("half_life_days = 270", "half_life_days = 3")
        .replace("step = 0.5", "step = 0")
        .replace(
            "[kinds.\"policy.held\"]\npolitical = 1.0",
            "[kinds.\"policy.held\"]",
        );
    let examined = examine(text.as_bytes());
    assert!(examined.rules.is_some(), "{}", join(&examined.problems));
    let at: Vec<&str> = examined
        .warnings
        .iter()
        .map(|one| one.at.as_str())
        .collect();
    assert_eq!(
        at,
        [
            "version",
            "grades.source.C",
            "grades.ladder",
            "machine.share",
            "dimensions.security.half_life_days",
            "trajectory.step",
            "kinds.\"policy.held\"",
        ]
    );
    assert!(examined.warnings.iter().all(|one| one.line.is_some()));
}

#[test]
fn invalid_toml_is_explained_with_its_line() {
    for (text, line, part) in [
        ("[grades", 1, "closing bracket"),
        ("\na\n", 2, "has no value"),
        ("a = 1\nb = abc", 2, "without quotes"),
        ("a = \"abc\nb = 1", 1, "closing quote"),
        ("a = 1,5", 1, "decimal is written with a point"),
        ("a = 1\na = 2", 2, "twice"),
        ("a = 1.2.3", 1, "not a number"),
        ("a = .5", 1, "not a number"),
        ("a = [1, 2\nb = 1", 2, "list"),
    ] {
        let problem = parse(text).unwrap_err()[0].to_string();
        assert!(
            problem.starts_with(&format!("line {line}: ")),
            "{text}: {problem}"
        );
        assert!(problem.contains(part), "{text}: {problem}");
    }
}

//! Files that are not TOML, or not text, are explained with their lines.

use detente_rulebook::{examine, parse};

use crate::example::{edited, join};

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
    assert_eq!(problems.len(), 16, "{}", join(&problems));
    assert!(problems.iter().all(|one| one.why.is_some()));
}

#[test]
fn broken_lines_and_certain_problems_are_all_reported() {
    let text = edited(&[
        ("hostile = -6.0", "hostile = -6,0"),
        ("step = 0.5", "step = half"),
        ("B = 0.9", "B = 1.9"),
    ]);
    let problems = examine(text.as_bytes()).problems;
    let at: Vec<&str> = problems.iter().map(|one| one.at.as_str()).collect();
    assert_eq!(at, ["grades.source.B", "", ""], "{}", join(&problems));
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

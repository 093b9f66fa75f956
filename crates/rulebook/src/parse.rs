//! Parsing and checking a rulebook file.

use detente_domain::rulebook::Rulebook;
use toml::de::DeTable;

use crate::problem::Problem;
use crate::reader::Reader;
use crate::{lints, sections};

/// The text of the rulebook that ships with the product.
pub const DEFAULT: &str = include_str!("../default.toml");

/// The result of examining a rulebook file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examined {
    /// The rules, if there are no problems.
    pub rules: Option<Rulebook>,
    /// The errors, in order of lines.
    pub problems: Vec<Problem>,
    /// The warnings, in order of lines.
    pub warnings: Vec<Problem>,
}

/// Parses a rulebook file and returns its rules with every error and warning.
#[must_use]
pub fn examine(bytes: &[u8]) -> Examined {
    match std::str::from_utf8(bytes) {
        Ok(text) => {
            let mut examined = examine_text(text.strip_prefix('\u{feff}').unwrap_or(text));
            warn_of_version(text, &mut examined);
            examined
        }
        Err(error) => {
            let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let problem = Problem {
                line: Some(1 + before.iter().filter(|byte| **byte == b'\n').count()),
                problem: "the text is not UTF-8".to_owned(),
                ..Problem::default()
            };
            Examined {
                rules: None,
                problems: vec![problem],
                warnings: Vec::new(),
            }
        }
    }
}

/// Parses a rulebook file.
///
/// # Errors
/// Returns every problem, in order of lines.
pub fn parse(text: impl AsRef<[u8]>) -> Result<Rulebook, Vec<Problem>> {
    let examined = examine(text.as_ref());
    examined.rules.ok_or(examined.problems)
}

/// Parses the rulebook that ships with the product.
///
/// # Errors
/// Never fails in practice: a test parses it. The type is that of [`parse`], so that callers report
/// problems of any rulebook in one way.
pub fn default_rulebook() -> Result<Rulebook, Vec<Problem>> {
    let examined = examine_text(DEFAULT);
    examined.rules.ok_or(examined.problems)
}

fn examine_text(text: &str) -> Examined {
    let mut reader = Reader::new(text);
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        reader.report_syntax(error);
    }
    let root = reader.root(table.get_ref());
    let rules = sections::rulebook(&mut reader, &root);
    if !errors.is_empty() {
        reader.keep_certain();
    }
    let Some(rules) = rules else {
        return Examined {
            rules: None,
            problems: reader.problems(),
            warnings: Vec::new(),
        };
    };
    for (at, problem) in rules.faults() {
        if !reader.has_problem(at) {
            reader.report(at, problem);
        }
    }
    let warnings = lints::lint(&rules).into_iter();
    let warnings = warnings.map(|(at, problem)| reader.problem(&at, problem));
    let mut warnings: Vec<Problem> = warnings.collect();
    warnings.sort_by_key(|warning| (warning.line, warning.column));
    Examined {
        warnings,
        rules: reader.is_clean().then_some(rules),
        problems: reader.problems(),
    }
}

/// Warns of a changed rulebook with the version of the default one: answers name rulebooks by
/// their versions only.
fn warn_of_version(text: &str, examined: &mut Examined) {
    if text == DEFAULT {
        return;
    }
    let shipped = default_rulebook().map(|shipped| shipped.version).ok();
    if let Some(rules) = &examined.rules
        && shipped.as_ref() == Some(&rules.version)
    {
        let line = text.lines().position(|line| line.starts_with("version"));
        examined.warnings.insert(
            0,
            Problem {
                line: line.map(|line| line + 1),
                at: "version".to_owned(),
                given: Some(format!("{:?}", rules.version)),
                problem: "the default rulebook has this version too, and differs".to_owned(),
                why: Some("answers and comparisons name the rulebook by it"),
                ..Problem::default()
            },
        );
    }
}

//! The rulebook file: a commented TOML file on one side, the domain's thousandths on the other.
//!
//! Numbers are read from their digits, never through floating point: `0.3` is 300 thousandths on
//! every machine. Everything that is wrong is told at once, each with its line.

mod decimal;
mod differ;
mod file;
pub mod kept;
mod odd;
mod plain;
mod reader;
mod why;

#[cfg(test)]
mod tests;

use std::fmt;

use detente_domain::fold;
use detente_domain::rulebook::Rulebook;
use detente_domain::{party, publisher};
use serde::Serialize;
use sha2::{Digest, Sha256};

pub use differ::{Difference, Rests, differences};

/// The rulebook that ships with the product, as it is written.
pub const DEFAULT: &str = include_str!("../default.toml");

/// The length of a projection's id, in hexadecimal digits.
const ID_DIGITS: usize = 12;

/// One thing that is wrong with a rulebook file, or odd in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The line, from 1, where one can be named.
    pub line: Option<usize>,
    /// The column of what was given there, in characters from 1.
    pub column: Option<usize>,
    /// A dotted path into the file; empty for the file as a whole.
    pub at: String,
    /// What was given, as it is written; none where something is missing.
    pub given: Option<String>,
    /// What is wrong, and what is allowed.
    pub problem: String,
    /// What is allowed there, where the problem does not say it.
    pub allowed: Option<&'static str>,
    /// What depends on it.
    pub why: Option<&'static str>,
}

// === impl Problem ===

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        if !self.at.is_empty() {
            write!(f, "{}: ", self.at)?;
        }
        f.write_str(&self.problem)
    }
}

impl std::error::Error for Problem {}

/// A rulebook file, looked at closely.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examined {
    /// The rules, if nothing is wrong.
    pub rules: Option<Rulebook>,
    /// Everything that is wrong, in the order of the lines.
    pub problems: Vec<Problem>,
    /// What may be used and is odd, in the order of the lines.
    pub warnings: Vec<Problem>,
}

/// Looks at a rulebook file's bytes, and says all that is wrong with it, and what is odd.
#[must_use]
pub fn examine(bytes: &[u8]) -> Examined {
    match std::str::from_utf8(bytes) {
        Ok(text) => {
            let mut examined = file::examine(text.strip_prefix('\u{feff}').unwrap_or(text));
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

/// Two rulebooks that bear one version cannot be told apart by those who read answers.
fn warn_of_version(text: &str, examined: &mut Examined) {
    let Some(rules) = &examined.rules else { return };
    let shipped = default_rulebook().map(|shipped| shipped.version);
    if text != DEFAULT && shipped.as_ref() == Ok(&rules.version) {
        let line = text.lines().position(|line| line.starts_with("version"));
        examined.warnings.insert(
            0,
            Problem {
                line: line.map(|line| line + 1),
                at: "version".to_owned(),
                given: Some(format!("{:?}", rules.version)),
                problem: "the rulebook that ships bears this version too, and is another"
                    .to_owned(),
                why: Some("answers and comparisons name the rulebook by it"),
                ..Problem::default()
            },
        );
    }
}

/// Reads a rulebook file, and checks it.
///
/// # Errors
/// Everything that is wrong with it, in the order of the lines.
pub fn parse(text: &str) -> Result<Rulebook, Vec<Problem>> {
    let Examined {
        rules, problems, ..
    } = file::examine(text);
    rules.ok_or(problems)
}

/// Reads a rulebook from a file's bytes.
///
/// # Errors
/// As [`parse`]; and bytes that are not UTF-8.
pub fn parse_bytes(bytes: &[u8]) -> Result<Rulebook, Vec<Problem>> {
    let Examined {
        rules, problems, ..
    } = examine(bytes);
    rules.ok_or(problems)
}

/// The rulebook that ships with the product.
///
/// # Errors
/// Never met: a test reads it. It is a result as that of any other file is, so that who starts
/// with either has one way to say what is wrong.
pub fn default_rulebook() -> Result<Rulebook, Vec<Problem>> {
    parse(DEFAULT)
}

/// Names the projection of a rulebook file: a short hash of its bytes, of the registries of
/// parties and publishers, and of the version of the fold. Twelve hexadecimal digits.
#[must_use]
pub fn projection_id(rulebook: &[u8]) -> String {
    let mut hash = Sha256::new();
    let registries = [party::registry_bytes(), publisher::registry_bytes()];
    let parts = std::iter::once(rulebook).chain(registries.into_iter().flatten().copied());
    for part in parts {
        // The length keeps two parts from being read as one.
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    hash.update(fold::VERSION.to_be_bytes());
    let mut id: String = hash
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    id.truncate(ID_DIGITS);
    id
}

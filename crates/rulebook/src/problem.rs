//! A problem of a rulebook file.

use std::fmt;

use serde::Serialize;

/// An error or a warning about a rulebook file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The line, from 1, if known.
    pub line: Option<usize>,
    /// The column of the given text, in characters from 1.
    pub column: Option<usize>,
    /// A dotted path into the file; empty for the file as a whole.
    pub at: String,
    /// The text in the file; `None` where something is missing.
    pub given: Option<String>,
    /// A description, usually with the allowed values.
    pub problem: String,
    /// The allowed values, where the description lacks them.
    pub allowed: Option<&'static str>,
    /// The effect of the setting.
    pub why: Option<&'static str>,
}

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

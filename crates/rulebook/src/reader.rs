//! A reader of TOML tables that collects problems with their lines.

mod values;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::hints::hint;
use crate::messages::explain;
use crate::problem::Problem;

/// The most characters of the given text that a problem repeats.
const GIVEN_MAX: usize = 80;

/// A reader of one file.
#[derive(Debug)]
pub(crate) struct Reader<'t> {
    text: &'t str,
    /// The place of every path in the text.
    spans: BTreeMap<String, Spans>,
    problems: Vec<Problem>,
}

/// The place of a path in the text.
#[derive(Debug)]
struct Spans {
    key: Range<usize>,
    /// `None` for a table.
    value: Option<Range<usize>>,
}

/// A table of the file, with its path.
#[derive(Clone, Debug)]
pub(crate) struct Section<'a, 't> {
    path: String,
    table: &'a DeTable<'t>,
}

impl<'a, 't> Section<'a, 't> {
    /// Returns the path of a key in this table.
    pub(crate) fn at(&self, key: &str) -> String {
        let key = quoted(key);
        if self.path.is_empty() {
            key.into_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    fn get(&self, key: &str) -> Option<&'a Spanned<DeValue<'t>>> {
        let mut entries = self.table.iter();
        let (_, value) = entries.find(|(name, _)| name.get_ref() == key)?;
        Some(value)
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Returns the keys, in alphabetical order.
    pub(crate) fn keys(&self) -> Vec<&'a str> {
        let mut keys: Vec<&str> = self
            .table
            .keys()
            .map(|key| key.get_ref().as_ref())
            .collect();
        keys.sort_unstable();
        keys
    }
}

impl<'t> Reader<'t> {
    pub(crate) const fn new(text: &'t str) -> Self {
        Self {
            text,
            spans: BTreeMap::new(),
            problems: Vec::new(),
        }
    }

    /// Returns the whole file as a section, after noting the place of every path.
    pub(crate) fn root<'a>(&mut self, table: &'a DeTable<'t>) -> Section<'a, 't> {
        let root = Section {
            path: String::new(),
            table,
        };
        self.note_spans(&root);
        root
    }

    fn note_spans(&mut self, section: &Section<'_, 't>) {
        for (key, value) in section.table {
            let path = section.at(key.get_ref());
            let is_table = matches!(value.get_ref(), DeValue::Table(_));
            let spans = Spans {
                key: key.span(),
                value: (!is_table).then(|| value.span()),
            };
            self.spans.insert(path.clone(), spans);
            if let DeValue::Table(table) = value.get_ref() {
                self.note_spans(&Section { path, table });
            }
        }
    }

    fn line(&self, offset: usize) -> usize {
        let before = self.text.as_bytes().iter().take(offset);
        1 + before.filter(|byte| **byte == b'\n').count()
    }

    /// Returns the column of an offset, in characters from 1.
    fn column(&self, offset: usize) -> usize {
        let before = self.text.get(..offset).unwrap_or_default();
        1 + before.chars().rev().take_while(|c| *c != '\n').count()
    }

    /// Adds a problem.
    pub(crate) fn report(&mut self, at: &str, problem: impl Into<String>) {
        let problem = self.problem(at, problem.into());
        self.problems.push(problem);
    }

    /// Makes a problem; its line is that of the path, or of the nearest table around it.
    pub(crate) fn problem(&self, at: &str, problem: String) -> Problem {
        let mut path = at;
        let spans = loop {
            match (self.spans.get(path), path.rsplit_once('.')) {
                (Some(spans), _) => break Some(spans),
                (None, Some((parent, _))) => path = parent,
                (None, None) => break None,
            }
        };
        let value = spans.and_then(|spans| spans.value.clone());
        let value = value.filter(|_| path == at);
        let place = value.clone().or(spans.map(|spans| spans.key.clone()));
        let given = value.and_then(|value| self.text.get(value));
        Problem {
            given: given.map(|given| given.chars().take(GIVEN_MAX).collect()),
            ..self.problem_at(place.map(|place| place.start), at, problem)
        }
    }

    /// Adds a problem of the syntax.
    pub(crate) fn report_syntax(&mut self, error: &toml::de::Error) {
        let offset = error.span().map(|span| span.start);
        let problem = self.problem_at(offset, "", explain(error.message()));
        self.problems.push(problem);
    }

    fn problem_at(&self, offset: Option<usize>, at: &str, problem: String) -> Problem {
        let (allowed, why) = hint(at).unzip();
        Problem {
            line: offset.map(|offset| self.line(offset)),
            column: offset.map(|offset| self.column(offset)),
            at: at.to_owned(),
            given: None,
            problem,
            allowed,
            why,
        }
    }

    pub(crate) const fn is_clean(&self) -> bool {
        self.problems.is_empty()
    }

    /// Returns true if there is a problem at a path or below it.
    pub(crate) fn has_problem(&self, at: &str) -> bool {
        self.problems
            .iter()
            .any(|problem| is_within(&problem.at, at))
    }

    /// Keeps the problems that are certain in a file with broken syntax: the syntax errors, and
    /// bad values outside their lines.
    pub(crate) fn keep_certain(&mut self) {
        let is_syntax = |problem: &Problem| problem.at.is_empty();
        let broken: BTreeSet<Option<usize>> = self
            .problems
            .iter()
            .filter(|problem| is_syntax(problem))
            .map(|problem| problem.line)
            .collect();
        self.problems.retain(|problem| {
            let is_value = problem.given.is_some() && problem.allowed.is_some();
            is_syntax(problem) || is_value && !broken.contains(&problem.line)
        });
    }

    /// Returns the problems, in order of lines.
    pub(crate) fn problems(mut self) -> Vec<Problem> {
        self.problems
            .sort_by(|one, other| (one.line, &one.at).cmp(&(other.line, &other.at)));
        self.problems
    }

    /// Reports the keys of a section that are not allowed there.
    pub(crate) fn check_keys(&mut self, section: &Section<'_, 't>, allowed: &[&str]) {
        for key in section.keys() {
            if !allowed.contains(&key) {
                let names = near(key, allowed);
                let problem = format!("this key is not known; allowed: {names}");
                self.report_key(section, key, problem);
            }
        }
    }

    /// Reports a key that is wrong, regardless of its value.
    pub(crate) fn report_key(&mut self, section: &Section<'_, 't>, key: &str, problem: String) {
        let mut problem = self.problem(&section.at(key), problem);
        if let Some(spans) = self.spans.get(&section.at(key)) {
            problem.line = Some(self.line(spans.key.start));
            problem.column = Some(self.column(spans.key.start));
        }
        problem.given = Some(key.to_owned());
        problem.allowed = None;
        self.problems.push(problem);
    }
}

/// Lists the allowed words that resemble the given one, or all if none does.
fn near(given: &str, allowed: &[&str]) -> String {
    let similar = detente_domain::suggest::suggest(given, allowed.iter().copied());
    if similar.is_empty() {
        allowed.join(", ")
    } else {
        similar.join(", ")
    }
}

/// Returns a key as it is written in a path. Codes of kinds contain a dot, so they are quoted, as in
/// the file.
pub(crate) fn quoted(key: &str) -> Cow<'_, str> {
    if key.contains('.') {
        format!("{key:?}").into()
    } else {
        key.into()
    }
}

/// Returns true if a path is that of a section or below it.
pub(crate) fn is_within(path: &str, section: &str) -> bool {
    let rest = path.strip_prefix(section);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

//! Walks a TOML table by keys, and gathers what is wrong with their lines.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Range, RangeInclusive};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Problem;
use super::decimal::thousandths;
use super::plain::plainly;
use super::why::why;

/// So much of what was given is repeated.
const GIVEN_MAX: usize = 80;

/// A file being read.
#[derive(Debug)]
pub(super) struct Reader<'t> {
    text: &'t str,
    /// Every path that was met: where its key stands, and its value, unless that is a table.
    met: BTreeMap<String, Met>,
    problems: Vec<Problem>,
}

/// Where a path stands in the text.
#[derive(Debug)]
struct Met {
    key: Range<usize>,
    value: Option<Range<usize>>,
}

/// A table of the file, with its path.
#[derive(Clone, Debug)]
pub(super) struct Section<'a, 't> {
    path: String,
    table: &'a DeTable<'t>,
}

impl<'a, 't> Section<'a, 't> {
    pub(super) fn at(&self, key: &str) -> String {
        // Kinds have a dot within, so they stand in quotes, as in the file.
        let key = if key.contains('.') {
            format!("{key:?}")
        } else {
            key.to_owned()
        };
        if self.path.is_empty() {
            key
        } else {
            format!("{}.{key}", self.path)
        }
    }

    fn get(&self, key: &str) -> Option<&'a Spanned<DeValue<'t>>> {
        self.table
            .iter()
            .find(|(held, _)| held.get_ref() == key)
            .map(|(_, value)| value)
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }
}

impl<'t> Reader<'t> {
    pub(super) const fn new(text: &'t str) -> Self {
        Self {
            text,
            met: BTreeMap::new(),
            problems: Vec::new(),
        }
    }

    /// The whole file as a section, noting the line of every key.
    pub(super) fn root<'a>(&mut self, table: &'a DeTable<'t>) -> Section<'a, 't> {
        let root = Section {
            path: String::new(),
            table,
        };
        self.note(&root);
        root
    }

    fn note(&mut self, section: &Section<'_, 't>) {
        for (key, value) in section.table {
            let path = section.at(key.get_ref());
            let is_table = matches!(value.get_ref(), DeValue::Table(_));
            let met = Met {
                key: key.span(),
                value: (!is_table).then(|| value.span()),
            };
            self.met.insert(path.clone(), met);
            if let DeValue::Table(table) = value.get_ref() {
                self.note(&Section { path, table });
            }
        }
    }

    pub(super) fn line(&self, offset: usize) -> usize {
        let before = self.text.as_bytes().iter().take(offset);
        1 + before.filter(|byte| **byte == b'\n').count()
    }

    /// The column of a place in the text, in characters from 1.
    fn column(&self, offset: usize) -> usize {
        let before = self.text.get(..offset).unwrap_or_default();
        1 + before.chars().rev().take_while(|c| *c != '\n').count()
    }

    /// Tells a problem; its line is that of the path, or of the nearest table around it.
    pub(super) fn tell(&mut self, at: &str, problem: impl Into<String>) {
        let problem = self.problem(at, problem.into());
        self.problems.push(problem);
    }

    /// A problem with the place that it has in the text.
    pub(super) fn problem(&self, at: &str, problem: String) -> Problem {
        let mut path = at;
        let met = loop {
            match (self.met.get(path), path.rsplit_once('.')) {
                (Some(met), _) => break Some(met),
                (None, Some((around, _))) => path = around,
                (None, None) => break None,
            }
        };
        let value = met.and_then(|met| met.value.clone()).filter(|_| path == at);
        let place = value.clone().or(met.map(|met| met.key.clone()));
        let given = value.and_then(|value| self.text.get(value));
        let why = why(at);
        Problem {
            line: place.as_ref().map(|place| self.line(place.start)),
            column: place.map(|place| self.column(place.start)),
            at: at.to_owned(),
            given: given.map(|given| given.chars().take(GIVEN_MAX).collect()),
            problem,
            allowed: why.map(|why| why.allowed),
            why: why.map(|why| why.why),
        }
    }

    /// Tells a problem of the syntax.
    pub(super) fn syntax(&mut self, error: &toml::de::Error) {
        let place = error.span().map(|span| span.start);
        let why = why("");
        self.problems.push(Problem {
            line: place.map(|place| self.line(place)),
            column: place.map(|place| self.column(place)),
            problem: plainly(error.message()),
            allowed: why.map(|why| why.allowed),
            why: why.map(|why| why.why),
            ..Problem::default()
        });
    }

    pub(super) const fn is_clean(&self) -> bool {
        self.problems.is_empty()
    }

    /// Keeps, of a file that could not be read whole, what is wrong for certain: the syntax, and
    /// values that were read and are none.
    pub(super) fn keep_certain(&mut self) {
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

    /// What was wrong, in the order of the lines.
    pub(super) fn problems(mut self) -> Vec<Problem> {
        self.problems
            .sort_by(|one, other| (one.line, &one.at).cmp(&(other.line, &other.at)));
        self.problems
    }

    /// Refuses keys that are not known.
    pub(super) fn known(&mut self, section: &Section<'_, 't>, known: &[&str]) {
        for key in section.table.keys().map(|key| key.get_ref()) {
            if !known.contains(&key.as_ref()) {
                let near = detente_domain::suggest::suggest(key, known.iter().copied());
                let words = if near.is_empty() {
                    known
                } else {
                    near.as_slice()
                };
                let problem = format!("this key is not known; allowed: {}", words.join(", "));
                let mut problem = self.problem(&section.at(key), problem);
                // It is the key that is wrong, whatever its value.
                if let Some(met) = self.met.get(&section.at(key)) {
                    problem.line = Some(self.line(met.key.start));
                    problem.column = Some(self.column(met.key.start));
                }
                problem.given = Some(key.to_string());
                problem.allowed = None;
                self.problems.push(problem);
            }
        }
    }

    /// A mandatory table.
    pub(super) fn section<'a>(
        &mut self,
        around: &Section<'a, 't>,
        key: &str,
    ) -> Option<Section<'a, 't>> {
        let path = around.at(key);
        match around.get(key).map(Spanned::get_ref) {
            Some(DeValue::Table(table)) => Some(Section { path, table }),
            Some(_) => {
                self.tell(&path, "this must be a table");
                None
            }
            None => {
                self.tell(&path, "this table is missing");
                None
            }
        }
    }

    /// A mandatory number, in thousandths.
    pub(super) fn number(&mut self, section: &Section<'_, 't>, key: &str) -> Option<i64> {
        let path = section.at(key);
        let read = match section.get(key).map(Spanned::get_ref) {
            Some(DeValue::Integer(number)) if number.radix() == 10 => thousandths(number.as_str()),
            Some(DeValue::Float(number)) => thousandths(number.as_str()),
            Some(_) => None,
            None => {
                self.tell(&path, "this number is missing");
                return None;
            }
        };
        if read.is_none() {
            self.tell(
                &path,
                "this must be a decimal number with at most three decimals",
            );
        }
        read
    }

    /// A mandatory number of at least 0, in thousandths.
    pub(super) fn positive<T: TryFrom<i64>>(
        &mut self,
        section: &Section<'_, 't>,
        key: &str,
    ) -> Option<T> {
        let number = self.number(section, key)?;
        let read = (number >= 0).then(|| T::try_from(number).ok()).flatten();
        if read.is_none() {
            self.tell(&section.at(key), "this must not be below 0");
        }
        read
    }

    /// A mandatory share: at least 0, and at most so many thousandths.
    pub(super) fn share(&mut self, section: &Section<'_, 't>, key: &str, most: u32) -> Option<u32> {
        let share = self.positive::<u32>(section, key)?;
        if share > most {
            let most = f64::from(most) / 1000.0;
            self.tell(&section.at(key), format!("a share is at most {most} here"));
        }
        Some(share)
    }

    /// Whether something is told of a path, or of what is under it.
    pub(super) fn has_told(&self, at: &str) -> bool {
        self.problems.iter().any(|problem| {
            let rest = problem.at.strip_prefix(at);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    }

    /// A mandatory whole number within bounds.
    pub(super) fn whole(
        &mut self,
        section: &Section<'_, 't>,
        key: &str,
        bounds: RangeInclusive<i64>,
    ) -> Option<i64> {
        let number = self.number(section, key)?;
        let whole = (number % 1000 == 0).then_some(number / 1000);
        let read = whole.filter(|whole| bounds.contains(whole));
        if read.is_none() {
            let (low, high) = (bounds.start(), bounds.end());
            self.tell(
                &section.at(key),
                format!("this must be a whole number, {low} to {high}"),
            );
        }
        read
    }

    /// A mandatory list of whole numbers within bounds.
    pub(super) fn numbers(
        &mut self,
        section: &Section<'_, 't>,
        key: &str,
        bounds: std::ops::RangeInclusive<i64>,
    ) -> Option<Vec<i64>> {
        let whole = |value: &Spanned<DeValue<'t>>| match value.get_ref() {
            DeValue::Integer(number) if number.radix() == 10 => {
                let number = thousandths(number.as_str())?;
                (number % 1000 == 0).then_some(number / 1000)
            }
            _ => None,
        };
        let within = |value: &Spanned<DeValue<'t>>| whole(value).filter(|n| bounds.contains(n));
        let read = match section.get(key).map(Spanned::get_ref) {
            Some(DeValue::Array(values)) => values.iter().map(within).collect(),
            _ => None,
        };
        if read.is_none() {
            let (low, high) = (bounds.start(), bounds.end());
            let problem = format!("this must be a list of whole numbers, {low} to {high}");
            self.tell(&section.at(key), problem);
        }
        read
    }

    /// A mandatory text.
    pub(super) fn text<'a>(&mut self, section: &Section<'a, 't>, key: &str) -> Option<&'a str> {
        let found = section.get(key).and_then(|value| value.get_ref().as_str());
        if found.is_none() {
            self.tell(&section.at(key), "a text in quotes is needed here");
        }
        found
    }

    /// An optional yes or no; no without it.
    pub(super) fn flag(&mut self, section: &Section<'_, 't>, key: &str) -> bool {
        match section.get(key).map(Spanned::get_ref) {
            Some(DeValue::Boolean(flag)) => *flag,
            Some(_) => {
                self.tell(&section.at(key), "this must be true or false");
                false
            }
            None => false,
        }
    }
}

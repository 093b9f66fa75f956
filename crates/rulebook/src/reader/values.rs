//! Typed values of a section. Each method reports a value that is missing or of another type.

use std::ops::RangeInclusive;

use detente_domain::grade::Grade;
use toml::Spanned;
use toml::de::DeValue;

use super::{Reader, Section, near};
use crate::decimal::thousandths;

impl<'t> Reader<'t> {
    /// Reads a mandatory table and checks its keys.
    pub(crate) fn table<'a>(
        &mut self,
        parent: &Section<'a, 't>,
        key: &str,
        keys: &[&str],
    ) -> Option<Section<'a, 't>> {
        let section = self.any_table(parent, key)?;
        self.check_keys(&section, keys);
        Some(section)
    }

    /// Reads a mandatory table with any keys.
    pub(crate) fn any_table<'a>(
        &mut self,
        parent: &Section<'a, 't>,
        key: &str,
    ) -> Option<Section<'a, 't>> {
        let path = parent.at(key);
        let problem = match parent.get(key).map(Spanned::get_ref) {
            Some(DeValue::Table(table)) => return Some(Section { path, table }),
            Some(_) => "this must be a table",
            None => "this table is missing",
        };
        self.report(&path, problem);
        None
    }

    /// Reads an optional table and checks its keys.
    pub(crate) fn optional_table<'a>(
        &mut self,
        parent: &Section<'a, 't>,
        key: &str,
        keys: &[&str],
    ) -> Option<Section<'a, 't>> {
        parent.has(key).then(|| self.table(parent, key, keys))?
    }

    /// Reads a mandatory number, in thousandths.
    pub(crate) fn number(&mut self, section: &Section<'_, 't>, key: &str) -> Option<i64> {
        let value = section.get(key);
        let number = value.and_then(decimal);
        if number.is_none() {
            let problem = match value {
                Some(_) => "this must be a decimal number with at most three decimals",
                None => "this number is missing",
            };
            self.report(&section.at(key), problem);
        }
        number
    }

    /// Reads a mandatory number of at least 0, in thousandths.
    pub(crate) fn non_negative<T: TryFrom<i64>>(
        &mut self,
        section: &Section<'_, 't>,
        key: &str,
    ) -> Option<T> {
        let number = self.number(section, key)?;
        let read = (number >= 0).then(|| T::try_from(number).ok()).flatten();
        if read.is_none() {
            self.report(&section.at(key), "this must not be below 0");
        }
        read
    }

    /// Reads a mandatory number above 0, in thousandths.
    pub(crate) fn positive(&mut self, section: &Section<'_, 't>, key: &str) -> Option<i64> {
        let number = self.non_negative(section, key)?;
        if number == 0 {
            self.report(&section.at(key), "this must be greater than 0");
        }
        Some(number)
    }

    /// Reads a mandatory share, from 0 to `most` thousandths.
    pub(crate) fn share(&mut self, section: &Section<'_, 't>, key: &str, most: u32) -> Option<u32> {
        let share = self.non_negative::<u32>(section, key)?;
        if share > most {
            let most = f64::from(most) / 1000.0;
            self.report(&section.at(key), format!("a share is at most {most} here"));
        }
        Some(share)
    }

    /// Reads a mandatory whole number within bounds.
    pub(crate) fn whole(
        &mut self,
        section: &Section<'_, 't>,
        key: &str,
        bounds: RangeInclusive<i64>,
    ) -> Option<i64> {
        let read = whole(self.number(section, key)?, &bounds);
        if read.is_none() {
            let (low, high) = (bounds.start(), bounds.end());
            let problem = format!("this must be a whole number, {low} to {high}");
            self.report(&section.at(key), problem);
        }
        read
    }

    /// Reads a mandatory list of whole numbers within bounds.
    pub(crate) fn numbers(
        &mut self,
        section: &Section<'_, 't>,
        key: &str,
        bounds: RangeInclusive<i64>,
    ) -> Option<Vec<i64>> {
        let integer = |value: &Spanned<DeValue<'t>>| {
            let is_integer = matches!(value.get_ref(), DeValue::Integer(_));
            decimal(value).filter(|_| is_integer)
        };
        let read = match section.get(key).map(Spanned::get_ref) {
            Some(DeValue::Array(values)) => {
                let numbers = values.iter();
                numbers
                    .map(|value| whole(integer(value)?, &bounds))
                    .collect()
            }
            _ => None,
        };
        if read.is_none() {
            let (low, high) = (bounds.start(), bounds.end());
            let problem = format!("this must be a list of whole numbers, {low} to {high}");
            self.report(&section.at(key), problem);
        }
        read
    }

    /// Reads a mandatory text.
    pub(crate) fn text<'a>(&mut self, section: &Section<'a, 't>, key: &str) -> Option<&'a str> {
        let found = section.get(key).and_then(|value| value.get_ref().as_str());
        if found.is_none() {
            self.report(&section.at(key), "a text in quotes is needed here");
        }
        found
    }

    /// Reads a mandatory text that is one of these words; returns its index.
    pub(crate) fn word(
        &mut self,
        section: &Section<'_, 't>,
        key: &str,
        words: &[&str],
    ) -> Option<usize> {
        let given = self.text(section, key)?;
        let found = words.iter().position(|word| *word == given);
        if found.is_none() {
            let names = near(given, words);
            let problem = format!("this word is not known; allowed: {names}");
            self.report(&section.at(key), problem);
        }
        found
    }

    /// Reads a mandatory grade, such as `"C3"`.
    pub(crate) fn grade(&mut self, section: &Section<'_, 't>, key: &str) -> Option<Grade> {
        let grade = Grade::parse(self.text(section, key)?);
        if let Err(error) = &grade {
            self.report(&section.at(key), error.to_string());
        }
        grade.ok()
    }

    /// Reads an optional boolean; false if absent.
    pub(crate) fn flag(&mut self, section: &Section<'_, 't>, key: &str) -> bool {
        match section.get(key).map(Spanned::get_ref) {
            Some(DeValue::Boolean(flag)) => *flag,
            Some(_) => {
                self.report(&section.at(key), "this must be true or false");
                false
            }
            None => false,
        }
    }
}

/// Parses a number, in thousandths.
fn decimal(value: &Spanned<DeValue<'_>>) -> Option<i64> {
    match value.get_ref() {
        DeValue::Integer(number) if number.radix() == 10 => thousandths(number.as_str()),
        DeValue::Float(number) => thousandths(number.as_str()),
        _ => None,
    }
}

/// Converts thousandths to a whole number within bounds.
fn whole(thousandths: i64, bounds: &RangeInclusive<i64>) -> Option<i64> {
    let whole = (thousandths % 1000 == 0).then_some(thousandths / 1000);
    whole.filter(|whole| bounds.contains(whole))
}

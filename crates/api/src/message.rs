//! The messages of the API in protobuf: views on the way out, reports on the way in.
//!
//! A message has the fields of the JSON by the same names. What JSON flattens is an object of its
//! own here (`cited`, `key`), null is absence, and the words of closed scales are enums. Reports
//! are turned into the JSON that they stand for, and read as that is, so that both forms are held
//! to the same rules.

mod change;
mod country;
mod event;
mod reason;
mod refusal;
mod relation;
mod report;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::json::DetailForm;
use crate::proto;
use crate::view::{LineView, NamesView, Tenths, Word};

pub use refusal::REFUSALS_URL;
pub use report::entry;

/// The value of an enum that a word names; unspecified for a word of a newer writer.
fn scale<E>(prefix: &str, word: &str, parse: fn(&str) -> Option<E>) -> i32
where
    i32: From<E>,
{
    parse(&format!("{prefix}_{}", word.to_ascii_uppercase())).map_or(0, i32::from)
}

fn ids(ids: &[Uuid]) -> Vec<String> {
    ids.iter().map(Uuid::to_string).collect()
}

fn id(id: Option<Uuid>) -> Option<String> {
    id.map(|id| id.to_string())
}

fn text(word: Option<&Word>) -> Option<String> {
    word.map(ToString::to_string)
}

fn number(tenths: Option<Tenths>) -> Option<f64> {
    tenths.map(Tenths::number)
}

const fn count(items: usize) -> u64 {
    items as u64
}

fn details<K: ToString>(details: &BTreeMap<K, DetailForm>) -> BTreeMap<String, proto::DetailValue> {
    let details = details.iter();
    details
        .map(|(word, value)| (word.to_string(), value.into()))
        .collect()
}

fn all<'v, V, M: From<&'v V>>(views: &'v [V]) -> Vec<M> {
    views.iter().map(M::from).collect()
}

impl From<&DetailForm> for proto::DetailValue {
    fn from(form: &DetailForm) -> Self {
        use proto::detail_value::Value;
        let value = match form {
            DetailForm::Text(text) => Value::Text(text.clone()),
            DetailForm::Count(count) => Value::Count(*count),
        };
        Self { value: Some(value) }
    }
}

impl From<&LineView> for proto::Line {
    fn from(view: &LineView) -> Self {
        Self {
            en: view.en.clone(),
            ar: view.ar.clone(),
        }
    }
}

impl From<&NamesView> for proto::Names {
    fn from(view: &NamesView) -> Self {
        Self {
            en: view.en.to_string(),
            ar: view.ar.to_string(),
            ru: view.ru.to_string(),
        }
    }
}

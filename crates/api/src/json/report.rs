//! Publications, as people write them.

use detente_domain::event::Report;
use detente_domain::grade::Grade;
use serde_json::Value;

use super::faults::{Faults, Object, get};
use crate::refusal::{Code, Refusal};

/// The longest name of a publisher, in bytes.
pub const PUBLISHER_MAX: usize = 200;
/// The longest address, in bytes.
pub const URL_MAX: usize = 2_000;
/// The longest quote, in bytes: a paragraph, not an article.
pub const QUOTE_MAX: usize = 2_000;
/// The longest language tag that BCP 47 asks software to keep, in bytes.
const LANGUAGE_MAX: usize = 35;

/// The keys of a publication.
pub(super) const KEYS: [&str; 6] = [
    "publisher",
    "url",
    "language",
    "published",
    "quote",
    "grade",
];

/// The publication in an object; its keys are named with the prefix.
///
/// Without a grade it is `F6`: nobody judged it, and nothing better may be claimed for it.
pub(super) fn read(faults: &mut Faults, prefix: &str, object: &Object) -> Option<Report> {
    let at = |key: &str| format!("{prefix}{key}");
    let publisher = match get(object, "publisher") {
        Some(value) => faults.text(&at("publisher"), value, PUBLISHER_MAX),
        None => {
            faults.missing(&at("publisher"), "the publisher");
            None
        }
    };
    let url = get(object, "url").and_then(|value| url(faults, &at("url"), value));
    let language = get(object, "language").and_then(|v| language(faults, &at("language"), v));
    let published = get(object, "published").and_then(|v| faults.date(&at("published"), v));
    let quote = get(object, "quote").and_then(|v| faults.text(&at("quote"), v, QUOTE_MAX));
    let grade = match get(object, "grade") {
        Some(value) => grade(faults, &at("grade"), value),
        None => Some(Grade::UNJUDGED),
    };
    Some(Report {
        publisher: publisher?,
        url,
        language,
        published,
        quote,
        grade: grade?,
    })
}

fn grade(faults: &mut Faults, at: &str, value: &Value) -> Option<Grade> {
    let text = faults.string(at, value)?;
    Grade::parse(text)
        .map_err(|error| {
            faults.add(
                Refusal::new(Code::BadGrade, error.to_string())
                    .field(at)
                    .given(text),
            );
        })
        .ok()
}

/// Web addresses alone: what is shown as a link must not be a script.
fn url(faults: &mut Faults, at: &str, value: &Value) -> Option<String> {
    let text = faults.text(at, value, URL_MAX)?;
    let lower = text.get(..8).unwrap_or(&text).to_ascii_lowercase();
    let rest = ["https://", "http://"].into_iter().find_map(|scheme| {
        lower
            .starts_with(scheme)
            .then(|| text.get(scheme.len()..).unwrap_or_default())
    });
    let has_host = rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'));
    if has_host && !text.contains(char::is_whitespace) {
        return Some(text);
    }
    let refusal = Refusal::new(Code::BadUrl, "an address begins with https:// or http://");
    faults.add(refusal.field(at).given(&text));
    None
}

fn language(faults: &mut Faults, at: &str, value: &Value) -> Option<String> {
    let text = faults.string(at, value)?;
    let part = |part: &str| {
        (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let first = text.split('-').next().unwrap_or_default();
    let well_formed = text.len() <= LANGUAGE_MAX
        && first.len() >= 2
        && first.bytes().all(|byte| byte.is_ascii_alphabetic())
        && text.split('-').all(part);
    if well_formed {
        return Some(text.to_owned());
    }
    let refusal = Refusal::new(Code::BadLanguage, "a language is a BCP 47 tag, such as ar");
    faults.add(refusal.field(at).given(text));
    None
}

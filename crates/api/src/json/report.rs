//! Publications as clients write them.

use detente_domain::event::Report;
use detente_domain::grade::Grade;
use serde_json::Value;

use super::validator::{Object, Validator, get};
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

/// Parses the mandatory publication under the key `report`.
pub(super) fn required(validator: &mut Validator, object: &Object) -> Option<Report> {
    let wanted = "the publication that it rests on";
    let given = validator.required_object("report", object, wanted)?;
    validator.allow_keys("report.", given, &KEYS);
    parse(validator, "report.", given)
}

/// Parses the publication in an object, whose keys are named with the prefix in refusals.
///
/// The default grade is `F6`, which claims nothing.
pub(super) fn parse(validator: &mut Validator, prefix: &str, object: &Object) -> Option<Report> {
    let at = |key: &str| format!("{prefix}{key}");
    let publisher = validator.required(&at("publisher"), object, "the publisher");
    let publisher =
        publisher.and_then(|value| validator.text(&at("publisher"), value, PUBLISHER_MAX));
    let url = get(object, "url").and_then(|value| url(validator, &at("url"), value));
    let language = get(object, "language").and_then(|v| language(validator, &at("language"), v));
    let published = get(object, "published").and_then(|v| validator.date(&at("published"), v));
    let quote = get(object, "quote").and_then(|v| validator.text(&at("quote"), v, QUOTE_MAX));
    let grade = match get(object, "grade") {
        Some(value) => grade(validator, &at("grade"), value),
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

fn grade(validator: &mut Validator, at: &str, value: &Value) -> Option<Grade> {
    let text = validator.string(at, value)?;
    Grade::parse(text)
        .map_err(|error| {
            validator.add(
                Refusal::new(Code::BadGrade, error.to_string())
                    .field(at)
                    .value(text),
            );
        })
        .ok()
}

/// Parses a web address. Other schemes are refused, since addresses are shown as links.
fn url(validator: &mut Validator, at: &str, value: &Value) -> Option<String> {
    let text = validator.text(at, value, URL_MAX)?;
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
    validator.add(refusal.field(at).value(&text));
    None
}

fn language(validator: &mut Validator, at: &str, value: &Value) -> Option<String> {
    let text = validator.string(at, value)?;
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
    validator.add(refusal.field(at).value(text));
    None
}

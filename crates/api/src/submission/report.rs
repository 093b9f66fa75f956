//! Publications as clients write them.

use detente_domain::event::Report;
use detente_domain::grade::Grade;

use super::input::{Input, Object};
use super::validator::Validator;
use crate::limits;
use crate::refusal::{Code, Refusal};

/// The longest name of a publisher, in characters.
pub(super) const PUBLISHER_MAX: usize = limits::PUBLISHER;
/// The longest address, in characters.
pub(super) const URL_MAX: usize = limits::URL;
/// The longest quote, in characters.
pub(super) const QUOTE_MAX: usize = limits::QUOTE;
/// The longest language tag, in characters.
pub(super) const LANGUAGE_MAX: usize = limits::LANGUAGE_TAG;

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
pub(super) fn required(validator: &mut Validator, object: &dyn Object) -> Option<Report> {
    let wanted = "the publication that it rests on";
    let report = validator.required("report", object, wanted, Validator::object)?;
    validator.allow_keys("report.", report, &KEYS);
    parse(validator, "report.", report)
}

/// Parses the publication in an object, whose keys are named with the prefix in refusals.
///
/// The default grade is `F6`, which claims nothing.
pub(super) fn parse(
    validator: &mut Validator,
    prefix: &str,
    object: &dyn Object,
) -> Option<Report> {
    let at = |key: &str| format!("{prefix}{key}");
    let publisher = validator.required(
        &at("publisher"),
        object,
        "the publisher",
        Validator::text::<PUBLISHER_MAX>,
    );
    let url = validator.optional(&at("url"), object, url);
    let language = validator.optional(&at("language"), object, language);
    let published = validator.optional(&at("published"), object, Validator::date);
    let quote = validator.optional(&at("quote"), object, Validator::text::<QUOTE_MAX>);
    let grade = match object.get("grade") {
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

fn grade(validator: &mut Validator, at: &str, value: Input<'_>) -> Option<Grade> {
    validator.parse(at, value, |text| {
        Grade::parse(text).map_err(|error| Refusal::new(Code::BadGrade, error.to_string()))
    })
}

/// Parses a web address. Other schemes are refused, since addresses are shown as links.
fn url(validator: &mut Validator, at: &str, value: Input<'_>) -> Option<String> {
    let text = validator.text::<URL_MAX>(at, value)?;
    let rest = ["https://", "http://"].into_iter().find_map(|scheme| {
        let (start, rest) = text.split_at_checked(scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then_some(rest)
    });
    let has_host = rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'));
    if has_host && !text.contains(char::is_whitespace) {
        return Some(text);
    }
    let refusal = Refusal::new(Code::BadUrl, "an address begins with https:// or http://");
    validator.add(refusal.field(at).value(&text));
    None
}

fn language(validator: &mut Validator, at: &str, value: Input<'_>) -> Option<String> {
    let is_part = |part: &str| {
        (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    validator.parse(at, value, |text| {
        let first = text.split('-').next().unwrap_or_default();
        let is_tag = text.len() <= LANGUAGE_MAX
            && first.len() >= 2
            && first.bytes().all(|byte| byte.is_ascii_alphabetic())
            && text.split('-').all(is_part);
        let message = "a language is a BCP 47 tag, such as ar";
        let refusal = || Refusal::new(Code::BadLanguage, message);
        is_tag.then(|| text.to_owned()).ok_or_else(refusal)
    })
}

//! Parties and details as clients write them.

use detente_domain::details::{Details, Field, TEXT_MAX, Type, Value as Held, schema};
use detente_domain::event::PARTIES_MAX;
use detente_domain::kind::Kind;
use detente_domain::party::Party;
use serde_json::Value;

use super::validator::{Object, Validator, get};
use crate::refusal::{Code, Refusal};

/// Parses a party by code, ISO 3166-1 alpha-2 code, or name.
pub(super) fn party(validator: &mut Validator, at: &str, value: &Value) -> Option<Party> {
    let text = validator.string(at, value)?;
    let found = Party::resolve(text);
    if found.is_none() && !validator.is_full() {
        validator.add(Refusal::unknown_party(at, text));
    }
    found
}

/// Parses a list of parties; those that are refused are left out.
pub(super) fn parties(validator: &mut Validator, at: &str, value: &Value) -> Option<Vec<Party>> {
    let Value::Array(items) = value else {
        validator.wrong_type(at, "an array of parties", value);
        return None;
    };
    if items.len() > PARTIES_MAX {
        let message = format!(
            "{} parties were given; at most {PARTIES_MAX} are allowed",
            items.len()
        );
        validator.add(Refusal::new(Code::TooManyParties, message).field(at));
        return None;
    }
    let items = items.iter().enumerate();
    Some(
        items
            .filter_map(|(place, item)| party(validator, &format!("{at}[{place}]"), item))
            .collect(),
    )
}

/// Parses the code of a kind.
pub(super) fn kind(validator: &mut Validator, at: &str, value: &Value) -> Option<Kind> {
    let code = validator.string(at, value)?;
    let found = Kind::parse(code);
    if found.is_none() {
        validator.add(Refusal::unknown_kind(at, code));
    }
    found
}

/// Parses the details of a kind: its fields must be known and their values of the right types, and
/// none may be missing. If the kind itself was refused, any field is allowed.
pub(super) fn details(validator: &mut Validator, kind: Option<Kind>, object: &Object) -> Details {
    let mut details = Details::none();
    for (word, value) in object.iter().filter(|(_, value)| !value.is_null()) {
        if let Some(field) = field(validator, kind, word)
            && let Some(value) = detail(validator, field, value)
        {
            details.set(field, value);
        }
    }
    let Some(kind) = kind else { return details };
    let absent = |field: &&Field| get(object, field.as_str()).is_none();
    for field in schema(kind).needs.iter().filter(absent) {
        validator.add(Refusal::missing_detail(kind, *field));
    }
    details
}

/// Parses the name of a detail that the kind takes.
pub(super) fn field(validator: &mut Validator, kind: Option<Kind>, word: &str) -> Option<Field> {
    if validator.is_full() {
        return None;
    }
    let found = Field::parse(word);
    match kind {
        Some(kind) => {
            let taken = found.filter(|field| schema(kind).fields().any(|taken| taken == *field));
            if taken.is_none() {
                validator.add(Refusal::unknown_detail(kind, word));
            }
            taken
        }
        None => {
            if found.is_none() {
                let words: Vec<_> = Field::ALL.iter().map(|field| field.as_str()).collect();
                let mut refusal = Refusal::unknown_field(format!("details.{word}"), word, &words);
                refusal.code = Code::UnknownDetail;
                validator.add(refusal);
            }
            found
        }
    }
}

/// Parses the value of a detail.
pub(super) fn detail(validator: &mut Validator, field: Field, value: &Value) -> Option<Held> {
    let at = format!("details.{}", field.as_str());
    match field.ty() {
        Type::Party(kinds) => {
            let found = party(validator, &at, value)?;
            if kinds.contains(&found.kind()) {
                return Some(Held::Party(found));
            }
            let given = value.as_str().unwrap_or_default();
            validator.add(Refusal::bad_detail(field, given));
            None
        }
        Type::Choice(_) => {
            let word = validator.string(&at, value)?;
            let found = field.parse_value(word).ok();
            if found.is_none() {
                validator.add(Refusal::bad_detail(field, word));
            }
            found
        }
        Type::Text => validator
            .text(&at, value, TEXT_MAX)
            .map(|text| Held::Text(text.into())),
        Type::Count => {
            let count = value.as_u64();
            match value {
                Value::Number(_) if count.is_none() => {
                    validator.add(Refusal::bad_detail(field, &value.to_string()));
                }
                Value::Number(_) => {}
                other => validator.wrong_type(&at, "a whole number", other),
            }
            count.map(Held::Count)
        }
    }
}

//! Parties and details, as people write them.

use detente_domain::details::{Details, Field, TEXT_MAX, Type, Value as Held, schema};
use detente_domain::event::PARTIES_MAX;
use detente_domain::kind::Kind;
use detente_domain::party::Party;
use serde_json::Value;

use super::faults::{Faults, Object, get};
use crate::refusal::{Code, Refusal};

/// A party by code, ISO 3166-1 alpha-2 code, or name.
pub(super) fn party(faults: &mut Faults, at: &str, value: &Value) -> Option<Party> {
    let text = faults.string(at, value)?;
    let found = Party::resolve(text);
    if found.is_none() && !faults.is_full() {
        faults.add(Refusal::unknown_party(at, text));
    }
    found
}

/// A list of parties; what is not a party is told and left out.
pub(super) fn parties(faults: &mut Faults, at: &str, value: &Value) -> Option<Vec<Party>> {
    let Value::Array(items) = value else {
        faults.wrong_type(at, "an array of parties", value);
        return None;
    };
    if items.len() > PARTIES_MAX {
        let message = format!(
            "{} parties were given; at most {PARTIES_MAX} are",
            items.len()
        );
        faults.add(Refusal::new(Code::TooManyParties, message).field(at));
        return None;
    }
    let items = items.iter().enumerate();
    Some(
        items
            .filter_map(|(place, item)| party(faults, &format!("{at}[{place}]"), item))
            .collect(),
    )
}

/// The kind, by its code.
pub(super) fn kind(faults: &mut Faults, at: &str, value: &Value) -> Option<Kind> {
    let code = faults.string(at, value)?;
    let found = Kind::parse(code);
    if found.is_none() {
        faults.add(Refusal::unknown_kind(at, code));
    }
    found
}

/// Details of a kind: each known, each of its type, and none missing. Without a kind (it was
/// refused itself) any field passes.
pub(super) fn details(faults: &mut Faults, kind: Option<Kind>, object: &Object) -> Details {
    let mut details = Details::none();
    for (word, value) in object.iter().filter(|(_, value)| !value.is_null()) {
        if let Some(field) = field(faults, kind, word)
            && let Some(value) = detail(faults, field, value)
        {
            details.set(field, value);
        }
    }
    let Some(kind) = kind else { return details };
    let absent = |field: &&Field| get(object, field.as_str()).is_none();
    for field in schema(kind).needs.iter().filter(absent) {
        faults.add(Refusal::missing_detail(kind, *field));
    }
    details
}

/// A field of details that the kind takes.
pub(super) fn field(faults: &mut Faults, kind: Option<Kind>, word: &str) -> Option<Field> {
    if faults.is_full() {
        return None;
    }
    let found = Field::parse(word);
    match kind {
        Some(kind) => {
            let taken = found.filter(|field| schema(kind).fields().any(|taken| taken == *field));
            if taken.is_none() {
                faults.add(Refusal::unknown_detail(kind, word));
            }
            taken
        }
        None => {
            if found.is_none() {
                let words: Vec<_> = Field::ALL.iter().map(|field| field.as_str()).collect();
                let mut refusal = Refusal::unknown_field(format!("details.{word}"), word, &words);
                refusal.code = Code::UnknownDetail;
                faults.add(refusal);
            }
            found
        }
    }
}

/// A value of a field.
pub(super) fn detail(faults: &mut Faults, field: Field, value: &Value) -> Option<Held> {
    let at = format!("details.{}", field.as_str());
    match field.ty() {
        Type::Party(kinds) => {
            let found = party(faults, &at, value)?;
            if kinds.contains(&found.kind()) {
                return Some(Held::Party(found));
            }
            faults.add(Refusal::bad_detail(
                field,
                value.as_str().unwrap_or_default(),
            ));
            None
        }
        Type::Choice(_) => {
            let word = faults.string(&at, value)?;
            let found = field.read(word).ok();
            if found.is_none() {
                faults.add(Refusal::bad_detail(field, word));
            }
            found
        }
        Type::Text => faults
            .text(&at, value, TEXT_MAX)
            .map(|text| Held::Text(text.into())),
        Type::Count => {
            let count = value.as_u64();
            match value {
                Value::Number(_) if count.is_none() => {
                    faults.add(Refusal::bad_detail(field, &value.to_string()));
                }
                Value::Number(_) => {}
                other => faults.wrong_type(&at, "a whole number", other),
            }
            count.map(Held::Count)
        }
    }
}

//! Parties and details as clients write them.

use std::collections::BTreeMap;

use detente_domain::details::{COUNT_MAX, Details, Field, TEXT_MAX, Type, Value, schema};
use detente_domain::edtf::Edtf;
use detente_domain::event::PARTIES_MAX;
use detente_domain::kind::Kind;
use detente_domain::party::Party;
use serde_json::{Number, Value as Json};

use super::input::Input;
use super::validator::Validator;
use crate::refusal::{Code, Refusal};

/// Parses a party by code, ISO 3166-1 alpha-2 code, or name.
pub(super) fn party(validator: &mut Validator, at: &str, value: Input<'_>) -> Option<Party> {
    let text = validator.string(at, value)?;
    let party = Party::resolve(text);
    if party.is_none() {
        validator.unknown(Code::UnknownParty, at, text, || {
            Refusal::unknown_party(at, text)
        });
    }
    party
}

/// Parses a list of parties; those that are refused are left out.
pub(super) fn parties(validator: &mut Validator, at: &str, value: Input<'_>) -> Option<Vec<Party>> {
    match value {
        Input::Json(Json::Array(items)) => each_party(validator, at, items.iter().map(Input::Json)),
        Input::Texts(items) => each_party(validator, at, items.iter().map(Input::from)),
        other => {
            validator.wrong_type(at, "an array of parties", other);
            None
        }
    }
}

fn each_party<'v>(
    validator: &mut Validator,
    at: &str,
    items: impl ExactSizeIterator<Item = Input<'v>>,
) -> Option<Vec<Party>> {
    if items.len() > PARTIES_MAX {
        let message = format!(
            "{} parties were given; at most {PARTIES_MAX} are allowed",
            items.len()
        );
        validator.add(Refusal::new(Code::TooManyParties, message).field(at));
        return None;
    }
    let items = items.enumerate();
    let parties =
        items.filter_map(|(place, item)| party(validator, &format!("{at}[{place}]"), item));
    Some(parties.collect())
}

/// Refuses parties, each at its field, that did not exist on any day of the date. A party that
/// stands at several fields is refused once.
pub(super) fn existed(
    validator: &mut Validator,
    parties: impl IntoIterator<Item = (String, Party)>,
    date: &Edtf,
) {
    let mut refused = Vec::new();
    for (at, party) in parties {
        let exists = party.life().overlaps(date.earliest(), date.latest());
        if !exists && !refused.contains(&party) && !validator.is_full() {
            refused.push(party);
            validator.add(Refusal::did_not_exist(at, party, date));
        }
    }
}

/// Iterates over the parties of both sides and of details, each with its field.
pub(super) fn named<'a>(
    actors: &'a [Party],
    recipients: &'a [Party],
    details: impl Iterator<Item = (Field, &'a Value)>,
) -> impl Iterator<Item = (String, Party)> {
    let side = |at: &'static str, parties: &'a [Party]| {
        let parties = parties.iter().enumerate();
        parties.map(move |(place, party)| (format!("{at}[{place}]"), *party))
    };
    let in_details = details.filter_map(|(field, value)| match value {
        Value::Party(party) => Some((format!("details.{}", field.as_str()), *party)),
        Value::Choice(_) | Value::Text(_) | Value::Count(_) => None,
    });
    let sides = side("actors", actors).chain(side("recipients", recipients));
    sides.chain(in_details)
}

/// Parses the code of a kind.
pub(super) fn kind(validator: &mut Validator, at: &str, value: Input<'_>) -> Option<Kind> {
    let code = validator.string(at, value)?;
    let kind = Kind::parse(code);
    if kind.is_none() {
        validator.unknown(Code::UnknownKind, at, code, || {
            Refusal::unknown_kind(at, code)
        });
    }
    kind
}

/// Parses the details of a kind: its fields must be known and their values of the right types, and
/// none may be missing. If the kind itself was refused, any field is allowed.
pub(super) fn details(
    validator: &mut Validator,
    kind: Option<Kind>,
    values: &BTreeMap<&str, Input<'_>>,
) -> Details {
    let mut details = Details::none();
    for (word, value) in values {
        if let Some(field) = field(validator, kind, word)
            && let Some(value) = detail(validator, kind, field, *value)
        {
            details.set(field, value);
        }
    }
    let Some(kind) = kind else { return details };
    let absent = |field: &&Field| !values.contains_key(field.as_str());
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
    let takes = |field: &Field| kind.is_none_or(|kind| schema(kind).fields().any(|f| f == *field));
    let field = Field::parse(word).filter(takes);
    if field.is_none() {
        let at = format!("details.{word}");
        validator.unknown(Code::UnknownDetail, &at, word, || match kind {
            Some(kind) => Refusal::unknown_detail(kind, word),
            None => {
                let words: Vec<_> = Field::ALL.iter().map(|field| field.as_str()).collect();
                let mut refusal = Refusal::unknown_field(&at, word, &words);
                refusal.code = Code::UnknownDetail;
                refusal
            }
        });
    }
    field
}

/// Parses the value of a detail of a kind, if that is known.
pub(super) fn detail(
    validator: &mut Validator,
    kind: Option<Kind>,
    field: Field,
    value: Input<'_>,
) -> Option<Value> {
    let at = format!("details.{}", field.as_str());
    match field.ty() {
        Type::Party(kinds) => {
            let party = party(validator, &at, value)?;
            if kinds.contains(&party.kind()) {
                return Some(Value::Party(party));
            }
            let text = value.as_str().unwrap_or_default();
            validator.add(Refusal::bad_detail(kind, field, text));
            None
        }
        Type::Choice(_) => validator.parse(&at, value, |word| {
            let choice = field.word(word).map(Value::Choice);
            choice.ok_or_else(|| Refusal::bad_detail(kind, field, word))
        }),
        Type::Text => {
            let text = validator.text::<TEXT_MAX>(&at, value);
            text.map(|text| Value::Text(text.into()))
        }
        Type::Count => {
            let count = match value {
                Input::Count(count) => Some(count),
                Input::Json(Json::Number(number)) => whole(number),
                other => {
                    validator.wrong_type(&at, "a whole number", other);
                    return None;
                }
            };
            let count = count.filter(|count| *count <= COUNT_MAX);
            if count.is_none() {
                validator.add(Refusal::bad_detail(kind, field, &value.to_json()));
            }
            count.map(Value::Count)
        }
    }
}

/// Returns a number as a whole one, however it is written: `4000`, `4000.0` or `4e3`.
fn whole(number: &Number) -> Option<u64> {
    number.as_u64().or_else(|| {
        let float = number.as_f64().filter(|float| float.fract() == 0.0)?;
        // Adding 0 makes -0 positive.
        format!("{:.0}", float + 0.0).parse().ok()
    })
}

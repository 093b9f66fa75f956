//! Acts.

use std::fmt::Display;

use detente_domain::details::{Details, Field, Type, Value};
use detente_domain::event::Act;
use detente_domain::kind::Kind;
use prost::Message;

use super::{NotUnderstood, party, unknown};
use crate::proto;
use crate::proto::detail::Value as Wire;

/// Decodes an act, such as the one in a [`Skim::Event`](crate::Skim::Event).
///
/// # Errors
/// Returns [`NotUnderstood`] for an unknown kind, party, detail or value, and for bytes that are
/// not an act.
pub fn decode_act(bytes: &[u8]) -> Result<Act, NotUnderstood> {
    let message =
        proto::Act::decode(bytes).map_err(|error| unknown("the bytes of an act", &error))?;
    from_proto(&message)
}

pub(super) fn to_proto(act: &Act) -> proto::Act {
    proto::Act {
        kind: act.kind.as_str().to_owned(),
        actors: party::to_proto(&act.actors),
        recipients: party::to_proto(&act.recipients),
        details: act
            .details
            .iter()
            .map(|(field, value)| proto::Detail {
                field: field.as_str().to_owned(),
                value: Some(value_to_proto(value)),
            })
            .collect(),
    }
}

pub(super) fn from_proto(message: &proto::Act) -> Result<Act, NotUnderstood> {
    let mut details = Details::none();
    for proto::Detail { field, value } in &message.details {
        let field = parse_field(field)?;
        let missing = || unknown("a value of the detail", field.as_str());
        let value = value.as_ref().ok_or_else(missing)?;
        details.set(field, value_from_proto(field, value)?);
    }
    Ok(Act {
        kind: parse_kind(&message.kind)?,
        actors: party::from_proto(&message.actors)?,
        recipients: party::from_proto(&message.recipients)?,
        details,
    })
}

/// Encodes a value. The type of its field determines how a text is decoded.
pub(super) fn value_to_proto(value: &Value) -> Wire {
    match value {
        Value::Party(party) => Wire::Text(party.code().to_owned()),
        Value::Choice(word) => Wire::Text((*word).to_owned()),
        Value::Text(text) => Wire::Text(text.to_string()),
        Value::Count(count) => Wire::Count(*count),
    }
}

pub(super) fn parse_kind(code: &str) -> Result<Kind, NotUnderstood> {
    Kind::parse(code).ok_or_else(|| unknown("a kind", code))
}

pub(super) fn parse_field(name: &str) -> Result<Field, NotUnderstood> {
    Field::parse(name).ok_or_else(|| unknown("a detail", name))
}

/// Decodes a value of a field.
pub(super) fn value_from_proto(field: Field, value: &Wire) -> Result<Value, NotUnderstood> {
    let unknown =
        |value: &dyn Display| unknown(&format!("a value of the detail {}", field.as_str()), value);
    match (value, field.ty()) {
        (Wire::Count(count), Type::Count) => Ok(Value::Count(*count)),
        (Wire::Count(count), Type::Party(_) | Type::Choice(_) | Type::Text) => Err(unknown(count)),
        (Wire::Text(text), Type::Count) => Err(unknown(text)),
        (Wire::Text(text), Type::Party(_) | Type::Choice(_) | Type::Text) => {
            field.parse_value(text).map_err(|_| unknown(text))
        }
    }
}

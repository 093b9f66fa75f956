//! Acts.

use detente_domain::details::{Details, Field, Type, Value};
use detente_domain::event::Act;
use detente_domain::kind::Kind;
use prost::Message;

use super::{NotUnderstood, party, unknown};
use crate::proto;
use crate::proto::detail::Value as Wire;

/// Decodes an act, such as [`crate::EventSkim::act`].
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
        kind: act.kind.code().to_owned(),
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
        let value = match value {
            Some(Wire::Text(text)) => parse_text(field, text)?,
            Some(Wire::Count(count)) => parse_count(field, *count)?,
            None => return Err(unknown("a value of the detail", field.as_str())),
        };
        details.set(field, value);
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

pub(super) fn parse_text(field: Field, text: &str) -> Result<Value, NotUnderstood> {
    let what = || unknown(&format!("a value of the detail {}", field.as_str()), text);
    match field.ty() {
        Type::Count => Err(what()),
        Type::Party(_) | Type::Choice(_) | Type::Text => {
            field.parse_value(text).map_err(|_| what())
        }
    }
}

pub(super) fn parse_count(field: Field, count: u64) -> Result<Value, NotUnderstood> {
    match field.ty() {
        Type::Count => Ok(Value::Count(count)),
        Type::Party(_) | Type::Choice(_) | Type::Text => Err(unknown(
            &format!("a value of the detail {}", field.as_str()),
            &count,
        )),
    }
}

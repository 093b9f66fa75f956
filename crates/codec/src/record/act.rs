//! Acts: who did what to whom.

use detente_domain::details::{Details, Field, Type, Value};
use detente_domain::event::Act;
use detente_domain::kind::Kind;
use prost::Message;

use super::{NotUnderstood, party, unknown};
use crate::proto;
use crate::proto::detail::Value as Wire;

/// The act that a slice of bytes holds, such as [`crate::EventSkim::act`].
///
/// # Errors
/// [`NotUnderstood`] for a kind, party, detail or word that this program does not know, and for
/// bytes that are no act.
pub fn act(bytes: &[u8]) -> Result<Act, NotUnderstood> {
    let message =
        proto::Act::decode(bytes).map_err(|error| unknown("the bytes of an act", &error))?;
    read(&message)
}

/// The bytes of an act, as they stand within the bytes of its record: the same for equal acts.
#[must_use]
pub fn act_bytes(act: &Act) -> Vec<u8> {
    write(act).encode_to_vec()
}

pub(super) fn write(act: &Act) -> proto::Act {
    proto::Act {
        kind: act.kind.code().to_owned(),
        actors: party::write(&act.actors),
        recipients: party::write(&act.recipients),
        details: act
            .details
            .iter()
            .map(|(field, value)| detail(field, value))
            .collect(),
    }
}

pub(super) fn read(message: &proto::Act) -> Result<Act, NotUnderstood> {
    let mut details = Details::none();
    for proto::Detail { field, value } in &message.details {
        let field = read_field(field)?;
        let value = match value {
            Some(Wire::Text(text)) => read_text(field, text)?,
            Some(Wire::Count(count)) => read_count(field, *count)?,
            None => return Err(unknown("a value of the detail", field.as_str())),
        };
        details.set(field, value);
    }
    Ok(Act {
        kind: read_kind(&message.kind)?,
        actors: party::read(&message.actors)?,
        recipients: party::read(&message.recipients)?,
        details,
    })
}

fn detail(field: Field, value: &Value) -> proto::Detail {
    let value = match write_value(value) {
        Written::Text(text) => Wire::Text(text),
        Written::Count(count) => Wire::Count(count),
    };
    proto::Detail {
        field: field.as_str().to_owned(),
        value: Some(value),
    }
}

/// A value on the wire: the type of the field says what a text means.
pub(super) enum Written {
    Text(String),
    Count(u64),
}

pub(super) fn write_value(value: &Value) -> Written {
    match value {
        Value::Party(party) => Written::Text(party.code().to_owned()),
        Value::Choice(word) => Written::Text((*word).to_owned()),
        Value::Text(text) => Written::Text(text.to_string()),
        Value::Count(count) => Written::Count(*count),
    }
}

pub(super) fn read_kind(code: &str) -> Result<Kind, NotUnderstood> {
    Kind::parse(code).ok_or_else(|| unknown("a kind", code))
}

pub(super) fn read_field(word: &str) -> Result<Field, NotUnderstood> {
    Field::parse(word).ok_or_else(|| unknown("a detail", word))
}

pub(super) fn read_text(field: Field, text: &str) -> Result<Value, NotUnderstood> {
    let what = || unknown(&format!("a value of the detail {}", field.as_str()), text);
    match field.ty() {
        Type::Count => Err(what()),
        Type::Party(_) | Type::Choice(_) | Type::Text => field.read(text).map_err(|_| what()),
    }
}

pub(super) fn read_count(field: Field, count: u64) -> Result<Value, NotUnderstood> {
    match field.ty() {
        Type::Count => Ok(Value::Count(count)),
        Type::Party(_) | Type::Choice(_) | Type::Text => Err(unknown(
            &format!("a value of the detail {}", field.as_str()),
            &count,
        )),
    }
}

//! CloudEvents 1.0: events as `data`, in an envelope of JSON or of HTTP headers.

use std::borrow::Cow;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::input::Input;
use super::json::parse_json;
use super::report::URL_MAX;
use super::validator::{Suggestions, Validator, validated};
use crate::refusal::{Code, Refusal};

/// The prefix of a header with an attribute of a CloudEvent in binary mode.
const PREFIX: &str = "ce-";
/// The header that marks a CloudEvent in binary mode.
const VERSION: &str = "ce-specversion";
/// The prefix of the media types of the other modes, whose attributes are in the body.
const STRUCTURED: &str = "application/cloudevents";
const CONTENT_TYPE: &str = "content-type";
/// The key of an event as JSON.
const DATA: &str = "data";
/// The key of an event whose JSON is in base64.
const DATA_BASE64: &str = "data_base64";

/// Derives a stable id from the source and id of another system.
#[must_use]
pub fn foreign_id(source: &str, id: &str) -> Uuid {
    let namespace = Uuid::new_v5(&Uuid::NAMESPACE_URL, b"urn:detente:event");
    // The length keeps ("a", "b/c") and ("a/b", "c") apart.
    Uuid::new_v5(
        &namespace,
        format!("{}/{source}/{id}", source.len()).as_bytes(),
    )
}

/// Returns the attributes of a CloudEvent in binary mode, without their prefix and in order of their
/// names, from headers with names in lower case; `None` if the body has rows.
///
/// # Errors
/// `bad_text` for an attribute that is not plain ASCII.
pub fn header_attributes(
    headers: &[(&str, &[u8])],
) -> Result<Option<Vec<(String, String)>>, Refusal> {
    let content_type = headers.iter().find(|(name, _)| *name == CONTENT_TYPE);
    let content_type = content_type.and_then(|(_, value)| header_text(value));
    let media_type = content_type.unwrap_or_default().to_ascii_lowercase();
    let is_binary = headers.iter().any(|(name, _)| *name == VERSION);
    if !is_binary || media_type.starts_with(STRUCTURED) {
        return Ok(None);
    }
    let mut attributes = Vec::new();
    for (name, value) in headers {
        let Some(attribute) = name.strip_prefix(PREFIX) else {
            continue;
        };
        let text = header_text(value).ok_or_else(|| {
            let message = "a header is percent-encoded UTF-8";
            Refusal::new(Code::BadText, message).field(*name)
        })?;
        attributes.push((attribute.to_owned(), text.to_owned()));
    }
    if let Some(content_type) = content_type {
        attributes.push(("datacontenttype".to_owned(), content_type.to_owned()));
    }
    attributes.sort();
    Ok(Some(attributes))
}

/// Returns a header's value of printable ASCII and tabs as text.
#[must_use]
pub fn header_text(value: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(value).ok()?;
    let is_plain = |byte: u8| byte == b'\t' || (b' '..=b'~').contains(&byte);
    text.bytes().all(is_plain).then_some(text)
}

/// Builds the envelope of binary mode from `attributes`: its headers, without their prefix `ce-`.
///
/// # Errors
/// `bad_utf8` for a value that does not decode to UTF-8.
pub(super) fn envelope(attributes: &[(String, String)]) -> Result<Map<String, Value>, Refusal> {
    let attribute = |(name, value): &(String, String)| {
        let bare = unquoted(value);
        let text = percent_decode_str(&bare).decode_utf8().map_err(|_| {
            let refusal = Refusal::new(Code::BadUtf8, "a header is percent-encoded UTF-8");
            refusal.field(format!("ce-{name}")).value(value)
        })?;
        Ok((name.clone(), Value::String(text.into_owned())))
    };
    attributes.iter().map(attribute).collect()
}

/// Returns the text of a header's value that may be a quoted string, in which a backslash precedes
/// any character that stands for itself.
fn unquoted(value: &str) -> Cow<'_, str> {
    let quoted = value.strip_prefix('"').and_then(|v| v.strip_suffix('"'));
    let Some(quoted) = quoted.filter(|quoted| quoted.contains('\\')) else {
        return quoted.unwrap_or(value).into();
    };
    let mut text = String::new();
    let mut letters = quoted.chars();
    while let Some(letter) = letters.next() {
        text.push(match letter {
            '\\' => letters.next().unwrap_or(letter),
            _ => letter,
        });
    }
    text.into()
}

/// Extracts the event from a CloudEvent. An event without an id gets one that is derived from the
/// source and id of the envelope, which identify it together, so that a retry is a repeat.
pub(super) fn unwrap(value: Value) -> Result<Value, Vec<Refusal>> {
    // Attributes may have any name, so no similar ones are sought.
    validated(&mut Suggestions::default(), |validator| {
        open(validator, value)
    })
}

fn open(validator: &mut Validator, value: Value) -> Option<Value> {
    let Value::Object(mut envelope) = value else {
        let wanted = "a CloudEvent, which is an object,";
        validator.wrong_type("", wanted, Input::Json(&value));
        return None;
    };
    let mut attribute = |name: &str| {
        let wanted = "an attribute of every CloudEvent";
        validator.required(name, &envelope, wanted, Validator::text::<URL_MAX>)
    };
    let (version, kind) = (attribute("specversion"), attribute("type"));
    let (id, source) = (attribute("id"), attribute("source"));
    if let Some(version) = version
        && version != "1.0"
    {
        let message = "the version of CloudEvents is 1.0";
        let refusal = Refusal::new(Code::UnsupportedMediaType, message).field("specversion");
        validator.add(refusal.value(&version).allowed(["1.0"]));
    }
    content_type(validator, &envelope);
    let (Some(id), Some(source), Some(_)) = (id, source, kind) else {
        return None;
    };
    let mut data = data(validator, &mut envelope)?;
    if data.get("id").is_none_or(Value::is_null) {
        data["id"] = Value::String(foreign_id(&source, &id).to_string());
    }
    Some(data)
}

/// Takes the event, an object, out of the envelope: JSON, or the bytes of JSON in base64.
fn data(validator: &mut Validator, envelope: &mut Map<String, Value>) -> Option<Value> {
    let mut take = |key| {
        envelope
            .remove(key)
            .filter(|value: &Value| !value.is_null())
    };
    let (at, data) = match (take(DATA), take(DATA_BASE64)) {
        (Some(data), None) => (DATA, data),
        (None, Some(encoded)) => (DATA_BASE64, decoded(validator, &encoded)?),
        (None, None) => {
            validator.missing(DATA, "the event");
            return None;
        }
        (Some(_), Some(encoded)) => {
            let message = "a CloudEvent has its event under one of two keys, and not under both";
            let refusal = Refusal::new(Code::UnknownField, message).field(DATA_BASE64);
            validator.add(refusal.value(&encoded.to_string()).allowed([DATA]));
            return None;
        }
    };
    validator.event(at, Input::Json(&data))?;
    Some(data)
}

/// Decodes the value of `data_base64`.
fn decoded(validator: &mut Validator, encoded: &Value) -> Option<Value> {
    let text = validator.string(DATA_BASE64, Input::Json(encoded))?;
    let bytes = BASE64_STANDARD.decode(text).map_err(|error| {
        let refusal = Refusal::new(Code::WrongType, format!("this is not base64: {error}"));
        refusal.value(text)
    });
    let refused = |refusal: Refusal| {
        let at = refusal.field.clone();
        validator.add(refusal.field(at.as_deref().unwrap_or(DATA_BASE64)));
    };
    bytes
        .and_then(|bytes| parse_json(&bytes))
        .map_err(refused)
        .ok()
}

/// Refuses data that is declared to be something other than JSON.
fn content_type(validator: &mut Validator, envelope: &Map<String, Value>) {
    let Some(media_type) = validator.optional("datacontenttype", envelope, Validator::string)
    else {
        return;
    };
    let name = media_type.split(';').next().unwrap_or_default();
    let name = name.trim().to_ascii_lowercase();
    if name != "application/json" && name != "text/json" && !name.ends_with("+json") {
        let refusal = Refusal::new(Code::UnsupportedMediaType, "events are JSON");
        let refusal = refusal.field("datacontenttype").value(media_type);
        validator.add(refusal.allowed(["application/json"]));
    }
}

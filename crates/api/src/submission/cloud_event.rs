//! CloudEvents 1.0: events as `data`, in an envelope of JSON or of HTTP headers.

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::input::{Input, Object};
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
        let bare = value.strip_prefix('"').and_then(|v| v.strip_suffix('"'));
        let bare = bare.unwrap_or(value);
        let text = percent_decode_str(bare).decode_utf8().map_err(|_| {
            let refusal = Refusal::new(Code::BadUtf8, "a header is percent-encoded UTF-8");
            refusal.field(format!("ce-{name}")).value(value)
        })?;
        Ok((name.clone(), Value::String(text.into_owned())))
    };
    attributes.iter().map(attribute).collect()
}

/// Extracts the event from a CloudEvent. An event without an id gets the id of the envelope or, if
/// that is not a UUID, one that is derived from the source and id of the envelope, so that a retry
/// is a repeat.
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
    if let Some(bytes) = Object::get(&envelope, "data_base64") {
        let message = "events are JSON, under `data`";
        let refusal = Refusal::new(Code::UnsupportedMediaType, message).field("data_base64");
        validator.add(refusal.value(&bytes.to_json()).allowed(["data"]));
        return None;
    }
    content_type(validator, &envelope);
    let (Some(id), Some(source), Some(_)) = (id, source, kind) else {
        return None;
    };
    let event = validator.required("data", &envelope, "the event", Validator::event)?;
    let has_id = event.get("id").is_some();
    let mut data = envelope.remove("data")?;
    if !has_id {
        let own = Uuid::try_parse(&id).unwrap_or_else(|_| foreign_id(&source, &id));
        data["id"] = Value::String(own.to_string());
    }
    Some(data)
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

//! CloudEvents 1.0: the event is their `data`, in an envelope of JSON or of HTTP headers.

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::faults::{Faults, get};
use crate::refusal::{Code, Refusal};

/// The id of what another system knows by an id of its own: always the same for the same two.
#[must_use]
pub fn foreign_id(source: &str, id: &str) -> Uuid {
    let namespace = Uuid::new_v5(&Uuid::NAMESPACE_URL, b"urn:detente:event");
    // The length keeps ("a", "b/c") and ("a/b", "c") apart.
    Uuid::new_v5(
        &namespace,
        format!("{}/{source}/{id}", source.len()).as_bytes(),
    )
}

/// The envelope that the headers of binary mode are: `attributes` without their prefix `ce-`.
///
/// # Errors
/// Those whose value is not UTF-8 when it is decoded.
pub(super) fn envelope(attributes: &[(String, String)]) -> Result<Map<String, Value>, Refusal> {
    let attribute = |(name, value): &(String, String)| {
        let bare = value.strip_prefix('"').and_then(|v| v.strip_suffix('"'));
        let bare = bare.unwrap_or(value);
        let text = percent_decode_str(bare).decode_utf8().map_err(|_| {
            let refusal = Refusal::new(Code::BadUtf8, "a header is percent-encoded UTF-8");
            refusal.field(format!("ce-{name}")).given(value)
        })?;
        Ok((name.clone(), Value::String(text.into_owned())))
    };
    attributes.iter().map(attribute).collect()
}

/// The event in a CloudEvent. Where the event has no id, it gets the envelope's: that id itself if
/// it is a UUID, else one that is derived from source and id, so that a retry stays a repeat.
pub(super) fn unwrap(value: Value) -> Result<Value, Vec<Refusal>> {
    let mut faults = Faults::default();
    let data = open(&mut faults, value);
    faults.done(data)
}

fn open(faults: &mut Faults, value: Value) -> Option<Value> {
    let Value::Object(mut envelope) = value else {
        faults.wrong_type("", "a CloudEvent, which is an object,", &value);
        return None;
    };
    let mut attribute = |name: &str| {
        let Some(value) = get(&envelope, name) else {
            faults.missing(name, "an attribute of every CloudEvent");
            return None;
        };
        faults.text(name, value, super::URL_MAX)
    };
    let (version, kind) = (attribute("specversion"), attribute("type"));
    let (id, source) = (attribute("id"), attribute("source"));
    if let Some(version) = version
        && version != "1.0"
    {
        let refusal = Refusal::new(Code::UnsupportedMediaType, "CloudEvents 1.0 are read");
        faults.add(
            refusal
                .field("specversion")
                .given(&version)
                .allowed(["1.0"]),
        );
    }
    if let Some(bytes) = get(&envelope, "data_base64") {
        let message = "events are read as JSON, under `data`";
        let refusal = Refusal::new(Code::UnsupportedMediaType, message).field("data_base64");
        faults.add(refusal.given(&bytes.to_string()).allowed(["data"]));
        return None;
    }
    content_type(faults, &envelope);
    let mut data = envelope.remove("data").unwrap_or_default();
    let (Some(id), Some(source), Some(_)) = (id, source, kind) else {
        return None;
    };
    if data.is_null() {
        faults.missing("data", "the event");
        return None;
    }
    match data.as_object_mut() {
        Some(event) => {
            if get(event, "id").is_none() {
                let own = Uuid::try_parse(&id).unwrap_or_else(|_| foreign_id(&source, &id));
                event.insert("id".to_owned(), Value::String(own.to_string()));
            }
            Some(data)
        }
        None => {
            faults.wrong_type("data", "an event, which is an object,", &data);
            None
        }
    }
}

/// What the envelope says of its data: JSON, if it says anything.
fn content_type(faults: &mut Faults, envelope: &Map<String, Value>) {
    let Some(value) = get(envelope, "datacontenttype") else {
        return;
    };
    let Some(given) = faults.string("datacontenttype", value) else {
        return;
    };
    let name = given.split(';').next().unwrap_or_default();
    let name = name.trim().to_ascii_lowercase();
    if name != "application/json" && name != "text/json" && !name.ends_with("+json") {
        let refusal = Refusal::new(Code::UnsupportedMediaType, "events are read as JSON");
        let refusal = refusal.field("datacontenttype").given(given);
        faults.add(refusal.allowed(["application/json"]));
    }
}

//! CloudEvents 1.0 in structured JSON: the event is their `data`.

use serde_json::Value;
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
    let mut data = envelope.remove("data").unwrap_or_default();
    let (Some(id), Some(source), Some(_)) = (id, source, kind) else {
        return None;
    };
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

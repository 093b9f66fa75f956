//! JSON schemas of submitted rows, for descriptions of routes. What they allow has the right types and
//! lengths, so that only its meaning can be refused.

mod bounds;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use super::amendment::TEXT_MAX;
use super::report::URL_MAX;
use super::{EventDto, PatchDto, ReportDto};

/// Returns the schema of a type as it is deserialised, without references.
#[must_use]
pub fn schema<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().for_deserialize();
    let settings = settings.with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    });
    let mut schema = json!(settings.into_generator().into_root_schema_for::<T>());
    if let Some(object) = schema.as_object_mut() {
        object.remove("title");
    }
    schema
}

/// Returns the schema of a publication, whose grade is optional.
#[must_use]
pub fn publication() -> Value {
    let mut schema = schema::<ReportDto>();
    schema["required"] = json!(["publisher"]);
    bounds::publication(&mut schema["properties"]);
    schema
}

/// Returns the schema of an event.
#[must_use]
pub fn event() -> Value {
    let mut schema = schema::<EventDto>();
    bounds::event(&mut schema["properties"]);
    schema["properties"]["report"] = publication();
    schema["additionalProperties"] = json!(false);
    schema["description"] = json!("An event.");
    schema
}

/// Returns the schemas of the keys of a correction.
#[must_use]
pub fn correction() -> Value {
    let mut properties = schema::<PatchDto>()["properties"].take();
    bounds::correction(&mut properties);
    properties["report"] = publication();
    properties
}

/// Returns the schema of a claim or a reason.
#[must_use]
pub fn statement() -> Value {
    bounds::text(TEXT_MAX)
}

/// Returns the schema of a row, or of an array of rows.
#[must_use]
pub fn rows(row: &Value) -> Value {
    json!({
        "description": "One row, or an array of rows.",
        "anyOf": [row, {"type": "array", "items": row}],
    })
}

/// Returns the schema of a CloudEvent in structured mode.
#[must_use]
pub fn cloud_event(row: &Value) -> Value {
    let with = |key: &str, data: &Value| {
        json!({
            "type": "object",
            "properties": {
                "specversion": {"const": "1.0"},
                "id": bounds::text(URL_MAX),
                "source": bounds::text(URL_MAX),
                "type": bounds::text(URL_MAX),
                "datacontenttype": {"type": "string"},
                key: data,
            },
            "required": ["specversion", "id", "source", "type", key],
        })
    };
    let encoded = json!({
        "type": "string",
        "contentEncoding": "base64",
        "contentMediaType": "application/json",
        "description": "The JSON of the event, in base64.",
    });
    json!({
        "description": "A CloudEvent in structured mode.",
        "oneOf": [with("data", row), with("data_base64", &encoded)],
    })
}

/// Returns the schema of CloudEvents in batch mode.
#[must_use]
pub fn cloud_events(cloud_event: &Value) -> Value {
    json!({
        "type": "array", "items": cloud_event, "description": "CloudEvents in batch mode."
    })
}

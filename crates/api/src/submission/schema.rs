//! JSON schemas of submitted rows, for descriptions of routes.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use super::{EventDto, ReportDto};

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
    schema
}

/// Returns the schema of an event.
#[must_use]
pub fn event() -> Value {
    let mut schema = schema::<EventDto>();
    schema["properties"]["report"] = publication();
    schema["description"] = json!("An event.");
    schema
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
    json!({
        "type": "object",
        "description": "A CloudEvent in structured mode.",
        "properties": {
            "specversion": {"const": "1.0"},
            "id": {"type": "string", "minLength": 1},
            "source": {"type": "string", "minLength": 1},
            "type": {"type": "string", "minLength": 1},
            "datacontenttype": {"type": "string"},
            "data": row,
        },
        "required": ["specversion", "id", "source", "type", "data"],
    })
}

/// Returns the schema of CloudEvents in batch mode.
#[must_use]
pub fn cloud_events(cloud_event: &Value) -> Value {
    json!({
        "type": "array", "items": cloud_event, "description": "CloudEvents in batch mode."
    })
}

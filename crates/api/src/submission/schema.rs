//! JSON schemas of submitted rows, for descriptions of routes. What they allow has the right types and
//! lengths, so that only its meaning can be refused.

mod bounds;

use std::borrow::Cow;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
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
    schema["description"] = json!("An event to report.");
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

/// The schema of an event to report.
#[derive(Debug)]
pub struct NewEvent;

/// The schema of an event to report, or of an array of them.
#[derive(Debug)]
pub struct NewEvents;

/// The schema of a CloudEvent in structured mode.
#[derive(Debug)]
pub struct CloudEvent;

impl JsonSchema for NewEvent {
    fn schema_name() -> Cow<'static, str> {
        "NewEvent".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        Schema::try_from(event()).unwrap_or_default()
    }
}

impl JsonSchema for NewEvents {
    fn schema_name() -> Cow<'static, str> {
        "NewEvents".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let event = generator.subschema_for::<NewEvent>();
        json_schema!({
            "description": "One event, or an array of events.",
            "anyOf": [event, {"type": "array", "items": event}],
        })
    }
}

impl JsonSchema for CloudEvent {
    fn schema_name() -> Cow<'static, str> {
        "CloudEvent".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let with = |key: &str, data: Value| {
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
        let event = generator.subschema_for::<NewEvent>().to_value();
        json_schema!({
            "description": "A CloudEvent in structured mode.",
            "oneOf": [with("data", event), with("data_base64", encoded)],
        })
    }
}

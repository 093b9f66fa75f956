//! JSON schemas of submitted rows, for descriptions of routes.

use std::borrow::Cow;

use detente_domain::party::Lang;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
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
        let mut schema = schema::<EventDto>();
        schema["properties"]["report"] = publication();
        schema["properties"]["title"]["propertyNames"] =
            json!({"enum": Lang::ALL.map(Lang::as_str)});
        schema["properties"]["title"]["minProperties"] = json!(1);
        schema["description"] = json!("An event to report.");
        Schema::try_from(schema).unwrap_or_default()
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
        let text = json!({"type": "string", "minLength": 1});
        json_schema!({
            "type": "object",
            "description": "A CloudEvent in structured mode.",
            "properties": {
                "specversion": {"const": "1.0"},
                "id": text,
                "source": text,
                "type": text,
                "datacontenttype": {"type": "string"},
                "data": generator.subschema_for::<NewEvent>(),
            },
            "required": ["specversion", "id", "source", "type", "data"],
        })
    }
}

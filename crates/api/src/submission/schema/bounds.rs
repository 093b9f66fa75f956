//! The types, lengths and sizes of what a row holds, added to the schemas of its structs.

use detente_domain::details::{COMMON, COUNT_MAX, Field, TEXT_MAX, Type};
use detente_domain::edtf;
use detente_domain::event::PARTIES_MAX;
use detente_domain::party::Lang;
use serde_json::{Map, Value, json};

use crate::submission::event::TITLE_MAX;
use crate::submission::report::{LANGUAGE_MAX, PUBLISHER_MAX, QUOTE_MAX, URL_MAX};

/// Bounds the texts of a publication.
pub(super) fn publication(properties: &mut Value) {
    for (key, length_max) in [
        ("publisher", PUBLISHER_MAX),
        ("url", URL_MAX),
        ("language", LANGUAGE_MAX),
        ("published", edtf::MAX_BYTES),
        ("quote", QUOTE_MAX),
    ] {
        let property = &mut properties[key];
        property["minLength"] = json!(1);
        property["maxLength"] = json!(length_max);
    }
}

/// Bounds the fields of an event, and describes each of its details.
pub(super) fn event(properties: &mut Value) {
    sides_and_date(properties);
    properties["actors"]["minItems"] = json!(1);
    properties["details"]["properties"] = by_name(&Field::ALL, detail);
    properties["details"]["additionalProperties"] = json!(false);
    properties["title"] = title();
    properties["title"]["minProperties"] = json!(1);
    for field in COMMON {
        properties[field.as_str()] = detail(*field);
    }
}

/// Bounds the fields of a correction, which may clear details.
pub(super) fn correction(properties: &mut Value) {
    let cleared = |field| json!({"anyOf": [detail(field), {"type": "null"}]});
    sides_and_date(properties);
    properties["details"]["properties"] = by_name(&Field::ALL, cleared);
    properties["details"]["additionalProperties"] = json!(false);
    properties["title"] = title();
}

/// Returns the schema of a text that is not empty.
pub(super) fn text(length_max: usize) -> Value {
    json!({"type": "string", "minLength": 1, "maxLength": length_max})
}

fn sides_and_date(properties: &mut Value) {
    for side in ["actors", "recipients"] {
        properties[side]["maxItems"] = json!(PARTIES_MAX);
    }
    properties["occurred"]["maxLength"] = json!(edtf::MAX_BYTES);
}

fn title() -> Value {
    let titles = Lang::ALL.map(|lang| (lang.as_str().to_owned(), text(TITLE_MAX)));
    json!({
        "type": "object",
        "description": "The titles, by language.",
        "properties": Map::from_iter(titles),
        "additionalProperties": false,
    })
}

fn by_name(fields: &[Field], schema: impl Fn(Field) -> Value) -> Value {
    let schemas = fields.iter();
    let schemas = schemas.map(|field| (field.as_str().to_owned(), schema(*field)));
    Value::Object(schemas.collect())
}

fn detail(field: Field) -> Value {
    match field.ty() {
        Type::Party(_) => json!({"type": "string"}),
        Type::Choice(words) => json!({"type": "string", "enum": words}),
        Type::Text => text(TEXT_MAX),
        Type::Count => json!({"type": "integer", "minimum": 0, "maximum": COUNT_MAX}),
    }
}

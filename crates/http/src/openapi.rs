//! The description as OpenAPI 3.1.

use std::collections::BTreeMap;

use axum::http::Method;
use detente_api::refusal::{Code, Problem};
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::map::Entry;
use serde_json::{Map, Value, json};

use crate::describe::{Media, Operation, Place, Said, Shape};
use crate::doors::OPENAPI;
use crate::reply::{FailureProblem, JSON};

/// What every answer has.
const REQUEST_ID: &str = "The id of the request: that of the header of the same name, if it is \
    fit, or a new one.";

/// With what whoever may not come in is refused.
pub(crate) const LOCKED: [Code; 2] = [Code::Unauthenticated, Code::Forbidden];

/// The name of the one scheme of security.
const TOKEN: &str = "token";

/// This document's own door.
pub(crate) fn operation() -> Operation {
    let told = "OpenAPI 3.1, made from the code that answers.";
    let shape = Shape::As(json!({"type": "object", "required": ["openapi", "paths"]}));
    Operation::get(OPENAPI, "openapi", "The description", "This description")
        .told(told)
        .answers(200, "The document.", JSON, shape)
        .unchanged()
        .open()
}

/// The document.
pub(crate) fn document(operations: &[Operation]) -> Value {
    let settings = SchemaSettings::draft2020_12()
        .for_serialize()
        .with(|settings| {
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
        });
    let mut generator = settings.into_generator();
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for operation in operations {
        let method = operation.method.as_str().to_ascii_lowercase();
        let described = described(operation, &mut generator);
        paths
            .entry(&operation.path)
            .or_default()
            .insert(method, described);
    }
    let schemas = generator.take_definitions(true);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Detente",
            "summary": "The state of relations between countries, as a fold over graded reports.",
            "description": "Every read takes two clocks: `at`, the day in the world, and `known_at`, \
                what the log held. Errors are `application/problem+json` with a stable `code`.",
            "version": env!("CARGO_PKG_VERSION"),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "This server."}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {TOKEN: {
                "type": "http",
                "scheme": "bearer",
                "description": "A token, as `detente token create` gives it. Where no tokens are in \
                    force, which is so on the machine's own address alone, none is needed.",
            }},
        },
    })
}

fn described(operation: &Operation, generator: &mut SchemaGenerator) -> Value {
    let mut described = json!({
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": operation.summary,
        "parameters": parameters(operation),
        "responses": responses(operation, generator),
    });
    if let Some(role) = operation.needs {
        // One of these: a token, or nothing where no tokens are in force.
        described["security"] = json!([{TOKEN: []}, {}]);
        described["x-role"] = json!(role.as_str());
    }
    if !operation.told.is_empty() {
        described["description"] = json!(operation.told);
    }
    if !operation.bodies.is_empty() {
        let content = content(&operation.bodies, generator);
        described["requestBody"] = json!({"required": true, "content": content});
    }
    described
}

fn parameters(operation: &Operation) -> Vec<Value> {
    let parameter = |parameter: &crate::describe::Parameter| {
        json!({
            "name": parameter.name,
            "in": match parameter.place {
                Place::Path => "path",
                Place::Query => "query",
                Place::Header => "header",
            },
            "required": parameter.place == Place::Path,
            "description": parameter.told,
            "schema": parameter.schema,
        })
    };
    operation.parameters.iter().map(parameter).collect()
}

fn responses(operation: &Operation, generator: &mut SchemaGenerator) -> Value {
    let mut responses = Map::new();
    for said in &operation.answers {
        responses.insert(said.status.to_string(), answer(said, generator));
    }
    let mut refused: BTreeMap<u16, Vec<Code>> = BTreeMap::new();
    for code in &operation.codes {
        refused.entry(code.status()).or_default().push(*code);
    }
    if operation.needs.is_some() {
        for code in LOCKED {
            refused.entry(code.status()).or_default().push(code);
        }
    }
    // Ours to mend: these may come of every door.
    for status in [500, 503] {
        refused.entry(status).or_default();
    }
    if operation.method == Method::POST {
        refused.entry(408).or_default().push(Code::TooSlow);
    }
    for (status, codes) in refused {
        let told = refusal(status, &codes, operation, generator);
        // A door may answer such a status with a body of its own.
        match responses.entry(status.to_string()) {
            Entry::Vacant(vacant) => drop(vacant.insert(told)),
            Entry::Occupied(mut said) => {
                let content = &told["content"][Problem::MEDIA_TYPE];
                said.get_mut()["content"][Problem::MEDIA_TYPE] = content.clone();
            }
        }
    }
    Value::Object(responses)
}

fn answer(said: &Said, generator: &mut SchemaGenerator) -> Value {
    let mut answer = json!({"description": said.told, "headers": headers(&said.headers)});
    if !said.bodies.is_empty() {
        answer["content"] = content(&said.bodies, generator);
    }
    answer
}

fn headers(further: &[(&str, &str)]) -> Value {
    let header = |told: &str| json!({"description": told, "schema": {"type": "string"}});
    let all = further.iter().chain(&[("X-Request-Id", REQUEST_ID)]);
    let headers = all.map(|(name, told)| ((*name).to_owned(), header(told)));
    Value::Object(headers.collect())
}

fn refusal(
    status: u16,
    codes: &[Code],
    operation: &Operation,
    generator: &mut SchemaGenerator,
) -> Value {
    let row = |code: &Code| format!("- `{}`: {}. {}", code.as_str(), code.title(), code.advice());
    let mut rows: Vec<String> = codes.iter().map(row).collect();
    let problem = generator.subschema_for::<Problem>();
    let failure = generator.subschema_for::<FailureProblem<'static>>();
    let schema = if status < 500 {
        let problem = json!(problem);
        match &operation.problem {
            Some(Shape::Of(of)) => json!({"anyOf": [problem, of(generator)]}),
            Some(Shape::As(_) | Shape::Text) | None => problem,
        }
    } else if codes.is_empty() {
        rows.push("- Ours to mend, not the client's.".to_owned());
        json!(failure)
    } else {
        rows.push("- Or ours to mend, not the client's.".to_owned());
        json!({"anyOf": [problem, failure]})
    };
    let words: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
    let further = match status {
        408 | 429 | 503 => Some(("Retry-After", "After how many seconds to ask again.")),
        401 => Some(("WWW-Authenticate", "What to send: `Bearer` and a token.")),
        _ => None,
    };
    json!({
        "description": rows.join("\n"),
        "headers": headers(further.as_slice()),
        "content": {Problem::MEDIA_TYPE: {"schema": schema}},
        "x-codes": words,
    })
}

fn content(bodies: &[Media], generator: &mut SchemaGenerator) -> Value {
    let mut content = Map::new();
    for Media { media_type, shapes } in bodies {
        let shapes = shapes.iter().map(|shape| match shape {
            Shape::Of(of) => json!(of(generator)),
            Shape::As(schema) => schema.clone(),
            Shape::Text => json!({"type": "string"}),
        });
        let mut schemas: Vec<Value> = shapes.collect();
        let schema = match (schemas.pop(), schemas.is_empty()) {
            (Some(schema), true) => schema,
            (last, _) => {
                schemas.extend(last);
                json!({"anyOf": schemas})
            }
        };
        content.insert((*media_type).to_owned(), json!({"schema": schema}));
    }
    Value::Object(content)
}

//! The OpenAPI 3.1 document.

use std::collections::BTreeMap;

use axum::http::Method;
use detente_api::refusal::{Code, Problem};
use detente_api::request::{Parameter, ParameterIn};
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::map::Entry;
use serde_json::{Map, Value, json};

use crate::describe::{Answer, Link, Media, Operation, Shape};
use crate::reply::{Failure, JSON};

/// The path of the document.
pub(crate) const PATH: &str = "/v1/openapi.json";

/// The member of a request body or an answer with its media types after the first, in the form of
/// `content`. A client that is generated from several media types sends none of them, or any, and
/// may take each answer for the last.
const OTHER_CONTENT: &str = "x-other-content";

/// The description of the request id.
const REQUEST_ID: &str = "The id of the request: the client's `X-Request-Id` if it is acceptable, \
    otherwise a new one.";

/// Codes returned to unauthenticated or unauthorised callers.
pub(crate) const ACCESS_CODES: [Code; 2] = [Code::Unauthenticated, Code::Forbidden];

/// Codes returned to pages of other sites, on every route.
pub(crate) const SITE_CODES: [Code; 2] = [Code::ForeignHost, Code::ForeignOrigin];

/// The name of the only security scheme.
const TOKEN: &str = "token";

/// Describes the route of the document.
pub(crate) fn operation() -> Operation {
    let description = "OpenAPI 3.1, generated from the code of the server.";
    let shape = Shape::Schema(json!({"type": "object", "required": ["openapi", "paths"]}));
    Operation::get(PATH, "openapi", "Documentation", "The OpenAPI document")
        .description(description)
        .answers(200, "The document.", JSON, shape)
        .with_etag()
        .public()
}

/// Renders the document.
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
        let mut described = render(operation, &mut generator);
        add_links(&mut described, operation, operations);
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
                the state of the log. Errors are `application/problem+json` with a stable `code`.",
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
                "description": "A token, from `detente token create`. Where no tokens are in force, \
                    which is possible on a loopback address only, none is needed.",
            }},
        },
    })
}

fn render(operation: &Operation, generator: &mut SchemaGenerator) -> Value {
    let mut described = json!({
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": operation.summary,
        "parameters": parameters(operation),
        "responses": responses(operation, generator),
    });
    if let Some(role) = operation.needs {
        // Either a token, or nothing if no tokens are in force.
        described["security"] = json!([{TOKEN: []}, {}]);
        described["x-role"] = json!(role.as_str());
    }
    if !operation.description.is_empty() {
        described["description"] = json!(operation.description);
    }
    if !operation.bodies.is_empty() {
        let mut body = json!({"required": true});
        add_content(&mut body, &operation.bodies, generator);
        described["requestBody"] = body;
    }
    described
}

/// Links answers to those operations that the server has.
fn add_links(described: &mut Value, operation: &Operation, operations: &[Operation]) {
    let is_served = |link: &&Link| operations.iter().any(|other| other.id == link.operation);
    let link = |link: &Link| {
        let parameters = link.parameters.iter().cloned();
        let parameters: Map<String, Value> =
            parameters.map(|(to, from)| (to, from.into())).collect();
        let described = json!({"operationId": link.operation, "parameters": parameters});
        (link.name.to_owned(), described)
    };
    let links: Map<String, Value> = operation.links.iter().filter(is_served).map(link).collect();
    let with_body = operation
        .answers
        .iter()
        .filter(|answer| !answer.bodies.is_empty());
    for answer in with_body.filter(|_| !links.is_empty()) {
        described["responses"][answer.status.to_string()]["links"] = links.clone().into();
    }
}

fn parameters(operation: &Operation) -> Vec<Value> {
    let parameter = |parameter: &Parameter| {
        json!({
            "name": parameter.name,
            "in": parameter.place.as_str(),
            "required": parameter.place == ParameterIn::Path,
            "description": parameter.description,
            "schema": parameter.schema,
        })
    };
    operation.parameters.iter().map(parameter).collect()
}

fn responses(operation: &Operation, generator: &mut SchemaGenerator) -> Value {
    let mut responses = Map::new();
    for response in &operation.answers {
        responses.insert(response.status.to_string(), answer(response, generator));
    }
    let mut refused: BTreeMap<u16, Vec<Code>> = BTreeMap::new();
    for code in &operation.codes {
        refused.entry(code.status()).or_default().push(*code);
    }
    if operation.needs.is_some() {
        for code in ACCESS_CODES {
            refused.entry(code.status()).or_default().push(code);
        }
    }
    let form = Some(Code::UnsupportedMediaType).filter(|_| !operation.bodies.is_empty());
    let form = form.filter(|form| !operation.codes.contains(form));
    for code in SITE_CODES.into_iter().chain(form) {
        refused.entry(code.status()).or_default().push(code);
    }
    // Every route may fail.
    for status in [500, 503] {
        refused.entry(status).or_default();
    }
    if operation.method == Method::POST {
        refused.entry(408).or_default().push(Code::TooSlow);
    }
    for (status, codes) in refused {
        let described = refusal(status, &codes, operation, generator);
        // A route may answer such a status with a body of its own.
        match responses.entry(status.to_string()) {
            Entry::Vacant(vacant) => drop(vacant.insert(described)),
            Entry::Occupied(mut answer) => {
                let content = &described["content"][Problem::MEDIA_TYPE];
                answer.get_mut()["content"][Problem::MEDIA_TYPE] = content.clone();
            }
        }
    }
    Value::Object(responses)
}

fn answer(response: &Answer, generator: &mut SchemaGenerator) -> Value {
    let mut answer =
        json!({"description": response.description, "headers": headers(&response.headers)});
    add_content(&mut answer, &response.bodies, generator);
    answer
}

fn headers(further: &[(&str, &str)]) -> Value {
    let header = |text: &str| json!({"description": text, "schema": {"type": "string"}});
    let all = further.iter().chain(&[("X-Request-Id", REQUEST_ID)]);
    let headers = all.map(|(name, text)| ((*name).to_owned(), header(text)));
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
    let failure = generator.subschema_for::<Failure<'static>>();
    let schema = if status < 500 {
        let problem = json!(problem);
        match &operation.problem {
            // The one with more fields first: clients take the first that fits.
            Some(Shape::Type(schema)) => json!({"anyOf": [schema(generator), problem]}),
            Some(Shape::Schema(_) | Shape::Text) | None => problem,
        }
    } else if codes.is_empty() {
        rows.push("- A failure of the server, not the client's fault.".to_owned());
        json!(failure)
    } else {
        rows.push("- Or a failure of the server, not the client's fault.".to_owned());
        json!({"anyOf": [problem, failure]})
    };
    let names: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
    let further = match status {
        408 | 429 | 503 => Some(("Retry-After", "The seconds to wait before trying again.")),
        401 => Some(("WWW-Authenticate", "What to send: `Bearer` and a token.")),
        _ => None,
    };
    json!({
        "description": rows.join("\n"),
        "headers": headers(further.as_slice()),
        "content": {Problem::MEDIA_TYPE: {"schema": schema}},
        "x-codes": names,
    })
}

/// Adds the bodies of a request or an answer: the first as its content, the others apart.
fn add_content(described: &mut Value, bodies: &[Media], generator: &mut SchemaGenerator) {
    let Some((first, others)) = bodies.split_first() else {
        return;
    };
    described["content"] = content(std::slice::from_ref(first), generator);
    if others.is_empty() {
        return;
    }
    let names: Vec<&str> = others.iter().map(|media| media.media_type).collect();
    let text = described["description"].as_str().unwrap_or_default();
    let text = format!("{text} Also: `{}`.", names.join("`, `"));
    described["description"] = json!(text.trim_start());
    described[OTHER_CONTENT] = content(others, generator);
}

fn content(bodies: &[Media], generator: &mut SchemaGenerator) -> Value {
    let mut content = Map::new();
    for Media { media_type, shapes } in bodies {
        let shapes = shapes.iter().map(|shape| match shape {
            Shape::Type(schema) => json!(schema(generator)),
            Shape::Schema(schema) => schema.clone(),
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

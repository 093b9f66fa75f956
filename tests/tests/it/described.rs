//! The description that is served, and answers held against it.

use crate::ask::Answer;
use detente_tests::product::PATIENCE;
use jsonschema::Validator;
use reqwest::{Client, Method, Url};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};
use tokio::sync::OnceCell;

/// The description of a server that has all doors; it is the same for all of them.
static DOCUMENT: OnceCell<Value> = OnceCell::const_new();
/// By method, path, status and media type.
static VALIDATORS: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);

/// The description that a server gives.
pub(crate) async fn document(http: &str) -> Value {
    let url = format!("{http}/v1/openapi.json");
    let response = Client::new().get(url).timeout(PATIENCE).send().await;
    let text = response.unwrap().text().await.unwrap();
    serde_json::from_str(&text).unwrap()
}

/// What is described of a door: the path with braces, and the operation.
pub(crate) fn operation<'d>(
    document: &'d Value,
    method: &Method,
    path: &str,
) -> Option<(&'d str, &'d Value)> {
    let fits = |described: &str| {
        let parts = described.split('/').zip(path.split('/'));
        described.split('/').count() == path.split('/').count()
            && parts
                .into_iter()
                .all(|(one, other)| one == other || one.starts_with('{'))
    };
    let paths = document["paths"].as_object()?;
    // A path without braces stands above one with.
    let mut fitting: Vec<_> = paths.iter().filter(|(path, _)| fits(path)).collect();
    fitting.sort_by_key(|(path, _)| path.matches('{').count());
    let (path, item) = fitting.first()?;
    let word = method.as_str().to_lowercase();
    Some((path.as_str(), item.get(&word)?))
}

/// A schema of the description, with what it refers to.
pub(crate) fn validator(document: &Value, schema: &Value) -> Validator {
    let whole = json!({"allOf": [schema], "components": document["components"]});
    jsonschema::draft202012::new(&whole).unwrap_or_else(|error| panic!("{error}: {schema}"))
}

/// Panics where an answer is not as it is described.
pub(crate) async fn hold(method: &Method, url: &Url, answer: &Answer) {
    let http = url.origin().ascii_serialization();
    let own = match DOCUMENT.get() {
        Some(document) => document,
        None => {
            let document = document(&http).await;
            let has_both = document["paths"]["/v1/events"].as_object();
            if has_both.is_none_or(|doors| doors.len() < 2) {
                // A role by itself.
                return;
            }
            DOCUMENT.get_or_init(async || document).await
        }
    };
    let path = url.path();
    let Some((path, operation)) = operation(own, method, path) else {
        assert!(
            [404, 405].contains(&answer.status),
            "{method} {path} is not described"
        );
        return;
    };
    let name = answer.media_type.split(';').next().unwrap_or_default();
    let status = answer.status.to_string();
    let key = format!("{method} {path} {status} {name}");
    let schema = &operation["responses"][&status]["content"][name]["schema"];
    assert!(!schema.is_null(), "{key} is not described: {}", answer.body);
    let held = VALIDATORS.lock().unwrap().get(&key).cloned();
    let held = held.unwrap_or_else(|| Arc::new(validator(own, schema)));
    VALIDATORS
        .lock()
        .unwrap()
        .insert(key.clone(), Arc::clone(&held));
    let faults = held.iter_errors(&answer.body);
    let faults: Vec<_> = faults
        .map(|fault| format!("{} at {}", fault, fault.instance_path()))
        .collect();
    assert!(faults.is_empty(), "{key}: {faults:#?}: {:#}", answer.body);
}

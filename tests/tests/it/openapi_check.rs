//! Checks answers against the OpenAPI description that the server has.

use crate::helpers::Answer;
use detente_tests::product::TIMEOUT;
use jsonschema::Validator;
use reqwest::{Client, Method, Url};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};
use tokio::sync::OnceCell;

/// The description of a server with all endpoints; it is the same for all of them.
static DOCUMENT: OnceCell<Value> = OnceCell::const_new();
/// Validators by method, path, status and media type.
static VALIDATORS: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);

/// Gets the description.
pub(crate) async fn document(http: &str) -> Value {
    let url = format!("{http}/v1/openapi.json");
    let response = Client::new().get(url).timeout(TIMEOUT).send().await;
    let text = response.unwrap().text().await.unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Finds the path template and the operation of a request.
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
                .all(|(described, part)| described == part || described.starts_with('{'))
    };
    let paths = document["paths"].as_object()?;
    // A literal path takes precedence over a template.
    let mut fitting: Vec<_> = paths.iter().filter(|(path, _)| fits(path)).collect();
    fitting.sort_by_key(|(path, _)| path.matches('{').count());
    let (path, item) = fitting.first()?;
    let method = method.as_str().to_lowercase();
    Some((path.as_str(), item.get(&method)?))
}

/// Compiles a schema of the description.
pub(crate) fn validator(document: &Value, schema: &Value) -> Validator {
    let complete = json!({"allOf": [schema], "components": document["components"]});
    jsonschema::draft202012::new(&complete).unwrap_or_else(|error| panic!("{error}: {schema}"))
}

/// Checks an answer.
pub(crate) async fn assert_matches(method: &Method, url: &Url, answer: &Answer) {
    let http = url.origin().ascii_serialization();
    let document = match DOCUMENT.get() {
        Some(document) => document,
        None => {
            let document = document(&http).await;
            let has_both = document["paths"]["/v1/events"].as_object();
            if has_both.is_none_or(|methods| methods.len() < 2) {
                // A server of one role has only a part.
                return;
            }
            DOCUMENT.get_or_init(async || document).await
        }
    };
    let path = url.path();
    let Some((path, operation)) = operation(document, method, path) else {
        assert!(
            [404, 405].contains(&answer.status),
            "{method} {path} is not described"
        );
        return;
    };
    let media_type = answer.media_type.split(';').next().unwrap_or_default();
    let status = answer.status.to_string();
    let key = format!("{method} {path} {status} {media_type}");
    let described = &operation["responses"][&status];
    let media = described["content"].get(media_type);
    let media = media.unwrap_or(&described["x-other-content"][media_type]);
    let schema = &media["schema"];
    assert!(!schema.is_null(), "{key} is not described: {}", answer.body);
    let compiled = VALIDATORS.lock().unwrap().get(&key).cloned();
    let compiled = compiled.unwrap_or_else(|| Arc::new(validator(document, schema)));
    VALIDATORS
        .lock()
        .unwrap()
        .insert(key.clone(), Arc::clone(&compiled));
    let errors = compiled.iter_errors(&answer.body);
    let errors: Vec<_> = errors
        .map(|error| format!("{} at {}", error, error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{key}: {errors:#?}: {:#}", answer.body);
}

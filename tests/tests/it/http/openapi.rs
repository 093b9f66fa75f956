//! The OpenAPI description matches the routes and their answers.

use super::{get_at, header, problem_of, send};
use crate::helpers::answer;
use crate::openapi_check::{document, validator};
use detente_tests::product::Product;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const PROBLEM: &str = "application/problem+json";

/// Fills a path template with valid values.
pub(super) fn filled(path: &str) -> String {
    [
        ("{from}", "TJK"),
        ("{to}", "AFG"),
        ("{code}", "KAZ"),
        ("{dimension}", "political"),
        ("{kind}", "visit.made"),
        ("{name}", "missions"),
        ("{id}", "0190f0f0-0000-7000-8000-000000000001"),
    ]
    .into_iter()
    .fold(path.to_owned(), |path, (part, value)| {
        path.replace(part, value)
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_is_described_and_every_described_path_is_routed() {
    let product = Product::temporary(&[]);
    let document = document(&product.http).await;
    assert_eq!(document["openapi"], "3.1.0");
    let paths = document["paths"].as_object().unwrap();
    assert!(paths.len() >= 20, "{}", paths.len());
    let mut ids = BTreeSet::new();
    for (path, item) in paths {
        let url = format!("{}{}", product.http, filled(path));
        // A 405 names the methods of the route.
        let refused = send(Client::new().patch(&url)).await;
        assert_eq!(refused.status(), 405, "{path}");
        let allowed = header(&refused, "allow").split(',').map(str::trim);
        let routed: BTreeSet<String> = allowed.map(str::to_lowercase).collect();
        let mut described: BTreeSet<String> = item.as_object().unwrap().keys().cloned().collect();
        if described.contains("get") {
            described.insert("head".to_owned());
        }
        assert_eq!(routed, described, "{path}");
        let problem = problem_of(refused).await;
        let allowed = problem["refusals"][0]["allowed"].as_array().unwrap();
        assert_eq!(allowed.len(), routed.len(), "{problem}");
        for (method, operation) in item.as_object().unwrap() {
            assert!(
                ids.insert(operation["operationId"].to_string()),
                "{operation}"
            );
            assert_described(&document, &format!("{method} {path}"), path, operation);
        }
    }
}

/// Checks that an operation describes its path parameters, and that its schemas compile.
fn assert_described(document: &Value, name: &str, path: &str, operation: &Value) {
    let parameters = operation["parameters"].as_array().unwrap();
    let in_path = parameters
        .iter()
        .filter(|parameter| parameter["in"] == "path");
    let parts: BTreeSet<_> = in_path
        .map(|parameter| format!("{{{}}}", parameter["name"].as_str().unwrap()))
        .collect();
    let braces = path.split('/').filter(|part| part.starts_with('{'));
    assert_eq!(parts, braces.map(str::to_owned).collect(), "{name}");
    let names: BTreeSet<_> = parameters
        .iter()
        .map(|parameter| (parameter["in"].to_string(), parameter["name"].to_string()))
        .collect();
    assert_eq!(
        names.len(),
        parameters.len(),
        "{name} has a parameter twice"
    );
    for (status, response) in operation["responses"].as_object().unwrap() {
        assert!(response["description"].is_string(), "{name} {status}");
        assert_content(document, &format!("{name} {status}"), response);
    }
    assert_content(document, name, &operation["requestBody"]);
}

/// Checks the bodies of a request or an answer: generated clients take only one media type, apart
/// from that of problems.
fn assert_content(document: &Value, name: &str, described: &Value) {
    let content = described["content"].as_object();
    let others = described["x-other-content"].as_object();
    let types = content
        .into_iter()
        .flatten()
        .map(|(media_type, _)| media_type);
    let types: Vec<&String> = types.filter(|name| *name != PROBLEM).collect();
    assert!(types.len() <= 1, "{name}: {types:?}");
    for (media_type, media) in content.into_iter().chain(others).flatten() {
        drop(validator(document, &media["schema"]));
        assert!(media_type.contains('/'), "{name}");
    }
}

/// Clients that are generated from the description, in typed languages.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_object_has_named_fields_and_any_others() {
    let product = Product::temporary(&[]);
    let document = document(&product.http).await;
    let mut objects = 0;
    let mut rest = vec![&document];
    while let Some(value) = rest.pop() {
        if value["properties"].is_object() && value["type"] == "object" {
            objects += 1;
            let others = &value["additionalProperties"];
            assert!(others.is_null() || others == false, "{value:#}");
        }
        rest.extend(
            value
                .as_object()
                .into_iter()
                .flat_map(|object| object.values()),
        );
        rest.extend(value.as_array().into_iter().flatten());
    }
    assert!(objects > 50, "{objects}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn links_name_operations_and_their_parameters() {
    let product = Product::temporary(&[]);
    let document = document(&product.http).await;
    let items = document["paths"].as_object().unwrap().values();
    let operations: Vec<&Value> = items
        .flat_map(|item| item.as_object().unwrap().values())
        .collect();
    let mut names = BTreeSet::new();
    for operation in &operations {
        for response in operation["responses"].as_object().unwrap().values() {
            for (name, link) in response["links"].as_object().into_iter().flatten() {
                let target = operations
                    .iter()
                    .find(|other| other["operationId"] == link["operationId"])
                    .unwrap_or_else(|| panic!("{link}"));
                for parameter in link["parameters"].as_object().unwrap().keys() {
                    let (place, part) = parameter.split_once('.').unwrap();
                    let mut parameters = target["parameters"].as_array().unwrap().iter();
                    let has = parameters.any(|other| other["in"] == place && other["name"] == part);
                    assert!(has, "{link}");
                }
                names.insert(name.as_str());
            }
        }
    }
    for name in [
        "event",
        "dispute",
        "next",
        "country",
        "kind",
        "webhook",
        "deleteWebhook",
    ] {
        assert!(names.contains(name), "{name} in {names:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_read_matches_its_description() {
    let product = Product::temporary(&["--demo"]);
    let document = document(&product.http).await;
    for (path, item) in document["paths"].as_object().unwrap() {
        let skipped = [
            "/livez",
            "/metrics",
            "/v1/docs",
            "/v1/replay",
            "/v1/openapi.json",
        ];
        // Atom is compared with the feed in `filters`.
        let other = skipped.contains(&path.as_str()) || path.ends_with(".atom");
        if item.get("get").is_none() || other {
            continue;
        }
        let further = if path.ends_with("/diff") {
            "?from=2022-01-01"
        } else {
            ""
        };
        // `answer` checks the answer against the description.
        let valid = answer(get_at(&product.http, &format!("{}{further}", filled(path)))).await;
        // That event or webhook does not exist.
        let expected = if path.contains("{id}") { 404 } else { 200 };
        assert_eq!(valid.status, expected, "{path}: {}", valid.body);
        let unknown = answer(get_at(&product.http, &format!("{}?no=1", filled(path)))).await;
        let probe = path == "/readyz";
        assert_eq!(unknown.status, if probe { 200 } else { 400 }, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_reference_page_is_self_contained_and_lists_every_path_and_code() {
    let product = Product::temporary(&[]);
    let document = document(&product.http).await;
    let response = send(get_at(&product.http, "/v1/docs")).await;
    assert_eq!(
        header(&response, "content-type"),
        "text/html; charset=utf-8"
    );
    let page = response.text().await.unwrap();
    for foreign in ["<script", "<link", "<img", "src=", "url(", "=\"http"] {
        assert!(!page.contains(foreign), "{foreign}");
    }
    for needed in [
        "lang=\"en\"",
        "<main",
        "<nav aria-label",
        "scope=\"col\"",
        "<caption>",
    ] {
        assert!(page.contains(needed), "{needed}");
    }
    for path in document["paths"].as_object().unwrap().keys() {
        assert!(page.contains(&format!("{path}</code>")), "{path}");
    }
    let codes = &document["components"]["schemas"]["Code"]["enum"];
    for code in codes.as_array().unwrap() {
        let anchor = format!("id=\"code-{}\"", code.as_str().unwrap());
        assert_eq!(page.matches(&anchor).count(), 1, "{anchor}");
    }
    assert!(
        codes
            .as_array()
            .unwrap()
            .contains(&json!("too_many_requests"))
    );
    let head = Client::new().request(Method::HEAD, format!("{}/v1/docs", product.http));
    assert_eq!(send(head).await.status(), 200);
}

//! HTTP in general: description, bodies, formats, content codings, paths, limits, pages of other
//! sites, CloudEvents.

mod bodies;
mod cloud_events;
mod coding;
mod formats;
mod limits;
mod openapi;
mod origin;
mod paths;

use detente_tests::product::TIMEOUT;
use reqwest::{Client, RequestBuilder, Response};
use serde_json::Value;

pub(crate) fn get_at(http: &str, path: &str) -> RequestBuilder {
    Client::new().get(format!("{http}{path}"))
}

async fn send(request: RequestBuilder) -> Response {
    request.timeout(TIMEOUT).send().await.unwrap()
}

pub(crate) async fn problem_of(response: Response) -> Value {
    serde_json::from_str(&response.text().await.unwrap()).unwrap()
}

/// Returns the value of a header; empty if it is missing.
fn header<'r>(response: &'r Response, name: &str) -> &'r str {
    let value = response.headers().get(name);
    value.map_or("", |value| value.to_str().unwrap())
}

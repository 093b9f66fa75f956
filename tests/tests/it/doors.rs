//! The doors as a whole: their description, their forms, their limits, and what comes in.

mod cloud;
mod forms;
mod limits;
mod reference;

use detente_tests::product::PATIENCE;
use reqwest::{Client, RequestBuilder, Response};

fn at(http: &str, path: &str) -> RequestBuilder {
    Client::new().get(format!("{http}{path}"))
}

async fn sent(request: RequestBuilder) -> Response {
    request.timeout(PATIENCE).send().await.unwrap()
}

/// The value of a header, or nothing.
fn header<'r>(response: &'r Response, name: &str) -> &'r str {
    let value = response.headers().get(name);
    value.map_or("", |value| value.to_str().unwrap())
}

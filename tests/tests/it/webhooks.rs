//! Webhooks: deliveries, failures, interruptions, refusals.

mod delivery;
mod failures;
mod interrupted;
pub(crate) mod receiver;
mod refusals;

use crate::helpers::{Answer, answer, eventually, text};
use detente_tests::product::Product;
use receiver::Receiver;
use reqwest::{Client, Method};
use serde_json::{Value, json};

/// Sends a request about webhooks.
pub(crate) async fn call(http: &str, method: Method, path: &str, body: Option<Value>) -> Answer {
    let request = Client::new().request(method, format!("{http}/v1/webhooks{path}"));
    answer(match body {
        Some(body) => request.json(&body),
        None => request,
    })
    .await
}

/// Creates a webhook. Returns its secret.
pub(crate) async fn create(product: &Product, receiver: &Receiver, more: Value) -> String {
    let mut body = json!({"id": "desk", "url": receiver.url, "from": "start"});
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    let made = call(&product.http, Method::POST, "", Some(body)).await;
    assert_eq!(made.status, 201, "{}", made.body);
    text(&made.body["secret"])
}

/// Gets a webhook, or a part of it.
pub(crate) async fn show(product: &Product, rest: &str) -> Value {
    let shown = call(&product.http, Method::GET, &format!("/desk{rest}"), None).await;
    assert_eq!(shown.status, 200, "{}", shown.body);
    shown.body
}

/// Changes a webhook. Returns it.
pub(crate) async fn act(product: &Product, operation: &str, body: Option<Value>) -> Value {
    let done = call(
        &product.http,
        Method::POST,
        &format!("/desk/{operation}"),
        body,
    )
    .await;
    assert_eq!(done.status, 200, "{}", done.body);
    done.body
}

/// Waits until a receiver has accepted a number of deliveries.
pub(crate) async fn wait_for_deliveries(receiver: &Receiver, count: usize) {
    eventually("the deliveries", async || {
        receiver.accepted().len() >= count
    })
    .await;
}

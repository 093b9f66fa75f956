//! Webhooks: what is delivered, what is refused, and what cuts do to it.

mod cuts;
mod delivered;
mod failing;
mod receiver;
mod refused;

use crate::ask::{Answer, answer, eventually, text};
use detente_tests::product::Product;
use receiver::Receiver;
use reqwest::{Client, Method};
use serde_json::{Value, json};

/// Asks about webhooks.
pub(crate) async fn ask(http: &str, method: Method, path: &str, body: Option<Value>) -> Answer {
    let request = Client::new().request(method, format!("{http}/v1/webhooks{path}"));
    answer(match body {
        Some(body) => request.json(&body),
        None => request,
    })
    .await
}

/// Makes a webhook, and gives its secret.
async fn create(product: &Product, receiver: &Receiver, more: Value) -> String {
    let mut body = json!({"id": "desk", "url": receiver.url, "from": "start"});
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    let made = ask(&product.http, Method::POST, "", Some(body)).await;
    assert_eq!(made.status, 201, "{}", made.body);
    text(&made.body["secret"])
}

/// A webhook as it stands.
async fn show(product: &Product, rest: &str) -> Value {
    let shown = ask(&product.http, Method::GET, &format!("/desk{rest}"), None).await;
    assert_eq!(shown.status, 200, "{}", shown.body);
    shown.body
}

/// Does something to a webhook, and gives it as it stands then.
async fn act(product: &Product, deed: &str, body: Option<Value>) -> Value {
    let done = ask(&product.http, Method::POST, &format!("/desk/{deed}"), body).await;
    assert_eq!(done.status, 200, "{}", done.body);
    done.body
}

/// Waits until a receiver has taken so many.
async fn taken(receiver: &Receiver, count: usize) {
    eventually("the deliveries", async || receiver.taken().len() >= count).await;
}

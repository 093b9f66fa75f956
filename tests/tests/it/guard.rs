//! Who may do what: tokens and roles at the doors, secrets in no log, TLS, credentials for NATS.

mod creds;
mod logs;
mod revoked;
mod roles;
mod start;
mod tls;

use crate::ask::{data, eventually, text};
use detente_tests::product::{PATIENCE, Product, run};
use reqwest::{Client, RequestBuilder, Response};
use serde_json::Value;

/// A token that was made, and its name among all.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    pub(crate) id: String,
    pub(crate) token: String,
}

/// Makes a token on a server that runs.
pub(crate) fn make(nats: &str, name: &str, role: &str) -> Made {
    let line = ["token", "create", "--name", name, "--role", role];
    let made = data(&run(&[&line[..], &["--nats", nats, "-o", "json"]].concat()));
    assert_eq!((&made["name"], &made["role"]), (&name.into(), &role.into()));
    Made {
        id: text(&made["id"]),
        token: text(&made["token"]),
    }
}

/// Revokes one.
pub(crate) fn revoke(nats: &str, made: &Made) {
    let revoked = data(&run(&[
        "token", "revoke", &made.id, "--nats", nats, "-o", "json",
    ]));
    assert!(revoked[0]["revoked"].is_string(), "{revoked}");
}

pub(crate) fn asked(http: &str, path: &str, token: &str) -> RequestBuilder {
    let request = Client::new().get(format!("{http}{path}"));
    let request = request.timeout(PATIENCE);
    if token.is_empty() {
        request
    } else {
        request.bearer_auth(token)
    }
}

pub(crate) async fn status(request: RequestBuilder) -> u16 {
    sent(request).await.status().as_u16()
}

pub(crate) async fn sent(request: RequestBuilder) -> Response {
    request.send().await.unwrap()
}

pub(crate) async fn problem(response: Response) -> Value {
    serde_json::from_str(&response.text().await.unwrap()).unwrap()
}

/// Waits until a token opens a door, or none is needed any more than that.
pub(crate) async fn knows(product: &Product, made: &Made) {
    eventually("the token is known", async || {
        let answered = asked(&product.http, "/v1/countries", &made.token);
        let nobody = asked(&product.http, "/v1/countries", "");
        status(nobody).await == 401 && status(answered).await == 200
    })
    .await;
}
